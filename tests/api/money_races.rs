//! The money under pressure: two people at once, a provider who looks for what is not its own, a hand in the database.

use crate::money::{balances, execution_cases, on_both, verified};
use serde_json::{Value, json};
use shared::api::desk::ReadDesk;
use shared::api::money::ReadMoneyCase;
use shared::api::notices::ReadNotices;
use shared::api::providers::ReadProvider;
use shared::kernel::ids::CaseId;
use sqlx::{AnyConnection, Connection};
use tests::World;
use tests::office::{Office, Year, reported, text, until_payment, year};

/// The first steps of the small year, with a second finance leader at a desk.
pub fn small_until<'a>(world: &'a World, year: &Year, steps: usize) -> Office<'a> {
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

/// Gives commands at the same moment.
fn all_at_once<const N: usize>(office: &Office, steps: [&Value; N]) -> [(u16, String); N] {
    let all = steps.map(|step| (office.desks[text(step, "by")].clone(), office.transition(step)));
    std::thread::scope(|scope| {
        let sent = all.map(|(desk, transition)| scope.spawn(move || desk.ask(&transition)));
        sent.map(|sent| {
            let answer = sent.join().expect("an answer");
            let code = if answer.status == 200 { String::new() } else { reported(&answer.problem()).0 };
            (answer.status, code)
        })
    })
}

fn at_once(office: &Office, one: &Value, two: &Value) -> [(u16, String); 2] {
    all_at_once(office, [one, two])
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

/// Commands that wait are carried out together: one that is refused takes nothing of the others with it.
#[test]
fn of_many_who_apply_at_once_each_is_answered_and_entered_in_the_trail_alone() {
    let year = year("money-small");
    on_both(&year, |world| {
        let office = Office::of(world, &year.script);
        office.plays(&until_payment(&year.script, 18));
        world.restart("2024-02-20");
        // The people of the script came past the server, which the trail says.
        let faults = || world.verified().faults;
        let before = faults();
        // Every instalment is asked for twice.
        let apply = |n: usize| {
            let with = json!({ "contract": "con-1", "term": 1 + n / 2, "invoice": format!("FP-{n}"),
                "lines": [{ "row": "r1", "amount": "100.00" }] });
            step("cash", &format!("many-{n}"), "payment", "apply", with)
        };
        let steps: [Value; 24] = std::array::from_fn(apply);
        let answers = all_at_once(&office, steps.each_ref());
        for of_term in answers.chunks(2) {
            let mut both = of_term.to_vec();
            both.sort();
            assert_eq!(both, [(200, String::new()), (403, "PAY-07".to_string())]);
        }
        let accepted: Vec<String> =
            (0..24).filter(|n| answers[*n].0 == 200).map(|n| format!("many-{n}")).collect();
        let sorted = |mut all: Vec<String>| {
            all.sort();
            all
        };
        let stated = world.texts(
            "select subject from audit_trail where act = 'transition.apply' and outcome = 'done' and subject like 'many-%'",
        );
        assert_eq!(sorted(stated), sorted(accepted.clone()));
        let live = world.texts("select case_id from live_payments where case_id like 'many-%'");
        assert_eq!(sorted(live), sorted(accepted));
        verified(world);
        assert_eq!(faults(), before);
    });
}

#[test]
fn a_provider_sees_its_own_and_nobody_elses() {
    let year = year("money-small");
    on_both(&year, |world| {
        let office = small_until(world, &year, 14);
        let ids = |account: &str| -> Vec<String> {
            let lines = execution_cases(&office.desks[account]);
            let mut ids: Vec<String> = lines.into_iter().map(|line| line.id.to_string()).collect();
            ids.sort();
            ids
        };
        assert_eq!(ids("a"), ["con-1", "pay-1", "pvd-a"]);
        assert_eq!(ids("b"), Vec::<String>::new());
        let own = ReadProvider { provider: CaseId::new("pvd-a") };
        let view = office.desks["a"].call(&own);
        let [contract] = &view.contracts[..] else { panic!("{view:?}") };
        assert_eq!((contract.number.as_str(), contract.paid.fen()), ("YW-2024-01", 5_490_150));
        let paid: Vec<_> = view.payments.iter().map(|of| (of.term, of.amount.fen())).collect();
        assert_eq!(paid, [(1, 5_490_150)]);
        assert_eq!(office.desks["lead"].call(&own), view);
        assert_eq!(office.desks["b"].refused(&own).status, 404);
        assert_eq!(office.desks["water"].refused(&own).status, 404);
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

#[test]
fn whoever_acts_next_is_told_and_finds_the_case_on_the_desk() {
    let year = year("money-small");
    on_both(&year, |world| {
        let office = small_until(world, &year, 9);
        let waits = |account: &str| {
            let desk = office.desks[account].call(&ReadDesk::default());
            desk.money.iter().any(|line| line.id.as_str() == "adv-1")
        };
        let notice_of = |account: &str| {
            let notices = office.desks[account].call(&ReadNotices {}).notices;
            let of_case = notices.into_iter().find(|notice| {
                notice.case.as_ref().is_some_and(|case| case.id.as_str() == "adv-1" && case.kind.is_none())
            });
            of_case.map(|notice| notice.text)
        };
        assert!(notice_of("lead").expect("a notice").ends_with("请办理"));
        assert_eq!((notice_of("cash"), notice_of("fin"), notice_of("water")), (None, None, None));
        assert!(waits("lead") && !waits("cash") && !waits("fin"));
        let reason = "申请额与合同付款进度不符，请核减后重报。";
        let back = step("lead", "adv-1", "advance", "return", json!({ "reason": reason }));
        office.gives(&back).expect("returned");
        assert!(notice_of("cash").expect("a notice").ends_with(&format!("请办理：{reason}")));
        assert!(waits("cash") && !waits("lead"));
    });
}
