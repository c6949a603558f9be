//! A batch as values.

use super::flow::request_event;
use super::*;
use crate::cases::authority::permit;
use crate::cases::kernel::{CaseKind, NamedCommand, Reason, Stage};
use crate::cases::request::FinanceOpinion;
use crate::cases::request::RequestCase;
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::{AccountId, CaseId, DepartmentId, PersonId, TenantId};
use crate::kernel::money::Money;
use crate::kernel::people::{Actor, Role};
use crate::kernel::refusal::Refusal;

fn someone(role: Role, person: &str) -> Actor {
    Actor {
        tenant: TenantId::new("sx"),
        account: AccountId::new(person),
        person: PersonId::new(person),
        name: person.into(),
        role,
        department: None,
        provider: None,
    }
}

fn candidate(id: &str) -> Candidate {
    let case = RequestCase::new(CaseId::new(id), DepartmentId::new(id), FiscalYear(2024));
    let by = someone(Role::FinanceReviewer, "e").signature();
    let opinion = FinanceOpinion { arrange: true, reason: String::new(), by };
    let case =
        RequestCase { stage: Stage::FinanceReview, finance_opinion: Some(opinion), revision: 9, ..case };
    Candidate {
        case,
        name: format!("省{id}"),
        approved: Money::from_fen(95),
        targets: None,
        performance: None,
    }
}

fn notice(candidates: &[Candidate]) -> Notice {
    let line = |candidate: &Candidate| NoticeLine {
        request: candidate.case.id.clone(),
        department: candidate.case.department.clone(),
        name: candidate.name.clone(),
        revision: candidate.case.revision,
        version: 1,
        content_hash: "h".into(),
        requested: Money::from_fen(100),
        bureau_cut: Money::from_fen(3),
        finance_cut: Money::from_fen(2),
        targets: "良".into(),
        economics: vec![Economic {
            code: "30213".into(),
            name: "维修(护)费".into(),
            amount: Money::from_fen(95),
        }],
    };
    Notice {
        number: "晋财行〔2024〕12号".into(),
        date: Date::new(2024, 1, 20).unwrap(),
        fiscal_year: FiscalYear(2024),
        edition: "晋财行〔2022〕51号".into(),
        lines: candidates.iter().map(line).collect(),
    }
}

#[test]
fn what_a_department_is_shown_of_a_notice_is_its_own_line_and_nothing_of_anothers() {
    let all = notice(&[candidate("水利厅"), candidate("林草局")]);
    let own = all.clone().of(&CaseId::new("林草局"));
    assert_eq!(own.lines, all.lines[1..]);
    assert_eq!((own.total(), own.economics()[0].amount), (Money::from_fen(95), Money::from_fen(95)));
    assert!(!serde_json::to_string(&own).unwrap().contains("水利厅"));
}

fn tells(
    now: &ApprovalBatch,
    actor: &Actor,
    command: Command,
    candidates: &[Candidate],
) -> Result<ApprovalBatch, String> {
    on(now, actor, command, candidates, &notice(candidates))
}

fn on(
    now: &ApprovalBatch,
    actor: &Actor,
    command: Command,
    candidates: &[Candidate],
    notice: &Notice,
) -> Result<ApprovalBatch, String> {
    let today = Date::new(2024, 1, 20).unwrap();
    let permit = permit(actor, now, command.verb(), today).map_err(|r| r.code)?;
    let (notice, candidates) = (notice.clone(), candidates.to_vec());
    let facts = Facts { notice, hash: "n1".into(), candidates, number_taken: false };
    let events = now.decide(&permit, &command, &facts, today).map_err(|r| r.code)?;
    Ok(events.iter().fold(now.clone(), ApprovalBatch::evolve))
}

fn draft(ids: &[&str]) -> Command {
    Command::DraftBatch {
        number: "晋财行〔2024〕12号".into(),
        date: Date::new(2024, 1, 20).unwrap(),
        requests: ids.iter().map(|id| CaseId::new(*id)).collect(),
    }
}

fn issue() -> Command {
    Command::IssueBatch { content_hash: "n1".into() }
}

fn start() -> ApprovalBatch {
    ApprovalBatch::new(CaseId::new("b"), FiscalYear(2024))
}

#[test]
fn one_drafts_another_issues_and_the_request_carries_number_and_amount() {
    let (reviewer, leader) = (someone(Role::FinanceReviewer, "e"), someone(Role::FinanceLeader, "f"));
    let candidates = [candidate("water"), candidate("forest")];
    let now = tells(&start(), &reviewer, draft(&["water", "forest"]), &candidates).unwrap();
    assert_eq!((now.stage, now.number.as_deref()), (Stage::FinanceConfirm, Some("晋财行〔2024〕12号")));
    let same = someone(Role::FinanceLeader, "e");
    assert_eq!(tells(&now, &same, issue(), &candidates), Err("authority.same_person".into()));
    let wrong = Command::IssueBatch { content_hash: "n0".into() };
    assert_eq!(tells(&now, &leader, wrong, &candidates), Err("content.changed".into()));
    let now = tells(&now, &leader, issue(), &candidates).unwrap();
    assert_eq!(now.stage, Stage::Issued);
    let notice = notice(&candidates);
    let event = request_event(&now, &notice, &notice.lines[0], &leader.signature());
    let case = RequestCase::evolve(candidates[0].case.clone(), &event);
    assert_eq!((case.stage, case.approval.map(|a| a.amount)), (Stage::Approved, Some(Money::from_fen(95))));
    assert_eq!((notice.total(), notice.economics()[0].amount), (Money::from_fen(190), Money::from_fen(190)));
}

#[test]
fn the_reviewer_of_a_request_does_not_sign_though_somebody_else_drafted() {
    let other = someone(Role::FinanceReviewer, "g");
    let candidates = [candidate("water")];
    let now = tells(&start(), &other, draft(&["water"]), &candidates).unwrap();
    let reviewed = someone(Role::FinanceLeader, "e");
    assert_eq!(tells(&now, &reviewed, issue(), &candidates), Err("authority.same_person".into()));
}

#[test]
fn targets_that_failed_keep_a_request_out() {
    let reviewer = someone(Role::FinanceReviewer, "e");
    let failed = Refusal::under(11, "targets.poor", "绩效目标审核等次为“差”");
    let candidates = [candidate("water"), Candidate { targets: Some(failed), ..candidate("forest") }];
    let refused = tells(&start(), &reviewer, draft(&["water", "forest"]), &candidates);
    assert_eq!(refused, Err("batch.targets".into()));
}

#[test]
fn an_evaluation_that_is_missing_keeps_a_request_out() {
    let reviewer = someone(Role::FinanceReviewer, "e");
    let missing = Refusal::under(10, "EXA-01", "“省水-07”须事前绩效评估");
    let candidates = [Candidate { performance: Some(missing), ..candidate("water") }];
    assert_eq!(tells(&start(), &reviewer, draft(&["water"]), &candidates), Err("EXA-01".into()));
}

#[test]
fn what_is_not_ready_for_an_answer_is_named() {
    let reviewer = someone(Role::FinanceReviewer, "e");
    let refused =
        |candidate: Candidate| tells(&start(), &reviewer, draft(&["water"]), &[candidate]).unwrap_err();
    let without = Candidate {
        case: RequestCase { finance_opinion: None, ..candidate("water").case },
        ..candidate("water")
    };
    assert_eq!(refused(without), "batch.opinion");
    let elsewhere = RequestCase { stage: Stage::FinanceReturned, ..candidate("water").case };
    assert_eq!(refused(Candidate { case: elsewhere, ..candidate("water") }), "batch.stage");
    assert_eq!(refused(Candidate { approved: Money::ZERO, ..candidate("water") }), "batch.nothing");
    let one = [candidate("water")];
    assert_eq!(tells(&start(), &reviewer, draft(&["water", "water"]), &one), Err("batch.requests".into()));
    let unnumbered = Command::DraftBatch {
        number: "12".into(),
        date: Date::new(2024, 1, 20).unwrap(),
        requests: vec![CaseId::new("water")],
    };
    assert_eq!(tells(&start(), &reviewer, unnumbered, &one), Err("document.number".into()));
}

#[test]
fn a_cut_after_the_draft_sends_it_back() {
    let (reviewer, leader) = (someone(Role::FinanceReviewer, "e"), someone(Role::FinanceLeader, "f"));
    let drafted = [candidate("water")];
    let now = tells(&start(), &reviewer, draft(&["water"]), &drafted).unwrap();
    let cut = [Candidate { approved: Money::from_fen(90), ..candidate("water") }];
    assert_eq!(on(&now, &leader, issue(), &cut, &notice(&drafted)), Err("batch.changed".into()));
    let reasons = vec![Reason { text: "又有核减，请重拟。".into(), place: None }];
    let now = tells(&now, &leader, Command::ReturnBatch { reasons }, &cut).unwrap();
    assert_eq!(tells(&now, &reviewer, draft(&["water"]), &cut).unwrap().version, 2);
}
