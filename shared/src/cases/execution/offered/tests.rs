//! What dialogs ask for: every field has a label, every choice its words.

use super::*;
use crate::cases::performance::labels;
use crate::policy::editions::register::Register;

fn check(kind: ExecutionKindName, field: &Field, parameters: &MoneyParameters) {
    let place = format!("{} {}", kind.word(), field.key);
    assert_ne!(field_label(kind, field.key), field.key, "{place} has a label");
    let words = words_of(field, parameters);
    match field.kind {
        FieldKind::Choice(_) | FieldKind::Listed(_) | FieldKind::Codes(_) => {
            assert!(words.len() > 1, "{place} offers its words");
        }
        _ => assert!(words.is_empty(), "{place}"),
    }
    for word in words {
        assert!(!word_label(word).is_ascii(), "{place}: {word} has a label");
    }
    if let FieldKind::Table(columns) | FieldKind::Rows(columns) = field.kind {
        columns.iter().for_each(|column| check(kind, column, parameters));
    }
}

#[test]
fn every_field_of_every_command_is_asked_for_in_chinese() {
    let parameters = MoneyParameters::of(&Register::shipped().newest().unwrap().parameters).unwrap();
    for kind in ExecutionKindName::ALL.into_iter() {
        with_execution_kind!(kind, K => {
            for row in K::COMMANDS.iter().filter(|row| !row.unlisted) {
                row.fields.iter().for_each(|field| check(kind, field, &parameters));
            }
        });
    }
}

#[test]
fn every_table_of_a_form_has_a_label() {
    for kind in ExecutionKindName::ALL.into_iter().filter(|kind| kind.has_form()) {
        with_execution_kind!(kind, K => {
            let case = K::default();
            let (form, _) = case.form().unwrap();
            for table in form.tables {
                assert_ne!(labels::table(form, table.key), table.key, "{} {}", kind.word(), table.key);
            }
        });
    }
}

#[test]
fn every_stage_has_a_label() {
    for kind in ExecutionKindName::ALL {
        with_execution_kind!(kind, K => {
            for stage in <<K as ExecutionKind>::Stage as CaseStage>::all() {
                assert!(kind.stage_label(stage.word()).is_some_and(|label| !label.is_ascii()));
            }
        });
    }
}
