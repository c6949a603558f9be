-- 政策版本库: the confirmed changes of the register of editions, append-only. The register is their fold over what the
-- program ships; the first row names what was shipped when the database was made.
create table register_changes (
    tenant text not null,
    -- From 1.
    number bigint not null,
    -- The change's case; empty for what was shipped.
    case_id text not null,
    -- The change as JSON.
    content text not null,
    by_account text not null,
    by_name text not null,
    at text not null,
    -- SM3 of the entry before and of the columns above.
    chain text not null,
    mac text not null,
    key_id text not null,
    primary key (tenant, number)
);
