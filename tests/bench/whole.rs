//! The whole budget of a hundred departments with 50 000 lines: read as it stands, frozen, and reported in one act.

use crate::figures::{Figure, clock, percentile, times};
use shared::api::cases::OpenCase;
use shared::api::consolidation::ReadConsolidation;
use shared::api::transition::Transition;
use shared::cases::Kind;
use shared::cases::consolidation;
use shared::cases::kernel::NamedCommand;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;
use std::time::Duration;
use tests::{Desk, World, fresh_id};

const READS: usize = 20;
const ID: &str = "bench-whole";

/// A hundred departments beside the demonstration's, each with an accepted request whose sums are those of some
/// 500 lines: the lines themselves are added up when a version is frozen and not read again.
const FILL: [&str; 4] = [
    "with recursive n(i) as (select 1 union all select i + 1 from n where i < 100) \
     insert into departments (tenant, id, name, position) \
     select d.tenant, 'd' || n.i, '省第' || n.i || '厅', 100 + n.i from departments d, n where d.id = 'agriculture'",
    "with recursive n(i) as (select 1 union all select i + 1 from n where i < 100) \
     insert into cases (tenant, id, kind, department, fiscal_year, stage, revision, opened, since, body) \
     select r.tenant, 'bench-' || n.i, r.kind, 'd' || n.i, r.fiscal_year, r.stage, r.revision, r.opened, r.since, \
     replace(replace(r.body, '\"agriculture-2024\"', '\"bench-' || n.i || '\"'), '\"agriculture\"', '\"d' || n.i || '\"') \
     from cases r, n where r.id = 'agriculture-2024'",
    "with recursive n(i) as (select 1 union all select i + 1 from n where i < 100) \
     insert into case_versions (tenant, case_id, version, at, by_account, by_name, hash, total, definition, edition, \
     snapshot, last_year) select v.tenant, 'bench-' || n.i, v.version, v.at, v.by_account, v.by_name, v.hash, \
     v.total, v.definition, v.edition, v.snapshot, v.last_year from case_versions v, n \
     where v.case_id = 'agriculture-2024'",
    "with recursive n(i) as (select 1 union all select i + 1 from n where i < 100), \
     m(j) as (select 1 union all select j + 1 from m where j < 5) \
     insert into version_sums (tenant, request, version, position, category, system, system_name, requested, cut) \
     select s.tenant, 'bench-' || n.i, s.version, s.position * 5 + m.j, s.category, s.system || '-' || m.j, \
     s.system_name, s.requested, s.cut from version_sums s, n, m where s.request = 'agriculture-2024'",
];

pub fn measure(part: &'static str, world: &World) {
    for statement in FILL {
        world.execute(statement);
    }
    let (reviewer, leader) = (world.desk("bureau.reviewer"), world.desk("bureau.leader"));
    let read = ReadConsolidation { fiscal_year: 2024, number: None };
    let live: Vec<Duration> = (0..READS)
        .map(|_| {
            let (view, took) = clock(|| reviewer.call(&read));
            assert!(view.whole.included.len() >= 100);
            took
        })
        .collect();
    tell(part, "the whole of 100 departments with 50 000 lines, read as it stands", &live);
    let opening = OpenCase { case: CaseId::new(ID), kind: Kind::Compilation, fiscal_year: FiscalYear(2024) };
    reviewer.call(&opening);
    let compiled = clock(|| order(&reviewer, 0, consolidation::Command::Compile {})).1;
    tell(part, "it is frozen", &[compiled]);
    let content_hash = leader.call(&read).frozen.expect("frozen").hash;
    order(&leader, 1, consolidation::Command::ConfirmCompilation { content_hash });
    let sent = clock(|| order(&leader, 2, consolidation::Command::SubmitToFinance { late_reason: None })).1;
    Figure::new(part, "it is reported, every request with it").measured(times(&[sent]));
}

fn order(desk: &Desk, seen: u64, command: impl NamedCommand) {
    desk.call(&Transition::of(CaseId::new(ID), fresh_id(), seen, &command).expect("a command"));
}

fn tell(part: &'static str, what: &str, took: &[Duration]) {
    let fast = percentile(took, 95) <= Duration::from_millis(500);
    Figure::new(part, what).target("≤ 500 ms", fast).measured(times(took));
}
