//! 绩效关口: what performance asks of a real request (performance.md § 2, § 8): evaluations before it is reported and again
//! before it is approved (Art. 10), decided cuts before it is approved (Art. 14).

use super::world::{self, StoredWorld};
use crate::cases::{operations, request_store, results::RequestAmounts, review};
use crate::context::{Context, Shared};
use crate::documents::{editions, forms, sums, versions};
use crate::kernel::failure::Failure;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use shared::api::performance::{EvaluationNeed, ExAnteView, ReadExAnte};
use shared::cases::AnyCase;
use shared::cases::application;
use shared::cases::authority::permit;
use shared::cases::ex_ante::{
    EvaluatedObject, ExAnte, Submission, SystemAmounts, objects_of, require_evaluation, require_evaluations,
    submission_of, system_codes,
};
use shared::cases::kernel::Verb;
use shared::cases::request::{RequestCase, sees_live};
use shared::cases::review::sums::cuts;
use shared::engine::document::Document;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::money::Money;
use shared::kernel::people::Actor;
use shared::kernel::refusal::Refusal;
use sqlx::AnyConnection;
use std::sync::Arc;

/// The world of a year with what its gates ask.
pub struct PerformanceGate {
    stored: StoredWorld,
}

impl PerformanceGate {
    pub fn of_year<'a>(
        context: &'a Context,
        connection: &'a mut AnyConnection,
        year: FiscalYear,
    ) -> BoxFuture<'a, Result<PerformanceGate, Failure>> {
        async move { Ok(PerformanceGate { stored: world::of_year(context, connection, year).await? }) }
            .boxed()
    }

    /// Why the frozen version of a request may not be reported.
    pub fn of_report<'a>(
        &'a self,
        context: &'a Context,
        connection: &'a mut AnyConnection,
        case: &'a RequestCase,
    ) -> BoxFuture<'a, Result<Option<Refusal>, Failure>> {
        async move {
            let (submission, _) = self.frozen(context, connection, case, case.version).await?;
            let objects = objects_of(&submission, self.stored.world.edition());
            Ok(self.require(case, &objects).err())
        }
        .boxed()
    }

    /// Why a reported request may not be approved as it was reviewed.
    pub fn of_approval<'a>(
        &'a self,
        context: &'a Context,
        connection: &'a mut AnyConnection,
        case: &'a RequestCase,
        amounts: RequestAmounts,
    ) -> BoxFuture<'a, Result<Option<Refusal>, Failure>> {
        async move {
            let (reported, document) =
                self.frozen(context, &mut *connection, case, case.reported_version).await?;
            let objects = objects_of(&reported, self.stored.world.edition());
            if objects.is_empty() {
                return Ok(self.undecided(case, amounts));
            }
            let mut left: SystemAmounts =
                requested(context, &mut *connection, case, case.reported_version).await?;
            let review = review::load(context.tenant(), connection, &case.id).await?;
            for ((table, row), (bureau, finance)) in cuts(&review) {
                let system = document.row(&table, &row).and_then(|row| row.cells.get("system"));
                let of_system = left.entry(system.cloned().unwrap_or_default()).or_default();
                *of_system = *of_system - bureau - finance;
            }
            let approved = submission_of(&document, &left, None, None);
            let refusal = self.require(case, &approved.approved_objects(objects)).err();
            Ok(refusal.or_else(|| self.undecided(case, amounts)))
        }
        .boxed()
    }

    /// Whether cuts of the year are decided, and what is approved stays below what they leave.
    pub fn undecided(&self, case: &RequestCase, amounts: RequestAmounts) -> Option<Refusal> {
        let (world, year) = (&self.stored.world, case.fiscal_year.0);
        let RequestAmounts { requested, approved } = amounts;
        application::require_decided(world, &case.department, year, requested, approved).err()
    }

    fn require(&self, case: &RequestCase, objects: &[EvaluatedObject]) -> Result<(), Refusal> {
        require_evaluations(&self.stored.world, &case.department, case.fiscal_year.0, objects)
    }

    /// What the gate reads of a frozen version, with its content.
    async fn frozen(
        &self,
        context: &Context,
        connection: &mut AnyConnection,
        case: &RequestCase,
        version: u32,
    ) -> Result<(Submission, Arc<Document>), Failure> {
        let frozen = versions::load(context, &mut *connection, &case.id, version).await?;
        let document = Arc::new(frozen.ok_or_else(|| Failure::unknown("个版本"))?.document);
        let amounts = requested(context, &mut *connection, case, version).await?;
        let typed = sums::of(context, &mut *connection, case.fiscal_year, &case.id).await?.last_year;
        Ok((self.submission(context, connection, case, (&document, &amounts), typed).await?, document))
    }

    /// The settlement of the year before, as the ledger has it, else as the department wrote it.
    async fn submission(
        &self,
        context: &Context,
        connection: &mut AnyConnection,
        case: &RequestCase,
        (document, amounts): (&Document, &SystemAmounts),
        typed: Option<Money>,
    ) -> Result<Submission, Failure> {
        let settled = self.stored.world.settled_of(&case.department, case.fiscal_year.0 - 1).or(typed);
        let earlier =
            request_store::last_approved(context, &mut *connection, &case.department, case.fiscal_year)
                .await?;
        let mut prior: Option<Vec<String>> = None;
        for earlier in earlier {
            let frozen =
                versions::load(context, &mut *connection, &earlier.id, earlier.reported_version).await?;
            if let Some(frozen) = frozen {
                prior.get_or_insert_default().extend(system_codes(&frozen.document));
            }
        }
        Ok(submission_of(document, amounts, prior, settled))
    }
}

/// What a version asks for by system.
async fn requested(
    context: &Context,
    connection: &mut AnyConnection,
    case: &RequestCase,
    version: u32,
) -> Result<SystemAmounts, Failure> {
    let mut amounts = SystemAmounts::new();
    for (_, system, fen) in sums::requested_of(connection, context.tenant(), &case.id, version).await? {
        *amounts.entry(system).or_default() += Money::from_fen(fen);
    }
    Ok(amounts)
}

/// `GET /api/requests/{request}/ex-ante`: what of the content needs an evaluation, and how far each is. The department sees
/// it of what it is filling in.
pub async fn read(context: Shared, actor: Actor, sent: ReadExAnte) -> Result<ExAnteView, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let case = request_store::visible(&context, &mut connection, &actor, sent.request.as_str()).await?.case;
    permit(&actor, &case, Verb::Read, context.clock().today())?;
    let gate = PerformanceGate::of_year(&context, &mut connection, case.fiscal_year).await?;
    let submission = match sees_live(&actor, &case) {
        false => gate.frozen(&context, &mut connection, &case, case.reported_version).await?.0,
        true => {
            let any = AnyCase::from(case.clone());
            let (_, document) = operations::live(&context, &mut connection, &any).await?;
            let document = Arc::new(document);
            let edition = editions::serving(&context, &mut connection, case.fiscal_year).await?;
            let form = context.forms.of_request()?;
            let of = form.with_session(&edition, document.clone(), forms::version_sums).await?;
            let mut amounts = SystemAmounts::new();
            for sum in of.sums {
                *amounts.entry(sum.system).or_default() += sum.requested;
            }
            let content = (&*document, &amounts);
            gate.submission(&context, &mut connection, &case, content, of.last_year).await?
        }
    };
    Ok(ExAnteView { needs: needs(&gate, &case, &submission) })
}

fn needs(gate: &PerformanceGate, case: &RequestCase, submission: &Submission) -> Vec<EvaluationNeed> {
    let (world, year) = (&gate.stored.world, case.fiscal_year.0);
    let need = |object: EvaluatedObject| {
        let system = object.system.as_deref();
        let own = world
            .of_kind::<ExAnte>()
            .filter(|(_, of)| of.is_of(&case.department, year, object.kind, system) && !of.is_withdrawn());
        let own = own.max_by_key(|(_, of)| of.concluded_as);
        EvaluationNeed {
            kind: object.kind.label().to_string(),
            system: object.system.clone(),
            amount: object.amount,
            evaluation: own.map(|(id, _)| id.clone()),
            refusal: require_evaluation(world, &case.department, year, &object).err(),
        }
    };
    objects_of(submission, world.edition()).into_iter().map(need).collect()
}
