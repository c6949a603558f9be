//! After an upgrade people go on where they left off: with today's server, in the database of the last release.

use crate::autumn::{batch, order, whole};
use crate::main_job::{confirm, justify_all};
use crate::stored::{json, number, on_each_stored, rows_of, text, to_json};
use shared::api::cases::ReadCase;
use shared::api::notices::ReadNotices;
use shared::api::operations::SendOperations;
use shared::api::requests::ReadDefinition;
use shared::api::review::SendReview;
use shared::api::transition::Transition;
use shared::cases::Kind;
use shared::cases::kernel::Stage;
use shared::cases::{approval, consolidation, request, separate};
use shared::engine::op::{Change, Op};
use shared::engine::plan::Plan;
use shared::engine::session::Session;
use shared::kernel::ids::{CaseId, OpId, RowId};
use std::sync::Arc;
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

/// Two servers work on one database while they are exchanged: the newer one has added members to every body.
#[test]
fn what_a_newer_server_added_is_read_and_stays() {
    on_each_stored(|world, before| {
        world.execute("update cases set body = '{\"future\":{\"a\":1},' || substr(body, 2)");
        world.execute(
            "update notices set matter = replace(matter, '{\"matter\":', '{\"future\":1,\"matter\":')",
        );
        let auditor = world.desk("auditor");
        for row in &before["requests"] {
            auditor.reads(text(row, "id"));
        }
        for row in &before["matters"] {
            auditor.call(&ReadCase { case: CaseId::new(text(row, "id")) });
        }
        let filler = world.desk("water.filler");
        assert!(!filler.call(&ReadNotices {}).notices.is_empty());
        finish_typing(&filler, "water-2024");
        filler.tells("water-2024", request::Command::Submit {});
        let kept = "select count(*) from cases where body like '%\"future\":{\"a\":1}%'";
        assert_eq!(world.count(kept), world.count("select count(*) from cases"));

        // Events are never written again; they only have to be read.
        let other = |id: &str| before["matters"].iter().find(|row| text(row, "id") == id);
        for row in &before["transitions"] {
            let kind = other(text(row, "request")).map(|row| Kind::from_word(text(row, "kind")));
            let events = text(row, "events").replace("{\"event\":", "{\"future\":1,\"event\":");
            let read = kind.flatten().unwrap_or(Kind::Request).reasons(&events);
            assert!(read.is_ok(), "{read:?} {events}");
        }
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

/// The release froze its versions with a definition that no longer runs.
#[test]
fn an_office_opens_a_reported_version_with_the_definition_and_edition_it_was_frozen_with() {
    on_each_stored(|world, before| {
        let (auditor, reviewer) = (world.desk("auditor"), world.desk("bureau.reviewer"));
        let mut earlier = 0;
        for row in &before["requests"] {
            if auditor.reads(text(row, "id")).case.reported_version == 0 {
                continue;
            }
            let view = reviewer.reads(text(row, "id"));
            let version = view.showing_version.expect("an office reads what was reported");
            let versions = rows_of(before, "versions", ("request", text(row, "id")), "version");
            let stored = versions.iter().find(|row| number(row, "version") == u64::from(version));
            let stored = stored.expect("the version shown");
            assert_eq!(view.definition, text(stored, "definition"));
            assert_eq!(view.edition, text(stored, "edition"));
            earlier += usize::from(view.definition != shared::forms::OM_REQUEST_SM3);
            let definition = reviewer.call(&ReadDefinition { hash: view.definition });
            let plan =
                Plan::compile(definition, &view.parameters, view.case.fiscal_year).expect("it compiles");
            let session = Session::open(Arc::new(plan), &view.document);
            let total = session.header(shared::forms::budget_request::FORM, "total").expect("a total");
            assert_eq!(Some(session.text(total)), stored["total"]);
        }
        assert!(earlier > 0, "every stored version has the running definition");
    });
}
