//! 现场首页: the parts of a visit with what is done and what is wrong.

use super::frame::Frame;
use crate::site::judged::judged;
use crate::site::state::{Screen, Site, VisitPage};
use crate::site::typing::{rows, text};
use crate::site::visit::Visit;
use leptos::prelude::*;
use shared::cases::site_visit::form::{ASSETS, CHECKLIST, PHOTOS, SCORES};

/// Checked items and all.
pub fn checked(visit: Visit) -> (usize, usize) {
    let items = rows(visit, CHECKLIST);
    (items.iter().filter(|row| !text(row, "result").is_empty()).count(), items.len())
}

#[component]
pub fn HomeScreen(visit: Visit) -> impl IntoView {
    let site = expect_context::<Site>();
    let (unit, window) =
        visit.bundle(|bundle| (bundle.unit.clone(), format!("{} 至 {}", bundle.from, bundle.to)));
    let evaluators = visit.bundle(|bundle| bundle.evaluators.clone());
    let team = evaluators.iter().map(|of| of.name.as_str()).collect::<Vec<_>>().join("、");
    let errors = Memo::new(move |_| {
        let judged = judged(visit);
        (
            judged.errors_at(&[Some(CHECKLIST), Some(SCORES)]),
            judged.errors_at(&[Some(ASSETS)]),
            judged.errors_at(&[None]),
            judged.errors_at(&[Some(PHOTOS)]),
        )
    });
    let counted = move || {
        let assets = rows(visit, ASSETS);
        (assets.iter().filter(|row| !text(row, "found").is_empty()).count(), assets.len())
    };
    let conflicts = move || visit.read(|device| device.conflict_count());
    let go = move |page: VisitPage| move |_| site.screen.set(Screen::Visit(visit.id(), page));
    let of = |(done, all): (usize, usize)| format!("{done}/{all}");
    let wrong = |errors: usize| if errors == 0 { String::new() } else { format!("待补正 {errors}") };
    view! {
        <Frame title=unit visit=visit back=Screen::Tasks>
            <p class="quiet">{window}" · 同组："{team}</p>
            <Show when=move || visit.read(|device| device.is_read_only())>
                <p class="site-banner" role="status">"已定稿，内容不能再改。"</p>
            </Show>
            <div class="site-tiles">
                <button data-tile="checklist" on:click=go(VisitPage::Item(0))>
                    <b>"清单"</b><span>{move || of(checked(visit))}</span><em>{move || wrong(errors.get().0)}</em>
                </button>
                <button data-tile="assets" on:click=go(VisitPage::Assets)>
                    <b>"资产盘点"</b><span>{move || of(counted())}</span><em>{move || wrong(errors.get().1)}</em>
                </button>
                <button data-tile="photos" on:click=go(VisitPage::Photos)>
                    <b>"照片"</b><span>{move || rows(visit, PHOTOS).len().to_string()}</span><em>{move || wrong(errors.get().3)}</em>
                </button>
                <button data-tile="conclusion" on:click=go(VisitPage::Conclusion)>
                    <b>"结论"</b><span>""</span><em>{move || wrong(errors.get().2)}</em>
                </button>
                <button data-tile="sync" on:click=go(VisitPage::Sync)>
                    <b>"同步"</b><span>{move || visit.read(|device| device.storage_word()).text()}</span><em></em>
                </button>
                <Show when=move || { conflicts() > 0 }>
                    <button data-tile="conflicts" on:click=go(VisitPage::Conflicts)>
                        <b>"冲突"</b><span>{move || conflicts().to_string()}</span><em>"请选择"</em>
                    </button>
                </Show>
            </div>
        </Frame>
    }
}
