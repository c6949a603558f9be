//! Stories of a change of the register: what a form comes to, and who may do what with it.

use super::draft::{DraftContext, change_of};
use super::form::{self, initial};
use super::{Command, EditionCase, Facts, RegisterChange};
use crate::cases::authority::permit;
use crate::cases::kernel::{CaseKind, Effect, NamedCommand, Stage};
use crate::engine::document::{Document, Row};
use crate::engine::op::HEADER_ROW;
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::{AccountId, CaseId, PersonId, RowId, TenantId};
use crate::kernel::people::{Actor, Role};
use crate::policy::editions::Edition;
use crate::policy::editions::register::{ConfirmedChange, Register};
use std::sync::Arc;

const YEAR: FiscalYear = FiscalYear(2028);

fn someone(role: Role, person: &str) -> Actor {
    Actor {
        tenant: TenantId::new("t"),
        account: AccountId::new(person),
        person: PersonId::new(person),
        name: person.into(),
        role,
        department: None,
        provider: None,
    }
}

fn today() -> Date {
    Date::parse("2027-06-10").unwrap()
}

fn base() -> &'static Arc<Edition> {
    Register::shipped().find("2022-51#1").unwrap()
}

fn header(document: &mut Document, table: &str, cells: &[(&str, &str)]) {
    let cells = cells.iter().map(|(key, text)| (key.to_string(), text.to_string())).collect();
    document.tables.insert(table.to_string(), vec![Row { id: RowId::new(HEADER_ROW), rank: 0, cells }]);
}

fn made(change: RegisterChange, document: &Document) -> Result<ConfirmedChange, Vec<String>> {
    let register = Register::shipped();
    let context = DraftContext { register, base: base(), demonstration: false, today: today() };
    let at = |fault: &crate::policy::editions::EditionError| {
        format!("{} {}", fault.code, fault.at.as_deref().unwrap_or_default()).trim().to_string()
    };
    change_of(change, document, context).map_err(|faults| faults.iter().map(at).collect())
}

fn extension() -> Document {
    let mut document = Document::new(YEAR);
    let cells = [("document", "晋财行〔2027〕12号"), ("dated", "2027-05-06"), ("to", "2029-12-31")];
    header(&mut document, form::FORCE, &cells);
    document
}

#[test]
fn an_extension_closes_the_gap_backwards_and_opens_the_years_it_reaches() {
    let change = made(RegisterChange::Extension, &extension()).unwrap();
    let mut register = Register::shipped().clone();
    register.apply(&change).unwrap();
    assert_eq!(register.edition_for(FiscalYear(2029)).unwrap().code(), "2022-51#1");
    assert_eq!(register.edition_for(FiscalYear(2030)).unwrap_err().code, "edition.none");
    // The file that is handed out says so too, and judges as before.
    let edition = register.find("2022-51#1").unwrap();
    assert_eq!((edition.force.len(), edition.hash()), (base().force.len() + 1, base().hash()));
    // A stored change reads back the same.
    let text = serde_json::to_string(&change).unwrap();
    assert_eq!(serde_json::from_str::<ConfirmedChange>(&text).unwrap(), change);
}

#[test]
fn a_revision_begins_with_the_numbers_of_its_base_and_changes_only_numbers() {
    let mut document = initial(RegisterChange::Revision, base(), YEAR).unwrap().unwrap();
    assert_eq!(made(RegisterChange::Revision, &document), Err(vec!["EDN-15".into()]));
    let rows = document.tables.get_mut(form::VALUES).unwrap();
    let limit = rows.iter_mut().find(|row| row.cells[form::NAME] == "growth_limit").unwrap();
    limit.cells.insert(form::VALUE.into(), "8".into());
    let Ok(ConfirmedChange::Edition { file }) = made(RegisterChange::Revision, &document) else {
        panic!("a revision")
    };
    assert_eq!((file.code().as_str(), file.parameters.growth_limit.to_string().as_str()), ("2022-51#2", "8"));
    let mut register = Register::shipped().clone();
    register.apply(&ConfirmedChange::Edition { file }).unwrap();
    // The revision shares the force of its edition, whatever was recorded since.
    assert_eq!(register.find("2022-51#2").unwrap().force, base().force);

    let mut later = document.clone();
    later.tables.get_mut(form::FORCE).unwrap()[0].cells.insert(form::TO.into(), "2030-12-31".into());
    assert_eq!(made(RegisterChange::Revision, &later), Err(vec!["EDN-14 force".into()]));
    let rows = document.tables.get_mut(form::VALUES).unwrap();
    let minimum = rows.iter_mut().find(|row| row.cells[form::NAME] == "reason_min").unwrap();
    minimum.cells.insert(form::VALUE.into(), "十".into());
    assert_eq!(made(RegisterChange::Revision, &document), Err(vec!["EDN-02 parameters/reason_min".into()]));
}

#[test]
fn what_a_sort_of_change_must_not_touch_is_named_by_its_table() {
    let mut document = extension();
    header(&mut document, form::VERSION, &[("title", "新名称")]);
    assert_eq!(made(RegisterChange::Extension, &document), Err(vec!["EDN-14 version".into()]));
    assert_eq!(made(RegisterChange::Extension, &Document::new(YEAR)), Err(vec!["EDN-02 force/dated".into()]));
}

#[test]
fn one_person_drafts_and_another_confirms_what_they_read() {
    let (drafter, chief) = (someone(Role::SecurityAdministrator, "a"), someone(Role::FinanceLeader, "b"));
    let based_on = ("2022-51#1".to_string(), "晋财行〔2022〕51号".to_string());
    let change = RegisterChange::Extension;
    let case = EditionCase::new(CaseId::new("e1"), YEAR, change, based_on, drafter.signature());
    let tell = |case: &EditionCase, actor: &Actor, command: &Command, hash: &str| {
        let permit = permit(actor, case, command.verb(), today()).map_err(|r| r.code)?;
        let mut facts = Facts::unjudged(change);
        facts.form.hash = hash.to_string();
        facts.made = Ok(made(change, &extension()).unwrap());
        let events = case.decide(&permit, command, &facts, today()).map_err(|r| r.code)?;
        let after = events.iter().fold(case.clone(), EditionCase::evolve);
        let effects = events.iter().flat_map(|event| after.effects(event, &facts));
        let recorded = effects.filter(|effect| matches!(effect, Effect::RecordChange(_))).count();
        Ok::<_, String>((after, recorded))
    };
    assert!(!case.visible_to(&chief), "a draft is its drafter's own");
    let short = Command::Propose { reason: "延续".into() };
    assert_eq!(tell(&case, &drafter, &short, "h1").unwrap_err(), "F-03");
    let propose = Command::Propose { reason: "原办法有效期届满，已发文延续执行。".into() };
    let (proposed, recorded) = tell(&case, &drafter, &propose, "h1").unwrap();
    assert_eq!((proposed.stage, proposed.version, recorded), (Stage::Proposed, 1, 0));
    let confirm = |hash: &str| Command::Confirm { content_hash: hash.to_string() };
    assert_eq!(tell(&proposed, &chief, &confirm("h2"), "h1").unwrap_err(), "EDN-07");
    assert_eq!(tell(&proposed, &chief, &confirm("h1"), "tampered").unwrap_err(), "EDN-07");
    assert_eq!(tell(&proposed, &drafter, &confirm("h1"), "h1").unwrap_err(), "authority.role");
    // The drafter's other account is the same person.
    let same_person = someone(Role::FinanceLeader, "a");
    assert_eq!(tell(&proposed, &same_person, &confirm("h1"), "h1").unwrap_err(), "authority.same_person");
    let bureau = someone(Role::BureauLeader, "c");
    assert_eq!(tell(&proposed, &bureau, &confirm("h1"), "h1").unwrap_err(), "authority.role");
    let (in_force, recorded) = tell(&proposed, &chief, &confirm("h1"), "h1").unwrap();
    assert_eq!((in_force.stage, recorded), (Stage::InForce, 1));
    assert_eq!(tell(&in_force, &drafter, &Command::Drop {}, "h1").unwrap_err(), "authority.stage");
}
