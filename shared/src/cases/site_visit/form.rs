//! 现场评价的表单 as data; what it comes to is in `rules.rs`.

use crate::cases::performance::form::Part::Whole;
use crate::cases::performance::form::{
    Form, FormField, FormTable, Takes, error, optional, required, warning,
};

pub const CHECKLIST: &str = "checklist";
pub const SCORES: &str = "scores";
pub const ASSETS: &str = "assets";
pub const PHOTOS: &str = "photos";
pub const SIGNATURES: &str = "signatures";
pub const PARTLY: &str = "部分符合";
pub const NOT_MET: &str = "不符合";
pub const NOT_APPLICABLE: &str = "不适用";
pub const NOT_FOUND: &str = "未找到";
pub const UNBOOKED: &str = "账外";
pub const FIRST_EVALUATOR: &str = "评价人员一";
pub const SECOND_EVALUATOR: &str = "评价人员二";
pub const UNIT: &str = "被评价单位";

const HEADER: &[FormField] = &[
    required("place", "地点", Whole, Takes::Text(2, 60)),
    required("visited_on", "评价日期", Whole, Takes::Date),
    optional("started", "开始时间", Whole, Takes::Text(0, 20)),
    optional("ended", "结束时间", Whole, Takes::Text(0, 20)),
    optional("gps", "位置", Whole, Takes::Text(0, 60)),
    required("companions", "陪同人员", Whole, Takes::Text(2, 60)),
    required("overview", "总体情况", Whole, Takes::Text(10, 2000)),
    optional("problems", "存在问题", Whole, Takes::Text(0, 2000)),
    optional("unit_opinion", "单位意见", Whole, Takes::Text(0, 1000)),
    optional("refused", "单位拒签", Whole, Takes::Flag),
    optional("refusal_reason", "拒签理由", Whole, Takes::Text(0, 500)),
];
const ITEM: &[FormField] = &[
    required("result", "检查结果", Whole, Takes::Choice(&["符合", PARTLY, NOT_MET, NOT_APPLICABLE])),
    optional("facts", "事实", Whole, Takes::Text(0, 1000)),
];
const SCORE: &[FormField] = &[
    required("item", "检查项", Whole, Takes::Text(1, 40)),
    required("evaluator", "评价人员", Whole, Takes::Text(1, 40)),
    required("score", "得分", Whole, Takes::Number),
];
const STATES: &[&str] = &["在用", "闲置", "待报废", NOT_FOUND, UNBOOKED];
const ASSET: &[FormField] = &[
    optional("code", "资产编号", Whole, Takes::Text(0, 40)),
    required("name", "资产名称", Whole, Takes::Text(2, 60)),
    optional("model", "型号", Whole, Takes::Text(0, 60)),
    optional("location", "存放地点", Whole, Takes::Text(0, 60)),
    required("book", "账面数", Whole, Takes::Count(0)),
    required("found", "实物数", Whole, Takes::Count(0)),
    required("state", "使用状况", Whole, Takes::Choice(STATES)),
    optional("reason", "差异原因", Whole, Takes::Text(0, 200)),
];
const PHOTO: &[FormField] = &[
    required("hash", "摘要", Whole, Takes::Hash),
    optional("item", "检查项", Whole, Takes::Text(1, 40)),
    optional("asset", "资产", Whole, Takes::Text(1, 40)),
    optional("caption", "说明", Whole, Takes::Text(0, 60)),
    optional("taken_at", "拍摄时间", Whole, Takes::Text(0, 40)),
    optional("gps", "位置", Whole, Takes::Text(0, 60)),
    optional("width", "宽", Whole, Takes::Count(1)),
    optional("height", "高", Whole, Takes::Count(1)),
    optional("bytes", "字节数", Whole, Takes::Count(1)),
];
const SIGNATURE: &[FormField] = &[
    required("who", "签字方", Whole, Takes::Choice(&[FIRST_EVALUATOR, SECOND_EVALUATOR, UNIT])),
    required("name", "姓名", Whole, Takes::Text(2, 20)),
    required("hash", "签字摘要", Whole, Takes::Hash),
    required("content", "所签内容摘要", Whole, Takes::Hash),
    required("method", "签字方式", Whole, Takes::Choice(&["手写", "姓名+PIN"])),
];

pub static FORM: Form = Form {
    key: "site_visit",
    article: 13,
    header: HEADER,
    tables: &[
        FormTable::new(CHECKLIST, None, ITEM),
        FormTable::new(SCORES, Some(Whole), SCORE),
        FormTable::new(ASSETS, Some(Whole), ASSET),
        FormTable::new(PHOTOS, Some(Whole), PHOTO),
        FormTable::new(SIGNATURES, Some(Whole), SIGNATURE),
    ],
    computed: &[CHECKLIST, ASSETS],
    rules: &[
        error("SIT-20", Whole, "部分符合、不符合、不适用的，须写明事实（不少于{note}个字）"),
        error("SIT-21", Whole, "不符合的检查项须附照片"),
        error("SIT-22", Whole, "得分超过该项分值"),
        error("SIT-23", Whole, "每个适用的检查项须由两名评价人员评分"),
        warning("SIT-24", Whole, "评分差距过大，请核实并写明理由"),
        error("SIT-25", Whole, "账实不符的须写明差异原因（不少于{note}个字）"),
        error("SIT-26", Whole, "使用状况与账面数、实物数不符：有账无物为未找到，有物无账为账外"),
        error("SIT-27", Whole, "两名评价人员均须签字，且不得为同一人"),
        error("SIT-28", Whole, "被评价单位须签字；拒签的须写明理由（不少于5个字）"),
        error("SIT-29", Whole, "签字后内容有改动，签字作废，请重新签字"),
        warning("SIT-31", Whole, "评价日期不在安排的时间内，请核实并写明理由"),
        error("SIT-32", Whole, "所指的检查项或资产不存在"),
        error("SIT-33", Whole, "同一评价人员对同一检查项重复评分"),
    ],
};
