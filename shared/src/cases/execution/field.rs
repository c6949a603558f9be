//! 字段: what a command of an execution kind carries, as data. One reader judges every body by it (`body.rs`).

use super::parameters::MoneyParameters;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// One field of a body or of a row of a table.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub key: &'static str,
    pub kind: FieldKind,
    pub required: bool,
    /// No two rows of its table have the same value.
    pub unique: bool,
}

/// What a field takes.
#[derive(Clone, Copy, Debug)]
pub enum FieldKind {
    /// Text of so many characters, trimmed.
    Text(usize, usize),
    /// 理由: text of at least as many characters as the edition asks (`reason_min`) and at most so many.
    Reason(usize),
    /// An amount in 元 as text, 0 to 9 999 999 999.99.
    Money,
    /// The same, above 0.
    PositiveMoney,
    /// A number as text, 0 to 999 999.99.
    Number,
    /// The same, above 0.
    PositiveNumber,
    /// A percentage as text, above 0 and at most 100.
    Share,
    /// A percentage as text, 0 to 100.
    Percent,
    /// A whole number.
    Count(i64, i64),
    /// `YYYY-MM-DD`.
    Date,
    /// One of the words of an enumeration.
    Choice(fn(&str) -> bool),
    /// One of the words the parameters list.
    Listed(fn(&MoneyParameters) -> Vec<&str>),
    Flag,
    /// The name of something else: a case, a line, a department.
    Reference,
    /// 1–40 of `A-Za-z0-9._-`.
    Id,
    /// 文号.
    DocumentNumber,
    /// Digits only, so many.
    Digits(usize, usize),
    Phone,
    CreditCode,
    /// A list of words the parameters list, none twice.
    Codes(fn(&MoneyParameters) -> Vec<&str>),
    Table(&'static [Field]),
    /// The same, whose unique field is compared after the other fields of its row.
    Rows(&'static [Field]),
    /// A list of names, none twice.
    Names,
    /// A digest: 64 lower-case hex digits.
    Hash,
    /// A list of digests, none twice.
    Hashes,
    /// What is typed into a form, judged by the form.
    Document,
}

/// A field that must be filled in.
pub const fn required(key: &'static str, kind: FieldKind) -> Field {
    Field { key, kind, required: true, unique: false }
}

/// A field that may be left empty.
pub const fn optional(key: &'static str, kind: FieldKind) -> Field {
    Field { key, kind, required: false, unique: false }
}

/// A required field of a table whose values do not repeat.
pub const fn unique(key: &'static str, kind: FieldKind) -> Field {
    Field { key, kind, required: true, unique: true }
}

/// First and last year that is typed.
pub const YEARS: (i64, i64) = (1901, 2998);
pub const YEAR: FieldKind = FieldKind::Count(YEARS.0, YEARS.1);

/// 理由.
pub const REASON: Field = required("reason", FieldKind::Reason(500));

/// A reason only some cases ask for: the rule that asks says how long.
pub const OPTIONAL_REASON: Field = optional("reason", FieldKind::Text(0, 500));

/// 凭证号.
pub const VOUCHER: Field = required("voucher", FieldKind::Text(1, 40));

/// Whether `word` is a word of the enumeration `T`.
pub fn is_word<T: DeserializeOwned>(word: &str) -> bool {
    serde_json::from_value::<T>(Value::from(word)).is_ok()
}
