//! What a person tells a change of the register to do, and what the command is judged by.

use super::flow::{EditionFacts, RegisterChange};
use crate::cases::kernel::{FormFacts, NamedCommand, Verb};
use crate::kernel::calendar::FiscalYear;
use crate::policy::editions::EditionError;
use crate::policy::editions::dry_run::DryRunReport;
use crate::policy::editions::register::ConfirmedChange;
use serde::{Deserialize, Serialize};

/// What a person tells a change of the register to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// 试算 over the reported versions of a year.
    DryRun {
        year: FiscalYear,
    },
    Propose {
        reason: String,
    },
    Return {
        reason: String,
    },
    Confirm {
        content_hash: String,
    },
    Drop {},
}

impl NamedCommand for Command {
    fn verb(&self) -> Verb {
        match self {
            Command::DryRun { .. } => Verb::DryRun,
            Command::Propose { .. } => Verb::ProposeEdition,
            Command::Return { .. } => Verb::ReturnEdition,
            Command::Confirm { .. } => Verb::ConfirmEdition,
            Command::Drop {} => Verb::DropEdition,
        }
    }
}

/// What a command is judged by.
#[derive(Clone, Debug)]
pub struct Facts {
    /// What a proposal freezes; its hash is that of the frozen version for a confirmation.
    pub form: FormFacts,
    /// What the draft comes to, or everything that is wrong with it.
    pub made: Result<ConfirmedChange, Vec<EditionError>>,
    pub judged: EditionFacts,
    /// Of a dry run: its result and the SM3 of it.
    pub trial: Option<(DryRunReport, String)>,
}

impl Facts {
    /// Facts of a draft that was not judged.
    pub fn unjudged(change: RegisterChange) -> Facts {
        Facts {
            form: FormFacts::default(),
            made: Err(Vec::new()),
            judged: EditionFacts::unjudged(change),
            trial: None,
        }
    }
}
