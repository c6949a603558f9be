//! The invariants I1–I7 of the fault matrix. Each says what it found.

use super::office::{YEAR, sent_out};
use super::reference::{place, replay, rows};
use super::story::{DiskFate, NetFate};
use super::world::{World, identity};
use shared::engine::document::Document;
use shared::kernel::hash::sha256_hex;
use shared::sync::site::blob::BlobUpload;
use shared::sync::site::content::content_hash;
use shared::sync::site::receipt::{RejectReason, SiteResult};
use shared::sync::site::sentinel::missing_text;
use shared::sync::site::storage_word::StorageWord;
use std::collections::BTreeSet;

/// Longest time to drain after faults stop, and the longest Retry-After of a story, in milliseconds.
const DRAIN_MS: u64 = 120_000 + 44_000;
/// One round of exchanges, in milliseconds.
const ROUND_MS: u64 = 300;

type Checked = Result<(), String>;

fn require(holds: bool, text: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(text()) }
}

impl World {
    /// What must hold after every step.
    pub fn check_step(&mut self) -> Checked {
        if let Some(text) = self.violation.take() {
            return Err(text);
        }
        self.index.read(&self.office.log);
        let present = &self.index.operations;
        self.lost_by_server.retain(|id| !present.contains_key(id));
        for device in 0..self.tablets.len() {
            self.check_stored(device)?;
            self.check_receipts(device)?;
            self.check_word(device)?;
        }
        self.check_texts()?;
        let doubled = &self.index.doubled;
        require(doubled.is_none(), || format!("I2: two operations carry {doubled:?}"))?;
        let twice = self.index.operations.iter().find(|(_, results)| results.len() > 1);
        require(twice.is_none(), || format!("I2: on the server twice: {twice:?}"))
    }

    /// I1: what was called stored is there after a restart, and the draft is what the operations make of it.
    fn check_stored(&self, device: usize) -> Checked {
        let tablet = &self.tablets[device];
        let durable = tablet.disk.durable();
        let ids: BTreeSet<_> = durable
            .outbox
            .values()
            .chain(durable.delivered.values().map(|of| &of.op))
            .map(|op| &op.op_id)
            .collect();
        let on_server = &self.index.operations;
        let gone = tablet.called_stored.iter().find(|id| !ids.contains(id) && !on_server.contains_key(*id));
        require(gone.is_none(), || format!("I1: tablet {device} has lost operation {gone:?}"))?;
        let (draft, derived) = (durable.draft_document(YEAR), durable.derived_draft(YEAR));
        require(rows(&draft) == rows(&derived), || {
            format!("I1: tablet {device} shows what no operation carries: {draft:?}, {derived:?}")
        })
    }

    /// I2: what a tablet has a receipt for is on the server once, with that receipt.
    fn check_receipts(&self, device: usize) -> Checked {
        for (seq, of) in &self.tablets[device].disk.durable().delivered {
            let id = &of.op.op_id;
            if self.lost_by_server.contains(id)
                || of.receipt.result == SiteResult::Rejected(RejectReason::OtherBody)
            {
                continue;
            }
            let results = self.index.operations.get(id).map_or(&[][..], Vec::as_slice);
            require(results.len() == 1, || {
                format!(
                    "I2: tablet {device} has a receipt for {seq}, the server has it {} times",
                    results.len()
                )
            })?;
        }
        Ok(())
    }

    /// The word never says more than is true.
    fn check_word(&self, device: usize) -> Checked {
        let tablet = &self.tablets[device];
        let word = tablet.machine.storage_word();
        let waits = !tablet.disk.durable().outbox.is_empty();
        require(word != StorageWord::Delivered || !waits, || {
            format!("I1: tablet {device} says {} and has operations without a receipt", word.text())
        })?;
        require(word == StorageWord::Unsaved || tablet.machine.is_saved(), || {
            format!("I1: tablet {device} says {} before storage has answered", word.text())
        })
    }

    /// I3: every text that was called stored is on the server, in an outbox, or parked.
    fn check_texts(&self) -> Checked {
        let missing: Vec<&String> =
            self.expected.keys().filter(|text| !self.index.texts.contains(*text)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let elsewhere = self.texts_elsewhere();
        let lost = missing.into_iter().find(|text| !elsewhere.contains(*text));
        require(lost.is_none(), || format!("I3: {lost:?} was called stored and is nowhere"))
    }

    /// I4: the server's state is what other code makes of its log. I5: blobs are what their hash says.
    pub fn check_server(&self) -> Checked {
        let state = &self.office.state;
        let replayed = replay(&sent_out(), &self.office.log).map_err(|text| format!("I4: {text}"))?;
        require(replayed.rows == rows(&state.document), || {
            format!("I4: replay gives {:?}, the server has {:?}", replayed.rows, state.document)
        })?;
        let heads = state.heads.iter().map(|(of, head)| (of.clone(), (head.seq, head.hash.to_string())));
        require(heads.eq(replayed.heads), || "I4: the order of a device differs".to_string())?;
        let open = state.conflicts.iter();
        let open =
            open.map(|open| (open.device.clone(), place(&open.mine), open.id.op.to_string(), open.id.change));
        require(open.eq(replayed.conflicts.iter().cloned()), || {
            format!("I4: replay leaves {:?}, the server {:?}", replayed.conflicts, state.conflicts)
        })?;
        let mut blobs = self.office.blobs.iter();
        let wrong = blobs.find(|(hash, (of, bytes))| of.is_whole && sha256_hex(bytes) != **hash);
        require(wrong.is_none(), || format!("I5: blob {:?} has other bytes", wrong.map(|(hash, _)| hash)))
    }

    /// I6: after the faults stop, everything is delivered within two minutes.
    pub fn drain(&mut self) -> Checked {
        let mut left = DRAIN_MS;
        self.late.clear();
        while !self.is_drained() {
            let Some(less) = left.checked_sub(ROUND_MS) else {
                let words: Vec<String> =
                    self.tablets.iter().map(|tablet| tablet.machine.storage_word().text()).collect();
                return Err(format!("I6: not delivered two minutes after the faults: {words:?}"));
            };
            left = less;
            for device in 0..self.tablets.len() {
                self.round(device);
            }
            self.tick(ROUND_MS);
            self.check_step()?;
        }
        Ok(())
    }

    /// Everything once: store, send, upload.
    pub fn round(&mut self, device: usize) {
        self.save(device, DiskFate::Sound);
        self.push(device, NetFate::Sound);
        self.save(device, DiskFate::Sound);
        self.blob(device, NetFate::Sound);
        self.save(device, DiskFate::Sound);
    }

    fn is_drained(&self) -> bool {
        self.tablets.iter().all(|tablet| {
            let stored = tablet.machine.stored();
            let is_delivered = |upload: BlobUpload| upload == BlobUpload::Delivered;
            tablet.machine.is_saved()
                && stored.outbox.is_empty()
                && stored.blobs.values().all(|record| is_delivered(record.upload))
        })
    }

    /// What must hold when everything is delivered and both tablets have read the visit again.
    pub fn check_end(&mut self) -> Checked {
        for device in 0..self.tablets.len() {
            self.pull(device, NetFate::Sound);
            self.save(device, DiskFate::Sound);
        }
        // A snapshot of a server that was set back shows what it has lost: that is sent again.
        self.drain()?;
        for device in 0..self.tablets.len() {
            self.pull(device, NetFate::Sound);
            self.save(device, DiskFate::Sound);
        }
        self.check_step()?;
        self.check_server()?;
        require(self.lost_by_server.is_empty(), || {
            format!("I2: the server never got back {:?}", self.lost_by_server)
        })?;
        let texts = &self.index.texts;
        let absent = self.expected.keys().find(|text| !texts.contains(*text) && !self.is_packed(text));
        require(absent.is_none(), || format!("I3: {absent:?} is delivered and not on the server"))?;
        (0..self.tablets.len()).try_for_each(|device| self.check_same(device))
    }

    /// Whether a text is in a package of a tablet that was wiped, and waits for its import.
    fn is_packed(&self, text: &str) -> bool {
        let mut ops = self.packages.iter().flat_map(|package| &package.operations);
        ops.any(|packed| super::index::texts(&packed.op).iter().any(|of| of == text))
    }

    /// Both sides show the same: cells, digest of the content, totals (I7), conflicts, missing operations.
    fn check_same(&self, device: usize) -> Checked {
        let (machine, state) = (&self.tablets[device].machine, &self.office.state);
        require(rows(machine.draft()) == rows(&state.document), || {
            format!("tablet {device} shows {:?}, the server has {:?}", machine.draft(), state.document)
        })?;
        require(machine.content_hash() == content_hash(&state.document), || {
            "I7: digests differ".to_string()
        })?;
        require(total(machine.draft()) == total(&state.document), || "I7: totals differ".to_string())?;
        require(machine.conflict_count() == state.conflicts.len(), || "conflicts differ".to_string())?;
        let stored = machine.stored();
        let parked = self.office.log.iter().filter(|entry| {
            let op = super::index::operation(entry);
            entry.result.needs_attention() && op.is_some_and(|op| stored.has(&op.op_id))
        });
        // A server set back to a backup may judge an operation anew that arrives late or in a package.
        let is_restored = self.occurred.contains_key("backup restored");
        require(is_restored || machine.attention_count() >= parked.count(), || {
            "parked without a word".to_string()
        })?;
        let last = state.head(&identity(device).device).seq;
        let absent = (1..=last)
            .filter(|seq| !stored.outbox.contains_key(seq) && !stored.delivered.contains_key(seq))
            .count();
        let missing = machine.missing();
        let named: u64 = missing.iter().map(|range| range.end() - range.start() + 1).sum();
        require(named == absent as u64, || {
            format!("tablet {device} misses {absent} operations and says {:?}", missing_text(&missing))
        })
    }
}

/// Sum of the scores.
fn total(document: &Document) -> u64 {
    let scores = document.rows("scores").iter().filter_map(|row| row.cells.get("score")?.parse::<u64>().ok());
    scores.sum()
}
