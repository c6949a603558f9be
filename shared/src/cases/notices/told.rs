//! 告知: who hears of what, for each kind of case — whoever acts next, and whoever is told the outcome. Apart from the
//! words, so that one reads here as a table of addressees.

use super::{CaseNotifications, Notification, NotificationKind, excerpt};
use crate::cases::approval::{self as batch, ApprovalBatch};
use crate::cases::consolidation::{self as compilation, Consolidation};
use crate::cases::language::{Case, Event, Reason, Stage};
use crate::cases::mid_term_plan::{self as rolling, MidTermPlan};
use crate::cases::separate::{self, SeparateApplication};
use crate::kernel::people::{Office, Role};

const DEPARTMENT: &[Role] = &[Role::DepartmentFiller, Role::DepartmentApprover];
const APPROVER: &[Role] = &[Role::DepartmentApprover];
const REVIEWER: &[Role] = &[Role::BureauReviewer];
const LEADER: &[Role] = &[Role::BureauLeader];
const BUREAU: &[Role] = &[Role::BureauReviewer, Role::BureauLeader];
/// 批复 is also what the treasurer applies for money on (Art. 6).
const BUREAU_AND_TREASURER: &[Role] = &[Role::BureauReviewer, Role::BureauLeader, Role::BureauTreasurer];
const FINANCE_REVIEWER: &[Role] = &[Role::FinanceReviewer];
const FINANCE_LEADER: &[Role] = &[Role::FinanceLeader];
const FINANCE: &[Role] = &[Role::FinanceReviewer, Role::FinanceLeader];

fn to(roles: &'static [Role], matter: NotificationKind) -> Notification {
    Notification { roles, kind: matter }
}

fn returned(roles: &'static [Role], stage: Stage, reasons: &[Reason]) -> Notification {
    let first = reasons.first().map(|reason| excerpt(&reason.text)).unwrap_or_default();
    to(roles, NotificationKind::Returned { to: stage, reasons: reasons.len(), first })
}

fn redo(roles: &'static [Role], reasons: &[Reason]) -> Vec<Notification> {
    let first = reasons.first().map(|reason| excerpt(&reason.text)).unwrap_or_default();
    vec![to(roles, NotificationKind::Redo { reasons: reasons.len(), first })]
}

/// Of a department's request, as it is after the events.
pub fn request_notifications(case: &Case, events: &[Event]) -> CaseNotifications {
    told_of(case, events.iter().flat_map(|event| request(case, event)).collect())
}

fn told_of(case: &Case, tellings: Vec<Notification>) -> CaseNotifications {
    CaseNotifications {
        case: case.id.clone(),
        department: Some(case.department.clone()),
        title: format!("{} 年度运维服务申请", case.fiscal_year.0),
        notifications: tellings,
    }
}

fn request(case: &Case, event: &Event) -> Vec<Notification> {
    match event {
        Event::Frozen { .. } => vec![to(APPROVER, NotificationKind::Submitted {})],
        Event::Reported { .. } => vec![to(REVIEWER, NotificationKind::Reported {})],
        Event::Passed { .. } => vec![to(LEADER, NotificationKind::Passed {})],
        Event::SentBack { to: stage, reasons, .. } => {
            let roles = match stage {
                Stage::FinanceReturned => BUREAU,
                stage if stage.with_department() => DEPARTMENT,
                _ => REVIEWER,
            };
            vec![returned(roles, *stage, reasons)]
        }
        Event::Confirmed { .. } => vec![to(DEPARTMENT, NotificationKind::Accepted {})],
        Event::SentToFinance { .. } => vec![to(DEPARTMENT, NotificationKind::SentToFinance {})],
        Event::FinanceOpined { opinion } if !opinion.arrange => {
            vec![to(FINANCE_LEADER, NotificationKind::Objected { reason: excerpt(&opinion.reason) })]
        }
        Event::Approved { approval, .. } => {
            let (number, amount) = (approval.number.clone(), approval.amount);
            vec![to(DEPARTMENT, NotificationKind::Approved { number, amount })]
        }
        Event::Rejected { reason, .. } => {
            let matter = NotificationKind::Rejected { reason: excerpt(reason) };
            vec![to(DEPARTMENT, matter.clone()), to(BUREAU, matter)]
        }
        Event::Withdrawn { reason, .. } => {
            let matter = NotificationKind::Withdrawn { reason: excerpt(reason) };
            let mut tellings = vec![to(DEPARTMENT, matter.clone())];
            // What never reached the bureau does not exist there.
            if case.reported_version > 0 {
                tellings.push(to(REVIEWER, matter));
            }
            tellings
        }
        // What finance passes waits for a batch; whoever took it is its reviewer; the whole is told of as a whole.
        Event::FinanceOpined { .. } | Event::Taken { .. } | Event::Consolidated { .. } => Vec::new(),
    }
}

/// Of what one batch of a review says: remarks to the department, or answers to the office that has the request.
pub fn review_notifications(case: &Case, by: Office, raised: usize, answered: usize) -> CaseNotifications {
    let mut tellings = Vec::new();
    if raised > 0 {
        tellings.push(to(DEPARTMENT, NotificationKind::Remarked { remarks: raised, by }));
    }
    if answered > 0 && by == Office::Department {
        let roles = match case.stage {
            Stage::FinanceReview => Some(FINANCE_REVIEWER),
            Stage::BureauReview | Stage::BureauConfirm => Some(REVIEWER),
            // While it is with the department, the report that follows says that all is answered.
            _ => None,
        };
        tellings.extend(roles.map(|roles| to(roles, NotificationKind::Answered { answers: answered })));
    }
    told_of(case, tellings)
}

/// Of a separate request, as it is after the event (Art. 5).
pub fn separate_notifications(separate: &SeparateApplication, event: &separate::Event) -> CaseNotifications {
    use separate::Event;
    let number = separate.number().unwrap_or_default().to_string();
    let tellings = match event {
        Event::Filled { .. } => Vec::new(),
        Event::Submitted { .. } => vec![to(APPROVER, NotificationKind::Submitted {})],
        Event::Reported { .. } => vec![to(REVIEWER, NotificationKind::Reported {})],
        Event::OpinionDrafted { .. } => vec![to(LEADER, NotificationKind::OpinionDrafted { number })],
        Event::OpinionSigned { .. } if separate.stage == Stage::FinanceDecision => {
            let matter = NotificationKind::Outside { number };
            vec![to(DEPARTMENT, matter.clone()), to(FINANCE, matter)]
        }
        Event::OpinionSigned { .. } => vec![to(DEPARTMENT, NotificationKind::WithinScope { number })],
        Event::DecisionDrafted { .. } => vec![to(FINANCE_LEADER, NotificationKind::DecisionDrafted {})],
        Event::DecisionSigned { .. } => {
            let decision = separate.decision.as_ref();
            let matter = match decision.and_then(|decision| decision.amount) {
                Some(amount) => NotificationKind::Arranged { amount },
                None => NotificationKind::NotArranged {
                    reason: decision.map(|decision| excerpt(&decision.text)).unwrap_or_default(),
                },
            };
            vec![to(DEPARTMENT, matter.clone()), to(BUREAU, matter)]
        }
        Event::SentBack { to: stage, reasons, .. } => {
            let roles = match stage {
                Stage::FinanceDecision => FINANCE_REVIEWER,
                Stage::BureauOpinion => REVIEWER,
                _ => DEPARTMENT,
            };
            vec![returned(roles, *stage, reasons)]
        }
        Event::Withdrawn { reason, .. } => {
            let matter = NotificationKind::Withdrawn { reason: excerpt(reason) };
            let mut tellings = vec![to(DEPARTMENT, matter.clone())];
            if separate.approved_by.is_some() {
                tellings.push(to(REVIEWER, matter));
            }
            tellings
        }
    };
    CaseNotifications {
        case: separate.id.clone(),
        department: Some(separate.department.clone()),
        title: format!("{} 年度单独申请（{}）", separate.fiscal_year.0, separate.claim.system.trim()),
        notifications: tellings,
    }
}

/// Of the bureau's whole budget.
pub fn consolidation_notifications(
    compilation: &Consolidation,
    event: &compilation::Event,
) -> CaseNotifications {
    use compilation::Event;
    let tellings = match event {
        Event::Compiled { .. } => vec![to(LEADER, NotificationKind::Compiled {})],
        Event::Confirmed { .. } => vec![to(REVIEWER, NotificationKind::WholeConfirmed {})],
        Event::SentBack { reasons, .. } => redo(REVIEWER, reasons),
        Event::Reported { late_reason, .. } => {
            let matter = NotificationKind::WholeReported { late: late_reason.is_some() };
            vec![to(FINANCE, matter.clone()), to(REVIEWER, matter)]
        }
    };
    CaseNotifications {
        case: compilation.id.clone(),
        department: None,
        title: format!("{} 年度整体预算（第 {} 次汇总）", compilation.fiscal_year.0, compilation.number),
        notifications: tellings,
    }
}

/// Of one of finance's batches; each department hears of its own request.
pub fn approval_notifications(batch: &ApprovalBatch, event: &batch::Event) -> CaseNotifications {
    use batch::Event;
    let number = batch.number.clone().unwrap_or_default();
    let tellings = match event {
        Event::Drafted { .. } => vec![to(FINANCE_LEADER, NotificationKind::BatchDrafted { number })],
        Event::Issued { .. } => {
            let matter = NotificationKind::Issued { number };
            vec![to(BUREAU_AND_TREASURER, matter.clone()), to(FINANCE_REVIEWER, matter)]
        }
        Event::SentBack { reasons, .. } => redo(FINANCE_REVIEWER, reasons),
        // Nobody was waiting for a draft that its own author drops.
        Event::Dropped { .. } => Vec::new(),
    };
    CaseNotifications {
        case: batch.id.clone(),
        department: None,
        title: format!("{} 年度运维资金批复", batch.fiscal_year.0),
        notifications: tellings,
    }
}

/// Of the rolling plan.
pub fn plan_notifications(plan: &MidTermPlan, event: &rolling::Event) -> CaseNotifications {
    use rolling::Event;
    let version = plan.version;
    let tellings = match event {
        Event::Planned { .. } => vec![to(LEADER, NotificationKind::Planned { version })],
        Event::Confirmed { .. } => {
            let matter = NotificationKind::PlanConfirmed { version };
            vec![to(REVIEWER, matter.clone()), to(FINANCE, matter)]
        }
        Event::SentBack { reasons, .. } => redo(REVIEWER, reasons),
    };
    CaseNotifications {
        case: plan.id.clone(),
        department: None,
        title: format!("{} 年度中期财政规划", plan.fiscal_year.0),
        notifications: tellings,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::separate::{Opinion, Signed};
    use crate::kernel::calendar::FiscalYear;
    use crate::kernel::ids::{CaseId, DepartmentId, PersonId};
    use crate::kernel::people::Signature;

    fn by() -> Signature {
        Signature { person: PersonId::new("p1"), name: "甲".into() }
    }

    fn case() -> Case {
        Case::new(CaseId::new("r1"), DepartmentId::new("water"), FiscalYear(2024))
    }

    fn reasons() -> Vec<Reason> {
        ["请补充合同", "单价"].map(|text| Reason { text: text.into(), place: None }).to_vec()
    }

    /// Role and words of each telling.
    fn heard(told: CaseNotifications) -> Vec<(&'static [Role], String)> {
        told.notifications.into_iter().map(|telling| (telling.roles, telling.kind.words())).collect()
    }

    #[test]
    fn a_return_is_told_to_whoever_has_to_put_it_right() {
        let sent = |stage| {
            let event = Event::SentBack { to: stage, reasons: reasons(), by: by() };
            heard(request_notifications(&case(), &[event])).remove(0)
        };
        assert_eq!(sent(Stage::Returned), (DEPARTMENT, "退回补正，2 条意见：请补充合同".to_string()));
        assert_eq!(sent(Stage::Draft), (DEPARTMENT, "退回补正，2 条意见：请补充合同".to_string()));
        assert_eq!(sent(Stage::BureauReview), (REVIEWER, "退回审核员，2 条意见：请补充合同".to_string()));
        assert_eq!(sent(Stage::FinanceReturned), (BUREAU, "财政退回省局，2 条意见：请补充合同".to_string()));
        assert_eq!(heard(request_notifications(&case(), &[Event::Taken { by: by() }])), []);
    }

    #[test]
    fn what_never_reached_the_bureau_is_withdrawn_without_its_knowledge() {
        let withdrawn = [Event::Withdrawn { reason: "机构改革".into(), by: by() }];
        let told = |case: &Case| heard(request_notifications(case, &withdrawn)).len();
        assert_eq!(told(&case()), 1);
        assert_eq!(told(&Case { reported_version: 1, ..case() }), 2);
    }

    #[test]
    fn remarks_go_to_the_department_and_answers_to_the_office_that_waits() {
        let at = |stage| Case { stage, ..case() };
        let remarked = review_notifications(&at(Stage::FinanceReview), Office::Finance, 2, 0);
        assert_eq!(heard(remarked), [(DEPARTMENT, "省财政厅提出 2 条审核意见，请逐条答复".to_string())]);
        let answered = |stage| heard(review_notifications(&at(stage), Office::Department, 0, 1));
        assert_eq!(
            answered(Stage::FinanceReview),
            [(FINANCE_REVIEWER, "部门答复了 1 条审核意见".to_string())]
        );
        assert_eq!(answered(Stage::BureauReview)[0].0, REVIEWER);
        assert_eq!(answered(Stage::Returned), []);
        assert_eq!(heard(review_notifications(&at(Stage::BureauReview), Office::Bureau, 0, 3)), []);
    }

    #[test]
    fn finance_hears_of_a_separate_request_only_with_a_signed_opinion_that_it_lies_outside() {
        let opinion = |outside| Opinion {
            outside,
            number: "晋政信函〔2023〕8号".into(),
            text: "意见".into(),
            drafted_by: by(),
            signed: None,
        };
        let signed = separate::Event::OpinionSigned {
            signed: Signed { by: by(), on: crate::kernel::calendar::Date::parse("2023-09-01").unwrap() },
        };
        let told = |outside: bool| {
            let new =
                SeparateApplication::new(CaseId::new("s1"), DepartmentId::new("water"), FiscalYear(2024));
            let drafted =
                separate::evolve(new, &separate::Event::OpinionDrafted { opinion: opinion(outside) });
            let roles = |told: CaseNotifications| {
                told.notifications.into_iter().flat_map(|telling| telling.roles).collect()
            };
            let before: Vec<&Role> = roles(separate_notifications(
                &drafted,
                &separate::Event::OpinionDrafted { opinion: opinion(outside) },
            ));
            assert_eq!(before, [&Role::BureauLeader]);
            let after = separate::evolve(drafted, &signed);
            roles(separate_notifications(&after, &signed))
        };
        let finance = |roles: Vec<&Role>| roles.iter().any(|role| role.office() == Office::Finance);
        assert!(finance(told(true)));
        assert!(!finance(told(false)));
    }
}
