//! Whatever is typed in whatever order, and however answers are lost, repeated and late: in the end everybody sees
//! what the server has, and nothing a person typed is gone without a conflict that showed it.

use super::*;
use crate::engine::document::RowEffect;
use crate::engine::document::decide;
use crate::engine::op::{CellAt, Typed};
use crate::kernel::calendar::FiscalYear;
use crate::kernel::ids::AccountId;
use crate::sync::conflicts::{keeping_mine, taking_theirs};
use crate::sync::difference::toward;
use proptest::prelude::*;
use std::collections::BTreeMap;

const TABLE: &str = "hardware";

/// The server as `server/src/operations.rs` decides: by id once, change by change, into the log.
struct Server {
    document: Document,
    log: Vec<LogEntry>,
    answers: BTreeMap<OpId, OpResult>,
}

impl Server {
    fn receive(&mut self, ops: &[Op]) -> Vec<OpResult> {
        ops.iter().map(|op| self.one(op)).collect()
    }

    fn one(&mut self, op: &Op) -> OpResult {
        if let Some(known) = self.answers.get(&op.id) {
            return OpResult { replayed: true, ..known.clone() };
        }
        let (mut applied, mut conflicts) = (Vec::new(), Vec::new());
        for change in &op.changes {
            match decide(self.document.row(change.table(), change.row()), change) {
                Err(conflict) => conflicts.push(conflict),
                Ok(RowEffect::Nothing) => {}
                Ok(_) => {
                    self.document.apply(&Op { id: op.id.clone(), changes: vec![change.clone()] });
                    applied.push(change.clone());
                }
            }
        }
        let seq = self.log.len() as u64 + 1;
        let op = Op { id: op.id.clone(), changes: applied };
        let (account, name) = (AccountId::new("a"), String::new());
        let at = "2023-07-15 09:00:00".parse().unwrap();
        let result = OpResult { op: op.id.clone(), seq, conflicts, replayed: false };
        self.answers.insert(op.id.clone(), result.clone());
        self.log.push(LogEntry { seq, op, account, name, at });
        result
    }
}

struct Device {
    document: Document,
    replica: Replica,
    acts: usize,
    name: &'static str,
    /// What this person removed and may put back.
    removed: BTreeMap<RowId, Row>,
}

impl Device {
    fn row(&self, row: &RowId) -> Option<Row> {
        self.document.row(TABLE, row).cloned()
    }

    fn typed(&self, at: &CellAt) -> Typed {
        self.row(&at.row).and_then(|row| row.cells.get(&*at.field).map(|text| text.as_str().into()))
    }

    fn act(&mut self, changes: Vec<Change>) {
        if changes.is_empty() {
            return;
        }
        self.acts += 1;
        let op = Op { id: OpId::new(format!("{}{}", self.name, self.acts)), changes };
        self.document.apply(&op);
        let (op, _) = self.replica.acted(op);
        self.replica.mark_stored(&op.id);
    }

    fn do_something(&mut self, what: u8, row: u8, value: u8) {
        let id = RowId::new(format!("r{row}"));
        let changes = match (what, self.row(&id)) {
            // Only its remover can put a row back; new rows have new ids.
            (_, None) => toward(TABLE, None, self.removed.remove(&id).as_ref()),
            (0, Some(there)) => {
                self.removed.insert(id, there.clone());
                toward(TABLE, Some(&there), None)
            }
            (1, Some(there)) => {
                let to = Row { rank: i64::from(value), ..there.clone() };
                toward(TABLE, Some(&there), Some(&to))
            }
            (_, Some(there)) => {
                let field = if what.is_multiple_of(2) { "name" } else { "price" };
                let at = CellAt { table: TABLE.into(), row: id, field: field.into() };
                let from = there.cells.get(field).map(|text| text.as_str().into());
                let to = (value > 0).then(|| format!("{}{value}", self.name).into());
                vec![Change::Set { at, from, to }]
            }
        };
        self.act(changes);
    }

    /// Sends what is owed; the answer may be lost.
    fn send(&mut self, server: &mut Server, lost: bool) {
        let ops = self.replica.queue().next();
        if ops.is_empty() {
            return;
        }
        let results = server.receive(&ops);
        if lost {
            return;
        }
        self.replica.answered(&ops, &results);
        self.compare(server);
    }

    fn compare(&mut self, server: &Server) {
        if self.replica.wants_to_compare() {
            let document = &self.document;
            let mine = |table: &str, row: &RowId| document.row(table, row).cloned();
            let changes = self.replica.compared(&server.document, mine);
            self.document.apply(&Op { id: OpId::new("compared"), changes });
        }
    }

    fn hear(&mut self, server: &Server, most: usize) {
        for _ in 0..most {
            let Some(entry) = server.log.get(self.replica.seq() as usize) else { return };
            if let (Heard::Apply(op), _) = self.replica.heard(entry) {
                let misfits = self.document.apply(&op);
                self.replica.misfitted(&op, misfits);
            }
            self.compare(server);
        }
    }

    /// The page is loaded again: what is owed is put on top of what the server has.
    fn reload(&mut self, server: &Server) {
        self.document = server.document.clone();
        let mut misfits = Vec::new();
        for op in self.replica.queue().unconfirmed() {
            misfits.extend(self.document.apply(&op));
        }
        self.replica.shown(server.log.len() as u64, &misfits);
    }

    fn decide(&mut self, server: &Server, keep: bool) {
        let Some(conflict) = self.replica.conflicts().first().cloned() else { return };
        let changes = match (&conflict, keep) {
            (Conflict::Cell { at, mine, theirs }, true) => {
                vec![keeping_mine(at, mine, theirs, &self.typed(at))]
            }
            (Conflict::Cell { at, theirs, .. }, false) => vec![taking_theirs(at, theirs, &self.typed(at))],
            (Conflict::Row { row, .. }, true) => {
                toward(TABLE, server.document.row(TABLE, row), self.row(row).as_ref())
            }
            (Conflict::Row { row, .. }, false) => {
                toward(TABLE, self.row(row).as_ref(), server.document.row(TABLE, row))
            }
        };
        self.replica.decided(&conflict);
        self.act(changes);
    }
}

/// Three rows with a name each.
fn start() -> Document {
    let row = |n: u8| {
        let cells = BTreeMap::from([("name".to_string(), format!("设备{n}"))]);
        Row { id: RowId::new(format!("r{n}")), rank: i64::from(n), cells }
    };
    let mut document = Document::new(FiscalYear(2024));
    document.tables.insert(TABLE.into(), (0..3).map(row).collect());
    document
}

fn device(name: &'static str) -> Device {
    let (document, replica) = (start(), Replica::default());
    let mut device = Device { document, replica, acts: 0, name, removed: BTreeMap::new() };
    device.replica.shown(0, &[]);
    device
}

#[derive(Clone, Debug)]
enum Step {
    Do(u8, u8, u8),
    Send(bool),
    Hear(usize),
    Reload,
    Decide(bool),
}

fn step() -> impl Strategy<Value = (bool, Step)> {
    let step = prop_oneof![
        6 => (0..6_u8, 0..3_u8, 0..4_u8).prop_map(|(what, row, value)| Step::Do(what, row, value)),
        3 => any::<bool>().prop_map(Step::Send),
        3 => (1..4_usize).prop_map(Step::Hear),
        1 => Just(Step::Reload),
        1 => any::<bool>().prop_map(Step::Decide),
    ];
    (any::<bool>(), step)
}

/// Everything is delivered, heard and decided.
fn settle(devices: &mut [Device; 2], server: &mut Server) {
    for _ in 0..40 {
        for device in &mut *devices {
            device.send(server, false);
            device.hear(server, usize::MAX);
        }
        let quiet =
            devices.iter().all(|d| d.replica.queue().unsent() == 0 && d.replica.conflicts().is_empty());
        if quiet && devices.iter().all(|d| d.replica.seq() == server.log.len() as u64) {
            return;
        }
        devices[0].decide(server, true);
        devices[1].decide(server, false);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn in_the_end_everybody_sees_what_the_server_has(steps in prop::collection::vec(step(), 1..60)) {
        let mut server = Server { document: start(), log: vec![], answers: BTreeMap::new() };
        let mut devices = [device("a"), device("b")];
        for (first, step) in steps {
            let device = &mut devices[usize::from(first)];
            match step {
                Step::Do(what, row, value) => device.do_something(what, row, value),
                Step::Send(lost) => device.send(&mut server, lost),
                Step::Hear(most) => device.hear(&server, most),
                Step::Reload => device.reload(&server),
                Step::Decide(keep) => device.decide(&server, keep),
            }
        }
        settle(&mut devices, &mut server);
        for device in &devices {
            prop_assert_eq!(device.replica.conflicts(), &[]);
            prop_assert_eq!(device.replica.queue().unsent(), 0);
            prop_assert_eq!(&device.document, &server.document);
        }
    }
}
