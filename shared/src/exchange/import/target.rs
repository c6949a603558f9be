//! 导入目标: the table rows are read into, and its columns as an importer knows them.

use super::normal::{CellKind, fold};
use super::synonyms;
use super::units;
use crate::engine::definition::Table;

/// A table of a form that rows can be imported into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportTable {
    pub table: String,
    pub columns: Vec<ImportColumn>,
}

/// One column that can be filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportColumn {
    pub field: String,
    pub label: String,
    pub kind: CellKind,
    pub required: bool,
}

impl ImportTable {
    /// The columns of `table` that a person fills in; computed ones are not imported.
    pub fn of(table: &Table) -> ImportTable {
        let columns = table
            .fields
            .iter()
            .filter(|field| field.formula.is_none())
            .map(|field| ImportColumn {
                field: field.key.clone(),
                label: field.label.clone(),
                kind: CellKind::from(&field.kind),
                required: field.required,
            })
            .collect();
        ImportTable { table: table.key.clone(), columns }
    }

    pub fn column(&self, field: &str) -> Option<&ImportColumn> {
        self.columns.iter().find(|column| column.field == field)
    }

    pub(crate) fn required(&self) -> impl Iterator<Item = &ImportColumn> {
        self.columns.iter().filter(|column| column.required)
    }
}

impl ImportColumn {
    /// Every heading it is known by, folded for comparing.
    pub(crate) fn headings(&self) -> Vec<String> {
        let others = synonyms::of_field(&self.field).map(heading);
        std::iter::once(heading(&self.label)).chain(others).collect()
    }
}

/// A heading for comparing: half-width, lower case, without spaces, stars, colons, what stands in brackets
/// (`数量（台/套）` is 数量) and a unit of money behind it (`单价万元` is 单价).
pub(crate) fn heading(text: &str) -> String {
    let mut depth = 0u32;
    let bare: String = fold(text)
        .chars()
        .filter(|c| {
            match c {
                c if units::OPENING.contains(c) => depth += 1,
                c if units::CLOSING.contains(c) => {
                    depth = depth.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            depth == 0 && !matches!(c, '*' | ':' | '%' | '★' | '、')
        })
        .collect();
    match units::trailing(&bare) {
        Some((name, _)) if bare.ends_with(['元', '万', '亿']) => {
            name.trim_end_matches(['-', '_', '/', '单', '位']).to_string()
        }
        _ => bare,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_lose_their_trimmings() {
        assert_eq!(heading("数量（台/套）"), "数量");
        assert_eq!(heading(" *购 置\n时间："), "购置时间");
        assert_eq!(heading("费率％"), "费率");
        assert_eq!(heading("单价-万元"), "单价");
    }
}
