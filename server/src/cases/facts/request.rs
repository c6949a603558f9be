//! What a request is judged by: what the engine finds in its content and what the office's review comes to.

use super::KindFacts;
use crate::cases::money::gate::PerformanceGate;
use crate::cases::request_store::RequestYear;
use crate::cases::results;
use crate::cases::review;
use crate::cases::versions::judge;
use crate::context::Context;
use crate::documents::editions;
use crate::documents::sums;
use crate::documents::versions::{self, Judged};
use crate::kernel::failure::Failure;
use shared::cases::authority::{Capability, may};
use shared::cases::kernel::{CaseKind, NamedCommand, Verb};
use shared::cases::request::{Command, Facts, RequestCase, ReviewConclusion};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;
use shared::kernel::people::Actor;
use shared::kernel::refusal::Refusal;
use sqlx::AnyConnection;

impl KindFacts for RequestCase {
    type Material = Option<Judged>;

    async fn open(
        context: &Context,
        connection: &mut AnyConnection,
        actor: &Actor,
        id: CaseId,
        year: FiscalYear,
    ) -> Result<RequestCase, Failure> {
        may(actor, Capability::OpenRequest)?;
        editions::serving(context, connection, year).await?;
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
    ) -> Result<(Facts, Option<Judged>), Failure> {
        let verb = command.verb();
        let reviewed = match verb {
            Verb::BureauPass | Verb::BureauReturn | Verb::BureauConfirm | Verb::FinancePass => {
                review::conclusion(context, &mut *connection, actor, self, verb).await?
            }
            _ => ReviewConclusion::default(),
        };
        if !matches!(command, Command::Submit {}) {
            let hash = versions::rehashed(context, connection, &self.id, self.version).await?;
            let ex_ante = match command {
                Command::DepartmentApprove {} => {
                    let gate = PerformanceGate::of_year(context, &mut *connection, self.fiscal_year).await?;
                    gate.of_report(context, connection, self).await?
                }
                _ => None,
            };
            return Ok((Facts { hash, reviewed, ex_ante, ..Facts::default() }, None));
        }
        let judged = judge(context, connection, self).await?;
        let facts = Facts {
            findings: judged.evaluation.findings.clone(),
            unjustified: judged.evaluation.unjustified.clone(),
            hash: judged.frozen.hash.clone(),
            reviewed,
            ex_ante: None,
        };
        Ok((facts, Some(judged)))
    }

    async fn freeze(
        &self,
        context: &Context,
        connection: &mut AnyConnection,
        actor: &Actor,
        _version: u32,
        _facts: &Facts,
        material: &Option<Judged>,
    ) -> Result<(), Failure> {
        super::freeze_content(context, connection, actor, &self.head(), material).await
    }

    async fn restate_sums(&self, context: &Context, connection: &mut AnyConnection) -> Result<(), Failure> {
        let sums = results::reviewed_sums(context, &mut *connection, self).await?;
        sums::restate(context, connection, &self.id, self.version, &sums).await
    }

    async fn complete(&mut self, context: &Context, connection: &mut AnyConnection) -> Result<(), Failure> {
        RequestYear::read(context, connection, self.fiscal_year).await?.complete(self);
        Ok(())
    }

    fn refused(refusal: Refusal, facts: &Facts) -> Failure {
        super::unready(refusal, &facts.findings, &facts.unjustified)
    }
}
