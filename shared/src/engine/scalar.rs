//! 值: what a cell means once its typed text is read.

use crate::kernel::calendar::Date;
use rust_decimal::Decimal;
use std::sync::Arc;

/// The value of a typed or computed cell, or of a part of a formula.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// Nothing typed, not readable, or computed from something empty.
    Empty,
    Number(Decimal),
    Text(Arc<str>),
    Date(Date),
    Flag(bool),
}

impl Scalar {
    pub fn number(&self) -> Option<Decimal> {
        match self {
            Scalar::Number(number) => Some(*number),
            _ => None,
        }
    }

    pub fn date(&self) -> Option<Date> {
        match self {
            Scalar::Date(date) => Some(*date),
            _ => None,
        }
    }

    /// Only a certain `true` is true: empty and everything else is not.
    pub fn holds(&self) -> bool {
        matches!(self, Scalar::Flag(true))
    }

    pub fn is_empty(&self) -> bool {
        match self {
            Scalar::Empty => true,
            Scalar::Text(text) => text.is_empty(),
            _ => false,
        }
    }

    /// The text a key or a message is made of; numbers without trailing zeros, so that 6.0 and 6 are one key.
    pub fn plain(&self) -> Arc<str> {
        match self {
            Scalar::Empty => Arc::from(""),
            Scalar::Number(number) => Arc::from(number.normalize().to_string()),
            Scalar::Text(text) => text.clone(),
            Scalar::Date(date) => Arc::from(date.to_string()),
            Scalar::Flag(true) => Arc::from("是"),
            Scalar::Flag(false) => Arc::from("否"),
        }
    }
}

impl From<Option<Decimal>> for Scalar {
    fn from(number: Option<Decimal>) -> Self {
        number.map_or(Scalar::Empty, Scalar::Number)
    }
}
