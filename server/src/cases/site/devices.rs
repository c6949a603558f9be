//! 现场设备: enrolment and the key of a device. The key is not stored: it follows from a random nonce in the database and the key of
//! secrets outside it, so that a copy of the database signs no receipt.

use super::rows::{self, DeviceRow};
use crate::context::{Context, Shared};
use crate::kernel::failure::Failure;
use crate::kernel::token;
use crate::store::audit_trail::AuditRecord;
use shared::kernel::hash::from_hex;
use shared::kernel::ids::DeviceId;
use shared::kernel::people::Actor;
use shared::policy::art13_evaluators::require_site_evaluator;
use shared::sync::site::api::{EnrolDevice, EnrolledDevice};
use shared::sync::site::receipt::DeviceKey;
use sqlx::AnyConnection;

/// `POST /api/site/devices`.
pub async fn enrol(context: Shared, actor: Actor, request: EnrolDevice) -> Result<EnrolledDevice, Failure> {
    require_site_evaluator(&actor)?;
    let name = request.name.trim().to_string();
    if name.is_empty() {
        return Err(Failure::malformed(422, "`name`：请写明设备名称。"));
    }
    let row = DeviceRow {
        device: request.device,
        account: actor.account.clone(),
        name,
        nonce: token::fresh()?,
        enrolled_at: context.clock().stamp(),
    };
    let mut write = context.db.write(&format!("site devices {}", context.tenant())).await?;
    if !rows::insert_device(write.connection(), context.tenant(), &row).await? {
        return Err(Failure::exists(
            "这个设备编号已经登记，密钥只发放一次。请重新登记，由平板生成新的设备编号；原编号未送达的内容请导出离线包。",
        ));
    }
    let entry = AuditRecord::by(&actor, row.enrolled_at, "device.enrol", row.device.as_str());
    write.commit(entry.detail(row.name.clone())).await?;
    Ok(EnrolledDevice {
        key: key_text(&context, &row)?,
        device: row.device,
        account: actor.account,
        name: actor.name,
        server_time: server_time(&context),
    })
}

/// Milliseconds since 1970.
pub fn server_time(context: &Context) -> i64 {
    context.clock().seconds().saturating_mul(1000)
}

fn key_text(context: &Context, row: &DeviceRow) -> Result<String, Failure> {
    let key = context.settings.secret_key()?;
    Ok(key.mac(&["site device", context.tenant(), row.device.as_str(), row.account.as_str(), &row.nonce]))
}

/// The key of an enrolled device.
pub fn key_of(context: &Context, row: &DeviceRow) -> Result<DeviceKey, Failure> {
    let key = from_hex(&key_text(context, row)?).ok_or_else(|| anyhow::anyhow!("a key is hexadecimal"))?;
    Ok(DeviceKey::new(key))
}

/// The key of the signed-in person's own device.
///
/// # Errors
/// 404 for a device that is not enrolled, or by another account.
pub async fn own_key(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    device: &DeviceId,
) -> Result<DeviceKey, Failure> {
    let row = rows::device(connection, context.tenant(), device).await?;
    let own = row.filter(|row| row.account == actor.account);
    key_of(context, &own.ok_or_else(|| Failure::unknown("台设备；请先在平板上登记"))?)
}
