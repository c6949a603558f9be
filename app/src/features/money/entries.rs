//! 录入区: the form of a command on the screen: its fields, its tables, boxes for what is chosen from a list, and where what
//! was typed has got to.

use super::typed::TypedForm;
use crate::form_ui::grid::Grid;
use crate::form_ui::sheet::explained::Explained;
use crate::form_ui::sheet::fields::HeaderForm;
use crate::form_ui::sheet::follow::figure;
use crate::form_ui::sheet::store::FormSheet;
use leptos::prelude::*;
use shared::engine::definition::TableKind;
use shared::engine::plan::TableIx;
use shared::engine::session::Cell;

#[component]
pub fn Entries(typed: TypedForm) -> impl IntoView {
    let sheet = typed.sheet;
    // Table by table: of which form it is, its key, its title, its kind and how many fields it has.
    let tables = sheet.read(|session| {
        let tables = session.plan().tables.iter().enumerate();
        let of = |(ix, plan): (TableIx, &shared::engine::plan::TablePlan)| {
            (ix, plan.form, plan.table.key.clone(), plan.table.title.clone(), plan.table.kind, plan.width())
        };
        tables.map(of).collect::<Vec<_>>()
    });
    let parts = tables.into_iter().map(|(table, form, key, title, kind, width)| match kind {
        TableKind::Header if width == 0 => ().into_any(),
        TableKind::Header if form == 0 => view! { <HeaderForm sheet table sums=false/> }.into_any(),
        TableKind::Header => view! { <Boxes sheet table key title/> }.into_any(),
        TableKind::Lines => view! {
            <section data-table-part=key>
                <h3 class="rq-subheading">{title}</h3>
                <Grid sheet table/>
            </section>
        }
        .into_any(),
        TableKind::Justifications => ().into_any(),
    });
    let overtyped = typed.overtyped.get_value();
    let overtyped = (!overtyped.is_empty()).then(|| {
        let lines = overtyped.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
        view! {
            <div class="notice" data-overtyped="true">
                <p>"以下各处在您填写期间已被他人改动，现显示您填写的内容，请核对："</p>
                <ul>{lines}</ul>
            </div>
        }
    });
    view! {
        {overtyped}
        {parts.collect_view()}
        <Explained sheet/>
    }
}

/// Boxes for several of a list.
#[component]
fn Boxes(sheet: FormSheet, table: TableIx, key: String, title: String) -> impl IntoView {
    let boxes = sheet.read(|session| {
        let plan = &session.plan().tables[table];
        let slot = session.rows(table).first().copied().unwrap_or(0);
        let of = |(field, of): (usize, &shared::engine::definition::Field)| {
            (Cell { table, slot, field }, of.key.clone(), of.label.clone())
        };
        plan.table.fields.iter().enumerate().map(of).collect::<Vec<_>>()
    });
    let (table_key, id) = (key.clone(), format!("boxes-{key}"));
    let one = move |(cell, word, label): (Cell, String, String)| {
        let now = figure(sheet, cell);
        let tick = move |event| {
            sheet.type_text(cell, if event_target_checked(&event) { "true" } else { "" });
        };
        view! {
            <label class="money-box">
                <input type="checkbox" data-table=table_key.clone() data-field=word
                    prop:checked=move || now.with(|text| text == "是") on:change=tick/>
                {label}
            </label>
        }
    };
    view! {
        <fieldset class="field" data-boxes=key aria-labelledby=id.clone()>
            <legend id=id.clone()>{title}</legend>
            {boxes.into_iter().map(one).collect_view()}
        </fieldset>
    }
}

/// Where what was typed has got to.
#[component]
pub fn Whereabouts(typed: TypedForm) -> impl IntoView {
    let word = Memo::new(move |_| match (typed.is_unsent.get(), typed.is_stored.get()) {
        (false, _) => "delivered",
        (true, true) => "on_device",
        (true, false) => "failed",
    });
    view! {
        <span class="rq-saved" role="status" data-saved=move || word.get()>
            {move || match word.get() {
                "delivered" => "已保存",
                "on_device" => "已暂存本机，尚未保存",
                _ => "本机不能暂存，请尽快保存",
            }}
        </span>
    }
}
