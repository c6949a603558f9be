//! 人员与岗位: who works with the system. Which posts one person may hold together: `policy::accounts::posts`.

use crate::kernel::ids::{AccountId, CaseId, DepartmentId, PersonId, TenantId};
use crate::kernel::words::words;
use serde::{Deserialize, Serialize};

words! {
    /// 岗位 (spec § 1). The public reads without an account and therefore has no role.
    Role {
        DepartmentFiller "department_filler" "部门填报人",
        DepartmentApprover "department_approver" "部门负责人",
        BureauReviewer "bureau_reviewer" "省局审核员",
        BureauLeader "bureau_leader" "省局负责人",
        BureauTreasurer "bureau_treasurer" "省局采购支付岗",
        FinanceReviewer "finance_reviewer" "财政审核员",
        FinanceLeader "finance_leader" "财政负责人",
        Provider "provider" "运维服务单位",
        Evaluator "evaluator" "评价员",
        Auditor "auditor" "审计纪检",
        SystemAdministrator "system_administrator" "系统管理员",
        SecurityAdministrator "security_administrator" "安全管理员",
        AuditAdministrator "audit_administrator" "审计管理员",
    }
}

words! {
    /// Whose side of the table a role sits on; the label is what the office is called with a name.
    Office {
        /// 省直部门: sees its own cases only.
        Department "department" "部门",
        /// 省政务信息管理局.
        Bureau "bureau" "省局",
        /// 省财政厅.
        Finance "finance" "财政",
        /// 运维服务单位 and 第三方机构.
        Outside "outside" "外部单位",
        /// 审计、纪检: reads everything, changes nothing.
        Audit "audit" "审计",
        /// 三员: never see business data.
        Administration "administration" "系统管理",
    }
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
}

impl Role {
    /// 三员.
    pub fn is_administrator(self) -> bool {
        self.office() == Office::Administration
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
    fn the_word_is_the_wire_form() {
        for role in Role::ALL {
            assert_eq!(serde_json::to_string(&role).unwrap(), format!("\"{}\"", role.word()));
            assert_eq!(Role::from_word(role.word()), Some(role));
        }
    }
}
