//! 表单: the form of a case, filled in where the person may edit and read as text everywhere else.

use super::values::Values;
use crate::form_ui::grid::Grid;
use crate::form_ui::sheet::explained::Explained;
use crate::form_ui::sheet::fields::HeaderForm;
use crate::form_ui::sheet::follow::total_tally;
use crate::form_ui::sheet::store::FormSheet;
use crate::form_ui::sheet::undo;
use leptos::prelude::*;
use shared::engine::definition::TableKind;
use shared::engine::plan::TableIx;
use shared::kernel::citation::grounds;

/// One card per table; `locked` says why nothing can be typed, `back` leads from a frozen version to the live content.
#[component]
pub fn FormPart<V: IntoView + 'static>(
    sheet: FormSheet,
    /// The tables that concern this case, by key; `None` for all.
    shown: Option<Vec<String>>,
    locked: Option<String>,
    back: Option<V>,
) -> impl IntoView {
    let editable = sheet.editable.get_untracked();
    if editable {
        undo::listen(sheet);
    }
    let tables: Vec<TableIx> = sheet.read(|session| {
        let tables = session.plan().tables.iter().enumerate();
        let concerns = |key: &String| shown.as_ref().is_none_or(|shown| shown.contains(key));
        let shown = tables.filter(|(_, table)| table.table.kind != TableKind::Justifications);
        shown.filter(|(_, table)| concerns(&table.table.key)).map(|(table, _)| table).collect()
    });
    let locked = locked.filter(|_| !editable);
    view! {
        {locked.map(|text| view! { <p class="of-sealed" data-locked="true"><b>"只读："</b>{text}" "{back}</p> })}
        {tables.into_iter().map(|table| view! { <TablePart sheet table editable/> }).collect_view()}
        {editable.then(|| view! { <Completeness sheet/><Explained sheet/> })}
    }
}

#[component]
fn TablePart(sheet: FormSheet, table: TableIx, editable: bool) -> impl IntoView {
    let (key, title, kind, article) = sheet.read(|session| {
        let table = &session.plan().tables[table].table;
        (table.key.clone(), table.title.clone(), table.kind, table.article)
    });
    let heading = format!("table-{key}");
    let content = match kind {
        TableKind::Header if editable => view! { <HeaderForm sheet table sums=true/> }.into_any(),
        TableKind::Lines if editable => view! { <Grid sheet table/> }.into_any(),
        TableKind::Header | TableKind::Lines | TableKind::Justifications => {
            view! { <Values sheet table/> }.into_any()
        }
    };
    view! {
        <section class="card" aria-labelledby=heading.clone() data-table-part=key>
            <h2 id=heading.clone()>{title}" "<span class="quiet">{grounds(article)}</span></h2>
            {content}
        </section>
    }
}

/// Whether the form is complete; what is wrong stands at each field.
#[component]
fn Completeness(sheet: FormSheet) -> impl IntoView {
    let tally = total_tally(sheet);
    view! {
        <p class="of-sealed" role="status" data-count="error">
            {move || match tally.get().errors {
                0 => "已填写完整，可以提交。".to_string(),
                errors => format!("还有 {errors} 处未填写或不合要求，见各栏下的说明。"),
            }}
        </p>
    }
}
