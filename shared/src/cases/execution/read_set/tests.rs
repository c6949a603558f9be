//! What a command reads is enough: on its read set alone it comes to what it comes to on everything there is.

use super::ReadSet;
use crate::cases::execution::facts::ApprovedLine;
use crate::cases::execution::registry::ExecutionKindName;
use crate::cases::execution::world::{CaseEntry, ExecutionWorld, Sent};
use crate::cases::play::worked::{WorkedYear, table};
use crate::cases::play::world::World;
use crate::cases::play::{EditionSource, script_of};
use crate::kernel::ids::{CaseId, LineId, PackageRowId};
use crate::ledger::account::LedgerAccount;
use crate::ledger::balance::Balances;
use crate::ledger::log::{ChainEnd, Ledger, Turnover};
use crate::ledger::transfer::Transfer;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The world as a store would hand it over.
fn narrowed(full: &ExecutionWorld, kind: ExecutionKindName, sent: &Sent) -> ExecutionWorld {
    let mut set = ReadSet::default();
    set.add_command(Some(kind), sent.case, sent.with, sent.by.actor.department.as_ref());
    let mut world = bare(full);
    read_on(full, &mut set, &mut world);
    read_ledger(full, &set, &mut world, &[(kind, sent.case)]);
    world
}

/// A world of which nothing is read but where the log ends.
fn bare(full: &ExecutionWorld) -> ExecutionWorld {
    let end = full.ledger.rows().last();
    let end =
        end.map_or_else(ChainEnd::default, |row| ChainEnd { number: row.number, hash: row.hash.clone() });
    let mut world = ExecutionWorld::new(full.setting.clone());
    world.ledger = Ledger::resume(end, Balances::new(), Turnover::new(), Vec::new(), Vec::new());
    (world.closed, world.vouchers) = (full.closed.clone(), full.vouchers.clone());
    world
}

/// Reads the cases, lines and rows that are still wanted.
fn read_on(full: &ExecutionWorld, set: &mut ReadSet, world: &mut ExecutionWorld) {
    while let Some(wanted) = set.take() {
        let found = full.cases.iter().filter(|(id, entry)| {
            let keys = || entry.case.keys(id);
            !world.cases.contains_key(*id)
                && (wanted.cases.contains(*id) || !keys().is_disjoint(&wanted.keys))
        });
        let found: BTreeMap<CaseId, CaseEntry> =
            found.map(|(id, entry)| (id.clone(), entry.clone())).collect();
        let ids = found.keys().cloned().collect();
        world.cases.extend(found);
        set.add_cases(&ids, &world.cases);
        let mut lines = Vec::new();
        for (id, line) in &full.lines {
            let of_year = [None, Some(line.department.clone())].map(|department| (line.year, department));
            if wanted.lines.contains(id) || of_year.iter().any(|year| wanted.years.contains(year)) {
                set.add_line(id, line);
                lines.push(id);
                world.lines.entry(id.clone()).or_insert_with(|| line.clone());
            }
        }
        for (row, line) in &full.rows {
            if wanted.rows.contains(row) || lines.contains(&line) {
                set.add_row(row, line);
                world.rows.entry(row.clone()).or_insert_with(|| line.clone());
                world.rows_by_line.entry(line.clone()).or_default().insert(row.clone());
            }
        }
    }
}

/// Reads the accounts, open reservations and rows of the commands given to these cases.
fn read_ledger(
    full: &ExecutionWorld,
    set: &ReadSet,
    world: &mut ExecutionWorld,
    given: &[(ExecutionKindName, &CaseId)],
) {
    let keys = set.accounts();
    let balances = full.ledger.balances().iter().filter(|(account, _)| keys.contains(&account.key));
    let own = |row: &&Transfer| given.iter().any(|(_, case)| row.origin.case == **case);
    let open = full.ledger.open();
    let open = open.filter(|row| own(row) || keys.contains(&row.debit.key) || keys.contains(&row.credit.key));
    let performance = given.iter().any(|(kind, _)| kind.has_form());
    let others = full.ledger.rows().iter().filter(|row| own(row) || performance);
    let balances = balances.map(|(account, balance)| (account.clone(), *balance)).collect();
    world.ledger.read_further(balances, open.cloned().collect(), others.cloned().collect());
}

/// What a command comes to, with everything a store writes of it.
fn outcome(world: &mut ExecutionWorld, kind: ExecutionKindName, sent: &Sent) -> Value {
    let before = world.ledger.last_number();
    world.changes = Default::default();
    let answer = kind.execute(world, sent);
    let answer = answer.map(|executed| (executed.stage, executed.reply)).map_err(|refusal| json!(refusal));
    let changes = &world.changes;
    let rows: Vec<Value> =
        world.ledger.rows().iter().filter(|row| row.number > before).map(|row| json!(row.hash)).collect();
    let cases: Vec<_> = changes.events.iter().map(|(id, _)| (id, &world.cases[id].case)).collect();
    json!([
        match answer {
            Ok((stage, reply)) => json!([stage, reply]),
            Err(refusal) => refusal,
        },
        changes.events,
        changes.papers,
        changes.lines,
        changes.rows,
        changes.vouchers,
        changes.closed,
        format!("{:?}", changes.announcements),
        rows,
        cases,
    ])
}

/// Plays a script; compares every command after the first `from` steps. Answers how many it compared.
fn compared(script: &Value, from: usize) -> usize {
    let script = script_of(&script.to_string(), &EditionSource::shipped()).unwrap();
    let mut world = World::new(&script);
    let mut compared = 0;
    for (n, step) in script.steps.iter().enumerate() {
        world.today = step.at;
        let by = &script.people[&step.by];
        let kind = ExecutionKindName::from_word(&step.kind);
        if let Some((kind, (verb, with))) = kind.filter(|_| n >= from).zip(step.command()) {
            let today = step.at;
            let case = CaseId::new(step.case.as_str());
            let sent = Sent { by, case: &case, verb, with, today };
            let mut narrow = narrowed(&world.money, kind, &sent);
            compared += 1;
            let own = outcome(&mut narrow, kind, &sent);
            assert_eq!(own, outcome(&mut world.money.clone(), kind, &sent), "step {}: {step:?}", n + 1);
        }
        drop(world.carry(by, step));
    }
    compared
}

#[test]
fn commands_of_the_worked_years_come_to_the_same_on_their_read_set() {
    for year in ["money-small", "money-2024", "performance-2024"] {
        assert!(compared(&WorkedYear(year).script(), 0) > 20, "{year} is played");
    }
}

/// Plays a script, after the first `from` steps `together` at a time: of these, each is judged on what all of them read before
/// the first, and on what those before it changed. Answers how many it compared.
fn compared_together(script: &Value, from: usize, together: usize) -> usize {
    let script = script_of(&script.to_string(), &EditionSource::shipped()).unwrap();
    let mut world = World::new(&script);
    let mut compared = 0;
    let cases: Vec<CaseId> = script.steps.iter().map(|step| CaseId::new(step.case.as_str())).collect();
    let sent = |n: usize| -> Option<(ExecutionKindName, Sent<'_>)> {
        let step = &script.steps[n];
        let (kind, (verb, with)) = ExecutionKindName::from_word(&step.kind).zip(step.command())?;
        Some((kind, Sent { by: &script.people[&step.by], case: &cases[n], verb, with, today: step.at }))
    };
    for step in &script.steps[..from] {
        world.today = step.at;
        drop(world.carry(&script.people[&step.by], step));
    }
    let all: Vec<usize> = (from..script.steps.len()).collect();
    for steps in all.chunks(together) {
        let stored = world.money.clone();
        let mut narrow = bare(&stored);
        let mut set = ReadSet::default();
        let given: Vec<_> = steps.iter().filter_map(|n| sent(*n)).collect();
        for (kind, sent) in &given {
            set.add_command(Some(*kind), sent.case, sent.with, sent.by.actor.department.as_ref());
        }
        let given: Vec<(ExecutionKindName, &CaseId)> =
            given.iter().map(|(kind, sent)| (*kind, sent.case)).collect();
        for n in steps {
            let step = &script.steps[*n];
            world.today = step.at;
            if let Some((kind, sent)) = sent(*n) {
                read_on(&stored, &mut set, &mut narrow);
                read_ledger(&stored, &set, &mut narrow, &given);
                // Of the year of the command, as a store judges.
                narrow.setting = world.money.setting.clone();
                let own = outcome(&mut narrow, kind, &sent);
                assert_eq!(own, outcome(&mut world.money.clone(), kind, &sent), "step {}: {step:?}", n + 1);
                set.add_changes(&narrow.changes, &narrow);
                compared += 1;
            }
            drop(world.carry(&script.people[&step.by], step));
        }
    }
    compared
}

#[test]
fn commands_that_are_judged_together_come_to_the_same_as_one_by_one() {
    for year in ["money-small", "money-2024", "performance-2024"] {
        for together in [3, 16] {
            let compared = compared_together(&WorkedYear(year).script(), 0, together);
            assert!(compared > 20, "{year} is played");
        }
    }
}

/// A line that is approved and advanced in one go is not there when both are read.
#[test]
fn a_suspended_department_is_known_to_a_command_about_a_line_just_opened() {
    let mut script = WorkedYear("money-small").script();
    let steps = script["steps"].as_array().unwrap();
    let (before, approved, advanced) = (&steps[..2], &steps[2], &steps[8]);
    assert_eq!([&approved["do"], &advanced["kind"]], ["approve", "advance"]);
    let suspended = [
        json!({ "at": "2024-01-15", "by": "fin", "case": "san-x", "kind": "sanction", "do": "propose", "with": {
            "measure": "暂停拨付", "target_kind": "department", "target": "water", "basis": "预算法第九十五条",
            "facts": "材料中的数量与现场核对不符，需查清后再办理支付事项。" } }),
        json!({ "at": "2024-01-15", "by": "finlead", "case": "san-x", "kind": "sanction", "do": "decide" }),
    ];
    let steps: Vec<Value> = before.iter().chain(&suspended).chain([approved, advanced]).cloned().collect();
    script["steps"] = json!(steps);
    let from = steps.len() - 2;
    let read = script_of(&script.to_string(), &EditionSource::shipped()).unwrap();
    let mut world = World::new(&read);
    let mut codes = Vec::new();
    for step in &read.steps {
        world.today = step.at;
        codes.push(world.carry(&read.people[&step.by], step).err().map(|refusal| refusal.code));
    }
    assert_eq!(codes, [None, None, None, None, None, Some("ADV-02".to_string())]);
    assert_eq!(compared_together(&script, from, 2), 2);
}

#[test]
fn refusals_are_the_same_on_the_read_set() {
    for (year, tables) in [
        ("money-2024", &["money-refusals.json", "money-stories.json"][..]),
        ("performance-2024", &["performance-refusals.json"]),
    ] {
        for case in tables.iter().flat_map(|name| table(name)) {
            let script = WorkedYear(year).continued(&case);
            let own = 1 + case["first"].as_array().map_or(0, Vec::len);
            let steps = script["steps"].as_array().unwrap().len();
            let from = steps - own.min(steps);
            compared(&script, from);
            compared_together(&script, from, own);
        }
    }
}

/// How many cases, lines, rows and accounts a command reads.
fn size(world: &ExecutionWorld) -> [usize; 4] {
    [world.cases.len(), world.lines.len(), world.rows.len(), world.ledger.balances().len()]
}

/// A text of an earlier year: what names something names that of the earlier year.
fn earlier(text: &str, names: &BTreeSet<String>, n: i64) -> String {
    let head = text.split('/').next().unwrap_or_default();
    if names.contains(head) { format!("y{n}-{text}") } else { text.to_string() }
}

fn earlier_value(value: &mut Value, names: &BTreeSet<String>, n: i64) {
    match value {
        Value::String(text) => *text = earlier(text, names, n),
        Value::Array(items) => items.iter_mut().for_each(|item| earlier_value(item, names, n)),
        Value::Object(fields) => {
            for (key, value) in fields {
                match key.as_str() {
                    "year" => *value = json!(value.as_i64().map_or(2023, |year| year - n)),
                    "invoice" | "credit_code" => *value = json!(format!("{value}{n}")),
                    _ => earlier_value(value, names, n),
                }
            }
        }
        _ => {}
    }
}

/// The world with the same year `years` times more, each under names of its own.
fn grown(world: &ExecutionWorld, years: i64) -> ExecutionWorld {
    let mut all = world.clone();
    let names: BTreeSet<String> = world.cases.keys().map(|id| id.to_string()).collect();
    let mut balances = world.ledger.balances().clone();
    for n in 1..=years {
        for (id, entry) in &world.cases {
            let mut body: Value = serde_json::from_str(&entry.body().unwrap()).unwrap();
            earlier_value(&mut body["case"], &names, n);
            let entry = CaseEntry::read(entry.case.kind(), &body.to_string()).unwrap();
            all.cases.insert(CaseId::new(format!("y{n}-{id}")), entry);
        }
        let year = i32::try_from(n).unwrap();
        for (id, line) in &world.lines {
            let line = ApprovedLine { year: line.year - year, ..line.clone() };
            all.lines.insert(LineId::new(earlier(id.as_str(), &names, n)), line);
        }
        for (row, line) in &world.rows {
            let row = PackageRowId::new(earlier(row.as_str(), &names, n));
            all.rows.insert(row, LineId::new(earlier(line.as_str(), &names, n)));
        }
        for (account, balance) in world.ledger.balances() {
            let key = earlier(&account.key, &names, n);
            balances.entry(LedgerAccount { key, ..account.clone() }).or_insert(*balance);
        }
    }
    let rows = world.ledger.rows().to_vec();
    let end = rows
        .last()
        .map_or_else(ChainEnd::default, |row| ChainEnd { number: row.number, hash: row.hash.clone() });
    let open = world.ledger.open().cloned().collect();
    all.ledger = Ledger::resume(end, balances, Turnover::new(), open, rows);
    all
}

#[test]
fn a_command_reads_no_more_when_many_years_are_stored() {
    let script = WorkedYear("money-2024").script().to_string();
    let script = script_of(&script, &EditionSource::shipped()).unwrap();
    let mut world = World::new(&script);
    let mut most = 0;
    for (n, step) in script.steps.iter().enumerate() {
        world.today = step.at;
        let by = &script.people[&step.by];
        let today = step.at;
        let case = CaseId::new(step.case.as_str());
        let (verb, with) = step.command().unwrap();
        let sent = Sent { by, case: &case, verb, with, today };
        if let Some(kind) = ExecutionKindName::from_word(&step.kind).filter(|_| n % 5 == 0) {
            let own = size(&narrowed(&world.money, kind, &sent));
            let many = grown(&world.money, 3);
            assert_eq!(many.cases.len(), 4 * world.money.cases.len());
            assert_eq!(size(&narrowed(&many, kind, &sent)), own, "step {}: {step:?}", n + 1);
            if !["clearing", "year_close"].contains(&step.kind.as_str()) {
                most = most.max(own[0]);
            }
        }
        drop(world.carry(by, step));
    }
    assert!(most < world.money.cases.len() / 2, "{most} of {} cases", world.money.cases.len());
}
