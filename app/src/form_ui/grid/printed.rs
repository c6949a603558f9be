//! 打印: the browser prints the whole table, not the window of it that the page holds.

use super::dom::{make, numeric};
use super::state::GridState;
use super::values::shown;
use shared::engine::session::Cell;
use std::borrow::Cow;
use wasm_bindgen::JsValue;
use web_sys::{Element, Node};

const CLASS: &str = "list grid-print";

impl GridState {
    /// Puts the whole table into the page, for paper only.
    pub fn lay_out_for_print(&self) -> Result<(), JsValue> {
        self.forget_print();
        let Some(host) = self.dom.viewport.parent_element() else { return Ok(()) };
        let table = make("table", CLASS)?;
        let (head, body) = (make("thead", "")?, make("tbody", "")?);
        let fields = &self.plan().table.fields;
        let labels = std::iter::once("序号").chain(fields.iter().map(|field| field.label.as_str()));
        head.append_child(&line("th", labels.map(|label| (label.into(), false)))?)?;
        self.sheet.read(|session| {
            for (at, slot) in session.rows(self.table).iter().enumerate() {
                let number = (Cow::Owned((at + 1).to_string()), false);
                let cells = fields.iter().enumerate().map(|(field, of)| {
                    let cell = Cell { table: self.table, slot: *slot, field };
                    (shown(session, cell), numeric(&of.kind))
                });
                body.append_child(&line("td", std::iter::once(number).chain(cells))?)?;
            }
            Ok::<(), JsValue>(())
        })?;
        table.append_child(&head)?;
        table.append_child(&body)?;
        host.append_child(&table)?;
        Ok(())
    }

    pub fn forget_print(&self) {
        let host = self.dom.viewport.parent_element();
        let printed = host.and_then(|host| host.query_selector(".grid-print").ok().flatten());
        printed.iter().for_each(Element::remove);
    }
}

/// A row of cells; figures stand at the right.
fn line<'a>(tag: &str, cells: impl Iterator<Item = (Cow<'a, str>, bool)>) -> Result<Node, JsValue> {
    let row = make("tr", "")?;
    for (text, is_figure) in cells {
        let cell = make(tag, if is_figure { "number" } else { "" })?;
        cell.set_text_content(Some(&text));
        row.append_child(&cell)?;
    }
    Ok(row.into())
}
