//! The server, over HTTP on SQLite: the binary `OMFUND_BIN` names, or the one built beside this program.

use crate::engine::LARGE;
use crate::{Measured, percentiles};
use shared::engine::document::Document;
use shared::engine::findings::{JUSTIFICATION, JUSTIFICATIONS, JUSTIFIED_FINDING, justification_row};
use shared::engine::op::{Change, HEADER_ROW};
use shared::forms::{budget_request, case, performance_targets};
use shared::ids::{OpId, RequestId, RowId};
use shared::workflow::language::{Command, Reason};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tests::{Desk, Draft, fresh_id};

const WATER: &str = include_str!("../cases/water-2024/request.json");
const SUBMITS: usize = 20;
const EDITS: usize = 200;
const LINES: usize = 200;

/// A server process and its folder.
struct Served {
    process: Child,
    host: String,
    _folder: TempDir,
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn serve() -> Served {
    let beside = || std::env::current_exe().expect("this program").with_file_name("omfund");
    let program = std::env::var_os("OMFUND_BIN").map_or_else(beside, PathBuf::from);
    let folder = tempfile::tempdir().expect("a folder");
    let mut process = std::process::Command::new(&program)
        .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--database"])
        .arg(format!("sqlite:{}", folder.path().join("bench.sqlite").display()))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines();
    let host = lines
        .find_map(|line| Some(line.ok()?.strip_prefix("listening on http://")?.to_string()))
        .expect("the server listens");
    // Read on, or a full pipe would hold the server up.
    std::thread::spawn(move || lines.for_each(drop));
    Served { process, host, _folder: folder }
}

pub fn measure() -> Vec<Measured> {
    let served = serve();
    std::thread::sleep(Duration::from_secs(2));
    let idle = resident(&served);
    let desk = |account: &str| {
        let mut desk = Desk::new(&served.host);
        desk.sign_in(account, server::DEMO_PASSWORD);
        desk
    };
    let mut measured =
        vec![Measured { what: "空闲内存（演示数据）", result: idle, limit: "≤ 60 MB" }];
    measured.push(edits(&desk("water.filler")));
    let (filler, approver) = (desk("ecology.filler"), desk("ecology.approver"));
    measured.push(submits(&filler, &approver));
    approver.tells("bench", Command::Withdraw { reason: "换一份更大的。".into() });
    measured.extend(large(&filler));
    measured.push(Measured { what: "以上全部之后的内存", result: resident(&served), limit: "–" });
    measured
}

/// Resident memory as the system counts it.
fn resident(served: &Served) -> String {
    let status = std::fs::read_to_string(format!("/proc/{}/status", served.process.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("? kB").trim();
    let kilobytes: u64 = line.trim_end_matches(" kB").parse().unwrap_or(0);
    format!("{}.{} MB", kilobytes / 1024, kilobytes % 1024 * 10 / 1024)
}

fn edits(desk: &Desk) -> Measured {
    let mut from: Option<String> = None;
    let times = (0..EDITS).map(|n| {
        let to = Some(format!("合同第 {n} 条"));
        let change = Draft::set("hardware", "h1", "basis", from.as_deref(), to.as_deref());
        let started = Instant::now();
        desk.edits("water-2024", vec![change]);
        from = to;
        started.elapsed()
    });
    Measured {
        what: "保存一处改动（往返，中位 / p95）",
        result: percentiles(times.collect()),
        limit: "写一行，日志一行",
    }
}

fn submits(filler: &Desk, approver: &Desk) -> Measured {
    filler.opens("bench");
    filler.edits("bench", Draft::typed(&ready()));
    let times = (0..SUBMITS).map(|_| {
        let command = filler.command("bench", Command::Submit {});
        let started = Instant::now();
        filler.call(&command);
        let took = started.elapsed();
        let reasons = vec![Reason { text: "再核对一次。".into(), place: None }];
        approver.tells("bench", Command::DepartmentReturn { reasons });
        took
    });
    Measured {
        what: "提交 200 行的申请（往返，中位 / p95）",
        result: percentiles(times.collect()),
        limit: "≤ 50 ms",
    }
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

fn large(filler: &Desk) -> Vec<Measured> {
    filler.opens("bench-large");
    let changes: Vec<Change> = Draft::typed(&Draft::case(LARGE));
    let started = Instant::now();
    let op = shared::engine::op::Op { id: OpId::new("paste"), changes };
    let send =
        shared::api::operations::SendOperations { request: RequestId::new("bench-large"), ops: vec![op] };
    filler.call(&send);
    let pasted = started.elapsed();
    let times = (0..10).map(|_| {
        let started = Instant::now();
        filler.reads("bench-large");
        started.elapsed()
    });
    let opened = percentiles(times.collect());
    let times = (0..10).map(|_| {
        let command = shared::api::transition::Transition {
            request: RequestId::new("bench-large"),
            operation: fresh_id(),
            seen: 0,
            command: Command::Submit {},
        };
        let started = Instant::now();
        filler.ask(&command);
        started.elapsed()
    });
    let judged = percentiles(times.collect());
    vec![
        Measured {
            what: "一次粘贴 5 000 行（往返）", result: percentiles(vec![pasted]), limit: "–"
        },
        Measured { what: "打开 large-5000（往返，中位 / p95）", result: opened, limit: "–" },
        Measured {
            what: "提交 large-5000 得到校验结果（往返，中位 / p95）", result: judged, limit: "–"
        },
    ]
}
