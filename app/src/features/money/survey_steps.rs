//! 评价步骤: one page of an evaluation filled in item by item: what is evaluated, who grades, one grade.

use super::survey_contracts::Contracts;
use super::survey_form::{Answering, HEADING};
use crate::form_ui::sheet::fields::{Field, HeaderForm, TextEntry};
use crate::form_ui::sheet::follow::cell_findings;
use leptos::prelude::*;
use shared::cases::execution::command_form::FORM;
use shared::cases::execution::offered::WordOption;
use shared::cases::execution::survey::Survey;
use shared::engine::definition::{Field as Definition, FieldKind};
use shared::engine::session::Cell;
use shared::kernel::ids::RowId;

/// Which contract and which period.
#[component]
pub fn SubjectStep(answering: Answering) -> impl IntoView {
    let sheet = answering.typed.sheet;
    let table = sheet.read(|session| session.plan().table(FORM));
    view! {
        <h2 id=HEADING tabindex="-1">"评价对象"</h2>
        <p class="survey-sentence">"选定合同和评价期，再逐人逐项评价。"</p>
        {table.map(|table| view! { <HeaderForm sheet table sums=false/> })}
        <Contracts answering/>
    }
}

/// The name of a respondent.
#[component]
pub fn RespondentStep(answering: Answering, row: RowId) -> impl IntoView {
    let sheet = answering.typed.sheet;
    let cell = answering.cell(&row, |survey| Some(&survey.respondent));
    view! {
        <h2 id=HEADING tabindex="-1">{of_all(answering, &row)}</h2>
        <p class="survey-sentence">"填写评价人姓名。每人只评价一次，评价人可在本机自行逐项选择。"</p>
        {cell.map(|(cell, _)| view! { <Field sheet cell/> })}
    }
}

/// The place of a respondent among all.
fn of_all(answering: Answering, row: &RowId) -> String {
    let rows = answering.read(Survey::respondents);
    let number = rows.iter().position(|other| other == row).map_or(0, |at| at + 1);
    format!("评价人 {number} / {}", rows.len())
}

/// One item graded by one respondent. The reason comes below the grades, so that nothing above it moves.
#[component]
pub fn GradeStep(answering: Answering, row: RowId, item: usize) -> impl IntoView {
    let (name, sentence, grades) = answering.survey.with_value(|survey| {
        let (name, sentence) =
            survey.items.get(item).map(|item| (item.name.clone(), item.sentence.clone())).unwrap_or_default();
        (name, sentence, survey.grades.clone())
    });
    let who = answering.read(|survey, session| survey.name_of(session, &row));
    let who = format!("{} · {who}", of_all(answering, &row));
    let cell = answering.cell(&row, |survey| survey.items.get(item).map(|item| item.key.as_str()));
    let of_low = row.clone();
    let is_low =
        Memo::new(move |_| answering.follow(|survey, session| survey.is_low(session, &of_low, item)));
    view! {
        <div class="survey-head">
            <h2 id=HEADING tabindex="-1">{name}</h2>
            <p class="survey-who">{who}</p>
        </div>
        <p class="survey-sentence" id="survey-sentence">{sentence}</p>
        {cell.map(|(cell, field)| view! { <Grades answering cell key=field.key grades/> })}
        <Show when=move || is_low.get()><Reason answering row=row.clone()/></Show>
    }
}

/// The grades as one group of radio buttons: the arrow keys go from one to the next.
#[component]
fn Grades(answering: Answering, cell: Cell, key: String, grades: Vec<WordOption>) -> impl IntoView {
    let sheet = answering.typed.sheet;
    let now = Memo::new(move |_| sheet.follow(|session| session.typed(cell).unwrap_or_default().to_string()));
    let words: Vec<String> = grades.iter().map(|grade| grade.word.clone()).collect();
    // A grade that a table carries and no word stands for.
    let other = move || Some(now.get()).filter(|typed| !typed.is_empty() && !words.contains(typed));
    let one = move |WordOption { word, label }: WordOption| {
        let of_state = word.clone();
        let is_chosen = Memo::new(move |_| now.with(|typed| *typed == of_state));
        let (value, key) = (word.clone(), key.clone());
        view! {
            <label class="survey-grade" class:chosen=is_chosen>
                <input type="radio" name="grade" value=value data-field=key prop:checked=is_chosen
                    on:change=move |_| sheet.type_text(cell, &word)/>
                {label}
            </label>
        }
    };
    view! {
        <div class="survey-grades" role="radiogroup" aria-labelledby=HEADING aria-describedby="survey-sentence">
            {grades.into_iter().map(one).collect_view()}
        </div>
        {move || other().map(|typed| view! { <p class="quiet">{format!("现为表格中填写的 {typed} 分，可改选。")}</p> })}
    }
}

/// 原因 of low grades: one for all low grades of a respondent.
#[component]
fn Reason(answering: Answering, row: RowId) -> impl IntoView {
    let sheet = answering.typed.sheet;
    let Some((cell, field)) = answering.cell(&row, |survey| Some(&survey.reason)) else {
        return ().into_any();
    };
    let longest = match field.kind {
        FieldKind::Text { longest, .. } => longest,
        _ => 0,
    };
    // A paragraph on the page: a line of a phone shows a dozen characters.
    let kind = FieldKind::Text { shortest: 0, longest, lines: true };
    let field = Definition { kind, ..field }.required();
    let findings = cell_findings(sheet, cell);
    let least = answering.survey.with_value(|survey| survey.reason_min);
    let gap = Memo::new(move |_| answering.follow(|survey, session| survey.reason_gap(session, &row)));
    let faults = move || findings.get().into_iter().map(|finding| finding.message).chain(gap.get());
    view! {
        <div class="survey-reason">
            <label for="survey-reason">{format!("原因（必填，{least}–{longest} 字，各项共用）")}</label>
            <TextEntry sheet cell field id="survey-reason".to_string() described="survey-reason-faults".to_string() findings/>
            <ul id="survey-reason-faults" data-faults="reason">
                {move || faults().map(|message| view! { <li>{message}</li> }).collect_view()}
            </ul>
        </div>
    }
    .into_any()
}
