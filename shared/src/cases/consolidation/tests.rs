//! The autumn of a compilation, told as values.

use super::flow::request_events;
use super::*;
use crate::cases::authority::{available_commands, permit};
use crate::cases::consolidation::budget::{ConsolidatedBudget, Included, Missing};
use crate::cases::kernel::{CaseKind, NamedCommand, Reason, Stage, Verb};
use crate::cases::request::RequestCase;
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::{AccountId, CaseId, DepartmentId, PersonId, TenantId};
use crate::kernel::people::{Actor, Office, Role};
use crate::policy::art18_validity;
use crate::policy::editions::Edition;

fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

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

fn accepted(id: &str) -> RequestCase {
    let case = RequestCase::new(CaseId::new(id), DepartmentId::new(id), FiscalYear(2024));
    RequestCase { stage: Stage::Accepted, revision: 5, content_hash: Some("h".into()), version: 1, ..case }
}

fn whole(requests: &[RequestCase]) -> ConsolidatedBudget {
    let included = requests.iter().map(|case| Included {
        request: case.id.clone(),
        department: case.department.clone(),
        name: format!("省{}", case.department),
        revision: case.revision,
        version: case.version,
        content_hash: "h".into(),
        last_year: None,
        sums: vec![],
    });
    ConsolidatedBudget {
        fiscal_year: FiscalYear(2024),
        number: 1,
        edition: "晋财行〔2022〕51号".into(),
        included: included.collect(),
        missing: vec![Missing {
            department: DepartmentId::new("late"),
            name: "省晚厅".into(),
            stage: None,
            late_until: None,
        }],
    }
}

struct Desk {
    whole: ConsolidatedBudget,
    requests: Vec<RequestCase>,
    edition: &'static Edition,
    today: Date,
}

impl Desk {
    fn new() -> Desk {
        let requests = vec![accepted("water"), accepted("forest")];
        let edition = art18_validity::edition_for(FiscalYear(2024)).unwrap();
        Desk { whole: whole(&requests), requests, edition, today: day("2023-10-20") }
    }

    fn tells(&self, now: &Consolidation, actor: &Actor, command: Command) -> Result<Consolidation, String> {
        let permit = permit(actor, now, command.verb(), self.today).map_err(|r| r.code)?;
        let (whole, requests) = (self.whole.clone(), self.requests.clone());
        let facts = Facts { whole, hash: "w1".into(), requests, edition: self.edition };
        let events = now.decide(&permit, &command, &facts, self.today).map_err(|r| r.code)?;
        Ok(events.iter().fold(now.clone(), Consolidation::evolve))
    }
}

fn start() -> Consolidation {
    Consolidation::new(CaseId::new("c"), FiscalYear(2024), 1)
}

fn confirm() -> Command {
    Command::ConfirmCompilation { content_hash: "w1".into() }
}

const SUBMIT: Command = Command::SubmitToFinance { late_reason: None };

#[test]
fn it_is_gathered_confirmed_by_another_and_reported_in_one_act() {
    let (reviewer, leader) = (someone(Role::BureauReviewer, "a"), someone(Role::BureauLeader, "b"));
    let desk = Desk::new();
    let now = desk.tells(&start(), &reviewer, Command::Compile {}).unwrap();
    assert_eq!((now.stage, now.version), (Stage::BureauConfirm, 1));
    let same = someone(Role::BureauLeader, "a");
    assert_eq!(desk.tells(&now, &same, confirm()), Err("authority.same_person".into()));
    let wrong = Command::ConfirmCompilation { content_hash: "w0".into() };
    assert_eq!(desk.tells(&now, &leader, wrong), Err("content.changed".into()));
    assert_eq!(desk.tells(&now, &leader, SUBMIT), Err("authority.stage".into()));
    let now = desk.tells(&now, &leader, confirm()).unwrap();
    let now = desk.tells(&now, &leader, SUBMIT).unwrap();
    assert_eq!((now.stage, now.reported_on), (Stage::Reported, Some(day("2023-10-20"))));
    let by = leader.signature();
    let case = request_events(&now, &by).iter().fold(accepted("water"), RequestCase::evolve);
    assert_eq!(case.stage, Stage::FinanceReview);
}

#[test]
fn what_changed_since_it_was_gathered_is_named() {
    let (reviewer, leader) = (someone(Role::BureauReviewer, "a"), someone(Role::BureauLeader, "b"));
    let mut desk = Desk::new();
    let now = desk.tells(&start(), &reviewer, Command::Compile {}).unwrap();
    desk.requests[1].revision += 1;
    desk.requests[1].stage = Stage::Withdrawn;
    assert_eq!(desk.tells(&now, &leader, confirm()), Err("compilation.changed".into()));
    let reasons = vec![Reason { text: "省forest 已撤回，请重新汇总。".into(), place: None }];
    let now = desk.tells(&now, &leader, Command::Recompile { reasons }).unwrap();
    desk.requests.pop();
    desk.whole.included.pop();
    let now = desk.tells(&now, &reviewer, Command::Compile {}).unwrap();
    assert_eq!((now.version, desk.tells(&now, &leader, confirm()).is_ok()), (2, true));
    desk.whole.included.clear();
    assert_eq!(desk.tells(&start(), &reviewer, Command::Compile {}), Err("compilation.empty".into()));
}

#[test]
fn after_the_end_of_october_it_takes_a_written_reason() {
    let leader = someone(Role::BureauLeader, "b");
    let desk = Desk { today: day("2023-11-02"), ..Desk::new() };
    let now = Consolidation { stage: Stage::Confirmed, content_hash: Some("w1".into()), ..start() };
    assert_eq!(desk.tells(&now, &leader, SUBMIT), Err("compilation.late".into()));
    let late_reason = Some("机构改革，三个部门的清单移交延后".to_string());
    let now =
        desk.tells(&now, &leader, Command::SubmitToFinance { late_reason: late_reason.clone() }).unwrap();
    assert_eq!((now.stage, now.late_reason), (Stage::Reported, late_reason));
}

#[test]
fn finance_learns_of_it_when_it_is_reported_and_a_department_never() {
    let finance = someone(Role::FinanceReviewer, "f");
    let read = |actor: &Actor, stage| {
        let now = Consolidation { stage, ..start() };
        permit(actor, &now, Verb::Read, day("2023-10-20")).map(|_| ()).map_err(|r| r.code)
    };
    assert_eq!(read(&finance, Stage::Confirmed), Err("case.unknown".into()));
    assert_eq!(read(&finance, Stage::Reported), Ok(()));
    assert_eq!(read(&someone(Role::DepartmentFiller, "d"), Stage::Reported), Err("case.unknown".into()));
    assert!(available_commands(&finance, &start(), day("2023-10-20")).is_empty());
}
