//! Tampering: what somebody with the database, but without the key, changes behind everyone's back. Each change is found,
//! and a database nobody tampered with is intact.

mod edits;

use crate::money_races::small_until;
use crate::{autumn, calendar, money, separate};
use edits::EDITS;
use shared::policy::art16_trail::{TrailEntry, TrailExit, TrailKey};
use sqlx::{AnyConnection, Row};
use std::path::Path;
use tests::{DatabaseCopy, Draft, World, on_each_database};

/// A demonstration in which every covered table has rows, stopped.
fn with_work(world: &World) {
    let filler = world.desk("water.filler");
    filler.edits("water-2024", vec![Draft::set("hardware", "h1", "basis", None, Some("合同附后"))]);
    separate::reported(world);
    world.restart("2023-09-01");
    world
        .desk("bureau.leader")
        .call(&calendar::grant("2023-09-10", "机构改革，系统清单移交延误，同意延期。"));
    autumn::opens(&world.desk("bureau.reviewer"), "whole-1", shared::cases::Kind::Compilation);
    world.stop();
}

fn assert_found(name: &str, copy: &DatabaseCopy<'_>, code: &str, place: &str) {
    let report = copy.verified(|_| {});
    let is_it = |line: &&shared::policy::art16_trail::TrailFinding| {
        let thing = line.thing.as_deref().unwrap_or(&line.log);
        line.code == code && thing.starts_with(place)
    };
    assert_eq!(report.exit, TrailExit::Broken, "{name}");
    assert!(
        report.faults.iter().any(|line| is_it(&line)),
        "{name}: no {code} at {place} in {:#?}",
        report.lines()
    );
}

#[test]
fn every_change_behind_the_servers_back_is_named() {
    on_each_database(|world| {
        with_work(world);
        let untouched = world.verified();
        assert_eq!(untouched.exit, TrailExit::Intact, "{:#?}", untouched.lines());
        assert_eq!(
            (untouched.faults.len(), untouched.unknown_tables.len()),
            (0, 0),
            "{:#?}",
            untouched.lines()
        );
        for (name, sql, code, place) in EDITS {
            let copy = DatabaseCopy::of(world);
            copy.force(sql);
            assert_found(name, &copy, code, place);
        }
    });
}

#[test]
fn a_row_of_money_that_nobody_can_read_is_named() {
    let year = tests::office::year("money-small");
    money::on_both(&year, |world| {
        small_until(world, &year, 14);
        world.stop();
        for (table, thing) in [("transfers", "transfer/"), ("cash_movements", "cash_movement/")] {
            let copy = DatabaseCopy::of(world);
            copy.force(&format!("update {table} set day = 'x'"));
            assert_found(table, &copy, "AUD-07", thing);
        }
    });
}

/// The columns of a row as its body has them; JSON columns stand as they are stored.
async fn body(connection: &mut AnyConnection, log: &Chain, seq: i64) -> (TrailEntry, String) {
    let columns: Vec<String> = log.columns.iter().map(|(name, _)| (*name).to_string()).collect();
    let sql = format!(
        "select account, at, {} as operation, {} from {} where {} seq = {seq}",
        log.operation,
        columns.join(", "),
        log.table,
        log.of
    );
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_one(connection).await.expect("the entry");
    let text = |column: &str| row.get::<String, _>(column);
    let part = |(name, is_json): &(&str, bool)| match (is_json, text(name)) {
        (true, json) if json.is_empty() => format!("\"{name}\":null"),
        (true, json) => format!("\"{name}\":{json}"),
        (false, text) => format!("\"{name}\":{}", serde_json::Value::from(text)),
    };
    let parts: Vec<String> = log.columns.iter().map(part).collect();
    let entry = TrailEntry {
        seq: u64::try_from(seq).expect("a number"),
        operation: text("operation"),
        account: text("account"),
        at: text("at"),
        body: format!("{{{}}}", parts.join(",")),
        ..TrailEntry::default()
    };
    (entry, log.log.to_string())
}

/// A log as an attacker who knows the published formula sees it.
struct Chain {
    table: &'static str,
    log: &'static str,
    /// Condition of its rows.
    of: &'static str,
    operation: &'static str,
    link: &'static str,
    /// Columns of the body in order, and whether they hold JSON.
    columns: &'static [(&'static str, bool)],
}

const TRAIL: Chain = Chain {
    table: "audit_trail",
    log: "audit",
    of: "",
    operation: "''",
    link: "hash",
    columns: &[
        ("act", false),
        ("address", false),
        ("detail", false),
        ("entry", true),
        ("name", false),
        ("outcome", false),
        ("role", false),
        ("rows", true),
        ("session", false),
        ("subject", false),
    ],
};

const OPERATIONS: Chain = Chain {
    table: "operations",
    log: "operations/water-2024",
    of: "request = 'water-2024' and",
    operation: "operation",
    link: "chain",
    columns: &[("changes", true), ("conflicts", true), ("name", false), ("sent_hash", false)],
};

/// Makes the links of a log anew from an entry on.
async fn relink(connection: &mut AnyConnection, chain: &Chain, first: i64) {
    let Chain { table, of, link, .. } = chain;
    let last: i64 =
        sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select max(seq) from {table} where {of} 1 = 1")))
            .fetch_one(&mut *connection)
            .await
            .expect("the last");
    for seq in first..=last {
        let before = format!("select coalesce(max({link}), '') from {table} where {of} seq = {}", seq - 1);
        let previous: String = sqlx::query_scalar(sqlx::AssertSqlSafe(before))
            .fetch_one(&mut *connection)
            .await
            .expect("the link");
        let (entry, log) = body(connection, chain, seq).await;
        let made = TrailEntry { previous: previous.clone(), ..entry }.link_in(&log);
        let previous =
            if *table == "audit_trail" { format!(", previous = '{previous}'") } else { String::new() };
        let update = format!("update {table} set {link} = '{made}'{previous} where {of} seq = {seq}");
        sqlx::query(sqlx::AssertSqlSafe(update)).execute(&mut *connection).await.expect("linked");
    }
}

#[test]
fn links_made_anew_do_not_help_without_the_key() {
    on_each_database(|world| {
        with_work(world);
        let edits: [(&str, &str, &Chain, i64); 4] = [
            (
                "one deleted",
                "delete from audit_trail where seq = 5; update audit_trail set seq = -seq where seq > 5; \
                 update audit_trail set seq = -seq - 1 where seq < 0",
                &TRAIL,
                5,
            ),
            ("one changed", "update audit_trail set detail = 'x' where seq = 5", &TRAIL, 5),
            (
                "one inserted",
                "update audit_trail set seq = -seq where seq > 5; update audit_trail set seq = -seq + 1 where seq < 0; \
                 insert into audit_trail (tenant, seq, at, account, name, role, act, subject, detail, previous, hash, \
                 outcome, mac, key_id) select tenant, 6, at, account, name, role, act, subject, detail, previous, hash, \
                 outcome, mac, key_id from audit_trail where seq = 5",
                &TRAIL,
                6,
            ),
            (
                "who typed",
                "update operations set account = 'x' where request = 'water-2024' and seq = 1",
                &OPERATIONS,
                1,
            ),
        ];
        for (name, sql, chain, first) in edits {
            let copy = DatabaseCopy::of(world);
            copy.force(sql);
            copy.with(async |connection| relink(connection, chain, first).await);
            assert_found(name, &copy, "AUD-04", chain.log);
        }
        // Nor does taking every code away.
        let copy = DatabaseCopy::of(world);
        copy.force("update audit_trail set mac = '', key_id = '', detail = 'x'");
        copy.with(async |connection| relink(connection, &TRAIL, 1).await);
        assert_eq!(copy.verified(|_| {}).exit, TrailExit::Broken);
    });
}

#[test]
fn what_cannot_be_judged_is_said() {
    on_each_database(|world| {
        with_work(world);
        let codes = |change: fn(&mut server::VerifyRequest)| {
            let report = world.try_verify(change).expect("a verdict");
            (report.exit, report.faults.iter().map(|fault| fault.code).collect::<Vec<_>>())
        };
        // Without the key codes are not judged; the default file is not there either.
        assert_eq!(codes(|request| request.audit_keys.clear()), (TrailExit::Unjudged, vec!["AUD-10"]));
        assert_eq!(codes(|request| request.heads = None), (TrailExit::Intact, vec!["AUD-11"]));
        // The last sign-in cut off shows by the heads alone.
        let copy = DatabaseCopy::of(world);
        copy.force("insert into audit_trail (tenant, seq, at, account, name, role, act, subject, detail, previous, hash) \
                    select tenant, seq + 1, at, account, name, role, act, subject, detail, hash, hash from audit_trail \
                    where seq = (select max(seq) from audit_trail)");
        assert_eq!(copy.verified(|_| {}).exit, TrailExit::Broken, "an entry without a code");
        // A forged line in the file of heads.
        let heads = world.settings.heads.clone().expect("heads");
        let text = std::fs::read_to_string(&heads).expect("the heads");
        std::fs::write(&heads, text.replace("\"seq\":1,", "\"seq\":2,")).expect("written");
        let report = world.verified();
        assert!(report.faults.iter().any(|fault| fault.code == "AUD-12"), "{:#?}", report.lines());
        assert!(world.try_verify(|request| request.audit_keys = vec!["no-such-file".into()]).is_err());
    });
}

#[test]
fn a_verification_writes_nothing() {
    on_each_database(|world| {
        with_work(world);
        let Some(path) = world.settings.database.strip_prefix("sqlite:") else { return };
        let folder = Path::new(path).parent().expect("a folder");
        let state = || {
            let mut files: Vec<_> = std::fs::read_dir(folder)
                .expect("the folder")
                .map(|entry| {
                    let entry = entry.expect("an entry");
                    let changed = entry.metadata().and_then(|file| file.modified()).expect("a time");
                    (entry.file_name(), changed)
                })
                .collect();
            files.sort();
            (files, std::fs::read(path).expect("the database"))
        };
        let before = state();
        assert!(world.verified().is_intact());
        assert!(before == state(), "the database or a file next to it changed");
    });
}

#[test]
fn a_server_does_not_start_without_the_key_of_its_entries() {
    on_each_database(|world| {
        world.stop();
        let key = world.settings.audit_key.clone().expect("a key file");
        let away = key.with_extension("away");
        std::fs::rename(&key, &away).expect("moved");
        let Err(error) = world.block_on(server::start(world.settings.clone())) else { panic!("it started") };
        let missing = error.downcast_ref::<server::AuditKeyMissing>().expect("the key is missing");
        assert!(missing.to_string().contains("--audit-key"), "{missing}");
        assert!(!key.exists(), "no second key is made");
        std::fs::rename(&away, &key).expect("moved back");

        // A new key is announced by the old one, and both are needed to judge all codes.
        let new = key.with_extension("new");
        let at = server::Clock::default().stamp();
        let (database, tenant) = (&world.settings.database, &world.settings.tenant);
        let id = world
            .block_on(server::rotate_audit_key(database, tenant, Some(&key), &new, at))
            .expect("rotated");
        let with = |keys: Vec<std::path::PathBuf>| {
            world.try_verify(|request| request.audit_keys = keys).expect("a verdict").exit
        };
        assert_eq!(with(vec![key.clone(), new.clone()]), TrailExit::Intact);
        assert_eq!(with(vec![new.clone()]), TrailExit::Unjudged);
        assert_eq!(
            with(vec![key.clone()]),
            TrailExit::Broken,
            "the last entry is by a key that was not given"
        );
        let started = world.block_on(server::start(world.settings.clone()));
        assert!(started.is_err(), "the old key no longer serves");
        let settings = server::Settings { audit_key: Some(new.clone()), ..world.settings.clone() };
        let running = world.block_on(server::start(settings)).expect("it starts with the new one");
        world.block_on(running.stop()).expect("it stops");
        assert_eq!(with(vec![key, new.clone()]), TrailExit::Intact);
        let text = std::fs::read_to_string(&new).expect("the new key");
        let bytes: Vec<u8> =
            (0..32).map(|at| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).expect("hex")).collect();
        assert_eq!(TrailKey::new(bytes).id(), id);
    });
}
