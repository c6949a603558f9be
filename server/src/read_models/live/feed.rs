//! 变更只读一次: what changed in a case is read and encoded once for all windows of this server that have the case open.
//! What of it a window may see is its own question (`request.rs`).

use crate::cases::review;
use crate::cases::store;
use crate::context::Context;
use crate::documents::operations;
use crate::kernel::failure::Failure;
use crate::store::change_bus;
use serde_json::value::RawValue;
use shared::api::live::LiveEvent;
use shared::api::operations::{LogEntry, MOST_OPS};
use shared::cases::AnyCase;
use shared::kernel::ids::CaseId;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Edits that a feed keeps for windows that are a little behind; one further behind reads the log itself.
const KEPT_EDITS: usize = 256;
const KEPT_BYTES: usize = 1 << 20;
/// What was read is good for so long without a wake-up, in case one was lost.
const VALID: Duration = Duration::from_secs(20);

/// The feeds of all cases that somebody has open.
#[derive(Default)]
pub struct CaseFeeds {
    feeds: Mutex<BTreeMap<CaseId, Weak<CaseFeed>>>,
}

/// One case as the windows of this server follow it.
pub struct CaseFeed {
    case: CaseId,
    state: tokio::sync::Mutex<FeedState>,
}

struct FeedState {
    changed: watch::Receiver<()>,
    read: Option<Reading>,
    /// Oldest first, without gaps, up to `latest`.
    edits: VecDeque<Edit>,
    bytes: usize,
}

/// The case as it was last read.
struct Reading {
    at: Instant,
    case: Arc<AnyCase>,
    /// Number of the last operation.
    latest: u64,
    /// Number of the last review entry.
    reviewed: u64,
}

/// An edit with its number, as JSON of [`LiveEvent`].
#[derive(Clone)]
pub struct Edit {
    pub seq: u64,
    pub json: Arc<RawValue>,
}

/// What a window is handed.
pub struct CaseNews {
    pub case: Arc<AnyCase>,
    pub reviewed: u64,
    /// After the number asked for, oldest first.
    pub edits: Vec<Edit>,
}

impl CaseFeeds {
    pub fn of(&self, context: &Context, case: &CaseId) -> Arc<CaseFeed> {
        let mut feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(feed) = feeds.get(case).and_then(Weak::upgrade) {
            return feed;
        }
        // Forgets cases that nobody has open.
        feeds.retain(|_, feed| feed.strong_count() > 0);
        let changed = context.db.hub().listen(&change_bus::request(context.tenant(), case));
        let state = FeedState { changed, read: None, edits: VecDeque::new(), bytes: 0 };
        let feed = Arc::new(CaseFeed { case: case.clone(), state: state.into() });
        feeds.insert(case.clone(), Arc::downgrade(&feed));
        feed
    }
}

impl CaseFeed {
    /// What there is after operation `after`. The first window to ask after a change reads the database; the others wait for
    /// it and are handed the same.
    pub async fn news(&self, context: &Context, after: u64) -> Result<CaseNews, Failure> {
        let mut state = self.state.lock().await;
        let reading = state.current(context, &self.case).await?;
        let (case, latest, reviewed) = (reading.case.clone(), reading.latest, reading.reviewed);
        let edits = state.edits_after(after, latest);
        drop(state);
        let edits = match edits {
            Some(edits) => edits,
            None => {
                let mut connection = context.db.reader().acquire().await?;
                let entries = operations::after(context.tenant(), &mut connection, &self.case, after).await?;
                entries.into_iter().map(Edit::new).collect::<Result<_, _>>()?
            }
        };
        Ok(CaseNews { case, reviewed, edits })
    }
}

impl FeedState {
    async fn current(&mut self, context: &Context, id: &CaseId) -> Result<&Reading, Failure> {
        let woken = self.changed.has_changed().unwrap_or(true);
        let reading = match self.read.take().filter(|read| !woken && read.at.elapsed() < VALID) {
            Some(read) => read,
            None => {
                // Before the read: a change that comes meanwhile is read next time.
                self.changed.mark_unchanged();
                self.read_anew(context, id).await?
            }
        };
        Ok(self.read.insert(reading))
    }

    async fn read_anew(&mut self, context: &Context, id: &CaseId) -> Result<Reading, Failure> {
        let at = Instant::now();
        let mut connection = context.db.reader().acquire().await?;
        let case =
            store::find(context, &mut connection, id).await?.ok_or_else(|| Failure::unknown("份案卷"))?;
        let mut latest = match self.edits.back() {
            Some(edit) => edit.seq,
            None => operations::latest(context.tenant(), &mut connection, id).await?,
        };
        loop {
            let entries = operations::after(context.tenant(), &mut connection, id, latest).await?;
            let is_last = entries.len() < MOST_OPS;
            for entry in entries {
                latest = entry.seq;
                self.keep(Edit::new(entry)?);
            }
            if is_last {
                break;
            }
        }
        let reviewed = review::latest(context.tenant(), &mut connection, id).await?;
        Ok(Reading { at, case: Arc::new(case.case), latest, reviewed })
    }

    fn keep(&mut self, edit: Edit) {
        self.bytes += edit.json.get().len();
        self.edits.push_back(edit);
        while self.edits.len() > 1 && (self.edits.len() > KEPT_EDITS || self.bytes > KEPT_BYTES) {
            if let Some(oldest) = self.edits.pop_front() {
                self.bytes -= oldest.json.get().len();
            }
        }
    }

    /// The edits after a number; `None` when they go back further than what is kept.
    fn edits_after(&self, after: u64, latest: u64) -> Option<Vec<Edit>> {
        if after >= latest {
            return Some(Vec::new());
        }
        let oldest = self.edits.front()?.seq;
        (oldest <= after + 1).then(|| self.edits.iter().filter(|edit| edit.seq > after).cloned().collect())
    }
}

impl Edit {
    fn new(entry: LogEntry) -> Result<Edit, Failure> {
        let seq = entry.seq;
        let json = serde_json::value::to_raw_value(&LiveEvent::Edited { entry })?;
        Ok(Edit { seq, json: json.into() })
    }
}
