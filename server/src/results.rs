//! 批复结果: what a request asked for, what each office cut of it and what is left, in sums for finance and line by
//! line for the department.

use crate::sums::Kept;
use shared::api::finance::{Amounts, Feed};
use shared::money::Money;
use shared::policy::editions::Edition;
use shared::workflow::batch::{Candidate, Economic};
use shared::workflow::language::Case;
use std::collections::BTreeMap;

/// A request as finance weighs it.
#[derive(Clone, Debug)]
pub struct Worked {
    /// By category, in the form's order.
    categories: Vec<(String, Amounts)>,
    pub total: Amounts,
    pub last_year: Option<Money>,
}

impl Worked {
    pub fn of(kept: &Kept) -> Worked {
        let mut categories: Vec<(String, Amounts)> = Vec::new();
        let mut total = Amounts::default();
        for sum in &kept.sums {
            let amounts =
                Amounts { requested: sum.requested, bureau_cut: sum.cut, finance_cut: Money::default() };
            total = total.and(amounts);
            match categories.iter_mut().find(|(category, _)| *category == sum.category) {
                Some((_, known)) => *known = known.and(amounts),
                None => categories.push((sum.category.clone(), amounts)),
            }
        }
        Worked { categories, total, last_year: kept.last_year }
    }

    /// 批复数 by economic code, in the codes' order.
    pub fn economics(&self, edition: &Edition) -> Vec<Economic> {
        let mut by_code: BTreeMap<&str, (&str, i64)> = BTreeMap::new();
        for (category, amounts) in &self.categories {
            let (code, name) = edition.economic_code(category).unwrap_or(("302", "商品和服务支出"));
            by_code.entry(code).or_insert((name, 0)).1 += amounts.approved().0;
        }
        let part = |(code, (name, amount)): (&str, (&str, i64))| Economic {
            code: code.to_string(),
            name: name.to_string(),
            amount: Money(amount),
        };
        by_code.into_iter().filter(|(_, (_, amount))| *amount != 0).map(part).collect()
    }

    pub fn candidate(&self, case: &Case, name: &str) -> Candidate {
        Candidate {
            case: case.clone(),
            name: name.to_string(),
            approved: self.total.approved(),
            targets: None,
        }
    }
}

/// 参考信息 (Art. 4, 14). What no part of the system produces yet is not made up: it says where it will come from.
pub fn feeds() -> Vec<Feed> {
    let feed = |name: &str, source: &str| Feed { name: name.into(), value: None, source: source.into() };
    vec![
        feed("结算评审", "上年度结算评审结果"),
        feed("预算执行", "本年度预拨与拨付台账"),
        feed("绩效评价", "上年度绩效自评与重点评价"),
    ]
}
