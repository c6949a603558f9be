//! Stories on the real server over HTTP, on SQLite and, where `OMFUND_TEST_PG` is set, on PostgreSQL.

mod accounts;
mod autosave;
mod bad_input;
mod calendar;
mod doors;
mod import;
mod main_job;
