//! The evening of the deadline: saves come on a schedule (open loop), each timed from when it was due, while every window of every
//! person has its request open. Departments, people and windows are the demonstration's; each window is a session of its own.

use crate::figures::{Figure, percentile};
use crate::serving::serve_on;
use shared::api::operations::SendOperations;
use shared::engine::op::{Change, Op};
use shared::kernel::ids::{CaseId, RowId};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use tests::{Desk, Draft, fresh_id};

/// Departments that are still filling in.
const DEPARTMENTS: [&str; 2] = ["water", "ecology"];
/// Windows of each of the two people of a department.
const WINDOWS: usize = 10;
/// Saves a second that are offered, and for how long.
const RATE: u64 = 200;
const SECONDS: u64 = 10;
/// Senders: enough that one is free when a save is due.
const SENDERS: u64 = 32;
/// An ordinary day, and the day itself, when everybody is reminded.
const DAYS: [&str; 2] = ["2023-07-15", "2023-08-31"];

pub fn measure() {
    for day in DAYS {
        let served = serve_on(day);
        evening(&served.host, day);
    }
}

fn signed_in(host: &str, account: &str) -> Desk {
    let mut desk = Desk::new(host);
    desk.sign_in(account, server::DEMO_PASSWORD);
    desk
}

/// The request of a department, begun where it has none yet, with a row for every sender.
fn prepared(host: &str, department: &str) -> (Desk, String) {
    let filler = signed_in(host, &format!("{department}.filler"));
    let id = format!("evening-{department}");
    let id = if department == "water" { "water-2024".to_string() } else { id };
    if department != "water" {
        filler.opens(&id);
    }
    let rows = (0..SENDERS).map(|sender| Change::InsertRow {
        table: "hardware".into(),
        row: RowId::new(format!("e{sender}")),
        rank: 10_000 + i64::try_from(sender).unwrap_or(0),
        cells: BTreeMap::from([("name".to_string(), "0".to_string())]),
    });
    filler.edits(&id, rows.collect());
    (filler, id)
}

fn evening(host: &str, day: &str) {
    let requests: Vec<(Desk, String)> = DEPARTMENTS.iter().map(|name| prepared(host, name)).collect();
    let mut windows = 0;
    for (department, (_, id)) in DEPARTMENTS.iter().zip(&requests) {
        for role in ["filler", "approver"] {
            let desk = signed_in(host, &format!("{department}.{role}"));
            let seq = desk.reads(id).seq;
            for _ in 0..WINDOWS {
                let mut events = desk.listens(id, seq);
                // Where it stands: from here on it follows.
                drop(events.next());
                windows += 1;
                thread::spawn(move || events.for_each(drop));
            }
        }
    }
    let times = Mutex::new(Vec::new());
    let refused = AtomicU64::new(0);
    let next = AtomicU64::new(0);
    let started = Instant::now();
    thread::scope(|scope| {
        for sender in 0..SENDERS {
            let (times, refused, next, requests) = (&times, &refused, &next, &requests);
            scope.spawn(move || {
                let mut values = vec![0_u64; requests.len()];
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= RATE * SECONDS {
                        return;
                    }
                    let due = started + Duration::from_micros(number * 1_000_000 / RATE);
                    thread::sleep(due.saturating_duration_since(Instant::now()));
                    let of = usize::try_from(number).unwrap_or(0) % requests.len();
                    let (desk, id) = &requests[of];
                    let (from, to) = (values[of].to_string(), (values[of] + 1).to_string());
                    let change =
                        Draft::set("hardware", &format!("e{sender}"), "name", Some(&from), Some(&to));
                    let op = Op { id: fresh_id(), changes: vec![change] };
                    let answer =
                        desk.ask(&SendOperations { request: CaseId::new(id.as_str()), ops: vec![op] });
                    if answer.status == 200 {
                        values[of] += 1;
                        times.lock().expect("the times").push(due.elapsed());
                    } else {
                        refused.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let took = started.elapsed();
    let times = times.into_inner().expect("the times");
    let refused = refused.into_inner();
    let (half, most) = (percentile(&times, 50), percentile(&times, 99));
    let per_second = times.len() as u128 * 1000 / took.as_millis().max(1);
    Figure::new("Evening", format!("{day}, {RATE} saves/s offered, {windows} windows open"))
        .target("p99 ≤ 200 ms, none refused", most <= Duration::from_millis(200) && refused == 0)
        .measured(format!("{per_second}/s, p50 {half:?}, p99 {most:?}, {refused} refused"));
}
