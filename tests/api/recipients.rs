//! Who hears of the other kinds of case: whoever acts next, and whoever waits for the outcome. Never the one who acted,
//! never another department.

use crate::autumn::{batch, cuts_a_tenth, draft, grown, opens, order, plan, reasons, reported};
use shared::api::export::{REVIEW, path};
use shared::api::notices::{Notices, ReadNotices};
use shared::cases::Kind;
use shared::cases::approval;
use shared::cases::consolidation;
use shared::cases::mid_term_plan;
use shared::cases::request::Command;
use shared::cases::review::language::{Act, Step};
use shared::cases::separate;
use shared::kernel::ids::{CaseId, ThreadId};
use shared::kernel::money::Money;
use tests::{Desk, Draft, World, on_each_database};

/// Texts of the notices about a case, newest first.
pub fn notices_of(desk: &Desk, case: &str) -> Vec<String> {
    let Notices { notices, .. } = desk.call(&ReadNotices {});
    let of = |notice: &shared::api::notices::Notice| {
        notice.case.as_ref().is_some_and(|named| named.id == CaseId::new(case))
    };
    notices.into_iter().filter(of).map(|notice| notice.text).collect()
}

/// Everyone who could be notified, signed in once: each sign-in costs a password hash.
fn everyone(world: &World) -> Vec<(&'static str, Desk)> {
    const EVERYONE: [&str; 9] = [
        "water.filler",
        "water.approver",
        "forest.filler",
        "forest.approver",
        "bureau.reviewer",
        "bureau.leader",
        "finance.reviewer",
        "finance.leader",
        "auditor",
    ];
    EVERYONE.into_iter().map(|name| (name, world.desk(name))).collect()
}

/// Everyone with the number of notices about a case and the last of them.
fn heard(everyone: &[(&'static str, Desk)], case: &str) -> Vec<(&'static str, usize, String)> {
    let last = |(name, desk): &(&'static str, Desk)| {
        let all = notices_of(desk, case);
        (*name, all.len(), all.into_iter().next().unwrap_or_default())
    };
    everyone.iter().map(last).collect()
}

#[test]
fn a_separate_request_calls_the_next_and_tells_the_department_how_it_ended() {
    on_each_database(|world| {
        let id = "separate-1";
        let (filler, approver) = (world.desk("water.filler"), world.desk("water.approver"));
        let (reviewer, leader) = (world.desk("bureau.reviewer"), world.desk("bureau.leader"));
        let (finance, chief) = (world.desk("finance.reviewer"), world.desk("finance.leader"));
        opens(&filler, id, Kind::Separate);
        let typed = [
            ("system", "水库大坝安全监测专网"),
            ("amount", "500000"),
            ("reason", "新建专用监测网络须单独维护，本年度到期续保。"),
            ("why_outside", "专网不接入政务云，由流域机构统一运行，不在集中运维目录内。"),
        ];
        let change = |(field, text)| Draft::header(separate::form::FORM, field, None, Some(text));
        filler.edits(id, typed.into_iter().map(change).collect());
        let number = "晋政信函〔2023〕8号".to_string();
        let opinion =
            separate::Command::DraftOpinion {
                outside: true, number, text: "经审核，意见如下。".into()
            };
        let decision = separate::Command::DraftDecision {
            arrange: true,
            amount: Some(Money::from_fen(40_000_000)),
            text: "同意安排，从部门预算列支。".into(),
        };
        let back = separate::Command::BureauReturn { reasons: reasons("请补充专网拓扑。") };
        let leader_back = separate::Command::LeaderReturn { reasons: reasons("请写明依据。") };
        let steps: [(&Desk, separate::Command, &[&str], &str); 13] = [
            (&filler, separate::Command::Submit {}, &["water.approver"], "请审核并报送省局"),
            (&approver, separate::Command::DepartmentApprove {}, &["bureau.reviewer"], "已报送"),
            (&reviewer, back, &["water.filler", "water.approver"], "退回补正，1 条意见：请补充专网拓扑。"),
            (&filler, separate::Command::Submit {}, &["water.approver"], "请审核并报送省局"),
            (&approver, separate::Command::DepartmentApprove {}, &["bureau.reviewer"], "已报送"),
            (&reviewer, opinion.clone(), &["bureau.leader"], "8号）已拟定，请签发"),
            (&leader, leader_back, &["bureau.reviewer"], "退回审核员，1 条意见：请写明依据。"),
            (&reviewer, opinion, &["bureau.leader"], "8号）已拟定，请签发"),
            (
                &leader,
                separate::Command::SignOpinion {},
                &["water.filler", "water.approver", "finance.reviewer", "finance.leader"],
                "不属于集中运维管理范畴",
            ),
            (&finance, decision.clone(), &["finance.leader"], "已拟定，请签发"),
            (
                &chief,
                separate::Command::ReturnDecision { reasons: reasons("金额请复核。") },
                &["finance.reviewer"],
                "金额请复核。",
            ),
            (&finance, decision, &["finance.leader"], "已拟定，请签发"),
            (
                &chief,
                separate::Command::SignDecision {},
                &["water.filler", "water.approver", "bureau.reviewer", "bureau.leader"],
                "财政已安排 400,000.00 元",
            ),
        ];
        let everyone = everyone(world);
        let mut before = heard(&everyone, id);
        for (seen, (desk, command, names, text)) in (0..).zip(steps) {
            desk.call(&order(id, seen, command));
            let now = heard(&everyone, id);
            let new: Vec<_> = now.iter().filter(|heard| !before.contains(heard)).collect();
            assert_eq!(new.iter().map(|(name, ..)| *name).collect::<Vec<_>>(), names, "{seen}: {new:?}");
            assert!(new.iter().all(|(.., said)| said.contains(text)), "{seen}: {new:?}");
            before = now;
        }
        let about = filler.call(&ReadNotices {}).notices.remove(0).about;
        assert_eq!(about, "省水利厅 2024 年度单独申请（水库大坝安全监测专网）");
    });
}

#[test]
fn the_whole_and_the_plan_go_from_hand_to_hand() {
    on_each_database(|world| {
        let (reviewer, leader) = (world.desk("bureau.reviewer"), world.desk("bureau.leader"));
        let id = "whole-2024";
        opens(&reviewer, id, Kind::Compilation);
        reviewer.call(&order(id, 0, consolidation::Command::Compile {}));
        assert_eq!(notices_of(&leader, id), ["已冻结汇总，请确认"]);
        leader.call(&order(id, 1, consolidation::Command::Recompile { reasons: reasons("请核对民政厅。") }));
        assert_eq!(notices_of(&reviewer, id), ["退回重新办理，1 条意见：请核对民政厅。"]);
        reviewer.call(&order(id, 2, consolidation::Command::Compile {}));
        let content_hash = crate::autumn::whole(&leader).frozen.expect("frozen").hash;
        leader.call(&order(id, 3, consolidation::Command::ConfirmCompilation { content_hash }));
        let department = world.desk("agriculture.filler");
        let before = notices_of(&department, "agriculture-2024").len();
        assert_eq!(notices_of(&world.desk("finance.leader"), id), [""; 0]);
        leader.call(&order(id, 4, consolidation::Command::SubmitToFinance { late_reason: None }));
        for desk in ["finance.reviewer", "finance.leader", "bureau.reviewer"] {
            assert_eq!(notices_of(&world.desk(desk), id)[0], "省局已报送省财政厅", "{desk}");
        }
        // Each department hears of its own request, and of nothing else.
        let own = notices_of(&department, "agriculture-2024");
        assert_eq!((own.len(), own[0].as_str()), (before + 1, "已随整体预算报送省财政厅"));
        assert_eq!((notices_of(&department, id).len(), notices_of(&department, "civil-2024").len()), (0, 0));

        opens(&reviewer, "plan-2024", Kind::Plan);
        let later = grown(&plan(&reviewer, None), 5);
        reviewer.call(&order("plan-2024", 0, mid_term_plan::Command::PlanYears { later }));
        assert_eq!(notices_of(&leader, "plan-2024"), ["第 1 版已编制，请确认"]);
        let content_hash = plan(&leader, None).frozen.expect("frozen").hash;
        leader.call(&order("plan-2024", 1, mid_term_plan::Command::ConfirmPlan { content_hash }));
        for desk in ["finance.reviewer", "finance.leader", "bureau.reviewer"] {
            assert_eq!(notices_of(&world.desk(desk), "plan-2024")[0], "省局负责人已确认第 1 版", "{desk}");
        }
    });
}

#[test]
fn what_finance_answers_reaches_the_bureau_and_the_department() {
    on_each_database(|world| {
        reported(world);
        let (reviewer, leader) = (world.desk("finance.reviewer"), world.desk("finance.leader"));
        let back = Command::FinanceReturn { reasons: reasons("云资源测算依据不足，请复核。") };
        reviewer.tells("civil-2024", back);
        for desk in ["bureau.reviewer", "bureau.leader"] {
            let words = "财政退回省局，1 条意见：云资源测算依据不足，请复核。";
            assert_eq!(notices_of(&world.desk(desk), "civil-2024")[0], words, "{desk}");
        }
        assert!(!notices_of(&world.desk("civil.filler"), "civil-2024").concat().contains("退回"));

        reviewer.tells("agriculture-2024", Command::FinancePass {});
        opens(&reviewer, "batch-1", Kind::Batch);
        let number = "晋财行〔2024〕12号";
        reviewer.call(&order("batch-1", 0, draft(number, &["agriculture-2024"])));
        assert_eq!(notices_of(&leader, "batch-1"), ["批复（晋财行〔2024〕12号）已拟定，请签发"]);
        leader.call(&order(
            "batch-1",
            1,
            approval::Command::ReturnBatch { reasons: reasons("日期改为二十日。") },
        ));
        assert_eq!(notices_of(&reviewer, "batch-1"), ["退回重新办理，1 条意见：日期改为二十日。"]);
        reviewer.call(&order("batch-1", 2, draft(number, &["agriculture-2024"])));
        let content_hash = batch(&leader, "batch-1").frozen.expect("a draft").0.hash;
        assert_eq!(notices_of(&world.desk("bureau.leader"), "batch-1"), [""; 0]);
        leader.call(&order("batch-1", 3, approval::Command::IssueBatch { content_hash }));
        for desk in ["bureau.reviewer", "bureau.leader", "finance.reviewer"] {
            let words = "批复（晋财行〔2024〕12号）已下达";
            assert_eq!(notices_of(&world.desk(desk), "batch-1")[0], words, "{desk}");
        }
        let own = notices_of(&world.desk("agriculture.approver"), "agriculture-2024");
        assert!(own[0].starts_with("已批复（晋财行〔2024〕12号），批复数 "), "{own:?}");
        assert_eq!(notices_of(&world.desk("forest.approver"), "agriculture-2024"), [""; 0]);

        // Turned down: its leader decides, then the bureau and the department know.
        reviewer.tells("market-2024", Command::FinanceObject { reason: "与上年度项目重复。".into() });
        assert_eq!(notices_of(&leader, "market-2024")[0], "审核员拟不予安排，请审定：与上年度项目重复。");
        leader.tells("market-2024", Command::FinanceReject { reason: "不属运维范围。".into() });
        for desk in ["market.filler", "market.approver", "bureau.reviewer", "bureau.leader"] {
            assert_eq!(
                notices_of(&world.desk(desk), "market-2024")[0],
                "财政不予安排：不属运维范围。",
                "{desk}"
            );
        }
    });
}

#[test]
fn a_department_hears_of_finances_cut_and_finance_of_the_answer() {
    on_each_database(|world| {
        reported(world);
        let (finance, department) = (world.desk("finance.reviewer"), world.desk("agriculture.filler"));
        let bureau = notices_of(&world.desk("bureau.reviewer"), "agriculture-2024").len();
        let opinion =
            || world.desk("bureau.reviewer").fetches(&path(REVIEW, &CaseId::new("agriculture-2024"), None)).1;
        let signed = opinion();
        cuts_a_tenth(&finance, "agriculture-2024", "fc1");
        assert_eq!(notices_of(&department, "agriculture-2024")[0], "省财政厅提出 1 条审核意见，请逐条答复");
        let accept = Act::Say { thread: ThreadId::new("fc1"), step: Step::Accept, text: String::new() };
        department.reviews("agriculture-2024", vec![accept]);
        assert_eq!(notices_of(&finance, "agriculture-2024"), ["部门答复了 1 条审核意见"]);
        assert!(signed == opinion(), "the bureau's signed paper does not change by finance's cut");
        assert_eq!(notices_of(&world.desk("bureau.reviewer"), "agriculture-2024").len(), bureau);
    });
}
