//! A compilation as a script plays it.

use super::{Command, Consolidation, Facts};
use crate::cases::authority::Capability;
use crate::cases::kernel::{Stage, Verb};
use crate::cases::play::kinds::{Content, PlayedKind};
use crate::cases::play::world::{World, hash, no_case};
use crate::cases::{AnyCase, Kind};
use crate::kernel::calendar::FiscalYear;
use crate::kernel::ids::CaseId;
use crate::kernel::people::Actor;
use crate::kernel::refusal::Refusal;

impl PlayedKind for Consolidation {
    const CONTENT: &'static [&'static str] = &["year"];
    const OPENS: Verb = Verb::Compile;
    const OPENED_BY: Capability = Capability::OpenCompilation;

    fn begin(world: &World, id: CaseId, _: &Actor, year: FiscalYear) -> Result<Consolidation, Refusal> {
        let heads = world.cases.values().map(AnyCase::head);
        let before = heads.filter(|head| head.kind == Kind::Compilation && head.fiscal_year == year).count();
        let number = u32::try_from(before).unwrap_or(u32::MAX);
        Ok(Consolidation::new(id, year, number.saturating_add(1)))
    }

    fn facts(
        &self,
        world: &World,
        _actor: &Actor,
        command: &Command,
        _content: &Content,
    ) -> Result<Facts, Refusal> {
        let accepted = |stage| stage == Stage::Accepted;
        let (now, requests) = world.gather(self.fiscal_year, self.number, accepted)?;
        let whole = match command {
            Command::Compile {} => now,
            _ => world.budgets.get(&self.id).cloned().ok_or_else(no_case)?,
        };
        let (hash, edition) = (hash(&whole)?, world.edition_for(self.fiscal_year)?.clone());
        Ok(Facts { whole, hash, requests, edition })
    }

    fn freeze(&self, world: &mut World, facts: &Facts, _: &Content) -> Result<(), Refusal> {
        world.budgets.insert(self.id.clone(), facts.whole.clone());
        Ok(())
    }
}
