//! The form that form engines are compared on, shown by the product's own grid, fields and figures.
//!
//! Apart from the product because nothing of it is shipped: `cargo xtask bench peers` builds it, and `contract.mjs`
//! is what the harness knows of it.

mod acts;
mod data;
mod form;
mod page;

use app::FormSheet;
use data::Amounts;
use leptos::prelude::*;
use shared::engine::parameters::Parameters;
use shared::engine::plan::Plan;
use shared::engine::session::Session;
use shared::kernel::calendar::FiscalYear;
use std::cell::Cell;
use std::sync::Arc;
use wasm_bindgen::prelude::*;

thread_local! {
    /// The sheet shown, for what the harness calls.
    static SHOWN: Cell<Option<FormSheet>> = const { Cell::new(None) };
}

/// Shows the form with `rows` lines of the default set, or of the ties.
#[wasm_bindgen]
pub fn show(rows: u32, ties: bool) -> Result<(), String> {
    let amounts = if ties { Amounts::Ties } else { Amounts::Any };
    let year = FiscalYear(data::YEAR);
    let plan = Plan::compile(form::declaration(), &Parameters::default(), year).map_err(|e| e.to_string())?;
    let session = Session::read(Arc::new(plan), |table, intake| data::each_row(table, rows, amounts, intake));
    mount_to_body(move || {
        // There is nobody to send to: a benchmark compares pages, not servers.
        let sheet = FormSheet::new(session, |_| {});
        sheet.editable.set(true);
        SHOWN.set(Some(sheet));
        page::page(sheet)
    });
    Ok(())
}

/// The sheet shown; every act is nothing before there is one.
fn shown() -> Option<FormSheet> {
    SHOWN.get()
}
