-- 绩效: what the kinds that judge performance know of the rest of the world.

-- 第三方机构, with the departments and providers each works or worked for as a JSON list.
create table institutions (
    tenant text not null,
    name text not null check (name <> ''),
    served text not null,
    primary key (tenant, name)
);

-- The third party an account of the role evaluator works for.
create table evaluators (
    tenant text not null,
    account text not null,
    institution text not null,
    primary key (tenant, account),
    foreign key (tenant, institution) references institutions (tenant, name)
);

-- 停用的现场设备.
create table revoked_devices (
    tenant text not null,
    device text not null check (device <> ''),
    revoked_on text not null,
    primary key (tenant, device)
);

-- 另行支付: payments, refunds and adjustments of a request that were made outside this ledger; they post nothing.
create table money_facts (
    tenant text not null,
    operation text not null,
    request text not null,
    kind text not null check (kind in ('paid', 'refund', 'adjust')),
    day text not null,
    amount bigint not null check (amount <> 0),
    primary key (tenant, operation),
    foreign key (tenant, request) references cases (tenant, id)
);
