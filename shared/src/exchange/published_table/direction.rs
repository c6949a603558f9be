//! Which way the name of an indicator points: whether more is better, less is better, or the name does not say.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameDirection {
    Forward,
    Reverse,
}

/// Rates that should be low, by what stands before 率.
const REVERSE_RATES: [&str; 58] = [
    "超支",
    "复发",
    "结余",
    "差错",
    "误差",
    "故障",
    "事故",
    "投诉",
    "中断",
    "违规",
    "延误",
    "丢失",
    "重复",
    "死亡",
    "失业",
    "返贫",
    "空置",
    "闲置",
    "超时",
    "逾期",
    "误报",
    "漏报",
    "漏检",
    "错误",
    "出错",
    "破损",
    "损坏",
    "流失",
    "退货",
    "返修",
    "返工",
    "发病",
    "感染",
    "污染",
    "犯罪",
    "发案",
    "案发",
    "负债",
    "偏差",
    "丢包",
    "拥堵",
    "空岗",
    "辍学",
    "违约",
    "不合格",
    "不满意",
    "损耗",
    "漏损",
    "超标",
    "拖欠",
    "欠费",
    "退件",
    "缺勤",
    "不良",
    "致残",
    "伤亡",
    "发生",
    "流产",
];

/// Rates that a budget may hold from either side: 三公经费控制率 should be low, 成本控制率 high.
const OPEN_RATES: [&str; 5] = ["控制率", "变动率", "调整率", "增减率", "控制比率"];

/// What happens and should not.
const TROUBLES: [&str; 6] = ["投诉", "故障", "事故", "中断", "延误", "违规"];

/// What is done about a trouble, and names that deny it: the more of it, the better, or the name does not say.
const REMEDIES: [&str; 30] = [
    "处理", "处置", "办结", "办理", "排查", "排除", "查处", "整改", "演练", "培训", "化解", "宣传", "检查",
    "受理", "调解", "核查", "监测", "预防", "防范", "下降", "减少", "降低", "治理", "修复", "回复", "不",
    "无", "零", "未", "避免",
];

/// Times that should be short, by what is done in them.
const TIMED: [&str; 17] = [
    "响应", "修复", "处理", "解决", "恢复", "处置", "办理", "办结", "审批", "等待", "回复", "答复", "到场",
    "出警", "受理", "抢修", "反馈",
];

/// Whether the name is a rate that should be low.
pub fn is_reverse_rate(name: &str) -> bool {
    REVERSE_RATES.iter().any(|trouble| {
        name.match_indices(trouble).any(|(at, _)| {
            let rest = name.get(at + trouble.len()..).unwrap_or_default();
            rest.starts_with('率') || rest.starts_with("比率")
        })
    })
}

/// The direction of a name, by its first match; `None` when it has none.
pub fn direction(name: &str) -> Option<NameDirection> {
    let holds = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if is_reverse_rate(name) {
        return Some(NameDirection::Reverse);
    }
    if holds(&OPEN_RATES) {
        return None;
    }
    if holds(&["率", "满意", "知晓", "及时"]) {
        return Some(NameDirection::Forward);
    }
    let is_timed = |end: &str| TIMED.iter().any(|done| name.contains(&format!("{done}{end}")));
    if ["时间", "时长", "时限", "用时", "耗时"].into_iter().any(is_timed) {
        return Some(NameDirection::Reverse);
    }
    (holds(&TROUBLES) && !holds(&REMEDIES)).then_some(NameDirection::Reverse)
}

/// Whether the name leaves open which way it points though it is judged by a number: only equal figures are judged.
pub fn is_open(name: &str) -> bool {
    !is_reverse_rate(name) && OPEN_RATES.iter().any(|rate| name.contains(rate))
}
