//! What people type into the form of a command is what the command carries.

use super::*;
use crate::cases::execution::content::{ContentLine, ContentValue};
use crate::cases::execution::kind::ExecutionKind;
use crate::cases::execution::offered::WordOption;
use crate::cases::execution::parameters::MoneyParameters;
use crate::cases::execution::registry::{ExecutionKindName, with_execution_kind};
use crate::cases::performance::content::Content;
use crate::cases::performance::form::Part;
use crate::cases::performance::judgement::FormFacts;
use crate::cases::performance::live::FormJudging;
use crate::engine::op::Op;
use crate::engine::parameters::Parameters;
use crate::engine::plan::Plan;
use crate::engine::session::Session;
use crate::kernel::ids::OpId;
use crate::policy::editions::register::Register;
use serde_json::json;

const YEAR: FiscalYear = FiscalYear(2024);

fn parameters() -> MoneyParameters {
    MoneyParameters::of(&Register::shipped().newest().unwrap().parameters).unwrap()
}

fn text(key: &str, input: FieldInput) -> OfferedField {
    OfferedField { key: key.to_string(), label: key.to_string(), required: false, input }
}

fn option(word: &str, label: &str) -> WordOption {
    WordOption { word: word.to_string(), label: label.to_string() }
}

fn command(fields: Vec<OfferedField>) -> OfferedCommand {
    let (verb, label) = ("fill".to_string(), "填报".to_string());
    OfferedCommand {
        verb,
        label,
        article: 13,
        opens: false,
        is_due: true,
        refusal: None,
        fields,
        survey: None,
    }
}

fn open(form: &CommandForm) -> Session {
    let plan = Plan::compile(form.definition(), &Parameters::default(), YEAR).unwrap();
    Session::open(Arc::new(plan), form.begun())
}

fn type_in(session: &mut Session, (table, row, field): (&str, &str, &str), text: &str) {
    let cell = session.cell(table, row, field).unwrap();
    let changes = session.typing(cell, text).into_iter().collect();
    session.apply(&Op { id: OpId::new("t"), changes });
}

fn add_row(session: &mut Session, table: &str, row: &str, cells: &[(&str, &str)]) {
    let cells = cells.iter().map(|(key, text)| (key.to_string(), text.to_string())).collect();
    let change =
        Change::InsertRow { table: table.to_string(), row: RowId::new(row), rank: 9 * RANK_STEP, cells };
    session.apply(&Op { id: OpId::new("r"), changes: vec![change] });
}

#[test]
fn every_command_of_every_kind_has_a_form() {
    for kind in ExecutionKindName::ALL {
        with_execution_kind!(kind, K => {
            for row in K::COMMANDS.iter().filter(|row| !row.unlisted) {
                let fields = row.fields.iter().map(|field| OfferedField::of(kind, field, &parameters()));
                let form = CommandForm::new(command(fields.collect()), YEAR, &BTreeMap::new());
                let session = open(&form);
                assert_eq!(session.document(), Document::new(YEAR), "{} {}", kind.word(), row.verb);
            }
        });
    }
}

#[test]
fn a_body_has_numbers_words_and_lists_where_the_command_asks_for_them() {
    let columns =
        vec![text("line", FieldInput::text(1, 80)), text("count", FieldInput::Count { least: 0, most: 9 })];
    let fields = vec![
        text("name", FieldInput::text(1, 40)),
        text("year", FieldInput::Year),
        text("agreed", FieldInput::Flag),
        text("method", FieldInput::Choice { options: vec![option("open", "公开招标")] }),
        text(
            "materials",
            FieldInput::Codes { options: vec![option("invoice", "发票"), option("list", "清单")] },
        ),
        text("members", FieldInput::Texts),
        text("lines", FieldInput::Table { columns }),
    ];
    let form = CommandForm::new(command(fields), YEAR, &[("method".into(), "open".into())].into());
    let mut session = open(&form);
    for (field, typed) in
        [("name", " 某单位 "), ("year", "2024"), ("agreed", "true"), ("members", "甲\n\n 乙 ")]
    {
        type_in(&mut session, (FORM, HEADER_ROW, field), typed);
    }
    type_in(&mut session, ("materials", HEADER_ROW, "list"), "true");
    add_row(&mut session, "lines", "a", &[("line", "r/1"), ("count", "两台")]);
    add_row(&mut session, "lines", "b", &[]);
    let body = form.body(&session.document());
    let expected = json!({
        "name": "某单位", "year": 2024, "agreed": true, "method": "open", "materials": ["list"],
        "members": ["甲", "乙"],
        // What is no number goes as it is: the server names the field.
        "lines": [{ "line": "r/1", "count": "两台" }],
    });
    assert_eq!(Value::Object(body), expected);
}

/// The form of a self-evaluation with two indicators, as its filler types into it.
fn self_evaluation() -> CommandForm {
    let content = json!({
        "header": {},
        "funds": [{ "id": "fiscal", "adjusted": "100.00", "executed": "90.00" }, { "id": "other" }],
        "indicators": [
            { "id": "t1", "name": "故障处理次数", "value": "10", "unit": "次", "weight": "50", "nature": "定量",
              "operator": "≥" },
            { "id": "t2", "name": "满意度", "value": "90", "unit": "%", "weight": "40", "nature": "定量",
              "operator": "≥", "reason": "旧的理由" },
        ],
    });
    let content = Content::try_from(&content).unwrap();
    let facts: FormFacts =
        [("budget", "100.00"), ("executed", "90.00")].map(|(k, v)| (k.to_string(), v.to_string())).into();
    let kind = ExecutionKindName::SelfEvaluation;
    let edition = &Register::shipped().newest().unwrap().parameters;
    let judging = FormJudging::of(kind, &content, facts, edition);
    let (form, _) = kind.judged_form().unwrap();
    let offered = OfferedForm::of(form, &content, &[Part::Whole], judging);
    let fields = vec![text("document", FieldInput::Form { form: Box::new(offered) })];
    CommandForm::new(command(fields), YEAR, &BTreeMap::new())
}

#[test]
fn a_fill_carries_what_differs_and_nothing_else() {
    let form = self_evaluation();
    let mut session = open(&form);
    assert_eq!(form.body(&session.document()), json!({ "document": {} }).as_object().unwrap().clone());
    type_in(&mut session, (FORM, HEADER_ROW, "goal_actual"), "全部完成");
    type_in(&mut session, ("indicators", "t1", "actual"), "12");
    type_in(&mut session, ("indicators", "t1", "low_target"), "true");
    type_in(&mut session, ("indicators", "t2", "reason"), "");
    add_row(&mut session, JUSTIFICATIONS, "EVA-21@x", &[(JUSTIFICATION, "分值按批复")]);
    let body = form.body(&session.document());
    let expected = json!({ "document": {
        "header": { "goal_actual": "全部完成" },
        "indicators": [{ "id": "t1", "actual": "12", "low_target": true }, { "id": "t2", "reason": null }],
        "justifications": { "EVA-21@x": "分值按批复" },
    } });
    assert_eq!(Value::Object(body), expected);
}

#[test]
fn what_was_copied_in_is_shown_and_stays_as_it_is() {
    let form = self_evaluation();
    let session = open(&form);
    let set = |table: &str, row: &str, field: &str| {
        let cell = session.cell(table, row, field).unwrap();
        form.may(&Change::Set { at: session.cell_at(cell), from: None, to: Some("1".into()) })
    };
    assert_eq!(set("indicators", "t1", "actual"), Ok(()));
    assert_eq!(set("funds", "other", "executed"), Ok(()));
    for (table, row, field) in
        [("funds", "fiscal", "executed"), ("indicators", "t1", "weight"), ("indicators", "t1", TITLE)]
    {
        assert_eq!(set(table, row, field).unwrap_err().code, "form.read_only", "{table} {row} {field}");
    }
    let gone = Change::RemoveRow {
        table: "indicators".into(),
        row: RowId::new("t1"),
        rank: 1,
        cells: BTreeMap::new(),
    };
    assert_eq!(form.may(&gone).unwrap_err().code, "form.read_only");
    let title = session.cell("indicators", "t1", TITLE).unwrap();
    assert_eq!(session.typed(title), Some("t1 故障处理次数"));
}

#[test]
fn scores_and_findings_follow_what_is_typed() {
    let form = self_evaluation();
    let mut session = open(&form);
    let total = |session: &Session| {
        let judged = form.judged(&session.document()).unwrap().unwrap();
        let line = judged.lines.iter().find(|line| line.key == "total").cloned();
        (line.map(|line| line.value), judged.findings.iter().filter(|(_, of)| of.rule == "F-01").count())
    };
    let (before, missing) = total(&session);
    type_in(&mut session, ("indicators", "t1", "actual"), "10");
    let (after, fewer) = total(&session);
    assert_ne!(before, after);
    assert_eq!(fewer + 1, missing);
    let judged = form.judged(&session.document()).unwrap().unwrap();
    let (place, _) = judged.findings.iter().find(|(place, _)| place.row.as_deref() == Some("t2")).unwrap();
    let many = form.cells_of(&session.document(), &[place]);
    let at = (place.table.as_deref(), place.row.as_deref(), place.field.as_deref().unwrap());
    let at = form.cell_of(&session.document(), at);
    assert_eq!(many, [Some(at.clone())]);
    assert!(session.cell(&at.table, at.row.as_str(), &at.field).is_some());
}

#[test]
fn what_was_typed_is_typed_again_over_what_others_changed() {
    let form = self_evaluation();
    let mut session = open(&form);
    type_in(&mut session, ("indicators", "t1", "actual"), "12");
    type_in(&mut session, ("indicators", "t2", "reason"), "新的理由");
    let typed = form.typed(&session.document());
    let mut later = open(&form);
    assert_eq!(later.apply(&Op { id: OpId::new("a"), changes: typed.clone() }).conflicts, Vec::new());
    assert_eq!(later.document(), session.document());

    let mut changed = open(&form);
    type_in(&mut changed, ("indicators", "t2", "reason"), "他人的理由");
    let conflicts = changed.apply(&Op { id: OpId::new("b"), changes: typed }).conflicts;
    assert_eq!(conflicts.len(), 1, "the other cell is typed");
    assert_eq!(changed.typed(changed.cell("indicators", "t1", "actual").unwrap()), Some("12"));
}

#[test]
fn the_rows_typed_into_say_what_the_whole_form_says() {
    let form = self_evaluation();
    let mut session = open(&form);
    type_in(&mut session, (FORM, HEADER_ROW, "goal_actual"), "全部完成");
    type_in(&mut session, ("indicators", "t2", "reason"), "");
    type_in(&mut session, ("indicators", "t1", "actual"), "12");
    type_in(&mut session, ("indicators", "t1", "actual"), "");
    let mut rows = Document::new(YEAR);
    for (table, row) in [(FORM, HEADER_ROW), ("indicators", "t1"), ("indicators", "t2")] {
        let cell = session.cell(table, row, if table == FORM { "goal_actual" } else { "actual" }).unwrap();
        rows.tables.entry(table.to_string()).or_default().push(session.row(cell.table, cell.slot));
    }
    assert_eq!(form.typed_into(&rows), form.typed(&session.document()));
    assert_eq!(form.typed_into(&rows).len(), 2);
}

#[test]
fn added_rows_are_called_by_the_first_free_numbers() {
    let kind = ExecutionKindName::Correction;
    let hash = "0".repeat(64);
    let content =
        json!({ "header": {}, "evidence": [{ "id": "n001", "name": "通报", "kind": "文件", "hash": hash }] });
    let content = Content::try_from(&content).unwrap();
    let facts: FormFacts = [("deadline".to_string(), "2024-09-30".to_string())].into();
    let judging = FormJudging::of(kind, &content, facts, &Register::shipped().newest().unwrap().parameters);
    let (form, _) = kind.judged_form().unwrap();
    let offered = OfferedForm::of(form, &content, &[Part::Result], judging);
    let form = CommandForm::new(
        command(vec![text("document", FieldInput::Form { form: Box::new(offered) })]),
        YEAR,
        &BTreeMap::new(),
    );
    let mut session = open(&form);
    add_row(&mut session, "evidence", "r-x", &[("name", "照片一"), ("kind", "照片")]);
    let body = form.body(&session.document());
    assert_eq!(body["document"]["evidence"], json!([{ "id": "n002", "name": "照片一", "kind": "照片" }]));
    let at = form.cell_of(&session.document(), (Some("evidence"), Some("n002"), "hash"));
    assert_eq!(at.row, RowId::new("r-x"));
}

#[test]
fn a_form_that_follows_every_key_shows_names_and_no_ids() {
    let form = self_evaluation();
    let mut judging = form.case_form().unwrap().judging.clone();
    let line = |text: &str| ContentLine {
        key: "request".to_string(),
        label: "申请".to_string(),
        value: ContentValue::Text(text.to_string()),
    };
    judging.learn_names(&[line("req-1"), line("同名")], &[line("省水利厅 2023 年度申请"), line("同名")]);
    judging.content = Content::try_from(&json!({ "header": { "request": "req-1" } })).unwrap();
    let judged = judging.with(json!({}), &[Part::Whole]).unwrap();
    let texts: Vec<&ContentValue> = judged.lines.iter().map(|line| &line.value).collect();
    assert!(texts.contains(&&ContentValue::Text("省水利厅 2023 年度申请".to_string())));
    assert!(!texts.contains(&&ContentValue::Text("req-1".to_string())));
    assert_eq!(judging.names.len(), 1);
}
