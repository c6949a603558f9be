//! 现场登记: devices, what each delivered, what is missing, and what waits for a person.

use super::rows;
use super::tasks::names;
use crate::cases::money::surroundings;
use crate::cases::money::world::without_ledger;
use crate::context::Shared;
use crate::kernel::failure::Failure;
use shared::cases::execution::world::Party;
use shared::cases::site_visit::SiteVisit;
use shared::cases::site_visit::form::PHOTOS;
use shared::kernel::ids::{CaseId, DeviceId};
use shared::kernel::people::Actor;
use shared::kernel::timestamp::Timestamp;
use shared::policy::art13_evaluators::require_organizer;
use shared::sync::site::api::{
    DeviceProgress, QuarantinedOperation, ReadSiteRegister, SiteDeviceLine, SiteRegister, SiteVisitLine,
};
use shared::sync::site::operation::SiteOperation;
use shared::sync::site::receipt::{RejectReason, SiteResult};
use std::collections::BTreeMap;

/// `GET /api/site/register`: for reviewers and leaders of the offices that organise visits.
pub async fn read(context: Shared, actor: Actor, _: ReadSiteRegister) -> Result<SiteRegister, Failure> {
    require_organizer(&actor)?;
    let tenant = context.tenant();
    let mut connection = context.db.reader().acquire().await?;
    let world = without_ledger(&context, &mut connection).await?.world;
    let (names, party) = (names(&context, &mut connection).await?, Party { actor });
    let name = |account: &str| names.get(account).cloned().unwrap_or_else(|| account.to_string());
    let revoked = surroundings::revoked(&mut connection, tenant).await?;
    let seen: BTreeMap<DeviceId, Timestamp> =
        rows::last_seen(&mut connection, tenant).await?.into_iter().collect();
    let visit = |id: &CaseId| {
        let entry = world.visible(&party, id)?;
        <&SiteVisit>::try_from(&entry.case).ok()
    };
    let mut register = SiteRegister::default();
    for row in rows::devices(&mut connection, tenant).await? {
        register.devices.push(SiteDeviceLine {
            last_seen: seen.get(&row.device).copied(),
            revoked_on: revoked.get(row.device.as_str()).copied(),
            person: name(row.account.as_str()),
            device: row.device,
            name: row.name,
            account: row.account,
            enrolled: row.enrolled_at,
        });
    }
    for (id, rev, device, last_seq) in rows::progress(&mut connection, tenant).await? {
        let Some(case) = visit(&id) else { continue };
        let received = device.map(|device| DeviceProgress { device, last_seq });
        match register.visits.last_mut().filter(|line| line.visit == id) {
            Some(line) => {
                line.rev = line.rev.max(rev);
                line.received.extend(received);
            }
            None => register.visits.push(SiteVisitLine {
                received: received.into_iter().collect(),
                missing_blobs: missing_blobs(case),
                stage_label: case.stage.label().to_string(),
                unit: case.unit.clone(),
                visit: id,
                rev,
            }),
        }
    }
    let line = |visit: CaseId, at: Timestamp, op: SiteOperation, reason: &str| QuarantinedOperation {
        person: name(op.account.as_str()),
        reason: reason.to_string(),
        visit,
        at,
        op,
    };
    for (id, at, entry) in rows::waiting(&mut connection, tenant).await? {
        let reason = match entry.result {
            SiteResult::Parked(reason) => reason.label(),
            SiteResult::Rejected(reason) => reason.label(),
            SiteResult::Applied | SiteResult::Merged | SiteResult::Conflict => continue,
        };
        if let Some(op) = entry.tablet_operation().filter(|_| visit(&id).is_some()).cloned() {
            register.quarantine.push(line(id, at, op, reason));
        }
    }
    for (id, at, op) in rows::alarms(&mut connection, tenant).await? {
        if visit(&id).is_some() {
            register.alarms.push(line(id, at, op, RejectReason::OtherBody.label()));
        }
    }
    Ok(register)
}

/// Photos of the content whose bytes are not here.
fn missing_blobs(case: &SiteVisit) -> Vec<String> {
    let photos = case.content.rows(PHOTOS).iter().map(|row| row.cells.text("hash"));
    let mut missing: Vec<String> =
        photos.filter(|hash| !case.blobs.contains(*hash)).map(str::to_string).collect();
    missing.sort();
    missing.dedup();
    missing
}
