//! 读取: the pages of a year over HTTP, of a province of a hundred departments with three years of 5 000 transfers each.

use crate::big_contents::Contents;
use crate::big_ledger::{DEPARTMENTS, YEARS, fill};
use crate::figures::{Figure, clock, percentile, times};
use shared::api::money::ReadMoneyYear;
use shared::api::performance::ReadPerformanceYear;
use shared::kernel::calendar::Date;
use shared::kernel::ids::DepartmentId;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};
use std::time::Duration;
use tests::{Database, Desk, World};

const READS: usize = 40;
const MOST: Duration = Duration::from_millis(100);
/// The demonstration's performance year has ended by then.
const TODAY: &str = "2024-12-20";

pub fn measure() {
    for database in [Database::Sqlite, Database::Postgres] {
        if database == Database::Sqlite || std::env::var_os("OMFUND_TEST_PG").is_some() {
            on(database);
        }
    }
}

fn on(database: Database) {
    let part = match database {
        Database::Sqlite => "Pages of a year, SQLite",
        Database::Postgres => "Pages of a year, PostgreSQL",
    };
    let world = World::with(database, |settings| {
        settings.demo = true;
        settings.clock = server::Clock { fixed_day: Date::parse(TODAY) };
    });
    world.stop();
    let url = world.settings.database.clone();
    world.block_on(async {
        let contents = Contents::of_demonstration(&url).await;
        let mut connection = AnyConnection::connect(&url).await.expect("the database");
        connection.execute(AssertSqlSafe(Contents::departments())).await.expect("the departments");
        fill(&url, &contents).await;
        // As the database itself does once it is at rest.
        connection.execute("analyze").await.expect("statistics");
        connection.close().await.expect("the connection closes");
    });
    world.restart(TODAY);
    let leader = world.desk("bureau.leader");
    let department = |n: usize| Some(DepartmentId::new(format!("d{}", n % DEPARTMENTS)));
    let year = |n: usize| YEARS[n % YEARS.len()] as u16;
    let last = YEARS[YEARS.len() - 1] as u16;
    publish(part, "money of a department's year", &|n| {
        money(&leader, ReadMoneyYear { fiscal_year: year(n), department: department(n) }, 10)
    });
    publish(part, "money of the province's year", &|n| {
        money(&leader, ReadMoneyYear { fiscal_year: year(n), department: None }, 1_000)
    });
    let took = read(&|n| {
        performance(&leader, ReadPerformanceYear { fiscal_year: last, department: department(n) }, 1)
    });
    Figure::new(part, named("performance of a department's year")).measured(times(&took));
    publish(part, "performance of the province's year", &|_| {
        performance(&leader, ReadPerformanceYear { fiscal_year: last, department: None }, DEPARTMENTS)
    });
}

fn money(desk: &Desk, read: ReadMoneyYear, least: usize) -> Duration {
    let (answer, took) = clock(|| desk.ask(&read));
    assert_eq!(answer.status, 200, "{}", answer.text);
    let view: shared::api::money::MoneyYearView = serde_json::from_str(&answer.text).expect("a year");
    assert!(view.lines.len() >= least, "{} lines", view.lines.len());
    took
}

fn performance(desk: &Desk, read: ReadPerformanceYear, least: usize) -> Duration {
    let (answer, took) = clock(|| desk.ask(&read));
    assert_eq!(answer.status, 200, "{}", answer.text);
    let view: shared::api::performance::PerformanceYearView =
        serde_json::from_str(&answer.text).expect("a year");
    assert!(view.departments.len() >= least, "{} departments", view.departments.len());
    took
}

/// The times of so many reads; the first fills the caches of the database and is not among them.
fn read(once: &dyn Fn(usize) -> Duration) -> Vec<Duration> {
    once(0);
    (0..READS).map(once).collect()
}

fn named(what: &str) -> String {
    format!("{what}, 100 departments × 3 years × 5 000 transfers, round trip")
}

fn publish(part: &'static str, what: &str, once: &dyn Fn(usize) -> Duration) {
    let took = read(once);
    let holds = percentile(&took, 95) <= MOST;
    Figure::new(part, named(what)).target("p95 ≤ 100 ms", holds).measured(times(&took));
}
