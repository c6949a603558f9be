//! After an upgrade people go on where they left off: with today's server, in the database of the last release.

use crate::autumn::{batch, order, whole};
use crate::main_job::{confirm, justify_all};
use crate::stored::{json, number, on_each_stored, rows_of, text, to_json};
use shared::api::operations::SendOperations;
use shared::api::review::SendReview;
use shared::api::transition::Transition;
use shared::cases::kernel::Stage;
use shared::cases::{approval, consolidation, request, separate};
use shared::engine::op::{Change, Op};
use shared::kernel::ids::{CaseId, OpId, RowId};
use tests::{Desk, fresh_id};

/// Finishes what was half typed.
fn finish_typing(filler: &Desk, id: &str) {
    let document = filler.reads(id).document;
    let row = document.row("other", &RowId::new("o-new")).expect("the row that was begun").clone();
    let remove = Change::RemoveRow { table: "other".into(), row: row.id, rank: row.rank, cells: row.cells };
    assert!(filler.edits(id, vec![remove]).conflicts.is_empty());
    justify_all(filler, id);
}

#[test]
fn people_go_on_where_they_left_off() {
    on_each_stored(|world, before| {
        let (filler, approver) = (world.desk("water.filler"), world.desk("water.approver"));
        finish_typing(&filler, "water-2024");
        assert_eq!(
            filler.tells("water-2024", request::Command::Submit {}).case.stage,
            Stage::DepartmentCheck
        );
        approver.tells("water-2024", request::Command::DepartmentApprove {});

        let reviewer = world.desk("bureau.reviewer");
        let (acts, published) = reviewer
            .sees_review("education-2024")
            .pending
            .into_iter()
            .map(|kept| (kept.act, kept.id))
            .unzip();
        let publish =
            SendReview { request: CaseId::new("education-2024"), operation: fresh_id(), acts, published };
        reviewer.call(&publish);
        assert!(reviewer.sees_review("education-2024").pending.is_empty());

        let leader = world.desk("bureau.leader");
        let view = whole(&leader);
        let compilation = view.compilation.expect("the second compilation");
        let content_hash = view.frozen.expect("frozen").hash;
        let bind = consolidation::Command::ConfirmCompilation { content_hash };
        let id = compilation.id.as_str();
        let moved = leader.call(&order(id, compilation.revision, bind));
        let report = consolidation::Command::SubmitToFinance { late_reason: None };
        assert_eq!(leader.call(&order(id, moved.revision, report)).stage, Stage::Reported);
        assert_eq!(leader.reads("culture-2024").case.stage, Stage::FinanceReview);
        let read = leader.reads("health-2024").case;
        assert_eq!(leader.tells("health-2024", confirm(&read)).case.stage, Stage::Accepted);

        let chief = world.desk("finance.leader");
        let waiting = batch(&chief, "batch-2");
        let issue = approval::Command::IssueBatch { content_hash: waiting.frozen.expect("drafted").0.hash };
        assert_eq!(chief.call(&order("batch-2", waiting.batch.revision, issue)).stage, Stage::Issued);
        assert_eq!(leader.reads("resources-2024").case.stage, Stage::Approved);
        let waits = before["matters"]
            .iter()
            .find(|row| text(row, "stage") == "finance_confirm" && text(row, "kind") == "separate");
        let waits = waits.expect("a decision that waits");
        let sign = order(text(waits, "id"), number(waits, "revision"), separate::Command::SignDecision {});
        assert_eq!(chief.call(&sign).stage, Stage::Arranged);
    });
}

#[test]
fn what_was_sent_before_the_upgrade_and_is_sent_again_after_it_is_done_once() {
    on_each_stored(|world, before| {
        let typed = rows_of(before, "operations", ("request", "water-2024"), "seq")[1];
        let changes = serde_json::from_str(text(typed, "changes")).expect("changes");
        let op = Op { id: OpId::new(text(typed, "operation")), changes };
        let again = SendOperations { request: CaseId::new("water-2024"), ops: vec![op] };
        let result = world.desk("water.filler").call(&again).results.remove(0);
        assert_eq!((result.replayed, result.seq), (true, number(typed, "seq")));

        let command = request::Command::BureauTake {};
        let row = rows_of(before, "transitions", ("request", "transport-2024"), "revision")[2];
        assert_eq!(json(text(row, "verb")), to_json(&command)["verb"]);
        let (operation, revision) = (OpId::new(text(row, "operation")), number(row, "revision"));
        let again = Transition::of(CaseId::new("transport-2024"), operation, revision - 1, &command);
        let moved = world.desk("bureau.reviewer").call(&again.expect("a command"));
        assert_eq!((moved.revision, moved.stage), (revision, Stage::BureauReview.into()));
        let stored = before["transitions"].len().to_string();
        assert_eq!(world.count("select count(*) from case_events").to_string(), stored);
    });
}
