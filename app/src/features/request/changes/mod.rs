//! 本次修改: two states of the request side by side, by default what was last handed over and what is shown now.

mod describe;

use super::context::RequestContext;
use crate::form_ui::sheet::follow::rests;
use crate::kernel::api;
use describe::TableChanges;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::requests::{ReadVersion, RequestView};
use shared::cases::kernel::Stage;
use shared::engine::diff::Difference;
use shared::engine::document::Document;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Delay after the last change before the comparison follows, in milliseconds.
const BEHIND_MS: u32 = 400;

/// From a version to another, or to what is shown.
pub type Compared = (u32, Option<u32>);

/// Versions read so far, or why one could not be.
type Read = BTreeMap<u32, Result<Arc<Document>, String>>;

/// What a reader asks first: what changed since it was last handed over.
fn at_first(view: &RequestView, frozen: Option<u32>) -> Compared {
    let being_edited = matches!(view.case.stage, Stage::Draft | Stage::Returned);
    let shown = frozen.or(view.showing_version).or((!being_edited).then_some(view.case.version));
    let last = view.versions.last().map_or(0, |line| line.version);
    match shown {
        Some(shown) => (shown.saturating_sub(1), None),
        None => (last, None),
    }
}

#[component]
pub fn Changes(work: RequestContext) -> impl IntoView {
    let view = work.view();
    if view.versions.is_empty() {
        return view! { <p class="rq-quiet">"还没有提交过版本，没有可比较的内容。"</p> }.into_any();
    }
    let compared = work.compared;
    if compared.with_untracked(Option::is_none) {
        compared.set(Some(at_first(&view, work.frozen)));
    }
    let side_by_side = RwSignal::new(false);
    let pair = move || compared.get().unwrap_or_default();
    let read = RwSignal::new(Read::new());
    Effect::new(move |_| {
        let (from, to) = pair();
        for version in [Some(from), to].into_iter().flatten().filter(|version| *version > 0) {
            if read.with_untracked(|read| !read.contains_key(&version)) {
                fetch(work, version, read);
            }
        }
    });
    let rested = rests(work.sheet, BEHIND_MS);
    let frozen = move |version: u32| read.with(|read| read.get(&version).cloned());
    let before = move || match pair().0 {
        0 => Some(Ok(Arc::new(Document::new(work.view().case.fiscal_year)))),
        version => frozen(version),
    };
    let after = move || match pair().1 {
        Some(version) => frozen(version),
        None => {
            rested.track();
            Some(Ok(Arc::new(work.sheet.read(|session| session.document()))))
        }
    };
    view! {
        <div class="rq-scroll" class:rq-beside=move || side_by_side.get()>
            <Chooser work/>
            <p class="rq-sides">
                <span></span>
                <span data-side="before">{move || side(work, Some(pair().0))}</span>
                <span data-side="after">{move || side(work, pair().1)}</span>
            </p>
            <p>
                <button type="button" class="rq-link" data-compare="beside" aria-pressed=move || side_by_side.get().to_string()
                    on:click=move |_| side_by_side.update(|on| *on = !*on)>
                    {move || if side_by_side.get() { "只看改动" } else { "前后并排" }}
                </button>
            </p>
            {move || match (before(), after()) {
                (Some(Ok(before)), Some(Ok(after))) => {
                    let to = pair().1;
                    difference(work, before, after, to.is_none() || to == shown(work))
                }
                (Some(Err(why)), _) | (_, Some(Err(why))) => {
                    view! { <p class="rq-banner rq-bad">{why}</p> }.into_any()
                }
                _ => view! { <p role="status">"正在读取版本…"</p> }.into_any(),
            }}
        </div>
    }
    .into_any()
}

/// The frozen version on the page, `None` for a content that is being edited.
fn shown(work: RequestContext) -> Option<u32> {
    work.frozen.or(work.view().showing_version)
}

/// One of the two compared: which, who handed it over and when.
fn side(work: RequestContext, version: Option<u32>) -> String {
    let view = work.view();
    let line = |version: u32| view.versions.iter().find(|line| line.version == version);
    match version.or(shown(work)) {
        Some(0) => "空表".to_string(),
        Some(version) => match line(version) {
            Some(line) => format!("第 {version} 版 · {} {} 提交", line.by, line.at),
            None => format!("第 {version} 版"),
        },
        None => "现在的内容，尚未提交".to_string(),
    }
}

fn fetch(work: RequestContext, version: u32, read: RwSignal<Read>) {
    spawn_local(async move {
        let request = work.view().case.id.clone();
        let outcome = api::call(ReadVersion { request, version }).await;
        let outcome = outcome.map(|frozen| Arc::new(frozen.document)).map_err(|problem| problem.detail);
        read.try_update(|read| read.insert(version, outcome));
    });
}

/// Which two are compared.
#[component]
fn Chooser(work: RequestContext) -> impl IntoView {
    let compared = work.compared;
    let pair = move || compared.get().unwrap_or_default();
    let numbers: Vec<u32> = work.view().versions.iter().map(|line| line.version).collect();
    let shown = match work.frozen {
        Some(version) => format!("正在查看的第 {version} 版"),
        None => "现在显示的内容".to_string(),
    };
    let option = |number: u32, chosen: Signal<bool>| {
        view! { <option value=number.to_string() selected=move || chosen.get()>{format!("第 {number} 版")}</option> }
    };
    let from = numbers.iter().map(|n| {
        let n = *n;
        option(n, Signal::derive(move || pair().0 == n))
    });
    let from = from.collect_view();
    let to = numbers.iter().map(|n| {
        let n = *n;
        option(n, Signal::derive(move || pair().1 == Some(n)))
    });
    let to = to.collect_view();
    view! {
        <div class="rq-compare">
            <label>"从 "
                <select on:change=move |event| {
                    let from = event_target_value(&event).parse().unwrap_or(0);
                    compared.set(Some((from, pair().1)));
                }>
                    <option value="0" selected=move || pair().0 == 0>"空表"</option>
                    {from}
                </select>
            </label>
            <label>" 到 "
                <select on:change=move |event| {
                    compared.set(Some((pair().0, event_target_value(&event).parse().ok())));
                }>
                    <option value="" selected=move || pair().1.is_none()>{shown}</option>
                    {to}
                </select>
            </label>
            {move || pair().1.map(|version| {
                let address = format!("/cases/{}/versions/{version}", work.view().case.id);
                view! { " "<a href=address data-act="replay">{format!("第 {version} 版当时的判定")}</a> }
            })}
        </div>
    }
}

fn difference(work: RequestContext, before: Arc<Document>, after: Arc<Document>, current: bool) -> AnyView {
    let difference = Difference::between(&before, &after);
    if difference.is_empty() {
        return view! { <p class="rq-quiet">"两者内容相同，没有修改。"</p> }.into_any();
    }
    let count = difference.count();
    let tables: Vec<usize> = work.sheet.read(|session| {
        let tables = session.plan().tables.iter().enumerate();
        tables.filter(|(_, t)| !difference.rows(&t.table.key).is_empty()).map(|(table, _)| table).collect()
    });
    let difference = Arc::new(difference);
    view! {
        <p role="status" data-count="changes">{format!("共 {count} 处修改。")}</p>
        {tables.into_iter().map(|table| {
            let (difference, before, after) = (difference.clone(), before.clone(), after.clone());
            view! { <TableChanges work table difference before after current/> }
        }).collect_view()}
    }
    .into_any()
}
