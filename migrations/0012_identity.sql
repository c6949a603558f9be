-- 会话 as their owner sees them: from which network and with which browser they began.
alter table sessions add column network text not null default '';
alter table sessions add column browser text not null default '';

-- 激活码: the second half of the one-time link, as its hash, and how often it was tried.
alter table accounts add column code_hash text;
alter table accounts add column wrong_codes bigint not null default 0;
-- Unix second the password was chosen; null where an earlier release did not record it.
alter table accounts add column password_changed bigint;

-- 用过的口令: the hashes of an account's earlier passwords.
create table password_history (
    tenant text not null,
    account text not null,
    number bigint not null,
    password_hash text not null,
    primary key (tenant, account, number)
);

-- 账号事项: what one administrator asked for an account and another decides.
create table account_orders (
    tenant text not null,
    id text not null,
    what text not null,
    account text not null,
    role text,
    department text,
    provider text,
    -- SM3 of the one-time token that the asker has, for a new password.
    link_hash text,
    asked_by text not null,
    asked_person text not null,
    asked_name text not null,
    asked_as text not null,
    asked_on text not null,
    stage text not null,
    -- Who decided, and why not.
    decided_by text,
    decided_name text,
    decided_on text,
    reason text,
    primary key (tenant, id)
);
create index account_orders_by_stage on account_orders (tenant, stage);

-- 登录锁定 over all networks: the hash of the account a count is of; empty for the count of a network.
alter table sign_in_failures add column account text not null default '';
create index sign_in_failures_by_account on sign_in_failures (account);

-- Networks an account was used from: they may sign in while others guess at it.
create table account_networks (
    tenant text not null,
    account text not null,
    network text not null,
    primary key (tenant, account, network)
);
