//! 清单项: one item a page, what was found and one's own score.

use super::entry::{Choice, Entry, EntryKind};
use super::frame::Frame;
use super::photos::{AddPhoto, photos_of};
use super::score::ScorePad;
use crate::site::judged::judged;
use crate::site::state::{Screen, Site, VisitPage};
use crate::site::typing::{VisitCell, row, rows, text};
use crate::site::visit::Visit;
use leptos::prelude::*;
use shared::cases::site_visit::form::{CHECKLIST, NOT_APPLICABLE, NOT_MET, PARTLY};
use shared::kernel::ids::RowId;

const RESULTS: &[&str] = &["符合", PARTLY, NOT_MET, NOT_APPLICABLE];

#[component]
pub fn ItemScreen(visit: Visit, at: usize) -> impl IntoView {
    let site = expect_context::<Site>();
    let items: Vec<RowId> = untrack(|| rows(visit, CHECKLIST)).into_iter().map(|row| row.id).collect();
    let count = items.len();
    let Some(id) = items.get(at).cloned() else {
        return view! {
            <Frame title="清单".to_string() visit=visit back=Screen::Visit(visit.id(), VisitPage::Home)>
                <p class="quiet">"本次评价没有清单。"</p>
            </Frame>
        }
        .into_any();
    };
    let item = untrack(|| row(visit, CHECKLIST, &id));
    let part = |field: &str| item.as_ref().map(|row| text(row, field).to_string()).unwrap_or_default();
    let (title, method) = (part("matter"), part("method"));
    let go = move |at: usize| site.screen.set(Screen::Visit(visit.id(), VisitPage::Item(at)));
    let photographed = StoredValue::new(id.clone());
    let of_item = id.clone();
    let cell = move |field: &'static str| VisitCell { table: CHECKLIST, row: of_item.clone(), field };
    view! {
        <Frame title=format!("清单 {} / {count}", at + 1) visit=visit back=Screen::Visit(visit.id(), VisitPage::Home)>
            <div class="site-item" data-item=id.to_string()>
                <section>
                    <h2>{format!("{}. {title}", at + 1)}</h2>
                    {(!method.is_empty()).then(|| view! { <p class="quiet">{format!("核查方式：{method}")}</p> })}
                    <Choice visit cell=cell("result") label="检查结果" words=RESULTS/>
                    <Entry visit cell=cell("facts") label="事实" kind=EntryKind::Lines/>
                    <p class="quiet" data-count="photos">{move || format!("照片 {} 张", photographed.with_value(|id| photos_of(visit, id)))}</p>
                    <AddPhoto visit item=id.clone()/>
                    <ItemFindings visit id=id.clone()/>
                </section>
                <ScorePad visit item=id.clone()/>
            </div>
            <nav class="site-turn" aria-label="翻页">
                <button data-act="previous" disabled={at == 0} on:click=move |_| go(at.saturating_sub(1))>"上一项"</button>
                <button data-act="next" class="primary" disabled={at + 1 >= count} on:click=move |_| go(at + 1)>"下一项"</button>
            </nav>
        </Frame>
    }
    .into_any()
}

/// What is wrong with this item.
#[component]
fn ItemFindings(visit: Visit, id: RowId) -> impl IntoView {
    let messages = Memo::new(move |_| {
        let found = judged(visit).findings();
        let here = found.into_iter().filter(|finding| finding.place.row.as_deref() == Some(id.as_str()));
        here.map(|finding| finding.message).collect::<Vec<String>>()
    });
    view! {
        <ul class="site-findings" aria-label="待补正">
            {move || messages.get().into_iter().map(|message| view! { <li>{message}</li> }).collect_view()}
        </ul>
    }
}
