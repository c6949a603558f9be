//! 评价汇总: all answers of an evaluation with the way back to each, what is missing, and the command itself.

use super::dialog::Target;
use super::survey_form::{Answering, HEADING};
use crate::form_ui::sheet::follow::shown;
use crate::kernel::submission::Submission;
use crate::ui::{Notice, Toast, focus_soon, show_toast};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::json;
use shared::api::problem::code;
use shared::cases::execution::survey::{Survey, SurveyGap, SurveyStep, subject_cells};
use shared::kernel::ids::{CaseId, RowId};

/// Id of the list of what is missing.
const GAPS: &str = "survey-gaps";

/// The command on its way. It is made once for all steps: one may go back to a step while it is sent again.
#[derive(Clone, Copy)]
pub struct SurveySubmission {
    answering: Answering,
    submission: Submission,
    toast: Toast,
    done: Callback<()>,
    look: Callback<()>,
}

impl SurveySubmission {
    pub fn new(answering: Answering, done: Callback<()>, look: Callback<()>) -> SurveySubmission {
        let toast = expect_context::<Toast>();
        SurveySubmission { answering, submission: Submission::new("m"), toast, done, look }
    }

    pub fn is_busy(self) -> bool {
        self.submission.busy.get()
    }

    /// Sends the command, or names what is missing.
    pub fn submit(self) {
        let typed = self.answering.typed;
        typed.sheet.end_typing();
        if self.answering.read(|survey, session| !survey.gaps(session).is_empty()) {
            return focus_soon(&format!("#{GAPS}"));
        }
        let document = typed.document();
        let (verb, label) = typed.form.with_value(|form| (form.verb().to_string(), form.label().to_string()));
        let mut body = typed.body();
        body.insert("verb".to_string(), json!(verb));
        let Target { case, kind, seen, .. } = self.answering.target.get_value();
        spawn_local(async move {
            match self.submission.command_json(case, seen, Some(kind), body.into()).await {
                Some(Ok(_)) => {
                    typed.has_sent(document);
                    show_toast(self.toast, format!("“{label}”已办理"));
                    self.done.run(());
                }
                Some(Err(refused)) if refused.code == code::STALE => self.look.run(()),
                // Shown above the answers.
                Some(Err(_)) | None => {}
            }
        });
    }
}

#[component]
pub fn SummaryStep(answering: Answering, submission: SurveySubmission) -> impl IntoView {
    let rows = Memo::new(move |_| answering.follow(Survey::respondents));
    let problem = submission.submission.problem;
    view! {
        <h2 id=HEADING tabindex="-1">"汇总"</h2>
        <Notice problem/>
        <Show when=move || problem.with(Option::is_some) && answering.typed.is_stored.get()>
            <p data-persisted="true">"填写的内容都在本机，可稍后再提交。"</p>
        </Show>
        <Gaps answering/>
        <Subject answering/>
        <For each=move || rows.get() key=RowId::to_string children=move |row| view! { <Respondent answering row/> }/>
        <button type="button" class="survey-more" data-act="add-respondent"
            on:click=move |_| answering.add_respondents(1)>"增加评价人"</button>
    }
}

/// What is missing before the command can be given, each with the way to where it is mended.
#[component]
fn Gaps(answering: Answering) -> impl IntoView {
    let gaps = Memo::new(move |_| answering.follow(Survey::gaps));
    let line = move |SurveyGap { step, message }: SurveyGap| match step {
        SurveyStep::Summary => view! { <li>{message}</li> }.into_any(),
        step => view! { <li><a href=answering.address_of(&step)>{message}</a></li> }.into_any(),
    };
    view! {
        <section id=GAPS tabindex="-1" class="survey-gaps" data-missing=move || gaps.with(Vec::len).to_string()
            aria-labelledby="survey-gaps-title">
            <p id="survey-gaps-title" role="status">{move || gaps.with(|gaps| match gaps.len() {
                0 => "已填写完整，可以提交。".to_string(),
                count => format!("还有 {count} 处未完成，补齐后才能提交："),
            })}</p>
            <ul>{move || gaps.get().into_iter().map(line).collect_view()}</ul>
        </section>
    }
}

#[component]
fn Subject(answering: Answering) -> impl IntoView {
    // A contract by its number, once that is known.
    let name = move |text: String| {
        answering.contracts.with(|names| names.get(&CaseId::new(&*text)).cloned().unwrap_or(text))
    };
    let lines = Memo::new(move |_| {
        answering.follow(|_, session| {
            let line = |(cell, label)| (label, or_blank(name(shown(session, cell))));
            subject_cells(session).into_iter().map(line).collect::<Vec<_>>()
        })
    });
    let to = answering.address_of(&SurveyStep::Subject);
    let line = move |(label, text): (String, String)| {
        view! { <li><a href=to.clone()><span>{label}</span><b>{text}</b></a></li> }
    };
    view! {
        <section class="card" aria-labelledby="survey-subject">
            <h3 id="survey-subject">"评价对象"</h3>
            <ul class="survey-answers">{move || lines.get().into_iter().map(&line).collect_view()}</ul>
        </section>
    }
}

/// All answers of one respondent.
#[component]
fn Respondent(answering: Answering, row: RowId) -> impl IntoView {
    let items = answering.survey.with_value(|survey| survey.items.clone());
    let id = format!("survey-{row}");
    let (of_name, of_reason) = (row.clone(), row.clone());
    let name = move || answering.follow(|survey, session| survey.name_of(session, &of_name));
    let reason = Memo::new(move |_| {
        answering.follow(|survey, session| {
            let cell = session.cell(&survey.table, of_reason.as_str(), &survey.reason)?;
            session.typed(cell).map(str::to_string)
        })
    });
    let lines = items.into_iter().enumerate().map(|(item, of)| {
        let row = row.clone();
        view! { <Answer answering row item name=of.name/> }
    });
    let lines = lines.collect_view();
    let is_spare =
        move || answering.follow(|survey, session| survey.respondents(session).len() > survey.min_sample);
    let (of_removal, step) = (row.clone(), SurveyStep::Respondent(row.clone()));
    let remove = move |_| answering.remove_respondent(&of_removal);
    view! {
        <section class="card" aria-labelledby=id.clone() data-respondent=row.to_string()>
            <h3 id=id.clone()><a href=move || answering.address_of(&step)>{name}</a></h3>
            <ul class="survey-answers">{lines}</ul>
            {move || reason.get().map(|reason| view! { <p class="survey-because">{format!("原因：{reason}")}</p> })}
            <Show when=is_spare>
                <button type="button" data-act="remove-respondent" on:click=remove.clone()>"删除这位评价人"</button>
            </Show>
        </section>
    }
}

#[component]
fn Answer(answering: Answering, row: RowId, item: usize, name: String) -> impl IntoView {
    let step = SurveyStep::Grade(row.clone(), item);
    let to = move || answering.address_of(&step);
    let of_low = row.clone();
    let is_low = move || answering.follow(|survey, session| survey.is_low(session, &of_low, item));
    let grade = move || answering.follow(|survey, session| survey.grade_of(session, &row, item));
    view! {
        <li><a href=to class:low=is_low data-item=item.to_string()>
            <span>{name}</span><b>{move || or_blank(grade().unwrap_or_default())}</b>
        </a></li>
    }
}

fn or_blank(text: String) -> String {
    if text.is_empty() { "未填写".to_string() } else { text }
}
