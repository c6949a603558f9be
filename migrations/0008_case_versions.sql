-- 版本 of every kind of case in one table: frozen content, never updated but for 上年度结算额 of old versions.
create table case_versions (
    tenant text not null,
    case_id text not null,
    version bigint not null,
    at text not null,
    by_account text not null,
    by_name text not null,
    -- SM3 of the snapshot.
    hash text not null,
    snapshot text not null,
    -- Hash of the form definition and 文号 of the edition it was judged by; null where the kind has no form.
    definition text,
    edition text,
    -- 申报总额 in 元, and 上年度结算额 in 分, where the kind has them.
    total text,
    last_year bigint,
    primary key (tenant, case_id, version)
);
insert into case_versions (tenant, case_id, version, at, by_account, by_name, hash, snapshot, definition, edition, total, last_year)
select tenant, request, version, at, by_account, by_name, hash, snapshot, definition, edition, total, last_year from versions;
insert into case_versions (tenant, case_id, version, at, by_account, by_name, hash, snapshot)
select tenant, matter, version, at, by_account, by_name, hash, snapshot from matter_versions;
drop table versions;
drop table matter_versions;

-- 随版本冻结的附件: what was attached when a version was frozen, by content hash.
create table version_attachments (
    tenant text not null,
    case_id text not null,
    version bigint not null,
    -- Order in the version.
    position bigint not null,
    attachment text not null,
    name text not null,
    hash text not null,
    size bigint not null,
    place text not null,
    primary key (tenant, case_id, version, position)
);
