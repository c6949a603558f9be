//! What a batch is judged by: its notice and its requests as they are now.

use super::KindFacts;
use crate::cases::approvals::{candidates, frozen, notice};
use crate::cases::store;
use crate::context::Context;
use crate::documents::versions::{self, FrozenSnapshot};
use crate::kernel::failure::Failure;
use shared::cases::Kind;
use shared::cases::approval::{ApprovalBatch, Command, Facts, require_each_once};
use shared::cases::authority::{Capability, may};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;
use shared::kernel::people::Actor;
use shared::policy::art18_validity;
use sqlx::AnyConnection;

impl KindFacts for ApprovalBatch {
    type Material = ();

    async fn open(
        _context: &Context,
        _connection: &mut AnyConnection,
        actor: &Actor,
        id: CaseId,
        year: FiscalYear,
    ) -> Result<ApprovalBatch, Failure> {
        may(actor, Capability::OpenBatch)?;
        art18_validity::edition_for(year)?;
        Ok(ApprovalBatch::new(id, year))
    }

    async fn facts(
        &self,
        context: &Context,
        connection: &mut AnyConnection,
        _actor: &Actor,
        command: &Command,
    ) -> Result<(Facts, ()), Failure> {
        let (notice, found, number_taken) = match command {
            Command::DraftBatch { number, date, requests } => {
                require_each_once(requests)?;
                let found = candidates(context, &mut *connection, self, requests).await?;
                let taken =
                    store::number_taken(context, connection, Kind::Batch, number.trim(), &self.id).await?;
                (notice(self, number, *date, &found)?, found, taken)
            }
            Command::IssueBatch { .. } | Command::ReturnBatch { .. } | Command::DropBatch {} => {
                let (notice, found) = frozen(context, connection, self).await?;
                (notice, found, false)
            }
        };
        let hash = FrozenSnapshot::of(&notice)?.hash;
        let candidates = found.into_iter().map(|(_, candidate)| candidate).collect();
        Ok((Facts { notice, hash, candidates, number_taken }, ()))
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
        versions::freeze(context, connection, actor, &self.id, version, &facts.notice).await
    }
}
