//! 并入: the one operation that brings read lines into a table, beside the rows that are there already.

use super::normal::fold;
use super::reading::{ImportReading, ReadRow};
use super::target::ImportTable;
use crate::engine::document::{RANK_STEP, Row};
use crate::engine::op::{CellAt, Change};
use crate::kernel::ids::RowId;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::Arc;

/// Lines and bytes of text that one operation may carry, so that it can be sent in one request.
pub const MOST_LINES: usize = 10_000;
pub const MOST_TEXT: usize = 4 << 20;

/// More than one operation carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany;

impl fmt::Display for TooMany {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "一次最多导入 {MOST_LINES} 行（文字合计 {} MB），请拆成几个文件分次导入",
            MOST_TEXT / (1 << 20)
        )
    }
}

/// What becomes of the rows that are there already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MergeMode {
    /// 替换: they go.
    Replace,
    /// 只追加新的: lines of the same name are left out.
    #[default]
    AppendNew,
    /// 按名称更新: lines of the same name change them.
    UpdateByName,
}

/// How many lines a merge adds, finds again and would change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MergeCounts {
    pub new: usize,
    pub same: usize,
    pub changed: usize,
}

/// The table that lines come into.
pub struct MergeInto<'m> {
    pub target: &'m ImportTable,
    pub existing: &'m [Row],
}

impl MergeInto<'_> {
    /// How the lines stand to the rows that are there.
    pub fn counts(&self, reading: &ImportReading) -> MergeCounts {
        let mut counts = MergeCounts::default();
        for (line, row) in self.pairs(reading) {
            match row {
                None => counts.new += 1,
                Some(row) if differing(line, row).next().is_none() => counts.same += 1,
                Some(_) => counts.changed += 1,
            }
        }
        counts
    }

    /// The changes of one operation, in file order, so that one undo takes the whole import back.
    ///
    /// # Errors
    /// [`TooMany`] lines for one operation.
    pub fn changes(
        &self,
        reading: &ImportReading,
        mode: MergeMode,
        mut new_row: impl FnMut() -> RowId,
    ) -> Result<Vec<Change>, TooMany> {
        let text: usize = reading.rows.iter().flat_map(|line| line.cells.values()).map(String::len).sum();
        let removed = if mode == MergeMode::Replace { self.existing.len() } else { 0 };
        if reading.rows.len() + removed > MOST_LINES || text > MOST_TEXT {
            return Err(TooMany);
        }
        let table = &self.target.table;
        let mut rank = self.existing.iter().map(|row| row.rank).max().unwrap_or(0);
        let mut insert = |line: &ReadRow| {
            rank = rank.saturating_add(RANK_STEP);
            Change::InsertRow { table: table.clone(), row: new_row(), rank, cells: line.cells.clone() }
        };
        if mode == MergeMode::Replace {
            let removing = self.existing.iter().map(|row| Change::RemoveRow {
                table: table.clone(),
                row: row.id.clone(),
                rank: row.rank,
                cells: row.cells.clone(),
            });
            let mut changes: Vec<Change> = removing.collect();
            changes.extend(reading.rows.iter().map(insert));
            return Ok(changes);
        }
        let mut changes = Vec::new();
        for (line, row) in self.pairs(reading) {
            match row {
                None => changes.push(insert(line)),
                Some(row) if mode == MergeMode::UpdateByName => changes.extend(self.setting(line, row)),
                Some(_) => {}
            }
        }
        Ok(changes)
    }

    fn setting<'r>(&'r self, line: &'r ReadRow, row: &'r Row) -> impl Iterator<Item = Change> + 'r {
        differing(line, row).map(|(field, to)| Change::Set {
            at: CellAt {
                table: Arc::from(self.target.table.as_str()),
                row: row.id.clone(),
                field: Arc::from(field.as_str()),
            },
            from: row.cells.get(field).map(|text| Arc::from(text.as_str())),
            to: Some(Arc::from(to.as_str())),
        })
    }

    /// Each line with the row of the same name, the first with the first where several have it.
    fn pairs<'r>(&'r self, reading: &'r ImportReading) -> Vec<(&'r ReadRow, Option<&'r Row>)> {
        let mut known: BTreeMap<Vec<String>, VecDeque<&Row>> = BTreeMap::new();
        for row in self.existing {
            known.entry(self.name(&row.cells)).or_default().push_back(row);
        }
        let mut found = |line: &ReadRow| {
            let name = self.name(&line.cells);
            let named = name.iter().any(|part| !part.is_empty());
            known.get_mut(&name).filter(|_| named).and_then(VecDeque::pop_front)
        };
        reading.rows.iter().map(|line| (line, found(line))).collect()
    }

    /// What a row is known by: its code where the table has one, else its name with its system.
    fn name(&self, cells: &BTreeMap<String, String>) -> Vec<String> {
        let of = |field: &str| cells.get(field).map_or_else(String::new, |text| fold(text));
        let has = |field: &&str| self.target.column(field).is_some();
        if let Some(code) = Some("code").filter(has).map(of).filter(|code| !code.is_empty()) {
            return vec![code];
        }
        let parts = ["system", "level1", "level2", "name", "spec"];
        let own = ["name", "spec"].iter().filter(|field| has(field)).map(|field| of(field));
        if own.collect::<String>().is_empty() {
            return Vec::new();
        }
        parts.iter().filter(|field| has(field)).map(|field| of(field)).collect()
    }
}

/// The fields whose text a line has differently from a row.
fn differing<'r>(line: &'r ReadRow, row: &'r Row) -> impl Iterator<Item = (&'r String, &'r String)> {
    line.cells.iter().filter(|(field, text)| row.cells.get(*field) != Some(*text))
}

/// Registers the unknown systems of several readings: the rows to insert first, and their ids in place of the names.
pub fn register_systems<'r>(
    readings: impl IntoIterator<Item = &'r mut ImportReading>,
    last_rank: i64,
    mut new_row: impl FnMut() -> RowId,
) -> Vec<Change> {
    let mut registered: BTreeMap<String, RowId> = BTreeMap::new();
    let mut changes = Vec::new();
    let mut rank = last_rank;
    for reading in readings {
        for unknown in reading.unknown_systems() {
            registered.entry(fold(&unknown.name)).or_insert_with(|| {
                let row = new_row();
                rank = rank.saturating_add(RANK_STEP);
                let cells = BTreeMap::from([("name".to_string(), unknown.name.clone())]);
                changes.push(Change::InsertRow {
                    table: "systems".to_string(),
                    row: row.clone(),
                    rank,
                    cells,
                });
                row
            });
        }
        for line in &mut reading.rows {
            let id = line.cells.get("system").and_then(|name| registered.get(&fold(name)));
            if let Some(id) = id.map(ToString::to_string) {
                line.cells.insert("system".to_string(), id);
            }
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::import::header::propose;
    use crate::exchange::import::reading::read;
    use crate::exchange::import::sample::{hardware, sheet};
    use crate::exchange::import::workbook::Workbook;

    const HEADINGS: [&str; 4] = ["所属系统", "设备名称", "数量", "单价"];

    fn reading(rows: &[[&str; 4]]) -> ImportReading {
        let mut all: Vec<&[&str]> = vec![&HEADINGS];
        all.extend(rows.iter().map(|row| row as &[&str]));
        let book = Workbook { sheets: vec![sheet("台账", &all)], ..Workbook::default() };
        read(&book, &propose(&book, &hardware()).unwrap(), &hardware(), &[])
    }

    fn rows_of(reading: &ImportReading) -> Vec<Row> {
        let row = |(at, line): (usize, &ReadRow)| Row {
            id: RowId::new(format!("r{at}")),
            rank: i64::try_from(at).unwrap() * RANK_STEP,
            cells: line.cells.clone(),
        };
        reading.rows.iter().enumerate().map(row).collect()
    }

    fn ids() -> impl FnMut() -> RowId {
        let mut next = 0;
        move || {
            next += 1;
            RowId::new(format!("n{next}"))
        }
    }

    #[test]
    fn the_same_file_again_doubles_nothing() {
        let first =
            reading(&[["甲", "一号", "2", "10"], ["甲", "一号", "3", "10"], ["乙", "一号", "1", "5"]]);
        let existing = rows_of(&first);
        let target = hardware();
        let into = MergeInto { target: &target, existing: &existing };
        assert_eq!(into.counts(&first), MergeCounts { new: 0, same: 3, changed: 0 });
        assert_eq!(into.changes(&first, MergeMode::AppendNew, ids()), Ok(vec![]));
        assert_eq!(into.changes(&first, MergeMode::UpdateByName, ids()), Ok(vec![]));
        let replaced = into.changes(&first, MergeMode::Replace, ids()).unwrap();
        let removed = replaced.iter().filter(|change| matches!(change, Change::RemoveRow { .. })).count();
        assert_eq!((removed, replaced.len()), (3, 6));
    }

    #[test]
    fn lines_of_the_same_name_update_and_new_ones_are_added() {
        let existing = rows_of(&reading(&[["甲", "一号", "2", "10"], ["乙", "一号", "1", "5"]]));
        let target = hardware();
        let into = MergeInto { target: &target, existing: &existing };
        let second = reading(&[["甲", "一号", "4", "10"], ["甲", "二号", "1", "1"]]);
        assert_eq!(into.counts(&second), MergeCounts { new: 1, same: 0, changed: 1 });
        let updated = into.changes(&second, MergeMode::UpdateByName, ids()).unwrap();
        let [Change::Set { at, from, to }, Change::InsertRow { rank, .. }] = &updated[..] else {
            panic!("{updated:?}")
        };
        assert_eq!(
            (at.row.as_str(), &*at.field, from.as_deref(), to.as_deref()),
            ("r0", "quantity", Some("2"), Some("4"))
        );
        assert_eq!(*rank, 2 * RANK_STEP);
        assert_eq!(into.changes(&second, MergeMode::AppendNew, ids()).unwrap().len(), 1);
    }

    #[test]
    fn unknown_systems_become_rows_that_the_lines_name() {
        let mut one = reading(&[["甲", "一号", "2", "10"], ["乙", "二号", "1", "5"]]);
        let mut other = reading(&[["乙 ", "三号", "1", "5"]]);
        let changes = register_systems([&mut one, &mut other], 7, ids());
        let names: Vec<_> = changes
            .iter()
            .map(|change| match change {
                Change::InsertRow { table, row, cells, .. } => {
                    (table.as_str(), row.to_string(), cells["name"].clone())
                }
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(names, [("systems", "n1".into(), "甲".into()), ("systems", "n2".into(), "乙".into())]);
        assert_eq!(
            (one.rows[1].cells["system"].as_str(), other.rows[0].cells["system"].as_str()),
            ("n2", "n2")
        );
    }

    #[test]
    fn more_than_one_operation_carries_is_refused() {
        let one = reading(&[["甲", "一号", "2", "10"]]);
        let many =
            ImportReading { rows: vec![one.rows[0].clone(); MOST_LINES + 1], ..ImportReading::default() };
        let target = hardware();
        let into = MergeInto { target: &target, existing: &[] };
        assert_eq!(into.changes(&many, MergeMode::AppendNew, ids()), Err(TooMany));
    }
}
