//! 覆层: what lies over the document: marks of a review on cells, what may not be typed into, and what a judgement outside the
//! engine finds wrong. The sheet knows neither remarks nor returns nor judgements, only what they come to.

use shared::engine::op::Change;
use shared::engine::plan::TableIx;
use shared::engine::session::{Cell, Session};
use shared::kernel::finding::Severity;
use shared::kernel::refusal::Refusal;
use std::collections::HashMap;
use std::sync::Arc;

/// How a noted cell looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CellMark {
    /// All that was said is settled.
    Settled,
    /// Something waits for an answer or a decision.
    Open,
}

/// Says whether a change may be made to the document as it is.
pub type Gate = Arc<dyn Fn(&Session, &Change) -> Result<(), Refusal> + Send + Sync>;

#[derive(Clone, Default)]
pub struct Overlay {
    /// Cells something was said of.
    pub notes: Arc<HashMap<Cell, CellMark>>,
    /// The worst that a judgement outside the engine found at a cell.
    pub found: Arc<HashMap<Cell, Severity>>,
    /// `None` while everything may be changed that the document's stage allows.
    pub gate: Option<Gate>,
}

impl Overlay {
    pub fn allows(&self, session: &Session, change: &Change) -> Result<(), Refusal> {
        self.gate.as_ref().map_or(Ok(()), |gate| gate(session, change))
    }

    /// The worst finding at a cell, of the engine's rules or a judgement's.
    pub fn mark(&self, session: &Session, cell: Cell) -> Option<Severity> {
        session.mark(cell).into_iter().chain(self.found.get(&cell).copied()).min()
    }

    /// Errors of a table that only a judgement found.
    pub fn errors(&self, table: TableIx) -> usize {
        self.found.iter().filter(|(cell, found)| cell.table == table && **found == Severity::Error).count()
    }

    /// Whether a cell may be typed into.
    pub fn opens(&self, session: &Session, cell: Cell) -> bool {
        let typing = || Change::Set { at: session.cell_at(cell), from: None, to: None };
        self.gate.as_ref().is_none_or(|gate| gate(session, &typing()).is_ok())
    }
}
