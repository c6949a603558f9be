//! The money of a year over HTTP: the worked years are played by their people, and must come to what `omfund play` says.

use serde_json::{Map, Value, json};
use shared::api::cases::{MOST_LINES, ReadCases};
use shared::api::money::ReadMoneyYear;
use shared::api::performance::ReadPerformanceYear;
use shared::cases::listed_kind::ListedKind;
use shared::cases::listing::CaseLine;
use shared::kernel::calendar::Date;
use shared::kernel::money::Money;
use sqlx::{AnyConnection, Connection};
use std::collections::{BTreeMap, BTreeSet};
use tests::office::{Office, Year, year};
use tests::{Database, Desk, World};

/// The execution cases a person may see, all pages of the list.
pub fn execution_cases(desk: &Desk) -> Vec<CaseLine> {
    let page = |page| desk.call(&ReadCases { page: Some(page), ..ReadCases::default() });
    let pages = page(1).total.div_ceil(MOST_LINES);
    let lines = (1..=u16::try_from(pages).expect("few pages")).flat_map(|n| page(n).lines);
    lines.filter(|line| matches!(line.kind, ListedKind::Execution(_))).collect()
}

/// Posted balances and open reservations as the database has them, in 分.
pub fn balances(world: &World) -> (Value, Value) {
    let rows: Vec<(String, String, i64, i64, i64)> = world.block_on(async {
        let mut connection = AnyConnection::connect(&world.settings.database).await.expect("the database");
        let rows = sqlx::query_as("select code, key, debits, credits, reserved from ledger_accounts")
            .fetch_all(&mut connection)
            .await
            .expect("accounts");
        connection.close().await.expect("the connection closes");
        rows
    });
    let (mut posted, mut reserved) = (Map::new(), Map::new());
    for (code, key, debits, credits, open) in rows {
        let source = matches!(code.as_str(), "1000" | "2000");
        posted
            .insert(format!("{code}:{key}"), json!(if source { debits - credits } else { credits - debits }));
        if open != 0 {
            reserved.insert(format!("{code}:{key}"), json!(open));
        }
    }
    (Value::Object(posted), Value::Object(reserved))
}

pub fn on_both(year: &Year, story: impl Fn(&World)) {
    story(&year.world(Database::Sqlite));
    if World::has_postgres() {
        story(&year.world(Database::Postgres));
    }
}

/// Plays a year and holds stages, refusals, balances and reservations against the worked answer.
fn comes_to_what_is_expected(name: &str) {
    let year = year(name);
    on_both(&year, |world| {
        let office = played(world, &year);
        figures_agree(&office, &year);
        verified(world);
    });
}

/// The people of a year after its last step: answers, stages, balances and reservations are the worked ones.
pub fn played<'a>(world: &'a World, year: &Year) -> Office<'a> {
    let office = Office::of(world, &year.script);
    let answers = office.plays(year.script["steps"].as_array().expect("steps"));
    let expected = year.expected["steps"].as_array().expect("steps");
    for (answer, expected) in answers.iter().zip(expected) {
        assert_eq!(answer, expected);
    }
    assert_eq!(answers.len(), expected.len());
    let (posted, reserved) = balances(world);
    assert_eq!(posted, year.expected["balances"]);
    assert_eq!(reserved, year.expected["reserved"]);
    let lines = execution_cases(&office.auditor);
    let stages: Map<String, Value> =
        lines.into_iter().map(|line| (line.id.to_string(), json!(line.stage.word))).collect();
    assert_eq!(Value::Object(stages), year.expected["cases"]);
    office
}

/// The ledger in the database keeps all its laws.
pub fn verified(world: &World) {
    let report = world.block_on(server::verify_ledger(&world.settings.database, &world.settings.tenant));
    let report = report.expect("a ledger");
    assert_eq!(report.breaches, Vec::<String>::new());
    assert!(report.transfers > 0 && report.accounts > 0);
}

/// The money page of a year says what the script answers to `year(Y)` and `department(D,Y)`.
fn figures_agree(office: &Office, year: &Year) {
    for (question, answer) in year.expected["ask"].as_object().expect("answers") {
        let inner = |name: &str| question.strip_prefix(name).and_then(|rest| rest.strip_suffix(')'));
        let flows = inner("sankey(");
        let (department, of_year) = match (inner("year("), inner("department(").or(flows)) {
            (Some(year), _) => (None, year),
            (_, Some(both)) => {
                both.split_once(',').map(|(d, y)| (Some(d), y)).expect("a department and a year")
            }
            _ => continue,
        };
        let view = office.auditor.call(&ReadMoneyYear {
            fiscal_year: of_year.trim().parse().expect("a year"),
            department: department.map(shared::kernel::ids::DepartmentId::new),
        });
        if flows.is_some() {
            assert_eq!(json!(view.flows), *answer, "{question}");
            continue;
        }
        let total =
            view.total.iter().map(|(name, amount)| (name.clone(), json!(format!("{:.2}", amount.yuan()))));
        assert_eq!(Value::Object(total.collect()), *answer, "{question}");
    }
}

#[test]
fn a_small_year_comes_to_its_worked_balances() {
    comes_to_what_is_expected("money-small");
}

#[test]
fn three_departments_come_through_their_year() {
    comes_to_what_is_expected("money-2024");
}

/// The year before is evaluated, this year's lamps are lit and one correction waits.
fn performance_under_way(world: &World) {
    let year = ReadPerformanceYear { fiscal_year: 2024, department: None };
    let view = world.desk("bureau.leader").call(&year);
    let agriculture = view.departments.iter().find(|of| of.year.department.as_str() == "agriculture");
    let agriculture = &agriculture.expect("a department").year;
    let lamps: Vec<_> = agriculture.lamps.iter().map(|lamp| lamp.overall.as_deref()).collect();
    assert_eq!(lamps, [Some("红"), Some("红")]);
    assert_eq!((agriculture.open_corrections.len(), agriculture.overdue_corrections), (1, 1));
    let (before, result) = &agriculture.trend[1];
    assert_eq!((*before, result.as_ref().map(|of| of.grade.as_str())), (2023, Some("优")));
    let own = execution_cases(&world.desk("evaluator.qin"));
    let own: BTreeSet<&str> = own.iter().map(|line| line.id.as_str()).collect();
    assert_eq!(own, ["key-agriculture-2023", "visit-agriculture-2023"].into());
}

#[test]
fn the_demonstration_shows_a_year_of_money_under_way() {
    let script = include_str!("../../server/src/ops/demo/money.json");
    let played = shared::cases::play::answer(script, &shared::cases::play::EditionSource::shipped())
        .expect("a script");
    assert_eq!(played["ask"]["verify()"], json!([]));
    let demo = |database, today| {
        World::with(database, |settings| {
            settings.demo = true;
            settings.clock = server::Clock { fixed_day: Date::parse(today) };
        })
    };
    let total = |world: &World| {
        let year = ReadMoneyYear { fiscal_year: 2024, department: None };
        let view = world.desk("bureau.treasurer").call(&year);
        // The batch of the autumn opened other lines.
        let (scripted, issued): (Vec<_>, Vec<_>) =
            view.lines.into_iter().partition(|line| line.line.as_str().starts_with("approved-"));
        assert!(!issued.is_empty() && issued.iter().all(|line| line.line.as_str().starts_with("money-")));
        let mut total: BTreeMap<String, Money> = BTreeMap::new();
        for (name, amount) in scripted.into_iter().flat_map(|line| line.figures) {
            *total.entry(name).or_default() += amount;
        }
        Value::Object(
            total.into_iter().map(|(name, sum)| (name, json!(format!("{:.2}", sum.yuan())))).collect(),
        )
    };
    let databases = [Some(Database::Sqlite), World::has_postgres().then_some(Database::Postgres)];
    for database in databases.into_iter().flatten() {
        let world = demo(database, "2024-12-31");
        assert_eq!(total(&world), played["ask"]["year(2024)"]);
        verified(&world);
        performance_under_way(&world);
    }
    let autumn = demo(Database::Sqlite, "2024-09-01");
    assert_ne!(total(&autumn)["paid"], json!("0.00"));
    let own = execution_cases(&autumn.desk("provider.jinyun"));
    assert!(own.iter().any(|line| line.id.as_str() == "con-1"), "a provider signs in and sees its contract");
    assert_eq!(autumn.desk("water.filler").get("/api/desk").status, 200);
}
