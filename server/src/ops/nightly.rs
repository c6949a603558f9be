//! 夜间核验: verifies the database once a day and writes into the trail what came of it.

use crate::context::{Context, Shared};
use crate::kernel::failure::Failure;
use crate::ops::verify::{VerifyRequest, verify};
use crate::store::audit_trail::{self, AuditRecord};
use shared::api::audit::{ActGroup, ReadAuditTrail};
use std::time::Duration;
use tokio::task::JoinHandle;

/// The act that states the result; its detail begins with the exit status.
pub const ACT: &str = "audit.verified";
/// How often it is asked whether a verification is due.
const INTERVAL: Duration = Duration::from_secs(60);

/// Verifies for as long as the server runs; `None` where it is not asked for.
pub fn start(context: Shared) -> Option<JoinHandle<()>> {
    let from = context.settings.verify_from?;
    Some(tokio::spawn(async move {
        loop {
            let done = match is_due(&context, from).await {
                Ok(true) => verified(&context).await,
                Ok(false) => Ok(()),
                Err(failure) => Err(failure),
            };
            if let Err(failure) = done {
                tracing::error!(?failure, "the nightly verification");
            }
            tokio::time::sleep(INTERVAL).await;
        }
    }))
}

/// Whether the hour has come and today's verification is not in the trail.
async fn is_due(context: &Context, from: u32) -> Result<bool, Failure> {
    let now = context.clock().stamp();
    if now.second_of_day() < from * 3600 {
        return Ok(false);
    }
    let today = now.date();
    let filter =
        ReadAuditTrail { group: Some(ActGroup::System), from: Some(today), ..ReadAuditTrail::default() };
    let filter = ReadAuditTrail { text: Some(ACT.to_string()), ..filter };
    let mut connection = context.db.reader().acquire().await?;
    Ok(audit_trail::find(&mut connection, context.tenant(), &filter, 1).await?.is_empty())
}

async fn verified(context: &Context) -> Result<(), Failure> {
    let settings = &context.settings;
    let request = VerifyRequest {
        database: settings.database.clone(),
        tenant: settings.tenant.clone(),
        heads: settings.heads.clone(),
        audit_keys: vec![settings.audit_key_file()],
    };
    let detail = match verify(&request).await {
        Ok(report) => {
            // What could not be judged is no fault.
            let faults = report.faults.iter().filter(|fault| !matches!(fault.code, "AUD-10" | "AUD-11"));
            format!("{} {}", report.exit as u8, faults.count())
        }
        Err(error) => {
            tracing::error!(%error, "the nightly verification");
            "2 0".to_string()
        }
    };
    let entry = AuditRecord::of_system(context.tenant(), context.clock().stamp(), ACT);
    context.audit(AuditRecord { detail, ..entry }).await
}
