//! The indicators of a grid: the rows between their heading and the end of the table.

use super::heading::{IndicatorColumn, IndicatorColumns, UNNAMED, UnknownColumn};
use super::words::{
    is_amount, is_blank, is_first_level, is_grade, is_read_as_amount, is_second_level, level_name, preview,
    short, some, text_of,
};
use crate::exchange::published_table::cell::{Quantity, amount, content, normal};
use crate::exchange::published_table::table::{PrintedIndicator, PublishedTable, Text, UnreadPart};
use crate::policy::scoring::Comparison;
use rust_decimal::Decimal;

const TOTALS: [&str; 4] = ["总分", "合计", "总计", "总得分"];

/// Beginnings of what stands under a table: notes, conclusions and signatures.
const NOTES: [&str; 18] = [
    "注",
    "备注",
    "说明",
    "填表",
    "填报",
    "联系",
    "评价结论",
    "自评结论",
    "存在问题",
    "存在的问题",
    "改进措施",
    "审核",
    "负责人",
    "项目负责人",
    "财务负责人",
    "单位负责人",
    "日期",
    "其他需要说明",
];

/// The rows of one table.
pub struct IndicatorRows {
    columns: IndicatorColumns,
    l1: Text,
    l2: Text,
    /// A row of totals was read; only another sum or an indicator may follow.
    pub ended: bool,
    /// Columns without a known heading that were named already.
    unknown_seen: Vec<usize>,
}

impl IndicatorRows {
    pub fn new(columns: IndicatorColumns) -> IndicatorRows {
        IndicatorRows { columns, l1: None, l2: None, ended: false, unknown_seen: Vec::new() }
    }

    /// The heading after a page break; the levels above it go on.
    pub fn repeat_heading(&mut self, columns: IndicatorColumns) {
        self.columns = columns;
    }

    /// Reads a row; false when it belongs to no table.
    pub fn row(&mut self, row: &[String], at: usize, table: &mut PublishedTable) -> bool {
        let is_total = self.sums(row, &TOTALS);
        let grade = grade_of_row(row).filter(|_| is_total || !self.is_scored(row));
        let is_grade_row = grade.is_some();
        table.published.grade = grade.or(table.published.grade.take());
        if self.sums(row, &["小计", "不含"]) {
            return true;
        }
        if is_total {
            self.total(row, at, table);
            return true;
        }
        if is_grade_row {
            return true;
        }
        if is_execution(row, &self.columns) && self.execution(row, table) {
            return true;
        }
        if is_note(row) && !self.is_scored(row) {
            return true;
        }
        let row = &self.realigned(row);
        let l3 = self.joined(row, IndicatorColumn::L3);
        if self.ended && !(l3.is_some() && self.is_scored(row)) {
            return false;
        }
        self.levels(row, table);
        let cells = [
            IndicatorColumn::Target,
            IndicatorColumn::Actual,
            IndicatorColumn::Weight,
            IndicatorColumn::Score,
        ];
        if l3.is_none() && cells.iter().all(|column| self.texts(row, *column).is_empty()) {
            return true;
        }
        let indicator = self.indicator(row, at, l3, table);
        self.unknown_columns(row, table);
        table.indicators.push(indicator);
        true
    }

    fn texts<'r>(&self, row: &'r [String], column: IndicatorColumn) -> Vec<&'r str> {
        self.columns.texts(row, column)
    }

    /// Whether the row has a weight or score; a telephone number is none.
    fn is_scored(&self, row: &[String]) -> bool {
        let of = |column| self.joined(row, column).and_then(|text| amount(Some(&text)));
        let is_score = |number: Decimal| number <= Decimal::ONE_THOUSAND;
        of(IndicatorColumn::Weight).is_some_and(is_score) || of(IndicatorColumn::Score).is_some_and(is_score)
    }

    /// The text under a column. Parts of one quantity under a merged heading are put together; two figures stay two.
    fn joined(&self, row: &[String], column: IndicatorColumn) -> Text {
        let texts = self.texts(row, column);
        let figures = texts.iter().filter(|text| Quantity::read(Some(**text)).is_some()).count();
        some(&texts.join(if figures > 1 { "、" } else { "" }))
    }

    /// The cell of a number, without 分 behind it.
    fn number(&self, row: &[String], column: IndicatorColumn) -> Text {
        let text = self.joined(row, column)?;
        let plain = text.strip_suffix('分').filter(|plain| is_amount(plain)).unwrap_or(&text);
        Some(plain.to_string())
    }

    /// Whether a row is named a sum by one of these words. An indicator may have the word in its name; it has a value to reach.
    fn sums(&self, row: &[String], words: &[&str]) -> bool {
        let has_value = self
            .joined(row, IndicatorColumn::Target)
            .or_else(|| self.joined(row, IndicatorColumn::Actual))
            .is_some();
        let names = |cell: &String| {
            let cell = normal(cell);
            short(&cell)
                && words.iter().any(|word| if has_value { cell == *word } else { cell.contains(word) })
        };
        row.iter().take(3).any(names)
    }

    /// The last row of totals counts; those above it were sums of parts.
    fn total(&mut self, row: &[String], at: usize, table: &mut PublishedTable) {
        let (weight, score) =
            (self.number(row, IndicatorColumn::Weight), self.number(row, IndicatorColumn::Score));
        if self.ended && weight.is_none() && score.is_none() {
            return;
        }
        let elsewhere = row.iter().any(|cell| is_amount(cell));
        if weight.is_none() && score.is_none() && elsewhere {
            let reason = "合计行的数不在“分值”“得分”列下，合计没有核对；请把数放到各自的列下";
            table.unread.push(UnreadPart::row(at, row, reason));
        }
        for (name, text) in [("分值合计", &weight), ("得分合计", &score)] {
            table.unread.extend(unread_cell(name, text, at));
        }
        (table.published.weight_total, table.published.score_total) = (weight, score);
        (table.complete, table.rows_complete, self.ended) = (true, true, true);
    }

    /// 预算执行率 as a row between the indicators: its weight and score are those of the funds' total, unless they are printed there.
    fn execution(&self, row: &[String], table: &mut PublishedTable) -> bool {
        let Some(line) = table.funds.iter_mut().find(|line| line.line == "total") else { return false };
        let (weight, score) =
            (self.number(row, IndicatorColumn::Weight), self.number(row, IndicatorColumn::Score));
        let printed = content(line.weight.as_deref()).is_some() || content(line.score.as_deref()).is_some();
        if !printed {
            (line.weight, line.score) = (weight, score);
            return true;
        }
        // The same figures once more are no second indicator; others are.
        line.weight == weight && line.score == score
    }

    fn levels(&mut self, row: &[String], table: &mut PublishedTable) {
        let filled = row.iter().filter(|cell| !cell.trim().is_empty()).count();
        if filled == 1 && row.iter().any(|cell| normal(cell).contains('表')) {
            // The title of the table, once more on a new page.
            return;
        }
        if let Some(text) = self.joined(row, IndicatorColumn::L1) {
            let (name, weight) = level_name(&text);
            if let Some(weight) = weight {
                print_header(&mut table.headers, &name, weight);
            }
            if self.l1.as_ref() != Some(&name) {
                (self.l1, self.l2) = (Some(name), None);
            }
        }
        let own = self
            .joined(row, IndicatorColumn::L2)
            .map(|text| if is_second_level(&text) { level_name(&text).0 } else { text });
        self.l2 = own.or(self.l2.take());
    }

    fn indicator(&self, row: &[String], at: usize, l3: Text, table: &mut PublishedTable) -> PrintedIndicator {
        let (weight, score) =
            (self.number(row, IndicatorColumn::Weight), self.number(row, IndicatorColumn::Score));
        for (name, text) in [("分值", &weight), ("得分", &score)] {
            table.unread.extend(unread_cell(name, text, at));
        }
        let is_value = l3.as_deref().and_then(|name| Quantity::read(Some(name))).is_some();
        if is_value {
            let reason = "指标名称的位置上是一个数，这一行的格可能错位；请在 Excel 里对齐后再核对";
            table.unread.push(UnreadPart::row(at, row, reason));
        }
        let unit = self.joined(row, IndicatorColumn::Unit);
        let operator = self.joined(row, IndicatorColumn::Operator);
        let sign = operator.as_deref().and_then(sign_of);
        if let (Some(text), None) = (&operator, sign) {
            let reason = "符号一列里不是 ≥、≤、= 一类的符号，没有用来核对".to_string();
            table
                .unread
                .push(UnreadPart { place: format!("第 {} 行", at + 1), text: text.clone(), reason });
        }
        let target = self.joined(row, IndicatorColumn::Target);
        let actual = self.joined(row, IndicatorColumn::Actual);
        PrintedIndicator {
            l1: self.l1.clone(),
            l2: self.l2.clone(),
            l3,
            target: target.map(|text| with_parts(&text, sign.flatten(), unit.as_deref())),
            actual: actual.map(|text| with_parts(&text, None, unit.as_deref())),
            weight,
            score,
            reason: self.joined(row, IndicatorColumn::Reason),
        }
    }

    /// Names each column with an unknown heading, or none, once where a row has a text under it.
    fn unknown_columns(&mut self, row: &[String], table: &mut PublishedTable) {
        let unnamed = |index| UnknownColumn { index, heading: String::new(), reason: UNNAMED };
        let beyond = (self.columns.width..row.len()).map(unnamed);
        let unknown: Vec<UnknownColumn> = self.columns.unknown.iter().cloned().chain(beyond).collect();
        for UnknownColumn { index, heading, reason } in unknown {
            let has_text = content(Some(text_of(row, index))).is_some() && !self.columns.covers(index);
            if has_text && !self.unknown_seen.contains(&index) {
                self.unknown_seen.push(index);
                table.unread.push(UnreadPart::column(index, &heading, reason));
            }
        }
    }

    /// A row that lost the empty cells at its left, as text copied from Word loses merged ones: 二级 is where 一级 should be.
    fn realigned(&self, row: &[String]) -> Vec<String> {
        let (Some(first), Some(second)) =
            (self.columns.first(IndicatorColumn::L1), self.columns.first(IndicatorColumn::L2))
        else {
            return row.to_vec();
        };
        let used = row.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1);
        let (own, next, third) = (text_of(row, first), text_of(row, second), text_of(row, second + 1));
        if second != first + 1 || used >= self.columns.width || own.is_empty() {
            return row.to_vec();
        }
        let is_nameless = Quantity::read(Some(third)).is_some();
        let is_part = is_second_level(own) && (!is_first_level(own) || self.is_cost_of_output(own));
        let (at, shift) = if is_part && !next.is_empty() && !is_second_level(next) {
            (first, 1)
        } else if is_first_level(own) && is_nameless && !next.is_empty() && !is_second_level(next) {
            (second, 1)
        } else if !is_first_level(own) && !is_part && self.is_name_first(row) {
            (first, 2)
        } else {
            (first, 0)
        };
        let mut moved = row.to_vec();
        moved.splice(at..at, std::iter::repeat_n(String::new(), shift));
        moved
    }

    /// 成本 is a 二级 where the 一级 above is 产出.
    fn is_cost_of_output(&self, own: &str) -> bool {
        own.contains("成本") && self.l1.as_deref().is_some_and(|l1| l1.contains("产出"))
    }

    /// Whether a row begins with its name: two columns on, and only there, its weight and score stand where they belong.
    fn is_name_first(&self, row: &[String]) -> bool {
        let (Some(weight), Some(score)) =
            (self.columns.first(IndicatorColumn::Weight), self.columns.first(IndicatorColumn::Score))
        else {
            return false;
        };
        let of_levels = self.l1.as_deref().is_some_and(is_first_level);
        let moved =
            |column: usize| column.checked_sub(2).is_some_and(|column| is_amount(text_of(row, column)));
        of_levels && moved(weight) && moved(score) && text_of(row, score).is_empty()
    }
}

/// Notes the weight of a level; a sheet without merged cells prints it on every row.
fn print_header(headers: &mut Vec<(String, Text)>, name: &str, weight: String) {
    match headers.iter_mut().find(|(known, _)| known == name) {
        Some((_, printed)) => *printed = Some(weight),
        None => headers.push((name.to_string(), Some(weight))),
    }
}

/// A weight or score that is no number and no grade in words.
fn unread_cell(name: &str, text: &Text, at: usize) -> Option<UnreadPart> {
    let text = text.as_deref().filter(|text| !is_read_as_amount(text) && !is_grade(text))?;
    let reason = format!("{name}读不成数，没有核对；请只写数字");
    Some(UnreadPart { place: format!("第 {} 行", at + 1), text: text.to_string(), reason })
}

/// The comparison that a cell of signs names; `None` inside where it names none, as 定性; `None` where it is not understood.
fn sign_of(text: &str) -> Option<Option<&'static str>> {
    let text = normal(text);
    let of_words = match text.as_str() {
        "正向" | "正向指标" | "正指标" => Some(Some("≥")),
        "反向" | "反向指标" | "逆向" | "逆向指标" | "负向" | "负向指标" | "逆指标" => {
            Some(Some("≤"))
        }
        "定性" | "定量" | "定性指标" | "定量指标" => Some(None),
        _ => None,
    };
    if content(Some(&text)).is_none() {
        return Some(None);
    }
    of_words.or_else(|| {
        let quantity = Quantity::read(Some(&format!("{text}0")))?;
        Some(quantity.comparison.map(Comparison::as_str)).filter(Option::is_some)
    })
}

/// A plain number with its sign and unit from columns of their own.
fn with_parts(text: &str, sign: Option<&str>, unit: Option<&str>) -> String {
    let Some(quantity) = Quantity::read(Some(text)) else { return text.to_string() };
    let sign = sign.filter(|_| quantity.comparison.is_none()).unwrap_or_default();
    let unit =
        unit.filter(|unit| content(Some(unit)).is_some() && quantity.unit.is_none()).unwrap_or_default();
    let whole = format!("{sign}{text}{unit}");
    // A unit that is no unit, as 定性, would turn the number into words.
    if Quantity::read(Some(&whole)).is_some() { whole } else { format!("{sign}{text}") }
}

/// A row that only has 预算执行率 for a name.
fn is_execution(row: &[String], columns: &IndicatorColumns) -> bool {
    let names = [IndicatorColumn::L1, IndicatorColumn::L2, IndicatorColumn::L3]
        .map(|column| columns.texts(row, column).concat());
    let named: Vec<String> =
        names.iter().map(|name| level_name(name).0).filter(|name| !name.is_empty()).collect();
    let execution = ["预算执行率", "执行率", "预算执行", "预算执行情况", "资金执行率", "预算执行率指标"];
    !named.is_empty() && named.iter().all(|name| execution.contains(&name.as_str()))
}

fn is_note(row: &[String]) -> bool {
    let first = row.iter().map(|cell| normal(cell)).find(|cell| !cell.is_empty()).unwrap_or_default();
    let begins = |word: &&&str| {
        first.strip_prefix(**word).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with([':', '人', '单', '问', '的', '(', '1', '.'])
        })
    };
    NOTES.iter().find(begins).is_some()
}

/// The grade of a row `评价等次 | 优`, or one that stands in a row of totals.
fn grade_of_row(row: &[String]) -> Text {
    let cells: Vec<String> = row.iter().map(|cell| normal(cell)).filter(|cell| !cell.is_empty()).collect();
    let labels = ["等级", "等次", "评价结果", "自评结果", "综合评价"];
    let at = cells.iter().position(|cell| short(cell) && labels.iter().any(|label| cell.ends_with(label)))?;
    cells.get(at + 1).filter(|cell| is_grade(cell)).cloned()
}

/// A row that looks like an indicator, outside every part that was read.
pub fn looks_like_indicators(row: &[String]) -> bool {
    let heading = |cell: &String| {
        ["一级指标", "二级指标", "三级指标"].iter().any(|word| normal(cell).contains(word))
            && short(&normal(cell))
    };
    let named = row.iter().take(3).any(|cell| is_first_level(cell) || is_second_level(cell));
    let filled = row.iter().filter(|cell| !cell.trim().is_empty()).count();
    !is_blank(row) && (row.iter().any(heading) || (named && filled >= 3)) && !preview(row).is_empty()
}
