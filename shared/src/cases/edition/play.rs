//! A change of the register as a script plays it: not at all, for scripts of oversight state the facts of one themselves.

use super::{Command, EditionCase, Facts};
use crate::cases::authority::Capability;
use crate::cases::kernel::Verb;
use crate::cases::play::kinds::{Content, PlayedKind};
use crate::cases::play::world::{World, no_case};
use crate::kernel::calendar::FiscalYear;
use crate::kernel::ids::CaseId;
use crate::kernel::people::Actor;
use crate::kernel::refusal::Refusal;

impl PlayedKind for EditionCase {
    const CONTENT: &'static [&'static str] = &[];
    const OPENS: Verb = Verb::ProposeEdition;
    const OPENED_BY: Capability = Capability::OpenEdition;

    fn begin(_: &World, _: CaseId, _: &Actor, _: FiscalYear) -> Result<EditionCase, Refusal> {
        Err(no_case())
    }

    fn facts(&self, _: &World, _: &Actor, _: &Command, _: &Content) -> Result<Facts, Refusal> {
        Err(no_case())
    }

    fn freeze(&self, _: &mut World, _: &Facts, _: &Content) -> Result<(), Refusal> {
        Err(no_case())
    }
}
