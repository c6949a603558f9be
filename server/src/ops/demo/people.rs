//! 演示单位与人员: who there is to sign in as.

use crate::identity::accounts::Account;
use shared::api::accounts::AccountState;
use shared::kernel::ids::{CaseId, PersonId};
use shared::kernel::people::Role;

/// Password of every demonstration account; they exist only under `--demo`.
pub const PASSWORD: &str = "yunwei-2024";

/// How far a department's request has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Progress {
    NotStarted,
    Filling,
    DepartmentCheck,
    Submitted,
    BureauReview,
    Returned,
    BureauConfirm,
    Accepted,
}

pub struct Sample {
    pub id: &'static str,
    pub name: &'static str,
    /// The character its system codes carry.
    pub mark: &'static str,
    pub credit_code: &'static str,
    /// Filler and approver.
    pub people: [&'static str; 2],
    pub progress: Progress,
}

const fn sample(
    id: &'static str,
    name: &'static str,
    mark: &'static str,
    credit_code: &'static str,
    people: [&'static str; 2],
    progress: Progress,
) -> Sample {
    Sample { id, name, mark, credit_code, people, progress }
}

pub const DEPARTMENTS: [Sample; 12] = [
    sample("water", "省水利厅", "水", "11140000MB12345670", ["王芳", "李明"], Progress::Filling),
    sample(
        "forest",
        "省林业和草原局",
        "林",
        "11140000MB1234571E",
        ["赵林", "钱松"],
        Progress::DepartmentCheck,
    ),
    sample("transport", "省交通运输厅", "交", "11140000MB1234572H", ["孙路", "周桥"], Progress::Submitted),
    sample("education", "省教育厅", "教", "11140000MB1234573L", ["吴文", "郑学"], Progress::BureauReview),
    sample("health", "省卫生健康委员会", "卫", "11140000MB1234574P", ["冯康", "陈宁"], Progress::Returned),
    sample(
        "culture",
        "省文化和旅游厅",
        "文",
        "11140000MB1234575T",
        ["褚艺", "卫游"],
        Progress::BureauConfirm,
    ),
    sample("agriculture", "省农业农村厅", "农", "11140000MB1234576X", ["蒋禾", "沈田"], Progress::Accepted),
    sample("ecology", "省生态环境厅", "生", "11140000MB12345771", ["韩清", "杨碧"], Progress::NotStarted),
    sample(
        "resources",
        "省人力资源和社会保障厅",
        "人",
        "11140000MB12345784",
        ["朱社", "秦保"],
        Progress::Accepted,
    ),
    sample("civil", "省民政厅", "民", "11140000MB12345797", ["许民", "何政"], Progress::Accepted),
    sample("market", "省市场监督管理局", "市", "11140000MB1234580C", ["吕市", "施监"], Progress::Accepted),
    sample("land", "省自然资源厅", "土", "11140000MB1234581F", ["张土", "孔源"], Progress::Accepted),
];

/// Account, name and role of everyone who is not in a department.
pub const OFFICES: [(&str, &str, Role); 9] = [
    ("bureau.reviewer", "朱审", Role::BureauReviewer),
    ("bureau.leader", "秦定", Role::BureauLeader),
    ("bureau.treasurer", "卫付", Role::BureauTreasurer),
    ("finance.reviewer", "尤财", Role::FinanceReviewer),
    ("finance.leader", "许批", Role::FinanceLeader),
    ("auditor", "何鉴", Role::Auditor),
    ("admin.system", "吕系", Role::SystemAdministrator),
    ("admin.security", "施安", Role::SecurityAdministrator),
    ("admin.audit", "张迹", Role::AuditAdministrator),
];

/// Providers of the demonstration: case, account and who signs in with it.
const PROVIDERS: [(&str, &str, &str); 3] = [
    ("provider-jinyun", "provider.jinyun", "李晋"),
    ("provider-fenhe", "provider.fenhe", "赵汾"),
    ("provider-taihang", "provider.taihang", "孙太"),
];

/// The account of somebody outside the offices.
fn outside(account: &str, name: &str, role: Role, provider: Option<&str>, hash: &str) -> Account {
    Account {
        id: account.to_string(),
        name: name.to_string(),
        person: PersonId::new(format!("P-{account}")),
        role: Some(role),
        department: None,
        provider: provider.map(str::to_string),
        state: AccountState::Active,
        hash: Some(hash.to_string()),
        password_changed: None,
        code_hash: None,
        created_by: PersonId::new(""),
        mail: None,
        phone: None,
        posts: Vec::new(),
    }
}

/// The account of a provider; `None` for one that nobody signs in for.
pub fn provider(case: &CaseId, hash: &str) -> Option<Account> {
    let (provider, account, name) = PROVIDERS.iter().find(|(provider, ..)| *provider == case.as_str())?;
    Some(outside(account, name, Role::Provider, Some(provider), hash))
}

/// The account of an evaluator of a third party.
pub fn evaluator(account: &str, name: &str, hash: &str) -> Account {
    outside(account, name, Role::Evaluator, None, hash)
}
