//! 退回开放: which cells a returned request opens. What a remark or a reason for the return flags may change, and
//! the cells the rules may then call for; everything else stays as it was reported.

use super::anchor::Anchor;
use super::thread::{Kind, Review, State};
use crate::cases::kernel::Reason;
use crate::engine::definition::TableKind;
use crate::engine::dependents::RowScope;
use crate::engine::document::Document;
use crate::engine::op::{CellAt, Change};
use crate::engine::plan::{FieldIx, Plan, TableIx};
use crate::engine::session::Session;
use crate::kernel::ids::{RowId, ThreadId};
use crate::kernel::refusal::Refusal;
use std::collections::BTreeMap;

/// Why a cell is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// A remark flags it.
    Remark(ThreadId),
    /// A reason for the return flags it.
    Reason(String),
    /// A rule may call for it when an open cell changes.
    Rule(String),
    /// 提醒说明 may always be written.
    Justification,
}

/// What is open, by lasting names; the broadest that covers a cell opens it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EditScope {
    whole: Option<Why>,
    sections: BTreeMap<String, Why>,
    rows: BTreeMap<(String, RowId), Why>,
    columns: BTreeMap<(String, String), Why>,
    /// Open in the rows of which [`called_for`] holds.
    called: BTreeMap<(String, String), Why>,
    cells: BTreeMap<(String, RowId, String), Why>,
}

impl EditScope {
    /// What the unresolved remarks and the reasons of the return open.
    pub fn of(plan: &Plan, review: &Review, reasons: &[Reason]) -> EditScope {
        let mut opening = EditScope::default();
        let asks = |kind: Kind, state: State| kind != Kind::Cut && state != State::Resolved;
        for thread in review.threads.iter().filter(|thread| asks(thread.kind, thread.state)) {
            opening.open(plan, &thread.anchor, &Why::Remark(thread.id.clone()));
        }
        for reason in reasons {
            let anchor = reason.place.as_ref().map_or(Anchor::Whole {}, Anchor::of_place);
            opening.open(plan, &anchor, &Why::Reason(reason.text.clone()));
        }
        for table in plan.tables.iter().filter(|t| t.table.kind == TableKind::Justifications) {
            opening.sections.insert(table.table.key.clone(), Why::Justification);
        }
        opening
    }

    fn open(&mut self, plan: &Plan, anchor: &Anchor, why: &Why) {
        let Some(key) = anchor.table() else {
            self.whole.get_or_insert(why.clone());
            return;
        };
        let Some(table) = plan.table(key) else { return };
        match anchor {
            Anchor::Whole {} => {}
            Anchor::Section { .. } => self.section(plan, table, why),
            Anchor::Row { row, .. } => {
                self.rows.entry((key.to_string(), row.clone())).or_insert_with(|| why.clone());
                for field in 0..plan.tables[table].width() {
                    self.reached(plan, (table, field), row);
                }
            }
            Anchor::Cell { row, field, .. } => {
                let Some(field) = plan.field(table, field) else { return };
                let inputs = plan.inputs(table, field);
                for (at, field) in inputs.fields {
                    let rows = if at == table { RowScope::Own } else { RowScope::All };
                    self.cell(plan, (at, field, rows), row, why);
                    self.reached(plan, (at, field), row);
                }
                for table in inputs.tables {
                    self.section(plan, table, why);
                }
            }
        }
    }

    fn section(&mut self, plan: &Plan, table: TableIx, why: &Why) {
        let key = &plan.tables[table].table.key;
        self.sections.entry(key.clone()).or_insert_with(|| why.clone());
        for field in 0..plan.tables[table].width() {
            self.reached(plan, (table, field), &RowId::new(""));
        }
    }

    /// What the rules may call for when a typed cell of `row` changes.
    fn reached(&mut self, plan: &Plan, (table, field): (TableIx, FieldIx), row: &RowId) {
        if plan.tables[table].field(field).formula.is_some() {
            return;
        }
        for ((at, field, rows), rule) in plan.dependents(table, field) {
            let rows = match rows {
                RowScope::Own if at != table => RowScope::All,
                // There is one row of it, so there is nothing to narrow.
                RowScope::Broken if plan.tables[at].is_header() => RowScope::All,
                rows => rows,
            };
            self.cell(plan, (at, field, rows), row, &Why::Rule(rule));
        }
    }

    fn cell(&mut self, plan: &Plan, (at, field, rows): (TableIx, FieldIx, RowScope), row: &RowId, why: &Why) {
        let of = &plan.tables[at];
        let (table, field) = (of.table.key.clone(), of.field(field).key.clone());
        match rows {
            RowScope::Own => self.cells.entry((table, row.clone(), field)).or_insert_with(|| why.clone()),
            RowScope::Broken => self.called.entry((table, field)).or_insert_with(|| why.clone()),
            RowScope::All => self.columns.entry((table, field)).or_insert_with(|| why.clone()),
        };
    }

    /// Why a cell is open; `None` when it is closed. `called` is [`called_for`], asked where only the draft can say.
    pub fn why(&self, at: &CellAt, called: impl FnOnce(&CellAt) -> bool) -> Option<&Why> {
        let (table, field) = (at.table.to_string(), at.field.to_string());
        let column = (table.clone(), field.clone());
        self.broad(&table)
            .or_else(|| self.rows.get(&(table.clone(), at.row.clone())))
            .or_else(|| self.cells.get(&(table.clone(), at.row.clone(), field)))
            .or_else(|| self.columns.get(&column))
            .or_else(|| self.called.get(&column).filter(|_| called(at)))
    }

    /// Why rows may come to a table, go and move; `None` when they may not.
    pub fn broad(&self, table: &str) -> Option<&Why> {
        self.whole.as_ref().or_else(|| self.sections.get(table))
    }

    /// Why a row may be removed; `None` when it may not.
    pub fn row(&self, table: &str, row: &RowId) -> Option<&Why> {
        self.broad(table).or_else(|| self.rows.get(&(table.to_string(), row.clone())))
    }

    /// Whether everything is open.
    pub fn all(&self) -> bool {
        self.whole.is_some()
    }

    /// Whether a change keeps to what is open, with `called` as in [`EditScope::why`]. Putting back a row that was
    /// there is inserting one.
    pub fn allows(&self, change: &Change, called: impl FnOnce(&CellAt) -> bool) -> Result<(), Refusal> {
        let open = match change {
            Change::Set { at, .. } => self.why(at, called).is_some(),
            Change::RemoveRow { table, row, .. } => self.row(table, row).is_some(),
            Change::InsertRow { table, .. } | Change::MoveRow { table, .. } => self.broad(table).is_some(),
        };
        if open { Ok(()) } else { Err(closed(change)) }
    }
}

/// Whether a draft calls for a cell that a rule reaches from another table: an error is found in its row, or it differs
/// from the version that was returned and so may be corrected again or put back. Where that version is not at hand, as in
/// a browser that has not read it yet, the cell is open and the server decides.
pub fn called_for(draft: &Session, returned: Option<&Document>, at: &CellAt) -> bool {
    let Some(cell) = draft.cell(&at.table, at.row.as_str(), &at.field) else { return false };
    let Some(returned) = returned else { return true };
    let then = returned.row(&at.table, &at.row).and_then(|row| row.cells.get(&*at.field));
    then.map(String::as_str) != draft.typed(cell) || draft.row_is_broken(cell.table, cell.slot)
}

/// The answer to a person who edits what the return did not open.
pub fn closed(change: &Change) -> Refusal {
    let what = match change {
        Change::Set { .. } => "这一栏不在审核意见指出的范围内，也不为校验所需",
        Change::RemoveRow { .. } => "这一行没有整行的审核意见，不能删除",
        Change::InsertRow { .. } => "本表没有整表的审核意见，不能增加行",
        Change::MoveRow { .. } => "本表没有整表的审核意见，不能移动行",
    };
    let message = format!("退回补正只改意见指出的内容：{what}；确需修改的，请在意见下说明，由审核员扩大范围");
    Refusal::under(4, "returned.closed", message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::op::CellAt;
    use crate::kernel::calendar::FiscalYear;
    use crate::kernel::finding::Place;
    use crate::policy::art18_validity::edition_for;

    fn opened(places: &[(Option<&str>, Option<&str>, Option<&str>)]) -> EditScope {
        let plan = crate::forms::plan(edition_for(FiscalYear(2024)).unwrap(), FiscalYear(2024)).unwrap();
        let owned = |text: Option<&str>| text.map(str::to_string);
        let reason = |(table, row, field): &(Option<&str>, Option<&str>, Option<&str>)| {
            let form = "budget_request".to_string();
            let place = Place { form, table: owned(*table), row: owned(*row), field: owned(*field) };
            let whole = (table, row, field) == (&None, &None, &None);
            Reason { text: "请补正".into(), place: (!whole).then_some(place) }
        };
        EditScope::of(&plan, &Review::default(), &places.iter().map(reason).collect::<Vec<_>>())
    }

    fn at(table: &str, row: &str, field: &str) -> CellAt {
        CellAt { table: table.into(), row: RowId::new(row), field: field.into() }
    }

    fn set(table: &str, row: &str, field: &str) -> Change {
        Change::Set { at: at(table, row, field), from: None, to: Some("1".into()) }
    }

    fn insert(table: &str) -> Change {
        Change::InsertRow { table: table.into(), row: RowId::new("x"), rank: 1, cells: BTreeMap::new() }
    }

    fn remove(table: &str, row: &str) -> Change {
        Change::RemoveRow { table: table.into(), row: RowId::new(row), rank: 1, cells: BTreeMap::new() }
    }

    fn allowed(opening: &EditScope, change: &Change) -> Result<(), Refusal> {
        opening.allows(change, |_| false)
    }

    #[test]
    fn a_flagged_cell_opens_itself_and_what_its_rules_call_for() {
        let opening = opened(&[(Some("hardware"), Some("h1"), Some("rate"))]);
        for open in [
            set("hardware", "h1", "rate"),
            set("hardware", "h1", "basis"),
            set("budget_request", "header", "growth_reason"),
            set("performance_targets", "header", "fiscal"),
            set("justifications", "j1", "reason"),
            insert("justifications"),
        ] {
            assert_eq!(allowed(&opening, &open), Ok(()), "{open:?}");
        }
        for shut in [
            set("hardware", "h2", "rate"),
            set("hardware", "h1", "quantity"),
            set("budget_request", "header", "summary"),
            insert("hardware"),
            remove("hardware", "h1"),
        ] {
            assert_eq!(allowed(&opening, &shut).unwrap_err().code, "returned.closed", "{shut:?}");
        }
        assert_eq!(opening.why(&at("hardware", "h1", "basis"), |_| false), Some(&Why::Rule("B-10".into())));
    }

    #[test]
    fn a_computed_amount_opens_what_it_is_made_of() {
        let opening = opened(&[(Some("hardware"), Some("h1"), Some("amount"))]);
        assert!(allowed(&opening, &set("hardware", "h1", "quantity")).is_ok());
        assert!(allowed(&opening, &set("hardware", "h1", "name")).is_err());
        let total = opened(&[(None, None, Some("total"))]);
        assert!(allowed(&total, &insert("cloud")).is_ok());
        assert!(allowed(&total, &set("systems", "s1", "name")).is_err());
    }

    #[test]
    fn a_row_may_go_where_it_is_flagged_and_rows_may_come_where_the_section_is() {
        let row = opened(&[(Some("hardware"), Some("h1"), None)]);
        assert!(
            allowed(&row, &remove("hardware", "h1")).is_ok() && allowed(&row, &insert("hardware")).is_err()
        );
        let section = opened(&[(Some("hardware"), None, None)]);
        assert!(
            allowed(&section, &insert("hardware")).is_ok()
                && allowed(&section, &remove("hardware", "h2")).is_ok()
        );
        assert!(allowed(&section, &set("software", "w1", "rate")).is_err());
        assert!(allowed(&section, &set("performance_targets", "header", "other")).is_ok());
    }

    #[test]
    fn a_reason_without_a_place_opens_everything_and_no_reason_opens_nothing() {
        assert!(allowed(&opened(&[(None, None, None)]), &remove("systems", "s1")).is_ok());
        assert!(allowed(&opened(&[]), &set("systems", "s1", "name")).is_err());
    }
}
