//! The page: header fields, lines, subtotals, total, errors, and what is wrong with the cell of the cursor.

use crate::acts::add_row;
use crate::form::{CATEGORIES, FORM, ITEMS, subtotal};
use app::Computed;
use app::FormSheet;
use app::Grid;
use app::HeaderForm;
use app::cell_findings;
use app::total_tally;
use leptos::prelude::*;
use shared::kernel::citation::article;

pub fn page(sheet: FormSheet) -> AnyView {
    let table = |key: &str| sheet.read(|session| session.plan().table(key)).unwrap_or_default();
    let tally = total_tally(sheet);
    view! {
        <div class="bench-page">
            <HeaderForm sheet table=table(FORM) sums=false/>
            <p class="bench-bar">
                <button type="button" id="bench-add" on:mousedown=|event| event.prevent_default() on:click=move |_| add_row(sheet)>"新增一行（带初值）"</button>
                <span>"错误 "<b data-count="error">{move || tally.get().errors.to_string()}</b></span>
                <Wrong sheet/>
            </p>
            <Grid sheet table=table(ITEMS)/>
            <section class="rq-totals" aria-label="合计">
                {CATEGORIES.map(|category| sum(sheet, category, &subtotal(category), format!("category:{category}"))).collect_view()}
                {sum(sheet, "合计", "total", "total".to_string())}
            </section>
        </div>
    }
    .into_any()
}

fn sum(sheet: FormSheet, title: &'static str, field: &str, total: String) -> Option<AnyView> {
    let cell = sheet.read(|session| session.header(FORM, field))?;
    let figure = view! {
        <div class="rq-sum">
            <span class="rq-sum-title">{title}</span>
            <span class="rq-sum-value"><Computed sheet cell id=format!("sum-{total}") total=Some(total)/></span>
        </div>
    };
    Some(figure.into_any())
}

/// What is wrong with the cell of the cursor, with its article.
#[component]
fn Wrong(sheet: FormSheet) -> AnyView {
    let words = move || {
        sheet.selected.get().map(|cell| {
            let findings = cell_findings(sheet, cell);
            let told = move || {
                findings.get().into_iter().map(|f| format!("{}（{}）", f.message, article(f.article)))
            };
            view! { <span>{move || told().collect::<Vec<_>>().join("；")}</span> }
        })
    };
    view! { <span class="bench-wrong" role="status">{words}</span> }.into_any()
}
