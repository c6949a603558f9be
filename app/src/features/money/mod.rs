//! 资金页: `/money/:year` the money of a year line by line, `/money-cases/:id` a case of an execution kind. One
//! page and one dialog serve all of them: the server says what a command carries.

mod case;
mod dialog;
mod inputs;
mod typed;
mod year;

pub use case::money_case_page;
pub use dialog::{MoneyDialog, Target};
pub use year::money_year_page;
