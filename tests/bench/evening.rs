//! The evening of the deadline: acts come on a schedule (open loop), each timed from when it was due, while every person of every
//! department has their request open and follows it. Nine acts of ten save one cell, the tenth opens the request.

mod crowd;
mod disk;
mod raw;
mod streams;

use crate::figures::{Figure, percentile, processor};
use crate::served::Served;
use crowd::{Crowd, Person};
use shared::api::operations::{OpResult, SendOperations, Sent};
use shared::api::requests::ReadRequest;
use shared::engine::op::Op;
use shared::kernel::ids::CaseId;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use streams::Streams;
use tests::{Answer, Desk, Draft, fresh_id};

pub use raw::measure as raw;

/// Departments and the people of each, all of whom write in one request.
const CROWDS: [Crowd; 2] = [Crowd { departments: 100, people: 20 }, Crowd { departments: 2_000, people: 1 }];
/// Acts a second that are offered, and for how long.
const RATE: u64 = 400;
const SECONDS: u64 = 15;
/// Of so many acts one opens the request.
const OPENS_ONE_OF: u64 = 10;
/// Senders: enough that one is free when an act is due.
const SENDERS: usize = 64;
/// How long the most saves are sent, one after the other by each sender.
const MOST_FOR: Duration = Duration::from_secs(8);
/// An ordinary day, and the day itself, when everybody is reminded.
const DAYS: [&str; 2] = ["2023-07-15", "2023-08-31"];

pub fn measure() {
    for crowd in CROWDS {
        for day in DAYS {
            let served = disk::serve(day, None);
            evening(&served, &crowd, day);
        }
    }
    most("Evening, SQLite", None);
    if let Ok(url) = std::env::var("OMFUND_TEST_PG") {
        most("Evening, PostgreSQL", Some(&url));
    }
}

/// How much of a core the server and this program have.
struct Shares {
    started: Instant,
    generator: Duration,
    server: Duration,
}

impl Shares {
    fn begin(served: &Served) -> Shares {
        let generator = processor(std::process::id());
        Shares { started: Instant::now(), generator, server: processor(served.process()) }
    }

    fn end(self, served: &Served) -> String {
        let took = self.started.elapsed().as_secs_f64();
        let share =
            |process, before: Duration| processor(process).saturating_sub(before).as_secs_f64() / took;
        let (server, generator) =
            (share(served.process(), self.server), share(std::process::id(), self.generator));
        format!("cores: server {server:.2}, generator {generator:.2}")
    }
}

/// What became of the acts.
#[derive(Default)]
struct Outcome {
    times: Mutex<Vec<Duration>>,
    refused: AtomicU64,
}

impl Outcome {
    /// Counts an act due at `due` by its answer.
    fn counts(&self, due: Instant, is_done: bool) {
        if is_done {
            self.times.lock().expect("the times").push(due.elapsed());
        } else {
            self.refused.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn evening(served: &Served, crowd: &Crowd, day: &str) {
    let people = crowd.fill(&served.database, &served.host);
    let streams = Streams::open(&served.host, &people);
    let outcome = Outcome::default();
    let next = AtomicU64::new(0);
    let watch = Shares::begin(served);
    let started = Instant::now();
    thread::scope(|scope| {
        for _ in 0..SENDERS {
            scope.spawn(|| {
                let sender = Desk::new(&served.host);
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= RATE * SECONDS {
                        return;
                    }
                    let due = started + Duration::from_micros(number * 1_000_000 / RATE);
                    thread::sleep(due.saturating_duration_since(Instant::now()));
                    let person = &people[usize::try_from(number).unwrap_or(0) % people.len()];
                    let is_done = match number % OPENS_ONE_OF {
                        0 => opens(&sender, person),
                        _ => saves(&sender, person),
                    };
                    outcome.counts(due, is_done);
                }
            });
        }
    });
    let took = started.elapsed();
    let shares = watch.end(served);
    let heard = streams.heard();
    let times = outcome.times.into_inner().expect("the times");
    let refused = outcome.refused.into_inner();
    let (half, most) = (percentile(&times, 50), percentile(&times, 99));
    let per_second = times.len() as u128 * 1000 / took.as_millis().max(1);
    let Crowd { departments, people } = crowd;
    let what = format!(
        "{day}, {departments} × {people} people with their request open, {RATE} acts/s offered, a flush of 2 ms"
    );
    Figure::new("Evening", what)
        .target("p99 ≤ 200 ms, 0 errors", most <= Duration::from_millis(200) && refused == 0)
        .measured(format!(
            "{per_second}/s, p50 {half:.1?}, p99 {most:.1?}, {refused} errors; {heard} changes heard; {shares}"
        ));
}

/// Saves the next value of a person's own cell.
fn saves(sender: &Desk, person: &Person) -> bool {
    let mut value = person.value.lock().expect("the value");
    let (from, to) = (value.to_string(), (*value + 1).to_string());
    let change = Draft::set("hardware", &person.row, "name", Some(&from), Some(&to));
    let op = Op { id: fresh_id(), changes: vec![change] };
    let send = SendOperations { request: CaseId::new(person.request.as_str()), ops: vec![op] };
    let is_done = is_applied(&sender.with_cookie(Some(person.cookie.clone())).ask(&send));
    if is_done {
        *value += 1;
    }
    is_done
}

/// Whether an operation was answered as applied, without a conflict.
fn is_applied(answer: &Answer) -> bool {
    let read = || serde_json::from_str::<Sent>(&answer.text).ok();
    let clean = |result: &OpResult| result.conflicts.is_empty();
    answer.status == 200 && read().is_some_and(|sent| sent.results.iter().all(clean))
}

fn opens(sender: &Desk, person: &Person) -> bool {
    let read = ReadRequest { request: CaseId::new(person.request.as_str()) };
    sender.with_cookie(Some(person.cookie.clone())).ask(&read).status == 200
}

/// The most saves a second, compared with the same rows written raw in groups.
fn most(part: &'static str, postgres: Option<&str>) {
    let raw = raw::in_a_process_of_its_own(postgres, MOST_FOR);
    let served = disk::serve(DAYS[0], postgres);
    let people = Crowd { departments: 100, people: 1 }.fill(&served.database, &served.host);
    let is_over = AtomicBool::new(false);
    let saved = AtomicU64::new(0);
    let refused = AtomicU64::new(0);
    let watch = Shares::begin(&served);
    thread::scope(|scope| {
        for of in 0..SENDERS {
            let (people, is_over, saved, refused) = (&people, &is_over, &saved, &refused);
            let host = &served.host;
            scope.spawn(move || {
                let sender = Desk::new(host);
                while !is_over.load(Ordering::Relaxed) {
                    let done = if saves(&sender, &people[of]) { saved } else { refused };
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        thread::sleep(MOST_FOR);
        is_over.store(true, Ordering::Relaxed);
    });
    let (saved, refused) = (saved.into_inner(), refused.into_inner());
    let shares = watch.end(&served);
    let per_second = saved * 1000 / u64::try_from(MOST_FOR.as_millis()).unwrap_or(1);
    let percent = per_second * 100 / raw.max(1);
    Figure::new(
        part,
        format!(
            "saves/s by {SENDERS} people as fast as they can, of the same rows raw in groups of {}",
            raw::GROUP
        ),
    )
    .target("≥ 70 %", percent >= 70 && refused == 0)
    .measured(format!("{percent} %: {per_second}/s of {raw}/s, {refused} errors; {shares}"));
}
