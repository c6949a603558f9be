-- One dialect for SQLite and PostgreSQL: text ids, dates and JSON, bigint numbers, `$1` in queries.
-- The tenant (province) leads every business key.

create table departments (
    tenant text not null,
    id text not null,
    name text not null,
    -- Order in lists.
    position bigint not null,
    primary key (tenant, id)
);

create table accounts (
    tenant text not null,
    id text not null,
    name text not null,
    -- 人员编号: the same on every account of one person.
    person text not null,
    -- Null until the security administrator gives one.
    role text,
    department text,
    state text not null,
    -- Null until the owner has chosen one.
    password_hash text,
    -- SM3 of the one-time token.
    invitation_hash text,
    invitation_until bigint,
    created_by text not null,
    primary key (tenant, id)
);
create index accounts_by_person on accounts (tenant, person);
create unique index accounts_by_invitation on accounts (invitation_hash);

create table sessions (
    -- SM3 of the token in the cookie: a stolen database opens no session.
    token_hash text not null primary key,
    tenant text not null,
    account text not null,
    -- Unix seconds.
    created bigint not null,
    seen bigint not null
);
create index sessions_by_account on sessions (tenant, account);

-- 登录锁定, per account and address; for unknown accounts too, so that the answer tells nothing.
create table sign_in_failures (
    subject text not null primary key,
    failures bigint not null,
    since bigint not null,
    locked_until bigint not null
);

create table requests (
    tenant text not null,
    id text not null,
    department text not null,
    fiscal_year bigint not null,
    stage text not null,
    revision bigint not null,
    -- When it came to this stage.
    since text not null,
    -- The case as JSON; the columns above are its keys.
    body text not null,
    primary key (tenant, id)
);
-- One live request per department and year.
create unique index requests_of_year on requests (tenant, department, fiscal_year) where stage <> 'withdrawn';
create index requests_by_year on requests (tenant, fiscal_year);

-- 延期申报, kept with its reason.
create table late_windows (
    tenant text not null,
    operation text not null,
    department text not null,
    fiscal_year bigint not null,
    number bigint not null,
    until text not null,
    reason text not null,
    by_account text not null,
    by_name text not null,
    at text not null,
    primary key (tenant, operation)
);
create unique index late_windows_of_year on late_windows (tenant, department, fiscal_year, number);

-- 填报内容: one row per row of a table, so that an edit writes one row.
create table draft_rows (
    tenant text not null,
    request text not null,
    "table" text not null,
    row_id text not null,
    rank bigint not null,
    cells text not null,
    primary key (tenant, request, "table", row_id)
);

-- 操作记录: append-only, each entry chained to the one before by SM3.
create table operations (
    tenant text not null,
    request text not null,
    seq bigint not null,
    operation text not null,
    -- SM3 of what was sent, to tell a repeat from a reuse of the id.
    sent_hash text not null,
    -- What of it was applied.
    changes text not null,
    conflicts text not null,
    account text not null,
    name text not null,
    at text not null,
    chain text not null,
    primary key (tenant, request, seq)
);
create unique index operations_by_id on operations (tenant, request, operation);

-- 办理记录: append-only.
create table transitions (
    tenant text not null,
    request text not null,
    revision bigint not null,
    operation text not null,
    sent_hash text not null,
    verb text not null,
    account text not null,
    name text not null,
    role text not null,
    at text not null,
    stage text not null,
    version bigint not null,
    events text not null,
    reply text not null,
    primary key (tenant, request, revision)
);
create unique index transitions_by_id on transitions (tenant, operation);

-- 表单定义: every definition a document was ever filled with, by content hash, so that an old version opens with
-- the one that made it. The same in every province, hence no tenant.
create table definitions (
    hash text not null,
    content text not null,
    primary key (hash)
);

-- 版本: frozen submits, never updated.
create table versions (
    tenant text not null,
    request text not null,
    version bigint not null,
    at text not null,
    by_account text not null,
    by_name text not null,
    hash text not null,
    total text,
    definition text not null,
    edition text not null,
    snapshot text not null,
    primary key (tenant, request, version)
);

-- 审计日志: append-only, chained by SM3.
create table audit_trail (
    tenant text not null,
    seq bigint not null,
    at text not null,
    account text not null,
    name text not null,
    role text not null,
    act text not null,
    subject text not null,
    detail text not null,
    previous text not null,
    hash text not null,
    primary key (tenant, seq)
);
