//! Words by which a row says that it is no line: sums, signatures and remarks, numbers of sections, examples.

use super::rows::Skip;

/// Where a word makes a row a sum.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Only as the whole text.
    Whole,
    /// At the beginning or the end of a longer text too: 服务器小计, 合计：人民币.
    Edge,
}

/// The words for a sum, among them those of a spreadsheet's own subtotals.
const SUMS: [(&str, Skip, Place); 38] = [
    ("小计", Skip::Subtotal, Place::Edge),
    ("小計", Skip::Subtotal, Place::Edge),
    ("页计", Skip::Subtotal, Place::Whole),
    ("其中", Skip::Subtotal, Place::Whole),
    ("合计", Skip::Total, Place::Edge),
    ("合計", Skip::Total, Place::Edge),
    ("总计", Skip::Total, Place::Edge),
    ("總計", Skip::Total, Place::Edge),
    ("共计", Skip::Total, Place::Edge),
    ("累计", Skip::Total, Place::Edge),
    ("汇总", Skip::Total, Place::Edge),
    ("计数", Skip::Total, Place::Edge),
    ("平均值", Skip::Total, Place::Edge),
    ("最大值", Skip::Total, Place::Edge),
    ("最小值", Skip::Total, Place::Edge),
    ("乘积", Skip::Total, Place::Edge),
    ("标准偏差", Skip::Total, Place::Edge),
    ("方差", Skip::Total, Place::Edge),
    ("总金额", Skip::Total, Place::Edge),
    ("总额", Skip::Total, Place::Edge),
    ("总值", Skip::Total, Place::Edge),
    ("总价", Skip::Total, Place::Whole),
    ("总数", Skip::Total, Place::Whole),
    ("总和", Skip::Total, Place::Whole),
    ("求和", Skip::Total, Place::Whole),
    ("平均", Skip::Total, Place::Edge),
    ("均价", Skip::Total, Place::Whole),
    ("上页结转", Skip::Total, Place::Whole),
    ("结转下页", Skip::Total, Place::Whole),
    ("承前页", Skip::Total, Place::Whole),
    ("过次页", Skip::Total, Place::Whole),
    ("total", Skip::Total, Place::Edge),
    ("sum", Skip::Total, Place::Whole),
    ("subtotal", Skip::Subtotal, Place::Whole),
    ("grandtotal", Skip::Total, Place::Whole),
    ("average", Skip::Total, Place::Whole),
    ("∑", Skip::Total, Place::Whole),
    ("σ", Skip::Total, Place::Whole),
];

/// A text that is the word for a sum and nothing else: 合计, 总 计：, 合计（元）, 合计数, 共3台, 大写：壹万元整.
pub(super) fn total_word(text: &str) -> Option<Skip> {
    let bare = without_frame(text);
    let bare = ["本页", "本表", "全部", "部门", "总体", "以上", "系统", "总", "页"]
        .iter()
        .find_map(|head| bare.strip_prefix(head).filter(|rest| is_sum(rest)))
        .unwrap_or(&bare);
    let counted = text.strip_prefix('共').map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    if counted.is_some_and(|rest| rest.len() < text.len() - '共'.len_utf8() && rest.chars().count() <= 4)
        || text.starts_with("大写:")
        || (bare.len() > '∑'.len_utf8() && bare.chars().all(|c| matches!(c, '∑' | 'σ')))
    {
        return Some(Skip::Total);
    }
    SUMS.iter().find(|(word, ..)| *word == bare).map(|(_, skip, _)| *skip)
}

fn is_sum(text: &str) -> bool {
    SUMS.iter().any(|(word, ..)| *word == text)
}

/// A text that begins or ends with the word for a sum; also 其中：.
pub(super) fn summing(text: &str) -> Option<Skip> {
    if text.starts_with("其中:") {
        return Some(Skip::Subtotal);
    }
    let (whole, bare) = (text.trim_end_matches([':', '。']), without_frame(text));
    let at_edge =
        |word: &str| [whole, &bare].iter().any(|text| text.starts_with(word) || text.ends_with(word));
    let edges = SUMS.iter().filter(|(.., place)| *place == Place::Edge);
    edges.clone().find(|(word, ..)| at_edge(word)).map(|(_, skip, _)| *skip)
}

/// The words of a text before its brackets, without signs, numbers and 金额, 数 or 元 behind them.
fn without_frame(text: &str) -> String {
    // The first part that brackets leave: 合计（元）, 【小计】.
    let first =
        text.split(['(', '[', '【', ')', ']', '】']).find(|part| !part.trim().is_empty()).unwrap_or(text);
    let bare: String = first.chars().filter(|c| c.is_alphanumeric() || *c == '∑').collect();
    let bare = bare.trim_end_matches(|c: char| c.is_ascii_digit());
    const TAILS: [&str; 7] = ["大写", "小写", "万元", "元", "金额", "数量", "数"];
    let tail = TAILS.iter().find_map(|tail| bare.strip_suffix(tail).filter(|rest| ends_as_sum(rest)));
    tail.unwrap_or(bare).to_string()
}

fn ends_as_sum(text: &str) -> bool {
    SUMS.iter().any(|(word, ..)| text.ends_with(word))
}

/// A row that shows how to fill in the table: 示例, （示例）某服务器, 例：….
pub(super) fn is_example(text: &str) -> bool {
    const WORDS: [&str; 6] = ["填写示例", "填报示例", "示例", "样例", "范例", "例"];
    WORDS.iter().any(|word| {
        let bracketed = text.strip_prefix(['(', '【', '[']).and_then(|rest| rest.strip_prefix(word));
        text == *word
            || text.strip_prefix(word).is_some_and(|rest| rest.starts_with(':'))
            || bracketed.is_some_and(|rest| rest.starts_with([')', '】', ']']))
    })
}

/// A text that stands where something is to be filled in: ……, 无, 请选择.
pub(super) fn is_placeholder(text: &str) -> bool {
    text.chars().all(|c| matches!(c, '.' | '…' | '·' | '-' | '—' | '/' | '\\' | '、' | '~' | '_' | '*'))
        || matches!(text, "无" | "暂无" | "略" | "请选择" | "请填写" | "待填" | "待定" | "n/a" | "年月日")
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

/// How deep a section lies by its number: 一、 above （一） above 1、 above ①.
pub(super) fn section_level(text: &str) -> u32 {
    match super::normal::fold(text).chars().next() {
        Some('(') => 2,
        Some(c) if c.is_ascii_digit() => 3,
        Some(c) if ('①'..='⑳').contains(&c) => 4,
        _ => 1,
    }
}

/// Marks that a group of lines may open with besides a number of its own kind: 1、存储类, ①安全类, 【终端】, ■ 视频.
pub(super) fn is_marked(text: &str) -> bool {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = rest.len() < text.len() && rest.starts_with(['、', ')', '.']);
    let lettered = text.chars().nth(1).is_some_and(|c| matches!(c, '.' | '、'))
        && text.starts_with(|c: char| c.is_ascii_alphabetic());
    let decorated = text.starts_with(|c: char| ('①'..='⑳').contains(&c) || "■□●○◆◇▲△★☆【▪•".contains(c));
    numbered || lettered || decorated
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
