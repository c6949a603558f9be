//! 现场评价的案卷与同步: content of the case and document of the tablets are the same cells; what the case decides about an
//! operation; the manifest of a tablet as the case takes it.

use super::content::HEADER;
use super::operation::{FinalManifest, SiteAct, SiteOperation};
use super::server::{EntryAuthor, SiteJudgement, VisitEntry, VisitState};
use crate::cases::execution::facts::Facts;
use crate::cases::performance::content::{Cells, Content, ContentRow};
use crate::cases::performance::form::FormField;
use crate::cases::site_visit::form::{FIRST_EVALUATOR, FORM, SECOND_EVALUATOR, UNIT};
use crate::cases::site_visit::{Manifest, ManifestSignature, SIGNED_BY_UNIT, SiteVisit};
use crate::engine::document::{Document, RANK_STEP};
use crate::engine::op::{CellAt, Change, HEADER_ROW, Op};
use crate::kernel::calendar::FiscalYear;
use crate::kernel::ids::{AccountId, CaseId, OpId, RowId};
use crate::policy::art13_parking::ParkReason;
use std::collections::{BTreeMap, BTreeSet};

/// Longest id of a row, in characters, as a desk types it.
const LONGEST_ROW_ID: usize = 40;
/// Longest version of a form, moment and reason of a manifest, in characters, as the case takes them.
const LONGEST_FORM: usize = 20;
const LONGEST_MOMENT: usize = 40;
const LONGEST_REASON: usize = 500;

/// 签字方 of a manifest, each once.
const ROLES: [&str; 3] = [FIRST_EVALUATOR, SECOND_EVALUATOR, UNIT];

/// The content of the case after the tablets' document; written reasons of warnings stay.
pub fn content_of(document: &Document, before: &Content) -> Content {
    let cells = |cells: &BTreeMap<String, String>| Cells(cells.clone());
    let header = document.row(HEADER, &RowId::new(HEADER_ROW)).map(|row| cells(&row.cells));
    let tables = document.tables.iter().filter(|(table, _)| *table != HEADER);
    let rows = tables.map(|(table, rows)| {
        let rows = rows.iter().map(|row| ContentRow { id: row.id.to_string(), cells: cells(&row.cells) });
        (table.clone(), rows.collect())
    });
    Content {
        header: header.unwrap_or_default(),
        tables: rows.collect(),
        justifications: before.justifications.clone(),
    }
}

/// What turns the tablets' document into the content of the case: what a desk typed.
pub fn changes_to(document: &Document, content: &Content) -> Vec<Change> {
    let header = document.row(HEADER, &RowId::new(HEADER_ROW));
    let empty = BTreeMap::new();
    let before = header.map_or(&empty, |row| &row.cells);
    let mut changes = cell_changes(HEADER, &RowId::new(HEADER_ROW), before, &content.header.0);
    for table in FORM.tables.iter().map(|table| table.key) {
        let (before, after) = (document.rows(table), content.rows(table));
        let gone = before.iter().filter(|row| after.iter().all(|other| other.id != row.id.as_str()));
        changes.extend(gone.map(|row| Change::RemoveRow {
            table: table.to_string(),
            row: row.id.clone(),
            rank: row.rank,
            cells: row.cells.clone(),
        }));
        let mut rank = before.last().map_or(0, |row| row.rank);
        for row in after {
            let id = RowId::new(row.id.clone());
            if let Some(known) = document.row(table, &id) {
                changes.extend(cell_changes(table, &id, &known.cells, &row.cells.0));
                continue;
            }
            rank += RANK_STEP;
            let cells = row.cells.0.clone();
            changes.push(Change::InsertRow { table: table.to_string(), row: id, rank, cells });
        }
    }
    changes
}

fn cell_changes(
    table: &str,
    row: &RowId,
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
) -> Vec<Change> {
    let mut fields: Vec<&String> = before.keys().chain(after.keys()).collect();
    fields.sort();
    fields.dedup();
    let changed = fields.into_iter().filter(|field| before.get(*field) != after.get(*field));
    let set = |field: &String| Change::Set {
        at: CellAt { table: table.into(), row: row.clone(), field: field.as_str().into() },
        from: before.get(field).map(|text| text.as_str().into()),
        to: after.get(field).map(|text| text.as_str().into()),
    };
    changed.map(set).collect()
}

impl VisitState {
    /// The state after the entries of a log, and what the content of the case has besides, as a further entry of `account`: what a desk
    /// typed, or everything where there is no log yet.
    pub fn of_log(
        visit: &CaseId,
        case: &SiteVisit,
        log: &[VisitEntry],
        account: &AccountId,
    ) -> (VisitState, Option<VisitEntry>) {
        let mut state = VisitState::empty(visit.clone(), FiscalYear(case.year));
        log.iter().for_each(|entry| state.evolve(entry));
        let changes = changes_to(&state.document, &case.content);
        if changes.is_empty() {
            return (state, None);
        }
        let op = Op { id: OpId::new(format!("desk-{}", state.rev + 1)), changes };
        let typed = state.desk_entry(account.clone(), op, None);
        state.evolve(&typed);
        (state, Some(typed))
    }
}

impl VisitEntry {
    /// The operation of a tablet.
    pub fn tablet_operation(&self) -> Option<&SiteOperation> {
        match &self.author {
            EntryAuthor::Tablet { op, .. } => Some(op),
            EntryAuthor::Desk { .. } => None,
        }
    }
}

impl SiteOperation {
    /// Whether the case could take it: its changes are of fields of the form that people fill in, and a manifest has the shape of
    /// the case's. Nobody sets a weight or adds an item of the checklist.
    pub fn fits_form(&self) -> bool {
        match &self.act {
            SiteAct::Finalize { manifest } => is_manifest(manifest),
            _ => self.changes().iter().all(is_typed),
        }
    }
}

fn is_typed(change: &Change) -> bool {
    let table = FORM.table(change.table());
    let knows = |fields: &[FormField], key: &str| fields.iter().any(|field| field.key == key);
    let may_move = table.is_some_and(|table| table.rows.is_some());
    let is_row = change.row().as_str().chars().count() <= LONGEST_ROW_ID;
    match change {
        Change::Set { at, .. } if &*at.table == HEADER => {
            at.row.as_str() == HEADER_ROW && knows(FORM.header, &at.field)
        }
        Change::Set { at, .. } => table.is_some_and(|table| knows(table.fields, &at.field)),
        Change::InsertRow { cells, .. } => {
            let fits = |key: &String| table.is_some_and(|table| knows(table.fields, key));
            may_move && is_row && cells.keys().all(fits)
        }
        Change::RemoveRow { .. } | Change::MoveRow { .. } => may_move,
    }
}

fn is_manifest(manifest: &FinalManifest) -> bool {
    let length = |text: &str, most: usize| (1..=most).contains(&text.trim().chars().count());
    let is_digest = |text: &String| crate::cases::execution::body::is_digest(text);
    let named = |id: &str| CaseId::new(id).is_plain();
    named(&manifest.manifest)
        && length(&manifest.form, LONGEST_FORM)
        && length(&manifest.made_at, LONGEST_MOMENT)
        && manifest.refused.as_ref().is_none_or(|reason| length(reason, LONGEST_REASON))
        && manifest.supersedes.as_ref().is_none_or(|id| named(id))
        && manifest.blobs.iter().all(is_digest)
        && manifest
            .signatures
            .iter()
            .all(|signed| is_digest(&signed.hash) && ROLES.contains(&signed.who.as_str()))
        && manifest.signatures.iter().map(|signed| &signed.who).collect::<BTreeSet<_>>().len()
            == manifest.signatures.len()
}

/// What the case decides about operations: assignment, window, closure, revoked devices, and about a manifest besides whether it is
/// signed and what it corrects.
pub struct CaseJudgement<'a> {
    pub case: &'a SiteVisit,
    /// The world on the day the server receives them.
    pub facts: &'a Facts<'a>,
}

impl CaseJudgement<'_> {
    /// Why a manifest waits, as the case says it; `None` when it becomes the record.
    pub fn park(&self, op: &SiteOperation, manifest: &FinalManifest) -> Option<ParkReason> {
        self.case.park(&self.case.manifest_of(manifest), &op.account, self.facts)
    }
}

impl SiteJudgement for CaseJudgement<'_> {
    fn admit(&self, _: &VisitState, op: &SiteOperation) -> Result<(), ParkReason> {
        let reason = match &op.act {
            SiteAct::Finalize { manifest } => self.park(op, manifest),
            _ => self.case.park_sender(&op.account, op.device.as_str(), self.facts),
        };
        reason.map_or(Ok(()), Err)
    }
}

impl SiteVisit {
    /// 签字方 of an evaluator in the document, by their place in the assignment.
    pub fn signs_as(&self, account: &str) -> &'static str {
        match self.evaluators.iter().position(|evaluator| evaluator == account) {
            Some(0) => FIRST_EVALUATOR,
            Some(1) => SECOND_EVALUATOR,
            Some(_) | None => "",
        }
    }

    /// The manifest as the case takes it: 评价人员一 and 二 become the accounts that sign as these, 被评价单位 becomes `unit`.
    pub fn manifest_of(&self, manifest: &FinalManifest) -> Manifest {
        let who = |role: &str| match role {
            UNIT => SIGNED_BY_UNIT.to_string(),
            _ => {
                let signer = self.evaluators.iter().find(|account| self.signs_as(account) == role);
                signer.map_or_else(|| role.to_string(), String::clone)
            }
        };
        let signature = |signed: &super::operation::SignedContent| ManifestSignature {
            who: who(&signed.who),
            hash: signed.hash.clone(),
            content: signed.content.to_string(),
        };
        Manifest {
            manifest: manifest.manifest.clone(),
            device: manifest.device.to_string(),
            form: manifest.form.clone(),
            fields: manifest.fields.to_string(),
            // Two equal photos are one blob.
            blobs: manifest.blobs.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect(),
            signatures: manifest.signatures.iter().map(signature).collect(),
            refused: manifest.refused.clone(),
            supersedes: manifest.supersedes.clone(),
            made_at: manifest.made_at.clone(),
        }
    }
}
