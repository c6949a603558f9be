//! What a plan is judged by. The first year is gathered from the annual requests every time, never taken from what was
//! sent.

use super::KindFacts;
use crate::cases::consolidations::gather;
use crate::cases::plans::{counts, of_year};
use crate::cases::store;
use crate::context::Context;
use crate::http::failure::Failure;
use shared::cases::authority::{Capability, may};
use shared::cases::mid_term_plan::{Command, Facts, MidTermPlan, Outlook};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;
use shared::kernel::people::Actor;
use shared::policy::art18_validity;
use sqlx::AnyConnection;

impl KindFacts for MidTermPlan {
    type Material = ();

    /// Begins the year's plan; there is one, with versions.
    async fn open(
        context: &Context,
        connection: &mut AnyConnection,
        actor: &Actor,
        id: CaseId,
        year: FiscalYear,
    ) -> Result<MidTermPlan, Failure> {
        may(actor, Capability::OpenPlan)?;
        art18_validity::edition_for(year)?;
        if of_year(context, connection, year).await?.is_some() {
            return Err(Failure::exists("本年度已有中期财政规划，请打开它修订。"));
        }
        Ok(MidTermPlan::new(id, year))
    }

    async fn facts(
        &self,
        context: &Context,
        connection: &mut AnyConnection,
        _actor: &Actor,
        command: &Command,
    ) -> Result<(Facts, ()), Failure> {
        let edition = art18_validity::edition_for(self.fiscal_year)?;
        let (now, _) = gather(context, &mut *connection, self.fiscal_year, 0, counts).await?;
        let outlook = match command {
            Command::PlanYears { later } => Outlook::of(&now, later),
            Command::ConfirmPlan { .. } | Command::LeaderReturn { .. } => {
                match store::frozen(context, connection, &self.id, self.version).await? {
                    Some((_, outlook)) => outlook,
                    None => Outlook::of(&now, &[]),
                }
            }
        };
        let hash = store::sealed(&outlook)?.1;
        Ok((Facts { outlook, hash, now, edition }, ()))
    }

    async fn freeze(
        &self,
        context: &Context,
        connection: &mut AnyConnection,
        actor: &Actor,
        version: u32,
        facts: &Facts,
        _material: &(),
    ) -> Result<(), Failure> {
        store::freeze(context, connection, actor, &self.id, version, &facts.outlook).await
    }
}
