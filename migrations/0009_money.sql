-- 资金: the ledger with what the money kinds need besides their cases. Transfers are only ever appended (0010).

-- The provider an account of the role provider acts for.
alter table accounts add column provider text;

-- 账户: balances as the fold of the transfers, in 分. A source may go below zero, no other account below its reservations.
create table ledger_accounts (
    tenant text not null,
    code text not null check (code in ('1000', '1100', '1200', '1300', '1350', '1400', '1500', '1600', '1700',
        '2000', '2100', '2200')),
    key text not null,
    debits bigint not null check (debits >= 0),
    credits bigint not null check (credits >= 0),
    reserved bigint not null check (reserved >= 0),
    primary key (tenant, code, key),
    check (code in ('1000', '2000') or credits - debits >= reserved)
);

-- 转账: one row of the log; a post or a void names the reservation it closes, a mirror the row it takes back.
create table transfers (
    tenant text not null,
    number bigint not null check (number > 0),
    -- Number of the first row of the same command.
    command_group bigint not null check (command_group > 0 and command_group <= number),
    code text not null,
    mode text not null check (mode in ('posted', 'pending', 'post', 'void')),
    debit_code text not null,
    debit_key text not null,
    credit_code text not null,
    credit_key text not null,
    amount bigint not null check (amount > 0),
    reservation bigint,
    mirrors bigint,
    day text not null,
    case_id text not null,
    command text not null check (command <> ''),
    -- SM3 of what the command was given.
    version text not null check (length(version) = 64),
    -- SM3 of this row and of the hash before it.
    hash text not null check (length(hash) = 64),
    primary key (tenant, number),
    check ((mode in ('post', 'void')) = (reservation is not null)),
    check (debit_code <> credit_code or debit_key <> credit_key),
    foreign key (tenant, debit_code, debit_key) references ledger_accounts (tenant, code, key),
    foreign key (tenant, credit_code, credit_key) references ledger_accounts (tenant, code, key),
    foreign key (tenant, reservation) references transfers (tenant, number),
    foreign key (tenant, mirrors) references transfers (tenant, number),
    foreign key (tenant, case_id) references cases (tenant, id)
);
-- A reservation is closed once, a row taken back once.
create unique index transfers_by_reservation on transfers (tenant, reservation);
create unique index transfers_by_mirrored on transfers (tenant, mirrors);
create index transfers_of_case on transfers (tenant, case_id);
create index transfers_by_debit on transfers (tenant, debit_code, debit_key);
create index transfers_by_credit on transfers (tenant, credit_code, credit_key);

-- 未办结的占用: the pending rows neither posted nor voided, so that a command reads these and not the whole log.
create table open_reservations (
    tenant text not null,
    number bigint not null,
    primary key (tenant, number),
    foreign key (tenant, number) references transfers (tenant, number)
);

-- 批复行: what money is approved for.
create table approved_lines (
    tenant text not null,
    id text not null,
    fiscal_year bigint not null,
    department text not null,
    category text not null,
    name text not null,
    -- How often it was carried into a further year.
    carried bigint not null check (carried >= 0),
    primary key (tenant, id)
);
create index approved_lines_of_year on approved_lines (tenant, fiscal_year, department);

-- 采购行: a row of a package and the one line it serves.
create table package_rows (
    tenant text not null,
    id text not null,
    line text not null,
    primary key (tenant, id),
    foreign key (tenant, line) references approved_lines (tenant, id)
);
create index package_rows_of_line on package_rows (tenant, line);

-- 凭证: none is recorded twice.
create table vouchers (
    tenant text not null,
    voucher text not null,
    case_id text not null,
    primary key (tenant, voucher),
    foreign key (tenant, case_id) references cases (tenant, id)
);

-- 收付: movements of the bureau's money, in the order of the ledger.
create table cash_movements (
    tenant text not null,
    number bigint not null check (number > 0),
    day text not null,
    direction text not null check (direction in ('in', 'out')),
    amount bigint not null check (amount > 0),
    voucher text not null,
    account text,
    primary key (tenant, number)
);

-- 关账: closed years with the number of the last transfer of their closing.
create table closed_years (
    tenant text not null,
    fiscal_year bigint not null,
    last_transfer bigint not null,
    primary key (tenant, fiscal_year)
);

-- One live payment of a term, but for the final one (L4).
create table live_payments (
    tenant text not null,
    contract text not null,
    term bigint not null,
    case_id text not null,
    primary key (tenant, contract, term),
    foreign key (tenant, case_id) references cases (tenant, id)
);
