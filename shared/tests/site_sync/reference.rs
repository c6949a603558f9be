//! The log of a visit replayed by other code than the engine's: plain maps, one rule per kind of change.

use shared::engine::document::Document;
use shared::engine::op::Change;
use shared::kernel::ids::DeviceId;
use shared::policy::art13_parking::ParkReason;
use shared::sync::site::operation::{SiteAct, chain_start};
use shared::sync::site::receipt::SiteResult;
use shared::sync::site::server::{EntryAuthor, VisitEntry};
use std::collections::BTreeMap;

type Rows = BTreeMap<(String, String), (i64, BTreeMap<String, String>)>;

/// What the log comes to.
#[derive(Default)]
pub struct ReplayedLog {
    pub rows: Rows,
    /// Author and place of each open conflict, with the operation and its change.
    pub conflicts: Vec<(Option<DeviceId>, String, String, usize)>,
    pub heads: BTreeMap<DeviceId, (u64, String)>,
}

pub fn rows(document: &Document) -> Rows {
    let row = |table: &String, row: &shared::engine::document::Row| {
        ((table.clone(), row.id.to_string()), (row.rank, row.cells.clone()))
    };
    document.tables.iter().flat_map(|(table, rows)| rows.iter().map(move |of| row(table, of))).collect()
}

/// Replays a log on the document the visit was sent out with.
pub fn replay(first: &Document, log: &[VisitEntry]) -> Result<ReplayedLog, String> {
    let mut replay = ReplayedLog { rows: rows(first), ..ReplayedLog::default() };
    for (at, entry) in log.iter().enumerate() {
        if entry.rev != at as u64 + 1 {
            return Err(format!("entry {at} has revision {}", entry.rev));
        }
        replay.entry(entry)?;
    }
    Ok(replay)
}

impl ReplayedLog {
    fn entry(&mut self, entry: &VisitEntry) -> Result<(), String> {
        let (device, id, changes, resolves) = match &entry.author {
            EntryAuthor::Desk { op, resolves, .. } => {
                (None, op.id.to_string(), op.changes.clone(), resolves.clone())
            }
            EntryAuthor::Tablet { op, body } => {
                self.follow(&op.device, op.seq, op.prev_hash.as_str(), body.as_str(), entry.result)?;
                let resolves = match &op.act {
                    SiteAct::Resolve { conflict, .. } => Some(conflict.clone()),
                    _ => None,
                };
                (Some(op.device.clone()), op.op_id.to_string(), op.changes(), resolves)
            }
        };
        if entry.result.needs_attention() {
            return Ok(());
        }
        let mut met = Vec::new();
        for (at, change) in changes.iter().enumerate() {
            if !self.change(change) {
                met.push((device.clone(), place(change), id.clone(), at));
            }
        }
        if met.is_empty() == (entry.result == SiteResult::Conflict) {
            return Err(format!(
                "entry {} is called {:?} with {} conflicts",
                entry.rev,
                entry.result,
                met.len()
            ));
        }
        let places: Vec<String> = changes.iter().map(place).collect();
        self.conflicts.retain(|(author, at, op, change)| {
            let is_resolved =
                resolves.as_ref().is_some_and(|id| id.op.as_str() == op && id.change == *change);
            let is_replaced = *author == device && places.contains(at);
            !is_resolved && !is_replaced
        });
        self.conflicts.extend(met);
        Ok(())
    }

    /// Operations of a device come in order, each joined to the one before it.
    fn follow(
        &mut self,
        device: &DeviceId,
        seq: u64,
        prev: &str,
        body: &str,
        result: SiteResult,
    ) -> Result<(), String> {
        let start = chain_start(device, &super::office::visit());
        let (last, hash) = self.heads.get(device).cloned().unwrap_or((0, start.to_string()));
        match result {
            SiteResult::Parked(ParkReason::Sequence) if seq <= last => return Ok(()),
            SiteResult::Parked(ParkReason::Chain) | SiteResult::Rejected(_) if seq == last + 1 => {}
            _ if seq == last + 1 && prev == hash => {}
            _ => return Err(format!("{device}: operation {seq} after {last}, {result:?}")),
        }
        self.heads.insert(device.clone(), (seq, body.to_string()));
        Ok(())
    }

    /// Whether the change fits; it is then made.
    fn change(&mut self, change: &Change) -> bool {
        let at = (change.table().to_string(), change.row().to_string());
        let now = self.rows.get(&at).cloned();
        match change {
            Change::Set { at: cell, from, to } => {
                let (rank, mut cells) = match now {
                    Some(row) => row,
                    None if at.1 == "header" => (0, BTreeMap::new()),
                    None => return false,
                };
                let typed = cells.get(&*cell.field).map(String::as_str);
                if typed == to.as_deref() {
                    return true;
                }
                if typed != from.as_deref() {
                    return false;
                }
                match to {
                    Some(text) => cells.insert(cell.field.to_string(), text.to_string()),
                    None => cells.remove(&*cell.field),
                };
                self.rows.insert(at, (rank, cells));
            }
            Change::InsertRow { rank, cells, .. } => match now {
                Some((_, there)) => return there == *cells,
                None => {
                    self.rows.insert(at, (*rank, cells.clone()));
                }
            },
            Change::RemoveRow { cells, .. } => match now {
                Some((_, there)) if there != *cells => return false,
                _ => {
                    self.rows.remove(&at);
                }
            },
            Change::MoveRow { to, .. } => match now {
                Some((_, cells)) => {
                    self.rows.insert(at, (*to, cells));
                }
                None => return false,
            },
        }
        true
    }
}

/// A cell, or a whole row.
pub fn place(change: &Change) -> String {
    match change {
        Change::Set { at, .. } => format!("{}/{}/{}", at.table, at.row, at.field),
        other => format!("{}/{}", other.table(), other.row()),
    }
}
