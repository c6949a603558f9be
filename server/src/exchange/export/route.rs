//! The handlers of all downloads: they read what the person may read and let `workbook` and `print` write the file.

use super::case_list;
use super::content::ExportContent;
use super::workbook;
use crate::cases::approvals;
use crate::cases::consolidations;
use crate::cases::lists;
use crate::cases::money;
use crate::cases::pages;
use crate::cases::request_store;
use crate::cases::review;
use crate::context::{Context, Shared};
use crate::exchange::print;
use crate::http::reply::File;
use crate::kernel::failure::Failure;
use crate::kernel::places::TakenPlace;
use crate::store::audit_trail::AuditRecord;
use shared::api::cases::ExportCases;
use shared::api::consolidation::ReadConsolidation;
use shared::api::export::{
    ExportWorkbook, PrintApproval, PrintBatch, PrintCasePaper, PrintConsolidation, PrintLetter, PrintRequest,
    PrintReview,
};
use shared::api::finance::ReadBatch;
use shared::api::review::ReadReview;
use shared::cases::listed_kind::ListedKind;
use shared::kernel::hash::sm3_hex;
use shared::kernel::ids::CaseId;
use shared::kernel::people::Actor;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Files written at the same time: one takes a core for up to seconds.
static WRITERS: Semaphore = Semaphore::const_new(2);

/// Longest wait for a turn: behind it the person is asked to come back instead of waiting for somebody else's large file.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// `GET …/workbook`.
pub async fn workbook(context: Shared, actor: Actor, request: ExportWorkbook) -> Result<File, Failure> {
    let place = place(&context, &actor)?;
    let content = content(&context, &actor, &request.request, request.version).await?;
    note(&context, &actor, "export.workbook", request.request.as_str()).await?;
    let name = format!("{}.xlsx", content.title());
    let bytes = write_file(place, move || workbook::write(&content)).await?;
    Ok(File { name, content_type: XLSX, bytes })
}

/// `GET …/print`.
pub async fn request(context: Shared, actor: Actor, request: PrintRequest) -> Result<File, Failure> {
    let place = place(&context, &actor)?;
    let content = content(&context, &actor, &request.request, request.version).await?;
    note(&context, &actor, "print.request", request.request.as_str()).await?;
    let name = format!("{}.pdf", content.title());
    Ok(pdf(name, write_file(place, move || print::request(&content)).await?))
}

async fn content(
    context: &Context,
    actor: &Actor,
    request: &CaseId,
    version: Option<u32>,
) -> Result<ExportContent, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    ExportContent::read(context, &mut connection, actor, request, version).await
}

/// `GET …/review/print`: 审核意见书, on the version that was reported.
pub async fn review(context: Shared, actor: Actor, request: PrintReview) -> Result<File, Failure> {
    let place = place(&context, &actor)?;
    let request = request.request;
    let view = review::read(context.clone(), actor.clone(), ReadReview { request: request.clone() }).await?;
    let mut connection = context.db.reader().acquire().await?;
    let stored = request_store::visible(&context, &mut connection, &actor, request.as_str()).await?;
    let reported = stored.case.reported_version;
    if reported == 0 {
        return Err(Failure::unknown("份审核意见书；该申请尚未报送"));
    }
    let content = ExportContent::read(&context, &mut connection, &actor, &request, Some(reported)).await?;
    drop(connection);
    note(&context, &actor, "print.review", request.as_str()).await?;
    let name = format!("审核意见书-{}.pdf", content.title());
    Ok(pdf(name, write_file(place, move || print::review(&content, &view)).await?))
}

/// `GET …/approval/print`: 批复通知 of one request.
pub async fn approval(context: Shared, actor: Actor, request: PrintApproval) -> Result<File, Failure> {
    let place = place(&context, &actor)?;
    let mut connection = context.db.reader().acquire().await?;
    let answer = approvals::answer(&context, &mut connection, &actor, &request.request).await?;
    drop(connection);
    note(&context, &actor, "print.approval", request.request.as_str()).await?;
    let department = answer.notice.lines.first().map(|line| line.name.clone()).unwrap_or_default();
    let name = format!("批复通知-{}-{department}.pdf", answer.notice.number);
    Ok(pdf(name, write_file(place, move || print::answer(&answer)).await?))
}

/// `GET /api/consolidations/{fiscal_year}/print`: 整体预算.
pub async fn consolidation(
    context: Shared,
    actor: Actor,
    request: PrintConsolidation,
) -> Result<File, Failure> {
    let place = place(&context, &actor)?;
    let PrintConsolidation { fiscal_year, number } = request;
    let read = ReadConsolidation { fiscal_year, number };
    let view = consolidations::read(context.clone(), actor.clone(), read).await?;
    note(&context, &actor, "print.consolidation", &fiscal_year.to_string()).await?;
    let name = format!("{fiscal_year}年度运维资金整体预算.pdf");
    Ok(pdf(name, write_file(place, move || print::whole(&view)).await?))
}

/// `GET /api/batches/{batch}/print`: 批复通知.
pub async fn batch(context: Shared, actor: Actor, request: PrintBatch) -> Result<File, Failure> {
    let place = place(&context, &actor)?;
    let batch = request.batch;
    let view = approvals::read(context.clone(), actor.clone(), ReadBatch { batch: batch.clone() }).await?;
    note(&context, &actor, "print.batch", batch.as_str()).await?;
    let number = view.batch.number.clone().unwrap_or_default();
    let bytes = write_file(place, move || print::batch(&view).transpose()).await?;
    let bytes = bytes.ok_or_else(|| Failure::unknown("份批复通知；该批次尚未拟定"))?;
    Ok(pdf(format!("批复通知-{number}.pdf"), bytes))
}

/// `GET …/letters/{letter}`: 公文 of a case of any kind.
pub async fn letter(context: Shared, actor: Actor, request: PrintLetter) -> Result<File, Failure> {
    let place = place(&context, &actor)?;
    let letters = pages::letters(&context, &actor, &request.case).await?;
    let letter = letters.into_iter().find(|letter| letter.key == request.letter);
    let letter = letter.ok_or_else(|| Failure::unknown("份公文；可能尚未签发"))?;
    note(&context, &actor, "print.letter", request.case.as_str()).await?;
    let name = format!("{}-{}.pdf", letter.label, letter.number);
    Ok(pdf(name, write_file(place, move || print::letter(&letter)).await?))
}

/// `GET /api/money-cases/{case}/papers/{paper}`: 文书 of an execution case.
pub async fn case_paper(context: Shared, actor: Actor, request: PrintCasePaper) -> Result<File, Failure> {
    let place = place(&context, &actor)?;
    let PrintCasePaper { case, paper } = request;
    let paper = money::pages::paper(&context, &actor, &case, paper).await?;
    note(&context, &actor, "print.paper", case.as_str()).await?;
    let name = format!("{}-{case}.pdf", paper.title);
    let hash = sm3_hex(serde_json::to_string(&paper)?.as_bytes());
    Ok(pdf(name, write_file(place, move || print::case_paper(&paper, &hash)).await?))
}

/// `GET /api/cases/list/workbook`: 案卷一览, what the query of the list asks for.
pub async fn cases(context: Shared, actor: Actor, request: ExportCases) -> Result<File, Failure> {
    let place = place(&context, &actor)?;
    let ExportCases(query) = request;
    let lines = lists::whole_list(&context, &actor, &query).await?;
    note(&context, &actor, "export.cases", &query.kind.map_or_else(|| "cases".to_string(), ListedKind::word))
        .await?;
    let name = format!("{}.xlsx", case_list::title(query.kind));
    let bytes = write_file(place, move || case_list::write(query.kind, &lines)).await?;
    Ok(File { name, content_type: XLSX, bytes })
}

/// A place for one more file of this person, before anything is read for it.
pub(super) fn place(context: &Context, actor: &Actor) -> Result<TakenPlace, Failure> {
    context.count(&context.export_rate, &actor.account, "导出")?;
    let place = context.exports.take(actor.account.as_str());
    place.ok_or_else(|| Failure::too_many(5, "您有几份文件正在生成，请等它们完成后再导出。"))
}

/// Notes in the trail who took which paper or table out, before it is written.
pub(super) async fn note(context: &Context, actor: &Actor, act: &str, subject: &str) -> Result<(), Failure> {
    context.audit(AuditRecord::by(actor, context.clock().stamp(), act, subject)).await
}

fn pdf(name: String, bytes: Vec<u8>) -> File {
    File { name, content_type: "application/pdf", bytes }
}

/// Writes a file off the async threads, two at a time.
pub(super) async fn write_file<T: Send + 'static>(
    place: TakenPlace,
    write: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> Result<T, Failure> {
    let permit = tokio::time::timeout(PATIENCE, WRITERS.acquire()).await;
    let permit = permit.map_err(|_| Failure::try_later(10))?.map_err(anyhow::Error::from)?;
    let write = move || {
        // A person who leaves does not make room before the file is done.
        let _permit = (permit, place);
        write()
    };
    let written = tokio::task::spawn_blocking(write).await.map_err(anyhow::Error::from)?;
    Ok(written?)
}
