//! The autumn of a year: the bureau gathers what it accepted and reports the whole, finance reviews and answers in
//! batches, and each department sees what it got.

use shared::api::cases::OpenCase;
use shared::api::consolidation::{ConsolidationView, ReadConsolidation};
use shared::api::desk::ReadDesk;
use shared::api::export::{APPROVAL, batch_path, path};
use shared::api::finance::{BatchView, FinanceView, ReadBatch, ReadFinance, ReadResult, ResultView};
use shared::api::plans::{PlanView, ReadPlan};
use shared::api::problem::Problem;
use shared::api::transition::{Moved, Transition};
use shared::cases::Kind;
use shared::cases::approval;
use shared::cases::consolidation;
use shared::cases::kernel::NamedCommand;
use shared::cases::kernel::Reason;
use shared::cases::kernel::Stage;
use shared::cases::mid_term_plan;
use shared::cases::mid_term_plan::LaterYears;
use shared::cases::request::Command;
use shared::cases::review::cut::{CutLine, CutReason, HowMuch, Share};
use shared::cases::review::language::{Act, Step};
use shared::kernel::calendar::{Date, FiscalYear};
use shared::kernel::ids::{CaseId, RowId, ThreadId};
use shared::kernel::money::Money;
use shared::policy::art11_target_review::ScoreSheet;
use tests::{Desk, World, fresh_id, on_each_database};

pub fn whole(desk: &Desk) -> ConsolidationView {
    desk.call(&ReadConsolidation { fiscal_year: 2024, number: None })
}

fn finance(desk: &Desk) -> FinanceView {
    desk.call(&ReadFinance { fiscal_year: 2024 })
}

pub fn batch(desk: &Desk, id: &str) -> BatchView {
    desk.call(&ReadBatch { batch: CaseId::new(id) })
}

pub fn opens(desk: &Desk, id: &str, kind: Kind) {
    desk.call(&OpenCase { case: CaseId::new(id), kind, fiscal_year: FiscalYear(2024) });
}

pub fn order(id: &str, seen: u64, command: impl NamedCommand) -> Transition {
    Transition::of(CaseId::new(id), fresh_id(), seen, &command).expect("a command")
}

fn code(problem: Problem) -> String {
    problem.refusal.map_or(problem.code, |refusal| refusal.code)
}

pub fn reasons(text: &str) -> Vec<Reason> {
    vec![Reason { text: text.into(), place: None }]
}

/// The reviewer gathers and the leader confirms: ready to be reported.
pub fn confirmed(reviewer: &Desk, leader: &Desk, id: &str) -> u64 {
    opens(reviewer, id, Kind::Compilation);
    reviewer.call(&order(id, 0, consolidation::Command::Compile {}));
    let view = whole(leader);
    let content_hash = view.frozen.expect("frozen").hash;
    leader.call(&order(id, 1, consolidation::Command::ConfirmCompilation { content_hash })).revision
}

/// The whole of the year has been reported in time.
pub fn reported(world: &World) {
    world.restart("2023-10-20");
    let (reviewer, leader) = (world.desk("bureau.reviewer"), world.desk("bureau.leader"));
    let seen = confirmed(&reviewer, &leader, "whole-2024");
    let moved: Moved = leader.call(&order(
        "whole-2024",
        seen,
        consolidation::Command::SubmitToFinance { late_reason: None },
    ));
    assert_eq!(moved.stage, Stage::Reported);
}

pub fn draft(number: &str, requests: &[&str]) -> approval::Command {
    approval::Command::DraftBatch {
        number: number.into(),
        date: Date::parse("2024-01-20").expect("a day"),
        requests: requests.iter().map(|id| CaseId::new(*id)).collect(),
    }
}

fn result(desk: &Desk, id: &str) -> ResultView {
    desk.call(&ReadResult { request: CaseId::new(id) })
}

/// A tenth of the largest line is cut by whoever reviews now; answers with the cut.
pub fn cuts_a_tenth(reviewer: &Desk, id: &str, thread: &str) -> i64 {
    let line = result(reviewer, id).lines.into_iter().max_by_key(|l| l.amounts.approved()).expect("a line");
    let share = Share(1000);
    let total = share.of(line.amounts.approved());
    let lines =
        vec![CutLine { thread: ThreadId::new(thread), table: line.category, row: RowId::new(line.row) }];
    let text = "按上年度结算评审单价核定。".to_string();
    let reason = CutReason::OverStandard;
    reviewer.reviews(
        id,
        vec![Act::Cut { lines, how_much: HowMuch::Share(share), total, reason, article: 4, text }],
    );
    total.fen()
}

#[test]
fn the_whole_is_gathered_confirmed_and_reported_in_one_act() {
    on_each_database(|world| {
        let (reviewer, leader) = (world.desk("bureau.reviewer"), world.desk("bureau.leader"));
        let before = whole(&reviewer);
        assert!(before.compilation.is_none() && before.may_open);
        let own = leader.reads("agriculture-2024");
        let gathered =
            before.whole.included.iter().find(|line| line.name == "省农业农村厅").expect("accepted");
        let total = own.versions[0].total.clone().expect("a total").replace('.', "");
        assert_eq!(gathered.figures().requested.fen().to_string(), total);
        // The bureau's cuts are in it, to the 分.
        let reviewed = result(&reviewer, "agriculture-2024").total;
        assert!(reviewed.bureau_cut.is_positive());
        assert_eq!(
            (gathered.figures().cut, gathered.figures().reviewed()),
            (reviewed.bureau_cut, reviewed.reviewed())
        );
        assert!(before.whole.missing.iter().any(|m| m.name == "省水利厅" && m.stage == Some(Stage::Draft)));
        assert!(before.whole.missing.iter().any(|m| m.name == "省生态环境厅" && m.stage.is_none()));

        let seen = confirmed(&reviewer, &leader, "whole-2024");
        assert_eq!(world.desk("finance.reviewer").ask(&read_whole()).status, 404);
        let submit = order("whole-2024", seen, consolidation::Command::SubmitToFinance { late_reason: None });
        let moved = leader.call(&submit);
        assert_eq!(leader.call(&submit), moved, "sent again it answers the same");
        let case = leader.reads("agriculture-2024").case;
        assert_eq!(case.stage, Stage::FinanceReview);
        let verbs: Vec<_> = leader.reads("agriculture-2024").history.into_iter().map(|h| h.stage).collect();
        assert_eq!(verbs.last(), Some(&Stage::FinanceReview));

        // Finance sees what was reported, by the same hash; a department nothing of it.
        let seen = whole(&world.desk("finance.reviewer"));
        assert_eq!(seen.frozen.map(|line| line.hash), whole(&leader).frozen.map(|line| line.hash));
        assert_eq!(world.desk("water.filler").ask(&read_whole()).status, 403);
        let transition = order("whole-2024", 3, consolidation::Command::Compile {});
        assert_eq!(world.desk("water.filler").ask(&transition).status, 404);
    });
}

fn read_whole() -> ReadConsolidation {
    ReadConsolidation { fiscal_year: 2024, number: None }
}

#[test]
fn a_late_whole_needs_a_written_reason_and_a_changed_one_is_gathered_again() {
    on_each_database(|world| {
        let (reviewer, leader) = (world.desk("bureau.reviewer"), world.desk("bureau.leader"));
        let seen = confirmed(&reviewer, &leader, "whole-2024");
        // A department withdraws what had been gathered.
        let approver = world.desk("agriculture.approver");
        approver.tells("agriculture-2024", Command::Withdraw { reason: "机构改革，职能划出。".into() });
        let submit = consolidation::Command::SubmitToFinance { late_reason: None };
        let problem = leader.refused(&order("whole-2024", seen, submit.clone()));
        assert!(problem.detail.contains("省农业农村厅"), "{}", problem.detail);
        assert_eq!(code(problem), "compilation.changed");
        let again = consolidation::Command::Recompile {
            reasons: reasons("省农业农村厅已撤回，请重新汇总。"),
        };
        leader.call(&order("whole-2024", seen, again));

        world.restart("2023-11-02");
        let (reviewer, leader) = (world.desk("bureau.reviewer"), world.desk("bureau.leader"));
        reviewer.call(&order("whole-2024", seen + 1, consolidation::Command::Compile {}));
        let view = whole(&leader);
        assert!(view.whole.included.iter().all(|line| line.name != "省农业农村厅"));
        let content_hash = view.frozen.expect("frozen").hash;
        let seen = leader
            .call(&order("whole-2024", seen + 2, consolidation::Command::ConfirmCompilation { content_hash }))
            .revision;
        let problem = leader.refused(&order("whole-2024", seen, submit));
        assert!(problem.detail.contains("2023-10-31"), "{}", problem.detail);
        assert_eq!(code(problem), "compilation.late");
        let late_reason = Some("三个部门机构改革，系统清单移交延后".to_string());
        leader.call(&order(
            "whole-2024",
            seen,
            consolidation::Command::SubmitToFinance { late_reason: late_reason.clone() },
        ));
        assert_eq!(whole(&leader).compilation.and_then(|c| c.late_reason), late_reason);
    });
}

#[test]
fn finance_answers_in_a_batch_and_the_department_sees_it() {
    on_each_database(|world| {
        reported(world);
        let (reviewer, leader) = (world.desk("finance.reviewer"), world.desk("finance.leader"));
        let before = finance(&reviewer);
        let line = before.requests.iter().find(|l| l.name == "省农业农村厅").expect("reported");
        assert_eq!(line.refusal.as_ref().map(|r| r.code.as_str()), Some("batch.opinion"));
        let silent: Vec<_> = line.feeds.iter().filter(|feed| feed.value.is_none()).collect();
        assert!(!silent.is_empty() && silent.iter().all(|feed| !feed.source.is_empty()));

        let department = world.desk("agriculture.filler");
        let read = ReadResult { request: CaseId::new("agriculture-2024") };
        assert_eq!(code(department.refused(&read)), "result.not_yet");
        let cut = cuts_a_tenth(&reviewer, "agriculture-2024", "fc1");
        assert_eq!(code(reviewer.is_refused("agriculture-2024", Command::FinancePass {})), "review.cuts");
        let accept = Act::Say { thread: ThreadId::new("fc1"), step: Step::Accept, text: String::new() };
        department.reviews("agriculture-2024", vec![accept]);

        opens(&reviewer, "batch-1", Kind::Batch);
        let number = "晋财行〔2024〕12号";
        let early = reviewer.refused(&order("batch-1", 0, draft(number, &["agriculture-2024"])));
        assert_eq!(code(early), "batch.opinion");
        reviewer.tells("agriculture-2024", Command::FinancePass {});
        reviewer.call(&order("batch-1", 0, draft(number, &["agriculture-2024"])));
        let view = batch(&leader, "batch-1");
        let (frozen, notice) = view.frozen.expect("a draft");
        let approved = notice.lines[0].approved();
        assert_eq!((notice.lines[0].finance_cut.fen(), notice.lines[0].targets.as_str()), (cut, "良"));
        assert_eq!(approved, line.amounts.approved() - Money::from_fen(cut));
        assert_eq!(notice.economics().iter().map(|part| part.amount).sum::<Money>(), approved);
        // The bureau and the department learn of it when it is issued.
        assert_eq!(world.desk("bureau.leader").get("/api/batches/batch-1").status, 404);
        let issue = approval::Command::IssueBatch { content_hash: frozen.hash };
        assert_eq!(code(reviewer.refused(&order("batch-1", 1, issue.clone()))), "authority.role");
        leader.call(&order("batch-1", 1, issue));
        let own = world.desk("agriculture.filler").reads("agriculture-2024").case;
        assert_eq!(own.stage, Stage::Approved);
        let approval = own.approval.expect("its answer");
        assert_eq!((approval.number.as_str(), approval.amount), (number, approved));
        let got = result(&department, "agriculture-2024");
        assert_eq!((got.total.approved(), got.total.finance_cut.fen()), (approved, cut));
        let by_line: Money = got.lines.iter().map(|l| l.amounts.approved()).sum();
        assert_eq!(by_line, approved, "line by line it is the same, to the 分");
        assert_eq!(world.desk("forest.filler").ask(&read).status, 404);
        assert_eq!(world.desk("bureau.leader").get("/api/batches/batch-1").status, 200);
        assert_eq!(world.desk("agriculture.filler").get("/api/batches/batch-1").status, 404);
        // On paper for those who see it, and for nobody else.
        let paper = batch_path(&CaseId::new("batch-1"));
        assert!(leader.fetches(&paper).1.starts_with(b"%PDF-"));
        assert_eq!(world.desk("agriculture.filler").get(&paper).status, 404);
        // The department has its own part of it; another's does not exist for it.
        let own = path(APPROVAL, &CaseId::new("agriculture-2024"), None);
        for desk in [&department, &world.desk("agriculture.approver"), &world.desk("bureau.leader")] {
            let (headers, bytes) = desk.fetches(&own);
            assert!(bytes.starts_with(b"%PDF-"));
            let named =
                headers.iter().any(|(_, value)| value.contains(&shared::api::escaped("省农业农村厅.pdf")));
            assert!(named, "{headers:?}");
        }
        assert_eq!(world.desk("forest.filler").get(&own).status, 404);
        let unanswered = path(APPROVAL, &CaseId::new("civil-2024"), None);
        assert_eq!(world.desk("civil.filler").get(&unanswered).status, 404);
        assert_eq!(department.get(&unanswered).status, 404);

        // A number answers once.
        opens(&reviewer, "batch-2", Kind::Batch);
        let again = reviewer.refused(&order("batch-2", 0, draft(number, &["agriculture-2024"])));
        assert_eq!(code(again), "batch.stage");
    });
}

#[test]
fn what_finance_returns_comes_again_in_a_second_compilation() {
    on_each_database(|world| {
        reported(world);
        let finance_reviewer = world.desk("finance.reviewer");
        let back = Command::FinanceReturn { reasons: reasons("云资源测算依据不足，请复核。") };
        finance_reviewer.tells("agriculture-2024", back);
        let (reviewer, leader) = (world.desk("bureau.reviewer"), world.desk("bureau.leader"));
        let view = reviewer.tells("agriculture-2024", Command::BureauTake {});
        assert_eq!(view.case.stage, Stage::BureauReview);
        assert!(whole(&reviewer).may_open);
        crate::main_job::accepted(&reviewer, &leader, "agriculture-2024");
        let seen = confirmed(&reviewer, &leader, "whole-2024-2");
        leader.call(&order(
            "whole-2024-2",
            seen,
            consolidation::Command::SubmitToFinance { late_reason: None },
        ));
        let view = whole(&leader);
        assert_eq!((view.whole.number, view.numbers.len()), (2, 2));
        assert_eq!(view.whole.included.len(), 1);
        let first: ConsolidationView = leader.call(&ReadConsolidation { fiscal_year: 2024, number: Some(1) });
        assert!(first.whole.included.iter().any(|line| line.name == "省农业农村厅"));
    });
}

#[test]
fn finance_turns_a_request_down_by_two_people_with_a_reason() {
    on_each_database(|world| {
        reported(world);
        let (reviewer, leader) = (world.desk("finance.reviewer"), world.desk("finance.leader"));
        let reject = || Command::FinanceReject { reason: "与上年度已安排项目重复。".into() };
        assert_eq!(code(leader.is_refused("agriculture-2024", reject())), "finance.no_opinion");
        reviewer.tells("agriculture-2024", Command::FinanceObject { reason: "与上年度项目重复。".into() });
        let waits = |desk: &Desk| {
            desk.call(&ReadDesk { fiscal_year: Some(2024) })
                .tasks
                .into_iter()
                .map(|t| t.id.to_string())
                .collect::<Vec<_>>()
        };
        assert!(waits(&leader).contains(&"agriculture-2024".to_string()));
        assert!(!waits(&reviewer).contains(&"agriculture-2024".to_string()));
        leader.tells("agriculture-2024", reject());
        let view = world.desk("agriculture.filler").reads("agriculture-2024");
        assert_eq!(view.case.stage, Stage::Rejected);
        assert_eq!(view.history.last().map(|h| h.reasons[0].text.as_str()), Some("与上年度已安排项目重复。"));
    });
}

#[test]
fn targets_that_fail_keep_a_request_out_of_a_batch() {
    on_each_database(|world| {
        reported(world);
        let reviewer = world.desk("finance.reviewer");
        reviewer.tells("agriculture-2024", Command::FinancePass {});
        let sheet = ScoreSheet {
            points: vec![5, 5, 5, 5, 7, 7, 7, 7],
            opinion: "产出与资金不匹配，须重新编制。".into(),
        };
        reviewer.reviews("agriculture-2024", vec![Act::Score { sheet }]);
        opens(&reviewer, "batch-1", Kind::Batch);
        let problem =
            reviewer.refused(&order("batch-1", 0, draft("晋财行〔2024〕12号", &["agriculture-2024"])));
        assert_eq!(problem.refusal.as_ref().and_then(|r| r.article), Some(11));
        assert_eq!(code(problem), "batch.targets");
        assert_eq!(code(reviewer.is_refused("agriculture-2024", Command::FinancePass {})), "targets.poor");
        // Nothing was written: the batch is as it was, and so is the request.
        assert_eq!(batch(&reviewer, "batch-1").batch.version, 0);
        assert_eq!(reviewer.reads("agriculture-2024").case.stage, Stage::FinanceReview);
    });
}

#[test]
fn a_frozen_whole_changed_behind_everyones_back_is_not_confirmed() {
    on_each_database(|world| {
        let (reviewer, leader) = (world.desk("bureau.reviewer"), world.desk("bureau.leader"));
        opens(&reviewer, "whole-2024", Kind::Compilation);
        reviewer.call(&order("whole-2024", 0, consolidation::Command::Compile {}));
        let content_hash = whole(&leader).frozen.expect("frozen").hash;
        world.execute("update case_versions set snapshot = replace(snapshot, '省民政厅', '省民政局')");
        let confirm = consolidation::Command::ConfirmCompilation { content_hash };
        assert_eq!(code(leader.refused(&order("whole-2024", 1, confirm))), "content.changed");
    });
}

pub fn plan(desk: &Desk, version: Option<u32>) -> PlanView {
    desk.call(&ReadPlan { fiscal_year: 2024, version })
}

/// The later years of every request: the first grown by so many percent twice.
pub fn grown(view: &PlanView, percent: i64) -> Vec<LaterYears> {
    let year = |first: i64| first + first * percent / 100;
    let later = |line: &shared::cases::mid_term_plan::OutlookLine| LaterYears {
        request: line.request.clone(),
        second: Money::from_fen(year(line.first.fen())),
        third: Money::from_fen(year(year(line.first.fen()))),
        reason: String::new(),
    };
    view.outlook.lines.iter().map(later).collect()
}

#[test]
fn the_rolling_plan_begins_with_the_annual_requests_and_keeps_every_version() {
    on_each_database(|world| {
        let (reviewer, leader) = (world.desk("bureau.reviewer"), world.desk("bureau.leader"));
        opens(&reviewer, "plan-2024", Kind::Plan);
        let view = plan(&reviewer, None);
        let requested = whole(&reviewer).whole.figures().requested;
        assert_eq!(view.outlook.totals(), [requested, Money::ZERO, Money::ZERO]);
        let steep = mid_term_plan::Command::PlanYears { later: grown(&view, 20) };
        assert_eq!(code(reviewer.refused(&order("plan-2024", 0, steep))), "plan.reason");
        reviewer.call(&order("plan-2024", 0, mid_term_plan::Command::PlanYears { later: grown(&view, 5) }));
        let first = plan(&leader, None);
        assert_eq!(first.outlook.totals()[0], requested);
        assert_eq!(world.desk("finance.leader").get("/api/plans/2024").status, 404);
        let confirm = |view: &PlanView| mid_term_plan::Command::ConfirmPlan {
            content_hash: view.frozen.as_ref().expect("frozen").hash.clone(),
        };
        leader.call(&order("plan-2024", 1, confirm(&first)));
        assert_eq!(world.desk("finance.leader").get("/api/plans/2024").status, 200);

        // Rolled on: the version before stays as it was.
        let later = grown(&first, 3);
        reviewer.call(&order("plan-2024", 2, mid_term_plan::Command::PlanYears { later }));
        let second = plan(&leader, None);
        assert_eq!((second.versions, second.outlook.totals()[0]), (2, requested));
        assert_eq!(plan(&leader, Some(1)).outlook, first.outlook);
        // A request that goes takes its first year with it: what was planned no longer stands.
        let withdraw = Command::Withdraw { reason: "机构改革，职能划出。".into() };
        world.desk("civil.approver").tells("civil-2024", withdraw);
        let problem = leader.refused(&order("plan-2024", 3, confirm(&second)));
        assert!(problem.detail.contains("省民政厅"), "{}", problem.detail);
        assert_eq!(code(problem), "plan.changed");
    });
}
