//! 财政审核与批复: what finance has before it, the batches it answers in, and each request's result line by line.

use crate::cases::department_names;
use crate::cases::history::history_for;
use crate::cases::money::gate::PerformanceGate;
use crate::cases::request_store;
use crate::cases::results::{self, FinanceItem};
use crate::cases::store;
use crate::context::{Context, Shared};
use crate::documents::editions;
use crate::documents::sums;
use crate::documents::versions;
use crate::identity::departments::{self, Departments};
use crate::kernel::failure::Failure;
use shared::api::finance::{BatchLine, BatchView, FinanceLine, FinanceView, ReadBatch, ReadFinance};
use shared::cases::approval::{ApprovalBatch, Candidate, Notice, NoticeLine};
use shared::cases::authority::{Capability, available_commands, may, permit, visible};
use shared::cases::kernel::Verb;
use shared::cases::kernel::{CaseKind, Stage};
use shared::kernel::calendar::{Date, FiscalYear};
use shared::kernel::ids::CaseId;
use shared::kernel::people::{Actor, Signature};
use shared::kernel::refusal::Refusal;
use shared::policy::editions::Edition;
use sqlx::AnyConnection;

/// `GET /api/finance/{fiscal_year}`.
pub async fn overview(context: Shared, actor: Actor, request: ReadFinance) -> Result<FinanceView, Failure> {
    may(&actor, Capability::SeeFinance)?;
    let year = FiscalYear(i32::from(request.fiscal_year));
    let mut connection = context.db.reader().acquire().await?;
    let filed = store::of_year::<ApprovalBatch>(&context, &mut connection, year).await?;
    let batches = filed.into_iter().filter(|f| f.case.stage != Stage::Withdrawn).map(|f| BatchLine {
        batch: f.case.id,
        number: f.case.number,
        stage: f.case.stage,
        since: f.since,
    });
    Ok(FinanceView {
        today: context.clock().today(),
        fiscal_year: year,
        batches: batches.collect(),
        may_open: may(&actor, Capability::OpenBatch).is_ok(),
        requests: lines(&context, &mut connection, year).await?,
    })
}

/// The requests that have reached finance, by the departments' order.
async fn lines(
    context: &Context,
    connection: &mut AnyConnection,
    year: FiscalYear,
) -> Result<Vec<FinanceLine>, Failure> {
    let filed = request_store::of_year(context, &mut *connection, year).await?;
    let mut frozen_sums = sums::of_year(context, &mut *connection, year).await?;
    let gate = PerformanceGate::of_year(context, &mut *connection, year).await?;
    let mut lines = Vec::new();
    let Departments { open, closed, .. } = departments::registry(context, &mut *connection).await?;
    for department in open.into_iter().chain(closed) {
        for filed in filed.iter().filter(|f| f.case.department == department.id && with_finance(f.case.stage))
        {
            let own = frozen_sums.remove(&filed.case.id).unwrap_or_default();
            let worked = results::of(context, &mut *connection, &filed.case, own).await?;
            let performance = gate.undecided(&filed.case, worked.amounts());
            let candidate = worked.candidate(&filed.case, &department.name, performance);
            lines.push(FinanceLine {
                request: filed.case.id.clone(),
                department: department.id.clone(),
                name: department.name.clone(),
                stage: filed.case.stage,
                amounts: worked.total,
                last_year: worked.last_year,
                targets: worked.grade.map(|grade| grade.label().to_string()),
                opinion: filed.case.finance_opinion.clone(),
                approval: filed.case.approval.clone(),
                refusal: candidate.refusal(),
                feeds: results::feeds(),
            });
        }
    }
    Ok(lines)
}

fn with_finance(stage: Stage) -> bool {
    matches!(
        stage,
        Stage::Consolidated
            | Stage::FinanceReview
            | Stage::FinanceReturned
            | Stage::Approved
            | Stage::Rejected
    )
}

/// `GET /api/batches/{batch}`.
pub async fn read(context: Shared, actor: Actor, request: ReadBatch) -> Result<BatchView, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let today = context.clock().today();
    let stored = store::load::<ApprovalBatch>(&context, &mut connection, &request.batch).await?;
    let batch = stored.map(|stored| stored.case).filter(|batch| visible(&actor, batch));
    let batch = batch.ok_or_else(|| Failure::unknown("份批复"))?;
    permit(&actor, &batch, Verb::Read, today)?;
    let offers = available_commands(&actor, &batch, today);
    let candidates = match offers.iter().any(|offer| offer.verb == Verb::DraftBatch) {
        true => lines(&context, &mut connection, batch.fiscal_year).await?,
        false => Vec::new(),
    };
    Ok(BatchView {
        today,
        frozen: versions::frozen(&context, &mut connection, &batch.id, batch.version).await?,
        candidates,
        offers,
        history: history_for(&context, &mut connection, &actor, &batch.head()).await?,
        batch,
    })
}

/// 批复 as far as it answers one request.
pub struct Answer {
    /// With the line of that request alone.
    pub notice: Notice,
    /// SM3 of the whole notice it is taken from.
    pub hash: String,
    pub issued_by: Option<Signature>,
}

/// What an issued batch says of a request, for whoever may read the request; of other requests nothing.
pub async fn answer(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    request: &CaseId,
) -> Result<Answer, Failure> {
    let case = request_store::visible(context, &mut *connection, actor, request.as_str()).await?.case;
    permit(actor, &case, Verb::Read, context.clock().today())?;
    let none = || Failure::unknown("份批复通知；该申请尚未批复");
    let approval = case.approval.ok_or_else(none)?;
    let stored = store::load::<ApprovalBatch>(context, &mut *connection, &approval.batch).await?;
    let batch = stored.ok_or_else(none)?.case;
    let frozen = versions::frozen::<Notice>(context, connection, &batch.id, batch.version).await?;
    let (line, notice) = frozen.ok_or_else(none)?;
    Ok(Answer { notice: notice.of(&case.id), hash: line.hash, issued_by: batch.issued_by })
}

/// The requests of a batch as they are now; one that is not of this year is unknown.
pub async fn candidates(
    context: &Context,
    connection: &mut AnyConnection,
    batch: &ApprovalBatch,
    requests: &[CaseId],
) -> Result<Vec<(FinanceItem, Candidate)>, Failure> {
    let gate = PerformanceGate::of_year(context, &mut *connection, batch.fiscal_year).await?;
    let mut found = Vec::with_capacity(requests.len());
    for id in requests {
        let filed = request_store::load(context, &mut *connection, id.as_str()).await?;
        let case = filed.map(|f| f.case).filter(|case| case.fiscal_year == batch.fiscal_year);
        let case = case.filter(|case| with_finance(case.stage)).ok_or_else(|| Failure::unknown("份申请"))?;
        let name = department_names::of_case(context, &mut *connection, &case.id).await?;
        let own = sums::of(context, &mut *connection, case.fiscal_year, &case.id).await?;
        let worked = results::of(context, &mut *connection, &case, own).await?;
        let performance = gate.of_approval(context, &mut *connection, &case, worked.amounts()).await?;
        let candidate = worked.candidate(&case, &name.unwrap_or_default(), performance);
        found.push((worked, candidate));
    }
    Ok(found)
}

pub fn notice(
    edition: &Edition,
    batch: &ApprovalBatch,
    number: &str,
    date: Date,
    found: &[(FinanceItem, Candidate)],
) -> Result<Notice, Refusal> {
    let line = |(worked, candidate): &(FinanceItem, Candidate)| {
        let Candidate { case, name, .. } = candidate;
        Ok(NoticeLine {
            request: case.id.clone(),
            department: case.department.clone(),
            name: name.clone(),
            revision: case.revision,
            version: case.version,
            content_hash: case.content_hash.clone().unwrap_or_default(),
            requested: worked.total.requested,
            bureau_cut: worked.total.bureau_cut,
            finance_cut: worked.total.finance_cut,
            targets: worked.grade.map(|grade| grade.label().to_string()).unwrap_or_default(),
            economics: worked.economics(edition)?,
        })
    };
    Ok(Notice {
        number: number.trim().to_string(),
        date,
        fiscal_year: batch.fiscal_year,
        edition: edition.document().to_string(),
        lines: found.iter().map(line).collect::<Result<_, Refusal>>()?,
    })
}

/// The frozen notice and its requests as they are now; of a batch never drafted, an empty one.
pub async fn frozen(
    context: &Context,
    connection: &mut AnyConnection,
    batch: &ApprovalBatch,
) -> Result<(Notice, Vec<(FinanceItem, Candidate)>), Failure> {
    match versions::frozen::<Notice>(context, &mut *connection, &batch.id, batch.version).await? {
        Some((_, notice)) => {
            let requests: Vec<CaseId> = notice.lines.iter().map(|line| line.request.clone()).collect();
            let found = candidates(context, connection, batch, &requests).await?;
            Ok((notice, found))
        }
        None => {
            let edition = editions::serving(context, connection, batch.fiscal_year).await?;
            Ok((notice(&edition, batch, "", batch.fiscal_year.first_day(), &[])?, Vec::new()))
        }
    }
}
