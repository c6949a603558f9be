//! 逐项评价: `/user-evaluations/:case?`, the form of a command with the grades of several people, one item a page, for a phone.
//! It types into the same form as the dialog, under the same name on this device: one goes on with what the other began.

use super::dialog::Target;
use super::new_case::NewCase;
use super::survey_form::{Answering, HEADING, STEP};
use super::survey_steps::{GradeStep, RespondentStep, SubjectStep};
use super::survey_summary::{SummaryStep, SurveySubmission};
use crate::cases::read_page;
use crate::kernel::router::Route;
use crate::kernel::session::SignedIn;
use crate::ui::{Notice, focus_soon};
use leptos::prelude::*;
use shared::api::cases::{CasesView, Opening, ReadCases};
use shared::api::money::{MoneyCaseView, ReadMoneyCase};
use shared::cases::execution::offered::OfferedCommand;
use shared::cases::execution::registry::ExecutionKindName;
use shared::cases::execution::survey::{Survey, SurveyStep};
use shared::cases::listed_kind::ListedKind;
use shared::kernel::ids::{AccountId, CaseId};

const KIND: ExecutionKindName = ExecutionKindName::UserEvaluation;
const ADDRESS: &str = "/user-evaluations";

/// Where a command is filled in item by item; `None` where the screen has room for its table, or the command has none.
pub fn survey_address(command: &OfferedCommand, case: Option<&CaseId>) -> Option<String> {
    let narrow =
        window().match_media("(max-width: 600px)").ok().flatten().is_some_and(|query| query.matches());
    (narrow && command.survey.is_some()).then(|| address(case))
}

fn address(case: Option<&CaseId>) -> String {
    case.map_or_else(|| ADDRESS.to_string(), |case| format!("{ADDRESS}/{case}"))
}

/// `/user-evaluations/:case?`: a new evaluation, or one that was returned.
pub fn survey_page() -> AnyView {
    let case = expect_context::<Route>().text("case");
    let page = move || match case.get() {
        Some(case) => returned(CaseId::new(case)),
        None => begun(),
    };
    view! { {page} }.into_any()
}

fn account() -> Option<AccountId> {
    expect_context::<SignedIn>().me.get_untracked().map(|me| me.actor.account)
}

fn begun() -> AnyView {
    let loader = read_page(|| ReadCases { kind: Some(ListedKind::from(KIND)), ..ReadCases::default() });
    let route = expect_context::<Route>();
    loader.page(move |CasesView { opens, .. }| {
        let command = match opens {
            Some(Opening::Command(command)) => Some(command),
            Some(Opening::Form(_)) | None => None,
        };
        let opened = account().zip(command).map(|(account, command)| {
            let new = NewCase::find(&account, KIND);
            let target = Target { account, case: new.case.clone(), kind: KIND, seen: 0 };
            let to = format!("/money-cases/{}", new.case);
            let done = Callback::new(move |()| {
                new.forget();
                route.go(&to);
            });
            // A case that is there already was opened by an answer that was lost.
            let look = done;
            form(target, command, None, done, look)
        });
        opened.unwrap_or_else(|| nothing_to_fill_in("本账号不能新建用户评价，由部门填报人填写。"))
    })
}

fn returned(case: CaseId) -> AnyView {
    let of_case = case.clone();
    let loader = read_page(move || ReadMoneyCase { case: of_case.clone() });
    let (route, look) = (expect_context::<Route>(), loader.look);
    loader.page(move |MoneyCaseView { line, commands, .. }| {
        let mut open =
            commands.into_iter().filter(|command| command.survey.is_some() && command.refusal.is_none());
        let to = format!("/money-cases/{case}");
        let done = Callback::new(move |()| route.go(&to));
        let opened = account().zip(open.next()).map(|(account, command)| {
            let target = Target { account, case: line.id, kind: line.kind, seen: line.revision };
            form(target, command, Some(&case), done, look)
        });
        opened.unwrap_or_else(|| nothing_to_fill_in("本件现在不能填写；已提交的内容在案卷中查看。"))
    })
}

fn nothing_to_fill_in(why: &'static str) -> AnyView {
    let list = format!("/cases?kind={}", ListedKind::from(KIND).word());
    view! {
        <p class="notice" data-survey="closed">{why}</p>
        <a class="button" href=list>"用户评价一览"</a>
    }
    .into_any()
}

fn form(
    target: Target,
    command: OfferedCommand,
    case: Option<&CaseId>,
    done: Callback<()>,
    look: Callback<()>,
) -> AnyView {
    match Answering::open(target, command, address(case)) {
        Ok(answering) => view! { <Steps answering done look/> }.into_any(),
        Err(defect) => view! { <Notice problem=RwSignal::new(Some(defect))/> }.into_any(),
    }
}

/// The step of the address with the progress above it and the ways on below it.
#[component]
fn Steps(answering: Answering, done: Callback<()>, look: Callback<()>) -> impl IntoView {
    let route = expect_context::<Route>();
    let asked = route.number::<usize>(STEP);
    let begin = answering.read(Survey::first_open);
    let steps = Memo::new(move |_| answering.follow(Survey::steps));
    let last = move || steps.with(|steps| steps.len().saturating_sub(1));
    let at = Memo::new(move |_| asked.get().map_or(begin, |number| number.saturating_sub(1)).min(last()));
    let step =
        Memo::new(move |_| steps.with(|steps| steps.get(at.get()).cloned().unwrap_or(SurveyStep::Summary)));
    // The heading takes the focus when the step changes, not when the page opens.
    Effect::new(move |before: Option<SurveyStep>| {
        let now = step.get();
        if before.is_some_and(|before| before != now) {
            window().scroll_to_with_x_and_y(0.0, 0.0);
            focus_soon(&format!("#{HEADING}"));
        }
        now
    });
    let go = Callback::new(move |to: usize| {
        answering.typed.sheet.end_typing();
        route.note(STEP, &(to + 1).to_string());
    });
    let submission = SurveySubmission::new(answering, done, look);
    let content = move || match step.get() {
        SurveyStep::Subject => view! { <SubjectStep answering/> }.into_any(),
        SurveyStep::Respondent(row) => view! { <RespondentStep answering row/> }.into_any(),
        SurveyStep::Grade(row, item) => view! { <GradeStep answering row item/> }.into_any(),
        SurveyStep::Summary => view! { <SummaryStep answering submission/> }.into_any(),
    };
    let is_summary = Memo::new(move |_| step.get() == SurveyStep::Summary);
    let on = move || match is_summary.get() {
        true => view! {
            <button type="button" class="primary" data-confirm="submit" disabled=move || submission.is_busy()
                on:click=move |_| submission.submit()>"提交"</button>
        }
        .into_any(),
        false => view! {
            <button type="button" class="primary" data-act="next"
                on:click=move |_| go.run(at.get_untracked() + 1)>"下一项"</button>
        }
        .into_any(),
    };
    view! {
        <div class="survey filling" data-survey="open">
            <Progress answering at last=Signal::derive(last)/>
            {content}
        </div>
        <nav class="survey-nav" aria-label="评价步骤">
            <button type="button" data-act="previous" disabled=move || at.get() == 0
                on:click=move |_| go.run(at.get_untracked().saturating_sub(1))>"上一项"</button>
            {on}
        </nav>
    }
}

/// How far one is, the way to the summary, and where what was typed is.
#[component]
fn Progress(answering: Answering, at: Memo<usize>, last: Signal<usize>) -> impl IntoView {
    let number = move || (at.get() + 1).min(last.get());
    let is_summary = move || at.get() == last.get();
    let text = move || match is_summary() {
        true => format!("汇总，共 {} 项", last.get()),
        false => format!("第 {} 项，共 {} 项", number(), last.get()),
    };
    let summary = move || answering.address_of(&SurveyStep::Summary);
    let typed = answering.typed;
    let word = Memo::new(move |_| match (typed.is_unsent.get(), typed.is_stored.get()) {
        (false, _) => "empty",
        (true, true) => "on_device",
        (true, false) => "failed",
    });
    let saved = move || match word.get() {
        "empty" => "尚未填写",
        "on_device" => "已存本机",
        _ => "本机不能暂存，请勿关闭页面，尽快提交",
    };
    view! {
        <div class="survey-top">
            <div class="survey-count">
                <h1>"用户评价"</h1>
                <span data-count="steps">{text}</span>
                <a href=summary hidden=is_summary data-act="summary">"汇总"</a>
            </div>
            <progress aria-label="评价进度" max=move || last.get().to_string() value=move || number().to_string()></progress>
            <p class="survey-saved" role="status" data-saved=move || word.get()>{saved}</p>
        </div>
    }
}
