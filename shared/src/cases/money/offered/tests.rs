//! What dialogs ask for: every field has a label, every choice its words.

use super::*;

fn check(kind: MoneyKindName, field: &Field, parameters: &MoneyParameters) {
    let place = format!("{} {}", kind.word(), field.key);
    assert_ne!(field_label(field.key), field.key, "{place} has a label");
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
    if let FieldKind::Table(columns) = field.kind {
        columns.iter().for_each(|column| check(kind, column, parameters));
    }
}

#[test]
fn every_field_of_every_command_is_asked_for_in_chinese() {
    let parameters = MoneyParameters::with(&serde_json::Map::new()).unwrap();
    for kind in MoneyKindName::ALL {
        with_money_kind!(kind, K => {
            for row in K::COMMANDS {
                row.fields.iter().for_each(|field| check(kind, field, &parameters));
            }
        });
    }
}

#[test]
fn every_stage_has_a_label() {
    for kind in MoneyKindName::ALL {
        with_money_kind!(kind, K => {
            for stage in <<K as MoneyKind>::Stage as CaseStage>::all() {
                assert!(kind.stage_label(stage.word()).is_some_and(|label| !label.is_ascii()));
            }
        });
    }
}
