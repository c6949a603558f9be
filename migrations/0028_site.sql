-- 现场评价: tablets, what they hand in, and the bytes of their photos.

-- 现场设备: a device of one account. Its key follows from the nonce and a key outside the database.
create table site_devices (
    tenant text not null,
    device text not null check (device <> ''),
    account text not null,
    name text not null check (name <> ''),
    nonce text not null,
    enrolled_at text not null,
    primary key (tenant, device),
    foreign key (tenant, account) references accounts (tenant, id)
);

-- 现场记录: what tablets and desks did to a visit, in order. `operation` is empty where its id is known with another body, `device`
-- and `seq` where a desk typed.
create table visit_entries (
    tenant text not null,
    visit text not null,
    rev bigint not null check (rev > 0),
    operation text,
    device text,
    seq bigint,
    result text not null,
    at text not null,
    entry text not null,
    primary key (tenant, visit, rev),
    unique (tenant, visit, operation),
    foreign key (tenant, visit) references cases (tenant, id)
);
create index visit_entries_of_device on visit_entries (tenant, device, at);
create index visit_entries_waiting on visit_entries (tenant, at) where result in ('parked', 'rejected');

-- 现场报警: operations whose id was known with another body, by the hash of what was sent.
create table site_alarms (
    tenant text not null,
    visit text not null,
    body text not null,
    at text not null,
    operation text not null,
    primary key (tenant, visit, body),
    foreign key (tenant, visit) references cases (tenant, id)
);

-- Photos on their way: which chunks are here, as a JSON list of [offset, SM3]. A whole one has a day.
create table site_blobs (
    tenant text not null,
    visit text not null,
    hash text not null,
    bytes bigint not null check (bytes > 0),
    received bigint not null default 0,
    chunks text not null default '[]',
    whole_at text,
    by_device text not null,
    primary key (tenant, visit, hash),
    foreign key (tenant, visit) references cases (tenant, id)
);
