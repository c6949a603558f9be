-- 岗位 besides the one of the account itself: further posts of a person, and posts they hold as a deputy.
create table posts (
    tenant text not null,
    id text not null,
    account text not null,
    role text not null,
    department text,
    from_day text not null,
    -- Last day; null for a post without an end.
    until_day text,
    -- 代理: whose post it is, by account, 人员编号 and 姓名; null for a post of one's own.
    deputy_of text,
    deputy_person text,
    deputy_name text,
    granted_by text not null,
    granted_at text not null,
    ended_by text,
    ended_at text,
    primary key (tenant, id)
);
create index posts_by_account on posts (tenant, account);
create index posts_by_principal on posts (tenant, deputy_of);

-- The post a session acts in; null for that of the account itself.
alter table sessions add column post text;
