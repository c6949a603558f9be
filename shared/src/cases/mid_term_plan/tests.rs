//! A rolling plan, told as values.

use super::*;
use crate::cases::authority::permit;
use crate::cases::consolidation::budget::{ConsolidatedBudget, Included, Sum};
use crate::cases::kernel::{CaseKind, NamedCommand, Stage};
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::{AccountId, CaseId, DepartmentId, PersonId, TenantId};
use crate::kernel::money::Money;
use crate::kernel::people::{Actor, Role};
use crate::policy::art18_validity;

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

fn whole(requested: i64) -> ConsolidatedBudget {
    let sum = Sum {
        category: "hardware".into(),
        system: "s1".into(),
        system_name: "平台".into(),
        requested: Money::from_fen(requested),
        cut: Money::from_fen(100),
    };
    let included = Included {
        request: CaseId::new("r"),
        department: DepartmentId::new("water"),
        name: "省水利厅".into(),
        revision: 5,
        version: 1,
        content_hash: "h".into(),
        last_year: None,
        sums: vec![sum],
    };
    ConsolidatedBudget {
        fiscal_year: FiscalYear(2024),
        number: 1,
        edition: "晋财行〔2022〕51号".into(),
        included: vec![included],
        missing: vec![],
    }
}

fn years(second: i64, third: i64, reason: &str) -> Vec<LaterYears> {
    let (second, third) = (Money::from_fen(second), Money::from_fen(third));
    vec![LaterYears { request: CaseId::new("r"), second, third, reason: reason.into() }]
}

fn tells(
    now: &MidTermPlan,
    actor: &Actor,
    command: Command,
    outlook: &Outlook,
    whole: &ConsolidatedBudget,
) -> Result<MidTermPlan, String> {
    let day = Date::new(2023, 9, 20).unwrap();
    let permit = permit(actor, now, command.verb(), day).map_err(|r| r.code)?;
    let edition = art18_validity::edition_for(FiscalYear(2024)).unwrap();
    let facts = Facts { outlook: outlook.clone(), hash: "p1".into(), now: whole.clone(), edition };
    let events = now.decide(&permit, &command, &facts, day).map_err(|r| r.code)?;
    Ok(events.iter().fold(now.clone(), MidTermPlan::evolve))
}

fn plans(now: &MidTermPlan, later: Vec<LaterYears>) -> Result<MidTermPlan, String> {
    let whole = whole(100_000);
    let outlook = Outlook::of(&whole, &later);
    tells(now, &someone(Role::BureauReviewer, "a"), Command::PlanYears { later }, &outlook, &whole)
}

fn start() -> MidTermPlan {
    MidTermPlan::new(CaseId::new("p"), FiscalYear(2024))
}

#[test]
fn the_first_year_is_the_annual_request_and_cannot_be_written() {
    let later = years(105_000, 108_000, "");
    let outlook = Outlook::of(&whole(100_000), &later);
    assert_eq!(
        outlook.totals(),
        [Money::from_fen(100_000), Money::from_fen(105_000), Money::from_fen(108_000)]
    );
    assert_eq!(outlook.later(), later);
    let typed = serde_json::json!({ "request": "r", "first": 1, "second": 1, "third": 1, "reason": "" });
    assert!(serde_json::from_value::<LaterYears>(typed).is_err());
}

#[test]
fn it_is_planned_confirmed_by_another_and_rolled_on_with_every_version_counted() {
    let now = plans(&start(), years(105_000, 108_000, "")).unwrap();
    assert_eq!((now.stage, now.version), (Stage::BureauConfirm, 1));
    let (unchanged, changed) = (whole(100_000), whole(100_001));
    let outlook = Outlook::of(&unchanged, &years(105_000, 108_000, ""));
    let confirm = || Command::ConfirmPlan { content_hash: "p1".into() };
    let same = someone(Role::BureauLeader, "a");
    assert_eq!(tells(&now, &same, confirm(), &outlook, &unchanged), Err("authority.same_person".into()));
    let leader = someone(Role::BureauLeader, "b");
    assert_eq!(tells(&now, &leader, confirm(), &outlook, &changed), Err("plan.changed".into()));
    let now = tells(&now, &leader, confirm(), &outlook, &unchanged).unwrap();
    assert_eq!(now.stage, Stage::Confirmed);
    let now = plans(&now, years(104_000, 106_000, "")).unwrap();
    assert_eq!((now.stage, now.version), (Stage::BureauConfirm, 2));
}

#[test]
fn a_steep_year_says_why() {
    assert_eq!(plans(&start(), years(110_100, 110_100, "")), Err("plan.reason".into()));
    assert_eq!(plans(&start(), years(100_000, 120_000, "太短")), Err("plan.reason".into()));
    assert!(plans(&start(), years(100_000, 120_000, "新增两个系统三年期满转入运维")).is_ok());
    assert_eq!(plans(&start(), years(-1, 0, "")), Err("plan.amount".into()));
    assert_eq!(plans(&start(), vec![]), Err("plan.lines".into()));
}
