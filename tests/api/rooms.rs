//! The rooms of the server, read from its source: HTTP stays behind the door, SQL stays in the query files.

use std::collections::BTreeMap;
use std::path::Path;

/// Every file that may contain SQL, with the tables it owns. Other files read these tables in joins only.
const QUERY_FILES: &[(&str, &[&str])] = &[
    ("store/mod.rs", &["health_probe"]),
    ("store/nodes.rs", &[]),
    ("store/append.rs", &[]),
    ("store/append/reading.rs", &[]),
    ("store/covered.rs", &[]),
    ("store/covered/notes.rs", &[]),
    ("store/opening.rs", &[]),
    ("store/snapshot.rs", &[]),
    ("store/values.rs", &[]),
    ("identity/accounts/rows.rs", &["accounts"]),
    ("identity/accounts/password_rows.rs", &["password_history"]),
    ("identity/accounts/post_rows.rs", &["posts"]),
    ("identity/accounts/order_rows.rs", &["account_orders"]),
    ("identity/sessions/factor_rows.rs", &["second_factors", "recovery_codes"]),
    ("identity/sessions/rows.rs", &["sessions", "sign_in_failures", "account_networks"]),
    ("documents/draft.rs", &["draft_rows"]),
    ("documents/forms/rows.rs", &["definitions"]),
    ("documents/editions/rows.rs", &["register_changes"]),
    ("documents/operations.rs", &["operations"]),
    ("documents/sums.rs", &["version_sums"]),
    ("documents/versions/rows.rs", &["case_versions"]),
    ("notify/notices/rows.rs", &["notices", "notices_read"]),
    ("notify/outbox/rows.rs", &["outbox"]),
    ("notify/outbox/preference_rows.rs", &["notice_preferences"]),
    ("cases/nudge_rows.rs", &["nudges", "nudge_operations"]),
    ("store/audit_trail.rs", &["audit_trail"]),
    ("cases/attachments/rows.rs", &["attachments"]),
    ("cases/attachments/upload_rows.rs", &["uploads", "upload_parts"]),
    ("identity/departments.rs", &["departments", "department_names", "department_parts"]),
    ("identity/former_names.rs", &[]),
    ("identity/sso/rows.rs", &["sso_subjects", "sso_attempts"]),
    ("cases/department_names.rs", &[]),
    ("cases/request_store.rs", &["late_windows"]),
    ("cases/store.rs", &["cases"]),
    ("cases/event_log.rs", &["case_events"]),
    ("cases/money/case_rows.rs", &["case_keys"]),
    ("cases/money/line_rows.rs", &[]),
    ("cases/money/rows.rs", &[]),
    ("cases/money/statement_rows.rs", &["statements", "statement_rows", "statement_matches"]),
    ("cases/money/surroundings.rs", &["institutions", "evaluators", "revoked_devices", "money_facts"]),
    (
        "cases/money/writes.rs",
        &[
            "ledger_accounts",
            "transfers",
            "open_reservations",
            "approved_lines",
            "package_rows",
            "vouchers",
            "cash_movements",
            "closed_years",
            "live_payments",
        ],
    ),
    ("cases/site/rows.rs", &["site_devices", "visit_entries", "site_alarms"]),
    ("cases/site/blob_rows.rs", &["site_blobs"]),
    ("cases/review/entries.rs", &["review_entries"]),
    ("cases/review/pending.rs", &["review_pending", "review_looks"]),
];

/// Text that only a query contains.
const SQL: [&str; 5] = ["sqlx::query", "\"select ", "\"insert into ", "\"update ", "\"delete from "];

/// Text that only a file that speaks HTTP contains.
const HTTP: [&str; 7] =
    ["axum::", "HeaderMap", "HeaderValue", "session_token", "set-cookie", "Caller::of", "StatusCode"];

/// The files outside `http/` that may contain it: the router, the listener, the health check.
const HTTP_FILES: [&str; 3] = ["lib.rs", "ops/start.rs", "ops/health.rs"];

/// The server's source by path below `server/src`, without tests.
fn sources() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/src");
    let (mut sources, mut folders) = (BTreeMap::new(), vec![root.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of the server") {
            let path = entry.expect("an entry").path();
            let name = path.strip_prefix(&root).expect("below the root").to_string_lossy().replace('\\', "/");
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(".rs") && !name.contains("tests") {
                let text = std::fs::read_to_string(&path).expect("a source file");
                let code = text.split("#[cfg(test)]").next().unwrap_or_default();
                sources.insert(name, code.to_string());
            }
        }
    }
    assert!(sources.len() > 50, "the server's source was not found");
    sources
}

/// Number of the first line of code that contains one of the words.
fn line_with(code: &str, words: &[&str]) -> Option<usize> {
    let is_code = |line: &str| !line.trim_start().starts_with("//");
    let line = code.lines().position(|line| is_code(line) && words.iter().any(|word| line.contains(word)));
    line.map(|index| index + 1)
}

#[test]
fn only_query_files_contain_sql() {
    let sources = sources();
    for (name, code) in &sources {
        let listed = QUERY_FILES.iter().any(|(file, _)| file == name);
        if let Some(line) = line_with(code, &SQL).filter(|_| !listed) {
            panic!(
                "server/src/{name}:{line} contains SQL: move it to a query file, or list this one in {}",
                file!()
            );
        }
    }
    for &(name, _) in QUERY_FILES {
        assert!(sources.contains_key(name), "server/src/{name} is listed as a query file and does not exist");
    }
}

#[test]
fn every_table_is_written_by_the_file_that_owns_it() {
    let sources = sources();
    for &(owner, tables) in QUERY_FILES {
        for table in tables {
            let insert_many = format!("\"{table} (");
            let statements =
                ["insert into", "update", "delete from"].map(|verb| format!("\"{verb} {table} "));
            let words: Vec<&str> = statements.iter().chain([&insert_many]).map(String::as_str).collect();
            for (name, code) in sources.iter().filter(|(name, _)| *name != owner) {
                if let Some(line) = line_with(code, &words) {
                    panic!("server/src/{name}:{line} writes {table}, which {owner} owns");
                }
            }
        }
    }
}

#[test]
fn only_the_door_speaks_http() {
    for (name, code) in sources() {
        let allowed = name.starts_with("http/") || HTTP_FILES.contains(&name.as_str());
        if let Some(line) = line_with(&code, &HTTP).filter(|_| !allowed) {
            panic!("server/src/{name}:{line} speaks HTTP: mount its handler by type, see http/routing.rs");
        }
    }
}

/// The words of acts in a piece of code that makes an audit entry.
fn acts(entry: &str) -> Vec<&str> {
    let text = entry.split([';', '}']).next().unwrap_or_default();
    let is_act = |word: &&str| {
        let (group, act) = word.split_once('.').unwrap_or_default();
        let plain = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        plain(group) && plain(act)
    };
    text.split('"').filter(is_act).collect()
}

#[test]
fn every_act_of_the_trail_has_a_word_people_read() {
    let mut seen = 0;
    for (name, code) in sources() {
        let made = ["AuditRecord::by(", "AuditRecord::of_system(", "act: \""];
        let entries = made.into_iter().flat_map(|begin| code.match_indices(begin));
        for act in entries.flat_map(|(at, _)| acts(&code[at..])) {
            let label = shared::api::audit::act_label(act);
            assert_ne!(
                label, act,
                "server/src/{name} writes {act}: give it a word in shared/src/api/audit/acts.rs"
            );
            seen += 1;
        }
    }
    assert!(seen > 25, "the acts were not found");
}
