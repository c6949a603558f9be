-- 只能追加: nobody changes or deletes what was logged or frozen, not even past the server.
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% 只能追加，不能修改或删除', tg_table_name;
end $$;
create trigger append_only_update before update on audit_trail
for each row execute function refuse_change();
create trigger append_only_delete before delete on audit_trail
for each row execute function refuse_change();
create trigger append_only_truncate before truncate on audit_trail
for each statement execute function refuse_change();
create trigger append_only_update before update on operations
for each row execute function refuse_change();
create trigger append_only_delete before delete on operations
for each row execute function refuse_change();
create trigger append_only_truncate before truncate on operations
for each statement execute function refuse_change();
create trigger append_only_update before update on case_events
for each row when (old.link <> '') execute function refuse_change();
create trigger append_only_delete before delete on case_events
for each row execute function refuse_change();
create trigger append_only_truncate before truncate on case_events
for each statement execute function refuse_change();
create trigger append_only_update before update on review_entries
for each row when (old.link <> '') execute function refuse_change();
create trigger append_only_delete before delete on review_entries
for each row execute function refuse_change();
create trigger append_only_truncate before truncate on review_entries
for each statement execute function refuse_change();
create trigger append_only_update before update on definitions
for each row execute function refuse_change();
create trigger append_only_delete before delete on definitions
for each row execute function refuse_change();
create trigger append_only_truncate before truncate on definitions
for each statement execute function refuse_change();
create trigger append_only_update before update on late_windows
for each row execute function refuse_change();
create trigger append_only_delete before delete on late_windows
for each row execute function refuse_change();
create trigger append_only_truncate before truncate on late_windows
for each statement execute function refuse_change();
create trigger append_only_update before update on case_versions
for each row when (old.last_year is not null or (to_jsonb(old) - 'last_year') <> (to_jsonb(new) - 'last_year')) execute function refuse_change();
create trigger append_only_delete before delete on case_versions
for each row execute function refuse_change();
create trigger append_only_truncate before truncate on case_versions
for each statement execute function refuse_change();
