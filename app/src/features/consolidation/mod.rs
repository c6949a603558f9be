//! 整体预算 `/consolidation/:year` (Art. 4): the whole of a year as it stands or as it was frozen, who is missing, and
//! the commands that confirm it and report it to finance.

mod charts;
mod figures;
mod plan;
mod tables;

use crate::cases::{Acts, Ask, CommandBar, History, UnitSwitch, Writing, current_year, read_page, unit};
use crate::form_ui::sheet::store::new_id;
use crate::kernel::api;
use crate::kernel::router::{Page, Route};
use crate::ui::{Notice, Toast, flag, show_toast};
use figures::Figures;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::consolidation::{ConsolidationView, ReadConsolidation};
use shared::api::export::whole_path;
use shared::api::matters::OpenMatter;
use shared::cases::language::{Command, Kind, Reason, Stage, Verb};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;
use shared::policy::art18_validity::edition_for;
use std::sync::Arc;
use tables::{ByCategory, ByDepartment, BySystem, NotIncluded};

pub use plan::plan_page;

/// The page.
pub fn consolidation_page() -> AnyView {
    let asked = expect_context::<Route>().says((None, None), |page| match page {
        Page::Consolidation { year, number } => Some((year, number)),
        _ => None,
    });
    let current = current_year();
    let request =
        move || ReadConsolidation { fiscal_year: asked.get().0.unwrap_or(current), number: asked.get().1 };
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
    let acts = view.compilation.clone().map(|compilation| {
        let least = edition_for(year).map_or(1, |edition| edition.parameters.reason_min as usize);
        let late = (view.today > view.deadline).then_some(least);
        let hash = compilation.content_hash.clone().unwrap_or_default();
        let count = view.whole.included.len();
        Acts {
            id: compilation.id,
            revision: compilation.revision,
            offers: view.offers.clone(),
            ask: Arc::new(move |verb| ask(verb, count, &hash, late)),
            look,
        }
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
                {acts.map(|acts| view! { <CommandBar acts/> })}
            </div>
        </div>
    }
}

/// What a command will do, in the words of the office; `late` is the fewest characters of the reason for a late report.
fn ask(verb: Verb, count: usize, hash: &str, late: Option<usize>) -> Option<Ask> {
    let said = |text: String| vec![Reason { text, place: None }];
    let simple = |lines: Vec<String>, command: Command| Ask {
        lines,
        writing: None,
        command: Arc::new(move |_| command.clone()),
    };
    let content_hash = hash.to_string();
    Some(match verb {
        Verb::Compile => simple(
            vec![format!("把现在审核通过的 {count} 个部门的申请冻结为一版汇总，提请负责人确认。")],
            Command::Compile {},
        ),
        Verb::ConfirmCompilation => simple(
            vec![
                format!("确认的是您看到的这一版：{count} 个部门。"),
                format!("内容摘要（SM3）{}…", hash.get(..16).unwrap_or(hash)),
            ],
            Command::ConfirmCompilation { content_hash },
        ),
        Verb::Recompile => Ask {
            lines: vec!["退回后可重新汇总，已冻结的版本保留。".to_string()],
            writing: Some(Writing { label: "理由", least: 1 }),
            command: Arc::new(move |text| Command::Recompile { reasons: said(text) }),
        },
        Verb::SubmitToFinance => Ask {
            lines: vec![format!("{count} 个部门的申请随整体预算一并报送省财政厅，报送后不能撤回。")],
            writing: late.map(|least| Writing { label: "逾期报送的理由", least }),
            command: Arc::new(move |text| Command::SubmitToFinance { late_reason: late.map(|_| text) }),
        },
        _ => return None,
    })
}

/// 开始汇总.
#[component]
fn Begin(year: FiscalYear, again: bool, look: Callback<()>) -> impl IntoView {
    let said = expect_context::<Toast>();
    let (problem, busy) = (RwSignal::new(None), RwSignal::new(false));
    // One id for all tries: pressed twice it is still one.
    let id = CaseId::new(new_id("c"));
    let begin = move |_| {
        busy.set(true);
        let request = OpenMatter { matter: id.clone(), kind: Kind::Compilation, fiscal_year: year };
        spawn_local(async move {
            match api::call(request).await {
                Ok(()) => {
                    show_toast(said, "已开始汇总");
                    look.run(());
                }
                Err(told) => drop(problem.try_set(Some(told))),
            }
            busy.try_set(false);
        });
    };
    view! {
        <Notice problem/>
        <button type="button" class="primary" data-act="open-compilation" disabled=flag(move || busy.get()) on:click=begin>
            {if again { "补充汇总" } else { "开始汇总" }}
        </button>
    }
}
