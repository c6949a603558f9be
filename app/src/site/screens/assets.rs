//! 资产盘点: what the books say against what is there, row by row.

use super::entry::{Choice, Entry, EntryKind, is_closed};
use super::frame::Frame;
use crate::kernel::random_id::new_id;
use crate::site::judged::judged;
use crate::site::state::{Screen, VisitPage};
use crate::site::typing::{VisitCell, add_row, row, rows, text};
use crate::site::visit::{SaveTime, Visit};
use leptos::prelude::*;
use shared::cases::site_visit::form::{ASSETS, NOT_FOUND, UNBOOKED};
use shared::engine::document::Row;
use shared::kernel::ids::RowId;

const STATES: &[&str] = &["在用", "闲置", "待报废", NOT_FOUND, UNBOOKED];
/// Most rows shown at once; a search finds the others.
const MOST_SHOWN: usize = 50;

/// Which rows are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Filter {
    All,
    /// 未盘.
    Open,
    /// 有差异.
    Different,
}

const FILTERS: [(Filter, &str); 3] =
    [(Filter::All, "全部"), (Filter::Open, "未盘"), (Filter::Different, "有差异")];

fn count(row: &Row, field: &str) -> Option<i64> {
    text(row, field).trim().parse().ok()
}

/// 实物 − 账面, while both are there.
fn difference(row: &Row) -> Option<i64> {
    count(row, "found")?.checked_sub(count(row, "book")?)
}

fn is_shown(row: &Row, filter: Filter, sought: &str) -> bool {
    let fits = match filter {
        Filter::All => true,
        Filter::Open => text(row, "found").is_empty(),
        Filter::Different => difference(row).is_some_and(|difference| difference != 0),
    };
    let sought = sought.trim().to_ascii_lowercase();
    let is_there = |field: &str| text(row, field).to_ascii_lowercase().contains(&sought);
    fits && (sought.is_empty() || ["code", "name", "model", "location"].into_iter().any(is_there))
}

#[component]
pub fn AssetsScreen(visit: Visit) -> impl IntoView {
    let (sought, filter) = (RwSignal::new(String::new()), RwSignal::new(Filter::All));
    // Chosen anew with the filter and with a new row, not with every key: a row that is counted stays under the finger.
    let count = Memo::new(move |_| rows(visit, ASSETS).len());
    let found = Memo::new(move |_| {
        let (sought, filter) = (sought.get(), filter.get());
        count.track();
        let found = untrack(|| rows(visit, ASSETS)).into_iter().filter(|row| is_shown(row, filter, &sought));
        found.map(|row| row.id).collect::<Vec<RowId>>()
    });
    let add = move |_| {
        sought.set(String::new());
        filter.set(Filter::All);
        add_row(
            visit,
            ASSETS,
            RowId::new(new_id("a")),
            &[("book", "0"), ("found", "1"), ("state", UNBOOKED)],
        );
    };
    view! {
        <Frame title="资产盘点".to_string() visit=visit back=Screen::Visit(visit.id(), VisitPage::Home)>
            <div class="site-tools">
                <input type="search" data-act="search" aria-label="按编号、名称查找" placeholder="编号或名称" bind:value=sought/>
                {FILTERS.map(|(of, label)| view! {
                    <button type="button" aria-pressed=move || if filter.get() == of { "true" } else { "false" }
                        on:click=move |_| filter.set(of)>{label}</button>
                }).collect_view()}
                <button type="button" data-act="add-asset" disabled=move || is_closed(visit) on:click=add>"新增账外"</button>
            </div>
            <p role="status" data-count="assets">{move || shown_text(found.with(Vec::len))}</p>
            <div class="site-assets">
                {move || found.get().into_iter().take(MOST_SHOWN).map(|id| view! { <AssetCard visit id/> }).collect_view()}
            </div>
        </Frame>
    }
}

fn shown_text(count: usize) -> String {
    if count > MOST_SHOWN {
        format!("共 {count} 项，显示前 {MOST_SHOWN} 项，请查找")
    } else {
        format!("共 {count} 项")
    }
}

#[component]
fn AssetCard(visit: Visit, id: RowId) -> impl IntoView {
    let cell = |field: &'static str| VisitCell { table: ASSETS, row: id.clone(), field };
    let asset = StoredValue::new(id.clone());
    let present = Memo::new(move |_| asset.with_value(|id| row(visit, ASSETS, id)));
    let part = move |field: &'static str| {
        present.with(|row| row.as_ref().map(|row| text(row, field).to_string()).unwrap_or_default())
    };
    let apart = Memo::new(move |_| present.with(|row| row.as_ref().and_then(difference)));
    let messages = Memo::new(move |_| {
        let here = judged(visit).findings().into_iter();
        let here =
            here.filter(|finding| asset.with_value(|id| finding.place.row.as_deref() == Some(id.as_str())));
        here.map(|finding| finding.message).collect::<Vec<String>>()
    });
    let is_unbooked = untrack(|| part("book")) == "0";
    view! {
        <article class="site-asset" data-asset=id.to_string()>
            <h2>{move || format!("{} {}", part("code"), part("name"))}</h2>
            <p class="quiet">{move || format!("{} {}", part("model"), part("location"))}</p>
            {is_unbooked.then(|| view! {
                <Entry visit cell=cell("name") label="资产名称"/>
                <Entry visit cell=cell("code") label="资产编号"/>
                <Entry visit cell=cell("location") label="存放地点"/>
            })}
            <div class="site-counts">
                <Counter visit cell=cell("book") label="账面"/>
                <Counter visit cell=cell("found") label="实物"/>
                <p data-count="difference" class=move || match apart.get() {
                    None => "site-apart",
                    Some(0) => "site-apart good",
                    Some(_) => "site-apart bad",
                }>{move || difference_text(apart.get())}</p>
            </div>
            <Choice visit cell=cell("state") label="使用状况" words=STATES/>
            <Show when=move || apart.get().is_some_and(|apart| apart != 0)>
                <Entry visit cell=VisitCell { table: ASSETS, row: asset.get_value(), field: "reason" } label="差异原因" kind=EntryKind::Line/>
            </Show>
            <ul class="site-findings" aria-label="待补正">
                {move || messages.get().into_iter().map(|message| view! { <li>{message}</li> }).collect_view()}
            </ul>
        </article>
    }
}

/// The difference in words.
fn difference_text(difference: Option<i64>) -> String {
    match difference {
        None => "未盘".to_string(),
        Some(0) => "账实相符".to_string(),
        Some(more @ 1..) => format!("盘盈 {more}"),
        Some(fewer) => format!("盘亏 {}", fewer.unsigned_abs()),
    }
}

/// A whole number with − and +.
#[component]
fn Counter(visit: Visit, cell: VisitCell, label: &'static str) -> impl IntoView {
    let of = StoredValue::new(cell.clone());
    let step = move |by: i64| {
        of.with_value(|cell| {
            let now: i64 = untrack(|| cell.text(visit)).trim().parse().unwrap_or_default();
            cell.type_text(visit, &now.saturating_add(by).max(0).to_string(), SaveTime::AfterKey);
        });
    };
    let disabled = move || is_closed(visit);
    view! {
        <div class="site-counter">
            <button type="button" data-act="minus" aria-label=format!("{label}减一") disabled=disabled on:click=move |_| step(-1)>"−"</button>
            <Entry visit cell label kind=EntryKind::Count/>
            <button type="button" data-act="plus" aria-label=format!("{label}加一") disabled=disabled on:click=move |_| step(1)>"+"</button>
        </div>
    }
}
