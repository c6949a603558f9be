-- 其他案卷: the bureau's compilations, finance's batches and whatever else is no department's request. They share the
-- record of transitions with the requests, and so the ids.
create table matters (
    tenant text not null,
    id text not null,
    kind text not null,
    fiscal_year bigint not null,
    -- Null for what belongs to no department.
    department text,
    stage text not null,
    revision bigint not null,
    opened text not null,
    -- When it came to this stage.
    since text not null,
    -- 文号, once it has one.
    number text,
    -- The case as JSON; the columns above are its keys.
    body text not null,
    primary key (tenant, id)
);
create index matters_of_year on matters (tenant, kind, fiscal_year);
create unique index matters_by_number on matters (tenant, kind, number);

-- What a matter froze, never updated.
create table matter_versions (
    tenant text not null,
    matter text not null,
    version bigint not null,
    at text not null,
    by_account text not null,
    by_name text not null,
    hash text not null,
    snapshot text not null,
    primary key (tenant, matter, version)
);

-- 小计: what the lines of a frozen version come to by category and system, added up once when it is frozen, in 分.
create table version_sums (
    tenant text not null,
    request text not null,
    version bigint not null,
    -- Order in the form.
    position bigint not null,
    category text not null,
    -- Row of the system, empty for 共用.
    system text not null,
    system_name text not null,
    requested bigint not null,
    -- 省局核减, as it stood when the bureau's leader confirmed.
    cut bigint not null,
    primary key (tenant, request, version, category, system)
);

-- 上年度结算额 as the department wrote it, in 分; null when it wrote none.
alter table versions add column last_year bigint;
