-- The few transfers that the money page folds by their code: a year is read without the rest of its log.
create index transfers_of_figures on transfers (tenant, debit_key, debit_code, code, amount)
where code in ('advance', 'reverse', 'supply', 'commit', 'supplement') and mode in ('posted', 'post');
