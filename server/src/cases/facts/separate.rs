//! What a separate request is judged by: what the engine finds in its form, and whether its number is free.

use super::KindFacts;
use crate::cases::store;
use crate::cases::versions::judge;
use crate::context::Context;
use crate::documents::editions;
use crate::documents::versions::{self, Judged};
use crate::kernel::failure::Failure;
use shared::cases::Kind;
use shared::cases::authority::{Capability, may};
use shared::cases::kernel::CaseKind;
use shared::cases::separate::{Command, Facts, SeparateApplication};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;
use shared::kernel::people::Actor;
use shared::kernel::refusal::Refusal;
use sqlx::AnyConnection;

impl KindFacts for SeparateApplication {
    /// The form a submit freezes; what carries a signature is frozen without.
    type Material = Option<Judged>;

    /// Begins one for the actor's own department.
    async fn open(
        context: &Context,
        connection: &mut AnyConnection,
        actor: &Actor,
        id: CaseId,
        year: FiscalYear,
    ) -> Result<SeparateApplication, Failure> {
        may(actor, Capability::OpenSeparate)?;
        editions::serving(context, connection, year).await?;
        let department = actor.department.clone().ok_or_else(|| Failure::unknown("个部门"))?;
        Ok(SeparateApplication::new(id, department, year))
    }

    async fn facts(
        &self,
        context: &Context,
        connection: &mut AnyConnection,
        _actor: &Actor,
        command: &Command,
    ) -> Result<(Facts, Option<Judged>), Failure> {
        if matches!(command, Command::Submit {}) {
            let judged = judge(context, connection, self).await?;
            return Ok((Facts { form: judged.facts(), ..Facts::default() }, Some(judged)));
        }
        let number_taken = match command {
            Command::DraftOpinion { number, .. } => {
                store::number_taken(context, connection, Kind::Separate, number.trim(), &self.id).await?
            }
            _ => false,
        };
        Ok((Facts { number_taken, ..Facts::default() }, None))
    }

    /// A submit freezes the form; what carries a leader's name is frozen as it was signed.
    async fn freeze(
        &self,
        context: &Context,
        connection: &mut AnyConnection,
        actor: &Actor,
        version: u32,
        _facts: &Facts,
        material: &Option<Judged>,
    ) -> Result<(), Failure> {
        match material {
            Some(judged) => versions::insert(context, connection, actor, &self.head(), judged).await,
            None => versions::freeze(context, connection, actor, &self.id, version, self).await,
        }
    }

    fn refused(refusal: Refusal, facts: &Facts) -> Failure {
        match refusal.code.as_str() {
            "number.taken" => Failure::exists(&refusal.message),
            _ => super::unready(refusal, &facts.form.findings, &facts.form.unjustified),
        }
    }
}
