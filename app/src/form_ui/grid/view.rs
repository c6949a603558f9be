//! 排序与筛选: which rows are shown in which order. A view of the data, never a change of it.

use super::columns::Columns;
use super::values::{lower, shown};
use super::view_spec::{Direction, FILLED, ViewSpec};
use crate::form_ui::sheet::overlay::Overlay;
use rust_decimal::Decimal;
use shared::engine::plan::{Slot, TableIx};
use shared::engine::scalar::Scalar;
use shared::engine::session::{Cell, Session};
use shared::kernel::calendar::Date;
use shared::kernel::finding::Severity;
use std::cmp::Ordering;

const NOWHERE: u32 = u32::MAX;

pub struct View {
    table: TableIx,
    pub rows: Vec<Slot>,
    /// Place of each slot among `rows`.
    places: Vec<u32>,
    /// The number of each slot's row in the document, from 1, at the last arrangement, shown or not; 0 without a row.
    numbers: Vec<u32>,
}

impl View {
    pub fn new(session: &Session, table: TableIx) -> View {
        let mut view = View { table, rows: Vec::new(), places: Vec::new(), numbers: Vec::new() };
        view.arrange((session, &Overlay::default()), &Columns::default(), &ViewSpec::default());
        view
    }

    pub fn place(&self, slot: Slot) -> Option<usize> {
        self.places.get(slot as usize).filter(|place| **place != NOWHERE).map(|place| *place as usize)
    }

    /// 序号: the number of a row in the document, whatever the order it is shown in: remarks, problems and papers name
    /// rows by it.
    pub fn number(&self, slot: Slot) -> u32 {
        number(&self.numbers, slot)
    }

    /// Sorts and filters anew.
    pub fn arrange(&mut self, (session, overlay): (&Session, &Overlay), columns: &Columns, spec: &ViewSpec) {
        let mut rows = session.rows(self.table).to_vec();
        if spec.hides() {
            rows.retain(|slot| self.fits((session, overlay), columns, spec, *slot));
        }
        if let Some((column, direction)) = spec.sort {
            let key =
                |slot: Slot| Key::of(session, columns, Cell { table: self.table, slot, field: 0 }, column);
            sort(&mut rows, key, direction);
        }
        self.rows = rows;
        self.numbers = numbers(session.rows(self.table));
        self.index();
    }

    /// Follows rows that came, went or moved. Rows stay where they are; a new one is shown below the one it follows in
    /// the document, whether it fits the filter or not, because its author must see it.
    pub fn follow(&mut self, of: (&Session, &Overlay), columns: &Columns, spec: &ViewSpec) {
        if spec.is_plain() {
            return self.arrange(of, columns, spec);
        }
        let document = of.0.rows(self.table);
        let before = std::mem::replace(&mut self.numbers, numbers(document));
        self.rows.retain(|slot| number(&self.numbers, *slot) > 0);
        for (at, slot) in document.iter().enumerate() {
            if number(&before, *slot) > 0 {
                continue;
            }
            let above = at.checked_sub(1).map(|at| document[at]);
            let place = above.and_then(|above| self.rows.iter().position(|other| *other == above));
            self.rows.insert(place.map_or(self.rows.len(), |place| place + 1), *slot);
        }
        self.index();
    }

    fn index(&mut self) {
        let most = self.rows.iter().max().map_or(0, |slot| *slot as usize + 1);
        self.places.clear();
        self.places.resize(most, NOWHERE);
        for (place, slot) in self.rows.iter().enumerate() {
            self.places[*slot as usize] = place as u32;
        }
    }

    fn fits(
        &self,
        (session, overlay): (&Session, &Overlay),
        columns: &Columns,
        spec: &ViewSpec,
        slot: Slot,
    ) -> bool {
        let cell = Cell { table: self.table, slot, field: 0 };
        let contains = |(column, words): (&usize, &String)| match columns.text(session, cell, *column) {
            text if words == FILLED => !text.is_empty(),
            text => lower(&text).contains(words.as_str()),
        };
        (!spec.only_errors || faulty(session, overlay, self.table, slot)) && spec.filters.iter().all(contains)
    }
}

fn sort(rows: &mut [Slot], key: impl Fn(Slot) -> Key, direction: Direction) {
    let mut keyed: Vec<(Key, Slot)> = rows.iter().map(|slot| (key(*slot), *slot)).collect();
    let collator = Collator::new();
    // Empty cells stay below in either direction; equal ones keep the order of the document.
    keyed.sort_by(|(a, _), (b, _)| match (a, b) {
        (Key::Empty, Key::Empty) => Ordering::Equal,
        (Key::Empty, _) => Ordering::Greater,
        (_, Key::Empty) => Ordering::Less,
        _ if direction == Direction::Rising => a.compare(b, &collator),
        _ => b.compare(a, &collator),
    });
    rows.iter_mut().zip(keyed).for_each(|(row, (_, slot))| *row = slot);
}

/// Whether any cell of the row is marked as an error.
fn faulty(session: &Session, overlay: &Overlay, table: TableIx, slot: Slot) -> bool {
    let width = session.plan().tables[table].width();
    (0..width).any(|field| overlay.mark(session, Cell { table, slot, field }) == Some(Severity::Error))
}

fn numbers(rows: &[Slot]) -> Vec<u32> {
    let mut numbers = vec![0; rows.iter().max().map_or(0, |slot| *slot as usize + 1)];
    (1..).zip(rows).for_each(|(number, slot)| numbers[*slot as usize] = number);
    numbers
}

fn number(numbers: &[u32], slot: Slot) -> u32 {
    numbers.get(slot as usize).copied().unwrap_or(0)
}

/// What a cell is sorted by; numbers before dates before words.
enum Key {
    Number(Decimal),
    Date(Date),
    Words(js_sys::JsString),
    Empty,
}

impl Key {
    fn of(session: &Session, columns: &Columns, cell: Cell, column: usize) -> Key {
        let cell = Cell { field: columns.under(column), ..cell };
        if let Some(side_value) = columns.side_value(session, cell, column) {
            // Side columns show figures.
            return side_value.text.replace(',', "").parse().map_or(Key::Empty, Key::Number);
        }
        match session.value(cell) {
            Scalar::Number(number) => Key::Number(*number),
            Scalar::Date(date) => Key::Date(*date),
            _ => match shown(session, cell) {
                text if text.is_empty() => Key::Empty,
                text => Key::Words(js_sys::JsString::from(&*text)),
            },
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Key::Number(_) => 0,
            Key::Date(_) => 1,
            Key::Words(_) => 2,
            Key::Empty => 3,
        }
    }

    fn compare(&self, other: &Key, collator: &Collator) -> Ordering {
        match (self, other) {
            (Key::Number(a), Key::Number(b)) => a.cmp(b),
            (Key::Date(a), Key::Date(b)) => a.cmp(b),
            (Key::Words(a), Key::Words(b)) => collator.compare(a, b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

/// Words in the order of Chinese dictionaries (拼音), as the browser knows it.
struct Collator(js_sys::Function);

impl Collator {
    fn new() -> Collator {
        let locale = js_sys::Array::of1(&"zh-CN".into());
        Collator(js_sys::Intl::Collator::new(&locale, &js_sys::Object::new()).compare())
    }

    fn compare(&self, a: &js_sys::JsString, b: &js_sys::JsString) -> Ordering {
        let result = self.0.call2(&wasm_bindgen::JsValue::UNDEFINED, a, b);
        let order = result.ok().and_then(|order| order.as_f64()).unwrap_or(0.0);
        order.partial_cmp(&0.0).unwrap_or(Ordering::Equal)
    }
}
