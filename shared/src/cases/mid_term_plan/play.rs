//! A plan as a script plays it.

use super::{Command, Facts, MidTermPlan, Outlook};
use crate::cases::authority::Capability;
use crate::cases::kernel::{Stage, Verb};
use crate::cases::play::kinds::{Content, PlayedKind};
use crate::cases::play::world::{World, hash};
use crate::kernel::calendar::FiscalYear;
use crate::kernel::ids::CaseId;
use crate::kernel::people::Actor;
use crate::kernel::refusal::Refusal;

impl PlayedKind for MidTermPlan {
    const CONTENT: &'static [&'static str] = &["year"];
    const OPENS: Verb = Verb::PlanYears;
    const OPENED_BY: Capability = Capability::OpenPlan;

    fn begin(_: &World, id: CaseId, _: &Actor, year: FiscalYear) -> Result<MidTermPlan, Refusal> {
        Ok(MidTermPlan::new(id, year))
    }

    fn facts(
        &self,
        world: &World,
        _actor: &Actor,
        command: &Command,
        _content: &Content,
    ) -> Result<Facts, Refusal> {
        let counts = |stage| {
            matches!(stage, Stage::Accepted | Stage::Consolidated | Stage::FinanceReview | Stage::Approved)
        };
        let (now, _) = world.gather(self.fiscal_year, 0, counts)?;
        let outlook = match command {
            Command::PlanYears { later } => Outlook::of(&now, later),
            _ => world.outlooks.get(&self.id).cloned().unwrap_or_else(|| Outlook::of(&now, &[])),
        };
        let (hash, edition) = (hash(&outlook)?, world.edition_for(self.fiscal_year)?.clone());
        Ok(Facts { outlook, hash, now, edition })
    }

    fn freeze(&self, world: &mut World, facts: &Facts, _: &Content) -> Result<(), Refusal> {
        world.outlooks.insert(self.id.clone(), facts.outlook.clone());
        Ok(())
    }
}
