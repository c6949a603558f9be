-- 只能追加: nobody changes or deletes what was logged or frozen, not even past the server.
create trigger append_only_audit_trail_update before update on audit_trail
begin select raise(abort, 'audit_trail 只能追加，不能修改或删除'); end;
create trigger append_only_audit_trail_delete before delete on audit_trail
begin select raise(abort, 'audit_trail 只能追加，不能修改或删除'); end;
create trigger append_only_operations_update before update on operations
begin select raise(abort, 'operations 只能追加，不能修改或删除'); end;
create trigger append_only_operations_delete before delete on operations
begin select raise(abort, 'operations 只能追加，不能修改或删除'); end;
create trigger append_only_case_events_update before update on case_events when old.link <> ''
begin select raise(abort, 'case_events 只能追加，不能修改或删除'); end;
create trigger append_only_case_events_delete before delete on case_events
begin select raise(abort, 'case_events 只能追加，不能修改或删除'); end;
create trigger append_only_review_entries_update before update on review_entries when old.link <> ''
begin select raise(abort, 'review_entries 只能追加，不能修改或删除'); end;
create trigger append_only_review_entries_delete before delete on review_entries
begin select raise(abort, 'review_entries 只能追加，不能修改或删除'); end;
create trigger append_only_definitions_update before update on definitions
begin select raise(abort, 'definitions 只能追加，不能修改或删除'); end;
create trigger append_only_definitions_delete before delete on definitions
begin select raise(abort, 'definitions 只能追加，不能修改或删除'); end;
create trigger append_only_late_windows_update before update on late_windows
begin select raise(abort, 'late_windows 只能追加，不能修改或删除'); end;
create trigger append_only_late_windows_delete before delete on late_windows
begin select raise(abort, 'late_windows 只能追加，不能修改或删除'); end;
create trigger append_only_case_versions_update before update on case_versions when old.last_year is not null or old.hash <> new.hash or old.snapshot <> new.snapshot or old.by_account <> new.by_account
or old.by_name <> new.by_name or old.at <> new.at or old.case_id <> new.case_id or old.version <> new.version
or old.tenant <> new.tenant or old.total is not new.total or old.definition is not new.definition
or old.edition is not new.edition
begin select raise(abort, 'case_versions 只能追加，不能修改或删除'); end;
create trigger append_only_case_versions_delete before delete on case_versions
begin select raise(abort, 'case_versions 只能追加，不能修改或删除'); end;
