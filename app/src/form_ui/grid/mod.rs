//! 表格: one table of a form as a spreadsheet. Virtual in rows and columns, written straight into the page.
//!
//! Written without the framework because here speed decides: a key costs the cells that changed and nothing else. Key,
//! pointer and clipboard handlers turn what a person does into events of the grid's state (`interaction`, `state`) or
//! into acts of the sheet; the sheet's answer is painted cell by cell (`follow`, `paint`).

mod acts;
mod card;
mod choices;
mod clipboard;
mod columns;
mod cursor;
mod dom;
mod editor;
mod filter;
mod follow;
mod geometry;
mod interaction;
mod keys;
mod lazy_card;
mod list;
mod paint;
mod pointer;
mod pool;
mod printed;
mod selected_sum;
mod show;
mod side_columns;
mod state;
mod toolbar;
mod values;
mod view;
mod view_spec;
mod wiring;

pub use side_columns::{SideColumn, SideColumns, SideValue};

use crate::form_ui::sheet::store::FormSheet;
use leptos::html;
use leptos::prelude::*;
use selected_sum::SelectedSum;
use shared::engine::plan::TableIx;
use state::GridState;
use std::rc::Rc;
use toolbar::{Notice, Toolbar};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    ClipboardEvent, CompositionEvent, Element, Event, FocusEvent, HtmlElement, HtmlInputElement, InputEvent,
    KeyboardEvent, MouseEvent, PointerEvent, ResizeObserver,
};
use wiring::Wiring;

/// A handle to the grid for the parts of the interface around the rows.
pub type Handle = StoredValue<Rc<GridState>, LocalStorage>;

/// The table at `table` of the sheet, to be read and filled in.
#[component]
pub fn Grid(
    sheet: FormSheet,
    table: TableIx,
    /// Columns the page lays beside a field, once they are known.
    #[prop(optional)]
    side: RwSignal<Option<SideColumns>>,
) -> AnyView {
    match GridState::new(sheet, table, side, coarse_pointer()) {
        Ok(grid) => mounted(Rc::new(grid)).into_any(),
        Err(error) => {
            leptos::logging::error!("{error:?}");
            view! { <p role="alert">"表格无法显示，请刷新页面；已填内容都还在。"</p> }.into_any()
        }
    }
}

/// Whether fingers are the main way of pointing.
fn coarse_pointer() -> bool {
    window().match_media("(pointer: coarse)").ok().flatten().is_some_and(|query| query.matches())
}

fn mounted(grid: Rc<GridState>) -> impl IntoView {
    let sheet = grid.sheet;
    let key = grid.plan().table.key.clone();
    let host = NodeRef::<html::Div>::new();
    let wires = StoredValue::new_local(None::<Wires>);
    let card = RwSignal::new(false);

    let painter = grid.clone();
    sheet.listen(move |session, changed| painter.follow(session, changed));
    follow_signals(&grid);
    let owner = grid.clone();
    host.on_load(move |host| match Wires::attach(&owner, &host) {
        Ok(attached) => {
            wires.set_value(Some(attached));
            // The canvas gets its size first, so that the scroll bars are there when the viewport is measured.
            owner.size_canvas();
            owner.resized();
        }
        Err(error) => leptos::logging::error!("{error:?}"),
    });
    let handle: Handle = StoredValue::new_local(grid);
    on_cleanup(move || {
        // Stores what is being typed; the handlers are removed before the elements.
        handle.try_with_value(|grid| grid.commit());
        wires.try_set_value(None);
    });
    view! {
        <div class="grid" class:as-card=move || card.get() data-grid=key>
            <Toolbar grid=handle card=card/>
            <div class="grid-host" node_ref=host><Notice grid=handle/><SelectedSum grid=handle/></div>
            <Show when=move || card.get()>{lazy_card::card(handle)}</Show>
        </div>
    }
}

/// Follows the signals of the rest of the page.
fn follow_signals(grid: &Rc<GridState>) {
    let sheet = grid.sheet;
    let jumper = grid.clone();
    Effect::new(move |_| {
        if let Some(cell) = sheet.jump.get().filter(|cell| cell.table == jumper.table) {
            sheet.jump.set(None);
            if jumper.laid_out() {
                return untrack(|| jumper.jump(cell));
            }
            // The grid has been mounted for this jump.
            let jumper = jumper.clone();
            request_animation_frame(move || jumper.jump(cell));
        }
    });
    let marker = grid.clone();
    Effect::new(move |_| sheet.conflicts.with(|conflicts| marker.mark_conflicts(conflicts)));
    let covered = grid.clone();
    Effect::new(move |_| covered.lay_over(sheet.overlay.get()));
    let layer = grid.clone();
    Effect::new(move |_| {
        if let Some(side) =
            layer.side_columns.get().filter(|side| layer.plan().by_key.contains_key(side.after))
        {
            (side.lay)(&layer, side);
        }
    });
    let placer = grid.clone();
    Effect::new(move |_| {
        // A locked grid shows no fill handle.
        let locked = !sheet.editable.get();
        let _ = placer.dom.viewport.class_list().toggle_with_force("locked", locked);
        placer.place_input();
    });
}

/// Everything that is released with the grid.
struct Wires {
    _handlers: Wiring,
    /// Elements put into the page by hand: the framework may reuse the element around them for another table.
    placed: [HtmlElement; 2],
    observer: ResizeObserver,
    _resized: Closure<dyn FnMut(JsValue)>,
}

impl Wires {
    /// Puts the grid's elements into the page and listens to them.
    fn attach(grid: &Rc<GridState>, host: &Element) -> Result<Wires, JsValue> {
        let dom = &grid.dom;
        host.append_child(&dom.viewport)?;
        host.append_child(&dom.popup)?;
        let mut handlers = Wiring::default();
        wire_input(grid, &mut handlers);
        wire_pointer(grid, &mut handlers);
        wire_popup(grid, &mut handlers);
        wire_print(grid, &mut handlers);
        let resizing = grid.clone();
        let resized = Closure::<dyn FnMut(JsValue)>::new(move |_| resizing.resized());
        let observer = ResizeObserver::new(resized.as_ref().unchecked_ref())?;
        observer.observe(&dom.viewport);
        let placed = [dom.viewport.clone(), dom.popup.clone()];
        Ok(Wires { _handlers: handlers, placed, observer, _resized: resized })
    }
}

impl Drop for Wires {
    fn drop(&mut self) {
        self.observer.disconnect();
        self.placed.iter().for_each(|element| element.remove());
    }
}

fn wire_input(grid: &Rc<GridState>, handlers: &mut Wiring) {
    let input = grid.dom.input.clone();
    let b = grid.clone();
    handlers.on(&input, "keydown", move |event: KeyboardEvent| b.key_down(&event));
    let b = grid.clone();
    handlers.on(&input, "input", move |event: InputEvent| b.typed(event.is_composing()));
    let b = grid.clone();
    handlers.on(&input, "compositionstart", move |_: CompositionEvent| b.composing());
    let b = grid.clone();
    handlers.on(&input, "compositionend", move |_: CompositionEvent| b.typed(false));
    let b = grid.clone();
    handlers.on(&input, "copy", move |event: ClipboardEvent| b.copy(&event));
    let b = grid.clone();
    handlers.on(&input, "cut", move |event: ClipboardEvent| b.cut(&event));
    let b = grid.clone();
    handlers.on(&input, "paste", move |event: ClipboardEvent| b.paste(&event));
    let b = grid.clone();
    handlers.on(&input, "focus", move |_: FocusEvent| b.focused());
    let b = grid.clone();
    handlers.on(&input, "blur", move |event: FocusEvent| b.blurred(&event));
    let b = grid.clone();
    // Leaving the page keeps what is being typed.
    handlers.on(&window(), "pagehide", move |_: Event| b.commit());
}

fn wire_print(grid: &Rc<GridState>, handlers: &mut Wiring) {
    let b = grid.clone();
    handlers.on(&window(), "beforeprint", move |_: Event| {
        // Without it the visible rows are printed, as before.
        let _ = b.lay_out_for_print();
    });
    let b = grid.clone();
    handlers.on(&window(), "afterprint", move |_: Event| b.forget_print());
}

fn wire_pointer(grid: &Rc<GridState>, handlers: &mut Wiring) {
    let viewport = grid.dom.viewport.clone();
    let b = grid.clone();
    handlers.on(&viewport, "scroll", move |_: Event| b.scrolled());
    let b = grid.clone();
    handlers.on(&viewport, "scrollend", move |_: Event| b.layout.pool.borrow().put_in_order());
    let b = grid.clone();
    handlers.on(&viewport, "pointerdown", move |event: PointerEvent| b.pointer_down(&event));
    let b = grid.clone();
    handlers.on(&viewport, "pointermove", move |event: PointerEvent| b.pointer_move(&event));
    let b = grid.clone();
    handlers.on(&viewport, "pointerup", move |_: PointerEvent| b.pointer_up());
    let b = grid.clone();
    handlers.on(&viewport, "click", move |event: MouseEvent| b.click(&event));
    let b = grid.clone();
    handlers.on(&viewport, "dblclick", move |event: MouseEvent| b.double_click(&event));
}

fn wire_popup(grid: &Rc<GridState>, handlers: &mut Wiring) {
    let popup = grid.dom.popup.clone();
    let list = grid.clone();
    handlers.on(&popup, "mousedown", move |event: MouseEvent| {
        // A press on a list entry leaves the focus in the input.
        if list.is_editing() {
            event.prevent_default();
        }
    });
    let b = grid.clone();
    handlers.on(&popup, "click", move |event: MouseEvent| {
        if let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) {
            b.popup_pressed(&target);
        }
    });
    let b = grid.clone();
    handlers.on(&popup, "input", move |event: Event| {
        if let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) {
            b.filter_typed(&input);
        }
    });
    let b = grid.clone();
    handlers.on(&popup, "keydown", move |event: KeyboardEvent| {
        let typing = event.target().is_some_and(|target| target.has_type::<HtmlInputElement>());
        if event.key() == "Escape" || (event.key() == "Enter" && typing && !event.is_composing()) {
            event.prevent_default();
            b.close_popup();
            b.focus();
        }
    });
    let b = grid.clone();
    handlers.on(&popup, "focusout", move |event: FocusEvent| b.popup_left(&event));
}
