//! 编译后的表单: a definition with names resolved to positions, formulas in the order they depend on each
//! other, and, for every field, what an edit of it touches. Made once; a cycle or an unknown name is an error.

use super::definition::{Definition, Field, FindingAnchor, Rule, Table, TableKind};
use super::expr::Compare;
use super::parameters::Parameters;
use super::scalar::Scalar;
use crate::kernel::calendar::FiscalYear;
use crate::kernel::finding::{Place, Severity};
use rust_decimal::Decimal;
use std::collections::HashMap;
use std::sync::Arc;

/// Position of a table among all tables of the definition.
pub type TableIx = usize;
/// Position of a field in its table.
pub type FieldIx = usize;
/// Position of a row in the session's storage; stays the row's for as long as the session lives.
pub type Slot = u32;

/// What is wrong with a definition; told to its author, never to a user.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error("unknown table `{0}`")]
    UnknownTable(String),
    #[error("unknown field `{table}.{field}`")]
    UnknownField { table: String, field: String },
    #[error("unknown parameter `{0}`")]
    UnknownParameter(String),
    #[error("formulas depend on each other: {0}")]
    Cycle(String),
    #[error("`{0}`: the rows an aggregate asks may be judged by their own fields only")]
    NestedAggregate(String),
    #[error("`{0}`: more than 64 fields or rules in one table")]
    TooWide(String),
}

/// An [`Expr`] with its names resolved.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    Value(Scalar),
    /// A number of the parameters, with what it is called.
    Parameter(Arc<str>, Decimal),
    Field(FieldIx),
    Header(TableIx, FieldIx),
    RowId,
    Lookup(Arc<str>, Arc<HashMap<Arc<str>, Decimal>>, Box<Node>),
    /// Count, sum or "an earlier one exists" of the index for the key made of these parts.
    Index(usize, Vec<Node>),
    Add(Vec<Node>),
    Sub(Box<Node>, Box<Node>),
    Mul(Vec<Node>),
    Div(Box<Node>, Box<Node>),
    Max(Box<Node>, Box<Node>),
    Round(Box<Node>, u32),
    Compare(Compare, Box<Node>, Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    IsEmpty(Box<Node>),
    In(Box<Node>, Vec<String>),
    Contains(Box<Node>, Vec<String>),
    Only(Box<Node>, String),
    Length(Box<Node>),
    AsNumber(Box<Node>),
    Month(Box<Node>),
    WholeYears(Box<Node>, Box<Node>),
    If(Box<Node>, Box<Node>, Box<Node>),
}

/// What an index keeps per key.
#[derive(Clone, Debug, PartialEq)]
pub enum Keeps {
    Count,
    Sum(Node),
    /// The rows in document order: who is first.
    Order,
    /// The rows themselves: whom a change of another index concerns.
    Rows,
}

/// Rows of a table grouped by key, maintained by difference.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    pub table: TableIx,
    pub filter: Option<Node>,
    pub key: Vec<Node>,
    pub keeps: Keeps,
    /// Fields of the table that decide a row's key, membership or value.
    pub reads: u64,
    pub users: Vec<Reader>,
}

/// Something computed that reads an index or a header field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    pub target: Dependent,
    pub concerns: Concerns,
}

/// Which rows of the reader's table a changed group concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Concerns {
    /// Every row, whatever the key.
    All,
    /// Every row, when the key is this one.
    Key(Arc<str>),
    /// The rows this index finds by the same key.
    Rows(usize),
}

/// A formula or a rule, by its table and position there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dependent {
    Formula(TableIx, usize),
    Rule(TableIx, usize),
}

#[derive(Clone, Debug)]
pub struct Formula {
    pub field: FieldIx,
    pub node: Node,
    /// Fields of the same row it reads.
    pub reads: u64,
    /// Place in the order of evaluation over all tables.
    pub rank: u32,
}

#[derive(Clone, Debug)]
pub struct CompiledRule {
    pub rule: Rule,
    pub node: Node,
    pub message: Vec<MessagePart>,
    pub nearest: Option<Node>,
    pub reads: u64,
    /// The field of the same row its finding marks.
    pub marks: Option<FieldIx>,
    /// The table its finding is counted in.
    pub counts_in: TableIx,
}

#[derive(Clone, Debug)]
pub enum MessagePart {
    Words(String),
    Value(Node),
}

/// Formulas and rules of a table, as sets of positions, and indexes over it that read one of its fields.
#[derive(Clone, Debug, Default)]
pub struct Readers {
    pub formulas: u64,
    pub rules: u64,
    pub indexes: Vec<usize>,
}

/// One table, ready to run.
#[derive(Clone, Debug)]
pub struct TablePlan {
    pub form: usize,
    pub table: Table,
    /// The table's and its fields' keys as operations name them.
    pub key: Arc<str>,
    pub field_keys: Vec<Arc<str>>,
    pub by_key: HashMap<String, FieldIx>,
    /// Fields that are typed into, in the order of their keys: as a row's cells are stored.
    pub typed: Vec<FieldIx>,
    pub formulas: Vec<Formula>,
    pub rules: Vec<CompiledRule>,
    /// Rules of severity error, as a set of positions.
    pub error_rules: u64,
    /// Per field, the rules whose findings mark it.
    pub marking: Vec<u64>,
    /// Indexes over this table.
    pub indexes: Vec<usize>,
    /// Per field, who of the same row reads it.
    pub readers: Vec<Readers>,
    /// For a header: per field, who reads it from elsewhere.
    pub header_users: Vec<Vec<Reader>>,
}

/// A step of a full computation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ComputeStep {
    Formula(TableIx, usize),
    Index(usize),
}

/// A definition compiled for one fiscal year under one edition.
#[derive(Clone, Debug)]
pub struct Plan {
    pub definition: Definition,
    pub parameters: Parameters,
    pub fiscal_year: FiscalYear,
    pub tables: Vec<TablePlan>,
    pub indexes: Vec<Index>,
    /// Every formula and index, each after what it reads.
    pub steps: Vec<ComputeStep>,
}

impl Plan {
    pub fn table(&self, key: &str) -> Option<TableIx> {
        self.tables.iter().position(|t| t.table.key == key)
    }

    pub fn field(&self, table: TableIx, key: &str) -> Option<FieldIx> {
        self.tables.get(table)?.by_key.get(key).copied()
    }

    /// A header field's table and position.
    pub fn header(&self, form: &str, field: &str) -> Option<(TableIx, FieldIx)> {
        let table = self.table(form)?;
        Some((table, self.field(table, field)?))
    }

    /// The place of a finding on a row of `table`.
    pub fn place(&self, table: TableIx, row: &str, anchor: &FindingAnchor) -> Place {
        let plan = &self.tables[table];
        let form = self.definition.forms[plan.form].key.clone();
        let lines = (plan.table.kind != TableKind::Header).then(|| plan.table.key.clone());
        match anchor {
            FindingAnchor::Field(field) => {
                let row = lines.is_some().then(|| row.to_string());
                Place { form, table: lines, row, field: Some(field.clone()) }
            }
            FindingAnchor::Table { table, field } => {
                Place { form, table: Some(table.clone()), row: None, field: field.clone() }
            }
            FindingAnchor::Form => Place { form, table: None, row: None, field: None },
        }
    }
}

impl TablePlan {
    pub fn width(&self) -> usize {
        self.table.fields.len()
    }

    pub fn field(&self, field: FieldIx) -> &Field {
        &self.table.fields[field]
    }

    /// The field of a key, which in an act of this session is the plan's own text.
    pub fn field_at(&self, key: &Arc<str>) -> Option<FieldIx> {
        let own = self.field_keys.iter().position(|own| Arc::ptr_eq(own, key));
        own.or_else(|| self.by_key.get(&**key).copied())
    }

    pub fn is_header(&self) -> bool {
        self.table.kind == TableKind::Header
    }
}

/// The rule behind `unique` fields.
pub fn uniqueness(table: &Table, field: &Field) -> Rule {
    Rule::new("F-06", Severity::Error, table.article, &table.key, "同一表内不得重复")
        .at(&field.key)
        .broken_when(
            super::expr::later(&table.key, &[&field.key])
                .filter(super::expr::field(&field.key).filled())
                .expr(),
        )
        .message(
            &format!("“{}”{{}}与前面的行重复，请改为不同的值", field.label),
            [super::expr::field(&field.key)],
        )
}
