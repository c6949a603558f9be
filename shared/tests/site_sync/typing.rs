//! What people type on the tablets of a story. Every text is typed once, so that it can be searched for.

use super::places::PLACES;
use super::story::{DiskFate, NetFate, Step};
use super::world::World;
use shared::engine::document::RANK_STEP;
use shared::engine::op::{Change, Conflict, Typed};
use shared::kernel::content_hash::ContentHash;
use shared::kernel::hash::sha256_hex;
use shared::kernel::ids::RowId;
use shared::sync::site::content::void_signatures;
use shared::sync::site::drafting::{DraftRefusal, Finalization};
use shared::sync::site::operation::{SIGNATURES, SitePhoto, SiteSignature};

impl World {
    pub fn type_step(&mut self, step: Step) {
        let n = self.number();
        let text = format!("v{n}");
        let typed = match step {
            Step::Type { device, place } => self.type_cell(device, place, Some(text.as_str().into())),
            Step::Clear { device, place } => self.type_cell(device, place, None),
            Step::AddRow { device } => self.add_row(device, n, &text),
            Step::RemoveRow { device } => self.remove_row(device),
            Step::Photo { device, bytes } => self.photo(device, n, &text, bytes),
            Step::Sign { device } => self.sign(device, n, &text),
            Step::Unsign { device } => {
                let machine = &mut self.tablets[device].machine;
                let row = machine.draft().rows(SIGNATURES).first().map(|row| row.id.clone());
                row.map_or(Ok(()), |row| machine.unsign(&row))
            }
            Step::Finalize { device, is_ready } => {
                if is_ready {
                    self.round(device);
                    self.pull(device, NetFate::Sound);
                    self.save(device, DiskFate::Sound);
                }
                let of = Finalization { manifest: text.clone(), ..Finalization::default() };
                let finalized = self.tablets[device].machine.finalize(of);
                self.expect_typed(device, &text, &text, finalized)
            }
            Step::Correct { device } => {
                self.tablets[device].machine.correct();
                Ok(())
            }
            Step::Resolve { device, takes_own } => self.resolve(device, takes_own, &text),
            other => unreachable!("{other:?} is not typed"),
        };
        if let Err(refusal) = typed {
            self.note(&format!("refused {refusal:?}"));
        }
    }

    fn type_cell(&mut self, device: usize, place: usize, to: Typed) -> Result<(), DraftRefusal> {
        let place = place % PLACES.len();
        let change = Change::Set { at: PLACES[place].at(), from: None, to: to.clone() };
        self.tablets[device].machine.type_cells(vec![change])?;
        let pending = &mut self.tablets[device].pending;
        match to {
            Some(text) => pending.insert(place.to_string(), text.to_string()),
            None => pending.remove(&place.to_string()),
        };
        Ok(())
    }

    /// A score of its own, or a row of the inventory that both tablets add under one id.
    fn add_row(&mut self, device: usize, n: u64, text: &str) -> Result<(), DraftRefusal> {
        let (table, row) = if n.is_multiple_of(2) {
            ("scores", format!("s{n}"))
        } else {
            ("assets", format!("a{}", n / 2 % 2))
        };
        let cells = [("score", (n % 10).to_string()), ("note", text.to_string())];
        let change = Change::InsertRow {
            table: table.to_string(),
            row: RowId::new(row.as_str()),
            rank: i64::try_from(n).unwrap() * RANK_STEP,
            cells: cells.map(|(key, text)| (key.to_string(), text)).into(),
        };
        let is_there = self.tablets[device].machine.draft().row(table, &RowId::new(row.as_str())).is_some();
        if is_there {
            return Ok(());
        }
        let typed = self.tablets[device].machine.type_cells(vec![change]);
        self.expect_typed(device, &row, text, typed)
    }

    fn remove_row(&mut self, device: usize) -> Result<(), DraftRefusal> {
        let machine = &mut self.tablets[device].machine;
        let Some(row) = machine.draft().rows("assets").last().cloned() else { return Ok(()) };
        let table = "assets".to_string();
        machine.type_cells(vec![Change::RemoveRow { table, row: row.id, rank: row.rank, cells: row.cells }])
    }

    fn photo(&mut self, device: usize, n: u64, text: &str, bytes: usize) -> Result<(), DraftRefusal> {
        let content: Vec<u8> = (0..bytes).map(|at| u8::try_from(at * bytes % 251).unwrap()).collect();
        let photo = SitePhoto {
            hash: sha256_hex(&content),
            item: Some("c1".into()),
            caption: Some(text.into()),
            width: 4,
            height: 3,
            bytes: bytes as u64,
            ..SitePhoto::default()
        };
        let row = RowId::new(format!("p{n}"));
        let typed = self.tablets[device].machine.add_photo(row, photo, content);
        self.expect_typed(device, &format!("photo {n}"), text, typed)
    }

    /// Takes void signatures away and signs what is on the screen.
    fn sign(&mut self, device: usize, n: u64, text: &str) -> Result<(), DraftRefusal> {
        let machine = &mut self.tablets[device].machine;
        let void = void_signatures(machine.draft());
        void.iter().try_for_each(|row| machine.unsign(row))?;
        let signature = SiteSignature {
            who: "评价人员一".to_string(),
            name: text.to_string(),
            hash: "0".repeat(64),
            content: ContentHash::of(b""),
            method: "手写".to_string(),
        };
        let signed = machine.sign(RowId::new(format!("g{n}")), signature);
        if !void.is_empty() {
            self.note("void signature");
        }
        self.expect_typed(device, &format!("signature {n}"), text, signed)
    }

    /// Chooses in the first open conflict the tablet knows of: its own value, or the server's.
    fn resolve(&mut self, device: usize, takes_own: bool, text: &str) -> Result<(), DraftRefusal> {
        let machine = &mut self.tablets[device].machine;
        let base = machine.stored().base.as_ref();
        let Some(open) = base.and_then(|base| base.conflicts.first().cloned()) else { return Ok(()) };
        let changes = match &open.met {
            Conflict::Cell { at, .. } if takes_own => {
                vec![Change::Set { at: at.clone(), from: None, to: Some(text.into()) }]
            }
            _ => Vec::new(),
        };
        let has_text = !changes.is_empty();
        machine.resolve(open.id, changes)?;
        self.note("resolved");
        if has_text {
            let place = format!("resolution {text}");
            self.tablets[device].pending.insert(place, text.to_string());
        }
        Ok(())
    }

    fn expect_typed(
        &mut self,
        device: usize,
        place: &str,
        text: &str,
        typed: Result<(), DraftRefusal>,
    ) -> Result<(), DraftRefusal> {
        typed?;
        self.tablets[device].pending.insert(place.to_string(), text.to_string());
        Ok(())
    }
}
