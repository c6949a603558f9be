//! 表格骨架: the elements of a grid that exist once. They are built without the framework, like the rows among them.

use shared::engine::definition::FieldKind;
use shared::engine::plan::TablePlan;
use std::cell::{Cell, RefCell};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, HtmlTextAreaElement};

pub struct GridDom {
    /// The scroll container.
    pub viewport: HtmlElement,
    /// As large as the whole table.
    pub canvas: HtmlElement,
    pub grid: HtmlElement,
    pub headings: RefCell<Vec<Heading>>,
    pub body: HtmlElement,
    /// The one real input: follows the cursor and holds the focus, so that an input method's first key lands in it.
    pub input: HtmlTextAreaElement,
    /// How many cells were typed into since the input was put into the page.
    pub typed_cells: Cell<u32>,
    /// Lists and the filter panel open here.
    pub popup: HtmlElement,
}

pub struct Heading {
    pub element: HtmlElement,
    pub filter: HtmlElement,
    label: HtmlElement,
}

pub fn make(tag: &str, class: &str) -> Result<HtmlElement, JsValue> {
    let element = leptos::prelude::document().create_element(tag)?.unchecked_into::<HtmlElement>();
    element.set_class_name(class);
    Ok(element)
}

/// Writes attributes one after another.
pub fn describe(element: &Element, attributes: &[(&str, &str)]) -> Result<(), JsValue> {
    attributes.iter().try_for_each(|(name, value)| element.set_attribute(name, value))
}

/// A CSS length in whole pixels.
pub fn px(pixels: f64) -> String {
    format!("{}px", pixels.round() as i64)
}

/// Sets a length through the style object: the security policy forbids style attributes in markup.
pub fn length(element: &HtmlElement, property: &str, pixels: f64) {
    // It fails only for a length the browser cannot read, and these are whole pixels.
    let _ = element.style().set_property(property, &px(pixels));
}

impl GridDom {
    pub fn build(plan: &TablePlan) -> Result<GridDom, JsValue> {
        let key = &plan.table.key;
        let grid_id = format!("grid-{key}");
        let viewport = make("div", "grid-viewport")?;
        describe(&viewport, &[("data-viewport", key)])?;
        let canvas = make("div", "grid-canvas")?;
        let input = make("textarea", "grid-input")?.unchecked_into::<HtmlTextAreaElement>();
        let label = format!("{}：当前单元格", plan.table.title);
        describe(
            &input,
            &[
                ("rows", "1"),
                ("autocomplete", "off"),
                ("spellcheck", "false"),
                ("aria-label", &label),
                ("aria-controls", &grid_id),
                ("data-grid-input", key),
            ],
        )?;
        let grid = make("div", "grid-table")?;
        let columns = (plan.width() + 1).to_string();
        describe(
            &grid,
            &[
                ("role", "grid"),
                ("id", &grid_id),
                ("aria-label", &plan.table.title),
                ("aria-colcount", &columns),
                ("aria-multiselectable", "true"),
            ],
        )?;
        let head = make("div", "grid-head")?;
        describe(&head, &[("role", "row"), ("aria-rowindex", "1")])?;
        let corner = make("div", "grid-th grid-number")?;
        describe(&corner, &[("role", "columnheader"), ("aria-colindex", "1")])?;
        corner.set_text_content(Some("序号"));
        head.append_child(&corner)?;
        let mut headings = Vec::with_capacity(plan.width());
        for (at, field) in plan.table.fields.iter().enumerate() {
            let heading = Heading::build(&field.label, &field.help, numeric(&field.kind))?;
            describe(&heading.element, &[("aria-colindex", &(at + 2).to_string())])?;
            if field.required {
                heading.element.class_list().add_1("required")?;
            }
            head.append_child(&heading.element)?;
            headings.push(heading);
        }
        let body = make("div", "grid-body")?;
        describe(&body, &[("role", "rowgroup")])?;
        let headgroup = make("div", "grid-headgroup")?;
        describe(&headgroup, &[("role", "rowgroup")])?;
        headgroup.append_child(&head)?;
        grid.append_child(&headgroup)?;
        grid.append_child(&body)?;
        canvas.append_child(&input)?;
        canvas.append_child(&grid)?;
        viewport.append_child(&canvas)?;
        let popup = make("div", "grid-popup")?;
        popup.set_hidden(true);
        Ok(GridDom {
            viewport,
            canvas,
            grid,
            headings: RefCell::new(headings),
            body,
            input,
            typed_cells: Cell::new(0),
            popup,
        })
    }
}

impl Heading {
    pub fn build(label: &str, help: &str, numeric: bool) -> Result<Heading, JsValue> {
        let element = make("div", "grid-th")?;
        describe(&element, &[("role", "columnheader"), ("title", help)])?;
        if numeric {
            element.class_list().add_1("numeric")?;
        }
        let name = make("span", "grid-th-label")?;
        let filter = make("button", "grid-filter")?;
        describe(&filter, &[("type", "button"), ("tabindex", "-1")])?;
        let handle = make("span", "grid-resize")?;
        describe(&handle, &[("aria-hidden", "true")])?;
        element.append_child(&name)?;
        element.append_child(&filter)?;
        element.append_child(&handle)?;
        let heading = Heading { element, filter, label: name };
        heading.name(label)?;
        Ok(heading)
    }

    /// Gives the column another name.
    pub fn name(&self, label: &str) -> Result<(), JsValue> {
        self.label.set_text_content(Some(label));
        // Without it every cell's header would read the button's name as well.
        describe(&self.element, &[("aria-label", label)])?;
        let name = format!("筛选“{label}”");
        describe(&self.filter, &[("aria-label", &name), ("title", &name)])
    }
}

/// Whether a column's texts are figures, aligned right.
pub fn numeric(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Number { .. })
}
