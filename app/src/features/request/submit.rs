//! 报送: what is checked before a submit, and the button.

use super::commands::SubmitButton;
use super::context::{RequestContext, Side};
use super::section::Section;
use super::side::{FindingCard, JustifyAll, in_order};
use crate::form_ui::sheet::follow::rests;
use leptos::prelude::*;
use shared::engine::session::Session;
use shared::forms::{budget_request, performance_targets};
use shared::kernel::finding::Finding;
use shared::policy::art04_calendar::{WindowState, opening};

/// Delay after the last change before the list follows, in milliseconds.
const BEHIND_MS: u32 = 250;
/// Warnings of a rule listed for a reason each.
const LISTED: usize = 50;

/// What is checked before a submit.
#[derive(Clone, Debug, PartialEq)]
struct Ready {
    errors: i64,
    warnings: i64,
    unjustified: Vec<Finding>,
    balanced: bool,
}

fn ready(session: &Session) -> Ready {
    let value =
        |form: &str, field: &str| session.header(form, field).and_then(|cell| session.value(cell).number());
    let tally = session.total_tally();
    Ready {
        errors: tally.errors,
        warnings: tally.warnings,
        unjustified: in_order(session, session.unjustified()).map(|(_, _, finding)| finding).collect(),
        balanced: value(budget_request::FORM, "total") == value(performance_targets::FORM, "funds"),
    }
}

#[component]
pub fn HandOver(work: RequestContext) -> impl IntoView {
    let sheet = work.sheet;
    let rested = rests(sheet, BEHIND_MS);
    let now = Memo::new(move |_| {
        rested.track();
        sheet.read(ready)
    });
    let (open, window) = window_words(work);
    let targets = sheet.read(|session| session.plan().table(performance_targets::FORM));
    view! {
        <div class="rq-scroll">
            <ul class="rq-checks">
                <Check good=Signal::derive(move || now.get().errors == 0)
                    text=Signal::derive(move || match now.get().errors {
                        0 => "两张表没有错误".to_string(),
                        errors => format!("还有 {errors} 处错误，改正后才能提交（依据《办法》第四条）"),
                    })
                    action="查看问题清单" on_action=move || work.show(Side::Problems)/>
                <Check good=Signal::derive(move || now.with(|n| n.unjustified.is_empty()))
                    text=Signal::derive(move || now.with(|n| match (n.warnings, n.unjustified.len()) {
                        (0, _) => "没有提醒".to_string(),
                        (all, 0) => format!("{all} 条提醒均已说明"),
                        (all, left) => format!("{all} 条提醒中还有 {left} 条待说明"),
                    }))
                    action="" on_action=|| {}/>
                <Check good=Signal::derive(move || now.get().balanced)
                    text=Signal::derive(move || match now.get().balanced {
                        true => "绩效目标资金总额与申报总额相符（依据《办法》第十一条）".to_string(),
                        false => "绩效目标资金总额与申报总额不符（依据《办法》第十一条）".to_string(),
                    })
                    action="转到项目与资金" on_action=move || if let Some(table) = targets { work.open(Section::Table(table)) }/>
                <Check good=Signal::stored(open) text=Signal::stored(window) action="" on_action=|| {}/>
            </ul>
            <SubmitButton work/>
            <Show when=move || now.with(|n| !n.unjustified.is_empty())>
                <h3 class="rq-subheading">"待写明理由的提醒"</h3>
                <For each=move || now.with(|n| by_rule(&n.unjustified)) key=|(key, _)| key.clone()
                    children=move |(_, findings)| view! { <Rule work findings/> }/>
            </Show>
        </div>
    }
}

#[component]
fn Check(
    #[prop(into)] good: Signal<bool>,
    #[prop(into)] text: Signal<String>,
    action: &'static str,
    on_action: impl Fn() + Send + Sync + Copy + 'static,
) -> impl IntoView {
    view! {
        <li data-good=move || good.get().to_string()>
            <span class="rq-tick" class:rq-done=move || good.get() aria-hidden="true"></span>
            <span>{text}</span>
            <Show when=move || !good.get() && !action.is_empty()>
                <button type="button" class="rq-link" on:click=move |_| on_action()>{action}</button>
            </Show>
        </li>
    }
}

/// Warnings by their rule, each group under the key that tells it from its next state.
fn by_rule(warnings: &[Finding]) -> Vec<((String, usize), Vec<Finding>)> {
    let mut groups: Vec<((String, usize), Vec<Finding>)> = Vec::new();
    for finding in warnings {
        match groups.iter_mut().find(|(key, _)| key.0 == finding.rule) {
            Some((key, group)) => {
                key.1 += 1;
                group.push(finding.clone());
            }
            None => groups.push(((finding.rule.clone(), 1), vec![finding.clone()])),
        }
    }
    groups
}

/// The warnings of one rule: one reason for all, or one each.
#[component]
fn Rule(work: RequestContext, findings: Vec<Finding>) -> impl IntoView {
    let several = findings.len() > 1;
    let more = findings.len().saturating_sub(LISTED);
    let listed: Vec<Finding> = findings.iter().take(LISTED).cloned().collect();
    view! {
        <section class="rq-warnings">
            {several.then(|| view! { <JustifyAll work findings/> })}
            {listed.into_iter().map(|finding| view! { <Warning work finding/> }).collect_view()}
            {(more > 0).then(|| view! {
                <p class="rq-quiet">{format!("其余 {more} 条在写明以上各条之后列出。")}</p>
            })}
        </section>
    }
}

#[component]
fn Warning(work: RequestContext, finding: Finding) -> impl IntoView {
    let place = finding.place.clone();
    let words = work.words_of(&place);
    view! {
        <div class="rq-warning">
            <button type="button" class="rq-link" on:click=move |_| work.go_to(&place)>{words}</button>
            <FindingCard work finding/>
        </div>
    }
}

/// Whether a first submission is in time today, and until when.
fn window_words(work: RequestContext) -> (bool, String) {
    let view = work.view();
    let (case, today) = (&view.case, view.today);
    let Some(window) = case.window else {
        return (false, "本年度不在任何政策版本的有效期内（依据《办法》第十八条）".to_string());
    };
    if case.reported_version > 0 {
        return (true, "已在申报期内报送过，补正不受申报期限制（依据《办法》第四条）".to_string());
    }
    match opening(window, case.late_until, today) {
        WindowState::Open { days_left } => (
            true,
            format!("申报期 {} 至 {}，还剩 {days_left} 天（依据《办法》第四条）", window.first, window.last),
        ),
        WindowState::Late { days_left } => {
            (true, format!("延期申报，还剩 {days_left} 天（依据《办法》第四条）"))
        }
        WindowState::NotYet { days_until } => (
            false,
            format!(
                "申报期 {} 至 {}，{days_until} 天后开始（依据《办法》第四条）",
                window.first, window.last
            ),
        ),
        WindowState::Closed { days_since } => {
            let text = format!(
                "申报期 {} 至 {}，已过 {days_since} 天；确需补报的，请联系省局负责人批准延期（依据《办法》第四条）",
                window.first, window.last
            );
            (false, text)
        }
    }
}
