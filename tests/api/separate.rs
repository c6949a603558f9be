//! A separate request (Art. 5): the bureau's opinion comes first, and without it finance finds nothing.

use serde_json::json;
use shared::api::cases::{CaseView, OpenCase, ReadCase, ReadCases};
use shared::api::export::letter_path;
use shared::api::operations::SendOperations;
use shared::api::problem::Problem;
use shared::api::requests::ReadVersion;
use shared::api::separates::{Onward, ReadSeparate, SeparateView};
use shared::api::transition::{StageWord, Transition};
use shared::cases::Kind;
use shared::cases::kernel::{Reason, Stage};
use shared::cases::separate::Command;
use shared::cases::separate::form::FORM;
use shared::engine::op::{Change, Op};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;
use shared::kernel::money::Money;
use tests::{Desk, Draft, World, fresh_id, on_each_database};

const ID: &str = "separate-1";
const PATH: &str = "/api/separate-requests/separate-1";

fn view(desk: &Desk) -> SeparateView {
    desk.call(&ReadSeparate { separate: CaseId::new(ID) })
}

fn order(seen: u64, command: Command) -> Transition {
    Transition::of(CaseId::new(ID), fresh_id(), seen, &command).expect("a command")
}

fn tells(desk: &Desk, command: Command) -> StageWord {
    let seen = view(desk).separate.revision;
    desk.call(&order(seen, command)).stage
}

fn code(problem: Problem) -> String {
    problem.refusal.map_or(problem.code, |refusal| refusal.code)
}

/// What the filler types.
const CLAIM: [(&str, &str); 4] = [
    ("system", "水库大坝安全监测专网"),
    ("amount", "500000"),
    ("reason", "新建专用监测网络须单独维护，本年度到期续保。"),
    ("why_outside", "专网不接入政务云，由流域机构统一运行，不在集中运维目录内。"),
];

fn typed(fields: &[(&str, &str)]) -> Vec<Change> {
    fields.iter().map(|(field, text)| Draft::header(FORM, field, None, Some(text))).collect()
}

fn page(desk: &Desk) -> CaseView {
    desk.call(&ReadCase { case: CaseId::new(ID) })
}

fn listed(desk: &Desk) -> usize {
    desk.call(&ReadCases { kind: Some(Kind::Separate.into()), ..ReadCases::default() }).lines.len()
}

fn opinion(outside: bool, number: &str) -> Command {
    Command::DraftOpinion { outside, number: number.into(), text: "经审核，意见如下。".into() }
}

/// 省水利厅 has reported it.
pub fn reported(world: &World) {
    let (filler, approver) = (world.desk("water.filler"), world.desk("water.approver"));
    let open = OpenCase { case: CaseId::new(ID), kind: Kind::Separate, fiscal_year: FiscalYear(2024) };
    filler.call(&open);
    filler.call(&open);
    filler.edits(ID, typed(&CLAIM[..2]));
    let refused = filler.refused(&order(0, Command::Submit {}));
    let missing: Vec<_> = refused.findings.iter().map(|finding| finding.place.field.as_deref()).collect();
    assert_eq!((refused.status, missing), (422, vec![Some("reason"), Some("why_outside")]));
    filler.edits(ID, typed(&CLAIM[2..]));
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
            assert_eq!(desk.ask(&order(2, decision())).status, 404);
        }
        tells(&reviewer, opinion(true, "晋政信函〔2023〕8号"));
        let paper = letter_path(&CaseId::new(ID), "opinion");
        assert_eq!(leader.get(&paper).status, 404, "not signed yet");
        assert_eq!(view(&world.desk("water.filler")).separate.opinion, None, "a draft is the office's own");
        assert!(view(&leader).separate.opinion.is_some());
        assert_eq!(finance.get(PATH).status, 404, "a drafted opinion is none");
        assert_eq!(listed(&finance), 0);
        assert_eq!(tells(&leader, Command::SignOpinion {}), Stage::FinanceDecision);
        assert_eq!(listed(&finance), 1);
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
        assert_eq!(code(reviewer.refused(&order(2, opinion(false, "8号")))), "document.number");
        tells(&reviewer, opinion(false, "晋政信函〔2023〕9号"));
        assert_eq!(code(reviewer.refused(&order(3, Command::SignOpinion {}))), "authority.role");
        assert_eq!(tells(&leader, Command::SignOpinion {}), Stage::WithinScope);
        assert_eq!(world.desk("finance.leader").get(PATH).status, 404);
        let onward = view(&world.desk("water.filler")).onward;
        assert_eq!(onward, Some(Onward::Open(CaseId::new("water-2024"))));
        // The same number for another opinion is refused.
        let filler = world.desk("ecology.filler");
        let other = CaseId::new("separate-2");
        filler.call(&OpenCase { case: other.clone(), kind: Kind::Separate, fiscal_year: FiscalYear(2024) });
        let tell = |desk: &Desk, seen: u64, command: Command| {
            desk.ask(&Transition::of(other.clone(), fresh_id(), seen, &command).expect("a command"))
        };
        filler.edits(other.as_str(), typed(&CLAIM));
        assert_eq!(tell(&filler, 0, Command::Submit {}).status, 200);
        assert_eq!(tell(&world.desk("ecology.approver"), 1, Command::DepartmentApprove {}).status, 200);
        let again = tell(&reviewer, 2, opinion(true, "晋政信函〔2023〕9号"));
        assert_eq!((again.status, again.problem().code.as_str()), (409, "exists"));
    });
}

#[test]
fn bad_input_changes_nothing() {
    on_each_database(|world| {
        reported(world);
        let filler = world.desk("water.filler");
        let path = "/api/requests/separate-1/transitions";
        let submit = json!({ "operation": "x1", "seen": 2, "command": { "verb": "submit", "claim": { "system": 5 } } });
        // The stage is judged before the body: what is with the bureau is nobody's to submit.
        assert_eq!(code(filler.post(path, &submit).problem()), "authority.stage");
        // What older pages sent, and a command of another kind.
        for verb in ["fill_claim", "bureau_pass"] {
            let elsewhere = json!({ "operation": "x2", "seen": 2, "command": { "verb": verb } });
            let unknown = world.desk("bureau.reviewer").post(path, &elsewhere).problem();
            assert_eq!((unknown.status, unknown.code.as_str()), (422, "malformed"));
        }
        let misfit =
            json!({ "operation": "x3", "seen": 2, "command": { "verb": "draft_opinion", "number": 5 } });
        let misfit = world.desk("bureau.reviewer").post(path, &misfit).problem();
        assert!(
            misfit.status == 422 && misfit.detail.starts_with("`command`：类型不对"),
            "{}",
            misfit.detail
        );
        let taken =
            OpenCase { case: CaseId::new("water-2024"), kind: Kind::Separate, fiscal_year: FiscalYear(2024) };
        assert_eq!(filler.refused(&taken).status, 409);
        let late = OpenCase { case: CaseId::new("s9"), kind: Kind::Separate, fiscal_year: FiscalYear(2026) };
        assert_eq!(code(filler.refused(&late)), "edition.none");
        assert_eq!(view(&filler).separate.revision, 2);
    });
}

#[test]
fn the_case_page_shows_each_office_what_was_reported_to_it() {
    on_each_database(|world| {
        reported(world);
        let (filler, reviewer) = (world.desk("water.filler"), world.desk("bureau.reviewer"));
        let own = page(&filler);
        assert!(own.locked.is_some() && own.facts.is_empty() && own.papers.is_empty());
        let live = own.form.expect("a form");
        assert_eq!((live.showing_version, live.seq), (None, 2));
        let theirs = page(&reviewer);
        assert_eq!(theirs.department_name.as_deref(), Some("省水利厅"));
        let reported_form = theirs.form.expect("a form");
        assert_eq!(reported_form.showing_version, Some(1));
        assert_eq!(reported_form.document, live.document);
        let lines: Vec<_> =
            theirs.versions.iter().map(|line| (line.version, line.total.as_deref())).collect();
        assert_eq!(lines, [(1, Some("500000"))]);
        let frozen = reviewer.call(&ReadVersion { request: CaseId::new(ID), version: 1 });
        assert_eq!((frozen.document, &frozen.line.hash), (live.document, &theirs.versions[0].hash));
        assert_eq!(theirs.head.content_hash.as_ref(), Some(&frozen.line.hash));

        // Returned, the filler types on; the bureau neither sees it nor the operations.
        let reasons = vec![Reason::of("请补充专网拓扑。")];
        tells(&reviewer, Command::BureauReturn { reasons });
        assert!(page(&filler).locked.is_none());
        let more = Draft::header(FORM, "amount", Some("500000"), Some("0"));
        filler.edits(ID, vec![more]);
        assert_eq!(reviewer.get("/api/cases/separate-1").status, 404);
        assert_eq!(reviewer.get("/api/requests/separate-1/operations?after=0").status, 404);
        let refused = filler.refused(&order(view(&filler).separate.revision, Command::Submit {}));
        assert_eq!(refused.findings.iter().map(|f| f.rule.as_str()).collect::<Vec<_>>(), ["D-02"]);
        filler.edits(ID, vec![Draft::header(FORM, "amount", Some("0"), Some("450000"))]);
        tells(&filler, Command::Submit {});
        tells(&world.desk("water.approver"), Command::DepartmentApprove {});
        assert_eq!(page(&reviewer).head.version, 2);
        tells(&reviewer, opinion(true, "晋政信函〔2023〕8号"));
        tells(&world.desk("bureau.leader"), Command::SignOpinion {});
        let own = page(&filler);
        assert_eq!(own.papers.len(), 1);
        let scope = own.facts.iter().find(|line| line.key == "opinion").expect("an opinion");
        assert_eq!(scope.text, "不属于集中运维管理范畴　晋政信函〔2023〕8号");
    });
}

#[test]
fn only_its_own_department_edits_the_form_and_only_as_a_draft() {
    on_each_database(|world| {
        reported(world);
        let change = || typed(&[("system", "另一个系统")]);
        let send = |desk: &Desk| {
            let ops = vec![Op { id: fresh_id(), changes: change() }];
            desk.ask(&SendOperations { request: CaseId::new(ID), ops })
        };
        assert_eq!(send(&world.desk("forest.filler")).status, 404);
        assert_eq!(code(send(&world.desk("water.filler")).problem()), "authority.stage");
        assert_eq!(code(send(&world.desk("bureau.reviewer")).problem()), "authority.role");
        // A kind without a form takes no operations.
        let reviewer = world.desk("bureau.reviewer");
        let year = FiscalYear(2024);
        reviewer.call(&OpenCase { case: CaseId::new("plan-x"), kind: Kind::Plan, fiscal_year: year });
        let ops = vec![Op { id: fresh_id(), changes: change() }];
        assert_eq!(reviewer.ask(&SendOperations { request: CaseId::new("plan-x"), ops }).status, 404);
        assert!(reviewer.call(&ReadCase { case: CaseId::new("plan-x") }).form.is_none());
    });
}
