//! What follows a department, and what it still has open, over the worked years.

use super::*;
use crate::cases::play::worked::WorkedYear;
use crate::cases::play::world_after;
use crate::cases::sanction::{Measure, Stage};
use crate::kernel::ids::{AccountId, PersonId, TenantId};
use crate::kernel::people::Role;

const YEARS: [&str; 2] = ["money-2024", "performance-2024"];

fn played(year: &'static str) -> ExecutionWorld {
    world_after(&WorkedYear(year).script().to_string()).unwrap()
}

fn id(text: &str) -> DepartmentId {
    DepartmentId::new(text)
}

fn filler(department: &str) -> Party {
    Party {
        actor: Actor {
            tenant: TenantId::new("shanxi"),
            account: AccountId::new("someone"),
            person: PersonId::new("P-1"),
            name: "某人".into(),
            role: Role::DepartmentFiller,
            department: Some(id(department)),
            provider: None,
        },
    }
}

#[test]
fn no_case_of_a_worked_year_names_a_department_that_passed_on() {
    for year in YEARS {
        let world = played(year);
        let departments = || world.setting.departments.keys();
        let passed = departments().map(|department| (department.clone(), id(&format!("{department}-heir"))));
        let succession = Succession::new(passed, []);
        let mut followed = 0;
        for (case, entry) in &world.cases {
            let mut of = entry.case.clone();
            of.follow(&succession);
            followed += usize::from(of != entry.case);
            let body = of.body().unwrap().to_string();
            for department in departments() {
                let named = format!("\"department\":\"{department}\"");
                assert!(!body.contains(&named), "{year}: {case} names {department}");
            }
        }
        assert!(followed > 5, "{year}: the year has cases of departments");
    }
}

#[test]
fn a_sanction_against_a_department_blocks_its_successor() {
    let sanction = Sanction {
        stage: Stage::Effective,
        measure: Measure::Cut,
        target_kind: TargetKind::Department,
        target: "forest".into(),
        year: Some(2025),
        ..Sanction::default()
    };
    let mut case = AnyExecutionCase::from(sanction);
    case.follow(&Succession::new([(id("forest"), id("water"))], []));
    assert_eq!(case.department(), Some(id("water")));
    let AnyExecutionCase::Sanction(sanction) = case else { panic!("another kind") };
    assert!(sanction.cuts(&id("water"), 2025) && !sanction.cuts(&id("forest"), 2025));

    let line = Sanction { target_kind: TargetKind::Line, target: "forest".into(), ..*sanction };
    let mut case = AnyExecutionCase::from(line.clone());
    case.follow(&Succession::new([(id("forest"), id("water"))], []));
    assert_eq!(case, line.into(), "a line that is called like a department is no department");
}

#[test]
fn what_a_department_has_under_way_is_found_by_its_cases_contracts_and_lines() {
    let world = played("money-2024");
    let (water, nobody) = (id("water"), id("nobody"));
    assert_eq!(world.open_cases_of(&nobody).count(), 0);
    assert!(world.unused_years_of(&nobody).is_empty());
    for (case, entry) in world.open_cases_of(&water) {
        assert!(entry.case.is_open(), "{case}");
    }
    let mut bound = world.clone();
    let contract = bound.cases.iter_mut().find_map(|(id, entry)| match &mut entry.case {
        AnyExecutionCase::Contract(of) => Some((id.clone(), of)),
        _ => None,
    });
    let (contract, of) = contract.unwrap();
    of.stage = contract::Stage::InForce;
    let own = bound.contract(&contract).unwrap().rows[0].line.clone();
    let department = bound.line(&own).unwrap().department.clone();
    assert!(bound.open_cases_of(&department).any(|(id, _)| *id == contract), "a contract in force is open");
}

#[test]
fn parts_of_a_split_department_read_what_is_concluded_and_give_no_command() {
    let mut world = played("performance-2024");
    let (water, part) = (filler("water"), filler("river"));
    let own: Vec<CaseId> =
        world.cases.keys().filter(|case| world.visible(&water, case).is_some()).cloned().collect();
    assert!(own.iter().all(|case| world.visible(&part, case).is_none()), "another department reads nothing");
    world.readers = own.iter().map(|case| (case.clone(), BTreeSet::from([id("river")]))).collect();
    let (mut read, mut hidden) = (0, 0);
    for case in &own {
        let is_open = world.cases[case].case.is_open();
        match world.visible(&part, case) {
            Some(entry) => {
                assert!(!is_open && world.offered(&part, entry).is_empty(), "{case}");
                read += 1;
            }
            None => hidden += usize::from(is_open),
        }
    }
    assert!(read > 0 && read + hidden == own.len(), "{read} read, {hidden} hidden of {}", own.len());
    assert!(own.iter().all(|case| world.visible(&filler("health"), case).is_none()));
}
