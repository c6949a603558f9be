-- 就绪检查: the row that a readiness check writes, so that a full or locked database is noticed before a person is.
create table health_probe (
    id bigint not null primary key,
    at text not null
);
