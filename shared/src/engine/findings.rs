//! 校验结果的取得: the findings of a session with their messages, made only when asked for.

use super::definition::TableKind;
use super::plan::{CompiledRule, MessagePart, Plan, Slot, TableIx};
use super::reading::{self, Faults};
use super::recompute::bits;
use super::session::{Cell, Session};
use crate::kernel::finding::{Finding, Place, Severity};
use crate::kernel::hash::sm3_hex;
use crate::kernel::ids::RowId;

/// Table of written justifications of warnings.
pub const JUSTIFICATIONS: &str = "justifications";
/// Its fields: the finding's key and the reason.
pub const JUSTIFIED_FINDING: &str = "finding";
pub const JUSTIFICATION: &str = "reason";

/// The row a finding's justification is kept in.
pub fn justification_row(finding: &Finding) -> RowId {
    let digest = sm3_hex(finding.key().as_bytes());
    RowId::new(format!("j{}", &digest[..24]))
}

fn in_order(mut found: Vec<Finding>) -> Vec<Finding> {
    found.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    found
}

impl Session {
    /// All findings in their lasting order.
    pub fn findings(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        for table in 0..self.plan.tables.len() {
            for slot in self.rows(table) {
                self.row_findings(table, *slot, &mut found);
            }
        }
        in_order(found)
    }

    /// Warnings that nobody has justified in writing yet.
    pub fn unjustified(&self) -> Vec<Finding> {
        let mut warnings = self.findings();
        warnings.retain(|f| f.severity == Severity::Warning && self.justification(f).is_none());
        warnings
    }

    /// The written reason for which a warning passes.
    pub fn justification(&self, finding: &Finding) -> Option<&str> {
        let cell = self.cell(JUSTIFICATIONS, justification_row(finding).as_str(), JUSTIFICATION)?;
        let faulty =
            self.store.tables[cell.table].faults[self.store.tables[cell.table].at(cell.slot, cell.field)];
        (faulty == 0).then(|| self.typed(cell)).flatten()
    }

    /// The worst severity marking a cell.
    pub fn mark(&self, cell: Cell) -> Option<Severity> {
        let rows = &self.store.tables[cell.table];
        let plan = &self.plan.tables[cell.table];
        let broken = rows.broken[cell.slot as usize] & plan.marking[cell.field];
        if rows.faults[rows.at(cell.slot, cell.field)] != 0 || broken & plan.error_rules != 0 {
            Some(Severity::Error)
        } else {
            (broken != 0).then_some(Severity::Warning)
        }
    }

    /// Whether an error is found in the row.
    pub fn row_is_broken(&self, table: TableIx, slot: Slot) -> bool {
        (0..self.plan.tables[table].width())
            .any(|field| self.mark(Cell { table, slot, field }) == Some(Severity::Error))
    }

    /// Findings anchored at one cell.
    pub fn cell_findings(&self, cell: Cell) -> Vec<Finding> {
        let mut found = Vec::new();
        self.row_findings(cell.table, cell.slot, &mut found);
        let plan = &self.plan.tables[cell.table];
        let key = &plan.field(cell.field).key;
        let own = (!plan.is_header()).then_some(plan.table.key.as_str());
        found.retain(|f| f.place.field.as_ref() == Some(key) && f.place.table.as_deref() == own);
        in_order(found)
    }

    /// Findings of a table as a whole (for a header, of its form as a whole), such as the sum of a column.
    pub fn table_findings(&self, table: TableIx) -> Vec<Finding> {
        let mut found = Vec::new();
        for header in (0..self.plan.tables.len()).filter(|t| self.plan.tables[*t].is_header()) {
            for slot in self.rows(header) {
                self.row_findings(header, *slot, &mut found);
            }
        }
        let whole =
            |f: &Finding| f.place.row.is_none() && (f.place.table.is_some() || f.place.field.is_none());
        found.retain(|f| whole(f) && self.place_table(&f.place) == Some(table));
        in_order(found)
    }

    fn row_findings(&self, table: TableIx, slot: Slot, found: &mut Vec<Finding>) {
        let rows = &self.store.tables[table];
        let plan = &*self.plan;
        for at in bits(rows.broken[slot as usize]) {
            found.push(self.rule_finding(plan, table, slot, &plan.tables[table].rules[at]));
        }
        for (field, definition) in plan.tables[table].table.fields.iter().enumerate() {
            for (fault, code) in Faults(rows.faults[rows.at(slot, field)]).codes() {
                found.push(Finding {
                    rule: code.to_string(),
                    severity: Severity::Error,
                    article: plan.tables[table].table.article,
                    place: self.cell_place(Cell { table, slot, field }),
                    about: None,
                    message: reading::message(definition, fault),
                });
            }
        }
    }

    fn rule_finding(&self, plan: &Plan, table: TableIx, slot: Slot, rule: &CompiledRule) -> Finding {
        let spot = self.spot(plan, table, slot);
        let mut message = String::new();
        for part in &rule.message {
            match part {
                MessagePart::Words(words) => message.push_str(words),
                MessagePart::Value(node) => {
                    let value = spot.eval(node);
                    let shown = value.plain();
                    message.push_str(&match value.number() {
                        Some(_) => crate::kernel::money::grouped(&shown),
                        // Empty marks around nothing would name nothing.
                        None if shown.is_empty() => "（未填）".to_string(),
                        None => shown.to_string(),
                    });
                }
            }
        }
        Finding {
            rule: rule.rule.code.clone(),
            severity: rule.rule.severity,
            article: rule.rule.article,
            place: plan.place(table, self.row_id(table, slot), &rule.rule.anchor),
            about: rule.rule.about.clone(),
            message,
        }
    }

    /// The place of a cell as findings name it.
    pub fn cell_place(&self, cell: Cell) -> Place {
        let key = self.plan.tables[cell.table].field(cell.field).key.clone();
        let row = self.row_id(cell.table, cell.slot);
        self.plan.place(cell.table, row, &super::definition::FindingAnchor::Field(key))
    }

    /// The cell a finding is anchored at, where it is anchored at one and its row still lives.
    pub fn place_cell(&self, place: &Place) -> Option<Cell> {
        let field = place.field.as_deref()?;
        match (&place.table, &place.row) {
            (None, _) => self.header(&place.form, field),
            (Some(table), Some(row)) => self.cell(table, row, field),
            (Some(_), None) => None,
        }
    }

    /// The table a finding belongs to: where a jump to it leads.
    pub fn place_table(&self, place: &Place) -> Option<TableIx> {
        self.plan.table(place.table.as_deref().unwrap_or(&place.form))
    }

    /// Required and filled fields of a table: `(filled, required)`.
    pub fn completeness(&self, table: TableIx) -> (u64, u64) {
        let plan = &self.plan.tables[table];
        if plan.table.kind == TableKind::Justifications {
            return (0, 0);
        }
        let rows = &self.store.tables[table];
        let mut counts = (0, 0);
        for (field, _) in plan.table.fields.iter().enumerate().filter(|(_, f)| f.required) {
            for slot in &rows.order {
                counts.1 += 1;
                counts.0 += u64::from(rows.faults[rows.at(*slot, field)] & Faults::EMPTY.0 == 0);
            }
        }
        counts
    }
}
