//! 小计: what a request's lines come to by category and system, with what the bureau cut of them. Added up once, when
//! a version is frozen and again when the bureau's leader confirms, so that the whole of a hundred departments is a
//! sum of sums.

use super::sums::{Cuts, columns, lines};
use crate::cases::consolidation::budget::Sum;
use crate::engine::session::Session;
use crate::forms::budget_request::FORM;
use crate::kernel::money::Money;

/// By category in the form's order, then by system as it first appears; 共用 under an empty system.
pub fn by_category_and_system(session: &Session, cuts: &Cuts) -> Vec<Sum> {
    let mut sums: Vec<Sum> = Vec::new();
    for line in lines(session) {
        let of_line = cuts.get(&(line.table.to_string(), line.row)).copied().unwrap_or_default();
        let columns = columns(line.amount, of_line);
        let at = sums.iter().position(|sum| sum.category == line.table && sum.system == line.system);
        let at = at.unwrap_or_else(|| {
            sums.push(Sum {
                category: line.table.to_string(),
                system_name: system_name(session, &line.system),
                system: line.system,
                requested: Money::ZERO,
                cut: Money::ZERO,
            });
            sums.len() - 1
        });
        sums[at].requested += columns.requested;
        sums[at].cut += columns.bureau_cut;
    }
    sums
}

fn system_name(session: &Session, system: &str) -> String {
    session.cell("systems", system, "name").map(|cell| session.text(cell)).unwrap_or_default()
}

/// 上年度结算额 as written in the header.
pub fn last_year(session: &Session) -> Option<Money> {
    let cell = session.header(FORM, "last_year_settled")?;
    session.value(cell).number().and_then(Money::from_yuan)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::session::Cell;
    use crate::forms::budget_request::CATEGORIES;
    use crate::forms::case;
    use crate::kernel::ids::RowId;
    use std::collections::BTreeMap;

    /// Sums of sums are what the engine itself says, category by category, system by system and in all.
    fn equal_the_engines(text: &str) {
        let document = case::read_case(&serde_json::from_str(text).unwrap()).unwrap();
        let session = case::open(&document).unwrap();
        let sums = by_category_and_system(&session, &Cuts::new());
        let money = |cell: Cell| session.value(cell).number().and_then(Money::from_yuan).unwrap_or_default();
        let header = |field: &str| money(session.header(FORM, field).unwrap());
        let all = |of: &dyn Fn(&&Sum) -> bool| sums.iter().filter(of).map(|sum| sum.requested).sum::<Money>();
        for category in CATEGORIES {
            let subtotal = header(&crate::forms::budget_request::subtotal(category));
            assert_eq!(all(&|sum| sum.category == category), subtotal, "{category}");
        }
        assert_eq!(all(&|_| true), header("total"));
        assert_eq!(all(&|sum| sum.system.is_empty()), header("shared"));
        let mut systems = BTreeMap::<&str, Money>::new();
        for sum in sums.iter().filter(|sum| !sum.system.is_empty()) {
            *systems.entry(&sum.system).or_default() += sum.requested;
        }
        for (system, total) in systems {
            if let Some(cell) = session.cell("systems", system, "subtotal") {
                assert_eq!(money(cell), total, "{system}");
            }
        }
    }

    #[test]
    fn the_sums_kept_with_a_version_equal_the_engines() {
        equal_the_engines(include_str!("../../../../tests/cases/water-2024/request.json"));
        equal_the_engines(include_str!("../../../../tests/cases/large-5000/request.json"));
        equal_the_engines(include_str!("../../../../tests/cases/empty/request.json"));
    }

    #[test]
    fn a_cut_lies_in_the_sum_of_its_line_and_nowhere_else() {
        let text = include_str!("../../../../tests/cases/water-2024/request.json");
        let document = case::read_case(&serde_json::from_str(text).unwrap()).unwrap();
        let session = case::open(&document).unwrap();
        let line = lines(&session).into_iter().find(|line| line.amount > Money::from_fen(500_000)).unwrap();
        let key = (line.table.to_string(), RowId::new(line.row.as_str()));
        let sums =
            by_category_and_system(&session, &Cuts::from([(key, (Money::from_fen(123_456), Money::ZERO))]));
        for sum in &sums {
            let its = sum.category == line.table && sum.system == line.system;
            assert_eq!(sum.cut, Money::from_fen(if its { 123_456 } else { 0 }));
        }
    }
}
