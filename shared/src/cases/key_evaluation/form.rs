//! 重点评价的表单 as data; what it comes to is in `rules.rs`.

use super::tree::{LEVELS, METHODS, TREE};
use crate::cases::performance::form::Part::{Plan, Report, Work};
use crate::cases::performance::form::{Form, FormTable, Takes, error, optional, required, warning};

pub const PAPERS: &str = "papers";
pub const EVIDENCE: &str = "evidence";
pub const SAMPLE: &str = "sample";
pub const ALL_UNITS: &str = "全查";
pub const BY_VALUE: &str = "金额优先";
pub const AT_RANDOM: &str = "随机";
pub const SIGNATURE_REFUSED: &str = "拒签";

const WORK_METHODS: &[&str] = &["查账", "实物盘点", "系统演示", "访谈", "问卷"];
const COPIES: &[&str] = &["原件", "复印件", "照片", "电子"];

const TREE_TABLE: FormTable = FormTable::new(
    TREE,
    Some(Plan),
    &[
        required("level1", "一级指标", Plan, Takes::Choice(LEVELS)),
        required("level2", "二级指标", Plan, Takes::Text(2, 20)),
        required("name", "三级指标", Plan, Takes::Text(2, 40)),
        required("weight", "分值", Plan, Takes::PositiveNumber),
        required("method", "评分方法", Plan, Takes::Choice(METHODS)),
        optional("points_met", "符合要点数", Work, Takes::Count(0)),
        optional("points_all", "要点总数", Work, Takes::Count(1)),
        optional("numerator", "分子", Work, Takes::Number),
        optional("denominator", "分母", Work, Takes::Number),
        optional("hand", "评定得分", Work, Takes::Number),
        optional("satisfaction", "满意度", Work, Takes::Percent),
        optional("basis", "扣分依据", Work, Takes::Text(0, 1000)),
    ],
);
const PAPER_TABLE: FormTable = FormTable::new(
    PAPERS,
    Some(Work),
    &[
        required("leaf", "对应指标", Work, Takes::Text(1, 40)),
        required("matter", "事项", Work, Takes::Text(2, 200)),
        required("method", "方法", Work, Takes::Choice(WORK_METHODS)),
        required("on", "日期", Work, Takes::Date),
        optional("place", "地点", Work, Takes::Text(0, 60)),
        required("facts", "事实", Work, Takes::Text(10, 2000)),
        optional("calculation", "计算过程", Work, Takes::Text(0, 1000)),
        optional("problem", "问题", Work, Takes::Text(0, 1000)),
        optional("clause", "依据条款", Work, Takes::Text(0, 200)),
        required("by", "编制人", Work, Takes::Text(2, 20)),
        required("reviewed_by", "复核人", Work, Takes::Text(2, 20)),
    ],
);
const EVIDENCE_TABLE: FormTable = FormTable::new(
    EVIDENCE,
    Some(Work),
    &[
        required("paper", "对应底稿", Work, Takes::Text(1, 40)),
        required("name", "证据名称", Work, Takes::Text(2, 60)),
        required("source", "来源", Work, Takes::Text(2, 60)),
        optional("pages", "页数", Work, Takes::Count(1)),
        required("copy", "形式", Work, Takes::Choice(COPIES)),
        required("hash", "摘要", Work, Takes::Hash),
        required("signed", "签字", Work, Takes::Choice(&["已签", SIGNATURE_REFUSED])),
        optional("refusal", "拒签理由", Work, Takes::Text(0, 500)),
    ],
);
const SAMPLE_TABLE: FormTable = FormTable::new(
    SAMPLE,
    Some(Work),
    &[
        required("key", "单位或系统", Work, Takes::Text(1, 40)),
        required("value", "金额", Work, Takes::Number),
        optional("picked", "抽中", Work, Takes::Flag),
    ],
);

pub static FORM: Form = Form {
    key: "key_evaluation",
    article: 13,
    header: &[
        required("objective", "评价目的", Plan, Takes::Text(10, 1000)),
        required("method_note", "评价方法", Plan, Takes::Text(10, 1000)),
        required("sampling", "抽样方法", Plan, Takes::Choice(&[ALL_UNITS, BY_VALUE, AT_RANDOM])),
        optional("seed", "随机种子", Plan, Takes::Text(0, 40)),
        optional("problems", "存在问题", Report, Takes::Text(0, 4000)),
        required("conclusion", "评价结论", Report, Takes::Text(20, 4000)),
        required("suggestion", "建议", Report, Takes::Text(10, 4000)),
    ],
    tables: &[TREE_TABLE, PAPER_TABLE, EVIDENCE_TABLE, SAMPLE_TABLE],
    computed: &[TREE, PAPERS],
    rules: &[
        error("KEY-10", Plan, "分值合计应为100"),
        error("KEY-11", Plan, "产出与效益分值合计低于规定下限"),
        error("KEY-12", Plan, "每个一级指标下至少设一个指标"),
        error("KEY-13", Work, "未得满分的指标须写明扣分依据（不少于{reason}个字）"),
        error("KEY-14", Work, "未得满分的指标须有底稿"),
        error("KEY-15", Work, "底稿的编制人和复核人不得为同一人"),
        error("KEY-16", Work, "拒签的须写明理由（不少于5个字）"),
        error("KEY-17", Work, "评分所需的数据未填"),
        error("KEY-18", Work, "评分数据不合理：符合数不超过总数，评分不超过分值，分母不为0"),
        error("KEY-19", Work, "抽样数量或金额占比不足，请补充抽样"),
        error("KEY-20", Plan, "随机抽样须先填随机种子"),
        error("KEY-21", Work, "列明问题的底稿须写依据条款"),
        warning("KEY-22", Work, "金额较大的单位未抽中，请核实并写明理由"),
        error("KEY-23", Work, "所指的指标或底稿不存在"),
    ],
};
