//! 核验: recomputes everything that is chained or hashed and names the first entry that differs from what was written.

use crate::documents::editions;
use crate::documents::operations;
use crate::documents::versions;
use crate::kernel::failure::Failure;
use crate::store::Database;
use crate::store::audit_trail as audit;
use anyhow::Context;
use shared::kernel::ids::TenantId;

/// What a verification found, line by line in Chinese; `intact` when nothing is changed or missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyReport {
    pub intact: bool,
    pub lines: Vec<String>,
}

/// Verifies the audit trail, the operation logs and the frozen versions of a database.
pub async fn verify(database: &str, tenant: &TenantId) -> anyhow::Result<VerifyReport> {
    let db = Database::open_existing(database).await.context("打不开数据库")?;
    let found = walk(&db, tenant.as_str()).await.map_err(|failure| anyhow::anyhow!("{failure:?}"));
    db.close().await;
    found
}

async fn walk(db: &Database, tenant: &str) -> Result<VerifyReport, Failure> {
    let mut connection = db.reader().acquire().await?;
    let trail = audit::verify(&mut connection, tenant).await?;
    let operations = operations::verify(&mut connection, tenant).await?;
    let register = editions::LOG.verify(&mut connection, tenant).await?;
    let (versions, broken_version) = versions::verify(&mut connection, tenant).await?;
    let lines = [
        (trail.intact.to_string(), "审计日志", trail.broken.map(|(_, seq)| format!("第 {seq} 条"))),
        (
            operations.intact.to_string(),
            "操作记录",
            operations.broken.map(|(request, seq)| format!("申请 {request} 第 {seq} 条")),
        ),
        (
            register.intact.to_string(),
            "政策版本库",
            register.broken.map(|(_, number)| format!("第 {number} 项变更")),
        ),
        (
            versions.to_string(),
            "冻结版本",
            broken_version.map(|(case, version)| format!("案卷 {case} 第 {version} 版")),
        ),
    ];
    let intact = lines.iter().all(|(_, _, broken)| broken.is_none());
    let described = lines.into_iter().map(|(count, what, broken)| match broken {
        None => format!("{what}：{count} 条，完好"),
        Some(at) => format!("{what}：{at}起与写入时不符（此前 {count} 条完好）"),
    });
    Ok(VerifyReport { intact, lines: described.collect() })
}
