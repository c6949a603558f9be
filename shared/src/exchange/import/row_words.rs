//! Words by which a row says that it is no line: sums, signatures and remarks, numbers of sections.

use super::rows::Skip;

/// A text that is the word for a sum and nothing else: 合计, 总 计：, 合计（元）, 服务器 汇总.
pub(super) fn total_word(text: &str) -> Option<Skip> {
    // The first part that brackets leave: 合计（元）, 【小计】.
    let first = text.split(['(', '[', '【']).find(|part| !part.trim().is_empty()).unwrap_or(text);
    let bare: String = first.chars().filter(|c| c.is_alphanumeric()).collect();
    let bare = bare.trim_end_matches(|c: char| c.is_ascii_digit());
    let bare = ["大写", "小写", "元", "万元"].iter().find_map(|tail| bare.strip_suffix(tail)).unwrap_or(bare);
    let bare = ["本页", "本表", "全部", "部门", "总体", "以上", "系统"]
        .iter()
        .find_map(|head| bare.strip_prefix(head))
        .unwrap_or(bare);
    match bare {
        "小计" | "页小计" | "小計" | "页计" | "其中" => Some(Skip::Subtotal),
        "合計" | "總計" | "总金额" | "总价" | "总值" | "总数" | "平均" | "上页结转" | "承前页" | "过次页" => {
            Some(Skip::Total)
        }
        "合计" | "总计" | "共计" | "累计" | "总合计" | "汇总" | "总和" | "求和" | "计数" | "总计数"
        | "平均值" | "总平均值" | "最大值" | "最小值" | "总额" | "total" | "sum" | "subtotal"
        | "grandtotal" => Some(Skip::Total),
        _ => None,
    }
}

/// A text that begins or ends with the word for a sum; also 其中：.
pub(super) fn summing(text: &str) -> Option<Skip> {
    let bare = text.trim_end_matches([':', '：', '。']);
    if bare.ends_with("小计")
        || bare.starts_with("小计")
        || bare.starts_with("其中:")
        || bare.starts_with("其中：")
    {
        return Some(Skip::Subtotal);
    }
    const WORDS: [&str; 9] = ["合计", "总计", "共计", "累计", "汇总", "计数", "平均值", "最大值", "最小值"];
    WORDS.iter().any(|word| bare.starts_with(word) || bare.ends_with(word)).then_some(Skip::Total)
}

pub(super) fn ends_table(text: &str) -> bool {
    const OFFICES: [&str; 24] = [
        "审核",
        "审批",
        "审签",
        "制表",
        "填表",
        "填报",
        "编制",
        "复核",
        "复审",
        "负责人",
        "经办",
        "联系人",
        "批准",
        "会计",
        "出纳",
        "主管领导",
        "分管领导",
        "单位领导",
        "单位负责人",
        "部门负责人",
        "科室负责人",
        "财务负责人",
        "项目负责人",
        "签发",
    ];
    const OPENINGS: [&str; 12] = [
        "备注:",
        "说明",
        "注:",
        "注1",
        "注2",
        "注、",
        "填报说明",
        "单位盖章",
        "单位公章",
        "填表日期",
        "填报日期",
        "联系电话:",
    ];
    const MARKS: [&str; 7] = ["(盖章)", "(签字)", "(签章)", "(公章)", "(签名)", "盖章:", "签字:"];
    let signature = OFFICES.iter().any(|office| {
        text.strip_prefix(office).is_some_and(|rest| {
            let rest = ["人", "员", "日期", "单位", "部门"]
                .iter()
                .find_map(|tail| rest.strip_prefix(tail))
                .unwrap_or(rest);
            rest.is_empty() || rest.starts_with([':', '(', '签'])
        })
    });
    signature
        || OPENINGS.iter().any(|opening| text.starts_with(opening))
        || MARKS.iter().any(|mark| text.contains(mark))
        || text == "年月日"
}

/// 一, （二）, 第三部分, Ⅳ, 甲: numbers that sections have and lines have not.
pub(super) fn is_section_number(text: &str) -> bool {
    let bare = text.trim_matches(['(', ')', '、', '.', '第', '部', '分', '类', '章']);
    !bare.is_empty()
        && (bare.chars().all(|c| "一二三四五六七八九十".contains(c))
            || bare.chars().all(|c| ('Ⅰ'..='Ⅻ').contains(&c) || ('ⅰ'..='ⅻ').contains(&c))
            || matches!(bare, "i" | "ii" | "iii" | "iv" | "v" | "vi" | "甲" | "乙" | "丙" | "丁"))
}

pub(super) fn is_serial(text: &str) -> bool {
    let bare = text.trim_matches(['(', ')', '、', '.']);
    !bare.is_empty() && bare.chars().all(|c| c.is_ascii_digit() || c == '.' || c == '-')
}

/// 一、服务器类; （二）网络设备; 第一部分 …
pub(super) fn opens_section(text: &str) -> bool {
    let end = text.find(['、', '.', ')', ':']).filter(|end| *end > 0);
    end.is_some_and(|end| is_section_number(&text[..end]))
        || text.starts_with("第一部分")
        || text.starts_with("第二部分")
}
