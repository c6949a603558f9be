//! 人员与岗位: who works with the system, and which duties one person may not hold together.

use crate::kernel::ids::{AccountId, CaseId, DepartmentId, PersonId, TenantId};
use crate::kernel::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// 岗位 (spec § 1). The public reads without an account and therefore has no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    DepartmentFiller,
    DepartmentApprover,
    BureauReviewer,
    BureauLeader,
    BureauTreasurer,
    FinanceReviewer,
    FinanceLeader,
    Provider,
    Evaluator,
    Auditor,
    SystemAdministrator,
    SecurityAdministrator,
    AuditAdministrator,
}

/// Whose side of the table a role sits on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Office {
    /// 省直部门: sees its own cases only.
    Department,
    /// 省政务信息管理局.
    Bureau,
    /// 省财政厅.
    Finance,
    /// 运维服务单位 and 第三方机构.
    Outside,
    /// 审计、纪检: reads everything, changes nothing.
    Audit,
    /// 三员: never see business data.
    Administration,
}

impl Office {
    /// 发文机关: its full name, on what it issues.
    pub fn organ(self) -> &'static str {
        match self {
            Office::Bureau => "省政务信息管理局",
            Office::Finance => "省财政厅",
            other => other.label(),
        }
    }

    /// What the office is called beside a name.
    pub fn label(self) -> &'static str {
        match self {
            Office::Department => "部门",
            Office::Bureau => "省局",
            Office::Finance => "财政",
            Office::Outside => "外部单位",
            Office::Audit => "审计",
            Office::Administration => "系统管理",
        }
    }
}

impl Role {
    pub const ALL: [Role; 13] = [
        Role::DepartmentFiller,
        Role::DepartmentApprover,
        Role::BureauReviewer,
        Role::BureauLeader,
        Role::BureauTreasurer,
        Role::FinanceReviewer,
        Role::FinanceLeader,
        Role::Provider,
        Role::Evaluator,
        Role::Auditor,
        Role::SystemAdministrator,
        Role::SecurityAdministrator,
        Role::AuditAdministrator,
    ];

    /// The official word.
    pub fn label(self) -> &'static str {
        match self {
            Role::DepartmentFiller => "部门填报人",
            Role::DepartmentApprover => "部门负责人",
            Role::BureauReviewer => "省局审核员",
            Role::BureauLeader => "省局负责人",
            Role::BureauTreasurer => "省局采购支付岗",
            Role::FinanceReviewer => "财政审核员",
            Role::FinanceLeader => "财政负责人",
            Role::Provider => "运维服务单位",
            Role::Evaluator => "评价员",
            Role::Auditor => "审计纪检",
            Role::SystemAdministrator => "系统管理员",
            Role::SecurityAdministrator => "安全管理员",
            Role::AuditAdministrator => "审计管理员",
        }
    }

    /// The word on the wire, in rows and in golden tables.
    pub fn word(self) -> &'static str {
        match self {
            Role::DepartmentFiller => "department_filler",
            Role::DepartmentApprover => "department_approver",
            Role::BureauReviewer => "bureau_reviewer",
            Role::BureauLeader => "bureau_leader",
            Role::BureauTreasurer => "bureau_treasurer",
            Role::FinanceReviewer => "finance_reviewer",
            Role::FinanceLeader => "finance_leader",
            Role::Provider => "provider",
            Role::Evaluator => "evaluator",
            Role::Auditor => "auditor",
            Role::SystemAdministrator => "system_administrator",
            Role::SecurityAdministrator => "security_administrator",
            Role::AuditAdministrator => "audit_administrator",
        }
    }

    pub fn from_word(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.word() == word)
    }

    pub fn office(self) -> Office {
        match self {
            Role::DepartmentFiller | Role::DepartmentApprover => Office::Department,
            Role::BureauReviewer | Role::BureauLeader | Role::BureauTreasurer => Office::Bureau,
            Role::FinanceReviewer | Role::FinanceLeader => Office::Finance,
            Role::Provider | Role::Evaluator => Office::Outside,
            Role::Auditor => Office::Audit,
            Role::SystemAdministrator | Role::SecurityAdministrator | Role::AuditAdministrator => {
                Office::Administration
            }
        }
    }

    /// 不相容岗位: one person may not hold both, on whatever accounts.
    pub fn excludes(self, other: Role) -> bool {
        let alone = |role: Role| matches!(role.office(), Office::Administration | Office::Audit);
        if self == other {
            return false;
        }
        // 三员互斥, and neither they nor the auditor do business; within one office each act needs two people.
        alone(self) || alone(other) || self.office() == other.office()
    }
}

/// Whether a person who already holds `held` may be given `role` as well.
pub fn may_also_hold(role: Role, held: &[Role]) -> Result<(), Refusal> {
    match held.iter().find(|other| role.excludes(**other)) {
        None => Ok(()),
        Some(other) => Err(Refusal::new(
            "role.incompatible",
            format!(
                "该人员已任“{}”，与“{}”属不相容岗位，不能由同一人担任；请另行指定人员。",
                other.label(),
                role.label()
            ),
        )),
    }
}

/// The person behind a request, as authentication found them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    pub tenant: TenantId,
    pub account: AccountId,
    /// 人员编号: two accounts of one person carry the same, so that two people means two people.
    pub person: PersonId,
    /// 姓名.
    pub name: String,
    pub role: Role,
    /// Present exactly for department roles.
    pub department: Option<DepartmentId>,
    /// 运维服务单位: the provider this account acts for; present exactly for the role provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<CaseId>,
}

/// Who put their name to an act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    pub person: PersonId,
    pub name: String,
}

impl Actor {
    pub fn signature(&self) -> Signature {
        Signature { person: self.person.clone(), name: self.name.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_administrators_exclude_each_other_and_all_business() {
        for admin in [Role::SystemAdministrator, Role::SecurityAdministrator, Role::AuditAdministrator] {
            for other in Role::ALL {
                assert_eq!(admin.excludes(other), admin != other, "{admin:?} {other:?}");
                assert_eq!(admin.excludes(other), other.excludes(admin));
            }
        }
    }

    #[test]
    fn nobody_fills_and_approves_nor_reviews_and_confirms() {
        assert!(may_also_hold(Role::DepartmentApprover, &[Role::DepartmentFiller]).is_err());
        assert!(may_also_hold(Role::BureauLeader, &[Role::BureauReviewer]).is_err());
        assert!(may_also_hold(Role::FinanceLeader, &[Role::FinanceReviewer]).is_err());
        assert!(may_also_hold(Role::Auditor, &[Role::DepartmentFiller]).is_err());
        assert!(may_also_hold(Role::Evaluator, &[Role::DepartmentFiller]).is_ok());
    }

    #[test]
    fn the_word_is_the_wire_form() {
        for role in Role::ALL {
            assert_eq!(serde_json::to_string(&role).unwrap(), format!("\"{}\"", role.word()));
            assert_eq!(Role::from_word(role.word()), Some(role));
        }
    }
}
