//! 整体预算 `/consolidation/:year` (Art. 4): the whole of a year as it stands or as it was frozen, who is missing, and
//! the commands that confirm it and report it to finance.

mod charts;
mod figures;
mod plan;
mod planning;
mod tables;

use crate::cases::{CaseCommands, CommandBar, History, UnitSwitch, current_year, hash_note, read_page, unit};
use crate::kernel::router::Route;
use crate::kernel::submission::Submission;
use crate::ui::{Notice, Toast, show_toast};
use figures::Figures;
use leptos::prelude::*;
use shared::api::cases::OpenCase;
use shared::api::consolidation::{ConsolidationView, ReadConsolidation};
use shared::api::export::whole_path;
use shared::cases::Kind;
use shared::cases::consolidation::budget::{ConsolidatedBudget, Figures as SumFigures};
use shared::cases::kernel::CaseKind;
use shared::cases::kernel::Stage;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;
use shared::kernel::money::grouped;
use std::sync::Arc;
use tables::{ByCategory, ByDepartment, BySystem, NotIncluded};

pub use plan::plan_page;

/// The page.
pub fn consolidation_page() -> AnyView {
    let route = expect_context::<Route>();
    let (year, number) = (route.number("year"), route.number("number"));
    let current = current_year();
    let request =
        move || ReadConsolidation { fiscal_year: year.get().unwrap_or(current), number: number.get() };
    let reading = read_page(request);
    let look = reading.look;
    let unit = unit();
    reading.page(move |view| {
        let whole = Arc::new(view.whole.clone());
        view! {
            <Head view=view.clone() look unit/>
            <Figures view=view.clone() unit/>
            <NotIncluded missing=whole.missing.clone()/>
            <ByCategory whole=whole.clone() unit/>
            <ByDepartment whole=whole.clone() unit/>
            <BySystem whole unit/>
            <History lines=view.history/>
        }
        .into_any()
    })
}

#[component]
fn Head(view: ConsolidationView, look: Callback<()>, unit: crate::cases::Unit) -> impl IntoView {
    let year = view.fiscal_year;
    let stage = view.compilation.as_ref().map(|c| c.stage);
    let shown = view.whole.number;
    let numbers = view.numbers.clone().into_iter().map(move |line| {
        let place = format!("/consolidation/{}?number={}", year.0, line.number);
        let current = (line.number == shown).then_some("page");
        view! { <a href=place aria-current=current>{format!("第 {} 次", line.number)}</a> }
    });
    let many = view.numbers.len() > 1;
    let printed = whole_path(year, view.compilation.as_ref().map(|c| c.number));
    let commands = view.compilation.clone().map(|compilation| {
        let mut notes = vec![extent(&view.whole)];
        notes.extend(compilation.content_hash.as_deref().map(hash_note));
        CaseCommands { head: compilation.head(), available: view.offers.clone(), notes, live: None, look }
    });
    view! {
        <div class="page-head">
            <h1>{format!("{} 年度省直部门整体运维预算", year.0)}</h1>
            <span class="stage" data-stage=stage.map(Stage::word)>
                {stage.map_or_else(|| "未开始汇总".to_string(), |stage| stage.label().to_string())}
            </span>
            {many.then(|| view! { <nav class="of-numbers" aria-label="历次汇总">{numbers.collect_view()}</nav> })}
            <div class="of-head-right">
                <a href=format!("/plan/{}", year.0)>"中期财政规划"</a>
                <UnitSwitch unit/>
                <a href=printed data-file="pdf" download="">"打印 PDF"</a>
                {view.may_open.then(|| view! { <Begin year again=many || stage.is_some() look/> })}
                {commands.map(|commands| view! { <CommandBar commands/> })}
            </div>
        </div>
    }
}

/// What a confirmation or a report of the whole covers, in numbers and amounts, and whom it leaves out.
fn extent(whole: &ConsolidatedBudget) -> String {
    let all = whole.included.iter().fold(SumFigures::default(), |all, one| all.and(one.figures()));
    let [requested, reviewed] = [all.requested, all.reviewed()].map(|money| grouped(&money.to_string()));
    let count = whole.included.len();
    let mut text = format!("汇总 {count} 个部门的申请，申报数 {requested} 元，审核数 {reviewed} 元。");
    if !whole.missing.is_empty() {
        let names: Vec<&str> = whole.missing.iter().map(|missing| missing.name.as_str()).collect();
        text += &format!("未纳入 {} 个部门：{}。", names.len(), names.join("、"));
    }
    text
}

/// 开始汇总.
#[component]
fn Begin(year: FiscalYear, again: bool, look: Callback<()>) -> impl IntoView {
    let toast = expect_context::<Toast>();
    let submission = Submission::new("c");
    let Submission { busy, problem, .. } = submission;
    let open = move |id| OpenCase { case: CaseId::new(id), kind: Kind::Compilation, fiscal_year: year };
    let begin = move |_| {
        submission.run(&(), open, move |()| {
            show_toast(toast, "已开始汇总");
            look.run(());
        });
    };
    view! {
        <Notice problem/>
        <button type="button" class="primary" data-act="open-compilation" disabled=move || busy.get() on:click=begin>
            {if again { "补充汇总" } else { "开始汇总" }}
        </button>
    }
}
