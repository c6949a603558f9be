//! 数据存放: the cells of a session, one flat pool per table, and the indexes over them.

use super::dirty::Dirty;
use super::plan::{FieldIx, Keeps, Plan, Slot};
use super::scalar::Scalar;
use rust_decimal::Decimal;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Rows of one table. A removed row keeps its slot, so that bringing it back finds it.
#[derive(Debug, Default)]
pub struct Rows {
    pub width: usize,
    pub ids: Vec<Arc<str>>,
    pub ranks: Vec<i64>,
    pub alive: Vec<bool>,
    pub by_id: HashMap<Arc<str>, Slot>,
    /// Living rows in document order.
    pub order: Vec<Slot>,
    /// Typed text, `slot × width + field`; `None` for empty and for computed cells.
    pub texts: Vec<Option<Arc<str>>>,
    pub values: Vec<Scalar>,
    /// Broken field rules per cell.
    pub faults: Vec<u8>,
    /// Broken rules per row, by position in the table's rules.
    pub broken: Vec<u64>,
    /// What is due per row while an operation is worked out.
    pub due: Vec<Dirty>,
}

impl Rows {
    pub fn new(width: usize) -> Rows {
        Rows { width, ..Rows::default() }
    }

    pub fn at(&self, slot: Slot, field: FieldIx) -> usize {
        slot as usize * self.width + field
    }

    pub fn value(&self, slot: Slot, field: FieldIx) -> &Scalar {
        &self.values[self.at(slot, field)]
    }

    pub fn text(&self, slot: Slot, field: FieldIx) -> Option<&Arc<str>> {
        self.texts[self.at(slot, field)].as_ref()
    }

    /// The living row of this id.
    pub fn find(&self, id: &str) -> Option<Slot> {
        self.by_id.get(id).copied().filter(|slot| self.alive[*slot as usize])
    }

    /// Room for so many more rows and no more: few are added by hand to what is opened.
    pub fn reserve(&mut self, rows: usize) {
        let cells = rows * self.width;
        self.ids.reserve_exact(rows);
        self.ranks.reserve_exact(rows);
        self.alive.reserve_exact(rows);
        self.by_id.reserve(rows);
        self.texts.reserve_exact(cells);
        self.values.reserve_exact(cells);
        self.faults.reserve_exact(cells);
        self.broken.reserve_exact(rows);
        self.due.reserve_exact(rows);
    }

    /// The slot for `id`, empty, alive and not yet in the order.
    pub fn claim(&mut self, id: &str, rank: i64) -> Slot {
        let slot = match self.by_id.get(id) {
            Some(slot) => *slot,
            None => {
                let id: Arc<str> = Arc::from(id);
                let slot = self.ids.len() as Slot;
                self.ids.push(id.clone());
                self.by_id.insert(id, slot);
                self.ranks.push(rank);
                self.alive.push(false);
                self.broken.push(0);
                self.due.push(Dirty::default());
                let cells = self.ids.len() * self.width;
                self.texts.resize(cells, None);
                self.values.resize(cells, Scalar::Empty);
                self.faults.resize(cells, 0);
                slot
            }
        };
        self.ranks[slot as usize] = rank;
        self.alive[slot as usize] = true;
        slot
    }

    pub fn release(&mut self, slot: Slot) {
        self.alive[slot as usize] = false;
        for field in 0..self.width {
            let at = self.at(slot, field);
            self.texts[at] = None;
            self.values[at] = Scalar::Empty;
            self.faults[at] = 0;
        }
        self.broken[slot as usize] = 0;
    }

    /// Puts the living rows back in the order of `(rank, id)`.
    pub fn sort(&mut self) {
        let mut living: Vec<Slot> = (0..self.ids.len() as Slot).filter(|s| self.alive[*s as usize]).collect();
        living.sort_by(|a, b| self.order_key(*a).cmp(&self.order_key(*b)));
        self.order = living;
    }

    fn order_key(&self, slot: Slot) -> (i64, &str) {
        (self.ranks[slot as usize], &self.ids[slot as usize])
    }
}

/// Rows that share a key.
#[derive(Debug, Default)]
pub struct Group {
    pub count: u32,
    pub sum: Decimal,
    pub rows: BTreeSet<Slot>,
    pub order: BTreeSet<(i64, Arc<str>, Slot)>,
}

/// What a row contributes to an index.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexEntry {
    pub key: Arc<str>,
    pub value: Decimal,
    pub rank: i64,
}

impl Group {
    /// Puts a row among those that are listed; most groups list none. Kept out of line: tier-up recompiles the whole
    /// enclosing function, which blocked the main thread for 50 ms (decision 0030).
    #[inline(never)]
    fn list(&mut self, keeps: &Keeps, slot: Slot, id: &Arc<str>, rank: i64) {
        match keeps {
            Keeps::Rows => drop(self.rows.insert(slot)),
            _ => drop(self.order.insert((rank, id.clone(), slot))),
        }
    }
}

#[derive(Debug, Default)]
pub struct Groups {
    pub groups: HashMap<Arc<str>, Group>,
    pub entries: Vec<Option<IndexEntry>>,
}

impl Groups {
    pub fn entry(&self, slot: Slot) -> Option<&IndexEntry> {
        self.entries.get(slot as usize)?.as_ref()
    }

    pub fn first(&self, key: &str) -> Option<Slot> {
        self.groups.get(key)?.order.first().map(|(_, _, slot)| *slot)
    }

    /// Replaces what a row contributes.
    pub fn put(&mut self, keeps: &Keeps, slot: Slot, id: &Arc<str>, entry: Option<IndexEntry>) {
        if self.entries.len() <= slot as usize {
            self.entries.resize(slot as usize + 1, None);
        }
        if let (Some(old), Some(new), Keeps::Sum(_)) = (&mut self.entries[slot as usize], &entry, keeps)
            && old.key == new.key
            && let Some(group) = self.groups.get_mut(&old.key)
        {
            // Most changes by far: another number of the same group.
            group.sum -= old.value;
            group.sum += new.value;
            (old.value, old.rank) = (new.value, new.rank);
            return;
        }
        if let Some(old) = self.entries[slot as usize].take() {
            self.leave(keeps, slot, id, &old);
        }
        if let Some(new) = &entry {
            let group = self.groups.entry(new.key.clone()).or_default();
            group.count += 1;
            match keeps {
                Keeps::Count => {}
                Keeps::Sum(_) => group.sum += new.value,
                Keeps::Rows | Keeps::Order => group.list(keeps, slot, id, new.rank),
            }
        }
        self.entries[slot as usize] = entry;
    }

    /// Takes a row out of its group; opening a document takes none out. Kept out of line: tier-up recompiles the whole
    /// enclosing function, which blocked the main thread for 50 ms (decision 0030).
    #[inline(never)]
    fn leave(&mut self, keeps: &Keeps, slot: Slot, id: &Arc<str>, old: &IndexEntry) {
        let Some(group) = self.groups.get_mut(&old.key) else { return };
        group.count -= 1;
        match keeps {
            Keeps::Count => {}
            Keeps::Sum(_) => group.sum -= old.value,
            Keeps::Rows => drop(group.rows.remove(&slot)),
            Keeps::Order => drop(group.order.remove(&(old.rank, id.clone(), slot))),
        }
        if group.count == 0 {
            self.groups.remove(&old.key);
        }
    }
}

/// All tables and indexes of a session.
#[derive(Debug)]
pub struct Store {
    pub tables: Vec<Rows>,
    pub indexes: Vec<Groups>,
}

impl Store {
    pub fn new(plan: &Plan) -> Store {
        Store {
            tables: plan.tables.iter().map(|t| Rows::new(t.width())).collect(),
            indexes: plan.indexes.iter().map(|_| Groups::default()).collect(),
        }
    }
}
