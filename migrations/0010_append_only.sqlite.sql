-- The log of transfers is only ever appended, whoever asks the database.
create trigger transfers_are_not_updated before update on transfers
begin
    select raise(abort, 'transfers are append-only');
end;
create trigger transfers_are_not_deleted before delete on transfers
begin
    select raise(abort, 'transfers are append-only');
end;
create trigger cash_movements_are_not_updated before update on cash_movements
begin
    select raise(abort, 'cash movements are append-only');
end;
create trigger cash_movements_are_not_deleted before delete on cash_movements
begin
    select raise(abort, 'cash movements are append-only');
end;
