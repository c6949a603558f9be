//! 重算: evaluates what an edit touches and what that touches in turn, each once, in the order they depend on
//! each other. Apart from `session` because this is the whole of incremental evaluation.

use super::dirty::{Changed, Pending, Touched};
use super::plan::{ComputeStep, Concerns, Dependent, FieldIx, Keeps, Plan, Slot, TableIx};
use super::reading::{self, Faults};
use super::session::Session;
use super::store::{Groups, Store};

impl Session {
    /// Kept out of line: tier-up recompiles the whole enclosing function, which blocked the main thread for 50 ms
    /// (decision 0030).
    #[inline(never)]
    pub(super) fn compute_all(&mut self) {
        let plan = self.plan.clone();
        for step in &plan.steps {
            match *step {
                ComputeStep::Index(index) => {
                    let table = plan.indexes[index].table;
                    for slot in self.store.tables[table].order.clone() {
                        let entry = self.spot(&plan, table, slot).entry(&plan.indexes[index]);
                        let id = self.store.tables[table].ids[slot as usize].clone();
                        self.store.indexes[index].put(&plan.indexes[index].keeps, slot, &id, entry);
                    }
                }
                ComputeStep::Formula(table, at) => {
                    let formula = &plan.tables[table].formulas[at];
                    for slot in self.store.tables[table].order.clone() {
                        let value = self.spot(&plan, table, slot).eval(&formula.node);
                        let rows = &mut self.store.tables[table];
                        let cell = rows.at(slot, formula.field);
                        rows.values[cell] = value;
                    }
                }
            }
        }
        for table in 0..plan.tables.len() {
            let all = all_bits(plan.tables[table].rules.len());
            for slot in self.store.tables[table].order.clone() {
                self.evaluate_rules(&plan, table, slot, all);
            }
        }
    }

    /// 全部校验: judges every field and every rule of every row anew. Says what changed by that, which is nothing as
    /// long as the session is right.
    pub fn validate(&mut self) -> Changed {
        let plan = self.plan.clone();
        let mut changed = Changed::default();
        for (table, here) in plan.tables.iter().enumerate() {
            let all = all_bits(here.rules.len());
            for at in 0..self.rows(table).len() {
                let slot = self.rows(table)[at];
                let fields = self.judge_fields(&plan, table, slot);
                if self.evaluate_rules(&plan, table, slot, all) || fields {
                    changed.touched.push(Touched { table, slot, fields: 0, judged: true });
                }
                changed.evaluated_rules += here.rules.len() as u64;
            }
        }
        changed
    }

    /// Judges the texts of a row; returns whether a fault came or went.
    fn judge_fields(&mut self, plan: &Plan, table: TableIx, slot: Slot) -> bool {
        let rows = &mut self.store.tables[table];
        let first = rows.at(slot, 0);
        let mut changed = false;
        for (field, definition) in plan.tables[table].table.fields.iter().enumerate() {
            if definition.formula.is_none() {
                let text = rows.texts[first + field].as_deref().unwrap_or("");
                let now = reading::faults(definition, text, &rows.values[first + field]);
                let before = Faults(std::mem::replace(&mut rows.faults[first + field], now.0));
                self.tallies[table].errors += i64::from(now.count()) - i64::from(before.count());
                changed |= now != before;
            }
        }
        changed
    }

    /// Evaluates the rules of `mask` on a row; returns whether a finding came or went.
    fn evaluate_rules(&mut self, plan: &Plan, table: TableIx, slot: Slot, mask: u64) -> bool {
        let mut now = self.store.tables[table].broken[slot as usize];
        let before = now;
        for at in bits(mask) {
            let broken = self.spot(plan, table, slot).holds(&plan.tables[table].rules[at].node);
            if broken {
                now |= 1 << at;
            } else {
                now &= !(1 << at);
            }
        }
        self.set_broken(plan, table, slot, before, now);
        now != before
    }

    pub(super) fn set_broken(&mut self, plan: &Plan, table: TableIx, slot: Slot, before: u64, now: u64) {
        self.store.tables[table].broken[slot as usize] = now;
        for at in bits(before ^ now) {
            let tally = &mut self.tallies[plan.tables[table].rules[at].counts_in];
            let step = if now & (1 << at) != 0 { 1 } else { -1 };
            if plan.tables[table].error_rules & (1 << at) != 0 {
                tally.errors += step;
            } else {
                tally.warnings += step;
            }
        }
    }

    /// Evaluates everything pending and whatever that touches in turn.
    pub(super) fn recompute(&mut self, mut pending: Pending) -> Changed {
        let plan = self.plan.clone();
        let (mut evaluated_cells, mut evaluated_rules) = (0, 0);
        for (place, step) in plan.steps.iter().enumerate() {
            let ComputeStep::Formula(table, at) = *step else { continue };
            let formula = &plan.tables[table].formulas[at];
            // What a formula touches waits at later steps only.
            for slot in pending.waiting(place) {
                if !self.store.tables[table].alive[slot as usize] {
                    continue;
                }
                evaluated_cells += 1;
                let value = self.spot(&plan, table, slot).eval(&formula.node);
                let rows = &mut self.store.tables[table];
                let cell = rows.at(slot, formula.field);
                if rows.values[cell] != value {
                    rows.values[cell] = value;
                    self.touch(&plan, table, slot, formula.field, &mut pending);
                }
            }
        }
        for (table, slot, rules) in pending.rules(&self.store) {
            if self.store.tables[table].alive[slot as usize] {
                evaluated_rules += u64::from(rules.count_ones());
                if self.evaluate_rules(&plan, table, slot, rules) {
                    pending.judged(&mut self.store, table, slot);
                }
            }
        }
        Changed { evaluated_cells, evaluated_rules, ..pending.finish(&mut self.store) }
    }

    /// A cell has a new value: queues all that reads it.
    pub(super) fn touch(
        &mut self,
        plan: &Plan,
        table: TableIx,
        slot: Slot,
        field: FieldIx,
        to: &mut Pending,
    ) {
        let here = &plan.tables[table];
        let readers = &here.readers[field];
        to.changed(&mut self.store, table, slot, field);
        for at in bits(readers.formulas) {
            to.evaluate(plan, &mut self.store, table, slot, at);
        }
        to.mark_rules(&mut self.store, table, slot, readers.rules);
        for index in &readers.indexes {
            self.reindex(plan, *index, slot, to);
        }
        for user in &here.header_users[field] {
            self.queue_all(plan, user.target, to);
        }
    }

    /// Queues a formula or a rule of every row.
    fn queue_all(&mut self, plan: &Plan, target: Dependent, to: &mut Pending) {
        let table = target_table(target);
        for at in 0..self.rows(table).len() {
            let slot = self.rows(table)[at];
            queue(plan, &mut self.store, target, slot, to);
        }
    }

    /// A row came, went or moved: queues all that reads any of it.
    pub(super) fn touch_row(&mut self, plan: &Plan, table: TableIx, slot: Slot, to: &mut Pending) {
        let here = &plan.tables[table];
        to.moved.insert(table);
        if self.store.tables[table].alive[slot as usize] {
            for at in 0..here.formulas.len() {
                to.evaluate(plan, &mut self.store, table, slot, at);
            }
            to.mark_rules(&mut self.store, table, slot, all_bits(here.rules.len()));
        }
        for index in &here.indexes {
            self.reindex(plan, *index, slot, to);
        }
    }

    /// Brings a row's contribution to an index up to date and queues who reads the groups concerned.
    fn reindex(&mut self, plan: &Plan, index: usize, slot: Slot, to: &mut Pending) {
        let table = plan.indexes[index].table;
        let alive = self.store.tables[table].alive[slot as usize];
        let new = if alive { self.spot(plan, table, slot).entry(&plan.indexes[index]) } else { None };
        let old = self.store.indexes[index].entry(slot).cloned();
        if old == new {
            return;
        }
        let keeps = &plan.indexes[index].keeps;
        let moved = old.as_ref().filter(|old| new.as_ref().is_none_or(|new| new.key != old.key));
        let both = [moved.map(|old| old.key.clone()), new.as_ref().map(|new| new.key.clone())];
        let keys = || both.iter().flatten();
        // Of rows in order, only who is first concerns others.
        let mut firsts: Vec<Slot> = Vec::new();
        let mut note_firsts = |groups: &Groups| {
            if *keeps == Keeps::Order {
                firsts.extend(keys().filter_map(|key| groups.first(key)));
            }
        };
        let id = self.store.tables[table].ids[slot as usize].clone();
        let groups = &mut self.store.indexes[index];
        note_firsts(groups);
        groups.put(keeps, slot, &id, new);
        note_firsts(groups);
        for user in &plan.indexes[index].users {
            let concerned: Vec<Slot> = match &user.concerns {
                _ if *keeps == Keeps::Order => firsts.iter().copied().chain([slot]).collect(),
                Concerns::Key(key) if !keys().any(|other| other == key) => continue,
                Concerns::Key(_) | Concerns::All => {
                    self.queue_all(plan, user.target, to);
                    continue;
                }
                Concerns::Rows(rows) => {
                    let groups = &self.store.indexes[*rows].groups;
                    let found = keys().filter_map(|key| groups.get(key));
                    found.flat_map(|group| group.rows.iter().copied()).collect()
                }
            };
            concerned.into_iter().for_each(|slot| queue(plan, &mut self.store, user.target, slot, to));
        }
    }
}

fn target_table(target: Dependent) -> TableIx {
    match target {
        Dependent::Formula(table, _) | Dependent::Rule(table, _) => table,
    }
}

fn queue(plan: &Plan, store: &mut Store, target: Dependent, slot: Slot, to: &mut Pending) {
    match target {
        Dependent::Formula(table, at) => to.evaluate(plan, store, table, slot, at),
        Dependent::Rule(table, at) => to.mark_rules(store, table, slot, 1 << at),
    }
}

fn all_bits(count: usize) -> u64 {
    if count == 64 { u64::MAX } else { (1 << count) - 1 }
}

/// Positions of the set bits, lowest first.
pub(super) fn bits(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        if mask == 0 {
            return None;
        }
        let at = mask.trailing_zeros() as usize;
        mask &= mask - 1;
        Some(at)
    })
}
