//! 小计: what a request's lines come to by category and system. Added up once, when a version is frozen, so that
//! the whole of a hundred departments is a sum of sums.

use super::budget_request::{CATEGORIES, FORM};
use crate::engine::session::{Cell, Session};
use crate::money::Money;
use crate::workflow::whole::Sum;

/// By category in the form's order, then by system as it first appears; 共用 under an empty system.
pub fn sums(session: &Session) -> Vec<Sum> {
    let plan = session.plan();
    let mut sums: Vec<Sum> = Vec::new();
    for category in CATEGORIES {
        let Some(table) = plan.table(category) else { continue };
        let first = sums.len();
        let (amount, system) = (plan.field(table, "amount"), plan.field(table, "system"));
        for slot in session.rows(table).iter().copied() {
            let value = |field: Option<usize>| field.map(|field| session.value(Cell { table, slot, field }));
            let requested =
                value(amount).and_then(|v| v.number()).and_then(Money::from_yuan).unwrap_or_default();
            let system = value(system).map(|v| v.plain().to_string()).unwrap_or_default();
            match sums[first..].iter_mut().find(|sum| sum.system == system) {
                Some(sum) => sum.requested.0 += requested.0,
                None => sums.push(Sum {
                    category: category.to_string(),
                    system_name: system_name(session, &system),
                    system,
                    requested,
                    cut: Money(0),
                }),
            }
        }
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
    use crate::forms::case;
    use std::collections::BTreeMap;

    /// Sums of sums are what the engine itself says, category by category, system by system and in all.
    fn equal_the_engines(text: &str) {
        let document = case::read_case(&serde_json::from_str(text).unwrap()).unwrap();
        let session = case::open(&document).unwrap();
        let sums = sums(&session);
        let money = |cell: Cell| session.value(cell).number().and_then(Money::from_yuan).unwrap_or_default();
        let header = |field: &str| money(session.header(FORM, field).unwrap());
        let all = |of: &dyn Fn(&&Sum) -> bool| Money(sums.iter().filter(of).map(|sum| sum.requested.0).sum());
        for category in CATEGORIES {
            let subtotal = header(&crate::forms::budget_request::subtotal(category));
            assert_eq!(all(&|sum| sum.category == category), subtotal, "{category}");
        }
        assert_eq!(all(&|_| true), header("total"));
        assert_eq!(all(&|sum| sum.system.is_empty()), header("shared"));
        let mut systems = BTreeMap::<&str, i64>::new();
        for sum in sums.iter().filter(|sum| !sum.system.is_empty()) {
            *systems.entry(&sum.system).or_default() += sum.requested.0;
        }
        for (system, total) in systems {
            if let Some(cell) = session.cell("systems", system, "subtotal") {
                assert_eq!(money(cell).0, total, "{system}");
            }
        }
    }

    #[test]
    fn the_sums_kept_with_a_version_equal_the_engines() {
        equal_the_engines(include_str!("../../../tests/cases/water-2024/request.json"));
        equal_the_engines(include_str!("../../../tests/cases/large-5000/request.json"));
        equal_the_engines(include_str!("../../../tests/cases/empty/request.json"));
    }
}
