//! 任务: what a tablet reads: its list of visits, the bundle of one, and the visit anew.

use super::devices::{own_key, server_time};
use super::rows;
use crate::cases::money::case_rows;
use crate::cases::money::command_world;
use crate::cases::money::world::{self, StoredWorld};
use crate::context::{Context, Shared};
use crate::documents::editions;
use crate::identity::accounts;
use crate::kernel::failure::Failure;
use crate::kernel::token;
use shared::cases::execution::registry::ExecutionKindName;
use shared::cases::execution::world::Setting;
use shared::cases::site_visit::SiteVisit;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::{AccountId, CaseId, DeviceId};
use shared::kernel::people::Actor;
use shared::kernel::refusal::Refusal;
use shared::policy::art13_evaluators::SITE_BUNDLE_DAYS;
use shared::sync::site::api::{
    ReadSiteBundle, ReadSiteTasks, ReadVisitSnapshot, SiteBundle, SiteEvaluator, SitePerson, SiteTask,
    SiteTasks,
};
use shared::sync::site::receipt::DeviceKey;
use shared::sync::site::server::VisitState;
use shared::sync::site::transport::VisitSnapshot;
use sqlx::AnyConnection;
use std::collections::BTreeMap;

/// `GET /api/site/visits`.
pub async fn list(context: Shared, actor: Actor, request: ReadSiteTasks) -> Result<SiteTasks, Failure> {
    let (device, tenant) = (request.device, context.tenant());
    let mut connection = context.db.reader().acquire().await?;
    own_key(&context, &mut connection, &actor, &device).await?;
    let basis = world::basis(&context, &mut connection).await?;
    let found = case_rows::of_kinds(&mut connection, tenant, &[ExecutionKindName::SiteVisit]).await?;
    let names = names(&context, &mut connection).await?;
    let mut received: BTreeMap<CaseId, (u64, u64)> = BTreeMap::new();
    for (visit, rev, of, seq) in rows::progress(&mut connection, tenant).await? {
        let known = received.entry(visit).or_default();
        known.0 = known.0.max(rev);
        if of.as_ref() == Some(&device) {
            known.1 = seq;
        }
    }
    let mut tasks = Vec::new();
    for row in found {
        let entry = row.entry(&basis.succession)?;
        let Ok(case) = <&SiteVisit>::try_from(&entry.case) else { continue };
        if case.sent_to.contains(actor.account.as_str()) {
            let received = received.get(&row.id).copied().unwrap_or_default();
            tasks.push(task(case, &actor.account, &basis.setting, &names, (row.id, received)));
        }
    }
    tasks.sort_by(|a, b| (a.to, &a.visit).cmp(&(b.to, &b.visit)));
    let is_revoked = is_revoked(&context, &mut connection, &device).await?;
    Ok(SiteTasks { tasks, is_revoked, server_time: server_time(&context) })
}

fn task(
    case: &SiteVisit,
    account: &AccountId,
    setting: &Setting,
    names: &Names,
    (visit, (rev, last_seq)): (CaseId, (u64, u64)),
) -> SiteTask {
    SiteTask {
        visit,
        unit: case.unit.clone(),
        request: case.request.clone(),
        department: department_name(case, setting),
        year: FiscalYear(case.year),
        from: case.from,
        to: case.to,
        evaluators: evaluators(case, names),
        stage: case.stage.word().to_string(),
        stage_label: case.stage.label().to_string(),
        is_assigned: case.is_assigned(account),
        rev,
        last_seq,
    }
}

type Names = BTreeMap<String, String>;

/// Names of the people by account.
pub(super) async fn names(context: &Context, connection: &mut AnyConnection) -> Result<Names, Failure> {
    let all = accounts::all(context, connection).await?;
    Ok(all.into_iter().map(|account| (account.id, account.name)).collect())
}

fn department_name(case: &SiteVisit, setting: &Setting) -> String {
    let department = case.department.as_ref();
    let name = department.and_then(|id| setting.departments.get(id).or_else(|| setting.ended.get(id)));
    name.cloned().unwrap_or_default()
}

fn evaluators(case: &SiteVisit, names: &Names) -> Vec<SiteEvaluator> {
    let evaluator = |account: &String| SiteEvaluator {
        account: AccountId::new(account.clone()),
        name: names.get(account).unwrap_or(account).clone(),
        signs_as: case.signs_as(account).to_string(),
    };
    case.evaluators.iter().map(evaluator).collect()
}

async fn is_revoked(
    context: &Context,
    connection: &mut AnyConnection,
    device: &DeviceId,
) -> Result<bool, Failure> {
    let revoked = crate::cases::money::surroundings::revoked(connection, context.tenant()).await?;
    Ok(revoked.get(device.as_str()).is_some_and(|on| *on <= context.clock().today()))
}

/// A visit that was sent to this account, with the key of its device.
struct OwnVisit {
    stored: StoredWorld,
    case: SiteVisit,
    key: DeviceKey,
    state: VisitState,
}

/// # Errors
/// 404 for another person's visit or device; a refusal for a device that was revoked.
async fn own_visit(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    (visit, device): (&CaseId, &DeviceId),
) -> Result<OwnVisit, Failure> {
    let key = own_key(context, &mut *connection, actor, device).await?;
    let stored = command_world::of_case(context, &mut *connection, visit).await?;
    let entry = stored.world.cases.get(visit);
    let case = entry.and_then(|entry| <&SiteVisit>::try_from(&entry.case).ok());
    let own = case.filter(|case| case.sent_to.contains(actor.account.as_str())).cloned();
    let case = own.ok_or_else(|| Failure::unknown("次现场评价"))?;
    if is_revoked(context, &mut *connection, device).await? {
        let says = "本设备已停用，不再下载；未送达的内容仍可送达，由省局处理。";
        return Err(Refusal::new("site.revoked", says).into());
    }
    let log = rows::log(connection, context.tenant(), visit).await?;
    let (state, _) = VisitState::of_log(visit, &case, &log, &actor.account);
    Ok(OwnVisit { stored, case, key, state })
}

/// `GET /api/site/visits/{visit}/bundle`.
pub async fn bundle(context: Shared, actor: Actor, request: ReadSiteBundle) -> Result<SiteBundle, Failure> {
    let ReadSiteBundle { visit, device } = request;
    let mut connection = context.db.reader().acquire().await?;
    let OwnVisit { stored, case, key, state } =
        own_visit(&context, &mut connection, &actor, (&visit, &device)).await?;
    if !case.is_assigned(&actor.account) {
        let says = "本次现场评价已改派他人，不再下载；已填写的内容仍可送达。";
        return Err(Refusal::under(13, "site.reassigned", says).into());
    }
    let (names, year) = (names(&context, &mut connection).await?, FiscalYear(case.year));
    let register = editions::register(&context, &mut connection).await?;
    let edition = register.edition_for(year).ok().or_else(|| register.newest());
    let setting = &stored.world.setting;
    let holder = |account: &String| {
        let person = setting.surroundings.accounts.get(account).map(|holder| holder.person.to_string());
        SitePerson {
            account: AccountId::new(account.clone()),
            person: person.unwrap_or_else(|| account.clone()),
        }
    };
    let today = context.clock().today();
    let mut bundle = SiteBundle {
        bundle: token::random_hex(16)?,
        base_rev: state.rev,
        form_ver: case.form.clone(),
        policy_ver: edition.map(|edition| format!("{}#{}", edition.id, edition.revision)).unwrap_or_default(),
        issued_at: context.clock().stamp(),
        expires: today.plus_days(SITE_BUNDLE_DAYS).unwrap_or(today),
        server_time: server_time(&context),
        request: case.request.clone(),
        department: department_name(&case, setting),
        unit: case.unit.clone(),
        year,
        from: case.from,
        to: case.to,
        evaluators: evaluators(&case, &names),
        people: case.sent_to.iter().map(holder).collect(),
        parameters: stored.world.edition().clone(),
        snapshot: state.snapshot(&device, &key),
        visit,
        device,
        account: actor.account,
        mac: String::new(),
    };
    bundle.mac = bundle.expected_mac(&key);
    Ok(bundle)
}

/// `GET /api/site/visits/{visit}/snapshot`.
pub async fn snapshot(
    context: Shared,
    actor: Actor,
    request: ReadVisitSnapshot,
) -> Result<VisitSnapshot, Failure> {
    let ReadVisitSnapshot { visit, device } = request;
    let mut connection = context.db.reader().acquire().await?;
    let own = own_visit(&context, &mut connection, &actor, (&visit, &device)).await?;
    Ok(own.state.snapshot(&device, &own.key))
}
