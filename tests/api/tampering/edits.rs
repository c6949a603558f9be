//! Edits by SQL alone, each with what a verification must name.

/// A change by SQL alone: what it is, the statements, and what must be found: code, and part of the log or thing.
pub type Edit = (&'static str, &'static str, &'static str, &'static str);

pub const EDITS: [Edit; 57] = [
    ("trail: a detail", "update audit_trail set detail = 'x' where seq = 5", "AUD-01", "audit"),
    ("trail: who", "update audit_trail set account = 'x' where seq = 5", "AUD-01", "audit"),
    ("trail: the link before", "update audit_trail set previous = '0' where seq = 5", "AUD-01", "audit"),
    ("trail: one deleted", "delete from audit_trail where seq = 5", "AUD-03", "audit"),
    ("trail: the first deleted", "delete from audit_trail where seq = 1", "AUD-03", "audit"),
    (
        "trail: two change places",
        "update audit_trail set seq = -1 where seq = 5; update audit_trail set seq = 5 where seq = 6; \
         update audit_trail set seq = 6 where seq = -1",
        "AUD-01",
        "audit",
    ),
    (
        "trail: the last cut off",
        "delete from audit_trail where seq = (select max(seq) from audit_trail)",
        "AUD-05",
        "audit",
    ),
    (
        "trail: fifty cut off",
        "delete from audit_trail where seq > (select max(seq) - 50 from audit_trail)",
        "AUD-05",
        "audit",
    ),
    ("trail: all deleted", "delete from audit_trail", "AUD-05", "audit"),
    ("trail: moved to another province", "update audit_trail set tenant = 'other'", "AUD-05", "audit"),
    (
        "operations: what was typed",
        "update operations set changes = replace(changes, '合同附后', '合同另附') where request = 'water-2024'",
        "AUD-01",
        "operations/water-2024",
    ),
    (
        "operations: what conflicted",
        "update operations set conflicts = '[1]' where request = 'water-2024' and seq = 2",
        "AUD-01",
        "operations/water-2024",
    ),
    (
        "operations: a name",
        "update operations set name = '某某' where request = 'water-2024' and seq = 2",
        "AUD-01",
        "operations/water-2024",
    ),
    (
        "operations: a time that nobody can read",
        "update operations set at = 'x' where request = 'water-2024' and seq = 2",
        "AUD-01",
        "operations/water-2024",
    ),
    (
        "operations: the hash of what was sent",
        "update operations set sent_hash = '0' where request = 'water-2024' and seq = 1",
        "AUD-01",
        "operations/water-2024",
    ),
    (
        "operations: the last cut off",
        "delete from operations where request = 'water-2024' and seq = 2",
        "AUD-05",
        "operations/water-2024",
    ),
    (
        "operations: a whole log",
        "delete from operations where request = 'culture-2024'",
        "AUD-05",
        "operations/culture-2024",
    ),
    (
        "operations: two logs change places",
        "update operations set request = 'x' where request = 'culture-2024'; \
         update operations set request = 'culture-2024' where request = 'education-2024'; \
         update operations set request = 'education-2024' where request = 'x'",
        "AUD-01",
        "operations/culture-2024",
    ),
    (
        "version: its content",
        "update case_versions set snapshot = replace(snapshot, '1年', '2年') where case_id = 'culture-2024'",
        "AUD-07",
        "version/culture-2024/1",
    ),
    (
        "version: content, hash and case",
        "update cases set body = replace(body, (select hash from case_versions where case_id = 'culture-2024'), \
         '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0') where id = 'culture-2024'; \
         update case_versions set snapshot = 'abc', \
         hash = '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0' where case_id = 'culture-2024'",
        "AUD-07",
        "version/culture-2024/1",
    ),
    ("version: its total", "update case_versions set total = '1.00'", "AUD-07", "version/culture-2024/1"),
    (
        "version: who and when",
        "update case_versions set by_account = 'x', at = '2023-07-01 08:00:00' where case_id = 'culture-2024'",
        "AUD-07",
        "version/culture-2024/1",
    ),
    (
        "version: deleted",
        "delete from case_versions where case_id = 'culture-2024'",
        "AUD-08",
        "version/culture-2024/1",
    ),
    (
        "version: two change places",
        "update case_versions set case_id = 'x' where case_id = 'culture-2024' and version = 1; \
         update case_versions set case_id = 'culture-2024' where case_id = 'education-2024' and version = 1; \
         update case_versions set case_id = 'education-2024' where case_id = 'x'",
        "AUD-07",
        "version/culture-2024/1",
    ),
    (
        "version: last year's settlement",
        "update case_versions set last_year = 1 where case_id = 'culture-2024'",
        "AUD-07",
        "version/culture-2024/1",
    ),
    (
        "frozen paper: its content",
        "update case_versions set snapshot = replace(snapshot, '水库', '水电') where case_id = 'separate-1'",
        "AUD-07",
        "version/separate-1/1",
    ),
    (
        "frozen paper: content, hash and case",
        "update case_versions set snapshot = 'abc', \
         hash = '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0' where case_id = 'separate-1'; \
         update cases set body = replace(body, '水库', '水电') where id = 'separate-1'",
        "AUD-07",
        "version/separate-1/1",
    ),
    (
        "frozen paper: deleted",
        "delete from case_versions where case_id = 'separate-1'",
        "AUD-08",
        "version/separate-1/1",
    ),
    (
        "frozen paper: who",
        "update case_versions set by_name = '某某' where case_id = 'separate-1'",
        "AUD-07",
        "version/separate-1/1",
    ),
    (
        "draft: a cell",
        "update draft_rows set cells = replace(cells, '合同附后', '合同另附') where request = 'water-2024'",
        "AUD-07",
        "draft/water-2024",
    ),
    (
        "draft: a row",
        "delete from draft_rows where request = 'water-2024' and row_id = 'h1'",
        "AUD-07",
        "draft/water-2024",
    ),
    (
        "sums: requested",
        "update version_sums set requested = requested + 100",
        "AUD-07",
        "sums/culture-2024/1",
    ),
    ("sums: cuts", "update version_sums set cut = cut + 100", "AUD-07", "sums/culture-2024/1"),
    ("sums: deleted", "delete from version_sums", "AUD-08", "sums/culture-2024/1"),
    (
        "request: an amount in its case",
        "update cases set body = replace(body, '2024', '2025') where id = 'culture-2024'",
        "AUD-07",
        "case/culture-2024",
    ),
    (
        "request: its stage",
        "update cases set stage = 'accepted' where id = 'water-2024'",
        "AUD-07",
        "case/water-2024",
    ),
    (
        "request: who filled it in",
        "update cases set body = replace(body, 'culture.filler', 'water.filler') where id = 'culture-2024'",
        "AUD-07",
        "case/culture-2024",
    ),
    ("request: deleted", "delete from cases where id = 'culture-2024'", "AUD-08", "case/culture-2024"),
    (
        "other case: its number",
        "update cases set number = '晋财〔2023〕1号' where id = 'separate-1'",
        "AUD-07",
        "case/separate-1",
    ),
    (
        "other case: its stage",
        "update cases set stage = 'closed' where id = 'separate-1'",
        "AUD-07",
        "case/separate-1",
    ),
    (
        "record: who",
        "update case_events set account = 'x', name = '某某' where case_id = 'culture-2024' and revision = 1",
        "AUD-01",
        "case/culture-2024",
    ),
    (
        "record: what was decided",
        "update case_events set events = replace(events, '部门', '省局'), reply = '{}' \
         where case_id = 'culture-2024' and revision = 1",
        "AUD-01",
        "case/culture-2024",
    ),
    (
        "record: one deleted",
        "delete from case_events where case_id = 'culture-2024' and revision = 1",
        "AUD-03",
        "case/culture-2024",
    ),
    ("record: all deleted", "delete from case_events", "AUD-08", "case/culture-2024"),
    (
        "review: an amount",
        "update review_entries set events = replace(events, ':', ': ') where seq = 1",
        "AUD-01",
        "review/",
    ),
    ("review: who", "update review_entries set account = 'x' where seq = 1", "AUD-01", "review/"),
    ("review: all deleted", "delete from review_entries", "AUD-08", "review/"),
    (
        "account: its role",
        "update accounts set role = 'system_administrator' where id = 'water.filler'",
        "AUD-07",
        "account/water.filler",
    ),
    (
        "account: its password",
        "update accounts set password_hash = (select password_hash from accounts where id = 'auditor') || 'x' \
         where id = 'admin.system'",
        "AUD-07",
        "account/admin.system",
    ),
    (
        "account: its person",
        "update accounts set person = 'P-x' where id = 'water.filler'",
        "AUD-07",
        "account/water.filler",
    ),
    ("account: deleted", "delete from accounts where id = 'auditor'", "AUD-08", "account/auditor"),
    (
        "session: a forged one",
        "insert into sessions (token_hash, tenant, account, created, seen) values ('f', 'shanxi', 'admin.system', 1, 1)",
        "AUD-09",
        "session/f",
    ),
    (
        "late window: its day",
        "update late_windows set until = '2024-12-31'",
        "AUD-07",
        "late_window/late-2023-09-10",
    ),
    ("definition: deleted", "delete from definitions", "AUD-07", "definition/"),
    (
        "definition: a rule",
        "update definitions set content = replace(content, 'hardware', 'hardwarf')",
        "AUD-07",
        "definition/",
    ),
    (
        "department: its name",
        "update departments set name = '某厅' where id = 'water'",
        "AUD-07",
        "department/water",
    ),
    ("notices: all deleted", "delete from notices", "AUD-08", "notice/"),
];
