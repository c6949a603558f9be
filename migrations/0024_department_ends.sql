-- 撤销: a department that ended without a successor, from which day and by which document.
alter table departments add column closed_on text;
alter table departments add column closed_by text;

-- 拆分: the departments that came out of one that was split. All of them read what it left; `merged_into` of the one that was
-- split names the one that carries it on. A row without a document was handed on: the department had passed to the one that
-- was split, or was read by it, before.
create table department_parts (
    tenant text not null,
    department text not null,
    part text not null,
    from_day text not null,
    document text not null,
    primary key (tenant, department, part)
);

-- Sanctions against a department are found by it from now on.
update cases set keyed = 0 where kind = 'money.sanction';
