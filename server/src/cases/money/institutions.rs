//! 第三方机构与现场设备: registered by the offices that organise evaluations.

use super::{surroundings, world};
use crate::context::Shared;
use crate::identity::accounts;
use crate::kernel::failure::Failure;
use crate::store::audit_trail::AuditRecord;
use shared::api::performance::{
    EvaluationRegister, InstitutionLine, NamedId, ReadEvaluationRegister, ReadInstitutions,
    RegisterInstitution, RevokeDevice, RevokedDevice,
};
use shared::cases::provider::Provider;
use shared::kernel::people::{Actor, Office, Role};
use shared::policy::art13_evaluators::{require_evaluator, require_organizer};

/// `GET /api/institutions`.
pub async fn list(
    context: Shared,
    actor: Actor,
    _: ReadInstitutions,
) -> Result<Vec<InstitutionLine>, Failure> {
    if !matches!(actor.role.office(), Office::Bureau | Office::Finance | Office::Audit) {
        return Err(Failure::unknown("份名册"));
    }
    let mut connection = context.db.reader().acquire().await?;
    surroundings::institutions(&mut connection, context.tenant()).await
}

/// `GET /api/evaluation-register`.
pub async fn read(
    context: Shared,
    actor: Actor,
    _: ReadEvaluationRegister,
) -> Result<EvaluationRegister, Failure> {
    if !matches!(actor.role.office(), Office::Bureau | Office::Finance | Office::Audit) {
        return Err(Failure::unknown("份名册"));
    }
    let mut connection = context.db.reader().acquire().await?;
    let stored = world::without_ledger(&context, &mut connection).await?;
    let (world, tenant) = (&stored.world, context.tenant());
    let named = |id: String, name: &str| NamedId { id, name: name.to_string() };
    let departments = world.setting.departments.iter();
    let mut served: Vec<NamedId> = departments.map(|(id, name)| named(id.to_string(), name)).collect();
    let providers = world.of_kind::<Provider>();
    served.extend(providers.map(|(id, provider)| named(id.to_string(), &provider.form.name)));
    let accounts = accounts::all(&context, &mut connection).await?.into_iter();
    let evaluators = accounts.filter(|account| account.role == Some(Role::Evaluator));
    let revoked = world.setting.surroundings.revoked.iter();
    let devices = revoked.map(|(device, on)| RevokedDevice { device: device.clone(), on: *on }).collect();
    Ok(EvaluationRegister {
        today: context.clock().today(),
        refusal: require_organizer(&actor).err(),
        evaluators: evaluators.map(|account| NamedId { id: account.id, name: account.name }).collect(),
        devices,
        institutions: surroundings::institutions(&mut connection, tenant).await?,
        served,
    })
}

/// `POST /api/institutions`.
pub async fn register(context: Shared, actor: Actor, request: RegisterInstitution) -> Result<(), Failure> {
    require_organizer(&actor)?;
    let RegisterInstitution { name, served, evaluators } = request;
    let (name, tenant) = (name.trim().to_string(), context.tenant());
    if name.is_empty() {
        return Err(Failure::malformed(422, "`name`：请写明机构名称。"));
    }
    let mut write = context.db.write(&format!("money {tenant}")).await?;
    for account in &evaluators {
        let known = accounts::find(&context, write.connection(), account.as_str()).await?;
        require_evaluator(account, known.and_then(|known| known.role))?;
    }
    let detail = format!("服务 {} 家，评价人员 {} 名", served.len(), evaluators.len());
    let line = InstitutionLine { name, served, evaluators };
    surroundings::put_institution(write.connection(), tenant, &line).await?;
    let entry = AuditRecord::by(&actor, context.clock().stamp(), "institution.register", &line.name);
    write.commit(entry.detail(detail)).await
}

/// `POST /api/revoked-devices`.
pub async fn revoke(context: Shared, actor: Actor, request: RevokeDevice) -> Result<(), Failure> {
    require_organizer(&actor)?;
    let RevokeDevice { device, on } = request;
    let device = device.trim();
    if device.is_empty() {
        return Err(Failure::malformed(422, "`device`：请写明设备编号。"));
    }
    let mut write = context.db.write(&format!("money {}", context.tenant())).await?;
    if surroundings::revoke(write.connection(), context.tenant(), device, on).await? {
        let entry = AuditRecord::by(&actor, context.clock().stamp(), "device.revoke", device);
        write.commit(entry.detail(format!("自 {on} 起停用"))).await?;
    }
    Ok(())
}
