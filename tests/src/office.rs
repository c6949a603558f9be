//! 演练办公室: the people of a script at their desks, who give its commands over HTTP.

use crate::{Database, Desk, World, fresh_id, setting_of, worked_file};
use serde_json::{Value, json};
use shared::api::money::ReadMoneyCase;
use shared::api::performance::{RecordMoneyFact, RegisterInstitution, RevokeDevice};
use shared::api::problem::Problem;
use shared::api::transition::{Moved, Transition};
use shared::cases::execution::world::Setting;
use shared::kernel::calendar::Date;
use shared::kernel::ids::{AccountId, CaseId, OpId};
use shared::kernel::money::Money;
use std::collections::BTreeMap;

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

/// Last step of the small year before its first payment.
const BEFORE_PAYMENT: usize = 12;

/// The steps of the small year until its first payment, whose contract has so many instalments of one percent that are due on
/// signature.
pub fn until_payment(script: &Value, instalments: usize) -> Vec<Value> {
    let mut steps = script["steps"].as_array().expect("steps")[..BEFORE_PAYMENT].to_vec();
    let share = |no: usize, share: usize, needs: &str| json!({ "no": no, "share": share.to_string(), "needs": needs });
    let signed = (1..=instalments).map(|no| share(no, 1, "签约"));
    let terms: Vec<Value> = signed.chain([share(instalments + 1, 100 - instalments, "结算")]).collect();
    for step in steps.iter_mut().filter(|step| step["do"] == "sign" && step["kind"] == "contract") {
        step["with"]["terms"] = json!(terms);
    }
    steps
}
