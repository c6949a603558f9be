//! The only file that knows the tables `site_devices`, `visit_entries` and `site_alarms`.

use crate::kernel::failure::Failure;
use crate::store::values::{from_i64, to_i64};
use shared::kernel::ids::{AccountId, CaseId, DeviceId};
use shared::kernel::timestamp::Timestamp;
use shared::sync::site::operation::SiteOperation;
use shared::sync::site::receipt::{RejectReason, SiteResult};
use shared::sync::site::server::VisitEntry;
use sqlx::{AnyConnection, FromRow};

/// Most lines of what waits for a person that are listed.
const MOST_LISTED: i64 = 500;

/// A device as it is enrolled.
#[derive(Clone, Debug)]
pub struct DeviceRow {
    pub device: DeviceId,
    pub account: AccountId,
    pub name: String,
    /// Random part of its key.
    pub nonce: String,
    pub enrolled_at: Timestamp,
}

#[derive(FromRow)]
struct StoredDevice {
    device: String,
    account: String,
    name: String,
    nonce: String,
    enrolled_at: String,
}

impl StoredDevice {
    fn read(self) -> Result<DeviceRow, Failure> {
        Ok(DeviceRow {
            device: DeviceId::new(self.device),
            account: AccountId::new(self.account),
            name: self.name,
            nonce: self.nonce,
            enrolled_at: self.enrolled_at.parse()?,
        })
    }
}

/// Stores a device; `false` when its id is taken.
pub async fn insert_device(
    connection: &mut AnyConnection,
    tenant: &str,
    row: &DeviceRow,
) -> Result<bool, Failure> {
    let done = sqlx::query(
        "insert into site_devices (tenant, device, account, name, nonce, enrolled_at) \
         values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
    )
    .bind(tenant)
    .bind(row.device.as_str())
    .bind(row.account.as_str())
    .bind(row.name.as_str())
    .bind(row.nonce.as_str())
    .bind(row.enrolled_at.to_string())
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn device(
    connection: &mut AnyConnection,
    tenant: &str,
    device: &DeviceId,
) -> Result<Option<DeviceRow>, Failure> {
    let sql = "select device, account, name, nonce, enrolled_at from site_devices \
               where tenant = $1 and device = $2";
    let row: Option<StoredDevice> =
        sqlx::query_as(sql).bind(tenant).bind(device.as_str()).fetch_optional(connection).await?;
    row.map(StoredDevice::read).transpose()
}

/// Every device by name.
pub async fn devices(connection: &mut AnyConnection, tenant: &str) -> Result<Vec<DeviceRow>, Failure> {
    let sql = "select device, account, name, nonce, enrolled_at from site_devices \
               where tenant = $1 order by name, device";
    let rows: Vec<StoredDevice> = sqlx::query_as(sql).bind(tenant).fetch_all(connection).await?;
    rows.into_iter().map(StoredDevice::read).collect()
}

/// When each device last handed something in.
pub async fn last_seen(
    connection: &mut AnyConnection,
    tenant: &str,
) -> Result<Vec<(DeviceId, Timestamp)>, Failure> {
    let sql = "select device, max(at) from visit_entries where tenant = $1 and device is not null \
               group by device";
    let rows: Vec<(String, String)> = sqlx::query_as(sql).bind(tenant).fetch_all(connection).await?;
    rows.into_iter().map(|(device, at)| Ok((DeviceId::new(device), at.parse()?))).collect()
}

/// The log of a visit, in order.
pub async fn log(
    connection: &mut AnyConnection,
    tenant: &str,
    visit: &CaseId,
) -> Result<Vec<VisitEntry>, Failure> {
    let sql = "select entry from visit_entries where tenant = $1 and visit = $2 order by rev";
    let entries: Vec<String> =
        sqlx::query_scalar(sql).bind(tenant).bind(visit.as_str()).fetch_all(connection).await?;
    entries.iter().map(|entry| Ok(serde_json::from_str(entry)?)).collect()
}

/// Appends the next entries of a visit.
pub async fn append(
    connection: &mut AnyConnection,
    tenant: &str,
    (visit, at): (&CaseId, Timestamp),
    entries: &[VisitEntry],
) -> Result<(), Failure> {
    for entry in entries {
        let op = entry.tablet_operation();
        let is_first_body = entry.result != SiteResult::Rejected(RejectReason::OtherBody);
        let operation = op.map(|op| op.op_id.as_str()).filter(|_| is_first_body);
        sqlx::query(
            "insert into visit_entries (tenant, visit, rev, operation, device, seq, result, at, entry) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(tenant)
        .bind(visit.as_str())
        .bind(to_i64(entry.rev))
        .bind(operation)
        .bind(op.map(|op| op.device.as_str()))
        .bind(op.map(|op| to_i64(op.seq)))
        .bind(entry.result.word())
        .bind(at.to_string())
        .bind(serde_json::to_string(entry)?)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Number of entries and last position received, by visit and device; without a device the number alone.
pub async fn progress(
    connection: &mut AnyConnection,
    tenant: &str,
) -> Result<Vec<(CaseId, u64, Option<DeviceId>, u64)>, Failure> {
    let sql = "select visit, max(rev), device, coalesce(max(seq), 0) from visit_entries where tenant = $1 \
               group by visit, device order by visit, device";
    let rows: Vec<(String, i64, Option<String>, i64)> =
        sqlx::query_as(sql).bind(tenant).fetch_all(connection).await?;
    let read = |(visit, rev, device, seq): (String, i64, Option<String>, i64)| {
        (CaseId::new(visit), from_i64(rev), device.map(DeviceId::new), from_i64(seq))
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Parked and rejected operations with the moment they were received, newest first.
pub async fn waiting(
    connection: &mut AnyConnection,
    tenant: &str,
) -> Result<Vec<(CaseId, Timestamp, VisitEntry)>, Failure> {
    let sql = "select visit, at, entry from visit_entries where tenant = $1 \
               and result in ('parked', 'rejected') order by at desc, visit, rev desc limit $2";
    let rows: Vec<(String, String, String)> =
        sqlx::query_as(sql).bind(tenant).bind(MOST_LISTED).fetch_all(connection).await?;
    rows.into_iter()
        .map(|(visit, at, entry)| Ok((CaseId::new(visit), at.parse()?, serde_json::from_str(&entry)?)))
        .collect()
}

/// Stores an operation whose id is known with another body; `false` when the same was stored before.
pub async fn insert_alarm(
    connection: &mut AnyConnection,
    tenant: &str,
    (visit, at): (&CaseId, Timestamp),
    op: &SiteOperation,
) -> Result<bool, Failure> {
    let done = sqlx::query(
        "insert into site_alarms (tenant, visit, body, at, operation) values ($1, $2, $3, $4, $5) \
         on conflict do nothing",
    )
    .bind(tenant)
    .bind(visit.as_str())
    .bind(op.body_hash().as_str())
    .bind(at.to_string())
    .bind(op.to_json())
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The alarms, newest first.
pub async fn alarms(
    connection: &mut AnyConnection,
    tenant: &str,
) -> Result<Vec<(CaseId, Timestamp, SiteOperation)>, Failure> {
    let sql =
        "select visit, at, operation from site_alarms where tenant = $1 order by at desc, body limit $2";
    let rows: Vec<(String, String, String)> =
        sqlx::query_as(sql).bind(tenant).bind(MOST_LISTED).fetch_all(connection).await?;
    rows.into_iter()
        .map(|(visit, at, op)| Ok((CaseId::new(visit), at.parse()?, serde_json::from_str(&op)?)))
        .collect()
}
