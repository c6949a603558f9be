create trigger append_only_update before update on register_changes
for each row execute function refuse_change();
create trigger append_only_delete before delete on register_changes
for each row execute function refuse_change();
create trigger append_only_truncate before truncate on register_changes
for each statement execute function refuse_change();
