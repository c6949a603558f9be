//! 申报数 · 审核数 · 核减数 at line, category, system and total. Requested less what was cut is approved, exactly, at
//! every level: everything is a sum of lines in 分.

use super::thread::Review;
use crate::engine::scalar::Scalar;
use crate::engine::session::{Cell, Session};
use crate::forms::budget_request::CATEGORIES;
use crate::kernel::ids::RowId;
use crate::kernel::money::Money;
use crate::kernel::people::Office;
use std::collections::BTreeMap;
use std::ops::AddAssign;

/// Field of a line that says what is asked for.
pub const AMOUNT: &str = "amount";

/// 明细: a line of one of the five categories and what it asks for; 0 while it cannot be computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub table: &'static str,
    pub row: RowId,
    /// Row id of its system, empty for 共用.
    pub system: String,
    pub amount: Money,
}

/// The three columns of a line or a sum: what is asked for, and what each office cut of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AmountColumns {
    /// 申报数.
    pub requested: Money,
    /// 核减数 of the bureau.
    pub bureau_cut: Money,
    /// 核减数 of finance.
    pub finance_cut: Money,
}

impl AmountColumns {
    /// 核减数 in an office's column.
    pub fn cut(&self, office: Office) -> Money {
        if office == Office::Finance { self.finance_cut } else { self.bureau_cut }
    }

    /// 审核数: what is left after this office and those before it.
    pub fn approved(&self, office: Office) -> Money {
        let after_bureau = self.requested - self.bureau_cut;
        if office == Office::Finance { after_bureau - self.finance_cut } else { after_bureau }
    }
}

impl AddAssign for AmountColumns {
    fn add_assign(&mut self, other: AmountColumns) {
        self.requested += other.requested;
        self.bureau_cut += other.bureau_cut;
        self.finance_cut += other.finance_cut;
    }
}

/// Standing cuts by line: of the bureau, of finance.
pub type Cuts = BTreeMap<(String, RowId), (Money, Money)>;

/// The columns of every line and their sums.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// In document order, category by category.
    pub lines: Vec<(Line, AmountColumns)>,
    /// By table key.
    pub categories: BTreeMap<&'static str, AmountColumns>,
    /// By row id of the system; 共用 under the empty text.
    pub systems: BTreeMap<String, AmountColumns>,
    pub total: AmountColumns,
}

/// The lines of the five categories in document order.
pub fn lines(session: &Session) -> Vec<Line> {
    let plan = session.plan();
    let mut lines = Vec::new();
    for key in CATEGORIES {
        let Some(table) = plan.table(key) else { continue };
        let (amount, system) = (plan.field(table, AMOUNT), plan.field(table, "system"));
        for slot in session.rows(table).iter().copied() {
            let value = |field: Option<usize>| {
                field.map_or(Scalar::Empty, |field| session.value(Cell { table, slot, field }).clone())
            };
            lines.push(Line {
                table: key,
                row: RowId::new(session.row_id(table, slot)),
                system: value(system).plain().to_string(),
                amount: money(&value(amount)),
            });
        }
    }
    lines
}

fn money(value: &Scalar) -> Money {
    value.number().and_then(Money::from_yuan).unwrap_or_default()
}

/// What a line asks for now; `None` when it is no line of the document.
pub fn amount(session: &Session, table: &str, row: &RowId) -> Option<Money> {
    let line = CATEGORIES.contains(&table).then(|| session.cell(table, row.as_str(), AMOUNT))??;
    Some(money(session.value(line)))
}

/// The standing cuts of a review, line by line.
pub fn cuts(review: &Review) -> Cuts {
    let mut cuts = Cuts::new();
    for thread in &review.threads {
        let (Some(cut), Some(table), Some(row)) = (&thread.cut, thread.anchor.table(), thread.anchor.row())
        else {
            continue;
        };
        if cut.counts() {
            let of_line = cuts.entry((table.to_string(), row.clone())).or_default();
            let own = if thread.office == Office::Finance { &mut of_line.1 } else { &mut of_line.0 };
            *own += cut.amount;
        }
    }
    cuts
}

/// The columns of a line. A cut never takes more than is there, whatever became of the line since.
pub fn columns(amount: Money, (bureau, finance): (Money, Money)) -> AmountColumns {
    let bureau_cut = bureau.min(amount);
    let finance_cut = finance.min(amount - bureau_cut);
    AmountColumns { requested: amount, bureau_cut, finance_cut }
}

/// 三栏: every line and its sums.
pub fn sums(lines: &[Line], cuts: &Cuts) -> Sums {
    let mut sums = Sums::default();
    for line in lines {
        let of_line = cuts.get(&(line.table.to_string(), line.row.clone())).copied().unwrap_or_default();
        let columns = columns(line.amount, of_line);
        *sums.categories.entry(line.table).or_default() += columns;
        *sums.systems.entry(line.system.clone()).or_default() += columns;
        sums.total += columns;
        sums.lines.push((line.clone(), columns));
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_line() -> impl Strategy<Value = (Line, (Money, Money))> {
        let amounts = (0..5usize, 0..3u8, 0..=500_000_000_000i64);
        let cuts = (0..=600_000_000_000i64, 0..=600_000_000_000i64);
        (amounts, cuts).prop_map(|((category, system, amount), (bureau, finance))| {
            let system = if system == 0 { String::new() } else { format!("s{system}") };
            let line = Line {
                table: CATEGORIES[category],
                row: RowId::new(""),
                system,
                amount: Money::from_fen(amount),
            };
            (line, (Money::from_fen(bureau), Money::from_fen(finance)))
        })
    }

    fn add(columns: impl Iterator<Item = AmountColumns>) -> AmountColumns {
        columns.fold(AmountColumns::default(), |mut sum, one| {
            sum += one;
            sum
        })
    }

    proptest! {
        /// Requested − Σ cuts = approved at each level, each level adds up to the total, nothing is cut below 0.
        #[test]
        fn requested_less_cuts_is_approved_at_every_level(mut given in proptest::collection::vec(any_line(), 0..60)) {
            for (n, (line, _)) in given.iter_mut().enumerate() {
                line.row = RowId::new(format!("r{n}"));
            }
            let lines: Vec<Line> = given.iter().map(|(line, _)| line.clone()).collect();
            let cuts: Cuts = given.iter().map(|(l, c)| ((l.table.to_string(), l.row.clone()), *c)).collect();
            let sums = sums(&lines, &cuts);
            let levels = sums.lines.iter().map(|(_, c)| *c);
            for c in levels.clone().chain(sums.categories.values().copied()).chain(sums.systems.values().copied()) {
                prop_assert_eq!(c.requested - c.bureau_cut, c.approved(Office::Bureau));
                prop_assert_eq!(c.requested - c.bureau_cut - c.finance_cut, c.approved(Office::Finance));
                prop_assert!([c.approved(Office::Finance), c.bureau_cut, c.finance_cut].iter().all(|money| !money.is_negative()));
            }
            prop_assert_eq!(add(levels), sums.total);
            prop_assert_eq!(add(sums.categories.values().copied()), sums.total);
            prop_assert_eq!(add(sums.systems.values().copied()), sums.total);
            prop_assert_eq!(lines.iter().map(|l| l.amount).sum::<Money>(), sums.total.requested);
        }
    }
}
