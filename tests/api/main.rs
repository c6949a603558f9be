//! Stories on the real server over HTTP, on SQLite and, where `OMFUND_TEST_PG` is set, on PostgreSQL.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a story fails by panicking")]

mod account_book;
mod accounts;
mod assets;
mod attachments;
mod attachments_store;
mod attacks;
mod autosave;
mod autumn;
mod bad_input;
mod calendar;
mod case_list;
mod demonstration;
mod disclosure;
mod doors;
mod editions;
mod export;
mod first_run;
mod hostile;
mod import;
mod main_job;
mod money;
mod money_lists;
mod money_races;
mod notices;
mod own_account;
mod performance;
mod posts;
mod pressure;
mod recipients;
mod records;
mod review;
mod rooms;
mod samples;
mod second_factor;
mod separate;
mod storage;
mod stored;
mod sums;
mod tampering;
mod two_hands;
mod upgrade;
