//! What a compilation is judged by: what is accepted now, or what was frozen.

use super::KindFacts;
use crate::cases::consolidations::{accepted, gather, next_number, of_year};
use crate::context::Context;
use crate::documents::editions;
use crate::documents::versions::{self, FrozenSnapshot};
use crate::kernel::failure::Failure;
use shared::cases::authority::{Capability, may};
use shared::cases::consolidation::budget::ConsolidatedBudget;
use shared::cases::consolidation::{Command, Consolidation, Facts};
use shared::cases::kernel::Stage;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;
use shared::kernel::people::Actor;
use sqlx::AnyConnection;

impl KindFacts for Consolidation {
    type Material = ();

    /// Begins the year's next compilation; one at a time.
    async fn open(
        context: &Context,
        connection: &mut AnyConnection,
        actor: &Actor,
        id: CaseId,
        year: FiscalYear,
    ) -> Result<Consolidation, Failure> {
        may(actor, Capability::OpenCompilation)?;
        editions::serving(context, &mut *connection, year).await?;
        let all = of_year(context, connection, year).await?;
        if all.iter().any(|c| c.stage != Stage::Reported) {
            return Err(Failure::exists("本年度已有正在办理的汇总，请打开它继续办理。"));
        }
        Ok(Consolidation::new(id, year, next_number(&all)))
    }

    async fn facts(
        &self,
        context: &Context,
        connection: &mut AnyConnection,
        _actor: &Actor,
        command: &Command,
    ) -> Result<(Facts, ()), Failure> {
        let year = self.fiscal_year;
        let edition = editions::serving(context, &mut *connection, year).await?;
        let (now, requests) = gather(context, &mut *connection, year, self.number, accepted).await?;
        let (whole, hash) = match command {
            Command::Compile {} => {
                let hash = FrozenSnapshot::of(&now)?.hash;
                (now, hash)
            }
            Command::ConfirmCompilation { .. }
            | Command::Recompile { .. }
            | Command::SubmitToFinance { .. } => {
                let frozen =
                    versions::frozen::<ConsolidatedBudget>(context, connection, &self.id, self.version)
                        .await?;
                let (line, whole) = frozen.ok_or_else(|| Failure::unknown("个版本"))?;
                (whole, line.hash)
            }
        };
        Ok((Facts { whole, hash, requests, edition }, ()))
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
        versions::freeze(context, connection, actor, &self.id, version, &facts.whole).await
    }
}
