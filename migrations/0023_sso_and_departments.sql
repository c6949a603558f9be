-- 单点登录: which account a subject of a service outside is bound to. One subject is one account's, and an account has one
-- subject at each service.
create table sso_subjects (
    tenant text not null,
    -- Address of the service.
    issuer text not null,
    subject text not null,
    account text not null,
    linked_at text not null,
    primary key (tenant, issuer, subject)
);
create unique index sso_subjects_by_account on sso_subjects (tenant, issuer, account);

-- Sign-ins under way at a service outside: what was sent there and must come back, and the account once it has answered.
create table sso_attempts (
    -- Hash of what the browser keeps.
    attempt_hash text not null primary key,
    tenant text not null,
    protocol text not null,
    state text not null,
    nonce text not null,
    verifier text not null,
    account text,
    -- Unix second.
    created bigint not null
);

-- The protocol a session began by; null for a password.
alter table sessions add column sso text;

-- 更名: the names of a department that has changed its name, each with the day it began and the document that ordered it.
-- The name it was registered under begins on the empty day.
create table department_names (
    tenant text not null,
    department text not null,
    from_day text not null,
    name text not null,
    document text not null,
    primary key (tenant, department, from_day)
);

-- 合并: the department that posts and cases of this one passed to, from which day and by which document; null for one that
-- goes on by itself.
alter table departments add column merged_into text;
alter table departments add column merged_on text;
alter table departments add column merged_by text;
