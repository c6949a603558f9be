//! 中期财政规划 `/plan/:year` (Art. 3): the first year stands as the annual requests, the later two are written beside it.

use super::planning::Planning;
use crate::cases::{
    CaseCommands, CommandBar, History, Unit, UnitSwitch, current_year, hash_note, read_page, shown, unit,
};
use crate::kernel::router::Route;
use crate::kernel::submission::Submission;
use crate::ui::Notice;
use leptos::prelude::*;
use shared::api::cases::OpenCase;
use shared::api::plans::{PlanView, ReadPlan};
use shared::cases::Kind;
use shared::cases::kernel::Stage;
use shared::cases::kernel::{CaseKind, Verb};
use shared::cases::mid_term_plan::OutlookLine;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;
use shared::kernel::money::Money;

/// The page.
pub fn plan_page() -> AnyView {
    let route = expect_context::<Route>();
    let (year, version) = (route.number("year"), route.number("version"));
    let current = current_year();
    let request = move || ReadPlan { fiscal_year: year.get().unwrap_or(current), version: version.get() };
    let reading = read_page(request);
    let look = reading.look;
    let unit = unit();
    reading.page(move |view| {
        let lines = view.outlook.lines.clone();
        let totals = view.outlook.totals();
        let latest = version.get_untracked().is_none();
        let may_plan = latest && view.offers.iter().any(|offer| offer.verb == Verb::PlanYears);
        let limits = view.limits;
        let (year, history, plan) = (view.fiscal_year, view.history.clone(), view.plan.clone());
        let sealed = view.frozen.clone().map(|line| {
            view! {
                <p class="of-sealed">
                    {format!("第 {} 版，{} {} 冻结，内容摘要（SM3）", line.version, line.by, line.at)}
                    <code title=line.hash.clone() data-hash=line.hash.clone()>{format!("{}…", line.hash.get(..16).unwrap_or(&line.hash))}</code>
                </p>
            }
        });
        view! {
            <Head view look unit/>
            <section class="card" aria-label="三年规划">
                <p class="of-first quiet">"第一年与年度申请的申报数一致，不另填写；后两年为指导性数字，每版都保留（依据《办法》第三条）。"</p>
                {match plan.filter(|_| may_plan) {
                    Some(plan) => view! { <Planning plan lines year limits look/> }.into_any(),
                    None => view! { <Planned lines totals year unit/> }.into_any(),
                }}
                {sealed}
            </section>
            <History lines=history/>
        }
        .into_any()
    })
}

#[component]
fn Head(view: PlanView, look: Callback<()>, unit: Unit) -> impl IntoView {
    let (year, shown) = (view.fiscal_year, view.frozen.as_ref().map(|line| line.version));
    let stage = view.plan.as_ref().map(|plan| plan.stage);
    let versions = (1..=view.versions).map(|version| {
        let current = (shown == Some(version)).then_some("page");
        view! { <a href=format!("/plan/{}?version={version}", year.0) aria-current=current>{format!("第 {version} 版")}</a> }
    });
    let commands = view.plan.clone().map(|plan| {
        let notes = plan.content_hash.as_deref().map(hash_note).into_iter().collect();
        CaseCommands { head: plan.head(), available: view.offers.clone(), notes, live: None, look }
    });
    view! {
        <div class="page-head">
            <a href=format!("/consolidation/{}", year.0)>"整体预算"</a>
            <h1>{format!("{}—{} 年中期财政规划", year.0, year.0 + 2)}</h1>
            <span class="stage" data-stage=stage.map(Stage::word)>{stage.map_or("未编制", Stage::label)}</span>
            <nav class="of-numbers" aria-label="各版">{versions.collect_view()}</nav>
            <div class="of-head-right">
                <UnitSwitch unit/>
                {view.may_open.then(|| view! { <Begin year look/> })}
                {commands.map(|commands| view! { <CommandBar commands/> })}
            </div>
        </div>
    }
}

/// 编制规划.
#[component]
fn Begin(year: FiscalYear, look: Callback<()>) -> impl IntoView {
    let submission = Submission::new("p");
    let Submission { busy, problem, .. } = submission;
    let open = move |id| OpenCase { case: CaseId::new(id), kind: Kind::Plan, fiscal_year: year };
    let begin = move |_| submission.run(&(), open, move |()| look.run(()));
    view! {
        <Notice problem/>
        <button type="button" class="primary" data-act="open-plan" disabled=move || busy.get() on:click=begin>"编制规划"</button>
    }
}

pub fn heads(year: FiscalYear) -> AnyView {
    let [first, second, third] = [0, 1, 2].map(|n| format!("{} 年", year.0 + n));
    view! {
        <thead><tr>
            <th scope="col">"部门"</th><th scope="col" class="number">{first}</th>
            <th scope="col" class="number">{second}</th><th scope="col" class="number">{third}</th>
            <th scope="col">"变动原因"</th>
        </tr></thead>
    }
    .into_any()
}

#[component]
fn Planned(lines: Vec<OutlookLine>, totals: [Money; 3], year: FiscalYear, unit: Unit) -> impl IntoView {
    let cell = move |money: Option<Money>| {
        view! { <td class="number">{move || money.map_or_else(|| "—".to_string(), |money| shown(unit.get(), money))}</td> }
    };
    let row = move |line: OutlookLine| {
        view! {
            <tr data-plan=line.request.to_string()>
                <th scope="row">{line.name}</th>
                {cell(Some(line.first))}{cell(line.second)}{cell(line.third)}
                <td>{line.reason}</td>
            </tr>
        }
    };
    view! {
        <div class="table-scroll"><table class="list of-table">
            {heads(year)}
            <tbody>{lines.into_iter().map(row).collect_view()}</tbody>
            <tfoot><tr><th scope="row">"合计"</th>{totals.map(|total| cell(Some(total))).collect_view()}<td></td></tr></tfoot>
        </table></div>
    }
}
