//! A database of the last release, opened by today's server: everything in it is there, and people go on working.
//! What is expected is read from the tables of that release before the server starts, never written down here.

use crate::autumn::{batch, plan, whole};
use serde_json::Value;
use server::Clock;
use shared::api::accounts::ListAccounts;
use shared::api::cases::ReadCase;
use shared::api::consolidation::{ConsolidationView, ReadConsolidation};
use shared::api::desk::ReadDesk;
use shared::api::notices::ReadNotices;
use shared::api::requests::{HistoryLine, ReadDefinition, ReadVersion};
use shared::api::separates::ReadSeparate;
use shared::engine::document::{Document, Row as DocumentRow};
use shared::engine::plan::Plan;
use shared::engine::session::Session;
use shared::kernel::calendar::{Date, FiscalYear};
use shared::kernel::ids::{CaseId, RowId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tests::release::{Release, Row, Tables, assert_includes, read_tables};
use tests::{Database, Desk, World};

const RELEASE: &[u8] = include_bytes!("../stored/0.1.0.zip");
const MIGRATIONS: [(i64, &str, &str); 4] = [
    (1, "start", include_str!("../../migrations/0001_start.sql")),
    (2, "review", include_str!("../../migrations/0002_review.sql")),
    (3, "consolidation", include_str!("../../migrations/0003_consolidation.sql")),
    (5, "notifications", include_str!("../../migrations/0005_notifications.sql")),
];
const TABLES: [&str; 20] = [
    "accounts",
    "audit_trail",
    "definitions",
    "departments",
    "draft_rows",
    "late_windows",
    "matter_versions",
    "matters",
    "notices",
    "notices_read",
    "operations",
    "requests",
    "review_entries",
    "review_looks",
    "review_pending",
    "sessions",
    "sign_in_failures",
    "transitions",
    "version_sums",
    "versions",
];
/// A table of the release, where a later migration moved it, and the columns renamed on the way.
type MovedTable = (&'static str, &'static str, &'static [(&'static str, &'static str)]);
const MOVED: [MovedTable; 5] = [
    ("requests", "cases", &[]),
    ("matters", "cases", &[]),
    ("transitions", "case_events", &[("request", "case_id")]),
    ("versions", "case_versions", &[("request", "case_id")]),
    ("matter_versions", "case_versions", &[("matter", "case_id")]),
];
/// The day the people of the stored database left off, inside the late window of 省水利厅.
const TODAY: &str = "2023-10-28";
/// The one who was invited and chose a password; everyone else has the demonstration's.
const INVITED: (&str, &str) = ("forest.new", "a-long-password");

/// Plays the story on the stored database, with its tables as they were before today's server opened it.
pub fn on_each_stored(story: impl Fn(&World, &Tables)) {
    let mut databases = vec![Database::Sqlite];
    if World::has_postgres() {
        databases.push(Database::Postgres);
    }
    for database in databases {
        let mut before = Tables::new();
        let world = World::with(database, |settings| {
            settings.demo = true;
            settings.clock = Clock { fixed_day: Date::parse(TODAY) };
            before = Release::read(RELEASE, &MIGRATIONS).restore(&settings.database, &TABLES);
        });
        story(&world, &before);
    }
}

/// A person of the stored database at their desk.
fn desk_of(world: &World, account: &str) -> Desk {
    let mut desk = world.visitor();
    let chosen = account == INVITED.0;
    desk.sign_in(account, if chosen { INVITED.1 } else { server::DEMO_PASSWORD });
    desk
}

/// A column that is never null.
pub fn text<'a>(row: &'a Row, column: &str) -> &'a str {
    row[column].as_deref().unwrap_or_else(|| panic!("{column} of {row:?}"))
}

pub fn number(row: &Row, column: &str) -> u64 {
    text(row, column).parse().expect("a number")
}

pub fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

pub fn to_json(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).expect("JSON")
}

/// The rows of a table whose `column` is `value`, in the order of a number.
pub fn rows_of<'a>(
    tables: &'a Tables,
    table: &str,
    (column, value): (&str, &str),
    order: &str,
) -> Vec<&'a Row> {
    let mut rows: Vec<&Row> = tables[table].iter().filter(|row| text(row, column) == value).collect();
    rows.sort_by_key(|row| number(row, order));
    rows
}

#[test]
fn the_migrations_of_the_release_are_as_they_were_released() {
    let (released, now) = Release::read(RELEASE, &MIGRATIONS).checksums();
    assert_eq!(released, now, "a database of the release refuses a migration that was edited since");
}

#[test]
fn every_row_of_the_release_is_still_there() {
    on_each_stored(|world, before| {
        let moved = |table: &str| MOVED.into_iter().find(|(from, ..)| *from == table);
        for (table, rows) in before {
            assert!(!rows.is_empty(), "the stored database has no {table}");
            let (_, now, renamed) = moved(table).unwrap_or((table, table, &[]));
            let after = world.block_on(read_tables(&world.settings.database, &[now]));
            let name = |column: &str| {
                let renamed = renamed.iter().find(|(from, _)| *from == column);
                renamed.map_or(column, |(_, to)| to).to_string()
            };
            let columns: Vec<(&String, String)> = rows[0].keys().map(|old| (old, name(old))).collect();
            let as_before = |row: &Row| -> Row {
                columns.iter().map(|(old, new)| (old.to_string(), row[new].clone())).collect()
            };
            let after: BTreeSet<Row> = after[now].iter().map(as_before).collect();
            for row in rows {
                assert!(after.contains(row), "{now} lacks what {table} had: {row:?}");
            }
        }
    });
}

#[test]
fn every_chain_and_hash_is_intact() {
    on_each_stored(|world, before| {
        world.stop();
        let verified = world.verified();
        let lines = verified.lines().join("\n");
        assert!(verified.is_intact(), "{lines}");
        let of = |table: &str| before[table].len();
        let counted =
            |name: &str| verified.logs.iter().find(|count| count.log == name).map_or(0, |count| count.intact);
        for (log, entries) in
            [("audit", of("audit_trail")), ("operations", of("operations")), ("case", of("transitions"))]
        {
            assert!(counted(log) >= entries as u64, "{log}: {lines}");
        }
        assert!(verified.frozen >= (of("versions") + of("matter_versions")) as u64, "{lines}");
    });
}

/// The words of return and refusal in a stored list of events.
fn reasons(events: &str) -> Vec<String> {
    let events = json(events);
    let of = |event: &Value| {
        let listed = event["reasons"].as_array().into_iter().flatten().map(|reason| &reason["text"]);
        let single = [&event["reason"], &event["opinion"]["reason"]];
        let all = listed.chain(single).filter_map(|text| text.as_str().map(str::to_string));
        all.filter(|text| !text.is_empty()).collect::<Vec<_>>()
    };
    events.as_array().expect("a list").iter().flat_map(of).collect()
}

/// The record of a case, line by line.
fn assert_history(before: &Tables, case: &str, history: &[HistoryLine]) {
    let rows = rows_of(before, "transitions", ("request", case), "revision");
    assert_eq!(history.len(), rows.len(), "{case}");
    for (line, row) in history.iter().zip(rows) {
        assert_eq!(line.revision, number(row, "revision"), "{case}");
        assert_eq!((line.at.to_string().as_str(), line.by.as_str()), (text(row, "at"), text(row, "name")));
        assert_eq!(to_json(&line.role), text(row, "role"));
        assert_eq!(to_json(&line.verb), json(text(row, "verb")));
        assert_eq!(to_json(&line.stage), json(text(row, "stage")));
        assert_eq!(u64::from(line.version), number(row, "version"));
        let told: Vec<String> = line.reasons.iter().map(|reason| reason.text.clone()).collect();
        assert_eq!(told, reasons(text(row, "events")), "{case}, revision {}", line.revision);
    }
}

/// What stands in a request's draft.
fn draft(before: &Tables, request: &str) -> Document {
    let mut document = Document::new(FiscalYear(2024));
    for row in rows_of(before, "draft_rows", ("request", request), "rank") {
        let cells: BTreeMap<String, String> = serde_json::from_str(text(row, "cells")).expect("cells");
        let rank = text(row, "rank").parse().expect("a rank");
        let row_of = DocumentRow { id: RowId::new(text(row, "row_id")), rank, cells };
        document.tables.entry(text(row, "table").to_string()).or_default().push(row_of);
    }
    document.tables.values_mut().for_each(|rows| rows.sort_by(|a, b| (a.rank, &a.id).cmp(&(b.rank, &b.id))));
    document
}

#[test]
fn every_request_opens_as_it_was_left() {
    on_each_stored(|world, before| {
        let auditor = world.desk("auditor");
        for row in &before["requests"] {
            let id = text(row, "id");
            let view = auditor.reads(id);
            assert_eq!(
                (to_json(&view.case.stage), view.case.revision),
                (Value::from(text(row, "stage")), number(row, "revision"))
            );
            assert_history(before, id, &view.history);
            let versions = rows_of(before, "versions", ("request", id), "version");
            assert_eq!(view.versions.len(), versions.len(), "{id}");
            for (line, stored) in view.versions.iter().zip(&versions) {
                assert_eq!(
                    (u64::from(line.version), line.hash.as_str()),
                    (number(stored, "version"), text(stored, "hash"))
                );
                assert_eq!(line.total, stored["total"]);
                let read = ReadVersion { request: CaseId::new(id), version: line.version };
                let frozen = auditor.call(&read);
                let snapshot = json(text(stored, "snapshot"));
                assert_eq!(to_json(&frozen.document), snapshot["document"], "{id} version {}", line.version);
                assert_eq!(frozen.definition, text(stored, "definition"));
            }
            let shown = match view.showing_version {
                None => to_json(&draft(before, id)),
                Some(version) => {
                    let stored = versions.iter().find(|row| number(row, "version") == u64::from(version));
                    json(text(stored.expect("the version shown"), "snapshot"))["document"].clone()
                }
            };
            assert_eq!(to_json(&view.document), shown, "{id}");
        }
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

/// What a case of another kind froze last.
fn last_snapshot(before: &Tables, case: &str) -> Value {
    let versions = rows_of(before, "matter_versions", ("matter", case), "version");
    json(text(versions.last().expect("a version"), "snapshot"))
}

#[test]
fn every_other_case_opens_as_it_was_left() {
    on_each_stored(|world, before| {
        let auditor = world.desk("auditor");
        let first: ConsolidationView =
            auditor.call(&ReadConsolidation { fiscal_year: 2024, number: Some(1) });
        for row in &before["matters"] {
            let id = text(row, "id");
            let (stage, revision, history) = match text(row, "kind") {
                "separate" => {
                    let view = auditor.call(&ReadSeparate { separate: CaseId::new(id) });
                    assert_includes(&view.separate, &json(text(row, "body")), id);
                    let page = auditor.call(&ReadCase { case: CaseId::new(id) });
                    (view.separate.stage, view.separate.revision, page.history)
                }
                "compilation" => {
                    let view = if id == "whole-2024" { first.clone() } else { whole(&auditor) };
                    assert_includes(&view.whole, &last_snapshot(before, id), id);
                    let compilation = view.compilation.expect("a compilation");
                    (compilation.stage, compilation.revision, view.history)
                }
                "plan" => {
                    let view = plan(&auditor, None);
                    assert_includes(&view.outlook, &last_snapshot(before, id), id);
                    let plan = view.plan.expect("a plan");
                    (plan.stage, plan.revision, view.history)
                }
                _ => {
                    let view = batch(&auditor, id);
                    if let Some((_, notice)) = &view.frozen {
                        assert_includes(notice, &last_snapshot(before, id), id);
                    }
                    assert_eq!(view.frozen.is_some(), view.batch.version > 0);
                    (view.batch.stage, view.batch.revision, view.history)
                }
            };
            assert_eq!(
                (to_json(&stage), revision),
                (Value::from(text(row, "stage")), number(row, "revision")),
                "{id}"
            );
            assert_history(before, id, &history);
        }
    });
}

/// The values under a key anywhere in a JSON value.
fn gather(value: &Value, key: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| gather(item, key, found)),
        Value::Object(fields) => {
            found.extend(fields.get(key).and_then(|text| text.as_str()).map(str::to_string));
            fields.values().for_each(|field| gather(field, key, found));
        }
        _ => {}
    }
}

#[test]
fn reviews_keep_their_threads_and_each_reviewer_what_is_not_published() {
    on_each_stored(|world, before| {
        let auditor = world.desk("auditor");
        for row in &before["requests"] {
            let id = text(row, "id");
            let entries = rows_of(before, "review_entries", ("request", id), "seq");
            let Some(last) = entries.last() else { continue };
            let view = auditor.sees_review(id);
            assert_eq!(view.seq, number(last, "seq"));
            let [mut threads, mut texts, mut shown, mut said]: [BTreeSet<String>; 4] = Default::default();
            for entry in &entries {
                gather(&json(text(entry, "events")), "thread", &mut threads);
                gather(&json(text(entry, "events")), "text", &mut texts);
            }
            gather(&to_json(&view.review.threads), "id", &mut shown);
            gather(&to_json(&view.review.threads), "text", &mut said);
            assert_eq!(shown, threads, "{id}");
            assert_eq!(texts.difference(&said).collect::<Vec<_>>(), Vec::<&String>::new(), "{id}");
            // The review folds to the very hash that was passed and confirmed.
            let body = json(text(row, "body"));
            if let Some(passed) = body["review_hash"].as_str().filter(|_| !body["confirmed_hash"].is_null()) {
                assert_eq!(view.hash, passed, "{id}");
            }
        }
        for row in &before["review_pending"] {
            let (id, account) = (text(row, "request"), text(row, "account"));
            let pending = world.desk(account).sees_review(id).pending;
            let kept = pending.iter().find(|kept| kept.id.as_str() == text(row, "id")).expect("kept");
            assert_eq!(to_json(&kept.act), json(text(row, "act")));
            assert!(auditor.sees_review(id).pending.is_empty(), "its author's alone");
        }
        for row in &before["review_looks"] {
            let look = world.desk(text(row, "account")).sees_review(text(row, "request")).look;
            let look = look.expect("a last look");
            assert_eq!((u64::from(look.version), look.seq), (number(row, "version"), number(row, "seq")));
        }
    });
}

#[test]
fn everyone_is_who_they_were_and_has_heard_and_read_the_same() {
    on_each_stored(|world, before| {
        let listed = world.desk("admin.system").call(&ListAccounts {}).accounts;
        assert_eq!(listed.len(), before["accounts"].len());
        for row in &before["accounts"] {
            let line = listed.iter().find(|line| line.account.as_str() == text(row, "id")).expect("listed");
            assert_eq!((line.name.as_str(), line.person.as_str()), (text(row, "name"), text(row, "person")));
            assert_eq!(to_json(&line.role), to_json(&row["role"]));
            assert_eq!(to_json(&line.state), text(row, "state"));
        }
        let accounts: BTreeSet<&str> = before["notices"].iter().map(|row| text(row, "account")).collect();
        for account in accounts {
            let read = before["notices_read"].iter().filter(|row| text(row, "account") == account);
            let read: BTreeSet<&str> = read.map(|row| text(row, "notice")).collect();
            let told = desk_of(world, account).call(&ReadNotices {}).notices;
            let told: Vec<_> = told.into_iter().rev().filter(|notice| notice.at.is_some()).collect();
            let stored = rows_of(before, "notices", ("account", account), "seq");
            assert_eq!(told.len(), stored.len(), "{account}");
            for (notice, row) in told.iter().zip(stored) {
                assert_eq!(notice.id.as_str(), format!("n{}", text(row, "seq")));
                assert_eq!(
                    (notice.about.as_str(), notice.by.as_str()),
                    (text(row, "about"), text(row, "by_name"))
                );
                assert!(!notice.text.is_empty());
                assert_eq!(notice.read, read.contains(notice.id.as_str()), "{account} {}", notice.id);
            }
        }
        for row in &before["late_windows"] {
            let filler = world.desk(&format!("{}.filler", text(row, "department")));
            let calendar = filler.call(&ReadDesk { fiscal_year: Some(2024) }).calendar.expect("a calendar");
            assert_eq!(to_json(&calendar.late_until), text(row, "until"));
        }
    });
}
