//! 工具栏: buttons for the table's acts, its counts of rows and errors, and what its view hides.

use super::Handle;
use super::state::GridState;
use super::view_spec::{Direction, FILLED, SpecChange, ViewSpec};
use leptos::prelude::*;
use shared::engine::op::Change;
use shared::kernel::ids::RowId;
use shared::kernel::money::grouped;
use std::collections::BTreeMap;
use web_sys::MouseEvent;

/// Keeps the focus in the grid when a button is pressed with a pointer.
fn keep_focus(event: MouseEvent) {
    event.prevent_default();
}

#[component]
fn Tool(
    label: &'static str,
    /// The key that does the same.
    key: &'static str,
    #[prop(into)] disabled: Signal<bool>,
    grid: Handle,
    press: fn(&GridState),
) -> AnyView {
    let title = if key.is_empty() { label.to_string() } else { format!("{label}（{key}）") };
    view! {
        <button
            type="button"
            title=title
            disabled=disabled
            on:mousedown=keep_focus
            on:click=move |_| grid.with_value(|grid| press(grid))
        >
            {label}
        </button>
    }
    .into_any()
}

/// The buttons above a grid.
#[component]
pub fn Toolbar(grid: Handle, card: RwSignal<bool>) -> AnyView {
    let sheet = grid.with_value(|grid| grid.sheet);
    let locked = Signal::derive(move || !sheet.editable.get());
    let no_undo = Memo::new(move |_| locked.get() || !sheet.follow(|session| session.can_undo()));
    let no_redo = Memo::new(move |_| locked.get() || !sheet.follow(|session| session.can_redo()));
    let table = grid.with_value(|grid| grid.table);
    let key = sheet.read(|session| session.plan().tables[table].table.key.clone());
    let fixed = Signal::derive(move || {
        let row = RowId::new("");
        let coming = Change::InsertRow { table: key.clone(), row, rank: 0, cells: BTreeMap::new() };
        locked.get() || sheet.overlay.with(|_| !sheet.may(&[coming]))
    });
    let errors = error_count(grid);
    let faultless = Memo::new(move |_| errors.get() == 0);
    let only_errors =
        Memo::new(move |_| grid.with_value(|grid| grid.rows.spec.with(|spec| spec.only_errors)));
    view! {
        <div class="grid-tools" role="toolbar" aria-label="表格工具">
            <Tool label="新增行" key="末行按 Enter" disabled=fixed grid=grid press=GridState::add_row/>
            <Tool label="插入行" key="Ctrl+Shift+=" disabled=fixed grid=grid press=GridState::insert_rows/>
            <Tool label="复制行" key="Ctrl+Shift+D" disabled=fixed grid=grid press=GridState::duplicate_rows/>
            <Tool label="删除行" key="Ctrl+-" disabled=locked grid=grid press=GridState::remove_rows/>
            <Tool label="撤销" key="Ctrl+Z" disabled=no_undo grid=grid press=|grid| grid.step_back(false)/>
            <Tool label="重做" key="Ctrl+Y" disabled=no_redo grid=grid press=|grid| grid.step_back(true)/>
            <Tool label="向下填充" key="Ctrl+D" disabled=locked grid=grid press=GridState::fill_down/>
            <Tool label="下一处错误" key="F8" disabled=faultless grid=grid press=|grid| {
                grid.next_error(false, true);
            }/>
            <button
                type="button"
                aria-pressed=move || only_errors.get().to_string()
                on:mousedown=keep_focus
                on:click=move |_| grid.with_value(|grid| {
                    grid.arrange(SpecChange::ToggleOnlyErrors);
                    grid.focus();
                })
            >
                "仅看有错"
            </button>
            <button
                type="button"
                class="grid-card-toggle"
                aria-pressed=move || card.get().to_string()
                on:click=move |_| {
                    card.update(|card| *card = !*card);
                    // After the rows are shown again, the card's row is scrolled into view.
                    request_animation_frame(move || {
                        grid.try_with_value(|grid| grid.select(grid.selection()));
                    });
                }
            >
                "卡片"
            </button>
            <ViewState grid=grid/>
            <Counts grid=grid/>
        </div>
    }
    .into_any()
}

/// How the view differs from the document, with a button back.
#[component]
fn ViewState(grid: Handle) -> AnyView {
    let words = move || grid.with_value(|grid| grid.rows.spec.with(|spec| in_words(grid, spec)));
    let plain = Memo::new(move |_| grid.with_value(|grid| grid.rows.spec.with(ViewSpec::is_plain)));
    view! {
        <Show when=move || !plain.get()>
            <span class="grid-view-state">
                {words}
                <button
                    type="button"
                    on:mousedown=keep_focus
                    on:click=move |_| grid.with_value(|grid| {
                        grid.arrange(SpecChange::Reset);
                        grid.focus();
                    })
                >
                    "清除筛选排序"
                </button>
            </span>
        </Show>
    }
    .into_any()
}

fn in_words(grid: &GridState, spec: &ViewSpec) -> String {
    let columns = grid.layout.columns.borrow();
    let label = |column: usize| columns.label(grid.plan(), column);
    let mut words = Vec::new();
    if let Some((column, direction)) = spec.sort {
        let direction = if direction == Direction::Rising { "升序" } else { "降序" };
        words.push(format!("按“{}”{direction}", label(column)));
    }
    for (column, text) in &spec.filters {
        words.push(match text.as_str() {
            FILLED => format!("“{}”非空", label(*column)),
            text => format!("“{}”含“{text}”", label(*column)),
        });
    }
    if spec.only_errors {
        words.push("仅有错的行".to_string());
    }
    words.join("，")
}

#[component]
fn Counts(grid: Handle) -> AnyView {
    let (sheet, table, shown) = grid.with_value(|grid| (grid.sheet, grid.table, grid.rows.shown));
    let rows = Memo::new(move |_| sheet.follow(|session| session.rows(table).len()));
    let errors = error_count(grid);
    let count = |number: usize| grouped(&number.to_string());
    let rows = move || match (shown.get(), rows.get()) {
        (shown, rows) if shown == rows => format!("{} 行", count(rows)),
        (shown, rows) => format!("显示 {} / {} 行", count(shown), count(rows)),
    };
    view! {
        <span class="grid-counts" role="status">
            <span data-grid-count="rows">{rows}</span>
            <span class:grid-count-error=move || errors.get() != 0 data-grid-count="error">
                {move || format!("{} 处错误", errors.get())}
            </span>
        </span>
    }
    .into_any()
}

/// Errors of the table, of the engine's rules and of a judgement.
fn error_count(grid: Handle) -> Memo<usize> {
    let (sheet, table) = grid.with_value(|grid| (grid.sheet, grid.table));
    Memo::new(move |_| {
        let own = sheet.follow(|session| session.tally(table).errors);
        usize::try_from(own).unwrap_or_default() + sheet.overlay.with(|overlay| overlay.errors(table))
    })
}

/// One quiet line where there is nothing to show.
#[component]
pub fn Notice(grid: Handle) -> AnyView {
    let (sheet, table, shown) = grid.with_value(|grid| (grid.sheet, grid.table, grid.rows.shown));
    let empty = Memo::new(move |_| sheet.follow(|session| session.rows(table).is_empty()));
    let text = move || match (empty.get(), sheet.editable.get()) {
        (true, true) => "还没有明细。直接输入即新增第一行，也可从表格软件复制后在此粘贴。",
        (true, false) => "没有明细。",
        (false, _) => "没有符合筛选条件的行；点“清除筛选排序”显示全部。",
    };
    view! {
        <Show when=move || shown.get() == 0><p class="grid-notice">{text}</p></Show>
    }
    .into_any()
}
