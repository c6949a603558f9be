//! 参数: what an edition says of procurement, contracts, assessment and settlement, typed for the money kinds.

use crate::kernel::money::{Money, half_up};
use crate::policy::editions::parameters::EditionParameters;
use rust_decimal::Decimal;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Clone, Debug, Deserialize)]
pub struct MoneyParameters {
    /// 采购限额标准 (财库〔2019〕69号).
    pub procurement_limit: Decimal,
    /// 公开招标数额标准.
    pub open_tender_limit: Decimal,
    /// Calendar days from 意向公开 to the notice (财库〔2020〕10号).
    pub intent_days: u32,
    /// 采购法 35.
    pub tender_days: u32,
    pub consult_days: u32,
    /// Working days, as the two below.
    pub negotiate_days: u32,
    pub inquiry_days: u32,
    pub single_notice_days: u32,
    /// 采购法 36.
    pub fewest_bidders: i64,
    /// % of the contract as signed (采购法 31(3)).
    pub addition_limit: Decimal,
    /// % of the contract as signed (采购法 49).
    pub supplement_limit: Decimal,
    /// Working days (条例 43).
    pub result_days: u32,
    /// 采购法 46.
    pub sign_days: u32,
    /// Working days (条例 50).
    pub publish_days: u32,
    /// Working days (采购法 47).
    pub file_days: u32,
    /// % payable on signature.
    pub prepay_limit: Decimal,
    /// Working days.
    pub objection_days: u32,
    /// Fewest characters of a written reason.
    pub reason_min: usize,
    /// Fewest characters of a note and of a justification.
    pub note_length: usize,
    pub justify_length: usize,
    /// Respondents per evaluation.
    pub min_sample: usize,
    /// A grade at or below needs a reason.
    pub low_grade: i64,
    pub assessment_weight: Decimal,
    pub user_weight: Decimal,
    /// 结算系数: the first row whose minimum the score reaches.
    pub coefficient: Vec<(Decimal, Decimal)>,
    /// 考核表: full points, and points lost per occurrence.
    pub sheet: BTreeMap<String, (Decimal, Decimal)>,
    /// 评价表: weights.
    pub user_sheet: BTreeMap<String, Decimal>,
    pub materials: Vec<String>,
    pub materials_cloud: Vec<String>,
    pub materials_optional: Vec<String>,
    /// 预算法 42.
    pub carry_years: u32,
    pub match_days: u32,
}

impl MoneyParameters {
    /// Those of an edition.
    ///
    /// # Errors
    /// A value of the edition has another shape than money asks for, which only a defect of the catalogue can cause.
    pub fn of(edition: &EditionParameters) -> serde_json::Result<MoneyParameters> {
        serde_json::from_value(serde_json::to_value(edition)?)
    }

    /// 考核项目.
    pub fn sheet_items(&self) -> Vec<&str> {
        self.sheet.keys().map(String::as_str).collect()
    }

    /// Every material a settlement may name.
    pub fn all_materials(&self) -> Vec<&str> {
        let lists = [&self.materials, &self.materials_cloud, &self.materials_optional];
        lists.into_iter().flatten().map(String::as_str).collect()
    }

    /// What a settlement must have in hand.
    pub fn required_materials(&self, serves_cloud: bool) -> Vec<&str> {
        let cloud = self.materials_cloud.iter().filter(|_| serves_cloud);
        self.materials.iter().chain(cloud).map(String::as_str).collect()
    }

    /// 结算系数 of a score; `None` below every minimum.
    pub fn coefficient_of(&self, score: Decimal) -> Option<Decimal> {
        self.coefficient.iter().find(|(minimum, _)| score >= *minimum).map(|(_, percent)| *percent)
    }
}

/// `amount × percent ÷ 100`, rounded to 分.
pub fn percent_of(amount: Money, percent: Decimal) -> Money {
    to_fen(amount.yuan() * percent / Decimal::ONE_HUNDRED)
}

/// 元 rounded half-up to 分.
pub fn to_fen(yuan: Decimal) -> Money {
    Money::from_yuan(half_up(yuan, 2)).unwrap_or_default()
}

/// A quotient rounded half-up to two decimals; `None` when the divisor is 0.
pub fn quotient(dividend: Decimal, divisor: Decimal) -> Option<Decimal> {
    dividend.checked_div(divisor).map(|value| half_up(value, 2))
}

/// Two decimals, as answers print numbers.
pub fn printed(value: Decimal) -> String {
    format!("{:.2}", half_up(value, 2))
}
