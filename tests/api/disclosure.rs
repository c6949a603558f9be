//! What an office has not finished is its own: others read it once it is signed, and never what colleagues write to each other.

use crate::autumn::{reasons, reported};
use shared::api::cases::ReadCase;
use shared::api::requests::HistoryLine;
use shared::cases::kernel::Verb;
use shared::cases::request::Command;
use shared::kernel::ids::CaseId;
use tests::{Desk, on_each_database};

const ID: &str = "agriculture-2024";

/// The history on both pages that show it.
fn histories(desk: &Desk, id: &str) -> [Vec<HistoryLine>; 2] {
    [desk.reads(id).history, desk.call(&ReadCase { case: CaseId::new(id) }).history]
}

fn has(desk: &Desk, id: &str, verb: Verb) -> bool {
    let found = histories(desk, id).map(|lines| lines.iter().any(|line| line.verb == verb));
    assert_eq!(found[0], found[1], "both pages agree");
    found[0]
}

fn texts(desk: &Desk, id: &str) -> String {
    histories(desk, id).concat().into_iter().flat_map(|line| line.reasons).map(|reason| reason.text).collect()
}

#[test]
fn finances_opinion_is_its_own_until_the_leader_has_decided() {
    on_each_database(|world| {
        reported(world);
        let (reviewer, leader) = (world.desk("finance.reviewer"), world.desk("finance.leader"));
        let others = ["agriculture.filler", "agriculture.approver", "bureau.leader"].map(|a| world.desk(a));
        reviewer.tells(ID, Command::FinanceObject { reason: "与上年度项目重复。".into() });
        for desk in &others {
            assert_eq!(desk.reads(ID).case.finance_opinion, None);
            assert!(!has(desk, ID, Verb::FinanceObject) && !texts(desk, ID).contains("重复"));
            assert!(!desk.get("/api/cases/agriculture-2024").text.contains("重复"));
        }
        for desk in [&leader, &world.desk("auditor")] {
            assert!(desk.reads(ID).case.finance_opinion.is_some() && has(desk, ID, Verb::FinanceObject));
        }
        leader.tells(ID, Command::FinanceReject { reason: "不属运维范围。".into() });
        for desk in &others {
            assert!(desk.reads(ID).case.finance_opinion.is_some());
            assert!(has(desk, ID, Verb::FinanceReject) && texts(desk, ID).contains("不属运维范围"));
        }
    });
}

#[test]
fn what_a_leader_writes_to_the_reviewer_stays_in_the_office() {
    on_each_database(|world| {
        let leader = world.desk("bureau.leader");
        let words = "核减依据写得太笼统，请补充。";
        leader.tells("culture-2024", Command::LeaderReturn { reasons: reasons(words) });
        assert!(texts(&world.desk("bureau.reviewer"), "culture-2024").contains(words));
        assert!(texts(&world.desk("auditor"), "culture-2024").contains(words));
        let department = world.desk("culture.filler");
        assert!(has(&department, "culture-2024", Verb::LeaderReturn), "that it went back is no secret");
        assert!(!texts(&department, "culture-2024").contains(words));
    });
}
