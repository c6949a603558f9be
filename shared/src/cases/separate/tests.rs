//! A separate request, told as values.

use super::form::{claim_of, document_of};
use super::*;
use crate::cases::authority::permit;
use crate::cases::kernel::{CaseKind, FormFacts, NamedCommand, Reason, Stage, Verb};
use crate::engine::document::Document;
use crate::engine::session::Session;
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::{AccountId, CaseId, DepartmentId, PersonId, TenantId};
use crate::kernel::money::Money;
use crate::kernel::people::{Actor, Office, Role};
use crate::policy::art18_validity;
use std::sync::Arc;

fn someone(role: Role, person: &str) -> Actor {
    Actor {
        tenant: TenantId::new("sx"),
        account: AccountId::new(person),
        person: PersonId::new(person),
        name: person.into(),
        role,
        department: (role.office() == Office::Department).then(|| DepartmentId::new("water")),
        provider: None,
    }
}

fn today() -> Date {
    Date::new(2023, 9, 20).unwrap()
}

fn tells(
    now: &SeparateApplication,
    role: Role,
    person: &str,
    command: Command,
) -> Result<SeparateApplication, String> {
    let actor = someone(role, person);
    let permit = permit(&actor, now, command.verb(), today()).map_err(|r| r.code)?;
    let facts = Facts { form: judged(&claim()), ..Facts::default() };
    let events = now.decide(&permit, &command, &facts, today()).map_err(|r| r.code)?;
    Ok(events.iter().fold(now.clone(), SeparateApplication::evolve))
}

fn claim() -> Claim {
    Claim {
        system: "水库大坝安全监测专网".into(),
        amount: Some(Money::from_fen(50_000_000)),
        reason: "新建专用监测网络须单独维护，本年度到期续保。".into(),
        why_outside: "专网不接入政务云，由流域机构统一运行，不在集中运维目录内。".into(),
    }
}

/// What the engine says of a form filled in like this.
fn judged(claim: &Claim) -> FormFacts {
    let year = FiscalYear(2024);
    let document = document_of(claim, year).unwrap_or_else(|| Document::new(year));
    let edition = art18_validity::edition_for(year).unwrap();
    let plan = crate::forms::compiled(form::definition(), edition, year).unwrap();
    let session = Session::open(Arc::new(plan), &document);
    FormFacts {
        findings: session.findings(),
        unjustified: session.unjustified(),
        hash: "h1".into(),
        document: Some(document),
    }
}

fn at_bureau() -> SeparateApplication {
    let new = SeparateApplication::new(CaseId::new("s"), DepartmentId::new("water"), FiscalYear(2024));
    let now = tells(&new, Role::DepartmentFiller, "a", Command::Submit {}).unwrap();
    tells(&now, Role::DepartmentApprover, "b", Command::DepartmentApprove {}).unwrap()
}

fn opinion(outside: bool) -> Command {
    Command::DraftOpinion {
        outside, number: "晋政信函〔2023〕8号".into(), text: "经审核，意见如下。".into()
    }
}

fn reads(now: &SeparateApplication, role: Role) -> bool {
    permit(&someone(role, "x"), now, Verb::Read, today()).is_ok()
}

#[test]
fn outside_central_management_it_goes_to_finance_with_a_signed_and_numbered_opinion() {
    let now = at_bureau();
    let now = tells(&now, Role::BureauReviewer, "c", opinion(true)).unwrap();
    assert!(!reads(&now, Role::FinanceReviewer), "a drafted opinion is none");
    assert_eq!(
        tells(&now, Role::BureauLeader, "c", Command::SignOpinion {}),
        Err("authority.same_person".into())
    );
    let now = tells(&now, Role::BureauLeader, "d", Command::SignOpinion {}).unwrap();
    assert_eq!((now.stage, now.number()), (Stage::FinanceDecision, Some("晋政信函〔2023〕8号")));
    assert!(reads(&now, Role::FinanceReviewer));
    let decision = |amount| Command::DraftDecision {
        arrange: true,
        amount: Some(Money::from_fen(amount)),
        text: "同意安排。".into(),
    };
    let too_much = tells(&now, Role::FinanceReviewer, "e", decision(50_000_001));
    assert_eq!(too_much, Err("separate.arranged".into()));
    let now = tells(&now, Role::FinanceReviewer, "e", decision(40_000_000)).unwrap();
    assert_eq!(
        tells(&now, Role::FinanceLeader, "e", Command::SignDecision {}),
        Err("authority.same_person".into())
    );
    assert_eq!(
        tells(&now, Role::FinanceLeader, "f", Command::SignDecision {}).unwrap().stage,
        Stage::Arranged
    );
}

#[test]
fn without_the_opinion_finance_finds_nothing() {
    let now = at_bureau();
    for role in [Role::FinanceReviewer, Role::FinanceLeader] {
        let decision =
            Command::DraftDecision { arrange: false, amount: None, text: "不予安排。".into() };
        assert_eq!(tells(&now, role, "e", decision), Err("case.unknown".into()));
        assert!(!reads(&now, role));
    }
    let now = tells(&now, Role::BureauReviewer, "c", opinion(false)).unwrap();
    let now = tells(&now, Role::BureauLeader, "d", Command::SignOpinion {}).unwrap();
    assert_eq!(now.stage, Stage::WithinScope);
    assert!(!reads(&now, Role::FinanceLeader) && reads(&now, Role::DepartmentFiller));
}

#[test]
fn what_is_missing_is_named_with_its_rule_and_the_nearest_value_that_passes() {
    let rules = |claim: Claim| -> Vec<String> {
        judged(&claim).findings.into_iter().map(|finding| finding.rule).collect()
    };
    assert!(rules(claim()).is_empty());
    assert_eq!(rules(Claim { system: " ".into(), ..claim() }), ["F-01"]);
    assert_eq!(rules(Claim { system: "网".into(), ..claim() }), ["D-01"]);
    assert_eq!(rules(Claim { system: "网".repeat(61), ..claim() }), ["F-03"]);
    assert_eq!(rules(Claim { amount: None, ..claim() }), ["F-01"]);
    assert_eq!(rules(Claim { amount: Some(Money::ZERO), ..claim() }), ["D-02"]);
    let too_much = Money::LARGEST_FIELD.checked_add(Money::from_fen(1));
    assert_eq!(rules(Claim { amount: too_much, ..claim() }), ["D-02"]);
    assert_eq!(rules(Claim { reason: "续保".into(), ..claim() }), ["D-03"]);
    assert_eq!(rules(Claim { why_outside: "专网".into(), ..claim() }), ["D-04"]);
    let found = judged(&Claim { amount: Some(Money::ZERO), ..claim() }).findings;
    assert_eq!(found[0].article, 5);
    assert!(found[0].message.contains("应大于 0"), "{}", found[0].message);
}

#[test]
fn only_a_complete_form_is_submitted_and_two_people_report_it() {
    let new = SeparateApplication::new(CaseId::new("s"), DepartmentId::new("water"), FiscalYear(2024));
    let filler = someone(Role::DepartmentFiller, "a");
    let leave = permit(&filler, &new, Verb::Submit, today()).unwrap();
    let facts = |claim: Claim| Facts { form: judged(&claim), ..Facts::default() };
    let submit = |claim: Claim| new.decide(&leave, &Command::Submit {}, &facts(claim), today());
    let refused = submit(Claim { reason: "续保".into(), ..claim() }).unwrap_err();
    assert_eq!((refused.code.as_str(), refused.article), ("findings.errors", Some(5)));
    let events = submit(claim()).unwrap();
    let now = events.iter().fold(new.clone(), SeparateApplication::evolve);
    assert_eq!((&now.claim, now.form_version, now.content_hash.as_deref()), (&claim(), 1, Some("h1")));
    assert_eq!(now.head().title, "2024 年度单独申请（水库大坝安全监测专网）");
    assert!(!reads(&now, Role::BureauReviewer), "not reported yet");
    let same = tells(&now, Role::DepartmentApprover, "a", Command::DepartmentApprove {});
    assert_eq!(same, Err("authority.same_person".into()));
}

#[test]
fn only_the_filler_edits_and_only_while_it_is_a_draft() {
    let new = SeparateApplication::new(CaseId::new("s"), DepartmentId::new("water"), FiscalYear(2024));
    let edits =
        |case: &SeparateApplication, role| permit(&someone(role, "a"), case, Verb::Edit, today()).is_ok();
    assert!(edits(&new, Role::DepartmentFiller));
    assert!(!edits(&new, Role::DepartmentApprover));
    assert!(!edits(&at_bureau(), Role::DepartmentFiller));
}

#[test]
fn a_case_older_than_the_form_opens_with_its_claim_as_the_form() {
    let stored = r#"{"id":"s","department":"water","fiscal_year":2024,"stage":"draft","revision":1,
        "claim":{"system":"专网","amount":50000000,"reason":"续保","why_outside":""},
        "filled_by":null,"approved_by":null,"opinion":null,"decision":null}"#;
    let case: SeparateApplication = serde_json::from_str(stored).unwrap();
    let document = case.initial_document().unwrap();
    assert_eq!(claim_of(&document), case.claim);
    assert_eq!(case.showing_version(&someone(Role::BureauReviewer, "c")), None);
    let event: Event = serde_json::from_str(
        r#"{"event":"submitted","by":{"account":"a","person":"a","name":"a","role":"department_filler"}}"#,
    )
    .unwrap();
    let now = case.evolve(&event);
    assert_eq!((now.stage, now.form_version, now.claim.system.as_str()), (Stage::DepartmentCheck, 0, "专网"));
}

#[test]
fn what_goes_back_comes_again() {
    let reasons =
        || vec![Reason { text: "请补充不属于集中运维的依据文件。".into(), place: None }];
    let now =
        tells(&at_bureau(), Role::BureauReviewer, "c", Command::BureauReturn { reasons: reasons() }).unwrap();
    assert_eq!((now.stage, reads(&now, Role::BureauReviewer)), (Stage::Draft, false));
    let now = tells(&at_bureau(), Role::BureauReviewer, "c", opinion(true)).unwrap();
    let now = tells(&now, Role::BureauLeader, "d", Command::LeaderReturn { reasons: reasons() }).unwrap();
    let now = tells(&now, Role::BureauReviewer, "c", opinion(true)).unwrap();
    let wrong = Command::DraftOpinion { outside: true, number: "8号".into(), text: "意见".into() };
    assert_eq!(tells(&at_bureau(), Role::BureauReviewer, "c", wrong), Err("document.number".into()));
    let now = tells(&now, Role::BureauLeader, "d", Command::SignOpinion {}).unwrap();
    let decision =
        Command::DraftDecision {
            arrange: false, amount: None, text: "财力所限，不予安排。".into()
        };
    let now = tells(&now, Role::FinanceReviewer, "e", decision).unwrap();
    let now = tells(&now, Role::FinanceLeader, "f", Command::ReturnDecision { reasons: reasons() }).unwrap();
    assert_eq!(now.stage, Stage::FinanceDecision);
}

fn told(now: &SeparateApplication, event: &Event) -> Vec<Role> {
    let effects = now.effects(event, &Facts::default()).into_iter();
    let notifications = effects.filter_map(|effect| match effect {
        crate::cases::kernel::Effect::Notify(told) => Some(told.notifications),
        _ => None,
    });
    notifications.flatten().flat_map(|notification| notification.roles.to_vec()).collect()
}

#[test]
fn finance_hears_of_a_separate_request_only_with_a_signed_opinion_that_it_lies_outside() {
    let by = someone(Role::BureauReviewer, "c").signature();
    let signed = Event::OpinionSigned { signed: Signed { by: by.clone(), on: today() } };
    let told_after = |outside: bool| {
        let drafted = Event::OpinionDrafted {
            opinion: Opinion {
                outside,
                number: "晋政信函〔2023〕8号".into(),
                text: "意见".into(),
                drafted_by: by.clone(),
                signed: None,
            },
        };
        let now = at_bureau().evolve(&drafted);
        assert_eq!(told(&now, &drafted), [Role::BureauLeader]);
        let now = now.evolve(&signed);
        told(&now, &signed)
    };
    let finance = |roles: Vec<Role>| roles.iter().any(|role| role.office() == Office::Finance);
    assert!(finance(told_after(true)));
    assert!(!finance(told_after(false)));
}
