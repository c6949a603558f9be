//! 查毒: asks a clamd over TCP (INSTREAM). While it is away attachments stay held and are tried again: by the upkeep every
//! minute, and whenever somebody asks for one.

use super::rows::{self, AttachmentRow};
use super::store::content_key;
use super::sweep::release;
use crate::context::Context;
use crate::kernel::failure::Failure;
use crate::store::audit_trail::AuditRecord;
use clamav_client::tokio::{Tcp, scan_buffer};
use shared::kernel::attachment::ScanState;
use std::io::{Error, ErrorKind};
use std::time::Duration;
use tokio::sync::Semaphore;

/// How long one scan may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Bytes sent at a time.
const CHUNK: usize = 64 << 10;
/// Scans at the same time: each holds a whole file in memory.
static SCANS: Semaphore = Semaphore::const_new(2);

/// A clamd by its `host:port`.
pub struct Scanner {
    address: String,
}

/// What clamd answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Clean,
    /// Name of what it found.
    Infected(String),
    /// It cannot tell, for example because the file is above its size limit.
    Undecided(String),
}

impl Scanner {
    pub fn new(address: String) -> Scanner {
        Scanner { address }
    }

    pub(super) async fn scan(&self, bytes: &[u8]) -> Result<Verdict, Error> {
        let connection = Tcp { host_address: self.address.as_str() };
        let answer = tokio::time::timeout(PATIENCE, scan_buffer(bytes, connection, Some(CHUNK))).await;
        let answer = answer.map_err(|_| Error::from(ErrorKind::TimedOut))??;
        // A connection that was cut answers nothing.
        if answer.is_empty() { Err(ErrorKind::UnexpectedEof.into()) } else { Ok(read(&answer)) }
    }
}

/// `stream: OK`, `stream: NAME FOUND` or `… ERROR`.
fn read(answer: &[u8]) -> Verdict {
    let text = String::from_utf8_lossy(answer);
    let text = text.trim_matches(['\0', '\n', ' ']);
    let about = text.strip_prefix("stream: ").unwrap_or(text);
    if about == "OK" {
        return Verdict::Clean;
    }
    match about.strip_suffix(" FOUND") {
        Some(name) => Verdict::Infected(name.to_string()),
        None => Verdict::Undecided(text.to_string()),
    }
}

/// How an attachment was before and is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scanned {
    Decided(ScanState),
    StillHeld,
    ScannerAway,
}

/// Scans one held attachment and writes down what came of it.
pub async fn scan_held(context: &Context, row: &AttachmentRow) -> Result<Scanned, Failure> {
    let Some(scanner) = &context.attachments.scanner else { return Ok(Scanned::StillHeld) };
    let _permit = SCANS.acquire().await.map_err(anyhow::Error::from)?;
    let line = &row.line;
    let key = content_key(context.tenant(), &line.hash);
    let Some(bytes) = context.attachments.store.get(&key).await? else {
        tracing::error!(attachment = %line.id, hash = %line.hash, "the content of an attachment is missing");
        return Ok(Scanned::StillHeld);
    };
    let verdict = match scanner.scan(&bytes).await {
        Ok(verdict) => verdict,
        Err(error) => {
            tracing::warn!(%error, address = %scanner.address, "the virus scanner is away");
            return Ok(Scanned::ScannerAway);
        }
    };
    match verdict {
        Verdict::Clean => record(context, row, ScanState::Clear, None).await,
        Verdict::Infected(threat) => record(context, row, ScanState::Infected, Some(threat)).await,
        Verdict::Undecided(answer) => {
            tracing::warn!(attachment = %line.id, answer, "the virus scanner cannot tell");
            Ok(Scanned::StillHeld)
        }
    }
}

async fn record(
    context: &Context,
    row: &AttachmentRow,
    state: ScanState,
    threat: Option<String>,
) -> Result<Scanned, Failure> {
    let line = &row.line;
    let mut write = context.db.write(&format!("attachments {}", context.tenant())).await?;
    rows::record_scan(context, write.connection(), &line.id, state, threat.as_deref()).await?;
    let Some(threat) = threat else {
        let entry = AuditRecord::of_system(context.tenant(), context.clock().stamp(), "attachment.clear");
        let entry = AuditRecord { subject: row.case.as_str(), ..entry };
        write.commit(entry.detail(format!("附件“{}”（{}）查毒通过", line.name, line.hash))).await?;
        return Ok(Scanned::Decided(state));
    };
    let entry = AuditRecord {
        tenant: context.tenant(),
        at: context.clock().stamp(),
        account: row.by_account.as_str(),
        name: &line.by,
        role: "",
        act: "attachment.infected".into(),
        subject: row.case.as_str(),
        detail: format!("附件“{}”（{}）查出 {threat}，已拒收", line.name, line.hash),
    };
    write.commit(entry).await?;
    release(context, &line.hash).await?;
    Ok(Scanned::Decided(state))
}

/// Scans everything that is held, until the scanner does not answer.
pub async fn scan_all_held(context: &Context) -> Result<(), Failure> {
    if context.attachments.scanner.is_none() {
        return Ok(());
    }
    let mut connection = context.db.reader().acquire().await?;
    let held = rows::held(context, &mut connection).await?;
    drop(connection);
    for row in held {
        if scan_held(context, &row).await? == Scanned::ScannerAway {
            return Ok(());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_clamd_are_read() {
        assert_eq!(read(b"stream: OK\0"), Verdict::Clean);
        let found = Verdict::Infected("Win.Test.EICAR_HDB-1".into());
        assert_eq!(read(b"stream: Win.Test.EICAR_HDB-1 FOUND\0"), found);
        let limit = "INSTREAM size limit exceeded. ERROR";
        assert_eq!(read(limit.as_bytes()), Verdict::Undecided(limit.into()));
        assert_eq!(read(b"HTTP/1.1 200 OK\r\n"), Verdict::Undecided("HTTP/1.1 200 OK\r".into()));
    }
}
