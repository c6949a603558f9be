//! Which column of the indicators a heading names.

use super::Grid;
use super::words::{is_amount, short, text_of};
use crate::exchange::published_table::cell::normal;

/// What a column of the indicators holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndicatorColumn {
    L1,
    L2,
    L3,
    /// ≥, ≤ or = apart from the number, or 正向 and 反向.
    Operator,
    Target,
    Unit,
    Actual,
    Weight,
    Score,
    Reason,
    /// Known, and no part of what is judged: 序号, 评分标准.
    Unjudged,
}

/// Words of headings, by the first that a heading contains.
const HEADINGS: [(IndicatorColumn, &[&str]); 14] = [
    (IndicatorColumn::L1, &["一级指标"]),
    (IndicatorColumn::L2, &["二级指标"]),
    (IndicatorColumn::L3, &["三级指标"]),
    (
        IndicatorColumn::Unjudged,
        &[
            "序号",
            "编号",
            "标准分依据",
            "评分标准",
            "评分依据",
            "评分规则",
            "评分说明",
            "评分办法",
            "评分方法",
        ],
    ),
    (
        IndicatorColumn::Unjudged,
        &["评价标准", "计分", "指标解释", "指标说明", "数据来源", "佐证", "证明材料", "备注", "指标类型"],
    ),
    (
        IndicatorColumn::Unjudged,
        &["偏差率", "偏差度", "偏差值", "完成率", "完成比例", "完成程度", "上年", "去年", "前年", "历年"],
    ),
    (IndicatorColumn::Reason, &["偏差", "原因", "改进措施"]),
    (IndicatorColumn::Score, &["得分", "自评分", "自评分数"]),
    (IndicatorColumn::Weight, &["分值", "权重", "标准分", "满分"]),
    (IndicatorColumn::Operator, &["符号", "指标性质", "运算符", "比较符", "计算符", "指标方向"]),
    (IndicatorColumn::Unit, &["计量单位", "度量单位", "指标单位"]),
    (IndicatorColumn::Target, &["预期", "预计", "计划", "年初"]),
    (
        IndicatorColumn::Actual,
        &["完成值", "完成情况", "完成数", "完成结果", "完成指标", "实际", "实现值", "达成值"],
    ),
    (IndicatorColumn::Target, &["指标值", "目标值", "年度目标", "绩效目标"]),
];

/// Words that are a heading only alone.
const WHOLE_HEADINGS: [(IndicatorColumn, &[&str]); 5] = [
    (IndicatorColumn::Unit, &["单位"]),
    (IndicatorColumn::Target, &["目标", "标准值"]),
    (IndicatorColumn::Actual, &["完成"]),
    (IndicatorColumn::Score, &["评分"]),
    (IndicatorColumn::Unjudged, &["绩效指标", "年度绩效指标", "扣分", "扣分值"]),
];

/// Names of the column of names where no heading has 三级指标.
const NAMES: [&str; 6] = ["指标名称", "绩效指标名称", "具体指标", "考核指标", "评价指标", "绩效指标"];

/// The column that a heading names; `None` for a text that is none.
fn column_of(heading: &str) -> Option<IndicatorColumn> {
    let heading = normal(heading);
    if !short(&heading) {
        return None;
    }
    let whole = WHOLE_HEADINGS.iter().find(|(_, words)| words.contains(&heading.as_str()));
    let part = || HEADINGS.iter().find(|(_, words)| words.iter().any(|word| heading.contains(word)));
    whole.or_else(part).map(|(column, _)| *column)
}

/// A column that is not judged.
#[derive(Clone, Debug)]
pub struct UnknownColumn {
    pub index: usize,
    pub heading: String,
    pub reason: &'static str,
}

const UNKNOWN: &str =
    "不认识这一列的表头，这一列没有核对；请改用常用的名称，如“年度指标值”“实际完成值”“分值”“得分”";
const REPEATED: &str = "前面已有一列是这个内容，这一列没有核对；要核对这一列，请删去前面那一列";
pub const UNNAMED: &str = "这一列没有表头，没有核对；请补上表头";

/// A column as far as its heading reaches: a merged heading stands over several.
#[derive(Clone, Debug)]
struct Span {
    column: IndicatorColumn,
    from: usize,
    /// The first column after it.
    to: usize,
}

/// Where each column of the indicators stands.
#[derive(Clone, Debug)]
pub struct IndicatorColumns {
    spans: Vec<Span>,
    /// Columns whose heading is not known or names a column again.
    pub unknown: Vec<UnknownColumn>,
    /// Rows that the heading fills.
    pub height: usize,
    pub width: usize,
}

impl IndicatorColumns {
    /// The heading that begins at a row; `None` when the row is none.
    pub fn read(grid: &Grid, at: usize) -> Option<IndicatorColumns> {
        let row = grid.get(at)?;
        let named = named_column(row)?;
        let below = grid.get(at + 1).filter(|below| is_second_row(row, below, named));
        let mut columns = IndicatorColumns::of_rows(row, below, named);
        columns.height = if below.is_some() { 2 } else { 1 };
        let judged = [
            IndicatorColumn::Target,
            IndicatorColumn::Actual,
            IndicatorColumn::Weight,
            IndicatorColumn::Score,
        ];
        let judged = judged.into_iter().filter(|column| columns.has(*column)).count();
        let leveled = columns.has(IndicatorColumn::L1) || columns.has(IndicatorColumn::L2);
        (judged >= 2 || (leveled && judged == 1)).then_some(columns)
    }

    fn of_rows(row: &[String], below: Option<&Vec<String>>, named: usize) -> IndicatorColumns {
        let width = row.len().max(below.map_or(0, Vec::len));
        let mut columns = IndicatorColumns { spans: Vec::new(), unknown: Vec::new(), height: 1, width };
        let mut over = String::new();
        for index in 0..width {
            let own = text_of(row, index);
            let under = below.map_or("", |below| text_of(below, index));
            let repeats = !own.is_empty() && own == over && under.is_empty();
            if (own.is_empty() && under.is_empty()) || repeats {
                if let Some(span) = columns.spans.last_mut().filter(|span| span.to == index) {
                    span.to += 1;
                }
                continue;
            }
            if !own.is_empty() {
                over = own.to_string();
            }
            let column = if index == named { Some(IndicatorColumn::L3) } else { None };
            let column = column.or_else(|| column_of(under)).or_else(|| column_of(&over));
            columns.add(column, index, if under.is_empty() { &over } else { under });
        }
        columns
    }

    fn add(&mut self, column: Option<IndicatorColumn>, index: usize, heading: &str) {
        let repeatable = [IndicatorColumn::Unjudged, IndicatorColumn::Reason];
        let free = column.filter(|column| repeatable.contains(column) || !self.has(*column));
        let Some(column) = free else {
            let reason = if column.is_some() { REPEATED } else { UNKNOWN };
            self.unknown.push(UnknownColumn { index, heading: heading.to_string(), reason });
            return;
        };
        self.spans.push(Span { column, from: index, to: index + 1 });
    }

    /// Every column that has a heading.
    pub fn all(&self) -> impl Iterator<Item = IndicatorColumn> + '_ {
        self.spans.iter().map(|span| span.column)
    }

    pub fn has(&self, column: IndicatorColumn) -> bool {
        self.spans.iter().any(|span| span.column == column)
    }

    pub fn first(&self, column: IndicatorColumn) -> Option<usize> {
        self.spans.iter().find(|span| span.column == column).map(|span| span.from)
    }

    /// The texts of a row under a column; one, unless a merged heading stands over several cells.
    pub fn texts<'r>(&self, row: &'r [String], column: IndicatorColumn) -> Vec<&'r str> {
        let spans = self.spans.iter().filter(|span| span.column == column);
        let cells = spans.flat_map(|span| (span.from..span.to).map(|index| text_of(row, index)));
        let mut texts: Vec<&str> = Vec::new();
        for text in cells.filter(|text| !text.is_empty()) {
            if texts.last() != Some(&text) {
                texts.push(text);
            }
        }
        texts
    }

    /// Whether a column stands under a heading that is known.
    pub fn covers(&self, index: usize) -> bool {
        self.spans.iter().any(|span| (span.from..span.to).contains(&index))
    }
}

/// The column of names in a row of headings.
fn named_column(row: &[String]) -> Option<usize> {
    let position = |words: &[&str]| {
        row.iter().position(|cell| {
            let cell = normal(cell);
            short(&cell) && words.iter().any(|word| cell.contains(word))
        })
    };
    if let Some(third) = position(&["三级指标"]) {
        return Some(third);
    }
    position(&["一级指标", "二级指标"])?;
    let name = row.iter().rposition(|cell| NAMES.contains(&normal(cell).as_str()));
    // A table of two levels names its indicators in the second.
    name.filter(|name| Some(*name) > position(&["一级指标", "二级指标"])).or_else(|| position(&["二级指标"]))
}

/// Whether the row under a heading belongs to it: the parts of merged headings, with no name and no number.
fn is_second_row(row: &[String], below: &[String], named: usize) -> bool {
    let texts = || below.iter().filter(|cell| !cell.trim().is_empty());
    let level = |cell: &&String| column_of(cell).is_some_and(|column| column != IndicatorColumn::Unjudged);
    let repeats = below
        .iter()
        .enumerate()
        .all(|(index, cell)| cell.trim().is_empty() || text_of(row, index) == cell.trim());
    text_of(below, named).is_empty()
        && !repeats
        && texts().any(|cell| level(&cell))
        && texts().all(|cell| short(&normal(cell)) && !is_amount(cell))
        && texts().filter(level).count() * 2 >= texts().count()
}
