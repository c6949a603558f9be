//! 审计日志: the trail by period, person, post, act, subject, outcome and network. The filter stands in the address, so
//! that a link is a finding.

mod alerts;
mod days;
mod entry;
mod filter;
mod table;

use crate::cases::{CaseLoader, read_page};
use crate::kernel::router::Route;
use crate::ui::Notice;
use alerts::Alerts;
use days::Days;
use entry::OpenEntry;
use filter::{FilterForm, address_with, export_address, filter_of_address, page_address};
use leptos::prelude::*;
use shared::api::audit::{AuditFormat, AuditTrail, MOST_COUNTED, ReadAuditTrail};
use shared::kernel::money::grouped;
use table::EntryTable;

/// 审计日志 `/audit?from=&until=&person=&post=&group=&subject=&outcome=&network=&text=&before=&entry=`.
pub fn audit_page() -> AnyView {
    let route = expect_context::<Route>();
    let filter = filter_of_address(route);
    let opened = route.number::<u64>("entry");
    let CaseLoader { view: read, problem, .. } = read_page(move || filter.get());
    view! {
        <main class="page au-page">
            <div class="page-head">
                <h1>"审计日志"</h1>
                <div class="of-head-right">{exports(filter)}</div>
            </div>
            <Notice problem/>
            <section class="card au-filter" aria-label="筛选">
                <FilterForm filter/>
                <p class="au-count">
                    <span role="status" data-count="entries">{move || read.with(|read| read.as_ref().map(count))}</span>
                    <span class="quiet" data-retention="true">{move || read.with(|read| read.as_ref().map(retention))}</span>
                </p>
                {move || read.get().filter(|trail| !trail.days.is_empty()).map(|trail| view! { <Days days=trail.days/> })}
                {move || read.get().filter(|trail| !trail.alerts.is_empty()).map(|trail| view! { <Alerts alerts=trail.alerts/> })}
            </section>
            {move || opened.get().map(|seq| view! { <OpenEntry seq filter/> })}
            // The card comes with its entries: what is read also makes the one above it higher.
            {move || match read.get() {
                Some(trail) => view! { <section class="card" aria-label="记录"><Entries trail filter/></section> }.into_any(),
                None if problem.with(Option::is_some) => ().into_any(),
                None => view! { <p class="quiet" role="status">"正在读取…"</p> }.into_any(),
            }}
        </main>
    }
    .into_any()
}

fn exports(filter: Memo<ReadAuditTrail>) -> impl IntoView {
    let link = move |format: AuditFormat| {
        let address = move || filter.with(|filter| export_address(filter, format));
        let about = match format {
            AuditFormat::Evidence => "筛选出的记录原文，连同校验结果与核对方法，可离开本系统核对",
            AuditFormat::Xlsx | AuditFormat::Csv | AuditFormat::Jsonl => "导出筛选出的全部记录",
        };
        let label = format.label();
        let space = if label.starts_with(|c: char| c.is_ascii()) { " " } else { "" };
        view! {
            <a class="button" data-file=format.word() href=address download="" title=about>{format!("导出{space}{label}")}</a>
        }
    };
    AuditFormat::ALL.into_iter().map(link).collect_view()
}

fn count(trail: &AuditTrail) -> String {
    match trail.count {
        0 => "没有符合条件的记录。".to_string(),
        count if count > MOST_COUNTED => format!("超过 {} 条", grouped(&MOST_COUNTED.to_string())),
        count => format!("共 {} 条", grouped(&count.to_string())),
    }
}

fn retention(trail: &AuditTrail) -> String {
    let retention = &trail.retention;
    format!("自 {} 起留存，已满 {} 个月；{}", retention.first, retention.months, retention.text())
}

/// A page of entries and the ways to the others.
#[component]
fn Entries(trail: AuditTrail, filter: Memo<ReadAuditTrail>) -> impl IntoView {
    let AuditTrail { entries, more, .. } = trail;
    let oldest = entries.last().map(|entry| entry.seq).filter(|_| more);
    // The answer belongs to the filter it was read with; the links follow the one in the address.
    let older = move || oldest.map(|seq| filter.with(|filter| address_with(filter, "before", seq)));
    let newest = move || {
        let first = filter.with(|filter| ReadAuditTrail { before: None, ..filter.clone() });
        filter.with(|filter| filter.before.is_some()).then(|| page_address(&first))
    };
    view! {
        <EntryTable entries filter/>
        <p class="row-buttons au-pages">
            {move || newest().map(|address| view! { <a class="button" data-act="newest" href=address>"最新"</a> })}
            {move || older().map(|address| view! { <a class="button" data-act="older" href=address>"更早"</a> })}
        </p>
    }
}
