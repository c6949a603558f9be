//! 一份单独申请: what is asked for, the bureau's opinion, finance's decision, and what can be done now.

use super::claim::{ClaimForm, ClaimShown};
use crate::cases::{AttachmentBox, CaseCommands, CommandBar, History, read_page};
use crate::kernel::router::Route;
use crate::kernel::submission::Submission;
use crate::ui::Notice;
use leptos::prelude::*;
use shared::api::export::opinion_path;
use shared::api::requests::OpenRequest;
use shared::api::separates::{Onward, ReadSeparate, SeparateView};
use shared::cases::kernel::Stage;
use shared::cases::kernel::{CaseKind, Verb};
use shared::cases::separate::{Decision, Opinion, Signed};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;

/// The page.
pub fn separate_page() -> AnyView {
    let asked = expect_context::<Route>().case("separate");
    let request = move || ReadSeparate { separate: asked.get() };
    let reading = read_page(request);
    let look = reading.look;
    reading.page(move |view| {
        let SeparateView { separate, department_name, offers, history, onward, .. } = view;
        let may = |verb| offers.iter().any(|offer| offer.verb == verb && offer.refusal.is_none());
        let fills = may(Verb::FillClaim);
        let commands = CaseCommands { head: separate.head(), available: offers, notes: Vec::new(), look };
        let year = separate.fiscal_year;
        let case = separate.id.clone();
        view! {
            <div class="page-head">
                <a href=format!("/separates/{}", year.0)>"单独申请"</a>
                <h1>{format!("{department_name} {} 年度单独申请", year.0)}</h1>
                <span class="stage" data-stage=separate.stage.word()>{separate.stage.label()}</span>
                <div class="of-head-right"><CommandBar commands/></div>
            </div>
            {onward.map(|onward| view! { <GoOn onward year/> })}
            {match fills {
                true => view! { <ClaimForm separate=separate.clone() look/> }.into_any(),
                false => view! { <ClaimShown claim=separate.claim.clone()/> }.into_any(),
            }}
            {separate.opinion.clone().map(|opinion| {
                let printed = opinion_path(&separate.id);
                view! { <OpinionShown opinion printed/> }
            })}
            {separate.decision.clone().map(|decision| view! { <DecisionShown decision/> })}
            <AttachmentBox case can_edit=true/>
            <History lines=history/>
        }
        .into_any()
    })
}

/// 范畴 in the measures' words.
pub fn scope(outside: bool) -> &'static str {
    if outside { "不属于集中运维管理范畴" } else { "属于集中运维管理范畴" }
}

fn signed(signed: Option<Signed>, drafted: &str) -> String {
    match signed {
        Some(Signed { by, on }) => format!("{drafted} 拟稿，{} 于 {on} 签发", by.name),
        None => format!("{drafted} 拟稿，尚未签发"),
    }
}

#[component]
fn OpinionShown(opinion: Opinion, printed: String) -> impl IntoView {
    let print = opinion.signed.is_some().then(|| {
        view! {
            <p><a href=printed data-file="opinion" download="">"打印审核意见（PDF）"</a></p>
        }
    });
    view! {
        <section class="card" aria-labelledby="opinion-title">
            <h2 id="opinion-title">"省局意见"</h2>
            <p data-opinion=if opinion.outside { "outside" } else { "within" }>
                <b>{scope(opinion.outside)}</b>{format!("　{}", opinion.number)}
            </p>
            <p>{opinion.text}</p>
            <p class="of-sealed">{signed(opinion.signed, &opinion.drafted_by.name)}</p>
            {print}
        </section>
    }
}

#[component]
fn DecisionShown(decision: Decision) -> impl IntoView {
    let result = match decision.amount {
        Some(amount) if decision.arrange => format!("安排 {amount} 元"),
        _ => Stage::NotArranged.label().to_string(),
    };
    view! {
        <section class="card" aria-labelledby="decision-title">
            <h2 id="decision-title">"省财政厅办理结果"</h2>
            <p data-decision=decision.arrange.to_string()><b>{result}</b></p>
            <p>{decision.text}</p>
            <p class="of-sealed">{signed(decision.signed, &decision.drafted_by.name)}</p>
        </section>
    }
}

/// 转为运维服务申请.
#[component]
fn GoOn(onward: Onward, year: FiscalYear) -> impl IntoView {
    let submission = Submission::new("r");
    let Submission { busy, problem, .. } = submission;
    let route = expect_context::<Route>();
    let begin = move |_| {
        let open = |id| OpenRequest { request: CaseId::new(id), fiscal_year: year };
        submission.run(&(), open, move |view| {
            route.go(&format!("/requests/{}", view.case.id));
        });
    };
    view! {
        <div class="notice" data-onward="true">
            <Notice problem/>
            <b>"省局认为该系统属于集中运维管理范畴"</b>
            "请把所需服务列入本部门的年度运维服务申请。"
            {match onward {
                Onward::Open(request) => view! {
                    <a class="button" href=format!("/requests/{request}")>"打开本年度运维服务申请"</a>
                }.into_any(),
                Onward::Begin => view! {
                    <button type="button" disabled=move || busy.get() on:click=begin>"开始填报本年度运维服务申请"</button>
                }.into_any(),
            }}
        </div>
    }
}
