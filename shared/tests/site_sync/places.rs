//! The cells that stories type into. Few, so that both tablets and the desk meet.

use shared::engine::op::{CellAt, HEADER_ROW};
use shared::kernel::ids::RowId;

pub struct TypedPlace(&'static str, &'static str, &'static str);

pub const PLACES: [TypedPlace; 8] = [
    TypedPlace("site_visit", HEADER_ROW, "place"),
    TypedPlace("site_visit", HEADER_ROW, "overview"),
    TypedPlace("checklist", "c1", "result"),
    TypedPlace("checklist", "c1", "facts"),
    TypedPlace("checklist", "c2", "facts"),
    TypedPlace("checklist", "c3", "facts"),
    TypedPlace("assets", "a0", "reason"),
    TypedPlace("assets", "a1", "reason"),
];

impl TypedPlace {
    pub fn at(&self) -> CellAt {
        CellAt { table: self.0.into(), row: RowId::new(self.1), field: self.2.into() }
    }
}
