//! Who is notified of what happens to a request.

use super::*;
use crate::cases::kernel::Reason;
use crate::kernel::calendar::FiscalYear;
use crate::kernel::ids::{CaseId, DepartmentId, PersonId};
use crate::kernel::people::Role;
use crate::kernel::people::Signature;

fn by() -> Signature {
    Signature { person: PersonId::new("p1"), name: "甲".into() }
}

fn case() -> RequestCase {
    RequestCase::new(CaseId::new("r1"), DepartmentId::new("water"), FiscalYear(2024))
}

fn reasons() -> Vec<Reason> {
    ["请补充合同", "单价"].map(|text| Reason { text: text.into(), place: None }).to_vec()
}

/// Roles and text of each notification.
fn heard(notifications_of: CaseNotifications) -> Vec<(&'static [Role], String)> {
    notifications_of
        .notifications
        .into_iter()
        .map(|notification| (notification.roles, notification.kind.words()))
        .collect()
}

/// The notifications of an event.
fn notifications_of(case: &RequestCase, event: Event) -> CaseNotifications {
    let effects = effects(case, &event).into_iter();
    let mut notifications_of = effects.filter_map(|effect| match effect {
        Effect::Notify(notifications) => Some(notifications),
        _ => None,
    });
    notifications_of.next().unwrap()
}

#[test]
fn a_return_is_told_to_whoever_has_to_put_it_right() {
    let sent = |stage| {
        let event = Event::SentBack { to: stage, reasons: reasons(), by: by() };
        heard(notifications_of(&case(), event)).remove(0)
    };
    assert_eq!(sent(Stage::Returned), (DEPARTMENT, "退回补正，2 条意见：请补充合同".to_string()));
    assert_eq!(sent(Stage::Draft), (DEPARTMENT, "退回补正，2 条意见：请补充合同".to_string()));
    assert_eq!(sent(Stage::BureauReview), (REVIEWER, "退回审核员，2 条意见：请补充合同".to_string()));
    assert_eq!(sent(Stage::FinanceReturned), (BUREAU, "财政退回省局，2 条意见：请补充合同".to_string()));
    assert_eq!(heard(notifications_of(&case(), Event::Taken { by: by() })), []);
}

#[test]
fn what_never_reached_the_bureau_is_withdrawn_without_its_knowledge() {
    let withdrawn = Event::Withdrawn { reason: "机构改革".into(), by: by() };
    let count = |case: &RequestCase| heard(notifications_of(case, withdrawn.clone())).len();
    assert_eq!(count(&case()), 1);
    assert_eq!(count(&RequestCase { reported_version: 1, ..case() }), 2);
}

#[test]
fn remarks_go_to_the_department_and_answers_to_the_office_that_waits() {
    let at = |stage| RequestCase { stage, ..case() };
    let remarked = review_notifications(&at(Stage::FinanceReview), Office::Finance, 2, 0);
    assert_eq!(heard(remarked), [(DEPARTMENT, "省财政厅提出 2 条审核意见，请逐条答复".to_string())]);
    let answered = |stage| heard(review_notifications(&at(stage), Office::Department, 0, 1));
    assert_eq!(answered(Stage::FinanceReview), [(FINANCE_REVIEWER, "部门答复了 1 条审核意见".to_string())]);
    assert_eq!(answered(Stage::BureauReview)[0].0, REVIEWER);
    assert_eq!(answered(Stage::Returned), []);
    assert_eq!(heard(review_notifications(&at(Stage::BureauReview), Office::Bureau, 0, 3)), []);
}
