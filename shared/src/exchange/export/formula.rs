//! 公式: a formula of a form as a spreadsheet says it, with the same meaning: what is computed from something empty is
//! empty, a comparison with something empty does not hold, and rounding is half-up.

use super::layout::{Area, ID, Layout, PRESENT, id_of};
use crate::engine::definition::{FieldKind, TableKind};
use crate::engine::expr::{Aggregate, Compare, Expr, What};
use crate::kernel::calendar::FiscalYear;

/// Where a formula stands.
#[derive(Clone, Copy)]
pub struct FormulaPos<'l> {
    pub layout: &'l Layout<'l>,
    pub area: &'l Area<'l>,
    /// Row of the sheet, from 0; of no meaning for a header.
    pub row: u32,
    pub year: FiscalYear,
}

impl FormulaPos<'_> {
    /// The formula without its `=`; `None` where the spreadsheet has no words for it.
    pub fn say(self, expr: &Expr) -> Option<String> {
        match expr {
            Expr::Number(number) => Some(number.to_string()),
            Expr::Text(text) => Some(quoted(text)),
            Expr::Field(key) => self.field(key),
            Expr::Header { form, field } => self.layout.area(form)?.header_cell(field),
            Expr::RowId => self.area.cell(ID, self.row),
            Expr::YearStart => Some(format!("DATE({},1,1)", self.year.0)),
            Expr::YearEnd => Some(format!("DATE({},12,31)", self.year.0)),
            Expr::Aggregate(aggregate) => self.aggregate(aggregate),
            Expr::Add(_)
            | Expr::Sub(..)
            | Expr::Mul(_)
            | Expr::Div(..)
            | Expr::Max(..)
            | Expr::Round { .. } => self.arithmetic(expr),
            Expr::Compare { op, left, right } => self.compare(*op, left, right),
            Expr::And(parts) => self.joined("AND", parts),
            Expr::Or(parts) => self.joined("OR", parts),
            Expr::Not(of) => Some(format!("NOT({})", self.say(of)?)),
            Expr::IsEmpty(of) if self.is_text(of) => Some(format!("({}=\"\")", self.say(of)?)),
            Expr::IsEmpty(of) => Some(format!("NOT(ISNUMBER({}))", self.say(of)?)),
            Expr::Month(of) => {
                let date = self.say(of)?;
                Some(format!("IF(ISNUMBER({date}),MONTH({date}),\"\")"))
            }
            Expr::WholeYears { from, to } => {
                let (from, to) = (self.say(from)?, self.say(to)?);
                let early = format!("(MONTH({to})*100+DAY({to})<MONTH({from})*100+DAY({from}))");
                Some(format!("IF(COUNT({from},{to})=2,YEAR({to})-YEAR({from})-{early},\"\")"))
            }
            Expr::If { cond, then, otherwise } => {
                Some(format!("IF({},{},{})", self.say(cond)?, self.say(then)?, self.say(otherwise)?))
            }
            Expr::In { .. }
            | Expr::Contains { .. }
            | Expr::Only { .. }
            | Expr::Parameter(_)
            | Expr::Lookup { .. }
            | Expr::Length(_)
            | Expr::AsNumber(_) => None,
        }
    }

    fn field(self, key: &str) -> Option<String> {
        if self.area.table.kind == TableKind::Header {
            return self.area.header_cell(key);
        }
        self.area.cell(&meant(self.area, key), self.row)
    }

    fn joined(self, name: &str, parts: &[Expr]) -> Option<String> {
        let written: Option<Vec<String>> = parts.iter().map(|part| self.say(part)).collect();
        Some(format!("{name}({})", written?.join(",")))
    }

    /// Empty unless everything it is made of is a number, and no divisor is zero.
    fn arithmetic(self, expr: &Expr) -> Option<String> {
        let (mut parts, mut divisors) = (Vec::new(), Vec::new());
        let written = self.calculation(expr, &mut parts, &mut divisors)?;
        parts.sort();
        parts.dedup();
        let mut whole = written;
        for divisor in divisors {
            whole = format!("IF({divisor}=0,\"\",{whole})");
        }
        Some(match parts.len() {
            0 => whole,
            count => format!("IF(COUNT({})={count},{whole},\"\")", parts.join(",")),
        })
    }

    /// The calculation itself; `parts` are the operands that may not be numbers.
    fn calculation(self, expr: &Expr, parts: &mut Vec<String>, divisors: &mut Vec<String>) -> Option<String> {
        match expr {
            Expr::Number(_) | Expr::Aggregate(_) => self.say(expr),
            Expr::Add(of) => self.chain(of, "+", parts, divisors),
            Expr::Mul(of) => self.chain(of, "*", parts, divisors),
            Expr::Sub(left, right) => {
                let left = self.calculation(left, parts, divisors)?;
                Some(format!("({left}-{})", self.calculation(right, parts, divisors)?))
            }
            Expr::Div(left, right) => {
                let left = self.calculation(left, parts, divisors)?;
                let divisor = self.calculation(right, parts, divisors)?;
                if !matches!(**right, Expr::Number(_)) {
                    divisors.push(divisor.clone());
                }
                Some(format!("({left}/{divisor})"))
            }
            Expr::Max(left, right) => {
                let left = self.calculation(left, parts, divisors)?;
                Some(format!("MAX({left},{})", self.calculation(right, parts, divisors)?))
            }
            Expr::Round { of, scale } => {
                Some(format!("ROUND({},{scale})", self.calculation(of, parts, divisors)?))
            }
            _ => {
                let written = self.say(expr)?;
                parts.push(written.clone());
                Some(written)
            }
        }
    }

    fn chain(
        self,
        of: &[Expr],
        sign: &str,
        parts: &mut Vec<String>,
        divisors: &mut Vec<String>,
    ) -> Option<String> {
        let written: Option<Vec<String>> =
            of.iter().map(|part| self.calculation(part, parts, divisors)).collect();
        Some(format!("({})", written?.join(sign)))
    }

    fn compare(self, op: Compare, left: &Expr, right: &Expr) -> Option<String> {
        let sign = match op {
            Compare::Equal => "=",
            Compare::NotEqual => "<>",
            Compare::Less => "<",
            Compare::AtMost => "<=",
            Compare::More => ">",
            Compare::AtLeast => ">=",
        };
        let (l, r) = (self.say(left)?, self.say(right)?);
        if !self.is_text(left) && !self.is_text(right) {
            return Some(format!("AND(COUNT({l},{r})=2,{l}{sign}{r})"));
        }
        match (op, right) {
            (Compare::Equal, Expr::Text(text)) if !text.is_empty() => Some(format!("({l}={r})")),
            _ => Some(format!("AND({l}<>\"\",{r}<>\"\",{l}{sign}{r})")),
        }
    }

    fn is_text(self, expr: &Expr) -> bool {
        let kind = match expr {
            Expr::Text(_) | Expr::RowId => return true,
            Expr::Field(key) => self.area.table.fields.iter().find(|field| field.key == *key),
            Expr::Header { form, field } => self
                .layout
                .area(form)
                .and_then(|area| area.table.fields.iter().find(|other| other.key == *field)),
            _ => None,
        };
        kind.is_some_and(|field| {
            !matches!(field.kind, FieldKind::Number { .. } | FieldKind::Date | FieldKind::Flag)
        })
    }

    /// A question to all rows of a table. What is empty counts as nothing.
    fn aggregate(self, aggregate: &Aggregate) -> Option<String> {
        let asked = self.layout.area(&aggregate.table)?;
        let mut arrays = Vec::new();
        if let Some(filter) = &aggregate.filter {
            arrays.push(holds(asked, filter)?);
        }
        for (theirs, mine) in &aggregate.by {
            let Expr::Field(key) = theirs else { return None };
            arrays.push(format!("--EXACT({},{})", asked.range(&meant(asked, key))?, self.say(mine)?));
        }
        match &aggregate.what {
            What::Sum(Expr::Field(key)) if arrays.is_empty() => Some(format!("SUM({})", asked.range(key)?)),
            What::Sum(Expr::Field(key)) => {
                Some(format!("SUMPRODUCT({},{})", arrays.join(","), asked.range(key)?))
            }
            What::Count if arrays.is_empty() => Some(format!("SUM({})", asked.range(PRESENT)?)),
            What::Count => Some(format!("SUMPRODUCT({},{})", arrays.join(","), asked.range(PRESENT)?)),
            What::Sum(_) | What::Later => None,
        }
    }
}

/// Where a field's value stands for a formula: of a field that names a row, the row's id.
fn meant(area: &Area<'_>, key: &str) -> String {
    let id = id_of(key);
    if area.place(&id).is_some() { id } else { key.to_string() }
}

/// A condition over all rows of a table, as 1 and 0.
fn holds(area: &Area<'_>, filter: &Expr) -> Option<String> {
    let Expr::Compare { op: Compare::Equal, left, right } = filter else { return None };
    let (Expr::Field(key), Expr::Text(text)) = (&**left, &**right) else { return None };
    Some(format!("--EXACT({},{})", area.range(&meant(area, key))?, quoted(text)))
}

pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::om_request;

    fn written(table: &str, field: &str) -> String {
        let definition = om_request();
        let layout = Layout::of(&definition, |_| 2);
        let area = layout.area(table).unwrap();
        let formula = area.table.fields.iter().find(|f| f.key == field).unwrap().formula.as_ref().unwrap();
        FormulaPos { layout: &layout, area, row: 3, year: FiscalYear(2024) }.say(formula).unwrap()
    }

    #[test]
    fn a_formula_is_empty_where_what_it_is_made_of_is() {
        assert_eq!(written("hardware", "original_total"), "IF(COUNT(H4,I4)=2,ROUND((H4*I4),2),\"\")");
        assert_eq!(
            written("budget_request", "growth"),
            "IF(COUNT('基本情况'!$C$17,'基本情况'!$C$8)=2,IF('基本情况'!$C$8=0,\"\",\
             ROUND(((('基本情况'!$C$17-'基本情况'!$C$8)*100)/'基本情况'!$C$8),2)),\"\")"
        );
    }

    #[test]
    fn sums_ask_all_rows_and_the_spare_ones() {
        assert_eq!(written("budget_request", "subtotal_hardware"), "SUM('硬件设备运维费'!$Q$4:$Q$10)");
        let shared = written("budget_request", "shared");
        assert!(shared.contains("SUMPRODUCT(--EXACT('其他运维费'!$K$4:$K$10,\"\"),"), "{shared}");
        assert!(
            written("performance_targets", "weight_cost").contains("--EXACT('绩效指标'!$C$4:$C$10,\"成本\")")
        );
    }

    #[test]
    fn every_formula_of_the_request_has_words() {
        let definition = om_request();
        let layout = Layout::of(&definition, |_| 1);
        let mut formulas = 0;
        for area in &layout.areas {
            let spot = FormulaPos { layout: &layout, area, row: 3, year: FiscalYear(2024) };
            for field in &area.table.fields {
                if let Some(formula) = &field.formula {
                    assert!(spot.say(formula).is_some(), "{}.{}", area.table.key, field.key);
                    formulas += 1;
                }
            }
        }
        assert!(formulas > 20);
    }
}
