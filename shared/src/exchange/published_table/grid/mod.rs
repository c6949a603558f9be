//! Published tables in a grid of texts: the clipboard, a text file, a worksheet. One pass over the rows: a heading opens the
//! funds or the indicators, every row below is read by that part, and what no part reads is named.

mod funds;
mod heading;
mod indicators;
mod words;

use super::cell::normal;
use super::spaced::grid_of_spaced;
use super::table::{PublishedTable, UnreadPart};
use crate::exchange::import::clipboard::parse;
use funds::{FundColumns, FundRow, looks_like_funds, single_line};
use heading::{IndicatorColumn, IndicatorColumns};
use indicators::{IndicatorRows, looks_like_indicators};
use words::{is_blank, short, text_of};

/// Longest text that may be the title of a table; longer ones are notes.
const LONGEST_TITLE: usize = 60;

const NO_PART: &str = "这里像是表的一部分，但没有读到能认出的表头，从这一行起没有核对";

/// Most parts that are named one by one.
const MOST_UNREAD: usize = 100;

type Grid = [Vec<String>];

const NO_HEADING: &str =
    "没有找到表头：需要含“三级指标”的一行，或含“年初预算数、全年预算数、全年执行数、执行率”中两项的一行";
const VERTICAL: &str = "表头竖着排在一列；请在 Excel 里复制后“选择性粘贴—转置”，让“三级指标、指标值、完成值、分值、得分”排在一行再核对";

/// Splits pasted text into a grid; columns are separated by tabs, and a quoted cell may hold line ends. In text copied from a PDF
/// they are separated by spaces.
///
/// # Errors
/// A line whose cells may stand in several ways, in Chinese.
pub fn grid_of_text(text: &str) -> Result<Vec<Vec<String>>, String> {
    let text = text.trim_start_matches('\u{feff}');
    if !text.contains('\t') {
        return grid_of_spaced(text);
    }
    let mut rows = parse(text);
    rows.iter_mut().flatten().for_each(|cell| *cell = cell.trim().to_string());
    Ok(rows)
}

/// Reads every table of a grid, in its order; there is at least one.
///
/// # Errors
/// Neither funds nor indicators were found; in Chinese, with what is looked for.
pub fn read_tables(id: &str, grid: &Grid) -> Result<Vec<PublishedTable>, String> {
    let mut reader = GridReader::new(grid);
    for at in 0..grid.len() {
        reader.row(at);
    }
    let mut tables = reader.finish();
    if tables.is_empty() {
        return Err(if is_vertical(grid) { VERTICAL } else { NO_HEADING }.to_string());
    }
    let several = tables.len() > 1;
    for (number, table) in (1..).zip(&mut tables) {
        table.id = match (several, table.id.as_str()) {
            (false, _) => id.to_string(),
            (true, "") => format!("{id} · 第 {number} 张"),
            (true, project) => format!("{id} · 第 {number} 张 {project}"),
        };
    }
    Ok(tables)
}

/// Whether a grid that holds no known heading looks like a table all the same.
pub fn looks_like_a_table(grid: &Grid) -> bool {
    let numbers = |row: &&Vec<String>| row.iter().filter(|cell| words::is_amount(cell)).count() >= 2;
    grid.iter().any(|row| looks_like_indicators(row) || looks_like_funds(row))
        || grid.iter().filter(numbers).count() >= 3
}

/// What the rows belong to.
enum Part {
    Outside,
    Funds(FundColumns),
    Indicators(IndicatorRows),
}

/// The table that is being read.
#[derive(Default)]
struct OpenTable {
    table: PublishedTable,
    has_funds: bool,
    has_indicators: bool,
    /// Every column of its headings of indicators.
    columns: Vec<IndicatorColumn>,
    /// Funds were not read: what they score is missing from the sums.
    is_cut: bool,
}

impl OpenTable {
    fn has(&self, column: IndicatorColumn) -> bool {
        self.columns.contains(&column)
    }

    /// Names what its headings promise and its rows do not hold.
    fn name_missing(&mut self) {
        let table = &self.table;
        let has_total = table.funds.iter().any(|line| line.line == "total");
        let is_unscored = !self.has(IndicatorColumn::Score) && table.is_self_evaluation();
        let missing = [
            (
                self.has_funds && table.funds.is_empty(),
                "资金",
                "有资金的表头，其下没有读到资金总额和来源，资金没有核对",
            ),
            (
                self.has_funds && !table.funds.is_empty() && !has_total,
                "资金",
                "没有认出资金总额一行，执行率和得分没有核对；请把这一行写作“年度资金总额”",
            ),
            (
                !self.has_indicators && table.is_self_evaluation(),
                "指标",
                "没有找到指标的表头（含“三级指标”的一行），指标没有核对",
            ),
            (self.has_indicators && table.indicators.is_empty(), "指标", "有指标的表头，其下没有读到指标"),
            (self.has_indicators && is_unscored, "指标", "没有认出“得分”一列，得分和总分没有核对"),
        ];
        let named = missing.into_iter().filter(|(is_missing, ..)| *is_missing).map(|(_, place, reason)| {
            UnreadPart { place: place.into(), text: String::new(), reason: reason.into() }
        });
        self.table.unread.extend(named.collect::<Vec<_>>());
        if (self.is_cut || self.has_funds) && !has_total {
            (self.table.complete, self.table.rows_complete) = (false, false);
        }
        let count = self.table.unread.len();
        if count > MOST_UNREAD {
            self.table.unread.truncate(MOST_UNREAD);
            let reason = format!("没有读懂的共 {count} 处，只列出前 {MOST_UNREAD} 处");
            self.table.unread.push(UnreadPart { place: "全表".into(), text: String::new(), reason });
        }
    }
}

/// What texts say of the kind of a table.
#[derive(Clone, Copy)]
struct KindWords {
    aims: bool,
    /// 自评 in a title, or anywhere where nothing speaks of 绩效目标.
    evaluates: bool,
}

impl KindWords {
    fn of(rows: &Grid) -> KindWords {
        let (mut aims, mut titled, mut noted) = (false, false, false);
        for cell in rows.iter().flatten().map(|cell| normal(cell)) {
            aims |= cell.contains("绩效目标");
            let evaluates = cell.contains("自评");
            noted |= evaluates;
            titled |= evaluates && cell.chars().count() <= LONGEST_TITLE;
        }
        KindWords { aims, evaluates: titled || (noted && !aims) }
    }

    /// Columns of what was reached make a self-evaluation.
    fn kind(self, is_reported: bool) -> Option<&'static str> {
        match (self.evaluates || is_reported, self.aims) {
            (true, _) => Some("self_evaluation_table"),
            (false, true) => Some("target_table"),
            (false, false) => None,
        }
    }
}

struct GridReader<'g> {
    grid: &'g Grid,
    unit: &'static str,
    /// What the whole grid says, for a table whose own rows say nothing.
    words: KindWords,
    is_vertical: bool,
    tables: Vec<PublishedTable>,
    open: OpenTable,
    part: Part,
    /// The first row of the open table, and the row after the last that was read.
    from: usize,
    read_to: usize,
    /// The row before was named unread: what follows belongs to it.
    unread_above: bool,
}

impl<'g> GridReader<'g> {
    fn new(grid: &'g Grid) -> GridReader<'g> {
        let is_ten_thousand = |cell: &String| {
            let cell = normal(cell);
            cell.contains("(万元)") || cell.contains("单位:万元")
        };
        let unit = if grid.iter().flatten().any(is_ten_thousand) { "万元" } else { "元" };
        GridReader {
            grid,
            unit,
            words: KindWords::of(grid),
            is_vertical: is_vertical(grid),
            tables: Vec::new(),
            open: OpenTable::default(),
            part: Part::Outside,
            from: 0,
            read_to: 0,
            unread_above: false,
        }
    }

    fn row(&mut self, at: usize) {
        let Some(row) = self.grid.get(at).filter(|row| !is_blank(row)) else { return };
        // A row of an indicator may speak of the budget twice; a heading of funds does so three times.
        let least = if matches!(&self.part, Part::Indicators(rows) if !rows.ended) { 3 } else { 2 };
        if let Some(columns) = FundColumns::read(row, least) {
            self.funds_heading(columns, at);
        } else if let Some(columns) = IndicatorColumns::read(self.grid, at) {
            self.indicator_heading(columns, at);
        } else if at >= self.read_to {
            self.content(row, at);
        }
    }

    fn funds_heading(&mut self, columns: FundColumns, at: usize) {
        let repeats = matches!(&self.part, Part::Funds(own) if own.repeats(&columns));
        if self.open.has_indicators || (self.open.has_funds && !repeats) {
            self.close(at);
        }
        (self.open.has_funds, self.read_to) = (true, at + 1);
        self.part = Part::Funds(columns);
    }

    fn indicator_heading(&mut self, columns: IndicatorColumns, at: usize) {
        if matches!(&self.part, Part::Indicators(rows) if rows.ended) {
            self.close(at);
        }
        self.open.columns.extend(columns.all());
        (self.open.has_indicators, self.read_to) = (true, at + columns.height);
        match &mut self.part {
            Part::Indicators(rows) => rows.repeat_heading(columns),
            _ => self.part = Part::Indicators(IndicatorRows::new(columns)),
        }
    }

    fn content(&mut self, row: &[String], at: usize) {
        let open = &mut self.open;
        let is_read = match &mut self.part {
            Part::Outside => match single_line(row, self.unit, &open.table.funds) {
                Some(line) if !open.has_funds && !open.has_indicators => {
                    open.table.funds.push(line);
                    true
                }
                _ => false,
            },
            Part::Indicators(rows) => rows.row(row, at, &mut open.table),
            Part::Funds(columns) => match columns.row(self.grid, at, self.unit, &open.table.funds) {
                FundRow::Line(line, unread) => {
                    open.table.funds.push(line);
                    open.table.unread.extend(unread);
                    true
                }
                FundRow::Unread(part) => {
                    open.table.unread.push(part);
                    true
                }
                FundRow::Nothing => true,
                FundRow::End => {
                    self.part = Part::Outside;
                    false
                }
            },
        };
        if is_read {
            self.read_to = at + 1;
        }
        let is_suspicious = !is_read && (looks_like_indicators(row) || looks_like_funds(row));
        if is_suspicious && !self.unread_above {
            let reason = if self.is_vertical { VERTICAL } else { NO_PART };
            open.table.unread.push(UnreadPart::row(at, row, reason));
            open.is_cut |= looks_like_funds(row);
        }
        self.unread_above = is_suspicious || (self.unread_above && !is_read);
    }

    /// Ends the open table before a row.
    fn close(&mut self, at: usize) {
        let mut open = std::mem::take(&mut self.open);
        // Below the last row that was read the title of the next table begins.
        let end = if at == self.grid.len() { at } else { self.read_to };
        let rows = self.grid.get(self.from..end).unwrap_or_default();
        (self.from, self.part, self.unread_above) = (end, Part::Outside, false);
        open.has_funds |= !open.table.funds.is_empty();
        if !open.has_funds && !open.has_indicators {
            return;
        }
        let has_values = open.has(IndicatorColumn::Target) || open.has(IndicatorColumn::Actual);
        let is_reported = open.has(IndicatorColumn::Actual) || open.has(IndicatorColumn::Score);
        let kind = KindWords::of(rows).kind(is_reported).or_else(|| self.words.kind(is_reported));
        open.table.doc_type = kind.unwrap_or("budget_detail").to_string();
        open.table.lacks_values = open.has_indicators && !has_values;
        open.table.lacks_reasons = open.has_indicators && !open.has(IndicatorColumn::Reason);
        open.table.id = project_of(rows).unwrap_or_default();
        open.table.year = rows.iter().flatten().find_map(|cell| year_of(cell));
        open.table.money_unit = Some(self.unit.to_string());
        open.name_missing();
        self.tables.push(open.table);
    }

    fn finish(mut self) -> Vec<PublishedTable> {
        self.close(self.grid.len());
        self.tables
    }
}

/// Whether the headings of the indicators are below each other.
fn is_vertical(grid: &Grid) -> bool {
    let width = grid.iter().map(Vec::len).max().unwrap_or(0);
    let words = ["三级指标", "指标值", "目标值", "完成值", "分值", "得分"];
    (0..width).any(|column| {
        let cells = || grid.iter().map(|row| normal(row.get(column).map_or("", String::as_str)));
        let has = |word: &&&str| cells().any(|cell| short(&cell) && cell.contains(**word));
        words.iter().filter(has).count() >= 3 && has(&&"三级指标")
    })
}

/// The name of the project that the rows name.
fn project_of(rows: &Grid) -> Option<String> {
    rows.iter().find_map(|row| {
        let label = row.iter().position(|cell| normal(cell).trim_end_matches(':') == "项目名称")?;
        let name = (label + 1..row.len()).map(|index| text_of(row, index)).find(|text| !text.is_empty())?;
        Some(name.chars().take(60).collect())
    })
}

/// The first 20xx that stands before 年度.
fn year_of(cell: &str) -> Option<u32> {
    let text = normal(cell);
    text.match_indices("年度").find_map(|(at, _)| {
        let before: Vec<char> = text.get(..at)?.chars().collect();
        let digits: String = before.get(before.len().checked_sub(4)?..)?.iter().collect();
        digits.starts_with("20").then(|| digits.parse().ok()).flatten()
    })
}

#[cfg(test)]
mod tests;
