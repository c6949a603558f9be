//! 日志一览: every append-only log there is. A log is named in the audit trail and in heads by [`LogTable::log`], alone where
//! the tenant has a single one, else followed by `/` and the case.

use crate::store::append::{ChainColumns, LogTable, OperationColumns};
use shared::policy::art16_trail::AUDIT_LOG;

/// 审计日志: what was done, the one log that names entries of the others.
pub static AUDIT: LogTable = LogTable {
    table: "audit_trail",
    log: AUDIT_LOG,
    owner: None,
    number: "seq",
    operation: None,
    account: "account",
    at: Some("at"),
    columns: &[
        "at", "account", "name", "role", "act", "subject", "detail", "outcome", "address", "session",
        "entry", "rows",
    ],
    json: &["entry", "rows"],
    chain: ChainColumns {
        link: "hash",
        previous: Some("previous"),
        before_keys: &["at", "account", "name", "role", "act", "subject", "detail"],
    },
};

/// 办理记录 of every case.
pub static CASE_EVENTS: LogTable = LogTable {
    table: "case_events",
    log: "case",
    owner: Some("case_id"),
    number: "revision",
    operation: Some(OperationColumns {
        id: "operation",
        body_hash: "sent_hash",
        account: "account",
        reply: Some("reply"),
        per_owner: false,
    }),
    account: "account",
    at: Some("at"),
    columns: &["verb", "account", "name", "role", "at", "stage", "version", "events", "reply"],
    json: &["verb", "stage", "version", "events", "reply"],
    chain: ChainColumns { link: "link", previous: None, before_keys: &[] },
};

/// 审核记录 of every request.
pub static REVIEW_ENTRIES: LogTable = LogTable {
    table: "review_entries",
    log: "review",
    owner: Some("request"),
    number: "seq",
    operation: Some(OperationColumns {
        id: "operation",
        body_hash: "sent_hash",
        account: "account",
        reply: None,
        per_owner: true,
    }),
    account: "account",
    at: None,
    columns: &["account", "stamp", "events"],
    json: &["stamp", "events"],
    chain: ChainColumns { link: "link", previous: None, before_keys: &[] },
};

/// 操作记录 of every case with a form.
pub static OPERATIONS: LogTable = LogTable {
    table: "operations",
    log: "operations",
    owner: Some("request"),
    number: "seq",
    operation: Some(OperationColumns {
        id: "operation",
        body_hash: "sent_hash",
        account: "account",
        reply: Some("conflicts"),
        per_owner: true,
    }),
    account: "account",
    at: Some("at"),
    columns: &["changes", "conflicts", "account", "name", "at"],
    json: &["changes", "conflicts"],
    chain: ChainColumns {
        link: "chain",
        previous: None,
        before_keys: &["operation", "account", "at", "changes", "conflicts"],
    },
};

/// The logs whose new entries the audit entry of their transaction names. Operations are many and saved without an audit
/// entry; where a version is frozen, the last of them is named.
pub static NAMED: [&LogTable; 2] = [&CASE_EVENTS, &REVIEW_ENTRIES];

/// Every log, the audit trail first.
pub static ALL: [&LogTable; 4] = [&AUDIT, &CASE_EVENTS, &REVIEW_ENTRIES, &OPERATIONS];
