//! Cases: found, decided, stored, with what each kind reads of the database.

pub mod approvals;
pub mod attachments;
pub mod consolidations;
pub mod department_names;
pub mod editions;
pub mod event_log;
pub mod execute;
mod facts;
pub mod history;
pub mod lists;
pub mod money;
mod nudge_rows;
pub mod nudges;
pub mod open_cases;
pub mod opening;
pub mod operations;
pub mod pages;
pub mod plans;
pub mod request_store;
pub mod requests;
pub mod results;
pub mod review;
pub mod separates;
pub mod store;
mod stored_row;
pub mod trial;
pub mod versions;
