//! The money under faults: a server killed under a load of payments, two processes on one database, a full disk.
//! A few rounds here, many in `cargo xtask fault money`.

mod load;
mod process;

use crate::money::{balances, on_both, verified};
use load::{History, Load};
use process::Process;
use serde_json::{Value, json};
use shared::api::money::ReadMoneyCase;
use shared::kernel::ids::CaseId;
use std::thread;
use tests::office::{Office, Year, text, until_payment, year};
use tests::{Answer, Database, World};

/// Rounds: those the long run asks for, or a few.
fn rounds(asked: &str, few: usize) -> usize {
    std::env::var(asked).ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(few)
}

/// Rounds of two people at once.
fn races() -> usize {
    rounds("OMFUND_FAULT_RACES", 5)
}

/// Instalments that are due on signature, each of one percent.
const TERMS: usize = 18;
const DAY: &str = "2024-02-20";

/// The small year until its first payment; its contract has many instalments, so that many payments go on at once.
fn office<'a>(world: &'a World, year: &Year) -> Office<'a> {
    let mut script = year.script.clone();
    script["people"]["finlead2"] = json!({ "role": "finance_leader" });
    let office = Office::of(world, &script);
    office.plays(&until_payment(&script, TERMS));
    world.restart(DAY);
    office
}

/// What the database holds of the payments after faults: each acknowledged command once, no term paid twice, no law broken.
fn nothing_lost(world: &World, history: &History) {
    let recorded = world.texts("select operation from case_events");
    for acknowledged in history.acknowledged() {
        let times = recorded.iter().filter(|operation| *operation == acknowledged).count();
        assert_eq!(times, 1, "{acknowledged} was acknowledged");
    }
    let twice = world.texts(
        "select case_id from transfers where code = 'pay' and mode = 'post' group by case_id having count(*) <> 2",
    );
    assert_eq!(twice, Vec::<String>::new(), "a payment is posted once on each chain");
    let live = world.count("select count(*) from live_payments");
    let terms = world.texts("select distinct contract || '/' || term from live_payments");
    assert_eq!(usize::try_from(live).expect("few"), terms.len(), "a term has one live payment");
    verified(world);
}

#[test]
fn a_server_killed_under_payments_loses_no_acknowledged_one_and_pays_none_twice() {
    let year = year("money-small");
    on_both(&year, |world| {
        let office = office(world, &year);
        world.stop();
        let mut history = History::default();
        let kills = match world.settings.database.starts_with("sqlite:") {
            true => rounds("OMFUND_FAULT_KILLS_SQLITE", 3),
            false => rounds("OMFUND_FAULT_KILLS_POSTGRES", 2),
        };
        for round in 0..kills {
            let mut server = Process::start(&world.settings, &world.address);
            // Another number of answers before each end.
            let load = Load { office: &office, round, answers: 3 + round * 7 % 40 };
            let before = history.acknowledged().count();
            history.extend(load.until_killed(&mut server));
            let server = Process::start(&world.settings, &world.address);
            load.send_again(&mut history);
            assert!(history.acknowledged().count() > before, "round {round}: payments went on until its end");
            load.clear(&mut history);
            drop(server);
            nothing_lost(world, &history);
        }
    });
}

fn step(by: &str, case: &str, kind: &str, verb: &str, with: Value) -> Value {
    json!({ "by": by, "case": case, "kind": kind, "do": verb, "with": with })
}

/// Gives the first command at one process and the second at the other, at the same moment.
fn at_once(office: &Office, one: (&Value, &str), two: (&Value, &str)) -> [Answer; 2] {
    let both =
        [one, two].map(|(step, host)| (office.desks[text(step, "by")].at(host), office.transition(step)));
    thread::scope(|scope| {
        let sent = both.map(|(desk, transition)| scope.spawn(move || desk.ask(&transition)));
        sent.map(|sent| sent.join().expect("an answer"))
    })
}

fn refusal(answer: &Answer) -> String {
    if answer.status == 200 {
        return String::new();
    }
    answer.problem().refusal.map_or_else(|| answer.problem().code, |refusal| refusal.code)
}

/// The same database served by two processes, for stories on PostgreSQL alone.
fn on_two_processes(story: impl Fn(&World, &Office, &str)) {
    if !World::has_postgres() {
        return;
    }
    let year = year("money-small");
    let world = year.world(Database::Postgres);
    let office = office(&world, &year);
    let other = Process::start(&world.settings, "127.0.0.1:0");
    story(&world, &office, &other.address);
    verified(&world);
}

#[test]
fn of_two_leaders_on_two_processes_who_take_the_last_yuan_at_once_one_wins() {
    on_two_processes(|world, office, other| {
        for round in 0..races() {
            let cases = ["a", "b"].map(|side| format!("san-{side}-{round}"));
            for case in &cases {
                let with = json!({ "measure": "收回资金", "target_kind": "line", "target": "req-water/w1",
                    "amount": "10197.00", "deadline": "2024-06-30", "basis": "办法第十七条",
                    "facts": "预拨资金在合同之外长期闲置，按规定收回省级财政。" });
                office.gives(&step("fin", case, "sanction", "propose", with)).expect("proposed");
            }
            let decide = |by: &str, case: &str| step(by, case, "sanction", "decide", json!({}));
            let [one, two] = [decide("finlead", &cases[0]), decide("finlead2", &cases[1])];
            let answers = at_once(office, (&one, &world.address), (&two, other));
            let codes: Vec<String> = answers.iter().map(refusal).collect();
            let winner = usize::from(!codes[0].is_empty());
            assert_eq!((codes[winner].as_str(), codes[1 - winner].as_str()), ("", "SAN-03"), "round {round}");
            let (_, reserved) = balances(world);
            assert_eq!(reserved["1200:req-water/w1"], json!(1_019_700));
            let reason = json!({ "reason": "整改到位，本轮检验结束，予以解除。" });
            office
                .gives(&step("finlead", &cases[winner], "sanction", "lift", reason.clone()))
                .expect("lifted");
            office.gives(&step("finlead", &cases[1 - winner], "sanction", "drop", reason)).expect("dropped");
        }
    });
}

#[test]
fn a_suspension_on_one_process_stops_a_payment_on_the_other() {
    on_two_processes(|world, office, other| {
        for round in 0..races() {
            let (sanction, payment) = (format!("stop-{round}"), format!("held-{round}"));
            let with = json!({ "contract": "con-1", "term": 1, "invoice": format!("FP-{round}"),
                "lines": [{ "row": "r1", "amount": "100.00" }] });
            office.gives(&step("cash", &payment, "payment", "apply", with)).expect("applied");
            let with = json!({ "measure": "暂停拨付", "target_kind": "contract", "target": "con-1",
                "basis": "办法第十七条", "facts": "考核发现服务质量严重不符合合同约定，先行暂停拨付。" });
            office.gives(&step("fin", &sanction, "sanction", "propose", with)).expect("proposed");
            let suspend = step("finlead", &sanction, "sanction", "decide", json!({}));
            let voucher = json!({ "voucher": format!("省支{round}") });
            let pay = step("lead", &payment, "payment", "approve", voucher);
            let [suspended, paid] = at_once(office, (&suspend, other), (&pay, &world.address));
            assert_eq!(suspended.status, 200, "{}", suspended.text);
            let reason = "本轮检验结束，办理恢复。";
            match refusal(&paid).as_str() {
                "" => {
                    let with =
                        json!({ "voucher": format!("省退{round}"), "reason": format!("{reason}银行退票。") });
                    office.gives(&step("cash", &payment, "payment", "bounce", with)).expect("bounced");
                }
                code => {
                    assert_eq!(code, "PAY-05", "round {round}");
                    let again = office.gives(&pay).expect_err("it is suspended");
                    assert_eq!(again.refusal.map(|refusal| refusal.code).as_deref(), Some("PAY-05"));
                    office
                        .gives(&step("cash", &payment, "payment", "withdraw", json!({})))
                        .expect("withdrawn");
                }
            }
            let with = json!({ "reason": reason });
            office.gives(&step("finlead", &sanction, "sanction", "lift", with)).expect("lifted");
        }
    });
}

#[test]
fn a_full_disk_is_answered_with_507_and_served_again_without_a_restart_once_there_is_room() {
    let year = year("money-small");
    let world = year.world(Database::Sqlite);
    let office = office(&world, &year);
    world.stop();
    let Some(mut server) = Process::on_small_disk(&world.settings, &world.address, 1_500) else { return };
    let transition = |n: usize, verb: &str| {
        let case = format!("pay-full-{}", n / 2);
        let with = match verb {
            "apply" => json!({ "contract": "con-1", "term": 1, "invoice": format!("FP-{case}"),
                "lines": [{ "row": "r1", "amount": "100.00" }] }),
            _ => json!({}),
        };
        load::payment(&case, u64::from(verb != "apply"), verb, with)
    };
    let cash = &office.desks["cash"];
    let mut acts = (0..).zip(["apply", "withdraw"].into_iter().cycle()).map(|(n, verb)| transition(n, verb));
    let refused = acts.find_map(|act| {
        let answer = cash.ask(&act);
        (answer.status != 200).then_some((act, answer))
    });
    let (act, answer) = refused.expect("the disk is full at some time");
    assert_eq!(answer.status, 507, "{}", answer.text);
    assert!(answer.header("retry-after").is_some());
    let case = ReadMoneyCase { case: CaseId::new("con-1") };
    assert_eq!(cash.ask(&case).status, 200, "what is there is still read");
    server.make_room();
    let again = cash.ask(&act);
    assert_eq!(again.status, 200, "{}", again.text);
    server.stop();
    verified(&world);
    let operation = act.operation.to_string();
    let recorded = world.texts("select operation from case_events");
    assert_eq!(recorded.iter().filter(|of| **of == operation).count(), 1, "it was carried out once");
}
