//! 计时的动作: what a benchmark does to the large request, the same natively and as WebAssembly.
//!
//! Nothing here looks at a clock: whoever calls holds it. `tests/parity` compiles this file a second time.

use shared::engine::diff::Difference;
use shared::engine::document::Document;
use shared::engine::op::{Change, Op};
use shared::engine::plan::{Plan, Slot, TableIx};
use shared::engine::session::{Cell, Session};
use shared::forms::budget_request::FORM;
use shared::forms::case::{self, CaseError};
use shared::kernel::ids::OpId;
use std::fmt::Write;
use std::sync::Arc;

const TABLE: &str = "hardware";
/// What a paste fills, from 类别 to 费率.
const COLUMNS: [&str; 10] = [
    "kind",
    "name",
    "brand",
    "model",
    "quantity",
    "unit_value",
    "purchased",
    "free_until",
    "service_mode",
    "rate",
];
const PASTED_ROWS: usize = 1_000;
/// Edits of each of two people whose work is merged, and in how many rows both worked.
const EDITS: usize = 500;
pub const BOTH: usize = 100;

/// How much of the form an edit made the engine evaluate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    pub cells: u64,
    pub rules: u64,
}

/// A row's id, its amount, and the grand total, in plain decimals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub row: String,
    pub amount: String,
    pub total: String,
}

/// The large request, open.
pub struct Acts {
    plan: Arc<Plan>,
    document: Document,
    /// A later version, to be compared with it.
    later: Document,
    session: Session,
    table: TableIx,
    /// The row in the middle: what is typed is typed there, what is pasted starts there.
    middle: Slot,
    acts: u32,
}

impl Acts {
    /// Reads a `request.json` and opens it.
    pub fn open(request: &str) -> Result<Acts, CaseError> {
        let document = case::read_case(&serde_json::from_str(request)?)?;
        let session = case::open(&document)?;
        let plan = session.plan().clone();
        let table = plan.table(TABLE).unwrap_or_default();
        let rows = session.rows(table);
        let middle = rows.get(rows.len() / 2).copied().unwrap_or_default();
        let later = Document::new(document.fiscal_year);
        Ok(Acts { plan, document, later, session, table, middle, acts: 0 })
    }

    /// Computes every cell, judges every rule of every row and puts every finding into words.
    pub fn validate_all(&self) -> usize {
        Session::open(self.plan.clone(), &self.document).findings().len()
    }

    /// What a page must show of the row in the middle.
    pub fn shown(&self) -> Shown {
        let text = |cell: Option<Cell>| cell.map(|cell| self.session.text(cell)).unwrap_or_default();
        Shown {
            row: self.session.row_id(self.table, self.middle).to_string(),
            amount: text(self.cell(self.middle, "amount")),
            total: text(self.session.header(FORM, "total")),
        }
    }

    /// Types a unit price into the row in the middle.
    pub fn type_price(&mut self, text: &str) -> Receipt {
        let change = self.cell(self.middle, "unit_value").and_then(|cell| self.session.typing(cell, text));
        self.act(change.into_iter().collect())
    }

    /// 1 000 lines of 10 cells as a spreadsheet copies them, none like what stands where they go.
    pub fn block(&self) -> String {
        let mut text = String::new();
        for (n, slot) in self.session.rows(self.table)[self.from()..].iter().take(PASTED_ROWS).enumerate() {
            let other = |field: &str, choices: [&'static str; 2]| {
                let stands = self.cell(*slot, field).and_then(|cell| self.session.typed(cell));
                if stands == Some(choices[0]) { choices[1] } else { choices[0] }
            };
            let (kind, mode) = (other("kind", ["服务器", "存储"]), other("service_mode", ["第三方", "备件"]));
            let (month, year, price) = (n % 12 + 1, 2005 + n % 6, 20_000 + n * 7);
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "{kind}\t粘贴设备{n}\t品牌{n}\t型号{n}\t{}\t{price}.{:02}\t{year}-{month:02}-27\t{}-{month:02}-28\t{mode}\t{}.75",
                n % 40 + 101,
                n % 100,
                year + 3,
                n % 4 + 1,
            );
        }
        text
    }

    /// Puts a block below and to the right of 类别 of the row in the middle; returns how many cells it changed.
    pub fn paste(&mut self, block: &str) -> usize {
        let lines = self.session.rows(self.table)[self.from()..].iter().zip(block.lines());
        let cells = lines
            .flat_map(|(slot, line)| line.split('\t').zip(COLUMNS).map(|(text, key)| (*slot, key, text)));
        let changes: Vec<Change> =
            cells.filter_map(|(slot, key, text)| self.session.typing(self.cell(slot, key)?, text)).collect();
        let count = changes.len();
        self.act(changes);
        count
    }

    /// Two people's edits of unit prices, an operation each.
    pub fn edits(&self) -> [Vec<Op>; 2] {
        let people = [("mine", 0, "11111.11"), ("theirs", EDITS - BOTH, "22222.22")];
        people.map(|(who, from, text)| {
            let rows = self.session.rows(self.table)[from..].iter().take(EDITS);
            let changes = rows.filter_map(|slot| self.session.typing(self.cell(*slot, "unit_value")?, text));
            let op = |(n, change)| Op { id: OpId::new(format!("{who}-{n}")), changes: vec![change] };
            changes.enumerate().map(op).collect()
        })
    }

    /// Applies operations one after another as they arrive; returns how many changes conflicted.
    pub fn merge(&mut self, ops: &[Op]) -> usize {
        ops.iter().map(|op| self.session.apply(op).conflicts.len()).sum()
    }

    /// Keeps what stands now as the later version.
    pub fn keep(&mut self) {
        self.later = self.session.document();
    }

    /// Cells and rows in which the version kept differs from what was opened.
    pub fn differing(&self) -> usize {
        Difference::between(&self.document, &self.later).count()
    }

    /// Takes the last act back.
    pub fn undo(&mut self) {
        let id = self.next_id();
        self.session.undo(id);
    }

    /// Position of the row in the middle.
    fn from(&self) -> usize {
        let rows = self.session.rows(self.table);
        rows.iter().position(|slot| *slot == self.middle).unwrap_or_default()
    }

    fn act(&mut self, changes: Vec<Change>) -> Receipt {
        let op = Op { id: self.next_id(), changes };
        let changed = self.session.act(op).changed;
        Receipt { cells: changed.evaluated_cells, rules: changed.evaluated_rules }
    }

    fn cell(&self, slot: Slot, field: &str) -> Option<Cell> {
        Some(Cell { table: self.table, slot, field: self.plan.field(self.table, field)? })
    }

    fn next_id(&mut self) -> OpId {
        self.acts += 1;
        OpId::new(format!("bench-{}", self.acts))
    }
}
