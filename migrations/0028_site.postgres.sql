
-- The log of a visit and the alarms are only ever appended, whoever asks the database.
create trigger visit_entries_are_not_changed before update or delete or truncate on visit_entries
for each statement execute function refuse_change_of_log();
create trigger site_alarms_are_not_changed before update or delete or truncate on site_alarms
for each statement execute function refuse_change_of_log();
