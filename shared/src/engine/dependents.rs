//! 牵连: which other cells an edit may call for. When a cell is edited, rules that read it, directly or through
//! computed cells, may break; the cells those rules point at are the ones to put right.

use super::definition::FindingAnchor;
use super::order::walk;
use super::plan::{CompiledRule, Dependent, FieldIx, Keeps, Node, Plan, TableIx};
use super::recompute::bits;
use crate::kernel::finding::Severity;
use std::collections::{BTreeMap, BTreeSet};

/// The rows of a table in which a cell is called for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowScope {
    /// The edited row alone.
    Own,
    /// Those in which the edit breaks a rule.
    Broken,
    /// All: what breaks is put right in any of them, as a sum is.
    All,
}

/// Typed cells by table, field and rows, each with the code of the rule that calls for it.
pub type Reach = BTreeMap<(TableIx, FieldIx, RowScope), String>;

/// The typed cells a computed one is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    /// In the same row, or in a header.
    pub fields: BTreeSet<(TableIx, FieldIx)>,
    /// Tables whose rows it sums or counts.
    pub tables: BTreeSet<TableIx>,
}

impl Plan {
    /// What a typed field, or a computed one, is made of. A typed field is its own only input.
    pub fn inputs(&self, table: TableIx, field: FieldIx) -> Inputs {
        let (mut inputs, mut seen) = (Inputs::default(), BTreeSet::new());
        let mut waiting = vec![(table, field)];
        while let Some((table, field)) = waiting.pop() {
            if !seen.insert((table, field)) {
                continue;
            }
            let Some(formula) = self.tables[table].formulas.iter().find(|f| f.field == field) else {
                inputs.fields.insert((table, field));
                continue;
            };
            waiting.extend(bits(formula.reads).map(|read| (table, read)));
            walk(&formula.node, &mut |node| match node {
                Node::Header(header, read) => waiting.push((*header, *read)),
                Node::Index(index, _) => {
                    inputs.tables.insert(self.indexes[*index].table);
                }
                _ => {}
            });
        }
        inputs
    }

    /// The typed cells that edits of a typed cell may call for, beside itself. Only errors call for anything: a
    /// warning passes with a written reason.
    pub fn dependents(&self, table: TableIx, field: FieldIx) -> Reach {
        let mut reach = Reach::new();
        let mut waiting = vec![(table, field, RowScope::Own)];
        while let Some(cell) = waiting.pop() {
            for (rule_table, rows, rule) in self.judged_by(cell) {
                for called in self.points_at(rule_table, rows, rule) {
                    let itself = (called.0, called.1) == (table, field) && called.2 == RowScope::Own;
                    if !itself && !reach.contains_key(&called) {
                        reach.insert(called, rule.rule.code.clone());
                        waiting.push(called);
                    }
                }
            }
        }
        reach
    }

    /// The rules of severity error that read a cell, directly or through what is computed from it.
    fn judged_by(&self, cell: (TableIx, FieldIx, RowScope)) -> Vec<(TableIx, RowScope, &CompiledRule)> {
        let (mut rules, mut seen) = (Vec::new(), BTreeSet::new());
        let mut waiting = vec![cell];
        while let Some((table, field, rows)) = waiting.pop() {
            if !seen.insert((table, field, rows)) {
                continue;
            }
            let plan = &self.tables[table];
            let reads = |mask: u64| mask & (1 << field) != 0;
            waiting.extend(plan.formulas.iter().filter(|f| reads(f.reads)).map(|f| (table, f.field, rows)));
            let own = plan.rules.iter().filter(|rule| reads(rule.reads));
            rules.extend(own.map(|rule| (table, rows, rule)));
            // A row that repeats an earlier one is put right in itself: the order of rows concerns no other.
            let indexes = plan.indexes.iter().map(|index| &self.indexes[*index]);
            let groups = indexes.filter(|index| reads(index.reads) && index.keeps != Keeps::Order);
            let headers = plan.header_users.get(field).into_iter().flatten();
            for user in groups.flat_map(|index| &index.users).chain(headers) {
                match user.target {
                    Dependent::Formula(at, n) => {
                        waiting.push((at, self.tables[at].formulas[n].field, RowScope::Broken))
                    }
                    Dependent::Rule(at, n) => rules.push((at, RowScope::Broken, &self.tables[at].rules[n])),
                }
            }
        }
        rules.retain(|(_, _, rule)| rule.rule.severity == Severity::Error);
        rules
    }

    /// The typed cells a finding of the rule is put right in.
    fn points_at(
        &self,
        table: TableIx,
        rows: RowScope,
        rule: &CompiledRule,
    ) -> Vec<(TableIx, FieldIx, RowScope)> {
        let anchor = match &rule.rule.anchor {
            FindingAnchor::Field(field) => self.field(table, field).map(|field| (table, field, rows)),
            FindingAnchor::Table { table, field: Some(field) } => {
                let at = self.table(table);
                at.and_then(|at| Some((at, self.field(at, field)?, RowScope::All)))
            }
            FindingAnchor::Table { field: None, .. } | FindingAnchor::Form => None,
        };
        let Some((table, field, rows)) = anchor else { return Vec::new() };
        let inputs = self.inputs(table, field).fields.into_iter();
        inputs.map(|(at, field)| (at, field, if at == table { rows } else { RowScope::All })).collect()
    }
}
