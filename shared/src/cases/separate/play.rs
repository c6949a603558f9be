//! A separate request as a script plays it.

use super::{Command, Facts, SeparateApplication, form};
use crate::cases::Kind;
use crate::cases::authority::Capability;
use crate::cases::kernel::Verb;
use crate::cases::play::kinds::{Content, PlayedKind, judged, number_taken, own_department};
use crate::cases::play::world::World;
use crate::kernel::calendar::FiscalYear;
use crate::kernel::ids::CaseId;
use crate::kernel::people::Actor;
use crate::kernel::refusal::Refusal;

impl PlayedKind for SeparateApplication {
    const CONTENT: &'static [&'static str] = &["document", "justify", "year"];
    const OPENS: Verb = Verb::Submit;
    const OPENED_BY: Capability = Capability::OpenSeparate;

    fn begin(_: &World, id: CaseId, actor: &Actor, year: FiscalYear) -> Result<SeparateApplication, Refusal> {
        Ok(SeparateApplication::new(id, own_department(actor)?, year))
    }

    fn facts(
        &self,
        world: &World,
        _actor: &Actor,
        command: &Command,
        content: &Content,
    ) -> Result<Facts, Refusal> {
        if matches!(command, Command::Submit {}) {
            let form = judged(world, self.fiscal_year, &form::definition(), content)?;
            return Ok(Facts { form, ..Facts::default() });
        }
        let number_taken = match command {
            Command::DraftOpinion { number, .. } => number_taken(world, Kind::Separate, number, &self.id),
            _ => false,
        };
        Ok(Facts { number_taken, ..Facts::default() })
    }

    fn freeze(&self, _: &mut World, _: &Facts, _: &Content) -> Result<(), Refusal> {
        Ok(())
    }
}
