-- 审核记录: append-only; a review is the fold of its entries.
create table review_entries (
    tenant text not null,
    request text not null,
    seq bigint not null,
    operation text not null,
    -- SM3 of what was sent, to tell a repeat from a reuse of the id.
    sent_hash text not null,
    account text not null,
    -- Who, when and on which version, as JSON.
    stamp text not null,
    events text not null,
    primary key (tenant, request, seq)
);
create unique index review_entries_by_id on review_entries (tenant, request, operation);

-- 暂存意见: what a reviewer has not published yet, seen by its author alone.
create table review_pending (
    tenant text not null,
    request text not null,
    account text not null,
    id text not null,
    position bigint not null,
    act text not null,
    primary key (tenant, request, account, id)
);

-- 上次查看, per person.
create table review_looks (
    tenant text not null,
    request text not null,
    account text not null,
    version bigint not null,
    seq bigint not null,
    at text not null,
    primary key (tenant, request, account)
);
