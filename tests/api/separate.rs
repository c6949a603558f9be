//! A separate request (Art. 5): the bureau's opinion comes first, and without it finance finds nothing.

use serde_json::json;
use shared::api::export::opinion_path;
use shared::api::matters::OpenMatter;
use shared::api::problem::Problem;
use shared::api::separates::{Onward, ReadSeparate, ReadSeparates, SeparateView};
use shared::api::transition::Transition;
use shared::cases::Kind;
use shared::cases::kernel::Stage;
use shared::cases::separate::Claim;
use shared::cases::separate::Command;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;
use shared::kernel::money::Money;
use tests::{Desk, World, fresh_id, on_each_database};

const ID: &str = "separate-1";
const PATH: &str = "/api/separate-requests/separate-1";

fn view(desk: &Desk) -> SeparateView {
    desk.call(&ReadSeparate { separate: CaseId::new(ID) })
}

fn order(seen: u64, command: Command) -> Transition {
    Transition::of(CaseId::new(ID), fresh_id(), seen, &command).expect("a command")
}

fn tells(desk: &Desk, command: Command) -> Stage {
    let seen = view(desk).separate.revision;
    desk.call(&order(seen, command)).stage
}

fn code(problem: Problem) -> String {
    problem.refusal.map_or(problem.code, |refusal| refusal.code)
}

fn claim() -> Claim {
    Claim {
        system: "水库大坝安全监测专网".into(),
        amount: Some(Money::from_fen(50_000_000)),
        reason: "新建专用监测网络须单独维护，本年度到期续保。".into(),
        why_outside: "专网不接入政务云，由流域机构统一运行，不在集中运维目录内。".into(),
    }
}

fn opinion(outside: bool, number: &str) -> Command {
    Command::DraftOpinion { outside, number: number.into(), text: "经审核，意见如下。".into() }
}

/// 省水利厅 has reported it.
fn reported(world: &World) {
    let (filler, approver) = (world.desk("water.filler"), world.desk("water.approver"));
    let open = OpenMatter { matter: CaseId::new(ID), kind: Kind::Separate, fiscal_year: FiscalYear(2024) };
    filler.call(&open);
    filler.call(&open);
    assert_eq!(code(filler.refused(&order(0, Command::Submit {}))), "separate.system");
    tells(&filler, Command::FillClaim { claim: claim() });
    tells(&filler, Command::Submit {});
    assert_eq!(world.desk("bureau.reviewer").get(PATH).status, 404, "not reported yet");
    assert_eq!(tells(&approver, Command::DepartmentApprove {}), Stage::BureauOpinion);
}

#[test]
fn outside_central_management_finance_arranges_it() {
    on_each_database(|world| {
        reported(world);
        let (reviewer, leader) = (world.desk("bureau.reviewer"), world.desk("bureau.leader"));
        let (finance, chief) = (world.desk("finance.reviewer"), world.desk("finance.leader"));
        let decision = || {
            let text = "同意安排，从部门预算列支。".to_string();
            Command::DraftDecision { arrange: true, amount: Some(Money::from_fen(40_000_000)), text }
        };
        // Neither a look nor an act before the opinion is signed.
        for desk in [&finance, &chief, &world.desk("forest.filler")] {
            assert_eq!(desk.get(PATH).status, 404);
            assert_eq!(desk.ask(&order(3, decision())).status, 404);
        }
        tells(&reviewer, opinion(true, "晋政信函〔2023〕8号"));
        let paper = opinion_path(&CaseId::new(ID));
        assert_eq!(leader.get(&paper).status, 404, "not signed yet");
        assert_eq!(view(&world.desk("water.filler")).separate.opinion, None, "a draft is the office's own");
        assert!(view(&leader).separate.opinion.is_some());
        assert_eq!(finance.get(PATH).status, 404, "a drafted opinion is none");
        assert_eq!(finance.call(&ReadSeparates { fiscal_year: 2024 }).lines.len(), 0);
        assert_eq!(tells(&leader, Command::SignOpinion {}), Stage::FinanceDecision);
        assert_eq!(finance.call(&ReadSeparates { fiscal_year: 2024 }).lines.len(), 1);
        for desk in [&world.desk("water.filler"), &finance, &leader] {
            assert!(desk.fetches(&paper).1.starts_with(b"%PDF-"));
        }
        assert_eq!(world.desk("forest.filler").get(&paper).status, 404);
        tells(&finance, decision());
        assert_eq!(view(&leader).separate.decision, None);
        assert_eq!(tells(&chief, Command::SignDecision {}), Stage::Arranged);
        let own = view(&world.desk("water.filler")).separate;
        let decided = own.decision.expect("a decision");
        assert_eq!((decided.amount, decided.signed.is_some()), (Some(Money::from_fen(40_000_000)), true));
        assert_eq!(own.opinion.map(|o| o.number).as_deref(), Some("晋政信函〔2023〕8号"));
    });
}

#[test]
fn within_central_management_it_goes_on_as_the_years_request() {
    on_each_database(|world| {
        reported(world);
        let (reviewer, leader) = (world.desk("bureau.reviewer"), world.desk("bureau.leader"));
        assert_eq!(code(reviewer.refused(&order(3, opinion(false, "8号")))), "document.number");
        tells(&reviewer, opinion(false, "晋政信函〔2023〕9号"));
        assert_eq!(code(reviewer.refused(&order(4, Command::SignOpinion {}))), "authority.role");
        assert_eq!(tells(&leader, Command::SignOpinion {}), Stage::WithinScope);
        assert_eq!(world.desk("finance.leader").get(PATH).status, 404);
        let onward = view(&world.desk("water.filler")).onward;
        assert_eq!(onward, Some(Onward::Open(CaseId::new("water-2024"))));
        // The same number for another opinion is refused.
        let filler = world.desk("ecology.filler");
        let other = CaseId::new("separate-2");
        filler.call(&OpenMatter {
            matter: other.clone(),
            kind: Kind::Separate,
            fiscal_year: FiscalYear(2024),
        });
        let tell = |desk: &Desk, seen: u64, command: Command| {
            desk.ask(&Transition::of(other.clone(), fresh_id(), seen, &command).expect("a command"))
        };
        assert_eq!(tell(&filler, 0, Command::FillClaim { claim: claim() }).status, 200);
        assert_eq!(tell(&filler, 1, Command::Submit {}).status, 200);
        assert_eq!(tell(&world.desk("ecology.approver"), 2, Command::DepartmentApprove {}).status, 200);
        let again = tell(&reviewer, 3, opinion(true, "晋政信函〔2023〕9号"));
        assert_eq!((again.status, again.problem().code.as_str()), (409, "exists"));
    });
}

#[test]
fn bad_input_changes_nothing() {
    on_each_database(|world| {
        reported(world);
        let filler = world.desk("water.filler");
        let path = "/api/requests/separate-1/transitions";
        let fill = json!({ "operation": "x1", "seen": 3, "command": { "verb": "fill_claim", "claim": { "system": 5 } } });
        // The stage is judged before the body: what is with the bureau is nobody's to fill.
        assert_eq!(code(filler.post(path, &fill).problem()), "authority.stage");
        let elsewhere = json!({ "operation": "x2", "seen": 3, "command": { "verb": "bureau_pass" } });
        let unknown = world.desk("bureau.reviewer").post(path, &elsewhere).problem();
        assert_eq!((unknown.status, unknown.code.as_str()), (422, "malformed"));
        let misfit =
            json!({ "operation": "x3", "seen": 3, "command": { "verb": "draft_opinion", "number": 5 } });
        let misfit = world.desk("bureau.reviewer").post(path, &misfit).problem();
        assert!(
            misfit.status == 422 && misfit.detail.starts_with("`command`：类型不对"),
            "{}",
            misfit.detail
        );
        let taken = OpenMatter {
            matter: CaseId::new("water-2024"),
            kind: Kind::Separate,
            fiscal_year: FiscalYear(2024),
        };
        assert_eq!(filler.refused(&taken).status, 409);
        let late =
            OpenMatter { matter: CaseId::new("s9"), kind: Kind::Separate, fiscal_year: FiscalYear(2026) };
        assert_eq!(code(filler.refused(&late)), "edition.none");
        assert_eq!(view(&filler).separate.revision, 3);
    });
}
