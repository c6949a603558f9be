//! 一份单独申请: what is asked for, the bureau's opinion, finance's decision, and what can be done now.

use super::claim::{ClaimForm, ClaimShown};
use super::opinion::{DecisionForm, OpinionForm};
use crate::cases::{Acts, Ask, CommandBar, History, Writing, read_page};
use crate::kernel::router::Route;
use crate::kernel::submission::Submission;
use crate::ui::Notice;
use leptos::prelude::*;
use shared::api::export::opinion_path;
use shared::api::requests::OpenRequest;
use shared::api::separates::{Onward, ReadSeparate, SeparateView};
use shared::cases::language::{Command, Reason, Stage, Verb};
use shared::cases::separate::{Decision, Opinion, SeparateApplication, Signed};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;
use std::sync::Arc;

/// The page.
pub fn separate_page() -> AnyView {
    let asked = expect_context::<Route>().case("separate");
    let request = move || ReadSeparate { separate: asked.get() };
    let reading = read_page(request);
    let look = reading.look;
    reading.page(move |view| {
        let SeparateView { separate, department_name, offers, history, onward, .. } = view;
        let may = |verb| offers.iter().any(|offer| offer.verb == verb && offer.refusal.is_none());
        let forms = (may(Verb::FillClaim), may(Verb::DraftOpinion), may(Verb::DraftDecision));
        let told = separate.clone();
        let acts = Acts {
            id: separate.id.clone(),
            revision: separate.revision,
            offers,
            ask: Arc::new(move |verb| ask(verb, &told)),
            look,
        };
        let year = separate.fiscal_year;
        view! {
            <div class="page-head">
                <a href=format!("/separates/{}", year.0)>"单独申请"</a>
                <h1>{format!("{department_name} {} 年度单独申请", year.0)}</h1>
                <span class="stage" data-stage=separate.stage.word()>{separate.stage.label()}</span>
                <div class="of-head-right"><CommandBar acts/></div>
            </div>
            {onward.map(|onward| view! { <GoOn onward year/> })}
            {match forms.0 {
                true => view! { <ClaimForm separate=separate.clone() look/> }.into_any(),
                false => view! { <ClaimShown claim=separate.claim.clone()/> }.into_any(),
            }}
            {separate.opinion.clone().filter(|_| !forms.1).map(|opinion| {
                let printed = opinion_path(&separate.id);
                view! { <OpinionShown opinion printed/> }
            })}
            {forms.1.then(|| view! { <OpinionForm separate=separate.clone() look/> })}
            {separate.decision.clone().filter(|_| !forms.2).map(|decision| view! { <DecisionShown decision/> })}
            {forms.2.then(|| view! { <DecisionForm separate=separate.clone() look/> })}
            <History lines=history/>
        }
        .into_any()
    })
}

/// What a command will do; what is written at length has its own place on the page.
fn ask(verb: Verb, separate: &SeparateApplication) -> Option<Ask> {
    let simple = |line: String, command: Command| Ask {
        lines: vec![line],
        writing: None,
        command: Arc::new(move |_| command.clone()),
    };
    let back = |line: &str, command: fn(Vec<Reason>) -> Command| Ask {
        lines: vec![line.to_string()],
        writing: Some(Writing { label: "理由", least: 1 }),
        command: Arc::new(move |text| command(vec![Reason { text, place: None }])),
    };
    let number = separate.number().unwrap_or_default();
    Some(match verb {
        Verb::Submit => {
            simple("提交后由部门负责人审核；以最后一次保存的内容为准。".into(), Command::Submit {})
        }
        Verb::DepartmentApprove => simple("审核后报送省局出具意见。".into(), Command::DepartmentApprove {}),
        Verb::SignOpinion => {
            let outside = separate.opinion.as_ref().is_some_and(|opinion| opinion.outside);
            let then = if outside {
                "转省财政厅办理"
            } else {
                "本申请到此办结，可转为运维服务申请"
            };
            simple(
                format!("以文号 {number} 出具“{}”的意见；签发后{then}。", scope(outside)),
                Command::SignOpinion {},
            )
        }
        Verb::SignDecision => {
            simple("签发后即为省财政厅的办理结果，不能撤回。".into(), Command::SignDecision {})
        }
        Verb::DepartmentReturn => {
            back("退回填报人修改。", |reasons| Command::DepartmentReturn { reasons })
        }
        Verb::BureauReturn => back("退回部门补正。", |reasons| Command::BureauReturn { reasons }),
        Verb::LeaderReturn => {
            back("退回审核员重拟意见。", |reasons| Command::LeaderReturn { reasons })
        }
        Verb::ReturnDecision => {
            back("退回财政审核员重办。", |reasons| Command::ReturnDecision { reasons })
        }
        Verb::Withdraw => Ask {
            lines: vec!["撤回后本申请终止，不能恢复。".to_string()],
            writing: Some(Writing { label: "理由", least: 1 }),
            command: Arc::new(|reason| Command::Withdraw { reason }),
        },
        _ => return None,
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
