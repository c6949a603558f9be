//! An evaluation filled in item by item: its steps, what is missing, and where one goes on.

use super::*;
use crate::cases::execution::command_form::CommandForm;
use crate::cases::execution::kind::ExecutionKind;
use crate::cases::execution::parameters::MoneyParameters;
use crate::cases::execution::registry::ExecutionKindName;
use crate::cases::execution::world::Party;
use crate::cases::user_evaluation::UserEvaluation;
use crate::engine::document::RANK_STEP;
use crate::engine::op::{Change, HEADER_ROW, Op};
use crate::engine::parameters::Parameters;
use crate::engine::plan::Plan;
use crate::kernel::calendar::FiscalYear;
use crate::kernel::ids::{AccountId, OpId, PersonId, TenantId};
use crate::kernel::people::{Actor, Role};
use crate::policy::editions::register::Register;
use std::collections::BTreeMap;
use std::sync::Arc;

const YEAR: FiscalYear = FiscalYear(2024);
const ITEMS: [&str; 5] = ["response", "repair", "attitude", "patrol", "documents"];

fn parameters() -> MoneyParameters {
    MoneyParameters::of(&Register::shipped().newest().unwrap().parameters).unwrap()
}

/// The survey with its form and three rows nobody has typed into.
fn begun() -> (Survey, CommandForm, Session) {
    let actor = Actor {
        tenant: TenantId::new("sx"),
        name: "某某".to_string(),
        account: AccountId::new("water.filler"),
        person: PersonId::new("water.filler"),
        role: Role::DepartmentFiller,
        department: None,
        provider: None,
    };
    let command = ExecutionKindName::UserEvaluation.opening(&Party { actor }, &parameters()).unwrap();
    let survey = *command.survey.clone().unwrap();
    let form = CommandForm::new(command, YEAR, &BTreeMap::new());
    let plan = Plan::compile(form.definition(), &Parameters::default(), YEAR).unwrap();
    let mut session = Session::open(Arc::new(plan), form.begun());
    assert_eq!(survey.absent_rows(&session), 3);
    for (rank, row) in [(1, "a"), (2, "b"), (3, "c")] {
        add_row(&mut session, row, rank);
    }
    (survey, form, session)
}

fn add_row(session: &mut Session, row: &str, rank: i64) {
    let (table, rank) = ("answers".to_string(), rank * RANK_STEP);
    let change = Change::InsertRow { table, row: RowId::new(row), rank, cells: BTreeMap::new() };
    session.apply(&Op { id: OpId::new("r"), changes: vec![change] });
}

fn type_in(session: &mut Session, table: &str, row: &str, field: &str, text: &str) {
    let cell = session.cell(table, row, field).unwrap();
    let changes = session.typing(cell, text).into_iter().collect();
    session.apply(&Op { id: OpId::new("t"), changes });
}

fn answer(session: &mut Session, row: &str, name: &str, grades: [&str; 5]) {
    type_in(session, "answers", row, "respondent", name);
    for (item, grade) in ITEMS.iter().zip(grades) {
        type_in(session, "answers", row, item, grade);
    }
}

fn answer_all(session: &mut Session) {
    type_in(session, FORM, HEADER_ROW, "contract", "con-1");
    type_in(session, FORM, HEADER_ROW, "period", "上半年");
    for (row, name) in [("a", "张一"), ("b", "李二"), ("c", "王三")] {
        answer(session, row, name, ["5", "4", "4", "3", "5"]);
    }
}

fn messages(survey: &Survey, session: &Session) -> Vec<String> {
    survey.gaps(session).into_iter().map(|gap| gap.message).collect()
}

#[test]
fn the_items_are_columns_of_the_form_and_every_grade_is_one_it_takes() {
    let (survey, _, mut session) = begun();
    assert_eq!(survey.items.iter().map(|item| item.key.as_str()).collect::<Vec<_>>(), ITEMS);
    answer_all(&mut session);
    for grade in &survey.grades {
        type_in(&mut session, "answers", "a", "response", &grade.word);
        let cell = session.cell("answers", "a", "response").unwrap();
        assert_eq!(session.cell_findings(cell), Vec::new(), "{}", grade.label);
    }
    assert_eq!(UserEvaluation::survey("return", &parameters()), None);
}

#[test]
fn each_respondent_has_a_page_for_the_name_and_one_for_each_item() {
    let (survey, _, session) = begun();
    let steps = survey.steps(&session);
    assert_eq!(steps.len(), 1 + 3 * 6 + 1);
    assert_eq!(steps[0], SurveyStep::Subject);
    assert_eq!(steps[7], SurveyStep::Respondent(RowId::new("b")));
    assert_eq!(steps[9], SurveyStep::Grade(RowId::new("b"), 1));
    assert_eq!(steps.last(), Some(&SurveyStep::Summary));
}

#[test]
fn one_goes_on_at_the_first_step_with_something_missing() {
    let (survey, _, mut session) = begun();
    assert_eq!(survey.first_open(&session), 0);
    type_in(&mut session, FORM, HEADER_ROW, "contract", "con-1");
    type_in(&mut session, FORM, HEADER_ROW, "period", "上半年");
    answer(&mut session, "a", "张一", ["5", "5", "", "5", "5"]);
    assert_eq!(survey.first_open(&session), 4);
    type_in(&mut session, "answers", "a", "attitude", "5");
    assert_eq!(survey.first_open(&session), 7, "the name of the second");
    answer_all(&mut session);
    assert_eq!(survey.first_open(&session), 19, "the summary");
    assert_eq!(messages(&survey, &session), Vec::<String>::new());
}

#[test]
fn a_low_grade_needs_one_reason_for_all_of_a_respondent() {
    let (survey, form, mut session) = begun();
    answer_all(&mut session);
    type_in(&mut session, "answers", "b", "repair", "2");
    type_in(&mut session, "answers", "b", "patrol", "1");
    let row = RowId::new("b");
    assert!(survey.is_low(&session, &row, 1) && !survey.is_low(&session, &row, 0));
    let gaps = survey.gaps(&session);
    let step = SurveyStep::Grade(row, 1);
    let message = "李二 · 修复：低分须写理由（不少于5字）".to_string();
    assert_eq!(gaps, vec![SurveyGap { step, message }]);
    type_in(&mut session, "answers", "b", "reason", "太慢");
    assert_eq!(survey.gaps(&session).len(), 1, "shorter than the edition asks");
    type_in(&mut session, "answers", "b", "reason", "两次超过约定时间");
    assert_eq!(survey.gaps(&session), Vec::new());
    assert_eq!(form.body(&session.document())["answers"][1]["reason"], "两次超过约定时间");
}

#[test]
fn names_are_asked_for_and_stand_once() {
    let (survey, _, mut session) = begun();
    answer_all(&mut session);
    type_in(&mut session, "answers", "c", "respondent", "张一");
    assert_eq!(messages(&survey, &session), ["评价人“张一”重复，每人只评价一次"]);
    type_in(&mut session, "answers", "c", "respondent", "");
    assert_eq!(messages(&survey, &session), ["第3位评价人：请填写姓名"]);
}

#[test]
fn a_spare_row_is_not_asked_about_and_too_few_are() {
    let (survey, form, mut session) = begun();
    answer_all(&mut session);
    add_row(&mut session, "d", 4);
    assert_eq!(messages(&survey, &session), Vec::<String>::new());
    assert_eq!(form.body(&session.document())["answers"].as_array().unwrap().len(), 3);
    type_in(&mut session, "answers", "d", "response", "4");
    assert_eq!(survey.gaps(&session).len(), 5, "a row somebody typed into is asked about");
    for row in ["c", "d"] {
        let (table, row) = ("answers".to_string(), session.cell("answers", row, "response").unwrap().slot);
        let row = session.row(session.plan().table(&table).unwrap(), row);
        let change = Change::RemoveRow { table, row: row.id, rank: row.rank, cells: row.cells };
        session.apply(&Op { id: OpId::new("x"), changes: vec![change] });
    }
    assert_eq!(messages(&survey, &session), ["样本不足，至少3人"]);
}

#[test]
fn a_grade_of_the_table_outside_the_words_is_shown_as_typed() {
    let (survey, _, mut session) = begun();
    let row = RowId::new("a");
    assert_eq!(survey.grade_of(&session, &row, 0), None);
    type_in(&mut session, "answers", "a", "response", "0");
    assert_eq!(survey.grade_of(&session, &row, 0).as_deref(), Some("0分"));
    assert!(survey.is_low(&session, &row, 0));
    type_in(&mut session, "answers", "a", "response", "5");
    assert_eq!(survey.grade_of(&session, &row, 0).as_deref(), Some("非常满意"));
}
