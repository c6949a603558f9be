-- 对外发送: what is to leave by mail or to another system, one row per notice and channel, written in the transaction of
-- the event. `key` is unique, so that nothing leaves under a key twice.
create table outbox (
    tenant text not null,
    key text not null,
    channel text not null,
    account text not null,
    -- Number of the account's notice: the order of its rows.
    notice bigint not null,
    payload text not null,
    -- pending, sent, dead.
    state text not null,
    attempts bigint not null,
    -- Unix seconds: not before; leased until; when it was confirmed.
    next_at bigint not null,
    leased_until bigint not null,
    sent_at bigint,
    -- What the other side answered last.
    answer text not null,
    primary key (tenant, key)
);
create index outbox_by_state on outbox (tenant, state, next_at);
create index outbox_by_account on outbox (tenant, account, channel, notice);

-- 通知方式: channels a person has switched off.
create table muted_channels (
    tenant text not null,
    account text not null,
    channel text not null,
    primary key (tenant, account, channel)
);
