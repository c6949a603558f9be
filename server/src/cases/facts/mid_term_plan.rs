//! What a plan is judged by. The first year is gathered from the annual requests every time, never taken from what was
//! sent.

use super::KindFacts;
use crate::cases::consolidations::gather;
use crate::cases::plans::{counts, of_year};
use crate::context::Context;
use crate::documents::editions;
use crate::documents::versions::{self, FrozenSnapshot};
use crate::kernel::failure::Failure;
use shared::cases::authority::{Capability, may};
use shared::cases::mid_term_plan::{Command, Facts, MidTermPlan, Outlook};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;
use shared::kernel::people::Actor;
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
        editions::serving(context, &mut *connection, year).await?;
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
        let edition = editions::serving(context, &mut *connection, self.fiscal_year).await?;
        let (now, _) = gather(context, &mut *connection, self.fiscal_year, 0, counts).await?;
        let outlook = match command {
            Command::PlanYears { later } => Outlook::of(&now, later),
            Command::ConfirmPlan { .. } | Command::LeaderReturn { .. } => {
                match versions::frozen(context, connection, &self.id, self.version).await? {
                    Some((_, outlook)) => outlook,
                    None => Outlook::of(&now, &[]),
                }
            }
        };
        let hash = FrozenSnapshot::of(&outlook)?.hash;
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
        versions::freeze(context, connection, actor, &self.id, version, &facts.outlook).await
    }
}
