//! 演示的秋冬: from the closing of the window to the approval: the bureau accepts what was reported in time, reports the
//! whole, finance reviews and answers. Each step on its own day, as far as the day of the demonstration.

use super::people::{DEPARTMENTS, Progress, Sample};
use super::{reviewing, someone, tell};
use crate::cases::{execute, opening, request_store, store};
use crate::context::Shared;
use crate::documents::editions;
use crate::kernel::failure::Failure;
use shared::api::cases::OpenCase;
use shared::api::transition::Transition;
use shared::cases::kernel::{NamedCommand, Stage};
use shared::cases::request::{Command, RequestCase};
use shared::cases::{AnyCase, Kind, approval, consolidation};
use shared::kernel::calendar::{Date, FiscalYear};
use shared::kernel::ids::{CaseId, OpId};
use shared::kernel::people::Actor;
use shared::policy::art04_calendar::{consolidation_deadline, window};

/// Departments that the first batch answers; the others are still under finance's review.
const ANSWERED: usize = 5;

/// Does what is due on `today`: accepted twenty days after the window, the whole reported ten days before its deadline,
/// finance's review finished on 10 December, the first approvals issued on 10 January.
pub async fn play(context: &Shared, year: FiscalYear, today: Date) -> Result<(), Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let edition = editions::serving(context, &mut connection, year).await?;
    drop(connection);
    let days = [
        window(&edition, year).last.plus_days(20),
        consolidation_deadline(&edition, year).plus_days(-10),
        Date::new(year.0 - 1, 12, 10),
        Date::new(year.0, 1, 10),
    ];
    for (step, day) in days.into_iter().enumerate() {
        let Some(day) = day.filter(|day| *day <= today) else { return Ok(()) };
        context.stage_day(Some(day));
        match step {
            0 => accept(context, year).await?,
            1 => report(context, year).await?,
            2 => review(context, year).await?,
            _ => answer(context, year, day).await?,
        }
    }
    Ok(())
}

async fn current(context: &Shared, actor: &Actor, id: &str) -> Result<RequestCase, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    Ok(request_store::visible(context, &mut connection, actor, id).await?.case)
}

/// What waits with a department's leader or with the bureau goes through; what is under way or was returned stays.
async fn accept(context: &Shared, year: FiscalYear) -> Result<(), Failure> {
    let waits = |sample: &&Sample| {
        matches!(sample.progress, Progress::DepartmentCheck | Progress::Submitted | Progress::BureauConfirm)
    };
    let (reviewer, leader) =
        (someone(context, "bureau.reviewer").await?, someone(context, "bureau.leader").await?);
    for sample in DEPARTMENTS.iter().filter(waits) {
        let filler = someone(context, &format!("{}.filler", sample.id)).await?;
        let approver = someone(context, &format!("{}.approver", sample.id)).await?;
        let mut case = current(context, &filler, &format!("{}-{}", sample.id, year.0)).await?;
        if case.stage == Stage::DepartmentCheck {
            // Reported on the last day the window is open.
            case = late(context, &approver, case).await?;
        }
        if case.stage == Stage::Submitted {
            case = tell(context, &reviewer, case, Command::BureauTake {}).await?;
            reviewing::finished(context, &reviewer, &filler, &case).await?;
            case = tell(context, &reviewer, case, Command::BureauPass {}).await?;
        }
        if case.stage == Stage::BureauConfirm {
            let content_hash = case.content_hash.clone().unwrap_or_default();
            let review_hash = case.review_hash.clone().unwrap_or_default();
            tell(context, &leader, case, Command::BureauConfirm { content_hash, review_hash }).await?;
        }
    }
    Ok(())
}

async fn late(context: &Shared, approver: &Actor, case: RequestCase) -> Result<RequestCase, Failure> {
    let now = context.clock().today();
    context.stage_day(case.window.map(|window| window.last));
    let reported = tell(context, approver, case, Command::DepartmentApprove {}).await;
    context.stage_day(Some(now));
    reported
}

/// The bureau gathers, its leader confirms and reports.
async fn report(context: &Shared, year: FiscalYear) -> Result<(), Failure> {
    let (reviewer, leader) =
        (someone(context, "bureau.reviewer").await?, someone(context, "bureau.leader").await?);
    let id = CaseId::new(format!("whole-{}", year.0));
    open(context, &reviewer, &id, Kind::Compilation, year).await?;
    order(context, &reviewer, &id, &consolidation::Command::Compile {}).await?;
    let content_hash = frozen_hash(context, &leader, &id).await?;
    order(context, &leader, &id, &consolidation::Command::ConfirmCompilation { content_hash }).await?;
    order(context, &leader, &id, &consolidation::Command::SubmitToFinance { late_reason: None }).await
}

/// The requests with finance that its first batch answers.
async fn with_finance(context: &Shared, year: FiscalYear) -> Result<Vec<RequestCase>, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let all = request_store::of_year(context, &mut connection, year).await?;
    let cases = all.into_iter().map(|stored| stored.case);
    let mut cases: Vec<RequestCase> = cases.filter(|case| case.stage == Stage::FinanceReview).collect();
    cases.sort_by(|a, b| a.id.cmp(&b.id));
    cases.truncate(ANSWERED);
    Ok(cases)
}

async fn review(context: &Shared, year: FiscalYear) -> Result<(), Failure> {
    let reviewer = someone(context, "finance.reviewer").await?;
    for case in with_finance(context, year).await? {
        tell(context, &reviewer, case, Command::FinancePass {}).await?;
    }
    Ok(())
}

/// Finance drafts the first batch, its leader issues it.
async fn answer(context: &Shared, year: FiscalYear, date: Date) -> Result<(), Failure> {
    let (reviewer, leader) =
        (someone(context, "finance.reviewer").await?, someone(context, "finance.leader").await?);
    let id = CaseId::new(format!("batch-{}-1", year.0));
    let requests = with_finance(context, year).await?.into_iter().map(|case| case.id).collect();
    open(context, &reviewer, &id, Kind::Batch, year).await?;
    let number = format!("晋财行〔{}〕12号", year.0);
    order(context, &reviewer, &id, &approval::Command::DraftBatch { number, date, requests }).await?;
    let content_hash = frozen_hash(context, &leader, &id).await?;
    order(context, &leader, &id, &approval::Command::IssueBatch { content_hash }).await
}

async fn open(
    context: &Shared,
    actor: &Actor,
    id: &CaseId,
    kind: Kind,
    year: FiscalYear,
) -> Result<(), Failure> {
    let open = OpenCase { case: id.clone(), kind, fiscal_year: year };
    opening::open(context.clone(), actor.clone(), open).await
}

async fn stored(context: &Shared, actor: &Actor, id: &CaseId) -> Result<AnyCase, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    store::visible(context, &mut connection, actor, id).await
}

async fn frozen_hash(context: &Shared, actor: &Actor, id: &CaseId) -> Result<String, Failure> {
    Ok(stored(context, actor, id).await?.head().content_hash.unwrap_or_default())
}

async fn order(
    context: &Shared,
    actor: &Actor,
    id: &CaseId,
    command: &impl NamedCommand,
) -> Result<(), Failure> {
    let revision = stored(context, actor, id).await?.head().revision;
    let operation = OpId::new(format!("demo-{id}-{revision}"));
    let request = Transition::of(id.clone(), operation, revision, command)?;
    execute::apply(context.clone(), actor.clone(), request).await.map(drop)
}
