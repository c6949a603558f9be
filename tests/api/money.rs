//! The money of a year over HTTP: the worked years are played by their people, and must come to what `omfund play` says.

use serde_json::{Map, Value, json};
use shared::api::money::{ReadMoneyCase, ReadMoneyCases, ReadMoneyYear};
use shared::api::problem::Problem;
use shared::api::transition::{Moved, Transition};
use shared::cases::money::world::Setting;
use shared::kernel::calendar::Date;
use shared::kernel::ids::{CaseId, OpId};
use sqlx::{AnyConnection, Connection};
use std::collections::BTreeMap;
use tests::{Database, Desk, World, fresh_id};

/// A worked year with what it comes to.
struct Year {
    script: Value,
    expected: Value,
    setting: Setting,
}

fn year(name: &str) -> Year {
    let read = |file: &str| {
        let path = format!("{}/cases/{name}/{file}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).expect("a worked year")
    };
    let (script, expected) = (read("script.json"), read("expected.json"));
    let setting = shared::cases::play::read(&script).expect("a script").setting;
    let json = |text: &str| serde_json::from_str(text).expect("JSON");
    Year { script: json(&script), expected: json(&expected), setting }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// The refusal of a problem as a script reports it.
fn reported(problem: &Problem) -> (String, Option<u8>) {
    match (&problem.refusal, problem.code.as_str()) {
        (Some(refusal), _) => (refusal.code.clone(), refusal.article),
        (None, "operation_reused") => ("LED-05".to_string(), None),
        (None, code) => (code.to_string(), None),
    }
}

/// The people of a script at their desks.
struct Office<'a> {
    world: &'a World,
    desks: BTreeMap<String, Desk>,
    auditor: Desk,
}

impl Office<'_> {
    /// Gives them accounts with the demonstration's password.
    fn of<'a>(world: &'a World, script: &Value) -> Office<'a> {
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
        Office { world, desks: desks.collect(), auditor: world.desk("auditor") }
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
    fn transition(&self, step: &Value) -> Transition {
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

    fn gives(&self, step: &Value) -> Result<Moved, Problem> {
        let answer = self.desks[text(step, "by")].ask(&self.transition(step));
        assert!(answer.status < 500, "{step}: {}", answer.text);
        match answer.status {
            200 => Ok(serde_json::from_str(&answer.text).expect("where the case stands")),
            _ => Err(answer.problem()),
        }
    }

    /// Plays steps in their order, each on its day; answers them as a script does.
    fn plays(&self, steps: &[Value]) -> Vec<Value> {
        let mut day = String::new();
        let mut answers = Vec::new();
        for (n, step) in steps.iter().enumerate() {
            let at = step["at"].as_str().unwrap_or(&day).to_string();
            if at != day {
                self.world.restart(&at);
                day = at;
            }
            let quiet = step["quiet"].as_bool().unwrap_or_default();
            match self.gives(step) {
                Ok(moved) if !quiet => {
                    answers.push(json!({ "step": n + 1, "ok": true, "stage": moved.stage }))
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

/// Posted balances and open reservations as the database has them, in 分.
fn balances(world: &World) -> (Value, Value) {
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

fn world(database: Database, year: &Year) -> World {
    World::with(database, |settings| {
        settings.demo = true;
        settings.clock = server::Clock { fixed_day: Date::parse("2023-07-15") };
        settings.money = Some(year.setting.clone());
    })
}

fn on_both(year: &Year, story: impl Fn(&World)) {
    story(&world(Database::Sqlite, year));
    if World::has_postgres() {
        story(&world(Database::Postgres, year));
    }
}

/// Plays a year and holds stages, refusals, balances and reservations against the worked answer.
fn comes_to_what_is_expected(name: &str) {
    let year = year(name);
    on_both(&year, |world| {
        let office = Office::of(world, &year.script);
        let answers = office.plays(year.script["steps"].as_array().expect("steps"));
        let expected = year.expected["steps"].as_array().expect("steps");
        for (answer, expected) in answers.iter().zip(expected) {
            assert_eq!(answer, expected, "{name}");
        }
        assert_eq!(answers.len(), expected.len(), "{name}");
        let (posted, reserved) = balances(world);
        assert_eq!(posted, year.expected["balances"], "{name}");
        assert_eq!(reserved, year.expected["reserved"], "{name}");
        let lines = office.auditor.call(&ReadMoneyCases::default()).lines;
        let stages: Map<String, Value> =
            lines.into_iter().map(|line| (line.id.to_string(), json!(line.stage))).collect();
        assert_eq!(Value::Object(stages), year.expected["cases"], "{name}");
        figures_agree(&office, &year);
        verified(world);
    });
}

/// The ledger in the database keeps all its laws.
fn verified(world: &World) {
    let report = world.block_on(server::verify_ledger(&world.settings.database, &world.settings.tenant));
    let report = report.expect("a ledger");
    assert_eq!(report.breaches, Vec::<String>::new());
    assert!(report.transfers > 0 && report.accounts > 0);
}

/// The money page of a year says what the script answers to `year(Y)` and `department(D,Y)`.
fn figures_agree(office: &Office, year: &Year) {
    for (question, answer) in year.expected["ask"].as_object().expect("answers") {
        let inner = |name: &str| question.strip_prefix(name).and_then(|rest| rest.strip_suffix(')'));
        let (department, of_year) = match (inner("year("), inner("department(")) {
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

/// The first steps of the small year, with a second finance leader at a desk.
fn small_until<'a>(world: &'a World, year: &Year, steps: usize) -> Office<'a> {
    let mut script = year.script.clone();
    script["people"]["finlead2"] = json!({ "role": "finance_leader" });
    let office = Office::of(world, &script);
    let all = script["steps"].as_array().expect("steps");
    office.plays(&all[..steps]);
    office
}

fn step(by: &str, case: &str, kind: &str, verb: &str, with: Value) -> Value {
    json!({ "by": by, "case": case, "kind": kind, "do": verb, "with": with })
}

/// Gives two commands at the same moment.
fn at_once(office: &Office, one: &Value, two: &Value) -> [(u16, String); 2] {
    let both = [one, two].map(|step| (office.desks[text(step, "by")].clone(), office.transition(step)));
    std::thread::scope(|scope| {
        let sent = both.map(|(desk, transition)| scope.spawn(move || desk.ask(&transition)));
        sent.map(|sent| {
            let answer = sent.join().expect("an answer");
            let code = if answer.status == 200 { String::new() } else { reported(&answer.problem()).0 };
            (answer.status, code)
        })
    })
}

#[test]
fn of_two_leaders_who_take_back_the_last_yuan_at_once_one_wins() {
    let year = year("money-small");
    on_both(&year, |world| {
        let office = small_until(world, &year, 12);
        let recover = |case: &str| {
            let with = json!({ "measure": "收回资金", "target_kind": "line", "target": "req-water/w1",
                "amount": "10197.00", "deadline": "2024-06-30", "basis": "办法第十七条",
                "facts": "预拨资金在合同之外长期闲置，按规定收回省级财政。" });
            office.gives(&step("fin", case, "sanction", "propose", with)).expect("proposed");
        };
        recover("san-1");
        recover("san-2");
        let decide = |by: &str, case: &str| step(by, case, "sanction", "decide", json!({}));
        let mut answers = at_once(&office, &decide("finlead", "san-1"), &decide("finlead2", "san-2"));
        answers.sort();
        assert_eq!(answers, [(200, String::new()), (403, "SAN-03".to_string())]);
        let (_, reserved) = balances(world);
        assert_eq!(reserved["1200:req-water/w1"], json!(1_019_700));
        verified(world);
    });
}

#[test]
fn of_two_leaders_who_approve_the_same_advance_at_once_one_wins() {
    let year = year("money-small");
    on_both(&year, |world| {
        let office = small_until(world, &year, 11);
        let approve =
            |by: &str, voucher: &str| step(by, "adv-1", "advance", "approve", json!({ "voucher": voucher }));
        let mut answers = at_once(&office, &approve("finlead", "国拨1"), &approve("finlead2", "国拨2"));
        answers.sort();
        assert_eq!(answers, [(200, String::new()), (409, "stale".to_string())]);
        assert_eq!(world.count("select count(*) from cash_movements"), 1);
        verified(world);
    });
}

#[test]
fn a_suspension_and_a_payment_at_once_come_one_after_the_other() {
    let year = year("money-small");
    on_both(&year, |world| {
        let office = small_until(world, &year, 13);
        let with = json!({ "measure": "暂停拨付", "target_kind": "contract", "target": "con-1",
            "basis": "办法第十七条", "facts": "考核发现服务质量严重不符合合同约定，先行暂停拨付。" });
        office.gives(&step("fin", "san-1", "sanction", "propose", with)).expect("proposed");
        let suspend = step("finlead", "san-1", "sanction", "decide", json!({}));
        let pay = step("lead", "pay-1", "payment", "approve", json!({ "voucher": "省支1" }));
        let [suspended, paid] = at_once(&office, &suspend, &pay);
        assert_eq!(suspended, (200, String::new()));
        let posted = world.count("select count(*) from transfers where code = 'pay' and mode = 'post'");
        match paid {
            (200, _) => assert_eq!(posted, 2),
            (status, code) => assert_eq!((status, code.as_str(), posted), (403, "PAY-05", 0)),
        }
        let again = office.gives(&pay).expect_err("suspended or paid");
        assert!(["PAY-05", "authority.stage"].contains(&reported(&again).0.as_str()));
        verified(world);
    });
}

#[test]
fn a_provider_sees_its_own_and_nobody_elses() {
    let year = year("money-small");
    on_both(&year, |world| {
        let office = small_until(world, &year, 14);
        let ids = |account: &str| -> Vec<String> {
            let lines = office.desks[account].call(&ReadMoneyCases::default()).lines;
            let mut ids: Vec<String> = lines.into_iter().map(|line| line.id.to_string()).collect();
            ids.sort();
            ids
        };
        assert_eq!(ids("a"), ["con-1", "pay-1", "pvd-a"]);
        assert_eq!(ids("b"), Vec::<String>::new());
        let foreign = office.desks["b"].refused(&ReadMoneyCase { case: CaseId::new("con-1") });
        assert_eq!((foreign.status, foreign.code.as_str()), (404, "unknown"));
        let view = office.desks["a"].call(&ReadMoneyCase { case: CaseId::new("con-1") });
        assert_eq!((view.line.title.as_str(), view.history.len()), ("YW-2024-01", 2));
        assert!(view.commands.is_empty());
        let lead = office.desks["lead"].call(&ReadMoneyCase { case: CaseId::new("con-1") });
        assert_eq!(lead.commands.iter().map(|of| of.verb.as_str()).collect::<Vec<_>>(), ["terminate"]);
    });
}

#[test]
fn the_log_of_transfers_refuses_change_whoever_asks() {
    let year = year("money-small");
    on_both(&year, |world| {
        small_until(world, &year, 9);
        for sql in [
            "update transfers set amount = amount + 1 where number = 1",
            "delete from transfers where number = 1",
            "update ledger_accounts set debits = credits + 1 where code = '1100'",
        ] {
            let done = world.block_on(async {
                let mut connection =
                    AnyConnection::connect(&world.settings.database).await.expect("the database");
                let done = sqlx::query(sql).execute(&mut connection).await;
                drop(connection.close().await);
                done
            });
            assert!(done.is_err(), "{sql}");
        }
        verified(world);
        world.execute("update ledger_accounts set credits = credits + 1 where code = '1100'");
        let report = world.block_on(server::verify_ledger(&world.settings.database, &world.settings.tenant));
        let breaches = report.expect("a ledger").breaches;
        assert_eq!(breaches, ["L10：1100:req-water/w1"]);
    });
}
