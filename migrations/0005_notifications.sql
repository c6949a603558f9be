-- 通知: what each account was told, append-only; numbered per account, so that a stream goes on where it broke off.
create table notices (
    tenant text not null,
    account text not null,
    seq bigint not null,
    at text not null,
    by_name text not null,
    request text not null,
    -- Whose request of which year, as it was called then.
    about text not null,
    matter text not null,
    primary key (tenant, account, seq)
);

-- 已读: of what was told and of reminders, which are derived from the calendar and stored nowhere.
create table notices_read (
    tenant text not null,
    account text not null,
    notice text not null,
    at text not null,
    primary key (tenant, account, notice)
);
