//! 脱敏 (Art. 15): makes the public document of what may be published. Text rules are in `text`, the walk over a document
//! and its sums in `document`.

mod document;
mod text;

pub use document::{RedactedDocument, RedactionError, RedactionMark, RedactionRule, redact};
pub use text::{RedactedText, redact_text};
