//! 表达式: formulas and rules as a small typed tree, so that the engine can find what an edit touches,
//! explain a number and write the same formula elsewhere. Data, never closures.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::ops;

/// A formula or a condition over one row, its form's headers, the other tables and the edition's parameters.
/// Anything computed from something empty is empty; a comparison with something empty does not hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expr {
    Number(Decimal),
    Text(String),
    /// A field of the same row.
    Field(String),
    /// A field of a form's header.
    Header {
        form: String,
        field: String,
    },
    /// The id of the same row.
    RowId,
    /// A number of the policy edition.
    Parameter(String),
    /// A number of a table of the policy edition; empty when the key is not in it.
    Lookup {
        table: String,
        key: Box<Expr>,
    },
    /// 1 January of the fiscal year.
    YearStart,
    /// 31 December of the fiscal year.
    YearEnd,
    Aggregate(Box<Aggregate>),
    Add(Vec<Expr>),
    Sub(Box<Expr>, Box<Expr>),
    Mul(Vec<Expr>),
    /// Empty when the divisor is zero.
    Div(Box<Expr>, Box<Expr>),
    Max(Box<Expr>, Box<Expr>),
    /// 四舍五入 to so many decimals.
    Round {
        of: Box<Expr>,
        scale: u32,
    },
    Compare {
        op: Compare,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    IsEmpty(Box<Expr>),
    /// The text is one of the list.
    In {
        of: Box<Expr>,
        list: Vec<String>,
    },
    /// The text has one of the list in it.
    Contains {
        of: Box<Expr>,
        any: Vec<String>,
    },
    /// The text has no characters but these.
    Only {
        of: Box<Expr>,
        characters: String,
    },
    /// Characters of the text after trimming; 0 when empty.
    Length(Box<Expr>),
    /// A text that is written as a number, as that number.
    AsNumber(Box<Expr>),
    /// Month of a date, 1–12.
    Month(Box<Expr>),
    /// Whole years between two dates (周年).
    WholeYears {
        from: Box<Expr>,
        to: Box<Expr>,
    },
    If {
        cond: Box<Expr>,
        then: Box<Expr>,
        otherwise: Box<Expr>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    Equal,
    NotEqual,
    Less,
    AtMost,
    More,
    AtLeast,
}

/// A question to all rows of a table that pass `filter` and agree with this row on `by`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Aggregate {
    pub what: What,
    pub table: String,
    /// Over the fields of the asked row.
    pub filter: Option<Expr>,
    /// Pairs that must be equal: (over the asked row, over this row).
    pub by: Vec<(Expr, Expr)>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// How many rows.
    Count,
    /// Sum of an expression over the asked row; empty counts as 0.
    Sum(Expr),
    /// Whether another such row comes before this one (asked of its own table).
    Later,
}

pub fn field(key: &str) -> Expr {
    Expr::Field(key.to_string())
}

pub fn header(form: &str, field: &str) -> Expr {
    Expr::Header { form: form.to_string(), field: field.to_string() }
}

pub fn number(value: i64) -> Expr {
    Expr::Number(Decimal::from(value))
}

pub fn text(value: &str) -> Expr {
    Expr::Text(value.to_string())
}

pub fn parameter(name: &str) -> Expr {
    Expr::Parameter(name.to_string())
}

pub fn lookup(table: &str, key: Expr) -> Expr {
    Expr::Lookup { table: table.to_string(), key: Box::new(key) }
}

pub fn all(parts: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::And(parts.into_iter().collect())
}

pub fn any(parts: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::Or(parts.into_iter().collect())
}

pub fn when(cond: Expr, then: Expr, otherwise: Expr) -> Expr {
    Expr::If { cond: Box::new(cond), then: Box::new(then), otherwise: Box::new(otherwise) }
}

pub fn sum(table: &str, of: Expr) -> Aggregate {
    Aggregate { what: What::Sum(of), table: table.to_string(), filter: None, by: Vec::new() }
}

pub fn count(table: &str) -> Aggregate {
    Aggregate { what: What::Count, table: table.to_string(), filter: None, by: Vec::new() }
}

/// An earlier row of the same table agrees with this one on all of `keys`.
pub fn later(table: &str, keys: &[&str]) -> Aggregate {
    let by = keys.iter().map(|key| (field(key), field(key))).collect();
    Aggregate { what: What::Later, table: table.to_string(), filter: None, by }
}

impl Aggregate {
    pub fn filter(mut self, filter: Expr) -> Aggregate {
        self.filter = Some(filter);
        self
    }

    /// Only rows whose `theirs` equals `mine` of this row.
    pub fn by(mut self, theirs: Expr, mine: Expr) -> Aggregate {
        self.by.push((theirs, mine));
        self
    }

    pub fn expr(self) -> Expr {
        Expr::Aggregate(Box::new(self))
    }
}

impl Expr {
    fn compare(self, op: Compare, right: Expr) -> Expr {
        Expr::Compare { op, left: Box::new(self), right: Box::new(right) }
    }

    pub fn equals(self, right: Expr) -> Expr {
        self.compare(Compare::Equal, right)
    }

    pub fn differs(self, right: Expr) -> Expr {
        self.compare(Compare::NotEqual, right)
    }

    pub fn less(self, right: Expr) -> Expr {
        self.compare(Compare::Less, right)
    }

    pub fn at_most(self, right: Expr) -> Expr {
        self.compare(Compare::AtMost, right)
    }

    pub fn more(self, right: Expr) -> Expr {
        self.compare(Compare::More, right)
    }

    pub fn at_least(self, right: Expr) -> Expr {
        self.compare(Compare::AtLeast, right)
    }

    pub fn is(self, value: &str) -> Expr {
        self.equals(text(value))
    }

    pub fn empty(self) -> Expr {
        Expr::IsEmpty(Box::new(self))
    }

    pub fn filled(self) -> Expr {
        Expr::Not(Box::new(self.empty()))
    }

    pub fn one_of(self, list: &[&str]) -> Expr {
        Expr::In { of: Box::new(self), list: list.iter().map(ToString::to_string).collect() }
    }

    pub fn contains(self, any: &[&str]) -> Expr {
        Expr::Contains { of: Box::new(self), any: any.iter().map(ToString::to_string).collect() }
    }

    pub fn only(self, characters: &str) -> Expr {
        Expr::Only { of: Box::new(self), characters: characters.to_string() }
    }

    pub fn round(self, scale: u32) -> Expr {
        Expr::Round { of: Box::new(self), scale }
    }

    pub fn max(self, other: Expr) -> Expr {
        Expr::Max(Box::new(self), Box::new(other))
    }

    pub fn length(self) -> Expr {
        Expr::Length(Box::new(self))
    }

    pub fn as_number(self) -> Expr {
        Expr::AsNumber(Box::new(self))
    }
}

impl ops::Add for Expr {
    type Output = Expr;
    fn add(self, right: Expr) -> Expr {
        match self {
            Expr::Add(mut parts) => {
                parts.push(right);
                Expr::Add(parts)
            }
            left => Expr::Add(vec![left, right]),
        }
    }
}

impl ops::Sub for Expr {
    type Output = Expr;
    fn sub(self, right: Expr) -> Expr {
        Expr::Sub(Box::new(self), Box::new(right))
    }
}

impl ops::Mul for Expr {
    type Output = Expr;
    fn mul(self, right: Expr) -> Expr {
        match self {
            Expr::Mul(mut parts) => {
                parts.push(right);
                Expr::Mul(parts)
            }
            left => Expr::Mul(vec![left, right]),
        }
    }
}

impl ops::Div for Expr {
    type Output = Expr;
    fn div(self, right: Expr) -> Expr {
        Expr::Div(Box::new(self), Box::new(right))
    }
}

impl ops::Not for Expr {
    type Output = Expr;
    fn not(self) -> Expr {
        Expr::Not(Box::new(self))
    }
}
