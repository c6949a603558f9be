//! 政策版本 `/editions` (Art. 18): the register with its forces and calendars, what two editions differ in, their files,
//! and the beginning of a change.

mod begin;
mod compare;

use crate::cases::{CaseLoader, read_page};
use begin::Begin;
use compare::Compare;
use leptos::prelude::*;
use shared::api::editions::{EditionLine, KnownCalendar, ReadRegister, RegisterView};
use shared::policy::editions::force::ForceInterval;

pub fn editions_page() -> AnyView {
    let loader: CaseLoader<RegisterView> = read_page(ReadRegister::default);
    loader.page(move |view| view! { <Register view/> }.into_any())
}

#[component]
fn Register(view: RegisterView) -> impl IntoView {
    let RegisterView { editions, calendars, year, serving, refusal, may_open } = view;
    let judged = match (&serving, refusal) {
        (Some(code), _) => format!("{} 年度按 {code} 办理。", year.0),
        (None, Some(refusal)) => refusal.message,
        (None, None) => String::new(),
    };
    let newest = editions.clone();
    view! {
        <div class="page-head">
            <h1>"政策版本"</h1>
            <div class="of-head-right"><a class="button" href="/cases?kind=edition">"历次变更"</a></div>
        </div>
        <p class=if serving.is_some() { "of-sealed of-first" } else { "notice" } role="status"
            data-serving=serving.unwrap_or_default()>{judged}</p>
        {may_open.then(|| view! { <Begin editions=newest/> })}
        <section class="card" aria-labelledby="register-title">
            <h2 id="register-title">"政策版本库"</h2>
            <div class="table-scroll"><table class="list of-table">
                <thead><tr>
                    <th scope="col">"版本"</th><th scope="col">"名称"</th><th scope="col">"效力"</th>
                    <th scope="col">"执行年度"</th><th scope="col">"内容摘要（SM3）"</th><th scope="col">"文件"</th>
                </tr></thead>
                <tbody>{editions.iter().map(line).collect_view()}</tbody>
            </table></div>
        </section>
        <Compare editions/>
        <Calendars calendars/>
    }
}

fn line(edition: &EditionLine) -> impl IntoView + use<> {
    let EditionLine { code, id, revision, title, from_year, force, hash, .. } = edition.clone();
    let file = format!("/api/editions/{id}/{revision}/file");
    let interval = |ForceInterval { document, from, to, .. }: ForceInterval| {
        view! { <span>{format!("{document}：{from} 至 {to}")}</span> }
    };
    view! {
        <tr data-edition=code.clone()>
            <th scope="row" class="ed-short">{code.clone()}</th>
            <td>{title}</td>
            <td class="ed-force">{force.into_iter().map(interval).collect_view()}</td>
            <td class="ed-short">{format!("{from_year} 年度起")}</td>
            <td class="quiet">{format!("{}…", hash.get(..12).unwrap_or(&hash))}</td>
            <td class="ed-short"><a href=file data-file="edition" download="">"导出"</a></td>
        </tr>
    }
}

#[component]
fn Calendars(calendars: Vec<KnownCalendar>) -> impl IntoView {
    let line = |KnownCalendar { year, document }: KnownCalendar| {
        view! { <tr data-calendar=year.to_string()><th scope="row">{format!("{year} 年")}</th><td>{document}</td></tr> }
    };
    view! {
        <section class="card" aria-labelledby="calendars-title">
            <h2 id="calendars-title">"工作日历"</h2>
            <p class="quiet">"未列的年份只按周末推算，所得日期为暂定。"</p>
            <div class="table-scroll"><table class="list of-table">
                <thead><tr><th scope="col">"年份"</th><th scope="col">"放假安排文件"</th></tr></thead>
                <tbody>{calendars.into_iter().map(line).collect_view()}</tbody>
            </table></div>
        </section>
    }
}
