//! 通知: the sentences people get about a case. Each kind says in its `effects.rs` who gets which; the words are here.

use super::reasons::Reason;
use super::stage::Stage;
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::money::Money;
use crate::kernel::people::{Office, Role};
use crate::policy::notices::Topic;
use serde::{Deserialize, Serialize};

/// Characters of a reason that a notification quotes; the whole of it stands in the case.
const QUOTED: usize = 60;

/// 事由: stored with the notice, and put into words when it is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "matter", rename_all = "snake_case")]
pub enum NotificationKind {
    /// 提交部门负责人审核.
    Submitted {},
    /// 报送省局.
    Reported {},
    /// 审核员通过，提请负责人确认.
    Passed {},
    /// 退回 of a department's request: to `to`, with so many reasons, the first as it begins.
    Returned {
        to: Stage,
        reasons: usize,
        first: String,
    },
    /// 退回重办 of what an office made itself.
    Redo {
        reasons: usize,
        first: String,
    },
    /// 审核通过.
    Accepted {},
    /// 随整体预算报送省财政厅.
    SentToFinance {},
    /// 财政审核员拟不予安排.
    Objected {
        reason: String,
    },
    /// 批复下达, under this number with this amount.
    Approved {
        number: String,
        amount: Money,
    },
    /// 不予安排.
    Rejected {
        reason: String,
    },
    /// 审核意见: so many remarks were published by this office.
    Remarked {
        remarks: usize,
        #[serde(default = "by_the_bureau")]
        by: Office,
    },
    /// 答复: the department said something to so many remarks.
    Answered {
        answers: usize,
    },
    Withdrawn {
        reason: String,
    },
    /// 单独申请意见待签发.
    OpinionDrafted {
        number: String,
    },
    /// 不属于集中运维管理范畴: finance has it now.
    Outside {
        number: String,
    },
    /// 属于集中运维管理范畴.
    WithinScope {
        number: String,
    },
    /// 财政办理结果待签发.
    DecisionDrafted {},
    Arranged {
        amount: Money,
    },
    /// 单独申请不予安排.
    NotArranged {
        reason: String,
    },
    /// 整体预算已冻结，待确认.
    Compiled {},
    WholeConfirmed {},
    /// 整体预算已报送省财政厅, after the deadline or not.
    WholeReported {
        late: bool,
    },
    /// 批复待签发.
    BatchDrafted {
        number: String,
    },
    Issued {
        number: String,
    },
    /// 规划待确认.
    Planned {
        version: u32,
    },
    PlanConfirmed {
        version: u32,
    },
    /// A sentence of the kind's own, for what no other kind says.
    Plain {
        text: String,
    },
    /// 政策版本变更待复核.
    EditionProposed {},
    /// 政策版本变更已启用.
    EditionInForce {},
    /// 资金案件: a command by what the screen calls it, the stage it led to, and whether the reader has to act now.
    MoneyMoved {
        command: String,
        stage: String,
        reason: String,
        due: bool,
    },
    /// 催报, with what was written.
    Nudged {
        text: String,
    },
}

/// Before finance's remarks were notified, all were the bureau's.
fn by_the_bureau() -> Office {
    Office::Bureau
}

/// One notification for everyone with one of these roles; department roles mean those of the case's department.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    pub roles: &'static [Role],
    pub kind: NotificationKind,
}

/// The notifications about one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseNotifications {
    pub case: CaseId,
    /// `None` for what belongs to no department: no department hears of it.
    pub department: Option<DepartmentId>,
    /// Case title without the department name: `2024 年度运维服务申请`.
    pub title: String,
    pub notifications: Vec<Notification>,
}

impl NotificationKind {
    /// What it says.
    pub fn words(&self) -> String {
        match self {
            NotificationKind::Submitted {} => "填报完成，请审核并报送省局".into(),
            NotificationKind::Reported {} => "部门已报送，请办理".into(),
            NotificationKind::Passed {} => "审核员已审核通过，请确认".into(),
            NotificationKind::Returned { to, reasons, first } => {
                let asked = asked(*to);
                match reasons {
                    0 => format!("{asked}，请逐条处理审核意见"),
                    _ => format!("{asked}，{reasons} 条意见：{first}"),
                }
            }
            NotificationKind::Redo { reasons, first } => format!("退回重新办理，{reasons} 条意见：{first}"),
            NotificationKind::Accepted {} => "省局已审核通过".into(),
            NotificationKind::SentToFinance {} => "已随整体预算报送省财政厅".into(),
            NotificationKind::Objected { reason } => format!("审核员拟不予安排，请审定：{reason}"),
            NotificationKind::Approved { number, amount } => {
                format!("已批复（{number}），批复数 {amount} 元")
            }
            NotificationKind::Rejected { reason } => format!("财政不予安排：{reason}"),
            NotificationKind::Remarked { remarks, by } => {
                let office = if *by == Office::Finance { "省财政厅" } else { "省局" };
                format!("{office}提出 {remarks} 条审核意见，请逐条答复")
            }
            NotificationKind::Answered { answers } => format!("部门答复了 {answers} 条审核意见"),
            NotificationKind::Withdrawn { reason } => format!("部门已撤回：{reason}"),
            NotificationKind::OpinionDrafted { number } => format!("审核意见（{number}）已拟定，请签发"),
            NotificationKind::Outside { number } => {
                format!("省局意见（{number}）：不属于集中运维管理范畴，由省财政厅办理（依据《办法》第五条）")
            }
            NotificationKind::WithinScope { number } => {
                format!(
                    "省局意见（{number}）：属于集中运维管理范畴，请列入年度运维服务申请（依据《办法》第五条）"
                )
            }
            NotificationKind::DecisionDrafted {} => "办理结果已拟定，请签发".into(),
            NotificationKind::Arranged { amount } => format!("财政已安排 {amount} 元"),
            NotificationKind::NotArranged { reason } => format!("财政不予安排：{reason}"),
            NotificationKind::Compiled {} => "已冻结汇总，请确认".into(),
            NotificationKind::WholeConfirmed {} => "省局负责人已确认".into(),
            NotificationKind::WholeReported { late: false } => "省局已报送省财政厅".into(),
            NotificationKind::WholeReported { late: true } => {
                "省局已报送省财政厅（逾期报送，理由见案卷）".into()
            }
            NotificationKind::BatchDrafted { number } => format!("批复（{number}）已拟定，请签发"),
            NotificationKind::Issued { number } => format!("批复（{number}）已下达"),
            NotificationKind::Planned { version } => format!("第 {version} 版已编制，请确认"),
            NotificationKind::EditionProposed {} => "已拟订，请复核".into(),
            NotificationKind::EditionInForce {} => "已启用，此后按它办理".into(),
            NotificationKind::PlanConfirmed { version } => format!("省局负责人已确认第 {version} 版"),
            NotificationKind::Plain { text } => text.clone(),
            NotificationKind::MoneyMoved { command, stage, reason, due } => {
                let reason = if reason.is_empty() { String::new() } else { format!("：{reason}") };
                let due = if *due { "，请办理" } else { "" };
                format!("“{command}”已办理，现为“{stage}”{due}{reason}")
            }
            NotificationKind::Nudged { text } => format!("催报：{text}"),
        }
    }

    /// Whether it tells of a step of the case, so that what the case waited for before is done; remarks, answers and nudges
    /// leave it where it is.
    pub fn is_a_step(&self) -> bool {
        !matches!(
            self,
            NotificationKind::Nudged { .. }
                | NotificationKind::Remarked { .. }
                | NotificationKind::Answered { .. }
        )
    }

    /// What it is for, as people choose how it reaches them.
    pub fn topic(&self) -> Topic {
        match self {
            NotificationKind::Submitted {}
            | NotificationKind::Reported {}
            | NotificationKind::Passed {}
            | NotificationKind::Objected { .. }
            | NotificationKind::Remarked { .. }
            | NotificationKind::Answered { .. }
            | NotificationKind::OpinionDrafted { .. }
            | NotificationKind::Outside { .. }
            | NotificationKind::DecisionDrafted {}
            | NotificationKind::Compiled {}
            | NotificationKind::WholeConfirmed {}
            | NotificationKind::WholeReported { .. }
            | NotificationKind::BatchDrafted { .. }
            | NotificationKind::Planned { .. }
            | NotificationKind::EditionProposed {} => Topic::Task,
            NotificationKind::Returned { .. } | NotificationKind::Redo { .. } => Topic::Returned,
            NotificationKind::Nudged { .. } => Topic::Nudge,
            NotificationKind::MoneyMoved { command, due: true, .. } if command.contains("退回") => {
                Topic::Returned
            }
            NotificationKind::MoneyMoved { due: true, .. } => Topic::Task,
            NotificationKind::MoneyMoved { due: false, .. }
            | NotificationKind::Accepted {}
            | NotificationKind::SentToFinance {}
            | NotificationKind::Approved { .. }
            | NotificationKind::Rejected { .. }
            | NotificationKind::Withdrawn { .. }
            | NotificationKind::WithinScope { .. }
            | NotificationKind::Arranged { .. }
            | NotificationKind::NotArranged { .. }
            | NotificationKind::Issued { .. }
            | NotificationKind::PlanConfirmed { .. }
            | NotificationKind::Plain { .. }
            | NotificationKind::EditionInForce {} => Topic::Information,
        }
    }
}

/// What a return asks for, by where it goes.
fn asked(to: Stage) -> &'static str {
    match to {
        Stage::FinanceReturned => "财政退回省局",
        stage if stage.with_department() => "退回补正",
        _ => "退回审核员",
    }
}

/// The beginning of what somebody wrote, as a notification quotes it.
pub fn excerpt(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_reason_is_told_as_it_begins() {
        let long = "字".repeat(100);
        assert_eq!(excerpt(&long).chars().count(), QUOTED + 1);
    }

    #[test]
    fn a_notice_stored_before_finance_remarked_reads_as_the_bureaus() {
        let kind: NotificationKind = serde_json::from_str(r#"{"matter":"remarked","remarks":3}"#).unwrap();
        assert_eq!(kind.words(), "省局提出 3 条审核意见，请逐条答复");
    }
}

/// A notification for everyone with one of these roles.
pub fn to(roles: &'static [Role], kind: NotificationKind) -> Notification {
    Notification { roles, kind }
}

/// A department's case was returned to `stage`.
pub fn returned(roles: &'static [Role], stage: Stage, reasons: &[Reason]) -> Notification {
    let first = reasons.first().map(|reason| excerpt(&reason.text)).unwrap_or_default();
    to(roles, NotificationKind::Returned { to: stage, reasons: reasons.len(), first })
}

/// What an office made itself was returned to it.
pub fn redo(roles: &'static [Role], reasons: &[Reason]) -> Notification {
    let first = reasons.first().map(|reason| excerpt(&reason.text)).unwrap_or_default();
    to(roles, NotificationKind::Redo { reasons: reasons.len(), first })
}

/// The roles that are notified of cases, by who acts on them.
pub mod recipients {
    use crate::kernel::people::Role;

    pub const DEPARTMENT: &[Role] = &[Role::DepartmentFiller, Role::DepartmentApprover];
    pub const APPROVER: &[Role] = &[Role::DepartmentApprover];
    pub const REVIEWER: &[Role] = &[Role::BureauReviewer];
    pub const LEADER: &[Role] = &[Role::BureauLeader];
    pub const BUREAU: &[Role] = &[Role::BureauReviewer, Role::BureauLeader];
    /// 批复 is also what the treasurer applies for money on (Art. 6).
    pub const BUREAU_AND_TREASURER: &[Role] =
        &[Role::BureauReviewer, Role::BureauLeader, Role::BureauTreasurer];
    pub const FINANCE_REVIEWER: &[Role] = &[Role::FinanceReviewer];
    pub const FINANCE_LEADER: &[Role] = &[Role::FinanceLeader];
    /// Who confirms working calendars.
    pub const FINANCE_LEADER_AND_BUREAU_LEADER: &[Role] = &[Role::FinanceLeader, Role::BureauLeader];
    /// Who works by an edition.
    pub const OFFICES: &[Role] =
        &[Role::BureauReviewer, Role::BureauLeader, Role::FinanceReviewer, Role::FinanceLeader];
    pub const SECURITY: &[Role] = &[Role::SecurityAdministrator];
    pub const FINANCE: &[Role] = &[Role::FinanceReviewer, Role::FinanceLeader];
}
