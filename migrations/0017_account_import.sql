-- 统一社会信用代码 of a department; 邮箱 and 手机 of a person. Null where nobody has stated one.
alter table departments add column credit_code text;
alter table accounts add column mail text;
alter table accounts add column phone text;

-- 批量导入 as an 账号事项: the rows that were asked for, whether namesakes were confirmed, the accounts that were invited,
-- until which Unix second the sheets of links and codes are handed out, and when each was.
alter table account_orders add column content text;
alter table account_orders add column namesakes bigint not null default 0;
alter table account_orders add column invited text;
alter table account_orders add column sheets_until bigint;
alter table account_orders add column links_taken bigint;
alter table account_orders add column codes_taken bigint;
