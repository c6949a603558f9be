-- 审计留痕: every log is chained, and every entry carries a code that only the holder of the key can make. Entries from
-- before have an empty `mac`.
alter table audit_trail add column outcome text not null default '';
-- Network of whoever acted.
alter table audit_trail add column address text not null default '';
-- Which session, by a part of its hash.
alter table audit_trail add column session text not null default '';
-- Entries of other logs written in the same transaction, as JSON.
alter table audit_trail add column entry text not null default '';
-- SM3 of the rows written in the same transaction, as JSON.
alter table audit_trail add column rows text not null default '';
alter table audit_trail add column mac text not null default '';
alter table audit_trail add column key_id text not null default '';

alter table operations add column mac text not null default '';
alter table operations add column key_id text not null default '';

alter table case_events add column link text not null default '';
alter table case_events add column mac text not null default '';
alter table case_events add column key_id text not null default '';

alter table review_entries add column link text not null default '';
alter table review_entries add column mac text not null default '';
alter table review_entries add column key_id text not null default '';

create index audit_trail_by_at on audit_trail (tenant, at);
create index audit_trail_by_account on audit_trail (tenant, account, seq);
create index audit_trail_by_subject on audit_trail (tenant, subject, seq);
