//! 审计日志: the trail by period, person, act, subject, outcome and network. The filter stands in the address, so that a link
//! is a finding.

mod days;
mod entry;
mod filter;

use crate::cases::{CaseLoader, read_page};
use crate::kernel::router::Route;
use crate::ui::Notice;
use days::Days;
use entry::OpenEntry;
use filter::{FilterForm, address_with, export_address, filter_of_address};
use leptos::prelude::*;
use shared::api::audit::{ActGroup, AuditEntry, AuditFormat, AuditTrail, MOST_COUNTED, ReadAuditTrail};
use shared::kernel::people::Role;

/// 审计日志 `/audit?from=&until=&person=&group=&subject=&outcome=&network=&text=&before=&entry=`.
pub fn audit_page() -> AnyView {
    let route = expect_context::<Route>();
    let filter = filter_of_address(route);
    let opened = route.number::<u64>("entry");
    let CaseLoader { view: read, problem, .. } = read_page(move || filter.get());
    view! {
        <main class="page">
            <div class="page-head">
                <h1>"审计日志"</h1>
                <div class="of-head-right">{exports(filter)}</div>
            </div>
            <Notice problem/>
            <section class="card" aria-label="筛选">
                {move || view! { <FilterForm filter=filter.get()/> }}
                <p class="quiet" role="status" data-count="entries">{move || read.with(|read| read.as_ref().map(count))}</p>
                <p class="quiet" data-retention="true">{move || read.with(|read| read.as_ref().map(retention))}</p>
            </section>
            {move || opened.get().map(|seq| view! { <OpenEntry seq filter/> })}
            <section class="card" aria-label="记录">
                {move || read.get().map(|trail| view! { <Entries trail filter/> })}
            </section>
            <section class="card" aria-label="按日统计">
                <h2>"按日统计"</h2>
                {move || read.get().map(|trail| view! { <Days days=trail.days/> })}
            </section>
        </main>
    }
    .into_any()
}

fn exports(filter: Memo<ReadAuditTrail>) -> impl IntoView {
    let link = move |format: AuditFormat| {
        let address = move || filter.with(|filter| export_address(filter, format));
        view! { <a class="button" data-file=format.word() href=address download="">{format!("导出{}", format.label())}</a> }
    };
    AuditFormat::ALL.into_iter().map(link).collect_view()
}

fn count(trail: &AuditTrail) -> String {
    match trail.count {
        0 => "没有符合条件的记录。".to_string(),
        count if count > MOST_COUNTED => format!("超过 {MOST_COUNTED} 条"),
        count => format!("共 {count} 条"),
    }
}

fn retention(trail: &AuditTrail) -> String {
    let retention = &trail.retention;
    format!("自 {} 起留存，已满 {} 个月；{}", retention.first, retention.months, retention.text())
}

#[component]
fn Entries(trail: AuditTrail, filter: Memo<ReadAuditTrail>) -> impl IntoView {
    let AuditTrail { entries, more, .. } = trail;
    let oldest = entries.last().map(|entry| entry.seq).filter(|_| more);
    let older = move || oldest.map(|seq| filter.with(|filter| address_with(filter, "before", seq)));
    let newest = move || {
        let first = filter.with(|filter| ReadAuditTrail { before: None, ..filter.clone() });
        filter.with(|filter| filter.before.is_some()).then(|| filter::page_address(&first))
    };
    view! {
        <EntryTable entries filter/>
        <p class="row-buttons">
            {move || newest().map(|address| view! { <a class="button" data-act="newest" href=address>"最新"</a> })}
            {move || older().map(|address| view! { <a class="button" data-act="older" href=address>"更早"</a> })}
        </p>
    }
}

/// Entries as a table; the number of each opens it.
#[component]
fn EntryTable(entries: Vec<AuditEntry>, filter: Memo<ReadAuditTrail>) -> impl IntoView {
    view! {
        <div class="table-scroll"><table class="list of-table">
            <thead><tr>
                <th scope="col">"时间"</th>
                <th scope="col">"人员"</th>
                <th scope="col">"岗位"</th>
                <th scope="col">"行为"</th>
                <th scope="col">"对象"</th>
                <th scope="col">"结果"</th>
                <th scope="col">"网络"</th>
                <th scope="col" class="number">"序号"</th>
            </tr></thead>
            <tbody>{entries.into_iter().map(|entry| row(entry, filter)).collect_view()}</tbody>
        </table></div>
    }
}

fn row(entry: AuditEntry, filter: Memo<ReadAuditTrail>) -> impl IntoView {
    let AuditEntry { seq, at, account, name, role, act, subject, outcome, network, .. } = entry;
    let post = Role::from_word(&role).map_or(role, |role| role.label().to_string());
    let who = if name.is_empty() { account } else { format!("{name}（{account}）") };
    let address = move || filter.with(|filter| address_with(filter, "entry", seq));
    view! {
        <tr data-entry=seq.to_string()>
            <td>{at}</td>
            <td>{who}</td>
            <td>{post}</td>
            <td>{format!("{} · {act}", ActGroup::of(&act).label())}</td>
            <td>{subject}</td>
            <td>{outcome_label(&outcome)}</td>
            <td>{network}</td>
            <td class="number"><a href=address>{seq}</a></td>
        </tr>
    }
}

/// 成功, or why it was not done.
fn outcome_label(outcome: &str) -> String {
    match outcome.split_once(' ') {
        Some((_, code)) => format!("未办成（{code}）"),
        None if outcome == "done" => "成功".to_string(),
        None => String::new(),
    }
}
