-- 对外发送: what is to leave by mail or to another system, one row per notice and channel, written in the transaction of
-- the event. `key` is unique, so that nothing leaves under a key twice.
create table outbox (
    tenant text not null,
    key text not null,
    channel text not null,
    account text not null,
    -- Number of the account's notice: the order of its rows; 0 for what has no order, a digest or a reminder.
    notice bigint not null,
    -- The case and the topic of the notice; empty for what is about no case.
    case_id text not null,
    topic text not null,
    payload text not null,
    -- pending, sent, dead, or digested: what a digest holds.
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
create index outbox_by_case on outbox (tenant, case_id);

-- 通知偏好: how notices of a topic reach a person by a channel, where it is not at once.
create table notice_preferences (
    tenant text not null,
    account text not null,
    channel text not null,
    topic text not null,
    manner text not null,
    primary key (tenant, account, channel, topic)
);

-- 催报: who was nudged about which case by whom, and the reply to each sending.
create table nudges (
    tenant text not null,
    operation text not null,
    case_id text not null,
    account text not null,
    -- Unix second, for how soon it may be repeated.
    second bigint not null,
    at text not null,
    by_name text not null,
    by_role text not null,
    text text not null,
    primary key (tenant, operation, case_id, account)
);
create index nudges_by_case on nudges (tenant, case_id);
create table nudge_operations (
    tenant text not null,
    operation text not null,
    account text not null,
    body_hash text not null,
    reply text not null,
    primary key (tenant, operation)
);
