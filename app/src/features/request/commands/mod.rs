//! 办理: this person's commands. A button works exactly when the server would accept the command, or says why not.

mod confirm;
mod execute;
mod returning;

pub use confirm::{Ask, Asking, close, show};
pub use returning::{ReturnForm, Returning};

use super::context::{HEADING, RequestContext, Side, focus_soon};
use super::section::Section;
use super::side::PROBLEMS_HEADING;
use leptos::prelude::*;
use shared::cases::authority::AvailableCommand;
use shared::cases::kernel::Verb;
use shared::cases::request::Command;
use shared::kernel::refusal::Refusal;

#[component]
pub fn CommandBar(work: RequestContext) -> impl IntoView {
    let offers = work.view().offers.clone();
    view! {
        <div class="rq-commands" role="group" aria-label="办理">
            {offers.into_iter().map(|offer| view! { <CommandButton work offer/> }).collect_view()}
        </div>
    }
}

#[component]
fn CommandButton(work: RequestContext, offer: AvailableCommand) -> impl IntoView {
    let AvailableCommand { verb, refusal } = offer;
    let onward = matches!(
        verb,
        Verb::Submit
            | Verb::DepartmentApprove
            | Verb::BureauTake
            | Verb::BureauPass
            | Verb::BureauConfirm
            | Verb::FinancePass
    );
    let offered = refusal.map(|refusal| refusal.message);
    let why = Memo::new(move |_| offered.clone().or_else(|| unfinished(work, verb)));
    let described = format!("rq-why-{}", verb.word());
    let id = described.clone();
    view! {
        <button
            type="button"
            class:primary=onward
            data-command=verb.word()
            aria-disabled=move || why.with(Option::is_some).to_string()
            aria-describedby=described
            disabled=move || work.busy.get()
            on:click=move |_| match why.get_untracked() {
                Some(why) => work.lasting.tell(true, why),
                None => press(work, verb),
            }
        >
            {verb.label()}
        </button>
        // Its room stays where the reason comes later: the head does not wrap anew when it does.
        {move || {
            let id = id.clone();
            let why = why.get().or_else(|| judges(verb).then(String::new));
            why.map(|why| view! { <span class="rq-why" id=id title=why.clone()>{why.clone()}</span> }).into_any()
        }}
    }
}

/// What the review lacks before it can pass.
fn unfinished(work: RequestContext, verb: Verb) -> Option<String> {
    if !judges(verb) {
        return None;
    }
    work.reviewing.view.with(|view| match view {
        Some(view) => Some(view.unfinished.as_ref()?.message.clone()),
        None => Some("正在读取审核情况…".to_string()),
    })
}

/// Whether a command passes a review.
fn judges(verb: Verb) -> bool {
    matches!(verb, Verb::BureauPass | Verb::FinancePass)
}

/// Begins a command: most are confirmed in a dialog, a return is written in the panel.
pub fn press(work: RequestContext, verb: Verb) {
    work.lasting.notice.set(None);
    work.sheet.end_typing();
    match verb {
        Verb::Submit => check_first(work),
        Verb::DepartmentReturn | Verb::BureauReturn | Verb::LeaderReturn | Verb::FinanceReturn => {
            let remarked = work
                .reviewing
                .view
                .with_untracked(|view| view.as_ref().is_some_and(|view| !view.review.threads.is_empty()));
            work.returning.begin(verb, verb != Verb::BureauReturn || !remarked);
            work.show(Side::Return);
        }
        _ => work.asking.set(Some(verb)),
    }
}

/// Stops a submit that cannot pass and shows why.
fn check_first(work: RequestContext) {
    let (errors, unjustified) =
        work.sheet.read(|session| (session.total_tally().errors, session.unjustified().len()));
    if errors > 0 {
        return show_problems(work, format!("不能提交：还有 {errors} 处错误未改正（依据《办法》第四条）"));
    }
    if unjustified > 0 {
        let text = format!("还有 {unjustified} 条提醒待说明，逐条说明后才能提交（依据《办法》第四条）");
        work.open(Section::HandOver);
        work.lasting.tell(true, text);
        return focus_soon(HEADING.to_string());
    }
    work.asking.set(Some(Verb::Submit));
}

/// Shows what a submit was refused for and puts the focus on it.
fn show_problems(work: RequestContext, text: String) {
    work.alert.set(text.clone());
    work.lasting.tell(true, text);
    work.only.set(None);
    work.show(Side::Problems);
    focus_soon(PROBLEMS_HEADING.to_string());
}

/// The submit button of the part 报送; the same as the bar's.
#[component]
pub fn SubmitButton(work: RequestContext) -> impl IntoView {
    let view = work.view();
    let offer = view.offers.iter().find(|offer| offer.verb == Verb::Submit).cloned();
    let refused = |Refusal { message, .. }: Refusal| view! { <p class="rq-banner rq-locked">{message}</p> };
    match (offer, &view.locked) {
        (Some(AvailableCommand { refusal: None, .. }), _) => view! {
            <button type="button" class="primary" disabled=move || work.busy.get()
                on:click=move |_| press(work, Verb::Submit)>
                {Verb::Submit.label()}
            </button>
        }
        .into_any(),
        (Some(AvailableCommand { refusal: Some(refusal), .. }), _) => refused(refusal).into_any(),
        (None, Some(refusal)) => refused(refusal.clone()).into_any(),
        (None, None) => {
            view! { <p class="rq-quiet">{format!("申请现为“{}”。", view.case.stage.label())}</p> }.into_any()
        }
    }
}

/// The command of a verb, with what the person wrote or read; `None` for a return, which is written in the panel, and
/// for verbs of other cases.
fn command(work: RequestContext, verb: Verb, written: &str) -> Option<Command> {
    Some(match verb {
        Verb::Submit => Command::Submit {},
        Verb::DepartmentApprove => Command::DepartmentApprove {},
        Verb::BureauTake => Command::BureauTake {},
        Verb::BureauPass => Command::BureauPass {},
        Verb::BureauConfirm => {
            Command::BureauConfirm { content_hash: shown_hash(work), review_hash: shown_review(work) }
        }
        Verb::Withdraw => Command::Withdraw { reason: written.trim().to_string() },
        Verb::FinancePass => Command::FinancePass {},
        Verb::FinanceObject => Command::FinanceObject { reason: written.trim().to_string() },
        Verb::FinanceReject => Command::FinanceReject { reason: written.trim().to_string() },
        _ => return None,
    })
}

/// The hash of the review the person has read.
fn shown_review(work: RequestContext) -> String {
    let read = work.reviewing.view.with_untracked(|view| view.as_ref().map(|view| view.hash.clone()));
    read.or_else(|| work.view().case.review_hash.clone()).unwrap_or_default()
}

/// The hash of what the person has read: a confirmation binds to it.
fn shown_hash(work: RequestContext) -> String {
    let view = work.view();
    let shown = view.showing_version.and_then(|version| view.versions.iter().find(|l| l.version == version));
    shown.map(|line| line.hash.clone()).or_else(|| view.case.content_hash.clone()).unwrap_or_default()
}
