-- 案件键: what a case of an execution kind is found by besides its id, so that a command reads the cases it can touch.
create table case_keys (
    tenant text not null,
    key text not null,
    case_id text not null,
    primary key (tenant, key, case_id),
    foreign key (tenant, case_id) references cases (tenant, id)
);
create index case_keys_of_case on case_keys (tenant, case_id);

-- Revision of the case its keys were written at; an older server writes a case without them.
alter table cases add column keyed bigint not null default 0;
create index cases_unkeyed on cases (tenant) where kind like 'money.%' and keyed <> revision;

-- The balances of a line, a row, a year.
create index ledger_accounts_by_key on ledger_accounts (tenant, key);

-- 对账单: each file is taken once, and its rows stay as they came. Matching them posts nothing.
create table statements (
    tenant text not null,
    id text not null,
    -- In the order they were taken.
    number bigint not null check (number > 0),
    name text not null,
    -- SM3 of the file.
    digest text not null check (length(digest) = 64),
    by_account text not null,
    by_name text not null,
    at text not null,
    primary key (tenant, id)
);
create unique index statements_by_digest on statements (tenant, digest);
create unique index statements_by_number on statements (tenant, number);

create table statement_rows (
    tenant text not null,
    statement text not null,
    number bigint not null check (number > 0),
    day text not null,
    direction text not null check (direction in ('in', 'out')),
    amount bigint not null check (amount > 0),
    voucher text not null,
    account text not null,
    holder text not null,
    summary text not null,
    primary key (tenant, statement, number),
    foreign key (tenant, statement) references statements (tenant, id)
);

-- 人工核对: a row a person matched with a movement, and why.
create table statement_matches (
    tenant text not null,
    statement text not null,
    row_number bigint not null,
    -- Number of the movement.
    movement bigint not null,
    reason text not null check (reason <> ''),
    by_account text not null,
    by_name text not null,
    at text not null,
    primary key (tenant, statement, row_number),
    foreign key (tenant, statement, row_number) references statement_rows (tenant, statement, number),
    foreign key (tenant, movement) references cash_movements (tenant, number)
);
create unique index statement_matches_by_movement on statement_matches (tenant, movement);
