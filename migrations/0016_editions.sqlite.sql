create trigger append_only_register_changes_update before update on register_changes
begin select raise(abort, 'register_changes 只能追加，不能修改或删除'); end;
create trigger append_only_register_changes_delete before delete on register_changes
begin select raise(abort, 'register_changes 只能追加，不能修改或删除'); end;
