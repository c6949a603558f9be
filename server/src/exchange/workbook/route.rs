//! The handler of `POST /api/workbooks`: reads a workbook on a thread of its own.

use super::{WorkbookRefusal, limits};
use crate::context::Shared;
use crate::kernel::failure::Failure;
use shared::api::problem::{Problem, code};
use shared::api::workbook::ReadWorkbook;
use shared::exchange::import::workbook::Workbook;
use shared::kernel::people::Actor;
use std::time::Instant;
use tokio::sync::Semaphore;

static READERS: Semaphore = Semaphore::const_new(limits::AT_ONCE);

// Every text that an import reads must fit into a cell.
const _: () =
    assert!(shared::exchange::import::normal::LONGEST_TEXT <= crate::documents::op_limits::LONGEST_CELL);

/// `POST /api/workbooks`. Few files are read at a time, off the async threads, so that a slow one delays nobody else. The
/// deadline is checked while reading, so the thread ends with it.
pub async fn upload(
    context: Shared,
    actor: Actor,
    _: ReadWorkbook,
    file: Vec<u8>,
) -> Result<Workbook, Failure> {
    context.count(&context.upload_rate, &actor.account, "上传")?;
    read_file(file).await
}

/// The raw cells of an uploaded file.
pub async fn read_file(file: Vec<u8>) -> Result<Workbook, Failure> {
    let permit = tokio::time::timeout(limits::TIME, READERS.acquire());
    let permit = permit.await.map_err(|_| Failure::try_later(5))?.map_err(anyhow::Error::from)?;
    let outcome = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        super::read(&file, Instant::now() + limits::TIME)
    });
    let read = outcome.await.unwrap_or_else(|panic| {
        tracing::error!(%panic, "reading a workbook panicked");
        Err(WorkbookRefusal::Damaged)
    });
    read.map_err(|refusal| {
        Problem::new(422, code::MALFORMED, "无法读取这个工作簿", refusal.to_string()).into()
    })
}
