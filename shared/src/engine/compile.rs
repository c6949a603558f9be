//! 编译: definition → plan. Resolves names, shares indexes, orders formulas and finds who reads what.

use super::definition::{Definition, FindingAnchor, Piece, Rule};
use super::eval::joined;
use super::expr::{Aggregate, Expr, What};
use super::order::{order, walk};
use super::parameters::Parameters;
use super::plan::*;
use super::scalar::Scalar;
use crate::kernel::calendar::FiscalYear;
use crate::kernel::finding::Severity;
use std::sync::Arc;

impl Plan {
    /// Compiles `definition` for one fiscal year with the parameters that hold for it.
    pub fn compile(
        definition: Definition,
        parameters: &Parameters,
        year: FiscalYear,
    ) -> Result<Plan, PlanError> {
        let mut compiler = Compiler::new(&definition, parameters, year)?;
        compiler.compile_formulas(&definition)?;
        compiler.compile_rules(&definition)?;
        compiler.find_users()?;
        let steps = order(&compiler.tables, &compiler.indexes)?;
        let Compiler { mut tables, indexes, .. } = compiler;
        for (rank, step) in steps.iter().enumerate() {
            if let ComputeStep::Formula(table, at) = step {
                tables[*table].formulas[*at].rank = rank as u32;
            }
        }
        for table in &mut tables {
            table.readers = (0..table.width()).map(|field| readers(table, &indexes, field)).collect();
        }
        let parameters = parameters.clone();
        Ok(Plan { definition, parameters, fiscal_year: year, tables, indexes, steps })
    }
}

struct Compiler<'a> {
    parameters: &'a Parameters,
    year: FiscalYear,
    tables: Vec<TablePlan>,
    indexes: Vec<Index>,
}

impl<'a> Compiler<'a> {
    fn new(definition: &Definition, parameters: &'a Parameters, year: FiscalYear) -> Result<Self, PlanError> {
        let mut tables = Vec::new();
        for (form_ix, form) in definition.forms.iter().enumerate() {
            for table in &form.tables {
                if table.fields.len() > 64 {
                    return Err(PlanError::TooWide(table.key.clone()));
                }
                let mut typed: Vec<FieldIx> =
                    (0..table.fields.len()).filter(|at| table.fields[*at].formula.is_none()).collect();
                typed.sort_by(|a, b| table.fields[*a].key.cmp(&table.fields[*b].key));
                tables.push(TablePlan {
                    typed,
                    form: form_ix,
                    key: Arc::from(table.key.as_str()),
                    field_keys: table.fields.iter().map(|field| Arc::from(field.key.as_str())).collect(),
                    by_key: table.fields.iter().enumerate().map(|(i, f)| (f.key.clone(), i)).collect(),
                    formulas: Vec::new(),
                    rules: Vec::new(),
                    error_rules: 0,
                    marking: vec![0; table.fields.len()],
                    indexes: Vec::new(),
                    readers: Vec::new(),
                    header_users: vec![Vec::new(); table.fields.len()],
                    table: table.clone(),
                });
            }
        }
        Ok(Compiler { parameters, year, tables, indexes: Vec::new() })
    }

    fn table(&self, key: &str) -> Result<TableIx, PlanError> {
        self.tables
            .iter()
            .position(|t| t.table.key == key)
            .ok_or_else(|| PlanError::UnknownTable(key.to_string()))
    }

    fn field(&self, table: TableIx, key: &str) -> Result<FieldIx, PlanError> {
        self.tables[table].by_key.get(key).copied().ok_or_else(|| PlanError::UnknownField {
            table: self.tables[table].table.key.clone(),
            field: key.to_string(),
        })
    }

    fn compile_formulas(&mut self, definition: &Definition) -> Result<(), PlanError> {
        for (_, table) in definition.tables() {
            let ix = self.table(&table.key)?;
            for (field, formula) in
                table.fields.iter().enumerate().filter_map(|(i, f)| Some((i, f.formula.as_ref()?)))
            {
                let node = self.node(ix, formula)?;
                let reads = row_reads(&node);
                self.tables[ix].formulas.push(Formula { field, node, reads, rank: 0 });
            }
        }
        Ok(())
    }

    fn compile_rules(&mut self, definition: &Definition) -> Result<(), PlanError> {
        let unique = definition.tables().flat_map(|(_, table)| {
            table.fields.iter().filter(|f| f.unique).map(move |field| uniqueness(table, field))
        });
        for rule in definition.rules.iter().cloned().chain(unique) {
            let table = self.table(&rule.table)?;
            let compiled = self.rule(table, rule)?;
            let plan = &mut self.tables[table];
            let at = plan.rules.len();
            if at == 64 {
                return Err(PlanError::TooWide(plan.table.key.clone()));
            }
            if let Some(field) = compiled.marks {
                plan.marking[field] |= 1 << at;
            }
            if compiled.rule.severity == Severity::Error {
                plan.error_rules |= 1 << at;
            }
            plan.rules.push(compiled);
        }
        Ok(())
    }

    fn rule(&mut self, table: TableIx, rule: Rule) -> Result<CompiledRule, PlanError> {
        let node = self.node(table, &rule.broken_when)?;
        let mut message = Vec::new();
        for piece in &rule.message {
            message.push(match piece {
                Piece::Words(words) => MessagePart::Words(words.clone()),
                Piece::Value(expr) => MessagePart::Value(self.node(table, expr)?),
            });
        }
        let nearest = rule.nearest.as_ref().map(|expr| self.node(table, expr)).transpose()?;
        let (marks, counts_in) = match &rule.anchor {
            FindingAnchor::Field(field) => (Some(self.field(table, field)?), table),
            FindingAnchor::Table { table: anchored, field } => {
                let anchored = self.table(anchored)?;
                if let Some(field) = field {
                    self.field(anchored, field)?;
                }
                (None, anchored)
            }
            FindingAnchor::Form => (None, table),
        };
        let reads = row_reads(&node);
        Ok(CompiledRule { rule, node, message, nearest, reads, marks, counts_in })
    }

    fn node(&mut self, table: TableIx, expr: &Expr) -> Result<Node, PlanError> {
        let boxed = |this: &mut Self, e: &Expr| Ok::<_, PlanError>(Box::new(this.node(table, e)?));
        Ok(match expr {
            Expr::Number(number) => Node::Value(Scalar::Number(*number)),
            Expr::Text(text) => Node::Value(Scalar::Text(Arc::from(text.as_str()))),
            Expr::Field(key) => Node::Field(self.field(table, key)?),
            Expr::Header { form, field } => {
                let header = self.table(form)?;
                Node::Header(header, self.field(header, field)?)
            }
            Expr::RowId => Node::RowId,
            Expr::Parameter(name) => {
                let number = self.parameters.numbers.get(name);
                let unknown = || PlanError::UnknownParameter(name.clone());
                Node::Parameter(Arc::from(self.parameters.label(name)), *number.ok_or_else(unknown)?)
            }
            Expr::Lookup { table: name, key } => {
                let unknown = || PlanError::UnknownParameter(name.clone());
                let numbers = self.parameters.tables.get(name).ok_or_else(unknown)?;
                let numbers = numbers.iter().map(|(key, n)| (Arc::from(key.as_str()), *n)).collect();
                let label = Arc::from(self.parameters.label(name));
                Node::Lookup(label, Arc::new(numbers), boxed(self, key)?)
            }
            Expr::YearStart => Node::Value(Scalar::Date(self.year.first_day())),
            Expr::YearEnd => Node::Value(Scalar::Date(self.year.last_day())),
            Expr::Aggregate(aggregate) => self.aggregate(table, aggregate)?,
            Expr::Add(parts) => Node::Add(self.nodes(table, parts)?),
            Expr::Mul(parts) => Node::Mul(self.nodes(table, parts)?),
            Expr::And(parts) => Node::And(self.nodes(table, parts)?),
            Expr::Or(parts) => Node::Or(self.nodes(table, parts)?),
            Expr::Sub(l, r) => Node::Sub(boxed(self, l)?, boxed(self, r)?),
            Expr::Div(l, r) => Node::Div(boxed(self, l)?, boxed(self, r)?),
            Expr::Max(l, r) => Node::Max(boxed(self, l)?, boxed(self, r)?),
            Expr::Round { of, scale } => Node::Round(boxed(self, of)?, *scale),
            Expr::Compare { op, left, right } => Node::Compare(*op, boxed(self, left)?, boxed(self, right)?),
            Expr::Not(of) => Node::Not(boxed(self, of)?),
            Expr::IsEmpty(of) => Node::IsEmpty(boxed(self, of)?),
            Expr::In { of, list } => Node::In(boxed(self, of)?, list.clone()),
            Expr::Contains { of, any } => Node::Contains(boxed(self, of)?, any.clone()),
            Expr::Only { of, characters } => Node::Only(boxed(self, of)?, characters.clone()),
            Expr::Length(of) => Node::Length(boxed(self, of)?),
            Expr::AsNumber(of) => Node::AsNumber(boxed(self, of)?),
            Expr::Month(of) => Node::Month(boxed(self, of)?),
            Expr::WholeYears { from, to } => Node::WholeYears(boxed(self, from)?, boxed(self, to)?),
            Expr::If { cond, then, otherwise } => {
                Node::If(boxed(self, cond)?, boxed(self, then)?, boxed(self, otherwise)?)
            }
        })
    }

    fn nodes(&mut self, table: TableIx, exprs: &[Expr]) -> Result<Vec<Node>, PlanError> {
        exprs.iter().map(|expr| self.node(table, expr)).collect()
    }

    fn aggregate(&mut self, table: TableIx, aggregate: &Aggregate) -> Result<Node, PlanError> {
        let asked = self.table(&aggregate.table)?;
        let filter = aggregate.filter.as_ref().map(|f| self.node(asked, f)).transpose()?;
        let keeps = match &aggregate.what {
            What::Count => Keeps::Count,
            What::Sum(of) => Keeps::Sum(self.node(asked, of)?),
            What::Later => Keeps::Order,
        };
        let mut theirs = Vec::new();
        let mut mine = Vec::new();
        for (their, my) in &aggregate.by {
            theirs.push(self.node(asked, their)?);
            mine.push(self.node(table, my)?);
        }
        let index =
            self.index(Index { table: asked, filter, key: theirs, keeps, reads: 0, users: Vec::new() })?;
        Ok(Node::Index(index, mine))
    }

    /// The position of this index, shared with an equal one.
    fn index(&mut self, mut index: Index) -> Result<usize, PlanError> {
        let value = match &index.keeps {
            Keeps::Sum(node) => Some(node),
            _ => None,
        };
        for node in index.key.iter().chain(&index.filter).chain(value) {
            let mut own = true;
            walk(node, &mut |n| own &= !matches!(n, Node::Index(..) | Node::Header(..)));
            if !own {
                return Err(PlanError::NestedAggregate(self.tables[index.table].table.key.clone()));
            }
            index.reads |= row_reads(node);
        }
        let same = |other: &Index| {
            (other.table, &other.filter, &other.key, &other.keeps)
                == (index.table, &index.filter, &index.key, &index.keeps)
        };
        if let Some(found) = self.indexes.iter().position(same) {
            return Ok(found);
        }
        self.tables[index.table].indexes.push(self.indexes.len());
        self.indexes.push(index);
        Ok(self.indexes.len() - 1)
    }

    /// Notes at every index and header field who reads it, and how to find the rows concerned.
    fn find_users(&mut self) -> Result<(), PlanError> {
        let mut readers: Vec<(Dependent, TableIx, Node)> = Vec::new();
        for (ix, table) in self.tables.iter().enumerate() {
            for (at, formula) in table.formulas.iter().enumerate() {
                readers.push((Dependent::Formula(ix, at), ix, formula.node.clone()));
            }
            for (at, rule) in table.rules.iter().enumerate() {
                readers.push((Dependent::Rule(ix, at), ix, rule.node.clone()));
            }
        }
        for (target, table, node) in readers {
            let mut indexed = Vec::new();
            let mut headers = Vec::new();
            walk(&node, &mut |n| match n {
                Node::Index(index, key) => indexed.push((*index, key.clone())),
                Node::Header(header, field) => headers.push((*header, *field)),
                _ => {}
            });
            for (header, field) in headers {
                self.tables[header].header_users[field].push(Reader { target, concerns: Concerns::All });
            }
            for (index, key) in indexed {
                let user = Reader { target, concerns: self.concerns(table, index, key)? };
                if !self.indexes[index].users.contains(&user) {
                    self.indexes[index].users.push(user);
                }
            }
        }
        Ok(())
    }

    fn concerns(&mut self, table: TableIx, index: usize, key: Vec<Node>) -> Result<Concerns, PlanError> {
        if self.indexes[index].keeps == Keeps::Order {
            return Ok(Concerns::Rows(index));
        }
        let constants: Option<Vec<Arc<str>>> = key.iter().map(constant).collect();
        if let Some(constants) = constants {
            return Ok(Concerns::Key(joined(&constants)));
        }
        if self.tables[table].is_header() {
            return Ok(Concerns::All);
        }
        let rows = Index { table, filter: None, key, keeps: Keeps::Rows, reads: 0, users: Vec::new() };
        self.index(rows).map(Concerns::Rows)
    }
}

fn constant(node: &Node) -> Option<Arc<str>> {
    match node {
        Node::Value(value) => Some(value.plain()),
        Node::Parameter(_, number) => Some(Scalar::Number(*number).plain()),
        _ => None,
    }
}

/// Who of a row reads one of its fields.
fn readers(table: &TablePlan, indexes: &[Index], field: FieldIx) -> Readers {
    let bit = 1u64 << field;
    let set = |reads: &mut dyn Iterator<Item = u64>| {
        reads.enumerate().filter(|(_, reads)| reads & bit != 0).fold(0, |set, (at, _)| set | 1 << at)
    };
    Readers {
        formulas: set(&mut table.formulas.iter().map(|formula| formula.reads)),
        rules: set(&mut table.rules.iter().map(|rule| rule.reads)),
        indexes: table.indexes.iter().copied().filter(|index| indexes[*index].reads & bit != 0).collect(),
    }
}

/// Fields of the same row a node reads, as a set.
fn row_reads(node: &Node) -> u64 {
    let mut reads = 0;
    walk(node, &mut |n| {
        if let Node::Field(field) = n {
            reads |= 1 << field;
        }
    });
    reads
}
