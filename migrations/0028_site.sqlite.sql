
-- The log of a visit and the alarms are only ever appended, whoever asks the database.
create trigger visit_entries_are_not_updated before update on visit_entries
begin
    select raise(abort, 'visit entries are append-only');
end;
create trigger visit_entries_are_not_deleted before delete on visit_entries
begin
    select raise(abort, 'visit entries are append-only');
end;
create trigger site_alarms_are_not_updated before update on site_alarms
begin
    select raise(abort, 'site alarms are append-only');
end;
create trigger site_alarms_are_not_deleted before delete on site_alarms
begin
    select raise(abort, 'site alarms are append-only');
end;
