//! 告知: what an effect tells people besides those the command itself concerns: who, and the sentence.

use super::effect::Effect;
use super::facts::Facts;
use super::registry::AnyExecutionCase;
use crate::cases::correction;
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::people::Role;

/// One sentence about a case for everyone with one of these roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    pub case: CaseId,
    pub roles: &'static [Role],
    /// Department roles mean those of this department.
    pub department: Option<DepartmentId>,
    pub text: String,
}

const DEPARTMENT: &[Role] = &[Role::DepartmentFiller, Role::DepartmentApprover];
const DEPARTMENT_AND_BUREAU: &[Role] =
    &[Role::DepartmentFiller, Role::DepartmentApprover, Role::BureauReviewer];

impl Announcement {
    /// What an effect tells; `None` for one that only changes cases or the ledger.
    pub fn of(effect: &Effect, facts: &Facts) -> Option<Announcement> {
        let of_request = |request: &CaseId| Some(facts.world.approved_request(request)?.department.clone());
        let here = || facts.case.clone();
        let (case, roles, department, text): (CaseId, &'static [Role], _, String) = match effect {
            Effect::OpenCase(id, opened) => match opened.as_ref() {
                AnyExecutionCase::Correction(of) => {
                    let text = format!("监控亮红灯，已建立整改，请于 {} 前完成", of.deadline);
                    (id.clone(), DEPARTMENT, of.department.clone(), text)
                }
                AnyExecutionCase::Application(_) => {
                    let text = "评价结果已确定，请办理结果应用".to_string();
                    (id.clone(), &[Role::BureauReviewer], None, text)
                }
                _ => return None,
            },
            Effect::MoveCorrection(id, correction::Event::Joined { .. }) => {
                let department = facts.world.find::<correction::Correction>(id)?.department.clone();
                (id.clone(), DEPARTMENT, department, "监控再次亮红灯，已并入本件整改".to_string())
            }
            Effect::GradeResult { request, grade } => {
                (here(), DEPARTMENT, of_request(request), format!("评价等次确定为“{}”", grade.label()))
            }
            Effect::ProposeSuspension(request) => {
                let text = format!("已同意暂停拨付，请对申请“{request}”提出“暂停拨付”的处理处分");
                (here(), &[Role::FinanceReviewer], None, text)
            }
            Effect::LiftSuspension(request) => {
                let text = format!("整改已销号，请解除申请“{request}”的暂停拨付");
                (here(), &[Role::FinanceReviewer, Role::FinanceLeader], None, text)
            }
            Effect::Disclose(case) => {
                let roles = &[Role::BureauReviewer, Role::FinanceReviewer];
                (case.clone(), roles, None, "重点评价报告已印发，请按规定公开".to_string())
            }
            Effect::CutBudget { department, year, amount } => {
                let text = format!("{year} 年度预算决定调减 {amount} 元");
                (here(), DEPARTMENT_AND_BUREAU, Some(department.clone()), text)
            }
            Effect::Ledger(_)
            | Effect::OpenLine(..)
            | Effect::OpenRow(..)
            | Effect::Movement { .. }
            | Effect::MoveProcurement(..)
            | Effect::MoveContract(..)
            | Effect::MoveSanction(..)
            | Effect::MoveCorrection(..)
            | Effect::MoveApplication(..)
            | Effect::CloseYear(_)
            | Effect::Reply(..) => return None,
        };
        Some(Announcement { case, roles, department, text })
    }
}
