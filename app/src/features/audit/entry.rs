//! 一条记录: what it holds, the links of the chain around it, and what else happened in its session and to its subject.

use super::filter::{address_with, page_address};
use super::table::EntryTable;
use crate::cases::{CaseLoader, read_page};
use crate::kernel::router::Route;
use crate::ui::{Notice, focus_soon};
use leptos::ev::KeyboardEvent;
use leptos::html::H2;
use leptos::prelude::*;
use shared::api::audit::{AuditEntryView, ReadAuditEntry, ReadAuditTrail};

/// The opened entry takes the focus; Escape closes it and gives the focus back to its number in the table.
#[component]
pub fn OpenEntry(seq: u64, filter: Memo<ReadAuditTrail>) -> impl IntoView {
    let CaseLoader { view: read, problem, .. } = read_page(move || ReadAuditEntry { seq });
    let route = expect_context::<Route>();
    let heading = NodeRef::<H2>::new();
    heading.on_load(|heading| drop(heading.focus()));
    let close = move || {
        route.go(&filter.with_untracked(page_address));
        focus_soon(&format!("[data-opens='{seq}']"));
    };
    let keys = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            close();
        }
    };
    view! {
        <section class="card au-entry" data-opened=seq.to_string() aria-label="记录详情" on:keydown=keys>
            <div class="page-head">
                <h2 tabindex="-1" node_ref=heading>{format!("第 {seq} 条")}</h2>
                <button type="button" data-act="close-entry" on:click=move |_| close()>"收起"</button>
            </div>
            <Notice problem/>
            {move || read.get().map(|view| details(view, filter))}
        </section>
    }
}

fn details(view: AuditEntryView, filter: Memo<ReadAuditTrail>) -> impl IntoView {
    let AuditEntryView { entry, body, previous, mac, next, session, subject, case } = view;
    let link = move |seq: u64, act: &'static str, label: &'static str| {
        let address = move || filter.with(|filter| address_with(filter, "entry", seq));
        view! { <a class="button" data-act=act href=address>{label}</a> }
    };
    let before = (entry.seq > 1).then(|| link(entry.seq - 1, "previous-entry", "上一条"));
    let after = next.map(|seq| link(seq, "next-entry", "下一条"));
    let mac = if mac.is_empty() { "启用密钥之前的记录，没有校验码".to_string() } else { mac };
    let related = move |title: &'static str, entries: Vec<_>| {
        let heading = format!("{title}（{} 条）", entries.len());
        (!entries.is_empty()).then(|| {
            view! { <details class="au-related"><summary>{heading}</summary><EntryTable entries filter/></details> }
        })
    };
    let detail = (!entry.detail.is_empty()).then(|| view! { <dt>"说明"</dt><dd>{entry.detail}</dd> });
    let act = format!("{}（{}）", entry.label, entry.act);
    let what = [act, entry.at, entry.name].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
    view! {
        <dl class="of-claim au-facts">
            <dt>"行为"</dt><dd>{what.join(" · ")}</dd>
            {detail}
            <dt>"正文"</dt><dd><code>{body}</code></dd>
            <dt>"上一条链接"</dt><dd><code>{previous}</code></dd>
            <dt>"本条链接"</dt><dd><code>{entry.hash}</code></dd>
            <dt>"校验码"</dt><dd><code>{mac}</code></dd>
        </dl>
        <p class="row-buttons">
            {before}{after}
            {case.map(|case| view! { <a class="button" data-act="open-case" href=format!("/cases/{case}")>"打开案卷"</a> })}
        </p>
        {related("同一会话", session)}
        {related("同一对象", subject)}
    }
}
