//! 支付: the most payments a second through HTTP, compared with the same rows written raw in groups. Sixty-four people pay for as
//! many contracts at once, each an application and its approval.

mod raw;

use crate::figures::Figure;
use serde_json::{Value, json};
use shared::api::transition::Transition;
use shared::kernel::ids::{CaseId, OpId};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;
use tests::office::{Office, text, until_payment, year};
use tests::{Database, World};

/// People who pay at once, each for a contract of their own.
const PAYERS: usize = 64;
/// Instalments of each contract that are due on signature.
const INSTALMENTS: usize = 18;
const DAY: &str = "2024-02-20";

pub fn measure() {
    for database in [Database::Sqlite, Database::Postgres] {
        if database == Database::Sqlite || World::has_postgres() {
            on(database);
        }
    }
}

fn on(database: Database) {
    let part = match database {
        Database::Sqlite => "Payments, SQLite",
        Database::Postgres => "Payments, PostgreSQL",
    };
    let year = year("money-small");
    let world = year.world(database);
    let mut script = year.script.clone();
    for of in 0..PAYERS {
        script["departments"][format!("water-{of}")] = json!(format!("省第{of}厅"));
    }
    let office = Office::of(&world, &script);
    let steps = until_payment(&script, INSTALMENTS);
    office.plays(&steps[..2]);
    for of in 0..PAYERS {
        office.plays(&of_payer(&steps[2..], of));
    }
    world.restart(DAY);
    let (paid, refused) = (AtomicU64::new(0), AtomicU64::new(0));
    let started = Instant::now();
    thread::scope(|scope| {
        for of in 0..PAYERS {
            let (office, paid, refused) = (&office, &paid, &refused);
            scope.spawn(move || {
                for term in 1..=INSTALMENTS {
                    let done = if pays(office, of, term) { paid } else { refused };
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    let took = started.elapsed();
    let (paid, refused) = (paid.into_inner(), refused.into_inner());
    let per_second = paid * 1_000 / u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    world.stop();
    let raw = world.block_on(raw::measure(&world.settings.database));
    let raw = raw.unwrap_or_else(|error| panic!("raw payments: {error}"));
    let percent = per_second * 100 / raw.max(1);
    let what = format!("payments/s by {PAYERS} people, of the same rows raw in groups");
    Figure::new(part, what)
        .target("≥ 70 %", percent >= 70 && refused == 0)
        .measured(format!("{percent} %: {per_second}/s of {raw}/s, {refused} errors"));
}

/// The steps of a department, request, contract and advance of its own.
fn of_payer(steps: &[Value], of: usize) -> Vec<Value> {
    let own = |step: &Value| {
        let mut step = step.to_string();
        for name in ["req-water", "prc-1", "con-1", "adv-1", "YW-2024-01", "国拨2024-001"] {
            step = step.replace(name, &format!("{name}-{of}"));
        }
        step = step.replace("〕3号", &format!("〕{}号", 100 + of));
        step = step.replace("\"department\":\"water\"", &format!("\"department\":\"water-{of}\""));
        let mut step: Value = serde_json::from_str(&step).expect("a step");
        if step["do"] == "plan" {
            step["with"]["justify"] = json!({ "PRC-07": "各部门系统相互独立，依法分别采购。" });
        }
        step
    };
    steps.iter().map(own).collect()
}

/// Applies for an instalment and approves it.
fn pays(office: &Office, of: usize, term: usize) -> bool {
    let case = format!("pay-{of}-{term}");
    let apply = json!({ "verb": "apply", "contract": format!("con-1-{of}"), "term": term, "invoice": format!("FP-{case}"),
        "lines": [{ "row": "r1", "amount": "1098.03" }] });
    let approve = json!({ "verb": "approve", "voucher": format!("省支{case}") });
    [("cash", 0, apply), ("lead", 1, approve)].into_iter().all(|(by, seen, command)| {
        let operation = OpId::new(format!("{case}-{}", text(&command, "verb")));
        let kind = Some("payment".to_string());
        let transition = Transition { request: CaseId::new(case.as_str()), operation, seen, command, kind };
        office.desks[by].ask(&transition).status == 200
    })
}
