//! Small questions about the texts of a grid.

use crate::exchange::published_table::cell::{AmountCell, content, normal};
use crate::exchange::published_table::rows::SECOND_LEVELS;
use crate::exchange::published_table::table::Text;

const FIRST_LEVELS: [&str; 6] = ["成本", "产出", "效益", "效果", "满意度", "服务对象满意度"];

/// Longest text that may be a heading or the label of a sum; longer ones are notes.
const LONGEST_LABEL: usize = 20;

pub fn text_of(row: &[String], column: usize) -> &str {
    row.get(column).map_or("", |text| text.trim())
}

pub fn some(text: &str) -> Text {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_string())
}

pub fn short(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= LONGEST_LABEL
}

/// Whether a text has a figure of its own, as no heading has: `(10分)` and `2023年` are parts of headings.
pub fn has_figure(text: &str) -> bool {
    let plain = normal(text);
    let mut depth = 0;
    let mut outside = String::new();
    for c in plain.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            c if depth == 0 => outside.push(c),
            _ => {}
        }
    }
    let years = outside
        .split('年')
        .map(|part| part.strip_suffix(|c: char| c.is_ascii_digit()).map_or(part, |_| cut_year(part)));
    years.collect::<String>().contains(|c: char| c.is_ascii_digit())
}

fn cut_year(text: &str) -> &str {
    let at = text.len().saturating_sub(4);
    match text.get(at..) {
        Some(year) if year.starts_with("20") && year.bytes().all(|b| b.is_ascii_digit()) => {
            text.get(..at).unwrap_or(text)
        }
        _ => text,
    }
}

pub fn is_blank(row: &[String]) -> bool {
    row.iter().all(|cell| cell.trim().is_empty())
}

pub fn is_amount(text: &str) -> bool {
    matches!(AmountCell::read(Some(text)), AmountCell::Number(_))
}

/// Whether a cell of amounts was read: a number, a broken one that a finding names, or a mark for none.
pub fn is_read_as_amount(text: &str) -> bool {
    content(Some(text)).is_none() || AmountCell::read(Some(text)) != AmountCell::Empty
}

/// A grade in words, as a score or under the table.
pub fn is_grade(text: &str) -> bool {
    let grades = ["优", "良", "中", "差", "优秀", "良好", "中等", "较差", "合格", "不合格"];
    grades.contains(&normal(text).as_str())
}

pub fn is_first_level(text: &str) -> bool {
    FIRST_LEVELS.contains(&level_name(text).0.trim_end_matches("指标"))
}

pub fn is_second_level(text: &str) -> bool {
    SECOND_LEVELS.contains(&level_name(text).0.trim_end_matches("指标"))
}

/// `一、产出指标(50分)` as the name of the level and its weight.
pub fn level_name(text: &str) -> (String, Option<String>) {
    let plain = normal(text);
    let numbering = plain.find(['、', '.']).filter(|at| plain.get(..*at).is_some_and(is_numbering));
    let name = numbering.and_then(|at| plain.get(at..)).unwrap_or(&plain).trim_start_matches(['、', '.']);
    let bracketed = name.strip_suffix(')').and_then(|rest| rest.split_once('('));
    let split = bracketed.map(|(name, weight)| (name.to_string(), weight));
    let plain_weight = || name.split_once("指标").map(|(name, weight)| (format!("{name}指标"), weight));
    let split = split.or_else(|| plain_weight().filter(|(_, weight)| weight.ends_with('分')));
    if let Some((name, weight)) = split {
        let weight =
            weight.trim_start_matches('共').trim_start_matches("权重").trim_start_matches([':', '-']);
        let weight = weight.strip_suffix('分').unwrap_or(weight);
        if is_amount(weight) {
            return (name, Some(weight.to_string()));
        }
    }
    (name.to_string(), None)
}

fn is_numbering(text: &str) -> bool {
    !text.is_empty()
        && text.chars().count() <= 3
        && text.chars().all(|c| c.is_ascii_digit() || "一二三四五六七八九十".contains(c))
}

/// The first texts of a row, as a person finds it again.
pub fn preview(row: &[String]) -> String {
    let texts: Vec<&str> = row.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
    let whole = normal_spaces(&texts.join(" | "));
    match whole.char_indices().nth(60) {
        Some((cut, _)) => format!("{}…", whole.get(..cut).unwrap_or_default()),
        None => whole,
    }
}

fn normal_spaces(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
