//! What each finding of a published table means, in a sentence.

use super::report::TableFinding;

/// The label of a column; a column of the table's own keeps its name.
pub fn field_label(field: &str) -> &str {
    match field {
        "weight_total" => "分值合计",
        "l1_weights" => "一级指标分值",
        "score_total" => "总分",
        "grade" => "等次",
        "balance" => "结余",
        "initial" => "年初预算数",
        "adjusted" => "全年预算数",
        "executed" => "全年执行数",
        "arrived" => "到位数",
        "rate" => "执行率",
        "score" => "得分",
        "weight" => "分值",
        "unit" => "单位",
        "target" => "指标值",
        "actual" => "完成值",
        "l1" => "一级指标",
        "l2" => "二级指标",
        "l3" => "三级指标",
        "deviation_reason" => "偏差原因",
        "amount" => "金额",
        "printed" => "所印金额",
        "name" => "名称",
        own => own,
    }
}

/// The parts of a finding that sentences use.
struct Words<'f> {
    printed: &'f str,
    expected: &'f str,
    about: &'f str,
    how: &'f str,
    field: &'f str,
}

/// What the finding says, and what a reader should do about it.
pub fn sentence(finding: &TableFinding) -> String {
    let words = Words {
        printed: finding.printed.as_deref().unwrap_or("（空）"),
        expected: finding.expected.as_deref().unwrap_or(""),
        about: finding.about.as_deref().unwrap_or(""),
        how: finding.how.unwrap_or(""),
        field: field_label(&finding.field),
    };
    of_sums(finding.code, &words)
        .or_else(|| of_funds(finding.code, &words))
        .or_else(|| of_values(finding.code, &words))
        .unwrap_or_else(|| of_texts(finding.code, &words))
}

/// 合计 and 得分.
fn of_sums(code: &str, words: &Words<'_>) -> Option<String> {
    let Words { printed, expected, about, how, .. } = words;
    Some(match code {
        "TAB-01" => {
            format!("各行分值与执行率分值相加得 {expected}，应为 100，并与所印合计一致；请核对分值。")
        }
        "TAB-02" => format!("“{about}”印的分值是 {printed}，其下各项分值相加得 {expected}。"),
        "TAB-03" => format!("所印总分 {printed} 与各项得分之和 {expected} 不符。"),
        "TAB-04" => format!("“{about}”各行得分之和 {printed} 超过该组分值 {expected}。"),
        "TAB-05" => format!("得分 {printed} 不在 0 到分值 {expected} 之间。"),
        "TAB-06" => format!("未达到指标值，按比例应得 {expected} 分，所印为 {printed}{}。", off(how)),
        "TAB-07" if *about == "qualitative" => {
            format!("完成值与指标值文字相同，得分 {printed} 却低于分值的八成 {expected}。")
        }
        "TAB-07" if about.is_empty() => format!("已达到指标值，应得满分 {expected}，所印为 {printed}。"),
        "TAB-07" => format!("“{about}”各行都已达标，应得满分 {expected}，所印合计 {printed}。"),
        "TAB-08" => "没有得满分或没有达标，却没有写偏差原因。".to_string(),
        "TAB-09" => format!("按所印总分，等次应为“{expected}”，所印为“{printed}”。"),
        "TAB-26" => "这一行的得分是空的；可能与其他行合并，核对时无法单独判断。".to_string(),
        "TAB-31" => format!("自评表里没有“{about}”指标。"),
        "TAB-40" if about.is_empty() => format!("明细相加得 {expected}，所印合计为 {printed}。"),
        "TAB-40" => format!("“{about}”的明细相加得 {expected}，所印合计为 {printed}。"),
        "TAB-41" => format!("明细合计 {printed} 与资金总额的任何一个数都不符（应为 {expected}）。"),
        "TAB-42" => format!("明细“{printed}”重复出现，请核对是否重复计算。"),
        _ => return None,
    })
}

/// How a printed score came about, as far as it can be recognised.
fn off(how: &str) -> &'static str {
    match how {
        "full" => "（按满分给的）",
        "floor" => "（舍去了小数）",
        "integer" => "（四舍五入到整数）",
        _ => "",
    }
}

/// 资金.
fn of_funds(code: &str, words: &Words<'_>) -> Option<String> {
    let Words { printed, expected, about, how, field } = words;
    Some(match code {
        "TAB-10" if *how == "truncated" => {
            format!("执行率应为 {expected}，所印 {printed} 没有四舍五入，是截去的。")
        }
        "TAB-10" => format!("执行率按执行数 ÷ 预算数应为 {expected}，所印为 {printed}。"),
        "TAB-11" => format!("执行率得分按规则应为 {expected}，所印为 {printed}{}。", off(how)),
        "TAB-12" => format!("各资金来源的{field}相加得 {expected}，资金总额印的是 {printed}。"),
        "TAB-13" => format!("执行数 {printed} 超过预算数 {expected}。"),
        "TAB-14" => format!("资金来源行也印了{field}（{printed}）；只有资金总额行计分，请注意不要重复相加。"),
        "TAB-15" => format!("预算数和执行数都有，执行率却是空的；应为 {expected}。"),
        "TAB-16" => "没有预算数，执行率不能计算，却计了分。".to_string(),
        "TAB-17" => format!("结余应为预算数减执行数，即 {expected}，所印为 {printed}。"),
        "TAB-43" => {
            let (own, others) = about.split_once('/').unwrap_or((about, ""));
            format!("这一部分资金的单位是{own}，表上其余金额的单位是{others}。")
        }
        _ => return None,
    })
}

/// 指标值 and 完成值.
fn of_values(code: &str, words: &Words<'_>) -> Option<String> {
    let Words { printed, expected, about, how, field } = words;
    Some(match (code, *about) {
        ("TAB-20", _) => format!("完成值 {printed} 远超指标值 {expected}，没有说明原因；指标值可能定低了。"),
        ("TAB-21", "lost") => "所有指标值都没有 ≥、≤ 等符号，达标的方向无法判断。".to_string(),
        ("TAB-21", _) => format!("指标值“{printed}”的符号与指标名称的方向相反。"),
        ("TAB-22", "unit") => format!("完成值“{printed}”的单位与指标值的单位（{expected}）不能比较。"),
        ("TAB-22", "text") => format!("指标值与完成值一个是数、一个是文字（{printed}），无法比较。"),
        ("TAB-22", "percent") if *how == "ocr_ge" => {
            format!("“{printed}”超过 100%；开头的 2 可能是 ≥ 误认的。")
        }
        ("TAB-22", "percent") => format!("这是比率，“{printed}”超过了 100%。"),
        ("TAB-22", _) => format!("“{printed}”的单位有几种读法，请写全。"),
        ("TAB-23", _) => format!("完成值“{printed}”写成了范围；完成值应是一个确定的数。"),
        ("TAB-24", "satisfaction") => "满意度指标得了分，却没有任何满意度的数。".to_string(),
        ("TAB-24", _) => "指标值和完成值都是空的，却得了分。".to_string(),
        ("TAB-27", "fraction") => format!("执行率写成了小数 {printed}，按百分数读。"),
        ("TAB-27", _) => format!("{printed} 行用了 ≧、＝ 等不标准的符号，按通常的符号读。"),
        ("TAB-28", _) if expected.is_empty() => format!("{field}“{printed}”里逗号和点的位置不对，读不成数。"),
        ("TAB-28", _) => format!("所印“{printed}”与金额 {expected} 不一致。"),
        _ => return None,
    })
}

/// Names and years.
fn of_texts(code: &str, words: &Words<'_>) -> String {
    let Words { printed, expected, about, .. } = words;
    match (code, *about) {
        ("TAB-25", "in name") => format!("指标值是空的，要求写在了指标名称里（{printed}）。"),
        ("TAB-25", "repeats") => format!("指标值“{printed}”只是重复了名称或“同上”，没有写出要求。"),
        ("TAB-25", _) => format!("“{printed}”里有三项以上的数，应拆成几个指标。"),
        ("TAB-29", _) => format!("“{printed}”考核的就是预算执行，执行率已经单独计分。"),
        ("TAB-30", _) => format!("满意度的指标放在了“{printed}”下面。"),
        ("TAB-32", _) => format!("二级指标“{printed}”不是通用的分类。"),
        ("TAB-33", _) => format!("指标值“{printed}”里的年份晚于本表的年度 {expected}。"),
        _ => format!("所印“{printed}”需要核对。"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::super::report::TablePart;
    use super::*;

    /// Every code the checker has.
    const CODES: [&str; 35] = [
        "TAB-01", "TAB-02", "TAB-03", "TAB-04", "TAB-05", "TAB-06", "TAB-07", "TAB-08", "TAB-09", "TAB-10",
        "TAB-11", "TAB-12", "TAB-13", "TAB-14", "TAB-15", "TAB-16", "TAB-17", "TAB-20", "TAB-21", "TAB-22",
        "TAB-23", "TAB-24", "TAB-25", "TAB-26", "TAB-27", "TAB-28", "TAB-29", "TAB-30", "TAB-31", "TAB-32",
        "TAB-33", "TAB-40", "TAB-41", "TAB-42", "TAB-43",
    ];

    #[test]
    fn every_code_has_a_sentence_of_its_own() {
        for code in CODES {
            let text = sentence(&TableFinding::new(code, TablePart::Indicators, Some(0), "score"));
            assert!(!text.ends_with("需要核对。"), "{code}: {text}");
        }
        let unknown = sentence(&TableFinding::new("TAB-99", TablePart::Items, None, "x"));
        assert!(unknown.ends_with("需要核对。"));
    }
}
