//! 公文: a signed letter of a case as data. The kind says what stands in it, the server sets it by GB/T 9704.

use crate::kernel::calendar::Date;
use crate::kernel::people::Office;

/// One signed letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Its name in the address; stays the same whatever the label says.
    pub key: &'static str,
    /// What the page calls it: `审核意见`.
    pub label: &'static str,
    /// 发文机关.
    pub organ: Office,
    /// 发文字号.
    pub number: String,
    pub title: String,
    /// 主送机关.
    pub to: String,
    pub parts: Vec<LetterPart>,
    /// 签发人 and 成文日期.
    pub signed_by: String,
    pub signed_on: Date,
    /// 抄送机关.
    pub copies: Option<Office>,
}

/// What follows the addressee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LetterPart {
    Heading(String),
    Paragraph(String),
}

impl LetterPart {
    pub fn heading(text: &str) -> LetterPart {
        LetterPart::Heading(text.to_string())
    }

    pub fn paragraph(text: impl Into<String>) -> LetterPart {
        LetterPart::Paragraph(text.into())
    }
}
