//! 导出与取证包: the entries of a filter as a file; and as a package with everything needed to check them without this program.

use crate::context::{Context, Shared};
use crate::exchange::export::audit_file;
use crate::http::reply::File;
use crate::kernel::failure::Failure;
use crate::ops::heads;
use crate::ops::verify::{VerifyRequest, verify};
use crate::store::audit_trail::{self, AuditRecord};
use crate::store::logs::AUDIT;
use serde_json::json;
use shared::api::audit::{AuditEntry, AuditFormat, MOST_EXPORTED, ReadAuditTrail};
use shared::kernel::hash::sm3_hex;
use shared::kernel::people::Actor;
use shared::policy::art16_trail::TrailEntry;
use std::collections::{BTreeMap, VecDeque};
use std::io::{Cursor, Write};
use tokio::sync::Semaphore;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Files made at the same time: one holds up to [`MOST_EXPORTED`] entries in memory.
static WRITERS: Semaphore = Semaphore::const_new(1);

const README: &str = include_str!("evidence.txt");

/// `GET /api/audit-trail/export`: in the trail before the file is made.
pub async fn download(context: Shared, actor: Actor, filter: ReadAuditTrail) -> Result<File, Failure> {
    let format = filter.format.ok_or_else(|| Failure::malformed(422, "`format`：请指明导出格式。"))?;
    let _permit = WRITERS.acquire().await.map_err(anyhow::Error::from)?;
    let mut connection = context.db.reader().acquire().await?;
    let found = audit_trail::find(&mut connection, context.tenant(), &filter, MOST_EXPORTED + 1).await?;
    drop(connection);
    if found.len() as u64 > MOST_EXPORTED {
        let detail = format!("一次最多导出 {MOST_EXPORTED} 条，请缩小筛选范围后重试。");
        return Err(Failure::malformed(422, detail));
    }
    let detail = serde_json::to_string(&filter)?;
    let entry = AuditRecord::by(&actor, context.clock().stamp(), "export.audit", "audit").detail(detail);
    context.audit(entry).await?;
    let today = context.clock().today();
    let (name, content_type, bytes) = match format {
        AuditFormat::Xlsx => {
            (format!("审计日志-{today}.xlsx"), XLSX, blocking(move || audit_file::xlsx(&found)).await?)
        }
        AuditFormat::Csv => {
            (format!("审计日志-{today}.csv"), "text/csv; charset=utf-8", audit_file::csv(&found))
        }
        AuditFormat::Jsonl => {
            (format!("审计日志-{today}.jsonl"), "application/x-ndjson", audit_file::jsonl(&found)?)
        }
        AuditFormat::Evidence => (
            format!("取证包-{today}.zip"),
            "application/zip",
            Box::pin(package(context, actor, filter, found)).await?,
        ),
    };
    Ok(File { name, content_type, bytes })
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

async fn blocking(
    make: impl FnOnce() -> anyhow::Result<Vec<u8>> + Send + 'static,
) -> Result<Vec<u8>, Failure> {
    let made = tokio::task::spawn_blocking(make).await;
    Ok(made.map_err(anyhow::Error::from)??)
}

/// The entries as stored with the link before them, the heads of their period, a verification, and the SM3 of every file.
async fn package(
    context: Shared,
    actor: Actor,
    filter: ReadAuditTrail,
    found: Vec<AuditEntry>,
) -> Result<Vec<u8>, Failure> {
    let stored = stored(&context, found.iter().rev().map(|entry| entry.seq).collect()).await?;
    let before = stored.first().map(|entry| json!({ "seq": entry.seq, "previous": entry.previous }));
    let from = stored.first().map(|entry| entry.at.clone()).unwrap_or_default();
    let mut heads = match &context.settings.heads {
        Some(file) => heads::read(file)?,
        None => Vec::new(),
    };
    heads.retain(|head| head.at >= from);
    let report = verify(&VerifyRequest {
        database: context.settings.database.clone(),
        tenant: context.settings.tenant.clone(),
        heads: context.settings.heads.clone(),
        audit_keys: vec![context.settings.audit_key_file()],
    })
    .await?;
    let mut files = BTreeMap::new();
    files.insert("entries.jsonl", lines(&stored)?);
    files.insert("entries.xlsx", blocking(move || audit_file::xlsx(&found)).await?);
    files.insert("before.json", serde_json::to_vec_pretty(&before)?);
    files.insert("heads.jsonl", lines(&heads)?);
    files.insert("verify.json", serde_json::to_vec_pretty(&report)?);
    files.insert("README.txt", README.as_bytes().to_vec());
    let hashes: BTreeMap<&str, String> = files.iter().map(|(name, bytes)| (*name, sm3_hex(bytes))).collect();
    let manifest = json!({
        "files": hashes,
        "filter": filter,
        "by": { "account": actor.account, "name": actor.name, "role": actor.role },
        "at": context.clock().stamp().to_string(),
        "tenant": context.tenant(),
    });
    files.insert("manifest.json", serde_json::to_vec_pretty(&manifest)?);
    blocking(move || zipped(&files)).await
}

/// The entries of these numbers as they are chained, oldest first.
async fn stored(context: &Context, mut wanted: VecDeque<u64>) -> Result<Vec<TrailEntry>, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let columns = context.db.columns(&mut connection).await?;
    let mut stored: Vec<TrailEntry> = Vec::with_capacity(wanted.len());
    while let Some(first) = wanted.front().copied() {
        let page =
            AUDIT.entries(&mut connection, context.tenant(), &columns, first.saturating_sub(1)).await?;
        let Some(last) = page.last().map(|entry| entry.seq) else { break };
        for entry in page {
            if wanted.front() == Some(&entry.seq) {
                wanted.pop_front();
                stored.push(entry);
            }
        }
        while wanted.front().is_some_and(|seq| *seq <= last) {
            wanted.pop_front();
        }
    }
    Ok(stored)
}

fn lines<T: serde::Serialize>(items: &[T]) -> Result<Vec<u8>, Failure> {
    let mut text = String::new();
    for item in items {
        text.push_str(&serde_json::to_string(item)?);
        text.push('\n');
    }
    Ok(text.into_bytes())
}

fn zipped(files: &BTreeMap<&'static str, Vec<u8>>) -> anyhow::Result<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, SimpleFileOptions::default())?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}
