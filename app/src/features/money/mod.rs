//! 资金页: `/money/:year` the money of a year line by line, `/money-cases` the cases of a kind, `/money-cases/:id` one of
//! them. One page and one dialog serve all money kinds: the server says what a command carries.

mod case;
mod dialog;
mod inputs;
mod list;
mod typed;
mod year;

pub use case::money_case_page;
pub use list::money_cases_page;
pub use year::money_year_page;
