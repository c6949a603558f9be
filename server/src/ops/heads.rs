//! 链头: how far every log has grown, appended to a file that lies elsewhere. Who cuts the end of a log off cannot cut it
//! off there.

use crate::context::{Context, Shared};
use crate::kernel::failure::Failure;
use crate::store::logs;
use anyhow::Context as _;
use shared::kernel::calendar::Date;
use shared::policy::art16_trail::ChainHead;
use std::collections::BTreeMap;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::time::Duration;
use tokio::task::JoinHandle;

/// Audit entries after which heads are written before the day is over.
const MOST_ENTRIES: u64 = 10_000;
/// How often it is asked whether heads are due.
const INTERVAL: Duration = Duration::from_secs(60);

/// The heads in a file, oldest first; none where there is no file yet.
///
/// # Errors
/// A line is no head. Its number is named.
pub fn read(file: &Path) -> anyhow::Result<Vec<ChainHead>> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(|| format!("读不到链头文件 {}", file.display())),
    };
    let head = |(n, line): (usize, &str)| {
        serde_json::from_str(line)
            .with_context(|| format!("链头文件 {} 第 {} 行不是链头", file.display(), n + 1))
    };
    text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(head).collect()
}

/// Appends the head of each log that grew since its last one.
pub async fn append(context: &Context) -> Result<(), Failure> {
    let Some(file) = context.settings.heads.as_deref() else { return Ok(()) };
    let known: BTreeMap<String, u64> = read(file)?.into_iter().map(|head| (head.log, head.seq)).collect();
    let mut connection = context.db.reader().acquire().await?;
    let at = context.clock().stamp().to_string();
    let mut lines = String::new();
    for log in logs::ALL {
        for end in log.ends(&mut connection, context.tenant()).await? {
            if known.get(&end.log).is_none_or(|seq| *seq < end.seq) {
                let head = ChainHead::of(context.db.seal().key(), &end.log, end.seq, &end.link, &at);
                lines.push_str(&serde_json::to_string(&head)?);
                lines.push('\n');
            }
        }
    }
    drop(connection);
    if lines.is_empty() {
        return Ok(());
    }
    Ok(write(file, &lines)?)
}

fn write(file: &Path, lines: &str) -> anyhow::Result<()> {
    let opened = std::fs::OpenOptions::new().create(true).append(true).open(file);
    let written = opened.and_then(|mut file| {
        file.write_all(lines.as_bytes())?;
        file.sync_all()
    });
    written.with_context(|| format!("不能写链头文件 {}", file.display()))
}

/// Whether a head of the trail is due: none was written today, or many entries came since.
async fn is_due(context: &Context, today: Date) -> Result<bool, Failure> {
    let Some(file) = context.settings.heads.as_deref() else { return Ok(false) };
    let mut connection = context.db.reader().acquire().await?;
    let end = logs::AUDIT.end(&mut connection, context.tenant(), "").await?.number();
    let last = read(file)?.into_iter().rfind(|head| head.log == logs::AUDIT.log);
    Ok(last.is_none_or(|head| {
        let day = head.at.get(..10).and_then(Date::parse);
        end > head.seq && (day != Some(today) || end - head.seq >= MOST_ENTRIES)
    }))
}

/// Appends heads when they are due, from the start on; ends with the server.
pub fn upkeep(context: Shared) -> JoinHandle<()> {
    tokio::spawn(async move {
        loop {
            let due = is_due(&context, context.clock().today()).await;
            let done = match due {
                Ok(true) => append(&context).await,
                Ok(false) => Ok(()),
                Err(failure) => Err(failure),
            };
            if let Err(failure) = done {
                tracing::error!(?failure, "the heads of the logs cannot be written");
            }
            tokio::time::sleep(INTERVAL).await;
        }
    })
}
