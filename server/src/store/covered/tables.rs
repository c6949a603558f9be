//! Which tables the trail answers for, by which columns; and which it does not, and why.

/// A table and what the trail states of it. Every such table has the column `tenant`. A column added later must be null in
/// earlier rows, so that their digests hold.
pub struct CoveredTable {
    pub table: &'static str,
    /// First part of the name of a thing.
    pub word: &'static str,
    /// Rows of one key are one thing; its name goes on with the key.
    pub key: &'static [&'static str],
    pub columns: &'static [&'static str],
    /// Order of the rows of one thing.
    pub order: &'static str,
    /// Rows are deleted in the course of business, so that a missing one is no fault.
    pub is_transient: bool,
}

const fn covered(
    table: &'static str,
    word: &'static str,
    key: &'static [&'static str],
    columns: &'static [&'static str],
) -> CoveredTable {
    CoveredTable { table, word, key, columns, order: "", is_transient: false }
}

/// Who may do what, what cases are, and what was frozen, granted and notified.
pub static COVERED: [CoveredTable; 32] = [
    covered(
        "departments",
        "department",
        &["id"],
        &[
            "name",
            "position",
            "credit_code",
            "merged_into",
            "merged_on",
            "merged_by",
            "closed_on",
            "closed_by",
        ],
    ),
    covered("department_parts", "department_part", &["department", "part"], &["from_day", "document"]),
    covered("department_names", "department_name", &["department", "from_day"], &["name", "document"]),
    covered(
        "accounts",
        "account",
        &["id"],
        &[
            "name",
            "person",
            "role",
            "department",
            "state",
            "password_hash",
            "invitation_hash",
            "created_by",
            "provider",
            "mail",
            "phone",
        ],
    ),
    covered("second_factors", "second_factor", &["account"], &["secret", "confirmed"]),
    covered("sso_subjects", "sso_subject", &["issuer", "subject"], &["account", "linked_at"]),
    covered(
        "posts",
        "post",
        &["id"],
        &[
            "account",
            "role",
            "department",
            "from_day",
            "until_day",
            "deputy_of",
            "deputy_person",
            "deputy_name",
            "granted_by",
            "granted_at",
            "ended_by",
            "ended_at",
        ],
    ),
    CoveredTable {
        is_transient: true,
        ..covered(
            "sessions",
            "session",
            &["token_hash"],
            &["account", "created", "network", "browser", "post", "sso"],
        )
    },
    covered(
        "cases",
        "case",
        &["id"],
        &["kind", "fiscal_year", "department", "stage", "revision", "opened", "since", "number", "body"],
    ),
    covered(
        "case_versions",
        "version",
        &["case_id", "version"],
        &["at", "by_account", "by_name", "hash", "definition", "edition", "total", "last_year"],
    ),
    CoveredTable {
        // As text: so the first releases digested them.
        order: "cast(position as text)",
        ..covered(
            "version_sums",
            "sums",
            &["request", "version"],
            &["position", "category", "system", "system_name", "requested", "cut"],
        )
    },
    covered(
        "attachments",
        "attachment",
        &["id"],
        &[
            "case_id",
            "place",
            "name",
            "size",
            "hash",
            "kind",
            "state",
            "threat",
            "scanned_at",
            "by_account",
            "by_name",
            "by_role",
            "at",
            "frozen_version",
            "removed_at",
            "removed_by",
        ],
    ),
    covered(
        "late_windows",
        "late_window",
        &["operation"],
        &["department", "fiscal_year", "number", "until", "reason", "by_account", "by_name", "at"],
    ),
    covered(
        "transfers",
        "transfer",
        &["number"],
        &[
            "command_group",
            "code",
            "mode",
            "debit_code",
            "debit_key",
            "credit_code",
            "credit_key",
            "amount",
            "reservation",
            "mirrors",
            "day",
            "case_id",
            "command",
            "version",
            "hash",
        ],
    ),
    covered("ledger_accounts", "balance", &["code", "key"], &["debits", "credits", "reserved"]),
    covered(
        "approved_lines",
        "approved_line",
        &["id"],
        &["fiscal_year", "department", "category", "name", "carried"],
    ),
    covered("package_rows", "package_row", &["id"], &["line"]),
    covered("vouchers", "voucher", &["voucher"], &["case_id"]),
    covered(
        "cash_movements",
        "cash_movement",
        &["number"],
        &["day", "direction", "amount", "voucher", "account"],
    ),
    covered("closed_years", "closed_year", &["fiscal_year"], &["last_transfer"]),
    covered("statements", "statement", &["id"], &["number", "name", "digest", "by_account", "by_name", "at"]),
    covered(
        "statement_rows",
        "statement_row",
        &["statement", "number"],
        &["day", "direction", "amount", "voucher", "account", "holder", "summary"],
    ),
    covered(
        "statement_matches",
        "statement_match",
        &["statement", "row_number"],
        &["movement", "reason", "by_account", "by_name", "at"],
    ),
    covered("institutions", "institution", &["name"], &["served"]),
    CoveredTable { is_transient: true, ..covered("evaluators", "evaluator", &["account"], &["institution"]) },
    covered("money_facts", "money_fact", &["operation"], &["request", "kind", "day", "amount"]),
    covered("revoked_devices", "revoked_device", &["device"], &["revoked_on"]),
    covered("site_devices", "site_device", &["device"], &["account", "name", "nonce", "enrolled_at"]),
    covered(
        "visit_entries",
        "visit_entry",
        &["visit", "rev"],
        &["operation", "device", "seq", "result", "at", "entry"],
    ),
    covered("site_alarms", "site_alarm", &["visit", "body"], &["at", "operation"]),
    covered("live_payments", "live_payment", &["contract", "term"], &["case_id"]),
    covered("notices", "notice", &["account", "seq"], &["at", "by_name", "request", "about", "matter"]),
];

/// Tables the trail does not answer for, each for a reason.
pub const UNCOVERED: [&str; 22] = [
    // What two administrators agreed on; what came of it stands in the accounts.
    "account_orders",
    // From where an account signed in, and what its passwords were before.
    "account_networks",
    "password_history",
    // Codes that run out; a second factor itself is covered.
    "recovery_codes",
    // Addressed by the SM3 of their content.
    "definitions",
    // The fold of the operations.
    "draft_rows",
    // Copies of notices on their way out.
    "outbox",
    // What the cases are found by, as the cases say.
    "case_keys",
    // Which transfers are neither posted nor voided, as the transfers say.
    "open_reservations",
    // What one person has not published, looked at or read.
    "notices_read",
    "notice_preferences",
    // Nudges, as the notices they became say.
    "nudges",
    "nudge_operations",
    "review_looks",
    "review_pending",
    // What a readiness check writes.
    "health_probe",
    // Counters that run out.
    "sign_in_failures",
    // Sign-ins under way, which run out.
    "sso_attempts",
    // Photos of site visits under way; a whole one is in its case.
    "site_blobs",
    // Uploads under way.
    "upload_parts",
    "uploads",
    // The migrations themselves.
    "_sqlx_migrations",
];
