//! 计算次序: every formula and index after all it reads; formulas that depend on each other are an error.

use super::plan::*;
use std::collections::HashMap;

/// Every formula and index after all it reads.
pub fn order(tables: &[TablePlan], indexes: &[Index]) -> Result<Vec<ComputeStep>, PlanError> {
    let mut ordering = Ordering { tables, indexes, done: HashMap::new(), steps: Vec::new() };
    for (ix, table) in tables.iter().enumerate() {
        for at in 0..table.formulas.len() {
            ordering.visit(ComputeStep::Formula(ix, at))?;
        }
    }
    for index in 0..indexes.len() {
        ordering.visit(ComputeStep::Index(index))?;
    }
    Ok(ordering.steps)
}

struct Ordering<'a> {
    tables: &'a [TablePlan],
    indexes: &'a [Index],
    /// `false` while what the step needs is being visited.
    done: HashMap<ComputeStep, bool>,
    steps: Vec<ComputeStep>,
}

impl Ordering<'_> {
    fn visit(&mut self, step: ComputeStep) -> Result<(), PlanError> {
        match self.done.get(&step) {
            Some(true) => return Ok(()),
            Some(false) => return Err(PlanError::Cycle(self.name(step))),
            None => {}
        }
        self.done.insert(step, false);
        for needed in self.needs(step) {
            self.visit(needed)?;
        }
        self.done.insert(step, true);
        self.steps.push(step);
        Ok(())
    }

    fn needs(&self, step: ComputeStep) -> Vec<ComputeStep> {
        let formulas_of = |table: TableIx, reads: u64| {
            self.tables[table]
                .formulas
                .iter()
                .enumerate()
                .filter(move |(_, f)| reads & (1 << f.field) != 0)
                .map(move |(at, _)| ComputeStep::Formula(table, at))
        };
        match step {
            ComputeStep::Index(index) => {
                let index = &self.indexes[index];
                formulas_of(index.table, index.reads).collect()
            }
            ComputeStep::Formula(table, at) => {
                let formula = &self.tables[table].formulas[at];
                let mut needs: Vec<ComputeStep> = formulas_of(table, formula.reads).collect();
                walk(&formula.node, &mut |node| match node {
                    Node::Index(index, _) => needs.push(ComputeStep::Index(*index)),
                    Node::Header(header, field) => needs.extend(formulas_of(*header, 1 << field)),
                    _ => {}
                });
                needs
            }
        }
    }

    fn name(&self, step: ComputeStep) -> String {
        match step {
            ComputeStep::Formula(table, at) => {
                let plan = &self.tables[table];
                format!("{}.{}", plan.table.key, plan.table.fields[plan.formulas[at].field].key)
            }
            ComputeStep::Index(index) => self.tables[self.indexes[index].table].table.key.clone(),
        }
    }
}

/// Visits a node and everything below it.
pub fn walk(node: &Node, visit: &mut impl FnMut(&Node)) {
    visit(node);
    match node {
        Node::Value(_) | Node::Parameter(..) | Node::Field(_) | Node::Header(..) | Node::RowId => {}
        Node::Index(_, parts) | Node::Add(parts) | Node::Mul(parts) | Node::And(parts) | Node::Or(parts) => {
            parts.iter().for_each(|part| walk(part, visit));
        }
        Node::Lookup(_, _, of)
        | Node::Round(of, _)
        | Node::Not(of)
        | Node::IsEmpty(of)
        | Node::In(of, _)
        | Node::Contains(of, _)
        | Node::Only(of, _)
        | Node::Length(of)
        | Node::AsNumber(of)
        | Node::Month(of) => walk(of, visit),
        Node::Sub(l, r)
        | Node::Div(l, r)
        | Node::Max(l, r)
        | Node::Compare(_, l, r)
        | Node::WholeYears(l, r) => {
            walk(l, visit);
            walk(r, visit);
        }
        Node::If(c, t, o) => {
            walk(c, visit);
            walk(t, visit);
            walk(o, visit);
        }
    }
}
