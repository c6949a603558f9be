//! 版本比较: what became of one document in another. Rows are matched by their lasting ids, never by position, so
//! that an inserted line does not make every line below it look changed.

use super::document::{Document, Row};
use super::op::Typed;
use crate::kernel::ids::RowId;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Everything that differs, by table key; tables without a difference are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    pub tables: BTreeMap<String, Vec<RowDifference>>,
}

/// One row that differs. Rows of the later document come in its order, each removed row after the row it followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowDifference {
    pub row: RowId,
    pub fate: Fate,
    /// Cells that differ, by field key; all non-empty ones of a row that came or went.
    pub cells: Vec<CellDifference>,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Added,
    Removed,
    /// Still in its place among the rows that stayed.
    InPlace,
    /// Stayed, elsewhere in the order.
    Moved,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellDifference {
    pub field: String,
    pub from: Typed,
    pub to: Typed,
}

impl Difference {
    /// From `before` to `after`.
    pub fn between(before: &Document, after: &Document) -> Difference {
        let keys: BTreeSet<&String> = before.tables.keys().chain(after.tables.keys()).collect();
        let tables = keys.into_iter().map(|key| (key.clone(), rows(before.rows(key), after.rows(key))));
        Difference { tables: tables.filter(|(_, rows)| !rows.is_empty()).collect() }
    }

    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// Differing rows of a table.
    pub fn rows(&self, table: &str) -> &[RowDifference] {
        self.tables.get(table).map_or(&[], Vec::as_slice)
    }

    /// How many cells differ and rows came, went or moved, over all tables.
    pub fn count(&self) -> usize {
        let weight = |row: &RowDifference| match row.fate {
            Fate::Added | Fate::Removed => 1,
            Fate::InPlace => row.cells.len(),
            Fate::Moved => row.cells.len() + 1,
        };
        self.tables.values().flatten().map(weight).sum()
    }
}

fn rows(before: &[Row], after: &[Row]) -> Vec<RowDifference> {
    let old: BTreeMap<&RowId, usize> = before.iter().enumerate().map(|(at, row)| (&row.id, at)).collect();
    let new: BTreeSet<&RowId> = after.iter().map(|row| &row.id).collect();
    let common: Vec<usize> = after.iter().filter_map(|row| old.get(&row.id).copied()).collect();
    let steady = longest_rising(&common);
    let mut found = Vec::new();
    // Removed rows before the first one that stayed come first.
    removed_after(before, None, &new, &mut found);
    for row in after {
        let Some(at) = old.get(&row.id).copied() else {
            found.push(RowDifference {
                row: row.id.clone(),
                fate: Fate::Added,
                cells: cells(None, Some(row)),
            });
            continue;
        };
        let fate = if steady.contains(&at) { Fate::InPlace } else { Fate::Moved };
        let cells = cells(Some(&before[at]), Some(row));
        if fate == Fate::Moved || !cells.is_empty() {
            found.push(RowDifference { row: row.id.clone(), fate, cells });
        }
        removed_after(before, Some(at), &new, &mut found);
    }
    found
}

/// The removed rows that directly followed the row that stayed at `at` (`None`: that began the table).
fn removed_after(before: &[Row], at: Option<usize>, new: &BTreeSet<&RowId>, found: &mut Vec<RowDifference>) {
    let gone = before.iter().skip(at.map_or(0, |at| at + 1)).take_while(|row| !new.contains(&row.id));
    found.extend(gone.map(|row| RowDifference {
        row: row.id.clone(),
        fate: Fate::Removed,
        cells: cells(Some(row), None),
    }));
}

fn cells(before: Option<&Row>, after: Option<&Row>) -> Vec<CellDifference> {
    let none = BTreeMap::new();
    let [before, after] = [before, after].map(|row| row.map_or(&none, |row| &row.cells));
    // So it is with nearly all rows.
    if before == after {
        return Vec::new();
    }
    let fields: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let differing = fields.into_iter().filter(|field| before.get(*field) != after.get(*field));
    differing
        .map(|field| CellDifference {
            field: field.clone(),
            from: before.get(field).map(|text| Arc::from(text.as_str())),
            to: after.get(field).map(|text| Arc::from(text.as_str())),
        })
        .collect()
}

/// The most of `numbers` (all different) that already stand in rising order: who is not among them has moved.
fn longest_rising(numbers: &[usize]) -> BTreeSet<usize> {
    // `tails[n]` ends the best run of length n + 1; `earlier` is what each number stands behind in its run.
    let mut tails: Vec<usize> = Vec::new();
    let mut earlier: BTreeMap<usize, usize> = BTreeMap::new();
    for number in numbers {
        let at = tails.partition_point(|tail| tail < number);
        if let Some(behind) = at.checked_sub(1) {
            earlier.insert(*number, tails[behind]);
        }
        if at == tails.len() {
            tails.push(*number);
        } else {
            tails[at] = *number;
        }
    }
    let mut rising = BTreeSet::new();
    let mut next = tails.last().copied();
    while let Some(number) = next {
        rising.insert(number);
        next = earlier.get(&number).copied();
    }
    rising
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::op::{CellAt, Change, Op};
    use crate::kernel::calendar::FiscalYear;
    use crate::kernel::ids::OpId;

    type Cells<'a> = &'a [(&'a str, &'a str)];

    fn document(rows: &[(&str, Cells)]) -> Document {
        let mut document = Document::new(FiscalYear(2024));
        let row = |(rank, (id, cells)): (i64, &(&str, Cells))| Row {
            id: RowId::new(*id),
            rank,
            cells: cells.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect(),
        };
        document.tables.insert("hardware".to_string(), (0..).zip(rows).map(row).collect());
        document
    }

    fn summary(before: &Document, after: &Document) -> Vec<(String, Fate, Vec<String>)> {
        let difference = Difference::between(before, after);
        let summary = |row: &RowDifference| {
            let show = |text: &Typed| text.clone().unwrap_or_default();
            let cells = row.cells.iter().map(|c| format!("{} {}→{}", c.field, show(&c.from), show(&c.to)));
            (row.row.to_string(), row.fate, cells.collect())
        };
        difference.rows("hardware").iter().map(summary).collect()
    }

    #[test]
    fn a_document_does_not_differ_from_itself() {
        let one = document(&[("a", &[("name", "甲")]), ("b", &[])]);
        assert!(Difference::between(&one, &one).is_empty());
    }

    #[test]
    fn cells_tell_what_they_were_and_what_they_are() {
        let before = document(&[("a", &[("name", "甲"), ("rate", "5.5")])]);
        let after = document(&[("a", &[("name", "乙"), ("brand", "丙")])]);
        let cells = ["brand →丙", "name 甲→乙", "rate 5.5→"].map(str::to_string).to_vec();
        assert_eq!(summary(&before, &after), [("a".to_string(), Fate::InPlace, cells)]);
        assert_eq!(Difference::between(&before, &after).count(), 3);
    }

    #[test]
    fn a_new_line_does_not_disturb_the_lines_around_it() {
        let before = document(&[("a", &[]), ("b", &[]), ("c", &[])]);
        let after = document(&[("a", &[]), ("x", &[("name", "新")]), ("c", &[])]);
        let summary: Vec<_> =
            summary(&before, &after).into_iter().map(|(row, fate, _)| (row, fate)).collect();
        let expected = [("b", Fate::Removed), ("x", Fate::Added)];
        assert_eq!(summary, expected.map(|(row, fate)| (row.to_string(), fate)));
    }

    #[test]
    fn only_the_line_that_was_carried_elsewhere_has_moved() {
        let before = document(&[("a", &[]), ("b", &[]), ("c", &[]), ("d", &[])]);
        let after = document(&[("d", &[]), ("a", &[]), ("b", &[]), ("c", &[])]);
        let summary: Vec<_> =
            summary(&before, &after).into_iter().map(|(row, fate, _)| (row, fate)).collect();
        assert_eq!(summary, [("d".to_string(), Fate::Moved)]);
    }

    #[test]
    fn tables_of_only_one_side_are_told_too() {
        let full = document(&[("a", &[("name", "甲")])]);
        let empty = Document::new(FiscalYear(2024));
        assert_eq!(Difference::between(&empty, &full).rows("hardware")[0].fate, Fate::Added);
        assert_eq!(Difference::between(&full, &empty).rows("hardware")[0].fate, Fate::Removed);
    }

    proptest::proptest! {
        /// Carrying out what the difference says on `before` gives `after`'s cells row by row.
        #[test]
        fn the_difference_carried_out_is_the_later_document(
            old in proptest::collection::btree_map("[a-f]", "[0-3]{0,1}", 0..6),
            new in proptest::collection::btree_map("[a-f]", "[0-3]{0,1}", 0..6),
        ) {
            let make = |rows: &BTreeMap<String, String>| {
                let mut document = Document::new(FiscalYear(2024));
                let row = |(at, (id, text)): (usize, (&String, &String))| Row {
                    id: RowId::new(id.as_str()),
                    rank: at as i64,
                    cells: (!text.is_empty()).then(|| ("n".to_string(), text.clone())).into_iter().collect(),
                };
                document.tables.insert("t".to_string(), rows.iter().enumerate().map(row).collect());
                document
            };
            let (before, after) = (make(&old), make(&new));
            let mut carried = before.clone();
            let mut changes = Vec::new();
            for row in Difference::between(&before, &after).rows("t") {
                let cells = |pick: fn(&CellDifference) -> &Typed| {
                    let filled = row.cells.iter().filter_map(|c| Some((c.field.clone(), pick(c).as_deref()?.to_string())));
                    filled.collect::<BTreeMap<_, _>>()
                };
                let (table, id) = ("t".to_string(), row.row.clone());
                match row.fate {
                    Fate::Added => changes.push(Change::InsertRow { table, row: id, rank: 0, cells: cells(|c| &c.to) }),
                    Fate::Removed => changes.push(Change::RemoveRow { table, row: id, rank: 0, cells: cells(|c| &c.from) }),
                    Fate::InPlace | Fate::Moved => changes.extend(row.cells.iter().map(|c| Change::Set {
                        at: CellAt { table: table.as_str().into(), row: id.clone(), field: c.field.as_str().into() },
                        from: c.from.clone(),
                        to: c.to.clone(),
                    })),
                }
            }
            let conflicts = carried.apply(&Op { id: OpId::new("o1"), changes });
            proptest::prop_assert!(conflicts.is_empty(), "{conflicts:?}");
            let plain = |d: &Document| d.rows("t").iter().map(|r| (r.id.clone(), r.cells.clone())).collect::<BTreeMap<_, _>>();
            proptest::prop_assert_eq!(plain(&carried), plain(&after));
        }
    }
}
