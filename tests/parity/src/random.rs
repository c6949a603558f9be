//! A random walk over a random request: every act told in one line with a digest of all it did, so that two machines
//! that disagree name the first act they disagree on. The same seed is the same walk.
//!
//! Nothing here looks at a clock or at chance: `tests/parity/walk.rs` compiles this file a second time, natively.

use shared::engine::definition::{Field, FieldKind};
use shared::engine::diff::Difference;
use shared::engine::document::{Document, RANK_STEP, Row};
use shared::engine::editing::{Applied, NewRow};
use shared::engine::op::{Change, HEADER_ROW, Op};
use shared::engine::plan::{Slot, TableIx};
use shared::engine::session::{Cell, Session};
use shared::forms::case;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::hash::hex;
use shared::kernel::ids::{OpId, RowId};
use sm3::{Digest, Sm3};
use std::collections::BTreeMap;
use std::fmt::Write;

const YEAR: FiscalYear = FiscalYear(2024);
/// Everything that can be seen is digested after so many acts.
const WHOLE_EVERY: u32 = 50;
/// Above this many rows of a table, inserting removes instead.
const MOST_ROWS: usize = 30;

/// Walks `acts` steps from `seed`; one line per step.
pub fn walk(seed: u64, acts: u32) -> Result<String, String> {
    let mut walk = Walk::start(seed)?;
    let mut told = String::new();
    for n in 0..acts {
        let (act, digest) = walk.step(n)?;
        // Writing to a String cannot fail.
        let _ = writeln!(told, "{n} {act} {digest}");
    }
    Ok(told)
}

/// Marsaglia's xorshift, 64 bits.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 11) % most.max(1) as u64) as usize
    }

    fn of<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        list.get(self.below(list.len()))
    }

    fn digits(&mut self, most: usize) -> String {
        let count = 1 + self.below(most);
        (0..count).map(|_| char::from(b'0' + self.below(10) as u8)).collect()
    }
}

struct Walk {
    chance: Chance,
    session: Session,
    first: Document,
    rows_made: u32,
}

impl Walk {
    fn start(seed: u64) -> Result<Walk, String> {
        let open = |document: &Document| case::open(document).map_err(|error| error.to_string());
        let empty = open(&Document::new(YEAR))?;
        // Neighbouring seeds shall not begin alike; zero is the one state that never moves.
        let chance = Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let mut walk = Walk { chance, session: empty, first: Document::new(YEAR), rows_made: 0 };
        let mut document = Document::new(YEAR);
        for table in 0..walk.session.plan().tables.len() {
            let header = walk.session.plan().tables[table].is_header();
            let count = if header { 1 } else { walk.chance.below(8) };
            let rows = (0..count).map(|n| walk.row(table, header, n)).collect();
            document.tables.insert(walk.session.plan().tables[table].table.key.clone(), rows);
        }
        walk.session = open(&document)?;
        walk.first = walk.session.document();
        Ok(walk)
    }

    fn row(&mut self, table: TableIx, header: bool, n: usize) -> Row {
        let new = self.new_row(table);
        let id = if header { RowId::new(HEADER_ROW) } else { new.id };
        Row { id, rank: RANK_STEP * (n as i64 + 1), cells: new.cells }
    }

    fn new_row(&mut self, table: TableIx) -> NewRow {
        self.rows_made += 1;
        let plan = self.session.plan().clone();
        let typed = plan.tables[table].table.fields.iter().filter(|field| field.formula.is_none());
        let cells: BTreeMap<String, String> = typed
            .map(|field| (field.key.clone(), self.text(field)))
            .filter(|(_, text)| !text.is_empty())
            .collect();
        NewRow { id: RowId::new(format!("w{}", self.rows_made)), cells }
    }

    /// Something a person might type: mostly right, sometimes empty, sometimes nonsense.
    fn text(&mut self, field: &Field) -> String {
        const NONSENSE: [&str; 9] =
            ["x", " ", "-1", "1e3", "１２", "0.005", "2023-02-30", "999999999999.99", "甲乙丙丁戊己庚辛壬癸"];
        match self.chance.below(12) {
            0 => return String::new(),
            1 => return self.chance.of(&NONSENSE).map(ToString::to_string).unwrap_or_default(),
            _ => {}
        }
        match &field.kind {
            FieldKind::Number { measure, .. } => {
                let whole = self.chance.digits(7);
                match self.chance.below(3) {
                    0 => whole,
                    _ if measure.decimals() == 0 => self.chance.digits(3),
                    1 => format!("{}.{}", self.chance.digits(2), self.chance.digits(2)),
                    _ => format!("{whole}.{}", self.chance.digits(2)),
                }
            }
            FieldKind::Date => {
                let (year, month, day) =
                    (1995 + self.chance.below(32), self.chance.below(12), self.chance.below(28));
                format!("{year}-{:02}-{:02}", month + 1, day + 1)
            }
            FieldKind::Choice { choices, .. } => {
                self.chance.of(choices).map(|c| c.value.clone()).unwrap_or_default()
            }
            FieldKind::Flag => ["true", "false"][self.chance.below(2)].to_string(),
            FieldKind::RowOf { table, .. } => {
                let table = self.session.plan().table(table).unwrap_or_default();
                let slot = self.chance.of(self.session.rows(table)).copied();
                slot.map(|slot| self.session.row_id(table, slot).to_string()).unwrap_or_default()
            }
            FieldKind::CreditCode => "91350100M000100Y43".to_string(),
            FieldKind::Phone => format!("0351-{}", self.chance.digits(8)),
            FieldKind::Text { .. } => {
                const WORDS: [&str; 8] = [
                    "机房",
                    "核心交换机",
                    "运维",
                    "数据库 2",
                    "a",
                    "满足等保三级要求的巡检服务",
                    "95%",
                    "≥ 12",
                ];
                let words = (0..1 + self.chance.below(3)).map(|_| WORDS[self.chance.below(WORDS.len())]);
                words.collect()
            }
        }
    }

    fn step(&mut self, n: u32) -> Result<(&'static str, String), String> {
        let (act, applied) = match self.chance.below(100) {
            0..50 => ("type", self.type_some(1)),
            50..60 => ("insert", self.insert()),
            60..68 => ("remove", self.remove()),
            68..74 => ("move", self.move_row()),
            74..82 => ("paste", self.type_some(20)),
            82..88 => ("stale", self.stale()),
            88..94 => ("undo", self.session.undo(OpId::new("u")).map(|(_, applied)| applied)),
            94..98 => ("redo", self.session.redo(OpId::new("r")).map(|(_, applied)| applied)),
            98 => ("validate", Some(self.validate(n)?)),
            _ => ("reopen", self.reopen(n)?),
        };
        let tally = self.session.total_tally();
        let mut seen = format!("{applied:?}{tally:?}");
        if n % WHOLE_EVERY == WHOLE_EVERY - 1 {
            seen.push_str(&self.whole()?);
        }
        let digest = hex(&Sm3::digest(seen.as_bytes()));
        Ok((act, digest[..16].to_string()))
    }

    /// All that can be seen of the request, and how it differs from what it began as.
    fn whole(&self) -> Result<String, String> {
        let mut seen = String::new();
        for (table, plan) in self.session.plan().tables.iter().enumerate() {
            for slot in self.session.rows(table) {
                for field in 0..plan.width() {
                    let cell = Cell { table, slot: *slot, field };
                    let _ = write!(seen, "{}|{:?}|", self.session.text(cell), self.session.mark(cell));
                }
            }
        }
        let document = self.session.document();
        let parts = [
            serde_json::to_string(&self.session.findings()),
            serde_json::to_string(&document),
            Ok(format!("{:?}", Difference::between(&self.first, &document))),
        ];
        for part in parts {
            seen.push_str(&part.map_err(|error| error.to_string())?);
        }
        Ok(seen)
    }

    fn act(&mut self, changes: Vec<Change>) -> Option<Applied> {
        (!changes.is_empty()).then(|| self.session.act(Op { id: OpId::new("a"), changes }))
    }

    /// A table and one of its rows.
    fn pick(&mut self) -> Option<(TableIx, Slot)> {
        let table = self.chance.below(self.session.plan().tables.len());
        let slot = self.chance.of(self.session.rows(table)).copied()?;
        Some((table, slot))
    }

    fn pick_line(&mut self) -> Option<(TableIx, Slot)> {
        self.pick().filter(|(table, _)| !self.session.plan().tables[*table].is_header())
    }

    fn type_some(&mut self, most: usize) -> Option<Applied> {
        let (table, slot) = self.pick()?;
        let plan = self.session.plan().clone();
        let mut changes: BTreeMap<usize, Change> = BTreeMap::new();
        for _ in 0..1 + self.chance.below(most) {
            let field = self.chance.below(plan.tables[table].width());
            let text = self.text(plan.tables[table].field(field));
            let change = self.session.typing(Cell { table, slot, field }, &text);
            changes.extend(change.map(|change| (field, change)));
        }
        self.act(changes.into_values().collect())
    }

    fn insert(&mut self) -> Option<Applied> {
        let table = self.chance.below(self.session.plan().tables.len());
        if self.session.plan().tables[table].is_header() || self.session.rows(table).len() > MOST_ROWS {
            return self.remove();
        }
        let after = self.chance.of(self.session.rows(table)).copied();
        let rows = (0..1 + self.chance.below(3)).map(|_| self.new_row(table)).collect();
        self.act(self.session.inserting(table, after, rows))
    }

    fn remove(&mut self) -> Option<Applied> {
        let (table, slot) = self.pick_line()?;
        self.act(vec![self.session.removing(table, slot)])
    }

    fn move_row(&mut self) -> Option<Applied> {
        let (table, slot) = self.pick_line()?;
        let row = self.session.row(table, slot);
        let to = RANK_STEP * self.chance.below(40) as i64 / 3;
        let table = self.session.plan().tables[table].table.key.clone();
        self.act(vec![Change::MoveRow { table, row: row.id, from: row.rank, to }])
    }

    /// Somebody else's operation, made over another text than stands there.
    fn stale(&mut self) -> Option<Applied> {
        let (table, slot) = self.pick()?;
        let field = self.chance.below(self.session.plan().tables[table].width());
        let text = self.text(&self.session.plan().tables[table].field(field).clone());
        let at = self.session.cell_at(Cell { table, slot, field });
        let computed = self.session.plan().tables[table].field(field).formula.is_some();
        let change = Change::Set { at, from: Some("旧值".into()), to: Some(text.into()) };
        (!computed).then(|| self.session.apply(&Op { id: OpId::new("s"), changes: vec![change] }))
    }

    fn validate(&mut self, n: u32) -> Result<Applied, String> {
        let changed = self.session.validate();
        match changed.touched.is_empty() {
            true => Ok(Applied { changed, ..Applied::default() }),
            false => Err(format!("act {n}: validating all changed the findings of {:?}", changed.touched)),
        }
    }

    /// Opens the document anew, which must show the same.
    fn reopen(&mut self, n: u32) -> Result<Option<Applied>, String> {
        let before = self.whole()?;
        self.session = self.session.reopened();
        match self.whole()? == before {
            true => Ok(None),
            false => Err(format!("act {n}: opened anew, the request shows something else")),
        }
    }
}
