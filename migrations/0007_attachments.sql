-- 附件: files attached to cases. The content stands in the object store under its SM3; here stands what it belongs to.
create table attachments (
    tenant text not null,
    id text not null,
    case_id text not null,
    -- Where in the case, as JSON.
    place text not null,
    name text not null,
    size bigint not null,
    -- SM3 of the content.
    hash text not null,
    -- What the content was found to be.
    kind text not null,
    -- held, clear or infected.
    state text not null,
    -- What the scanner found.
    threat text,
    -- Null while no scanner has looked at it.
    scanned_at text,
    by_account text not null,
    by_name text not null,
    by_role text not null,
    at text not null,
    -- The first version that froze it: its content is never deleted.
    frozen_version bigint,
    removed_at text,
    removed_by text,
    primary key (tenant, id)
);
create index attachments_by_case on attachments (tenant, case_id);
create index attachments_by_hash on attachments (tenant, hash);
create index attachments_by_state on attachments (tenant, state);

-- 续传: uploads under way; a row ends when its attachment is stored, when it is thrown away or after a day of silence.
create table uploads (
    tenant text not null,
    id text not null,
    case_id text not null,
    place text not null,
    name text not null,
    size bigint not null,
    -- SM3 of the whole, as announced.
    hash text not null,
    -- Bytes of every part but the last.
    part bigint not null,
    -- Everything before this offset is stored.
    received bigint not null,
    by_account text not null,
    -- Unix seconds of the last part.
    touched bigint not null,
    primary key (tenant, id)
);
create index uploads_by_case on uploads (tenant, case_id);

create table upload_parts (
    tenant text not null,
    upload text not null,
    start bigint not null,
    -- SM3 of the part.
    hash text not null,
    primary key (tenant, upload, start)
);
