//! What a request is judged by: what the engine finds in its content and what the office's review comes to.

use super::KindFacts;
use crate::cases::request_store;
use crate::cases::results;
use crate::cases::review;
use crate::context::Context;
use crate::documents::draft::Draft;
use crate::documents::forms::Evaluation;
use crate::documents::sums;
use crate::documents::versions::{self, FrozenSnapshot, Snapshot};
use crate::http::failure::Failure;
use shared::api::problem::{Problem, code};
use shared::cases::authority::{Capability, may};
use shared::cases::kernel::{NamedCommand, Verb};
use shared::cases::request::{Command, Facts, RequestCase, ReviewConclusion};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;
use shared::kernel::people::Actor;
use shared::kernel::refusal::Refusal;
use shared::policy::art18_validity;
use sqlx::AnyConnection;
use std::sync::Arc;

/// The content a submit freezes.
pub struct Material {
    evaluation: Evaluation,
    frozen: FrozenSnapshot,
    edition: String,
}

impl KindFacts for RequestCase {
    type Material = Option<Material>;

    async fn open(
        _context: &Context,
        _connection: &mut AnyConnection,
        actor: &Actor,
        id: CaseId,
        year: FiscalYear,
    ) -> Result<RequestCase, Failure> {
        may(actor, Capability::OpenRequest)?;
        art18_validity::edition_for(year)?;
        let department = actor.department.clone().ok_or_else(|| Failure::unknown("个部门"))?;
        Ok(RequestCase::new(id, department, year))
    }

    /// A submit judges the draft; later commands hash what was frozen.
    async fn facts(
        &self,
        context: &Context,
        connection: &mut AnyConnection,
        actor: &Actor,
        command: &Command,
    ) -> Result<(Facts, Option<Material>), Failure> {
        let verb = command.verb();
        let reviewed = match verb {
            Verb::BureauPass | Verb::BureauReturn | Verb::BureauConfirm | Verb::FinancePass => {
                review::conclusion(context, &mut *connection, actor, self, verb).await?
            }
            _ => ReviewConclusion::default(),
        };
        if !matches!(command, Command::Submit {}) {
            let hash = versions::rehashed(context, connection, &self.id, self.version).await?;
            return Ok((Facts { hash, reviewed, ..Facts::default() }, None));
        }
        let edition = art18_validity::edition_for(self.fiscal_year)?.document().to_string();
        let draft = Draft { tenant: context.tenant(), request: self.id.as_str() };
        let document = draft.document(connection, self.fiscal_year).await?;
        let snapshot = Snapshot {
            request: self.id.clone(),
            department: self.department.clone(),
            definition: context.forms.hash.clone(),
            edition: edition.clone(),
            document,
        };
        let frozen = snapshot.sealed()?;
        let evaluation = context.forms.evaluate(Arc::new(snapshot.document)).await?;
        let facts = Facts {
            findings: evaluation.findings.clone(),
            unjustified: evaluation.unjustified.clone(),
            hash: frozen.hash.clone(),
            reviewed,
        };
        Ok((facts, Some(Material { evaluation, frozen, edition })))
    }

    async fn freeze(
        &self,
        context: &Context,
        connection: &mut AnyConnection,
        actor: &Actor,
        _version: u32,
        _facts: &Facts,
        material: &Option<Material>,
    ) -> Result<(), Failure> {
        let Some(Material { evaluation, frozen, edition }) = material else {
            return Err(Failure::Internal(anyhow::anyhow!("a version without content")));
        };
        versions::insert(context, connection, actor, self, frozen, evaluation, edition).await
    }

    async fn restate_sums(&self, context: &Context, connection: &mut AnyConnection) -> Result<(), Failure> {
        let sums = results::reviewed_sums(context, &mut *connection, self).await?;
        sums::restate(context, connection, &self.id, self.version, &sums).await
    }

    async fn complete(&mut self, context: &Context, connection: &mut AnyConnection) -> Result<(), Failure> {
        self.late_until =
            request_store::late_until(context, connection, &self.department, self.fiscal_year).await?;
        Ok(())
    }

    /// Content that is not ready answers 422 with the findings the browser shows; any other no is a refusal.
    fn refused(refusal: Refusal, facts: &Facts) -> Failure {
        let findings = match refusal.code.as_str() {
            "findings.errors" => facts.findings.clone(),
            "findings.unjustified" => facts.unjustified.clone(),
            _ => return refusal.into(),
        };
        let problem = Problem::new(422, code::FINDINGS, "还不能提交", refusal.message.clone());
        Problem { findings, refusal: Some(refusal), ..problem }.into()
    }
}
