-- 动态口令: the secret of an account's second factor, whether its owner has confirmed it, and the latest step that served.
create table second_factors (
    tenant text not null,
    account text not null,
    secret text not null,
    confirmed bigint not null,
    last_step bigint not null,
    primary key (tenant, account)
);

-- 恢复码: the hashes of the codes that stand in for a lost device, and the Unix second each was used.
create table recovery_codes (
    tenant text not null,
    account text not null,
    code_hash text not null,
    used bigint,
    primary key (tenant, account, code_hash)
);
