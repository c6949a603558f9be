//! The server over HTTP: its release binary, on SQLite and, where `OMFUND_TEST_PG` names one, on PostgreSQL.

use crate::engine::LARGE;
use crate::figures::{Figure, clock, percentile, resident, times};
use crate::served::Served;
use crate::whole;
use shared::api::export;
use shared::api::transition::Transition;
use shared::cases::kernel::Reason;
use shared::cases::request::Command;
use shared::engine::document::Document;
use shared::engine::findings::{JUSTIFICATION, JUSTIFICATIONS, JUSTIFIED_FINDING, justification_row};
use shared::engine::op::HEADER_ROW;
use shared::forms::{budget_request, case, performance_targets};
use shared::kernel::ids::{CaseId, OpId, RowId};
use std::collections::BTreeMap;
use std::time::Duration;
use tests::{Database, Desk, Draft, World, fresh_id};

const WATER: &str = include_str!("../cases/water-2024/request.json");
const SUBMITS: usize = 20;
const EDITS: usize = 200;
const LINES: usize = 200;

fn serve() -> Served {
    Served::start(tempfile::tempdir().expect("a folder"), "2023-07-15", None, |_| {})
}

pub fn measure() {
    let served = serve();
    // Until what the start freed has gone back, twice the time it takes.
    std::thread::sleep(Duration::from_secs(10));
    memory(&served, "idle, with the demonstration's data", true);
    for database in [Database::Sqlite, Database::Postgres] {
        if database == Database::Sqlite || std::env::var_os("OMFUND_TEST_PG").is_some() {
            on(database);
        }
    }
    let mut filler = Desk::new(&served.host);
    filler.sign_in("ecology.filler", server::DEMO_PASSWORD);
    fill_large(&filler);
    (0..10).for_each(|_| drop(filler.reads("bench-large")));
    memory(&served, "after large-5000 was pasted and read ten times", false);
}

/// Resident memory of the binary.
fn memory(served: &Served, when: &str, idle: bool) {
    let bytes = resident(served.process()).unwrap_or_default();
    let figure = Figure::new("Server", format!("memory, {when}"));
    let figure = if idle { figure.target("≤ 60 MB", bytes <= 60_000_000) } else { figure };
    figure.measured(format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10));
}

/// What a person waits for, on one kind of database.
fn on(database: Database) {
    let part = match database {
        Database::Sqlite => "Server, SQLite",
        Database::Postgres => "Server, PostgreSQL",
    };
    let world = World::demo(database);
    if database == Database::Sqlite {
        let (rows, log, others) = written_by_one_edit(&world);
        Figure::new(part, "rows written by one edit, counted by triggers on every table")
            .target("1 and its line of the log", (rows, log, others) == (1, 1, 0))
            .measured(format!("{rows} draft row, {log} line of the log, {others} others"));
    }
    Figure::new(part, "save one edit, round trip").measured(times(&edits(&world.desk("water.filler"))));
    let (filler, approver) = (world.desk("ecology.filler"), world.desk("ecology.approver"));
    let submitted = submits(&filler, &approver);
    let fast = percentile(&submitted, 95) <= Duration::from_millis(50);
    Figure::new(part, "submit 200 lines, round trip").target("p95 ≤ 50 ms", fast).measured(times(&submitted));
    approver.tells("bench", Command::Withdraw { reason: "换一份更大的。".into() });
    large(part, &filler);
    whole::measure(part, &world);
}

/// Rows written to the draft, to its log and to all other tables.
fn written_by_one_edit(world: &World) -> (i64, i64, i64) {
    let desk = world.desk("water.filler");
    // Every table there is: what is added later is counted too.
    let tables = world.texts("select name from sqlite_master where type = 'table' and name not like '%sql%'");
    world.execute("create table bench_writes (name text not null)");
    for table in tables {
        for event in ["insert", "update", "delete"] {
            let trigger = format!(
                "create trigger bench_{table}_{event} after {event} on {table} \
                 begin insert into bench_writes values ('{table}'); end"
            );
            world.execute(trigger.leak());
        }
    }
    desk.edits("water-2024", vec![Draft::set("hardware", "h2", "basis", None, Some("合同第 1 条"))]);
    let rows = world.count("select count(*) from bench_writes where name = 'draft_rows'");
    let log = world.count("select count(*) from bench_writes where name = 'operations'");
    (rows, log, world.count("select count(*) from bench_writes") - rows - log)
}

fn edits(desk: &Desk) -> Vec<Duration> {
    let mut from: Option<String> = None;
    let edit = |n: usize| {
        let to = Some(format!("合同第 {n} 条"));
        let change = Draft::set("hardware", "h1", "basis", from.as_deref(), to.as_deref());
        from = to;
        clock(|| desk.edits("water-2024", vec![change])).1
    };
    (0..EDITS).map(edit).collect()
}

fn submits(filler: &Desk, approver: &Desk) -> Vec<Duration> {
    filler.opens("bench");
    filler.edits("bench", Draft::typed(&ready()));
    let submit = |_| {
        let command = filler.command("bench", Command::Submit {});
        let took = clock(|| filler.call(&command)).1;
        let reasons = vec![Reason { text: "再核对一次。".into(), place: None }];
        approver.tells("bench", Command::DepartmentReturn { reasons });
        took
    };
    (0..SUBMITS).map(submit).collect()
}

/// 省水利厅's request with its hardware repeated to [`LINES`] lines, balanced and every warning justified.
fn ready() -> Document {
    let mut document = Draft::case(WATER);
    let count = |d: &Document| budget_request::CATEGORIES.iter().map(|c| d.rows(c).len()).sum::<usize>();
    let pattern = document.rows("hardware").to_vec();
    for n in 0..LINES.saturating_sub(count(&document)) {
        let mut row = pattern[n % pattern.len()].clone();
        row.id = RowId::new(format!("more{n}"));
        row.rank = row.rank.saturating_add(1 << 40).saturating_add(n as i64);
        row.cells.insert("name".into(), format!("扩充设备{n}"));
        document.tables.entry("hardware".into()).or_default().push(row);
    }
    let total = |document: &Document| {
        let session = case::open(document).expect("opens");
        session.header(budget_request::FORM, "total").map(|cell| session.text(cell)).unwrap_or_default()
    };
    let sum = total(&document);
    let mut type_into = |form: &str, field: &str, text: &str| {
        let rows = document.tables.entry(form.to_string()).or_default();
        for row in rows.iter_mut().filter(|row| row.id.as_str() == HEADER_ROW) {
            row.cells.insert(field.to_string(), text.to_string());
        }
    };
    type_into(performance_targets::FORM, "fiscal", &sum);
    type_into(budget_request::FORM, "last_year_settled", &sum);
    let session = case::open(&document).expect("opens");
    let justified = session.unjustified();
    let rows = document.tables.entry(JUSTIFICATIONS.to_string()).or_default();
    rows.extend(justified.into_iter().enumerate().map(|(n, finding)| shared::engine::document::Row {
        id: justification_row(&finding),
        rank: n as i64,
        cells: BTreeMap::from([
            (JUSTIFIED_FINDING.to_string(), finding.key()),
            (JUSTIFICATION.to_string(), "设备在保，列入清单仅供核对。".to_string()),
        ]),
    }));
    document
}

fn fill_large(filler: &Desk) -> Duration {
    filler.opens("bench-large");
    let op = shared::engine::op::Op { id: OpId::new("paste"), changes: Draft::typed(&Draft::case(LARGE)) };
    let send = shared::api::operations::SendOperations { request: CaseId::new("bench-large"), ops: vec![op] };
    clock(|| filler.call(&send)).1
}

fn large(part: &'static str, filler: &Desk) {
    let pasted = fill_large(filler);
    Figure::new(part, "save a paste of 5 000 rows, round trip").measured(times(&[pasted]));
    let opened: Vec<Duration> = (0..10).map(|_| clock(|| filler.reads("bench-large")).1).collect();
    Figure::new(part, "read large-5000, round trip").measured(times(&opened));
    let judge = |_| {
        let submit = Transition::of(CaseId::new("bench-large"), fresh_id(), 0, &Command::Submit {});
        clock(|| filler.ask(&submit.expect("a command"))).1
    };
    let judged: Vec<Duration> = (0..10).map(judge).collect();
    Figure::new(part, "submit large-5000, refused with its findings, round trip").measured(times(&judged));
    let file = |file| {
        let path = export::path(file, &CaseId::new("bench-large"), None);
        (0..3).map(|_| clock(|| filler.fetches(&path)).1).collect::<Vec<Duration>>()
    };
    Figure::new(part, "large-5000 as a workbook with its formulas").measured(times(&file(export::WORKBOOK)));
    let printed = file(export::PRINT);
    let fast = percentile(&printed, 95) <= Duration::from_secs(3);
    Figure::new(part, "large-5000 as PDF, hundreds of pages")
        .target("30 pages ≤ 3 s", fast)
        .measured(times(&printed));
}
