//! 期限进度: where the requests of a year stand for the reminders of the calendar. It is the same for everybody, so it is
//! derived once per day and change and not for each person who is reminded.

use crate::cases::request_store;
use crate::context::Context;
use crate::kernel::failure::Failure;
use crate::store::change_bus;
use shared::cases::kernel::Stage;
use shared::kernel::calendar::{Date, FiscalYear};
use shared::kernel::ids::DepartmentId;
use sqlx::AnyConnection;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, watch};

/// What was derived is good for so long without a wake-up, in case one was lost.
const VALID: Duration = Duration::from_secs(20);

#[derive(Default)]
pub struct Deadlines {
    derived: Mutex<Option<Derived>>,
}

struct Derived {
    year: FiscalYear,
    at: Instant,
    changed: watch::Receiver<()>,
    late: Arc<BTreeMap<DepartmentId, Date>>,
    /// Derived when somebody first asks.
    requests: Option<Arc<YearRequests>>,
}

/// Where the requests of a year stand.
pub struct YearRequests {
    /// Departments that have reported theirs.
    pub reported: BTreeSet<DepartmentId>,
    /// Requests that reached the bureau and are not accepted.
    pub under_review: usize,
}

impl Deadlines {
    /// 延期申报 of every department that has one.
    pub async fn late_windows(
        &self,
        context: &Context,
        connection: &mut AnyConnection,
        year: FiscalYear,
    ) -> Result<Arc<BTreeMap<DepartmentId, Date>>, Failure> {
        let mut derived = self.derived.lock().await;
        Ok(current(&mut derived, context, connection, year).await?.late.clone())
    }

    pub async fn requests(
        &self,
        context: &Context,
        connection: &mut AnyConnection,
        year: FiscalYear,
    ) -> Result<Arc<YearRequests>, Failure> {
        let mut derived = self.derived.lock().await;
        let derived = current(&mut derived, context, &mut *connection, year).await?;
        let requests = match derived.requests.take() {
            Some(requests) => requests,
            None => Arc::new(read_requests(context, connection, year).await?),
        };
        Ok(derived.requests.insert(requests).clone())
    }
}

/// What holds now; without its requests when it had to be derived anew.
async fn current<'d>(
    derived: &'d mut Option<Derived>,
    context: &Context,
    connection: &mut AnyConnection,
    year: FiscalYear,
) -> Result<&'d mut Derived, Failure> {
    let holds = |derived: &Derived| {
        derived.year == year && derived.at.elapsed() < VALID && !derived.changed.has_changed().unwrap_or(true)
    };
    let now = match derived.take().filter(holds) {
        Some(derived) => derived,
        None => {
            // Before the read: a change that comes meanwhile is read next time.
            let mut changed = context.db.hub().listen(&change_bus::deadlines(context.tenant()));
            changed.mark_unchanged();
            let at = Instant::now();
            let late = Arc::new(request_store::late_windows(context, connection, year).await?);
            Derived { year, at, changed, late, requests: None }
        }
    };
    Ok(derived.insert(now))
}

async fn read_requests(
    context: &Context,
    connection: &mut AnyConnection,
    year: FiscalYear,
) -> Result<YearRequests, Failure> {
    let filed = request_store::of_year(context, connection, year).await?;
    let live = || filed.iter().map(|filed| &filed.case).filter(|case| case.stage != Stage::Withdrawn);
    Ok(YearRequests {
        reported: live().filter(|c| c.reported_version > 0).map(|c| c.department.clone()).collect(),
        under_review: live().filter(|c| c.reported_version > 0 && c.stage < Stage::Accepted).count(),
    })
}
