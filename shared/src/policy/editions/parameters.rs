//! 参数: one typed field per parameter an edition gives a value to. The catalogue `parameters.json` says type, range
//! and source of each; here stands only what the program computes with.

use super::values::*;
use crate::kernel::money::Money;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Defines the struct and the walk over its fields from one list, so that no parameter is missing from either.
macro_rules! parameters {
    ($($(#[$about:meta])* $name:ident: $kind:ty,)+) => {
        /// The values of one edition. No field is optional: a file without one of them is not read.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct EditionParameters {
            $($(#[$about])* pub $name: $kind,)+
        }

        impl EditionParameters {
            /// Shows every parameter with its name to `see`.
            pub fn visit<'a>(&'a self, see: &mut dyn FnMut(&'static str, &'a dyn ParameterValue)) {
                $(see(stringify!($name), &self.$name);)+
            }
        }
    };
}

parameters! {
    // The year: Art. 4, 7.
    /// 运维年度起始日. The formulas of the forms take 1 January for granted, so it has no other value.
    year_starts: MonthDay,
    /// 申报窗口首日, in Y−1.
    window_first: MonthDay,
    /// 申报窗口末日, in Y−1.
    window_last: MonthDay,
    /// 汇总报送截止日, in Y−1.
    consolidation_deadline: MonthDay,
    /// 当年仍办至几月: through this month the offices work on the year that has begun.
    in_hand_through_month: u32,
    /// 期限提醒提前天数.
    reminder_days: Vec<u32>,
    /// 书面理由最少字数.
    reason_min: u32,

    // Request: Art. 1, 2, 4, 9.
    /// 增长率上限, percent.
    growth_limit: Decimal,
    /// 增长说明最少字数.
    growth_reason_min: u32,
    /// 须附测算依据的金额.
    #[serde(with = "yuan")]
    basis_threshold: Money,
    /// 测算依据最少字数.
    basis_min: u32,
    /// 费率上限倍数: above cap × this no explanation helps.
    cap_ceiling: Decimal,
    /// 超龄年限.
    old_after_years: u32,
    /// 超龄系数 on the cap of old hardware.
    old_factor: Decimal,
    /// 参考费率上限 by kind of line, percent of purchase value per year; null where there is none.
    rate_cap: BTreeMap<String, Option<Decimal>>,
    /// 部门支出经济分类 by category.
    economic_codes: BTreeMap<String, EconomicCode>,

    // Targets: Art. 11.
    /// 分值合计.
    weight_base: Decimal,
    /// 有成本指标时各级分值.
    share_with_cost: BTreeMap<String, Decimal>,
    /// 无成本指标时各级分值.
    share_without_cost: BTreeMap<String, Decimal>,
    /// 指标最少个数.
    fewest_indicators: u32,
    /// 指标最多个数.
    most_indicators: u32,
    /// 绩效目标审核评分表.
    review_criteria: Vec<Criterion>,
    /// 绩效目标审核等次, the best first.
    review_bands: Vec<ReviewBand>,

    // Ex-ante evaluation: Art. 10.
    /// 新增系统须事前评估的金额起点.
    #[serde(with = "yuan")]
    ex_ante_new_from: Money,
    /// 增长须事前评估的幅度, percent.
    ex_ante_growth: Decimal,
    /// 增长须事前评估的金额起点.
    #[serde(with = "yuan")]
    ex_ante_growth_from: Money,
    /// 予以支持的最低分.
    ex_ante_support: Decimal,
    /// 低于此分不予支持.
    ex_ante_refuse: Decimal,
    /// 各维度最低得分率, percent.
    ex_ante_dimension_min: Decimal,
    /// 评估等级折算 by grade, percent.
    ex_ante_factor: BTreeMap<String, Decimal>,
    /// 一票否决事项, by item code.
    ex_ante_veto: Vec<String>,

    // Monitoring: Art. 12.
    /// 监控期 by name.
    periods: BTreeMap<String, MonitoringPeriod>,
    /// 黄灯: percentage points below schedule.
    lamp_yellow: Decimal,
    /// 红灯: percentage points below schedule.
    lamp_red: Decimal,
    /// 整改期限, days.
    correction_days: u32,
    /// 整改最多延长, days.
    correction_extend_max: u32,
    /// 整改几次不合格即上报.
    correction_fails: u32,

    // Evaluation: Art. 13.
    /// 预算执行率分值.
    execution_weight: Decimal,
    /// 执行率低于此须说明, percent.
    execution_note_below: Decimal,
    /// 超额完成界限, percent; null for none.
    #[serde(deserialize_with = "nullable")]
    over_cap: Option<Decimal>,
    /// 超额完成最多扣减, percent of the weight.
    over_max: Decimal,
    /// 定性“达成”得分下限, percent.
    qualitative_full: Decimal,
    /// 定性“部分达成”得分下限, percent.
    qualitative_part: Decimal,
    /// 满意度分段赋分: from percent, percent of the weight.
    satisfaction: Vec<Step>,
    /// 评价等次: from points, grade.
    grades: Vec<GradeStep>,
    /// 自评报送截止日, in Y+1.
    self_due: MonthDay,
    /// 重点评价产出与效益最低权重, percent.
    key_result_min: Decimal,
    /// 抽样最低金额占比, percent.
    key_sample_min: Decimal,
    /// 抽样最少个数.
    key_sample_count: u32,
    /// 必抽金额起点.
    #[serde(with = "yuan")]
    key_sample_always: Money,
    /// 被评价单位反馈期限, working days.
    key_comment_days: u32,
    /// 两人评分差距上限, percent.
    site_gap: Decimal,
    /// 现场评价每个问题须附照片, at least.
    site_photo_required: u32,
    /// 任务到期后离线数据宽限, days.
    site_grace_days: u32,
    /// 公开表格合计容差, points.
    tab_score: Decimal,

    // Application of results: Art. 14.
    /// 各等次建议核减比例, percent.
    cut_by_grade: BTreeMap<String, Decimal>,
    /// 有未完成整改时另加, percentage points.
    cut_open: Decimal,
    /// 建议核减比例上限, percent.
    cut_cap: Decimal,

    // Procurement: Art. 6.
    /// 采购限额标准.
    #[serde(with = "yuan")]
    procurement_limit: Money,
    /// 公开招标数额标准.
    #[serde(with = "yuan")]
    open_tender_limit: Money,
    /// 采购意向提前公开, days.
    intent_days: u32,
    /// 招标最短期限, days.
    tender_days: u32,
    /// 磋商最短期限, days.
    consult_days: u32,
    /// 谈判最短期限, working days.
    negotiate_days: u32,
    /// 询价最短期限, working days.
    inquiry_days: u32,
    /// 单一来源公示期, working days.
    single_notice_days: u32,
    /// 最少供应商家数.
    fewest_bidders: u32,
    /// 添购上限, percent of the contract.
    addition_limit: Decimal,
    /// 成交结果公告期限, working days.
    result_days: u32,

    // Contract: Art. 6.
    /// 签订合同期限, days.
    sign_days: u32,
    /// 合同公告期限, working days.
    publish_days: u32,
    /// 合同备案期限, working days.
    file_days: u32,
    /// 补充合同上限, percent of the contract.
    supplement_limit: Decimal,
    /// 签约预付上限, percent of the contract.
    prepay_limit: Decimal,

    // Assessment: Art. 8.
    /// 单位考核表 by item: full points, points off per event.
    sheet: BTreeMap<String, Step>,
    /// 考核异议期限, working days.
    objection_days: u32,
    /// 用户评价项目权重 by item, percent.
    user_sheet: BTreeMap<String, Decimal>,
    /// 用户评价最少份数.
    min_sample: u32,
    /// 须说明理由的评价等级不高于; 5 is the best.
    low_grade: u32,
    /// 扣分与低评说明最少字数.
    note_length: u32,
    /// 提醒说明最少字数.
    justify_length: u32,

    // Settlement: Art. 7, 8, 9.
    /// 考核得分权重, percent.
    assessment_weight: Decimal,
    /// 用户评价得分权重, percent.
    user_weight: Decimal,
    /// 结算系数分档: from points, percent.
    coefficient: Vec<Step>,
    /// 结算必备资料, by code.
    materials: Vec<String>,
    /// 云资源另须资料, by code.
    materials_cloud: Vec<String>,
    /// 可选资料, by code.
    materials_optional: Vec<String>,
    /// 结转最长年数.
    carry_years: u32,
    /// 对账日期容差, days.
    match_days: u32,

    // Disclosure: Art. 15.
    /// 应公开事项与法定时限 by item.
    disclosure_items: BTreeMap<String, DisclosureItem>,
    /// 预算公开明细程度.
    disclosure_granularity: DisclosureGranularity,
    /// 公开期限提醒提前天数.
    disclosure_notice_days: Vec<u32>,
}

impl EditionParameters {
    /// These values with some replaced.
    ///
    /// # Errors
    /// An unknown name, or a value of another shape.
    pub fn with(&self, overrides: &Map<String, Value>) -> serde_json::Result<EditionParameters> {
        let mut all = serde_json::to_value(self)?;
        for (name, value) in overrides {
            all[name] = value.clone();
        }
        serde_json::from_value(all)
    }

    /// Whether a written reason is as long as the edition asks for.
    pub fn is_reason(&self, reason: &str) -> bool {
        u32::try_from(reason.trim().chars().count()).is_ok_and(|length| length >= self.reason_min)
    }

    /// A count by its name, as clocks refer to it.
    pub fn count(&self, name: &str) -> Option<u32> {
        let mut found = None;
        self.visit(&mut |own, value| {
            if own == name {
                found = value.count();
            }
        });
        found
    }
}
