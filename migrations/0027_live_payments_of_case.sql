-- A command restates whether a payment holds its term, by the payment.
create index live_payments_of_case on live_payments (tenant, case_id);
