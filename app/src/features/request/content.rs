//! 正文: the part being worked on: a header form, a table of lines, the targets, or a part about the request.

use super::chunks;
use super::context::{HEADING, RequestContext};
use super::import::ImportButton;
use super::section::Section;
use super::targets::{Balance, Weights};
use crate::form_ui::grid::Grid;
use crate::form_ui::sheet::fields::HeaderForm;
use leptos::prelude::*;
use shared::engine::definition::TableKind;
use shared::engine::plan::TableIx;
use shared::forms::performance_targets;
use shared::kernel::citation::grounds;

#[component]
pub fn Centre(work: RequestContext) -> impl IntoView {
    view! {
        <main class="rq-centre">
            {move || {
                let section = work.section.get();
                match section {
                    Section::Table(table) => table_part(work, table),
                    Section::HandOver => view! { <Plain work section/>{chunks::hand_over(work)} }.into_any(),
                    Section::Attachments => view! { <Plain work section/>{chunks::attachments(work)} }.into_any(),
                    Section::Changes => view! { <Plain work section/>{chunks::changes(work)} }.into_any(),
                    Section::Record => view! { <Plain work section/>{chunks::record(work)} }.into_any(),
                }
            }}
        </main>
    }
}

#[component]
fn Plain(work: RequestContext, section: Section) -> impl IntoView {
    let title = work.sheet.read(|session| section.title(session.plan()));
    view! { <h2 id=HEADING tabindex="-1">{title}</h2> }
}

fn table_part(work: RequestContext, table: TableIx) -> AnyView {
    let (title, kind, article, key) = work.sheet.read(|session| {
        let table = &session.plan().tables[table].table;
        (table.title.clone(), table.kind, table.article, table.key.clone())
    });
    let heading = view! {
        <h2 id=HEADING tabindex="-1">
            {title}" "
            <span class="rq-quiet">{grounds(article)}</span>
        </h2>
    };
    match kind {
        TableKind::Header => view! {
            <div class="rq-part-head">{heading}</div>
            <div class="rq-scroll">
                {(key == performance_targets::FORM).then(|| view! { <Balance work/> })}
                <HeaderForm sheet=work.sheet table sums=key != performance_targets::FORM/>
            </div>
        }
        .into_any(),
        TableKind::Lines | TableKind::Justifications => view! {
            <div class="rq-part-head">
                {heading}
                <ImportButton work table/>
            </div>
            {(key == performance_targets::INDICATORS).then(|| view! { <Weights work/> })}
            <Grid sheet=work.sheet table side=work.reviewing.side/>
        }
        .into_any(),
    }
}
