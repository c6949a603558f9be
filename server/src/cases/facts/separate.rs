//! What a separate request is judged by: whether its number is free.

use super::KindFacts;
use crate::cases::store;
use crate::context::Context;
use crate::http::failure::Failure;
use shared::cases::Kind;
use shared::cases::authority::{Capability, may};
use shared::cases::separate::{Command, Facts, SeparateApplication};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;
use shared::kernel::people::Actor;
use shared::policy::art18_validity;
use sqlx::AnyConnection;

impl KindFacts for SeparateApplication {
    type Material = ();

    /// Begins one for the actor's own department.
    async fn open(
        _context: &Context,
        _connection: &mut AnyConnection,
        actor: &Actor,
        id: CaseId,
        year: FiscalYear,
    ) -> Result<SeparateApplication, Failure> {
        may(actor, Capability::OpenSeparate)?;
        art18_validity::edition_for(year)?;
        let department = actor.department.clone().ok_or_else(|| Failure::unknown("个部门"))?;
        Ok(SeparateApplication::new(id, department, year))
    }

    async fn facts(
        &self,
        context: &Context,
        connection: &mut AnyConnection,
        _actor: &Actor,
        command: &Command,
    ) -> Result<(Facts, ()), Failure> {
        let number_taken = match command {
            Command::DraftOpinion { number, .. } => {
                store::number_taken(context, connection, Kind::Separate, number.trim(), &self.id).await?
            }
            _ => false,
        };
        Ok((Facts { number_taken }, ()))
    }

    /// What carries a leader's name is frozen as it was signed.
    async fn freeze(
        &self,
        context: &Context,
        connection: &mut AnyConnection,
        actor: &Actor,
        version: u32,
        _facts: &Facts,
        _material: &(),
    ) -> Result<(), Failure> {
        store::freeze(context, connection, actor, &self.id, version, self).await
    }
}
