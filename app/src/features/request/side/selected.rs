//! 所选单元格: its value, its findings and where its figure comes from; and the findings of its table as a whole.

use super::finding::FindingCard;
use super::trace::trace;
use crate::features::request::context::RequestContext;
use crate::features::request::review::open_state;
use crate::features::request::section::Section;
use crate::form_ui::sheet::follow::{finding_key, rests, shown};
use crate::form_ui::sheet::words;
use leptos::prelude::*;
use shared::engine::explain::Trace;
use shared::engine::session::{Cell, Session};
use shared::kernel::finding::Finding;

/// Delay after the last change before the panel follows, in milliseconds.
const BEHIND_MS: u32 = 120;

/// What the panel shows of a cell.
#[derive(Clone, Debug, PartialEq)]
struct About {
    place: String,
    value: String,
    help: String,
    findings: Vec<Finding>,
    /// The trace of the cell, or of its row's amount.
    trace: Option<Trace>,
}

fn about(session: &Session, cell: Cell) -> Option<About> {
    let plan = session.plan();
    let table = &plan.tables[cell.table];
    // The row may have been removed.
    session.rows(cell.table).contains(&cell.slot).then_some(())?;
    let field = table.field(cell.field);
    let explained = match field.formula {
        Some(_) => Some(cell),
        None => plan.field(cell.table, "amount").map(|field| Cell { field, ..cell }),
    };
    let mut findings = session.cell_findings(cell);
    findings.sort_by_key(|finding| finding.severity);
    Some(About {
        place: words::place(session, &session.cell_place(cell)),
        value: shown(session, cell),
        help: field.help.clone(),
        findings,
        trace: explained.map(|cell| session.explain(cell)),
    })
}

#[component]
pub fn Selected(work: RequestContext) -> impl IntoView {
    let sheet = work.sheet;
    let rested = rests(sheet, BEHIND_MS);
    let details = Memo::new(move |_| {
        rested.track();
        let cell = sheet.selected.get()?;
        sheet.read(|session| about(session, cell))
    });
    let whole = Memo::new(move |_| {
        rested.track();
        match work.section.get() {
            Section::Table(table) => sheet.read(|session| session.table_findings(table)),
            _ => Vec::new(),
        }
    });
    let findings =
        move || details.with(|details| details.as_ref().map(|t| t.findings.clone()).unwrap_or_default());
    let head = Memo::new(move |_| {
        details.with(|t| t.as_ref().map(|t| (t.place.clone(), t.value.clone(), t.help.clone())))
    });
    let opened = Memo::new(move |_| {
        let cell = sheet.selected.get()?;
        work.reviewing.preview.with(|preview| open_state(work, &preview.review, cell))
    });
    let way = Memo::new(move |_| details.with(|details| details.as_ref().and_then(|t| t.trace.clone())));
    view! {
        {move || match head.get() {
            None => view! {
                <p class="rq-quiet">{super::HINT}</p>
            }.into_any(),
            Some((place, value, help)) => view! {
                <h3 class="rq-subheading">{place}</h3>
                <p class="rq-chosen-value">{if value.is_empty() { "（空）".to_string() } else { value }}</p>
                {(!help.is_empty()).then(|| view! { <p class="rq-help">{help}</p> })}
            }.into_any(),
        }}
        {move || opened.get().map(|(open, words)| view! {
            <p class="rv-open" data-open=open.to_string()>{words}</p>
        }).into_any()}
        <Cards work findings=Signal::derive(findings) heading="校验说明"/>
        {move || way.get().map(|way| view! {
            <h3 class="rq-subheading">"计算过程"</h3>
            {trace(work, way, true)}
        })}
        <Cards work findings=whole heading="本表的问题"/>
    }
}

#[component]
fn Cards(
    work: RequestContext,
    #[prop(into)] findings: Signal<Vec<Finding>>,
    heading: &'static str,
) -> impl IntoView {
    view! {
        <Show when=move || !findings.with(Vec::is_empty)>
            <h3 class="rq-subheading">{heading}</h3>
        </Show>
        // A card is built anew only when its words change; else it keeps what is being written into it.
        <For each=move || findings.get() key=finding_key children=move |finding| view! { <FindingCard work finding/> }/>
    }
}
