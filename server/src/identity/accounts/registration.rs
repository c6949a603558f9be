//! 登记: departments, and what a post is held in or for.

use super::rows;
use crate::context::{Context, Shared};
use crate::identity::departments;
use crate::kernel::failure::Failure;
use crate::store::Write;
use crate::store::audit_trail::AuditRecord;
use shared::api::accounts::AddDepartment;
use shared::kernel::ids::{CaseId, DepartmentId};
use shared::kernel::people::{Actor, Office, Role};
use shared::policy::accounts::person::department_name;

/// The department of the role: required for department roles and refused for others.
pub(super) async fn department_of(
    context: &Context,
    write: &mut Write,
    role: Role,
    department: Option<&DepartmentId>,
) -> Result<Option<String>, Failure> {
    match (role.office() == Office::Department, department) {
        (true, Some(department)) => {
            let open = departments::all(context, write.connection()).await?;
            match open.iter().any(|known| known.id == *department) {
                true => Ok(Some(department.to_string())),
                false => Err(Failure::unknown("个部门")),
            }
        }
        (true, None) => Err(Failure::malformed(422, "`department`：部门岗位须指定所属部门。")),
        (false, Some(_)) => Err(Failure::malformed(422, "`department`：该岗位不属于某个部门。")),
        (false, None) => Ok(None),
    }
}

/// The provider of the role: required for the role provider and refused for others.
pub(super) async fn require_provider(
    context: &Context,
    write: &mut Write,
    role: Role,
    provider: Option<&CaseId>,
) -> Result<(), Failure> {
    match (role == Role::Provider, provider) {
        (true, Some(provider)) => match rows::is_provider(context, write.connection(), provider).await? {
            true => Ok(()),
            false => Err(Failure::unknown("家运维服务单位")),
        },
        (true, None) => Err(Failure::malformed(422, "`provider`：运维服务单位岗位须指定所代表的单位。")),
        (false, Some(_)) => Err(Failure::malformed(422, "`provider`：该岗位不代表某家运维服务单位。")),
        (false, None) => Ok(()),
    }
}

/// `POST /api/departments`.
pub async fn add_department(context: Shared, actor: Actor, request: AddDepartment) -> Result<(), Failure> {
    let name = department_name(&request.name).ok_or_else(|| {
        let detail = "`name`：部门名称应为 2 至 40 个字，至少两个文字，不含看不见的字符。";
        Failure::malformed(422, detail)
    })?;
    let department = departments::Department { id: request.department, name };
    let mut write = context.db.write(&departments::lock(&context)).await?;
    let all = departments::all(&context, write.connection()).await?;
    let same = |other: &departments::Department| {
        other.id.as_str().eq_ignore_ascii_case(department.id.as_str()) || other.name == department.name
    };
    if all.iter().any(same) || !departments::add(&context, write.connection(), &department).await? {
        return Err(Failure::exists("这个部门编号或名称已被使用。"));
    }
    let entry = AuditRecord::by(&actor, context.clock().stamp(), "department.add", department.id.as_str());
    write.commit(entry.detail(department.name.as_str())).await
}
