-- The log of transfers is only ever appended, whoever asks the database.
create function refuse_change_of_log() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name;
end;
$$;
create trigger transfers_are_not_changed before update or delete or truncate on transfers
for each statement execute function refuse_change_of_log();
create trigger cash_movements_are_not_changed before update or delete or truncate on cash_movements
for each statement execute function refuse_change_of_log();
