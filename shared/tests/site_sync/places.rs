//! The cells that stories type into. Few, so that both tablets and the desk meet.

use shared::engine::op::{CellAt, HEADER_ROW};
use shared::kernel::ids::RowId;

pub struct Place(&'static str, &'static str, &'static str);

pub const PLACES: [Place; 8] = [
    Place("site_visit", HEADER_ROW, "place"),
    Place("site_visit", HEADER_ROW, "overview"),
    Place("checklist", "c1", "result"),
    Place("checklist", "c1", "facts"),
    Place("checklist", "c2", "facts"),
    Place("checklist", "c3", "facts"),
    Place("assets", "a0", "reason"),
    Place("assets", "a1", "reason"),
];

impl Place {
    pub fn at(&self) -> CellAt {
        CellAt { table: self.0.into(), row: RowId::new(self.1), field: self.2.into() }
    }
}
