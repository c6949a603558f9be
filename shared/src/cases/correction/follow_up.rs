//! 后续处理 (Art. 17): what finance's consent to suspend leaves to do. Only the sanction's case, proposed by one person and decided
//! by another, stops payments; so the correction is a task of finance's reviewer until that case is there, and one of
//! finance's leader while a suspension outlives a correction that was closed.

use super::flow::{Correction, Stage};
use crate::cases::execution::offered::OfferedCommand;
use crate::cases::execution::registry::ExecutionKindName;
use crate::cases::execution::world::{ExecutionWorld, Party};
use crate::cases::sanction::{self, Measure, Sanction, TargetKind};
use crate::kernel::hash::sm3_hex;
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::people::Role;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a person has to do in another case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUp {
    pub label: String,
    pub kind: ExecutionKindName,
    pub case: CaseId,
    /// Opens that case; `None` where it is open already.
    pub command: Option<OfferedCommand>,
    /// What the command's fields begin with.
    pub given: BTreeMap<String, String>,
}

/// Characters of a hash that stand for an id that is too long to be part of another.
const SHORT: usize = 32;

/// The sanction's case of a correction.
fn sanction_id(correction: &CaseId) -> CaseId {
    let id = CaseId::new(format!("san-{correction}"));
    if id.is_plain() {
        return id;
    }
    let hash = sm3_hex(correction.as_str().as_bytes());
    CaseId::new(format!("san-{}", hash.get(..SHORT).unwrap_or(&hash)))
}

impl ExecutionWorld {
    /// What finance's consent on this correction leaves to this person.
    pub fn follow_up(&self, by: &Party, id: &CaseId) -> Option<FollowUp> {
        let correction = self.find::<Correction>(id)?;
        let department = correction.department.as_ref()?;
        match by.actor.role {
            Role::FinanceReviewer if correction.stage == Stage::Suspended => {
                self.proposal(by, id, correction, department)
            }
            Role::FinanceLeader if correction.is_closed_after_suspension() => {
                let (case, _) = self.suspension_of(department, sanction::Stage::Effective)?;
                Some(FollowUp {
                    label: "解除暂停拨付".to_string(),
                    kind: ExecutionKindName::Sanction,
                    case: case.clone(),
                    command: None,
                    given: BTreeMap::new(),
                })
            }
            _ => None,
        }
    }

    fn proposal(
        &self,
        by: &Party,
        id: &CaseId,
        correction: &Correction,
        department: &DepartmentId,
    ) -> Option<FollowUp> {
        let case = sanction_id(id);
        let has = |stage| self.suspension_of(department, stage).is_some();
        if self.cases.contains_key(&case) || has(sanction::Stage::Proposed) || has(sanction::Stage::Effective)
        {
            return None;
        }
        let subject = correction.subject_label(self);
        let facts = format!(
            "“{subject}”监控亮红灯，整改期限 {}，核验未通过 {} 次；省局提请暂停拨付，财政已同意。",
            correction.deadline, correction.fails
        );
        let given = [
            ("measure", Measure::Suspend.word().to_string()),
            ("target_kind", TargetKind::Department.word().to_string()),
            ("target", department.to_string()),
            ("basis", "管理办法第十七条；绩效监控整改".to_string()),
            ("facts", facts),
        ];
        Some(FollowUp {
            label: "提出暂停拨付".to_string(),
            kind: ExecutionKindName::Sanction,
            case,
            command: Some(ExecutionKindName::Sanction.opening(by, self.parameters())?),
            given: given.into_iter().map(|(key, text)| (key.to_string(), text)).collect(),
        })
    }

    /// A suspension of the whole department in this stage.
    fn suspension_of(
        &self,
        department: &DepartmentId,
        stage: sanction::Stage,
    ) -> Option<(&CaseId, &Sanction)> {
        self.of_kind::<Sanction>().find(|(_, of)| {
            of.stage == stage
                && of.measure == Measure::Suspend
                && of.target_kind == TargetKind::Department
                && of.target == department.as_str()
        })
    }
}
