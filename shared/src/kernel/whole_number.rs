//! Whole numbers of JSON: also those beyond every type, which the parser hands on without their digits.

use serde_json::Value;

/// A whole number as it is written in JSON; the inner `None` is one beyond every range, `None` no whole number.
pub fn whole_number(value: &Value) -> Option<Option<i64>> {
    let number = value.as_number()?;
    if let Some(count) = number.as_i64() {
        return Some(Some(count));
    }
    // From 10^16 on the parser's number is written with an exponent and has no fraction any more.
    let is_large = || number.to_string().split_once('e').is_some_and(|(_, power)| !power.starts_with('-'));
    (number.is_u64() || is_large()).then_some(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_without_a_fraction_is_whole_however_large() {
        let read = |text: &str| whole_number(&serde_json::from_str(text).unwrap());
        assert_eq!(read("2024"), Some(Some(2024)));
        assert_eq!(read("-9223372036854775808"), Some(Some(i64::MIN)));
        for beyond in ["9223372036854775808", "18446744073709551616", "-18446744073709551616"] {
            assert_eq!(read(beyond), Some(None), "{beyond}");
        }
        for other in ["1.5", "-0.5", "1e-20", "\"3\"", "true", "[]", "null"] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
