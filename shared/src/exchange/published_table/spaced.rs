//! A table copied from a PDF: columns are separated by spaces, and an empty cell leaves no trace. A line is placed only where
//! its cells can stand in one way; any other line is named, so that nothing is judged by a guess.

use super::cell::{amount, normal};
use super::rows::SECOND_LEVELS;

const LEVELS: [&str; 4] = ["成本", "产出", "效益", "满意度"];

/// Where the columns of the indicators stand in the header line.
struct Heads {
    count: usize,
    name: usize,
    weight: Option<usize>,
    score: Option<usize>,
}

impl Heads {
    fn read(cells: &[&str]) -> Option<Heads> {
        let find =
            |words: &[&str]| cells.iter().position(|cell| words.iter().any(|word| cell.contains(word)));
        Some(Heads {
            count: cells.len(),
            name: find(&["三级指标"])?,
            weight: find(&["分值", "权重"]),
            score: find(&["得分"]),
        })
    }
}

/// The grid of lines whose columns are separated by spaces.
///
/// # Errors
/// A line below the header whose cells may stand in several ways, in Chinese.
pub fn grid_of_spaced(text: &str) -> Result<Vec<Vec<String>>, String> {
    let mut grid = Vec::new();
    let mut heads: Option<Heads> = None;
    let mut ended = false;
    let mut funds: Option<usize> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let row = match &heads {
            Some(heads) if is_total(&cells) => {
                ended = true;
                total(heads, &cells)
            }
            _ if cells.is_empty() || ended => cells.iter().map(ToString::to_string).collect(),
            Some(heads) => indicator(heads, &cells).ok_or_else(|| unclear(number))?,
            None => {
                heads = Heads::read(&cells);
                funds = funds.or_else(|| is_fund_header(&cells).then_some(cells.len()));
                fund_line(funds.filter(|_| heads.is_none()), &cells, number)?
            }
        };
        grid.push(row);
    }
    Ok(grid)
}

fn is_fund_header(cells: &[&str]) -> bool {
    let words = ["年初预算", "全年预算", "全年执行", "执行数", "执行率"];
    cells.iter().filter(|cell| words.iter().any(|word| cell.contains(word))).count() >= 2
}

/// A line of the funds has all its cells; of any other text between the headings only the first word is read.
fn fund_line(columns: Option<usize>, cells: &[&str], number: usize) -> Result<Vec<String>, String> {
    let whole = columns.is_none_or(|columns| columns == cells.len());
    let has_amounts = || cells.iter().filter(|cell| amount(Some(**cell)).is_some()).count() >= 2;
    let words = ["资金", "拨款", "结转", "总额", "合计"];
    if !whole
        && has_amounts()
        && cells.first().is_some_and(|label| words.iter().any(|word| label.contains(word)))
    {
        return Err(unclear(number));
    }
    let read = if whole { cells } else { cells.get(..1).unwrap_or_default() };
    Ok(read.iter().map(ToString::to_string).collect())
}

fn unclear(number: usize) -> String {
    format!("第 {number} 行的列分不清（空着的格没有留下位置）；请先粘到 Word 或 Excel 的表格里，再从那里复制")
}

fn is_total(cells: &[&str]) -> bool {
    let words = ["总分", "合计", "总计"];
    cells.iter().take(2).any(|cell| words.iter().any(|word| cell.contains(word)))
}

/// The totals under the table: of the weights and of the scores, or of the scores alone.
fn total(heads: &Heads, cells: &[&str]) -> Vec<String> {
    let mut row = vec![String::new(); heads.count];
    if let Some(label) = row.first_mut() {
        *label = cells.first().map(ToString::to_string).unwrap_or_default();
    }
    let numbers: Vec<&str> = cells.iter().copied().filter(|cell| amount(Some(*cell)).is_some()).collect();
    let places: &[Option<usize>] = match numbers.len() {
        2 => &[heads.weight, heads.score],
        1 if heads.score.is_none() => &[heads.weight],
        1 => &[heads.score],
        _ => &[],
    };
    for (place, number) in places.iter().zip(numbers) {
        if let Some(cell) = place.and_then(|place| row.get_mut(place)) {
            *cell = number.to_string();
        }
    }
    row
}

/// An indicator: its levels where they are named, then every cell from the name on; only the last, the reason, may be empty.
fn indicator(heads: &Heads, cells: &[&str]) -> Option<Vec<String>> {
    let mut row = vec![String::new(); heads.count];
    let mut rest = cells;
    for (column, is_level) in
        [(0, is_first_level as fn(&str) -> bool), (1, is_second_level as fn(&str) -> bool)]
    {
        if column < heads.name
            && let Some((first, after)) = rest.split_first().filter(|(first, _)| is_level(first))
        {
            *row.get_mut(column)? = (*first).to_string();
            rest = after;
        }
    }
    let wanted = heads.count.checked_sub(heads.name)?;
    if rest.len() != wanted && rest.len() + 1 != wanted {
        return None;
    }
    for (cell, text) in row.iter_mut().skip(heads.name).zip(rest) {
        *cell = (*text).to_string();
    }
    let is_number = |place: Option<usize>| {
        place.is_none_or(|place| row.get(place).is_some_and(|text| amount(Some(text.as_str())).is_some()))
    };
    (is_number(heads.weight) && is_number(heads.score)).then_some(row)
}

fn is_first_level(text: &str) -> bool {
    let text = normal(text);
    let name = text.split('(').next().unwrap_or_default();
    LEVELS.contains(&name.strip_suffix("指标").unwrap_or(name))
}

fn is_second_level(text: &str) -> bool {
    let text = normal(text);
    SECOND_LEVELS.contains(&text.strip_suffix("指标").unwrap_or(&text))
}
