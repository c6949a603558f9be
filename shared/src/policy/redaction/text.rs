//! 文本脱敏: personal and technical data in free text, found by the expressions of `patterns.json` and replaced by
//! the name of their class.

use crate::kernel::calendar::Date;
use fancy_regex::{Captures, Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::OnceLock;

const PATTERNS: &str = include_str!("patterns.json");
/// Steps an expression may take on one text. No real text comes near it; a text made to exhaust it is hidden whole.
const MOST_STEPS: usize = 10_000_000;

/// A text without what may not be public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RedactedText {
    pub text: String,
    /// Class of every place hidden, sorted.
    pub marks: Vec<String>,
}

struct Pattern {
    class: String,
    expression: Regex,
    test: fn(&str) -> bool,
}

/// Hides every place that a pattern finds, one pattern after another, in text whose full-width digits, letters and
/// `. @ -` are narrowed first.
pub fn redact_text(text: &str) -> RedactedText {
    let mut text: String = text.chars().map(narrow).collect();
    let mut marks = Vec::new();
    for Pattern { class, expression, test } in patterns() {
        let mut hidden = 0;
        let hide = |found: &Captures<'_, str>| {
            let found = found.get(0).map_or("", |found| found.as_str());
            if !test(found) {
                return found.to_string();
            }
            hidden += 1;
            replacement(class)
        };
        let replaced = expression.try_replacen(&text, 0, hide).map(String::from);
        // Text that the expression cannot judge is not published.
        text = replaced.unwrap_or_else(|_| {
            hidden = 1;
            replacement(class)
        });
        marks.extend(std::iter::repeat_n(class.clone(), hidden));
    }
    marks.sort();
    RedactedText { text, marks }
}

fn replacement(class: &str) -> String {
    format!("〔已隐去：{class}〕")
}

fn patterns() -> &'static [Pattern] {
    #[derive(Deserialize)]
    struct Written {
        class: String,
        expression: String,
    }
    #[derive(Deserialize)]
    struct File {
        patterns: Vec<Written>,
    }
    static PATTERNS_READ: OnceLock<Vec<Pattern>> = OnceLock::new();
    PATTERNS_READ.get_or_init(|| {
        let written: Vec<Written> =
            serde_json::from_str(PATTERNS).map(|file: File| file.patterns).unwrap_or_default();
        let read = written.into_iter().filter_map(|Written { class, expression }| {
            let test = further_test(&class);
            let expression = RegexBuilder::new(&expression).backtrack_limit(MOST_STEPS).build().ok()?;
            Some(Pattern { class, expression, test })
        });
        read.collect()
    })
}

/// What a place must pass beside the expression of its class.
fn further_test(class: &str) -> fn(&str) -> bool {
    match class {
        "网址" => is_inner_address,
        "身份证号" => is_identity_number,
        "银行卡号" => is_card_number,
        "IP地址" => is_ip_address,
        _ => |_| true,
    }
}

fn narrow(c: char) -> char {
    match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '．' | '＠' | '－' => {
            char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c)
        }
        c => c,
    }
}

/// An address whose host has a port, is an IPv4 address, has no dot, or lies in an inner domain.
fn is_inner_address(url: &str) -> bool {
    let after = url.split_once("://").map_or(url, |(_, after)| after);
    let authority = after.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
    let inner = [".local", ".lan", ".intra", ".internal"];
    host.contains(':')
        || host.parse::<Ipv4Addr>().is_ok()
        || !host.contains('.')
        || inner.iter().any(|domain| host.ends_with(domain))
}

/// 公民身份号码 (GB 11643): real date of birth, right check digit.
fn is_identity_number(text: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10X98765432";
    let digits: String = text.chars().filter(|c| *c != ' ').collect::<String>().to_ascii_uppercase();
    let Some(born) = digits.get(6..14) else { return false };
    let born = format!("{}-{}-{}", &born[..4], &born[4..6], &born[6..]);
    let weighted = digits.chars().zip(WEIGHTS).map(|(c, weight)| c.to_digit(10).map(|digit| digit * weight));
    let Some(sum) = weighted.sum::<Option<u32>>() else { return false };
    Date::parse(&born).is_some() && digits.bytes().last() == Some(CHECKS[(sum % 11) as usize])
}

/// 银行卡号: passes the Luhn check.
fn is_card_number(text: &str) -> bool {
    let digits = text.chars().filter_map(|c| c.to_digit(10)).rev();
    let sum: u32 = digits
        .enumerate()
        .map(|(n, digit)| match (n % 2, digit * 2) {
            (0, _) => digit,
            (_, double) if double > 9 => double - 9,
            (_, double) => double,
        })
        .sum();
    sum.is_multiple_of(10)
}

fn is_ip_address(text: &str) -> bool {
    let v4 = text.split(['/', ':']).next().unwrap_or_default();
    text.parse::<Ipv6Addr>().is_ok() || v4.parse::<Ipv4Addr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_pattern_of_the_file_is_an_expression() {
        let file: serde_json::Value = serde_json::from_str(PATTERNS).unwrap();
        assert_eq!(patterns().len(), file["patterns"].as_array().unwrap().len());
    }

    proptest! {
        #[test]
        fn redacting_twice_is_redacting_once(text in "[0-9A-Fa-fxX:./@ \\-手机账号〔〕（）()]{0,60}") {
            let once = redact_text(&text).text;
            prop_assert_eq!(redact_text(&once).text, once);
        }
    }
}
