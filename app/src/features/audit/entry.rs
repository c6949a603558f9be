//! 一条记录: what it holds, the links of the chain around it, and what else happened in its session and to its subject.

use super::EntryTable;
use super::filter::{address_with, page_address};
use crate::cases::{CaseLoader, read_page};
use crate::ui::Notice;
use leptos::prelude::*;
use shared::api::audit::{AuditEntryView, ReadAuditEntry, ReadAuditTrail};

#[component]
pub fn OpenEntry(seq: u64, filter: Memo<ReadAuditTrail>) -> impl IntoView {
    let CaseLoader { view: read, problem, .. } = read_page(move || ReadAuditEntry { seq });
    view! {
        <section class="card" data-opened=seq.to_string() aria-label="记录详情">
            <div class="page-head">
                <h2>{format!("第 {seq} 条")}</h2>
                <a class="button" data-act="close-entry" href=move || filter.with(page_address)>"收起"</a>
            </div>
            <Notice problem/>
            {move || read.get().map(|view| details(view, filter))}
        </section>
    }
}

fn details(view: AuditEntryView, filter: Memo<ReadAuditTrail>) -> impl IntoView {
    let AuditEntryView { entry, body, previous, mac, next, session, subject, case } = view;
    let link = move |seq: u64, label: &'static str| {
        let address = move || filter.with(|filter| address_with(filter, "entry", seq));
        view! { <a class="button" href=address>{label}</a> }
    };
    let before = (entry.seq > 1).then(|| link(entry.seq - 1, "上一条"));
    let after = next.map(|seq| link(seq, "下一条"));
    let mac = if mac.is_empty() { "启用密钥之前的记录，没有校验码".to_string() } else { mac };
    let related = move |title: &'static str, entries: Vec<_>| {
        (!entries.is_empty()).then(|| view! { <h3>{title}</h3><EntryTable entries filter/> })
    };
    view! {
        <p>{entry.detail}</p>
        <dl class="facts">
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
