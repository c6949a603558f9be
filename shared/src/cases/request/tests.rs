//! The path of a request, as values.

use super::*;
use crate::cases::authority::{available_commands, permit};
use crate::cases::kernel::{CaseKind, NamedCommand, Reason, Stage, Verb};
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::finding::{Finding, Severity};
use crate::kernel::ids::{AccountId, CaseId, DepartmentId, PersonId, TenantId};
use crate::kernel::people::{Actor, Office, Role};
use crate::kernel::refusal::Refusal;
use crate::policy::art18_validity::edition_for;

fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn someone(role: Role, person: &str) -> Actor {
    Actor {
        tenant: TenantId::new("sx"),
        account: AccountId::new(format!("{}-{person}", role.word())),
        person: PersonId::new(person),
        name: person.into(),
        role,
        department: (role.office() == Office::Department).then(|| DepartmentId::new("water")),
        provider: None,
    }
}

fn case() -> RequestCase {
    let edition = edition_for(FiscalYear(2024)).unwrap();
    RequestCase::new(CaseId::new("r1"), DepartmentId::new("water"), FiscalYear(2024)).under(Some(edition))
}

fn reviewed() -> ReviewConclusion {
    ReviewConclusion { hash: "v1".into(), unfinished: None, open: 0 }
}

fn clean() -> Facts {
    Facts { hash: "h1".into(), reviewed: reviewed(), ..Facts::default() }
}

fn confirm(content_hash: &str, review_hash: &str) -> Command {
    Command::BureauConfirm { content_hash: content_hash.into(), review_hash: review_hash.into() }
}

/// Does the command on a day inside the window and answers with the case after it, or the refusal's code.
fn tell(case: &RequestCase, actor: &Actor, command: Command) -> Result<RequestCase, String> {
    on(case, actor, command, "2023-07-15", clean())
}

fn on(
    case: &RequestCase,
    actor: &Actor,
    command: Command,
    today: &str,
    facts: Facts,
) -> Result<RequestCase, String> {
    let permit = permit(actor, case, command.verb(), day(today)).map_err(|r| r.code)?;
    let events = case.decide(&permit, &command, &facts, day(today)).map_err(|r| r.code)?;
    Ok(events.iter().fold(case.clone(), RequestCase::evolve))
}

fn reasons() -> Vec<Reason> {
    vec![Reason { text: " 报价依据不足 ".into(), place: None }]
}

#[test]
fn a_request_goes_from_draft_to_accepted_and_back_once() {
    let (filler, approver) = (someone(Role::DepartmentFiller, "a"), someone(Role::DepartmentApprover, "b"));
    let (reviewer, leader) = (someone(Role::BureauReviewer, "c"), someone(Role::BureauLeader, "d"));
    let now = tell(&case(), &filler, Command::Submit {}).unwrap();
    assert_eq!((now.stage, now.version), (Stage::DepartmentCheck, 1));
    let now = tell(&now, &approver, Command::DepartmentApprove {}).unwrap();
    let now = tell(&now, &reviewer, Command::BureauTake {}).unwrap();
    let now = tell(&now, &reviewer, Command::BureauReturn { reasons: reasons() }).unwrap();
    assert_eq!((now.stage, now.reported_version), (Stage::Returned, 1));
    // Put right after the window: it was reported in time.
    let now = on(&now, &filler, Command::Submit {}, "2023-09-20", clean()).unwrap();
    assert_eq!(now.version, 2);
    let now = on(&now, &approver, Command::DepartmentApprove {}, "2023-09-20", clean()).unwrap();
    let now = tell(&now, &reviewer, Command::BureauTake {}).unwrap();
    let now = tell(&now, &reviewer, Command::BureauPass {}).unwrap();
    assert_eq!(tell(&now, &leader, confirm("h0", "v1")), Err("content.changed".into()));
    assert_eq!(tell(&now, &leader, confirm("h1", "v0")), Err("review.changed".into()));
    let now = tell(&now, &leader, confirm("h1", "v1")).unwrap();
    assert_eq!((now.stage, now.revision), (Stage::Accepted, 9));
}

#[test]
fn it_takes_two_people_on_each_side() {
    let filler = someone(Role::DepartmentFiller, "a");
    let now = tell(&case(), &filler, Command::Submit {}).unwrap();
    let same = someone(Role::DepartmentApprover, "a");
    assert_eq!(tell(&now, &same, Command::DepartmentApprove {}), Err("authority.same_person".into()));
    let now = tell(&now, &someone(Role::DepartmentApprover, "b"), Command::DepartmentApprove {}).unwrap();
    let now = tell(&now, &someone(Role::BureauReviewer, "c"), Command::BureauTake {}).unwrap();
    let now = tell(&now, &someone(Role::BureauReviewer, "c"), Command::BureauPass {}).unwrap();
    let same = someone(Role::BureauLeader, "c");
    assert_eq!(tell(&now, &same, confirm("h1", "v1")), Err("authority.same_person".into()));
}

#[test]
fn errors_unexplained_warnings_and_the_calendar_stop_a_submission() {
    let filler = someone(Role::DepartmentFiller, "a");
    let finding = |severity| Finding {
        rule: "B-05".into(),
        severity,
        article: 4,
        place: crate::kernel::finding::Place {
            form: "budget_request".into(),
            table: None,
            row: None,
            field: None,
        },
        about: None,
        message: String::new(),
    };
    let submit = |today: &str, content: Facts| on(&case(), &filler, Command::Submit {}, today, content);
    let error = [finding(Severity::Error)];
    let warning = [finding(Severity::Warning)];
    let content = Facts { findings: error.to_vec(), ..clean() };
    assert_eq!(submit("2023-07-15", content), Err("findings.errors".into()));
    let content = Facts { findings: warning.to_vec(), unjustified: warning.to_vec(), ..clean() };
    assert_eq!(submit("2023-07-15", content), Err("findings.unjustified".into()));
    assert!(submit("2023-07-15", Facts { findings: warning.to_vec(), ..clean() }).is_ok());
    assert_eq!(submit("2023-09-01", clean()), Err("window.closed".into()));
    let late = RequestCase { late_until: Some(day("2023-09-10")), ..case() };
    assert!(on(&late, &filler, Command::Submit {}, "2023-09-10", clean()).is_ok());
    let later_year = RequestCase { fiscal_year: FiscalYear(2026), ..case() }.under(None);
    assert_eq!(
        on(&later_year, &filler, Command::Submit {}, "2025-07-01", clean()),
        Err("edition.none".into())
    );
}

#[test]
fn another_department_finds_nothing_and_a_refusal_says_who_does_it() {
    let stranger =
        Actor { department: Some(DepartmentId::new("forest")), ..someone(Role::DepartmentFiller, "x") };
    assert_eq!(tell(&case(), &stranger, Command::Submit {}), Err("case.unknown".into()));
    let refusal = permit(&someone(Role::Auditor, "x"), &case(), Verb::Submit, day("2023-07-15")).unwrap_err();
    assert!(refusal.message.contains("部门填报人"), "{}", refusal.message);
}

#[test]
fn a_button_is_offered_exactly_when_the_server_would_accept_it() {
    for stage in Stage::ALL {
        for role in Role::ALL {
            let case = RequestCase { stage, reported_version: 1, ..case() };
            let (actor, today) = (someone(role, "p"), day("2023-07-15"));
            for offer in available_commands(&actor, &case, today) {
                let answer = permit(&actor, &case, offer.verb, today).err();
                assert_eq!(answer, offer.refusal, "{stage:?} {role:?} {:?}", offer.verb);
            }
        }
    }
}

#[test]
fn a_return_needs_words() {
    let now = RequestCase { stage: Stage::BureauReview, ..case() };
    let reviewer = someone(Role::BureauReviewer, "c");
    assert_eq!(tell(&now, &reviewer, Command::BureauReturn { reasons: vec![] }), Err("reasons.count".into()));
    let blank = vec![Reason { text: "  ".into(), place: None }];
    assert_eq!(tell(&now, &reviewer, Command::BureauReturn { reasons: blank }), Err("reasons.text".into()));
}

#[test]
fn finance_passes_or_objects_and_only_another_person_turns_it_down() {
    let now = RequestCase { stage: Stage::FinanceReview, content_hash: Some("h1".into()), ..case() };
    let (reviewer, leader) = (someone(Role::FinanceReviewer, "e"), someone(Role::FinanceLeader, "f"));
    let reject = || Command::FinanceReject { reason: "上年度结算评审结果不支持安排。".into() };
    assert_eq!(tell(&now, &leader, reject()), Err("finance.no_opinion".into()));
    let object = Command::FinanceObject { reason: "与另一项目重复。".into() };
    let now = tell(&now, &reviewer, object).unwrap();
    assert_eq!(now.finance_opinion.as_ref().map(|o| o.arrange), Some(false));
    assert_eq!(tell(&now, &someone(Role::FinanceLeader, "e"), reject()), Err("authority.same_person".into()));
    assert_eq!(tell(&now, &leader, reject()).unwrap().stage, Stage::Rejected);
    let now = tell(&now, &reviewer, Command::FinancePass {}).unwrap();
    assert_eq!(now.finance_opinion.map(|o| o.arrange), Some(true));
}

#[test]
fn what_finance_returns_goes_back_to_the_bureau() {
    let now = RequestCase { stage: Stage::FinanceReview, content_hash: Some("h1".into()), ..case() };
    let now = tell(&now, &someone(Role::FinanceReviewer, "e"), Command::FinancePass {}).unwrap();
    let back = Command::FinanceReturn { reasons: reasons() };
    let now = tell(&now, &someone(Role::FinanceReviewer, "e"), back).unwrap();
    assert_eq!((now.stage, &now.finance_opinion), (Stage::FinanceReturned, &None));
    let now = tell(&now, &someone(Role::BureauReviewer, "c"), Command::BureauTake {}).unwrap();
    assert_eq!(now.stage, Stage::BureauReview);
}

#[test]
fn an_unfinished_review_does_not_pass_and_open_remarks_are_reason_enough_to_return() {
    let now = RequestCase { stage: Stage::BureauReview, content_hash: Some("h1".into()), ..case() };
    let reviewer = someone(Role::BureauReviewer, "c");
    let unfinished = Refusal::under(4, "review.must_fix", "还有 1 条");
    let reviewed = ReviewConclusion { unfinished: Some(unfinished.clone()), open: 1, ..reviewed() };
    let outcome =
        |command| on(&now, &reviewer, command, "2023-09-15", Facts { reviewed: reviewed.clone(), ..clean() });
    assert_eq!(outcome(Command::BureauPass {}), Err("review.must_fix".into()));
    assert_eq!(outcome(Command::BureauReturn { reasons: vec![] }).unwrap().stage, Stage::Returned);
}

#[test]
fn a_later_version_voids_the_confirmation_and_says_so() {
    let confirmed = RequestCase {
        stage: Stage::Returned,
        content_hash: Some("h1".into()),
        confirmed_hash: Some("h1".into()),
        reported_version: 1,
        ..case()
    };
    assert_eq!((case().confirmation_stands(), confirmed.confirmation_stands()), (None, Some(true)));
    let filler = someone(Role::DepartmentFiller, "a");
    let content = Facts { hash: "h2".into(), ..clean() };
    let now = on(&confirmed, &filler, Command::Submit {}, "2023-09-15", content).unwrap();
    assert_eq!(now.confirmation_stands(), Some(false));
}

#[test]
fn a_request_whose_evaluation_is_missing_is_not_reported() {
    let checked = RequestCase { stage: Stage::DepartmentCheck, content_hash: Some("h1".into()), ..case() };
    let approver = someone(Role::DepartmentApprover, "b");
    let missing = Refusal::under(10, "EXA-01", "“省水-07”须事前绩效评估");
    let without = Facts { ex_ante: Some(missing), ..clean() };
    let reported = |facts| on(&checked, &approver, Command::DepartmentApprove {}, "2023-07-15", facts);
    assert_eq!(reported(without).unwrap_err(), "EXA-01");
    assert_eq!(reported(clean()).unwrap().stage, Stage::Submitted);
}
