-- One table for cases of every kind: what a case is asked for without reading its body, and the body as JSON.
create table cases (
    tenant text not null,
    id text not null,
    kind text not null,
    fiscal_year bigint not null,
    -- Null for what belongs to no department.
    department text,
    stage text not null,
    revision bigint not null,
    opened text not null,
    -- When it came to this stage.
    since text not null,
    -- 文号, once it has one.
    number text,
    body text not null,
    primary key (tenant, id)
);
insert into cases (tenant, id, kind, fiscal_year, department, stage, revision, opened, since, number, body)
select tenant, id, 'request', fiscal_year, department, stage, revision, since, since, null, body from requests;
insert into cases (tenant, id, kind, fiscal_year, department, stage, revision, opened, since, number, body)
select tenant, id, kind, fiscal_year, department, stage, revision, opened, since, number, body from matters;
drop table requests;
drop table matters;
-- One live request per department and year.
create unique index cases_one_request on cases (tenant, department, fiscal_year)
where kind = 'request' and stage <> 'withdrawn';
create index cases_of_year on cases (tenant, kind, fiscal_year);
create unique index cases_by_number on cases (tenant, kind, number);

-- 办理记录 of every case, append-only.
create table case_events (
    tenant text not null,
    case_id text not null,
    revision bigint not null,
    operation text not null,
    -- SM3 of what was sent, to tell a repeat from a reuse of the id.
    sent_hash text not null,
    verb text not null,
    account text not null,
    name text not null,
    role text not null,
    at text not null,
    stage text not null,
    version bigint not null,
    events text not null,
    reply text not null,
    primary key (tenant, case_id, revision)
);
insert into case_events (tenant, case_id, revision, operation, sent_hash, verb, account, name, role, at, stage,
version, events, reply)
select tenant, request, revision, operation, sent_hash, verb, account, name, role, at, stage, version, events, reply
from transitions;
drop table transitions;
create unique index case_events_by_operation on case_events (tenant, operation);
