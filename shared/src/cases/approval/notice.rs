//! 批复内容: what a batch says of each request — the amount by economic code and, in the same line, the targets it
//! is bound to. Canonical once serialised.

use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::money::Money;
use crate::kernel::refusal::Refusal;
use crate::policy::editions::Edition;
use crate::policy::editions::values::EconomicCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// 文号.
    pub number: String,
    pub date: Date,
    pub fiscal_year: FiscalYear,
    /// 政策版本文号.
    pub edition: String,
    pub lines: Vec<NoticeLine>,
}

/// One request's answer. The version it names holds the budget and the targets together (Art. 11): there is no
/// line with only one of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeLine {
    pub request: CaseId,
    pub department: DepartmentId,
    /// 部门名称.
    pub name: String,
    /// The case's revision when it was drafted.
    pub revision: u64,
    /// The version whose budget and targets are approved, and its SM3.
    pub version: u32,
    pub content_hash: String,
    /// 申报数 · 省局核减 · 财政核减.
    pub requested: Money,
    pub bureau_cut: Money,
    pub finance_cut: Money,
    /// 绩效目标审核等次.
    pub targets: String,
    /// 批复数 by economic code; together exactly the amount approved.
    pub economics: Vec<Economic>,
}

/// 部门支出经济分类.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Economic {
    pub code: String,
    pub name: String,
    pub amount: Money,
}

/// 批复数 by economic code, in the codes' order; `approved` is by category.
///
/// # Errors
/// The edition has no code for a category.
pub fn economics<'a>(
    approved: impl IntoIterator<Item = (&'a str, Money)>,
    edition: &Edition,
) -> Result<Vec<Economic>, Refusal> {
    let mut by_code: BTreeMap<&str, (&str, Money)> = BTreeMap::new();
    for (category, amount) in approved {
        let EconomicCode { code, name } = edition.economic_code(category).ok_or_else(|| {
            let message = format!("政策版本 {} 没有“{category}”的部门支出经济分类", edition.code());
            Refusal::under(4, "edition.economic_code", message)
        })?;
        by_code.entry(code).or_insert((name, Money::ZERO)).1 += amount;
    }
    let part = |(code, (name, amount)): (&str, (&str, Money))| Economic {
        code: code.to_string(),
        name: name.to_string(),
        amount,
    };
    Ok(by_code.into_iter().filter(|(_, (_, amount))| *amount != Money::ZERO).map(part).collect())
}

impl NoticeLine {
    /// 批复数.
    pub fn approved(&self) -> Money {
        self.requested - self.bureau_cut - self.finance_cut
    }
}

impl Notice {
    /// As far as it answers one request.
    pub fn of(mut self, request: &CaseId) -> Notice {
        self.lines.retain(|line| line.request == *request);
        self
    }

    /// 批复总额.
    pub fn total(&self) -> Money {
        self.lines.iter().map(NoticeLine::approved).sum()
    }

    /// By economic code, in the codes' order.
    pub fn economics(&self) -> Vec<Economic> {
        let mut all: Vec<Economic> = Vec::new();
        for part in self.lines.iter().flat_map(|line| &line.economics) {
            match all.iter_mut().find(|known| known.code == part.code) {
                Some(known) => known.amount += part.amount,
                None => all.push(part.clone()),
            }
        }
        all.sort_by(|a, b| a.code.cmp(&b.code));
        all
    }
}
