//! The funds of a grid: a heading of amounts, and a line for the total and for each source below it.

use super::Grid;
use super::words::{has_figure, is_amount, is_read_as_amount, preview, short, some, text_of};
use crate::exchange::published_table::cell::normal;
use crate::exchange::published_table::table::{FundLine, Text, UnreadPart};

/// Words of the columns, by the first that a heading contains; what was spent speaks of the budget too.
const COLUMNS: [(&str, &[&str]); 8] = [
    ("other", &["到位率", "原因", "偏差", "备注", "说明", "改进措施"]),
    ("rate", &["执行率", "预算完成率", "支出率"]),
    ("executed", &["全年执行", "执行数", "实际支出", "执行金额", "支出数", "支出额", "决算数"]),
    ("initial", &["年初预算"]),
    ("adjusted", &["全年预算", "调整预算", "预算数(A)", "调整后预算", "预算调整数", "年度预算数(A)"]),
    ("arrived", &["到位"]),
    ("score", &["得分"]),
    ("weight", &["分值", "权重"]),
];

const AMOUNTS: [&str; 4] = ["initial", "adjusted", "executed", "arrived"];

const TOTALS: [&str; 4] = ["总额", "合计", "总计", "总金额"];

/// Words of the sources and levels of funds.
const SOURCES: [&str; 38] = [
    "拨款",
    "结转",
    "结余",
    "其他",
    "其它",
    "自有",
    "自筹",
    "本级",
    "上级",
    "下级",
    "中央",
    "地方",
    "省",
    "市",
    "县",
    "区级",
    "乡镇",
    "州级",
    "财政",
    "公共预算",
    "国有资本",
    "单位资金",
    "补助",
    "专户",
    "事业",
    "经营",
    "收入",
    "基本支出",
    "项目支出",
    "人员经费",
    "公用经费",
    "基金",
    "债券",
    "贷款",
    "投资",
    "预算资金",
    "社会资金",
    "专项",
];

/// Where the columns of the funds stand.
#[derive(Clone, Debug)]
pub struct FundColumns {
    columns: Vec<(&'static str, usize)>,
    unknown: Vec<(usize, String)>,
    /// The heading as printed, which a page break repeats.
    heading: Vec<String>,
}

/// What a row under the heading is.
pub enum FundRow {
    Line(FundLine, Vec<UnreadPart>),
    /// Texts of another part.
    End,
    /// Neither a line nor the end: the space between.
    Nothing,
    Unread(UnreadPart),
}

impl FundColumns {
    /// The columns of a heading; `None` when fewer than `least` of them are of amounts or of the rate.
    pub fn read(row: &[String], least: usize) -> Option<FundColumns> {
        let heading: Vec<String> = row.iter().map(|cell| normal(cell)).collect();
        let mut columns: Vec<(&'static str, usize)> = Vec::new();
        let mut unknown = Vec::new();
        for (index, cell) in heading.iter().enumerate().filter(|(_, cell)| short(cell) && !has_figure(cell)) {
            let known = COLUMNS.iter().find(|(key, words)| {
                let free = *key == "other" || !columns.iter().any(|(taken, _)| taken == key);
                free && words.iter().any(|word| cell.contains(word))
            });
            match known {
                Some((key, _)) => columns.push((key, index)),
                None => unknown.push((index, text_of(row, index).to_string())),
            }
        }
        let amounts = ["initial", "adjusted", "executed", "rate"];
        let of_amounts =
            |columns: &[(&str, usize)]| columns.iter().filter(|(key, _)| amounts.contains(key)).count();
        if !columns.iter().any(|(key, _)| ["initial", "adjusted"].contains(key)) {
            plain_budget(&heading, &mut columns, &mut unknown);
        }
        if of_amounts(&columns) < least || heading.iter().any(|cell| is_amount(cell)) {
            return None;
        }
        let first = columns.iter().map(|(_, index)| *index).min()?;
        unknown.retain(|(index, _)| *index > first);
        Some(FundColumns { columns, unknown, heading })
    }

    pub fn repeats(&self, other: &FundColumns) -> bool {
        self.heading == other.heading
    }

    fn first(&self) -> usize {
        self.columns.iter().map(|(_, index)| *index).min().unwrap_or(0)
    }

    /// Reads a row below the heading; `at` counts from 0, `funds` are the lines above.
    pub fn row(&self, grid: &Grid, at: usize, unit: &str, funds: &[FundLine]) -> FundRow {
        let Some(row) = grid.get(at) else { return FundRow::End };
        let texts = |key: &str| {
            self.columns.iter().find(|(own, _)| *own == key).map_or("", |(_, index)| text_of(row, *index))
        };
        let amounts = || AMOUNTS.iter().map(|key| plain_money(texts(key), unit));
        let has_amount = amounts().any(|text| is_amount(&text));
        let is_foreign = amounts().any(|text| !is_read_as_amount(&text));
        let label = label(row, self.first());
        if label.as_ref().is_some_and(|(label, _)| is_source(label, true) && has_figure(label)) {
            let reason = "金额写在了名称里，这一行没有核对；请把金额放到各自的列下";
            return FundRow::Unread(UnreadPart::row(at, row, reason));
        }
        let total = !funds.iter().any(|line| line.line == "total");
        let line = match &label {
            Some((label, _)) if total && is_total(label) => "total".to_string(),
            Some((label, _)) if is_source(label, has_amount) => label.clone(),
            None if total && funds.is_empty() && has_amount && self.first() == 0 => "total".to_string(),
            _ if !has_amount && !is_foreign => return FundRow::Nothing,
            _ if is_foreign => return FundRow::End,
            _ => {
                let reason = "资金部分里这一行的名称不认识，这一行没有核对；请写明是资金总额还是哪一种来源";
                return FundRow::Unread(UnreadPart::row(at, row, reason));
            }
        };
        if is_foreign && !has_amount && line != "total" {
            // A goal that speaks of funds: words where amounts would be.
            return FundRow::End;
        }
        let cells = |key: &str| some(&plain_money(texts(key), unit));
        let is_part = label.is_some_and(|(_, is_part)| is_part);
        let of_score = |key: &str| some(texts(key).strip_suffix('分').unwrap_or(texts(key)));
        let read = FundLine {
            line,
            is_part,
            unit: None,
            initial: cells("initial"),
            adjusted: cells("adjusted"),
            executed: cells("executed"),
            arrived: cells("arrived"),
            weight: of_score("weight"),
            rate: some(texts("rate")),
            score: of_score("score"),
        };
        let unread = self.unread(row, at, &read);
        FundRow::Line(read, unread)
    }

    /// Cells of a line that are no amounts, and columns without a known heading.
    fn unread(&self, row: &[String], at: usize, line: &FundLine) -> Vec<UnreadPart> {
        let cell = |(name, text): (&str, &Text)| {
            let text = text.as_deref().filter(|text| !is_read_as_amount(text))?;
            let reason = format!("{name}读不成数，没有核对；请只写数字");
            Some(UnreadPart { place: format!("第 {} 行", at + 1), text: text.to_string(), reason })
        };
        let cells = [
            ("年初预算数", &line.initial),
            ("全年预算数", &line.adjusted),
            ("执行数", &line.executed),
            ("到位数", &line.arrived),
            ("分值", &line.weight),
            ("执行率", &line.rate),
            ("得分", &line.score),
        ];
        let columns = self.unknown.iter().filter(|(index, _)| is_amount(text_of(row, *index)));
        let columns = columns.map(|(index, heading)| {
            UnreadPart::column(*index, heading, "不认识这一列的表头，这一列没有核对")
        });
        cells.into_iter().filter_map(cell).chain(columns).collect()
    }
}

/// A line of funds without a heading above it: a total or source with one amount, as target tables print their budget, or the
/// names of columns each before its amount.
pub fn single_line(row: &[String], unit: &str, funds: &[FundLine]) -> Option<FundLine> {
    let cells: Vec<String> = row.iter().map(|cell| normal(cell)).filter(|cell| !cell.is_empty()).collect();
    let money = |text: &String| Some(plain_money(text, unit)).filter(|text| is_amount(text));
    let amounts: Vec<String> = cells.iter().filter_map(money).collect();
    let has_total = funds.iter().any(|line| line.line == "total");
    let pairs: Vec<(&str, String)> = cells
        .windows(2)
        .filter_map(|pair| Some((column_named(pair.first()?)?, money(pair.get(1)?)?)))
        .collect();
    if pairs.len() >= 2 && pairs.len() == amounts.len() && !has_total {
        let of = |key: &str| pairs.iter().find(|(own, _)| *own == key).map(|(_, text)| text.clone());
        return Some(FundLine {
            line: "total".into(),
            initial: of("initial"),
            adjusted: of("adjusted"),
            executed: of("executed"),
            arrived: of("arrived"),
            weight: of("weight"),
            rate: of("rate"),
            score: of("score"),
            ..FundLine::default()
        });
    }
    let [amount] = amounts.as_slice() else { return None };
    let at = cells.iter().position(|cell| money(cell).is_some())?;
    let (label, is_part) = label(&cells, at)?;
    let label = label.split('(').next().unwrap_or_default().trim_end_matches(':').to_string();
    let line = match has_total {
        false if label.contains("资金总额") => "total".to_string(),
        true if is_source(&label, true) => label,
        _ => return None,
    };
    Some(FundLine { line, is_part, initial: Some(amount.clone()), ..FundLine::default() })
}

fn column_named(heading: &str) -> Option<&'static str> {
    let is_heading = short(heading) && !has_figure(heading);
    let known = COLUMNS
        .iter()
        .find(|(key, words)| *key != "other" && words.iter().any(|word| heading.contains(word)));
    known.filter(|_| is_heading).map(|(key, _)| *key)
}

/// Takes a heading that is only 预算数 for the budget, where none says which.
fn plain_budget(
    heading: &[String],
    columns: &mut Vec<(&'static str, usize)>,
    unknown: &mut Vec<(usize, String)>,
) {
    let is_plain = |cell: &String| short(cell) && cell.contains("预算") && !cell.contains("执行");
    let plain: Vec<usize> =
        (0..heading.len()).filter(|index| heading.get(*index).is_some_and(is_plain)).collect();
    if let [index] = plain.as_slice()
        && !columns.iter().any(|(_, taken)| taken == index)
    {
        columns.push(("adjusted", *index));
        unknown.retain(|(other, _)| other != index);
    }
}

fn is_total(label: &str) -> bool {
    let of_one_source = || ["拨款", "其他", "结转"].iter().any(|word| label.contains(word));
    label.contains("资金总额") || (TOTALS.iter().any(|word| label.contains(word)) && !of_one_source())
}

/// Whether a line is a source of funds. One without any amount is so only by a word that nothing else has.
fn is_source(label: &str, has_amount: bool) -> bool {
    let sure = ["资金", "拨款", "结转", "其他", "自有", "本级", "上级", "省级", "市级", "县级"];
    let words: &[&str] = if has_amount { &SOURCES } else { &sure };
    short(label) && words.iter().any(|word| label.contains(word))
}

/// The last text left of the first column without 其中, and whether it had the word.
fn label(row: &[String], first: usize) -> Option<(String, bool)> {
    let left: Vec<String> =
        row.iter().take(first).map(|cell| normal(cell)).filter(|cell| !cell.is_empty()).collect();
    let is_part = left.iter().any(|cell| cell.starts_with("其中"));
    let label = left.last()?;
    let plain =
        label.strip_prefix("其中").map_or(label.as_str(), |rest| rest.trim_start_matches([':', '、', ',']));
    (!plain.is_empty()).then(|| (plain.to_string(), is_part))
}

/// An amount without the sign of currency and the unit of the table that some write behind it.
fn plain_money(text: &str, unit: &str) -> String {
    let plain = text.trim_start_matches(['¥', '￥']);
    let plain = plain.strip_suffix(unit).filter(|rest| !rest.ends_with('万')).unwrap_or(plain);
    if is_amount(plain) { plain.to_string() } else { text.to_string() }
}

/// A row that speaks of funds and has amounts, outside every part that was read.
pub fn looks_like_funds(row: &[String]) -> bool {
    let words = ["资金总额", "财政拨款", "年初预算", "全年预算", "预算数", "执行数", "执行率"];
    let speaks = |cell: &String| {
        let cell = normal(cell);
        short(&cell) && words.iter().any(|word| cell.contains(word))
    };
    row.iter().any(speaks) && row.iter().any(|cell| is_amount(cell))
}

impl UnreadPart {
    /// A row, counted from 0.
    pub fn row(at: usize, row: &[String], reason: &str) -> UnreadPart {
        UnreadPart { place: format!("第 {} 行", at + 1), text: preview(row), reason: reason.to_string() }
    }

    /// A column, counted from 0.
    pub fn column(index: usize, heading: &str, reason: &str) -> UnreadPart {
        UnreadPart {
            place: format!("第 {} 列", index + 1),
            text: heading.to_string(),
            reason: reason.to_string(),
        }
    }
}
