//! 计算过程 · 校验说明: the way from a computed number back to what was typed, and from a finding to
//! the values that broke its rule and the nearest one that passes.

use super::expr::Compare;
use super::findings::justification_row;
use super::order::walk;
use super::plan::{CompiledRule, Keeps, Node, Slot, TableIx};
use super::reading::{self, Faults};
use super::scalar::Scalar;
use super::session::{Cell, Session, computed_text};
use crate::kernel::finding::Finding;
use crate::kernel::ids::RowId;
use crate::kernel::money::grouped;
use rust_decimal::Decimal;

/// A number and where it comes from. Folding the parts by the formula gives the value exactly.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    pub label: String,
    /// As shown, with 千分位; empty when there is nothing.
    pub value: String,
    /// The formula in the words of the form, for computed values.
    pub formula: Option<String>,
    /// The cell it stands in, to jump to.
    pub cell: Option<Cell>,
    pub parts: Vec<Trace>,
}

/// Why a finding stands.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleExplanation {
    /// What the rule asks for.
    pub title: String,
    /// The values the rule looked at.
    pub values: Vec<Trace>,
    /// The nearest value of the anchored field that passes, as it would be typed.
    pub nearest: Option<String>,
}

/// Contributions to a sum that are listed one by one; the rest is given as one part.
const LISTED: usize = 12;

impl Session {
    /// Where a cell's value comes from.
    pub fn explain(&self, cell: Cell) -> Trace {
        let plan = &self.plan.tables[cell.table];
        let field = plan.field(cell.field);
        let mut trace = Trace {
            label: field.label.clone(),
            value: self.shown(cell),
            formula: None,
            cell: Some(cell),
            parts: Vec::new(),
        };
        if let Some(formula) = plan.formulas.iter().find(|f| f.field == cell.field) {
            trace.formula = Some(self.words(cell.table, &formula.node));
            trace.parts = self.leaves(cell.table, cell.slot, &formula.node);
        }
        trace
    }

    /// Why a finding of this session stands; `None` when it no longer does.
    pub fn why(&self, finding: &Finding) -> Option<RuleExplanation> {
        let plan = &*self.plan;
        for (table, table_plan) in plan.tables.iter().enumerate() {
            for rule in &table_plan.rules {
                let same = rule.rule.code == finding.rule && rule.rule.about == finding.about;
                if !same || rule.rule.severity != finding.severity {
                    continue;
                }
                let slot = match &finding.place.row {
                    Some(row) => self.slot(table, row),
                    None => self.rows(table).first().copied(),
                };
                let Some(slot) = slot else { continue };
                let here = plan.place(table, self.row_id(table, slot), &rule.rule.anchor) == finding.place;
                if here && self.spot(plan, table, slot).eval(&rule.node).holds() {
                    return Some(self.rule_reason(table, slot, rule));
                }
            }
        }
        self.place_cell(&finding.place).map(|cell| self.field_reason(cell, &finding.rule))
    }

    fn rule_reason(&self, table: TableIx, slot: Slot, rule: &CompiledRule) -> RuleExplanation {
        let nearest = rule.nearest.as_ref().map(|node| self.spot(&self.plan, table, slot).eval(node));
        let nearest = nearest.filter(|value| !value.is_empty()).map(|value| match (&value, rule.marks) {
            (Scalar::Number(_), Some(field)) => {
                let kind = &self.plan.tables[table].field(field).kind;
                computed_text(kind, &value)
            }
            _ => value.plain().to_string(),
        });
        RuleExplanation {
            title: rule.rule.title.clone(),
            values: self.leaves(table, slot, &rule.node),
            nearest,
        }
    }

    fn field_reason(&self, cell: Cell, code: &str) -> RuleExplanation {
        let field = self.plan.tables[cell.table].field(cell.field);
        let fault = Faults(u8::MAX).codes().find(|(_, c)| *c == code).map_or(Faults::FORMAT, |(f, _)| f);
        RuleExplanation {
            title: reading::message(field, fault),
            values: vec![self.explain(cell)],
            nearest: self.nearest_in_range(cell),
        }
    }

    /// The bound or the rounding nearest to a number out of range or too fine.
    fn nearest_in_range(&self, cell: Cell) -> Option<String> {
        use super::definition::FieldKind;
        let FieldKind::Number { measure, least, above, most } =
            &self.plan.tables[cell.table].field(cell.field).kind
        else {
            return None;
        };
        let value = self.value(cell).number()?;
        let step = Decimal::new(1, measure.decimals());
        let mut near = crate::kernel::money::half_up(value, measure.decimals());
        if let Some(least) = least {
            near = near.max(if *above { least + step } else { *least });
        }
        if let Some(most) = most {
            near = near.min(*most);
        }
        (near != value).then(|| near.normalize().to_string())
    }

    /// The row a justification of `finding` is or would be kept in.
    pub fn justification_row(&self, finding: &Finding) -> crate::kernel::ids::RowId {
        justification_row(finding)
    }

    fn shown(&self, cell: Cell) -> String {
        let text = match (&self.plan.tables[cell.table].field(cell.field).kind, self.typed(cell)) {
            (super::definition::FieldKind::RowOf { .. }, Some(id)) => self.row_label(cell, id),
            _ => self.text(cell),
        };
        match self.value(cell) {
            Scalar::Number(_) => grouped(&text),
            _ => text,
        }
    }

    /// What the row a reference cell names is called; what was typed where it names no row.
    pub fn row_label(&self, cell: Cell, id: &str) -> String {
        let super::definition::FieldKind::RowOf { table, label } =
            &self.plan.tables[cell.table].field(cell.field).kind
        else {
            return id.to_string();
        };
        let named = self.cell(table, id, label).and_then(|c| self.typed(c));
        let gone = || if RowId::is_made(id) { "（已删除）" } else { id };
        named.unwrap_or_else(gone).to_string()
    }

    /// The values a node reads, each once, in reading order.
    fn leaves(&self, table: TableIx, slot: Slot, node: &Node) -> Vec<Trace> {
        let mut nodes: Vec<Node> = Vec::new();
        collect_leaves(node, &mut nodes);
        nodes.iter().map(|leaf| self.leaf(table, slot, leaf)).collect()
    }

    fn leaf(&self, table: TableIx, slot: Slot, leaf: &Node) -> Trace {
        match leaf {
            Node::Field(field) => self.explain(Cell { table, slot, field: *field }),
            Node::Header(header, field) => match self.rows(*header).first() {
                Some(slot) => self.explain(Cell { table: *header, slot: *slot, field: *field }),
                None => self.plain_leaf(table, slot, leaf),
            },
            Node::Index(index, key) => self.sum_leaf(table, slot, *index, key, leaf),
            _ => self.plain_leaf(table, slot, leaf),
        }
    }

    fn plain_leaf(&self, table: TableIx, slot: Slot, leaf: &Node) -> Trace {
        let value = self.spot(&self.plan, table, slot).eval(leaf);
        let label = self.words(table, leaf);
        Trace { label, value: grouped(&value.plain()), formula: None, cell: None, parts: Vec::new() }
    }

    fn sum_leaf(&self, table: TableIx, slot: Slot, index: usize, key: &[Node], leaf: &Node) -> Trace {
        let mut trace = self.plain_leaf(table, slot, leaf);
        let plan = &self.plan.indexes[index];
        let Keeps::Sum(of) = &plan.keeps else { return trace };
        trace.value = self.spot(&self.plan, table, slot).eval(leaf).number().map_or(String::new(), money);
        let key = self.spot(&self.plan, table, slot).key(key);
        let groups = &self.store.indexes[index];
        let mut rows: Vec<(Decimal, Slot)> = self
            .rows(plan.table)
            .iter()
            .filter_map(|slot| Some((groups.entry(*slot)?, *slot)))
            .filter(|(entry, _)| entry.key == key && !entry.value.is_zero())
            .map(|(entry, slot)| (entry.value, slot))
            .collect();
        rows.sort_by(|(a, _), (b, _)| b.cmp(a));
        let cell_field = match of {
            Node::Field(field) => Some(*field),
            _ => None,
        };
        for (value, slot) in rows.iter().take(LISTED) {
            trace.parts.push(Trace {
                label: self.row_name(plan.table, *slot),
                value: money(*value),
                formula: None,
                cell: cell_field.map(|field| Cell { table: plan.table, slot: *slot, field }),
                parts: Vec::new(),
            });
        }
        if let Some(rest) = rows.get(LISTED..).filter(|rest| !rest.is_empty()) {
            let sum: Decimal = rest.iter().map(|(value, _)| *value).sum();
            trace.parts.push(Trace {
                label: format!("其余 {} 行", rest.len()),
                value: money(sum),
                formula: None,
                cell: None,
                parts: Vec::new(),
            });
        }
        trace
    }

    /// What a person calls a row: its name, or its number in the table.
    pub fn row_name(&self, table: TableIx, slot: Slot) -> String {
        let named = ["name", "spec"].iter().find_map(|key| {
            let field = self.plan.field(table, key)?;
            self.typed(Cell { table, slot, field }).filter(|text| !text.trim().is_empty())
        });
        let at = self.rows(table).iter().position(|s| *s == slot).map_or(0, |at| at + 1);
        match named {
            Some(name) => format!("第 {at} 行 {name}"),
            None => format!("第 {at} 行"),
        }
    }

    /// A node in the words of the form.
    fn words(&self, table: TableIx, node: &Node) -> String {
        let here = &self.plan.tables[table];
        let word = |node: &Node| self.words(table, node);
        let list = |nodes: &[Node], by: &str| nodes.iter().map(&word).collect::<Vec<_>>().join(by);
        match node {
            Node::Value(value) => value.plain().to_string(),
            Node::Parameter(label, _) => label.to_string(),
            Node::Field(field) => here.field(*field).label.clone(),
            Node::Header(header, field) => self.plan.tables[*header].field(*field).label.clone(),
            Node::RowId => "本行".to_string(),
            Node::Lookup(label, _, key) => format!("{label}（{}）", word(key)),
            Node::Index(index, _) => self.index_words(*index),
            Node::Add(parts) => list(parts, " ＋ "),
            Node::Mul(parts) => list(parts, " × "),
            Node::And(parts) => list(parts, " 且 "),
            Node::Or(parts) => format!("（{}）", list(parts, " 或 ")),
            Node::Sub(l, r) => format!("（{} − {}）", word(l), word(r)),
            Node::Div(l, r) => format!("{} ÷ {}", word(l), word(r)),
            Node::Max(l, r) => format!("{} 与 {} 的较大者", word(l), word(r)),
            Node::Round(of, scale) => format!("{}，四舍五入到 {scale} 位小数", word(of)),
            Node::Compare(op, l, r) => format!("{} {} {}", word(l), sign(*op), word(r)),
            Node::Not(of) => format!("不是（{}）", word(of)),
            Node::IsEmpty(of) => format!("{}为空", word(of)),
            Node::In(of, any) => format!("{}为{}", word(of), any.join("、")),
            Node::Contains(of, any) => format!("{}含有{}", word(of), any.join("、")),
            Node::Only(of, characters) => format!("{}只由 {characters} 组成", word(of)),
            Node::Length(of) => format!("{}的字数", word(of)),
            Node::AsNumber(of) => word(of),
            Node::Month(of) => format!("{}的月份", word(of)),
            Node::WholeYears(from, to) => format!("{}至{}的整年数", word(from), word(to)),
            Node::If(c, t, o) => {
                let otherwise = word(o);
                let tail =
                    if otherwise.is_empty() { String::new() } else { format!("，否则 {otherwise}") };
                format!("{}时 {}{tail}", word(c), word(t))
            }
        }
    }

    fn index_words(&self, index: usize) -> String {
        let index = &self.plan.indexes[index];
        let title = &self.plan.tables[index.table].table.title;
        match &index.keeps {
            Keeps::Sum(of) => format!("{title}的{}合计", self.words(index.table, of)),
            Keeps::Order => "前面已有相同的行".to_string(),
            Keeps::Count | Keeps::Rows => match &index.filter {
                Some(filter) => format!("{title}中{}的行数", self.words(index.table, filter)),
                None => format!("{title}的行数"),
            },
        }
    }
}

fn money(value: Decimal) -> String {
    grouped(&format!("{value:.2}"))
}

fn sign(op: Compare) -> &'static str {
    match op {
        Compare::Equal => "＝",
        Compare::NotEqual => "≠",
        Compare::Less => "＜",
        Compare::AtMost => "≤",
        Compare::More => "＞",
        Compare::AtLeast => "≥",
    }
}

/// Leaves worth showing: cells, parameters and questions to other rows, not the constants of a formula.
fn collect_leaves(node: &Node, into: &mut Vec<Node>) {
    let mut found = Vec::new();
    walk(node, &mut |n| {
        let leaf = matches!(
            n,
            Node::Field(_) | Node::Header(..) | Node::Lookup(..) | Node::Index(..) | Node::Parameter(..)
        );
        if leaf {
            found.push(n.clone());
        }
    });
    for leaf in found {
        if !into.contains(&leaf) {
            into.push(leaf);
        }
    }
}
