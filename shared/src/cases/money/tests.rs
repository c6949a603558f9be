//! The worked years, to the last 分.

use crate::cases::play::play;
use serde_json::Value;

/// Plays a script and compares the whole answer.
fn assert_plays(script: &str, expected: &str) {
    let answer: Value = serde_json::from_str(&play(script).unwrap()).unwrap();
    let expected: Value = serde_json::from_str(expected).unwrap();
    for part in ["steps", "cases", "balances", "reserved", "ask"] {
        match (&answer[part], &expected[part]) {
            (Value::Object(got), Value::Object(wanted)) => {
                for (key, wanted) in wanted {
                    assert_eq!(got.get(key), Some(wanted), "{part} {key}");
                }
                assert_eq!(got.len(), wanted.len(), "{part}");
            }
            (got, wanted) => {
                for (got, wanted) in got.as_array().unwrap().iter().zip(wanted.as_array().unwrap()) {
                    assert_eq!(got, wanted, "{part}");
                }
                assert_eq!(got, wanted, "{part}");
            }
        }
    }
}

#[test]
fn one_contract_goes_from_settlement_to_the_closing_of_its_year() {
    assert_plays(
        include_str!("../../../../tests/cases/money-small/script.json"),
        include_str!("../../../../tests/cases/money-small/expected.json"),
    );
}

#[test]
fn three_departments_live_through_a_year_and_its_clearing() {
    assert_plays(
        include_str!("../../../../tests/cases/money-2024/script.json"),
        include_str!("../../../../tests/cases/money-2024/expected.json"),
    );
}
