//! 资金与绩效页: `/money/:year` the money of a year line by line, `/performance/:year` its performance, `/statements` the
//! statements of the bank and the treasury, `/money-cases/:id` a case of an execution kind. One page and one dialog serve all
//! of them: the server says what a command carries. `/user-evaluations/:id` fills in the same command item by item.

mod case;
mod content;
mod dialog;
mod entries;
mod evaluation_file;
mod filling;
mod flows;
mod new_case;
mod performance;
mod performance_charts;
mod provider;
mod statement_file;
mod statement_match;
mod statements;
mod survey;
mod survey_contracts;
mod survey_form;
mod survey_steps;
mod survey_summary;
mod typed;
mod year;

pub use case::money_case_page;
pub use dialog::{MoneyDialog, Target};
pub use new_case::NewCase;
pub use performance::performance_page;
pub use statements::statements_page;
pub use survey::{survey_address, survey_page};
pub use year::money_year_page;
