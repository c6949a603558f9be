//! 系统初始化: how far a new installation has come, read from accounts, departments, the register and the requests.

use crate::cases::request_store;
use crate::context::Shared;
use crate::documents::editions;
use crate::identity::accounts::{self, Account};
use crate::identity::departments;
use crate::kernel::failure::Failure;
use shared::api::accounts::AccountState;
use shared::api::setup::{ReadSetup, SetupStep, SetupView};
use shared::kernel::people::{Actor, Role};
use shared::policy::art04_calendar::year_in_hand;
use std::collections::BTreeSet;

/// The three administrators.
const ADMINISTRATORS: [Role; 3] =
    [Role::SystemAdministrator, Role::SecurityAdministrator, Role::AuditAdministrator];
/// Whom a year cannot be worked through without.
const OFFICES: [Role; 4] =
    [Role::BureauReviewer, Role::BureauLeader, Role::FinanceReviewer, Role::FinanceLeader];

/// `GET /api/setup`.
pub async fn read(context: Shared, _actor: Actor, _: ReadSetup) -> Result<SetupView, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let all = accounts::all(&context, &mut connection).await?;
    let register = editions::register(&context, &mut connection).await?;
    let today = context.clock().today();
    let year = year_in_hand(&register, today);
    let has_departments = !departments::all(&context, &mut connection).await?.is_empty();
    let has_request = !request_store::of_year(&context, &mut connection, year).await?.is_empty();
    let active = |role: Role| all.iter().any(|known| is_active(known, role));
    let people: BTreeSet<&str> = ADMINISTRATORS
        .iter()
        .filter_map(|role| all.iter().find(|known| is_active(known, *role)))
        .map(|known| known.person.as_str())
        .collect();
    let assigned = |role: Role| all.iter().any(|known| known.role == Some(role));
    let fillers = active(Role::DepartmentFiller) && active(Role::DepartmentApprover);
    let missing = OFFICES.iter().filter(|role| !active(**role)).map(|role| role.label());
    let missing = missing.collect::<Vec<_>>().join("、");
    let serves = register.edition_for(year).is_ok();
    let offices = match missing.as_str() {
        "" => "省局和省财政厅的负责人、审核员均已启用。".to_string(),
        missing => format!("尚缺：{missing}。由系统管理员建立账号，安全管理员授予岗位，本人启用。"),
    };
    let force = match register.edition_for(year) {
        Ok(edition) => format!("{} 年度按 {} 办理。", year.0, edition.document()),
        Err(refusal) => format!("{}。在“政策版本”页新建“延续”或“新版本”。", refusal.message),
    };
    let steps = [
        (
            "首位系统管理员",
            "打开启动服务时给出的一次性链接，设置密码。".to_string(),
            active(Role::SystemAdministrator),
        ),
        (
            "安全管理员和审计管理员",
            "由系统管理员建立两个账号，交付链接；首位安全管理员由系统管理员授予岗位，用启动服务时给出的激活码；审计管理员由安全管理员授予岗位并交付激活码。"
                .to_string(),
            assigned(Role::SecurityAdministrator) && assigned(Role::AuditAdministrator),
        ),
        (
            "三员到位",
            "三位管理员各自打开一次性链接，输入激活码，设置密码；三人须为不同人员。".to_string(),
            people.len() == ADMINISTRATORS.len(),
        ),
        (
            "部门和账号",
            "由系统管理员登记部门、建立账号，交付链接；安全管理员授予填报人和部门负责人岗位，交付激活码；本人启用。".to_string(),
            has_departments && fillers,
        ),
        ("省局和省财政厅人员", offices, missing.is_empty()),
        ("可以办理的年度", force, serves),
        ("首份申请", format!("由部门填报人在待办页新建 {} 年度申请。", year.0), has_request),
    ];
    let steps = steps.into_iter().zip(1_u8..).map(|((title, text, done), number)| SetupStep {
        number,
        title: title.to_string(),
        text,
        done,
    });
    Ok(SetupView { steps: steps.collect(), year })
}

fn is_active(known: &Account, role: Role) -> bool {
    known.role == Some(role) && known.state == AccountState::Active
}
