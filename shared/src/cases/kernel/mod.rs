//! 案卷通则: what every kind of case is made of. No file here knows a kind, except through [`kind::Effect`].

pub mod command;
pub mod form;
pub mod head;
pub mod kind;
pub mod letter;
pub mod listing;
pub mod notification;
pub mod reasons;
pub mod stage;
pub mod verb;

pub use command::{CommandField, CommandSpec, Emphasis, FieldSpec};
pub use form::FormFacts;
pub use head::CaseHead;
pub use kind::{CaseKind, Effect, NamedCommand, SecondPerson, SummaryLine};
pub use letter::{Letter, LetterPart};
pub use listing::{CellValue, Column};
pub use reasons::{LONGEST_REASON, Reason};
pub use stage::Stage;
pub use verb::Verb;
