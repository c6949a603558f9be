//! The money of a year over HTTP: the worked years are played by their people, and must come to what `omfund play` says.

use serde_json::{Map, Value, json};
use shared::api::cases::{MOST_LINES, ReadCases};
use shared::api::money::{ReadMoneyCase, ReadMoneyYear};
use shared::api::performance::{ReadPerformanceYear, RecordMoneyFact, RegisterInstitution, RevokeDevice};
use shared::api::problem::Problem;
use shared::api::transition::{Moved, Transition};
use shared::cases::execution::world::Setting;
use shared::cases::listed_kind::ListedKind;
use shared::cases::listing::CaseLine;
use shared::kernel::calendar::Date;
use shared::kernel::ids::{AccountId, CaseId, OpId};
use shared::kernel::money::Money;
use sqlx::{AnyConnection, Connection};
use std::collections::{BTreeMap, BTreeSet};
use tests::{Database, Desk, World, fresh_id, setting_of, worked_file};

/// A worked year with what it comes to.
pub struct Year {
    pub script: Value,
    pub expected: Value,
    setting: Setting,
}

pub fn year(name: &str) -> Year {
    let json = |text: &str| serde_json::from_str(text).expect("JSON");
    Year {
        script: json(&worked_file(name, "script.json")),
        expected: json(&worked_file(name, "expected.json")),
        setting: setting_of(name),
    }
}

impl Year {
    /// What its cases are judged by.
    pub fn settings(&self) -> Option<Setting> {
        Some(self.setting.clone())
    }

    /// The demonstration, judged by the year's setting.
    pub fn world(&self, database: Database) -> World {
        World::demo_with(database, |settings| settings.money = self.settings())
    }
}

pub fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// The refusal of a problem as a script reports it.
pub fn reported(problem: &Problem) -> (String, Option<u8>) {
    match (&problem.refusal, problem.code.as_str()) {
        (Some(refusal), _) => (refusal.code.clone(), refusal.article),
        (None, "operation_reused") => ("LED-05".to_string(), None),
        (None, code) => (code.to_string(), None),
    }
}

/// The people of a script at their desks.
pub struct Office<'a> {
    world: &'a World,
    pub desks: BTreeMap<String, Desk>,
    pub auditor: Desk,
    /// Payments of the script that were made elsewhere.
    facts: Vec<Value>,
}

impl Office<'_> {
    /// Gives them accounts with the demonstration's password.
    pub fn of<'a>(world: &'a World, script: &Value) -> Office<'a> {
        let run = |sql: String| world.execute(Box::leak(sql.into_boxed_str()));
        for (id, name) in script["departments"].as_object().expect("departments") {
            let name = name.as_str().unwrap_or(id);
            run(format!(
                "insert into departments (tenant, id, name, position) values ('shanxi', '{id}', '{name}', 99) \
                 on conflict do nothing"
            ));
        }
        let people = script["people"].as_object().expect("people");
        for (account, person) in people {
            let quoted =
                |key: &str| person[key].as_str().map_or("null".to_string(), |text| format!("'{text}'"));
            let (role, own) = (text(person, "role"), person["person"].as_str().unwrap_or(account));
            let (department, provider) = (quoted("department"), quoted("provider"));
            run(format!(
                "insert into accounts (tenant, id, name, person, role, department, provider, state, \
                 password_hash, created_by) select 'shanxi', '{account}', '{account}', '{own}', '{role}', \
                 {department}, {provider}, 'active', password_hash, '' from accounts where id = 'auditor'"
            ));
        }
        let desks = people.keys().map(|account| (account.clone(), world.desk(account)));
        let office = Office {
            world,
            desks: desks.collect(),
            auditor: world.desk("auditor"),
            facts: script["ledger"].as_array().cloned().unwrap_or_default(),
        };
        office.registers(script);
        office
    }

    /// A reviewer of the bureau registers the third parties of a script and its revoked devices.
    fn registers(&self, script: &Value) {
        let people = script["people"].as_object().expect("people");
        let reviewer = || {
            let found = people.iter().find(|(_, person)| text(person, "role") == "bureau_reviewer");
            &self.desks[found.expect("a reviewer").0]
        };
        for (name, institution) in script["institutions"].as_object().into_iter().flatten() {
            let own = people.iter().filter(|(_, person)| text(person, "institution") == name);
            let served = institution["served"].as_array().into_iter().flatten();
            reviewer().call(&RegisterInstitution {
                name: name.clone(),
                served: served.filter_map(Value::as_str).map(str::to_string).collect(),
                evaluators: own.map(|(account, _)| AccountId::new(account.clone())).collect(),
            });
        }
        for (device, of) in script["devices"].as_object().into_iter().flatten() {
            let on = Date::parse(text(of, "revoked_on")).expect("a day");
            reviewer().call(&RevokeDevice { device: device.clone(), on });
        }
    }

    fn revision(&self, case: &str) -> u64 {
        let answer = self.auditor.ask(&ReadMoneyCase { case: CaseId::new(case) });
        match answer.status {
            404 => 0,
            _ => serde_json::from_str::<Value>(&answer.text).expect("a case")["line"]["revision"]
                .as_u64()
                .unwrap(),
        }
    }

    /// A command as the page of this person would send it.
    pub fn transition(&self, step: &Value) -> Transition {
        let mut command = step["with"].as_object().cloned().unwrap_or_default();
        command.insert("verb".to_string(), step["do"].clone());
        let op = step["op"].as_str().map(OpId::new);
        Transition {
            request: CaseId::new(text(step, "case")),
            operation: op.unwrap_or_else(fresh_id),
            seen: self.revision(text(step, "case")),
            command: Value::Object(command),
            kind: Some(text(step, "kind").to_string()),
        }
    }

    /// The treasurer records the payments of the script that were made by now, once their request is approved.
    fn records_facts(&self, facts: &mut Vec<Value>, day: &str) {
        let treasurer = || self.world.desk("bureau.treasurer");
        facts.retain(|fact| {
            let is_due = text(fact, "on") <= day;
            let fen = text(fact, "amount").replace('.', "").parse().expect("an amount");
            let sent = RecordMoneyFact {
                operation: OpId::new(format!("fact-{}-{}-{fen}", text(fact, "request"), text(fact, "on"))),
                request: CaseId::new(text(fact, "request")),
                kind: serde_json::from_value(fact["kind"].clone()).expect("a kind"),
                on: Date::parse(text(fact, "on")).expect("a day"),
                amount: Money::from_fen(fen),
            };
            !(is_due && treasurer().ask(&sent).status == 200)
        });
    }

    pub fn gives(&self, step: &Value) -> Result<Moved, Problem> {
        let answer = self.desks[text(step, "by")].ask(&self.transition(step));
        assert!(answer.status < 500, "{step}: {}", answer.text);
        match answer.status {
            200 => Ok(serde_json::from_str(&answer.text).expect("where the case stands")),
            _ => Err(answer.problem()),
        }
    }

    /// Plays steps in their order, each on its day; answers them as a script does.
    pub fn plays(&self, steps: &[Value]) -> Vec<Value> {
        let mut day = String::new();
        let mut facts = self.facts.clone();
        let mut answers = Vec::new();
        for (n, step) in steps.iter().enumerate() {
            let at = step["at"].as_str().unwrap_or(&day).to_string();
            if at != day {
                self.world.restart(&at);
                day = at;
            }
            self.records_facts(&mut facts, &day);
            let quiet = step["quiet"].as_bool().unwrap_or_default();
            match self.gives(step) {
                Ok(moved) if !quiet => {
                    let mut answer = moved.reply;
                    answer.insert("step".to_string(), json!(n + 1));
                    answer.insert("ok".to_string(), json!(true));
                    answer.insert("stage".to_string(), json!(moved.stage));
                    answers.push(Value::Object(answer));
                }
                Ok(_) => {}
                Err(problem) => {
                    assert!(!quiet, "step {}: {step} {problem:?}", n + 1);
                    let (code, article) = reported(&problem);
                    answers.push(json!({ "step": n + 1, "ok": false, "refused": code, "article": article }));
                }
            }
        }
        answers
    }
}

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
