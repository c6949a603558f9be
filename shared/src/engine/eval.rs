//! 求值: the value of a compiled expression for one row.

use super::expr::Compare;
use super::plan::{Index, Keeps, Node, Plan, Slot, TableIx};
use super::reading::as_number;
use super::scalar::Scalar;
use super::store::{IndexEntry, Store};
use crate::kernel::money::half_up;
use rust_decimal::Decimal;
use std::sync::Arc;

/// Where an expression is evaluated.
#[derive(Clone, Copy)]
pub struct EvalScope<'a> {
    pub plan: &'a Plan,
    pub store: &'a Store,
    pub table: TableIx,
    pub slot: Slot,
}

impl EvalScope<'_> {
    pub fn eval(self, node: &Node) -> Scalar {
        match node {
            Node::Value(value) => value.clone(),
            Node::Parameter(_, number) => Scalar::Number(*number),
            Node::Field(field) => self.store.tables[self.table].value(self.slot, *field).clone(),
            Node::Header(table, field) => match self.store.tables[*table].order.first() {
                Some(slot) => self.store.tables[*table].value(*slot, *field).clone(),
                None => Scalar::Empty,
            },
            Node::Add(parts) => self.fold(parts, Decimal::checked_add),
            Node::Mul(parts) => self.fold(parts, Decimal::checked_mul),
            Node::Sub(l, r) => self.pair(l, r, Decimal::checked_sub),
            Node::Div(l, r) => self.pair(l, r, divided),
            Node::Max(l, r) => self.pair(l, r, |l, r| Some(l.max(r))),
            Node::Round(of, scale) => self.number(of).map(|n| half_up(n, *scale)).into(),
            Node::Compare(..) | Node::And(_) | Node::Or(_) | Node::Not(_) | Node::IsEmpty(_) => {
                Scalar::Flag(self.holds(node))
            }
            Node::If(cond, then, otherwise) => {
                if self.holds(cond) {
                    self.eval(then)
                } else {
                    self.eval(otherwise)
                }
            }
            seldom => self.eval_seldom(seldom),
        }
    }

    /// The nodes few formulas use. Kept out of line: tier-up recompiles the whole enclosing function, which
    /// blocked the main thread for 50 ms (decision 0030).
    #[inline(never)]
    fn eval_seldom(self, node: &Node) -> Scalar {
        match node {
            Node::RowId => Scalar::Text(self.store.tables[self.table].ids[self.slot as usize].clone()),
            Node::Lookup(_, numbers, key) => numbers.get(&*self.eval(key).plain()).copied().into(),
            Node::Index(index, key) => self.index(*index, key),
            Node::In(of, list) => Scalar::Flag(self.on_text(of, |text| list.iter().any(|l| l == text))),
            Node::Contains(of, any) => {
                Scalar::Flag(self.on_text(of, |text| any.iter().any(|a| text.contains(a.as_str()))))
            }
            Node::Only(of, characters) => {
                Scalar::Flag(self.on_text(of, |text| text.chars().all(|c| characters.contains(c))))
            }
            Node::Length(of) => Scalar::Number(Decimal::from(self.eval(of).plain().trim().chars().count())),
            Node::AsNumber(of) => match self.eval(of) {
                Scalar::Text(text) => as_number(&text).into(),
                Scalar::Number(number) => Scalar::Number(number),
                _ => Scalar::Empty,
            },
            Node::Month(of) => self.eval(of).date().map(|d| Decimal::from(d.month())).into(),
            Node::WholeYears(from, to) => match (self.eval(from).date(), self.eval(to).date()) {
                (Some(from), Some(to)) => Scalar::Number(Decimal::from(from.whole_years_until(to))),
                _ => Scalar::Empty,
            },
            Node::Value(_)
            | Node::Parameter(..)
            | Node::Field(_)
            | Node::Header(..)
            | Node::Add(_)
            | Node::Mul(_)
            | Node::Sub(..)
            | Node::Div(..)
            | Node::Max(..)
            | Node::Round(..)
            | Node::Compare(..)
            | Node::And(_)
            | Node::Or(_)
            | Node::Not(_)
            | Node::IsEmpty(_)
            | Node::If(..) => self.eval(node),
        }
    }

    /// Whether a condition certainly holds: what rules are made of, without a value for each part.
    pub fn holds(self, node: &Node) -> bool {
        match node {
            Node::And(parts) => parts.iter().all(|part| self.holds(part)),
            Node::Or(parts) => parts.iter().any(|part| self.holds(part)),
            Node::Not(of) => !self.holds(of),
            Node::IsEmpty(of) => match &**of {
                Node::Field(field) => self.store.tables[self.table].value(self.slot, *field).is_empty(),
                of => self.eval(of).is_empty(),
            },
            Node::Compare(op, l, r) => compare(*op, &self.eval(l), &self.eval(r)),
            other => self.eval(other).holds(),
        }
    }

    /// The number a part of a formula is.
    fn number(self, node: &Node) -> Option<Decimal> {
        match node {
            Node::Field(field) => self.store.tables[self.table].value(self.slot, *field).number(),
            other => self.eval(other).number(),
        }
    }

    fn fold(self, parts: &[Node], join: fn(Decimal, Decimal) -> Option<Decimal>) -> Scalar {
        let mut total: Option<Decimal> = None;
        for part in parts {
            let Some(number) = self.number(part) else { return Scalar::Empty };
            total = match total {
                None => Some(number),
                Some(so_far) => match join(so_far, number) {
                    None => return Scalar::Empty,
                    joined => joined,
                },
            };
        }
        total.into()
    }

    fn pair(self, l: &Node, r: &Node, join: fn(Decimal, Decimal) -> Option<Decimal>) -> Scalar {
        match (self.number(l), self.number(r)) {
            (Some(l), Some(r)) => join(l, r).into(),
            _ => Scalar::Empty,
        }
    }

    fn on_text(self, of: &Node, test: impl Fn(&str) -> bool) -> bool {
        match self.eval(of) {
            Scalar::Text(text) => test(&text),
            _ => false,
        }
    }

    fn index(self, index: usize, key: &[Node]) -> Scalar {
        let groups = &self.store.indexes[index];
        match &self.plan.indexes[index].keeps {
            Keeps::Order => match groups.entry(self.slot) {
                Some(entry) => Scalar::Flag(groups.first(&entry.key) != Some(self.slot)),
                None => Scalar::Flag(false),
            },
            keeps => {
                let group = groups.groups.get(&self.key(key));
                Scalar::Number(match keeps {
                    Keeps::Sum(_) => group.map_or(Decimal::ZERO, |g| g.sum),
                    _ => Decimal::from(group.map_or(0, |g| g.count)),
                })
            }
        }
    }

    pub fn key(self, parts: &[Node]) -> Arc<str> {
        match parts {
            [one] => self.eval(one).plain(),
            parts => joined(&parts.iter().map(|part| self.eval(part).plain()).collect::<Vec<_>>()),
        }
    }

    /// What this row contributes to an index over its table, `None` where the index leaves it out.
    pub fn entry(self, index: &Index) -> Option<IndexEntry> {
        if index.filter.as_ref().is_some_and(|filter| !self.holds(filter)) {
            return None;
        }
        let value = match &index.keeps {
            Keeps::Sum(of) => self.number(of).unwrap_or(Decimal::ZERO),
            _ => Decimal::ZERO,
        };
        let rank = self.store.tables[self.table].ranks[self.slot as usize];
        Some(IndexEntry { key: self.key(&index.key), value, rank })
    }
}

/// `l ÷ r`, `None` by zero. By 100 it is the point that moves, exactly, without a division.
fn divided(l: Decimal, r: Decimal) -> Option<Decimal> {
    const FINEST: u32 = 28;
    let mut moved = l;
    match r == Decimal::ONE_HUNDRED && l.scale() + 2 <= FINEST && moved.set_scale(l.scale() + 2).is_ok() {
        true => Some(moved),
        false => quotient(l, r),
    }
}

/// The division itself. Kept out of line: tier-up recompiles the whole enclosing function, which blocked the main
/// thread for 50 ms (decision 0030).
#[inline(never)]
fn quotient(l: Decimal, r: Decimal) -> Option<Decimal> {
    l.checked_div(r)
}

/// A key of several parts, between them a character nobody can type.
pub fn joined(parts: &[Arc<str>]) -> Arc<str> {
    match parts {
        [one] => one.clone(),
        parts => Arc::from(parts.iter().flat_map(|part| [part, "\u{1f}"]).collect::<String>()),
    }
}

fn compare(op: Compare, left: &Scalar, right: &Scalar) -> bool {
    use std::cmp::Ordering;
    let order = match (left, right) {
        (Scalar::Number(l), Scalar::Number(r)) => l.cmp(r),
        (Scalar::Date(l), Scalar::Date(r)) => l.cmp(r),
        (Scalar::Text(l), Scalar::Text(r)) => l.cmp(r),
        (Scalar::Flag(l), Scalar::Flag(r)) => l.cmp(r),
        _ => return false,
    };
    match op {
        Compare::Equal => order == Ordering::Equal,
        Compare::NotEqual => order != Ordering::Equal,
        Compare::Less => order == Ordering::Less,
        Compare::AtMost => order != Ordering::Greater,
        Compare::More => order == Ordering::Greater,
        Compare::AtLeast => order != Ordering::Less,
    }
}
