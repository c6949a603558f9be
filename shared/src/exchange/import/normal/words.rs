//! Text, options and yes/no.

use super::RejectReason;
use crate::exchange::import::synonyms;
use crate::kernel::characters::{half_width, is_unseen, plain_character};

/// Trims white space of every width and what cannot be seen; line ends become `\n`, radicals the characters they
/// look like. Full-width letters and punctuation inside are the author's own and stay.
pub fn text(raw: &str) -> String {
    let lines = raw.replace("\r\n", "\n").replace('\r', "\n").replace('\t', " ");
    let visible: String =
        lines.chars().filter(|c| *c == '\n' || !is_unseen(*c)).map(plain_character).collect();
    visible.trim().to_string()
}

/// For comparing: half-width, lower case, without white space.
pub(crate) fn fold(raw: &str) -> String {
    raw.chars()
        .filter(|c| !is_unseen(*c))
        .map(half_width)
        .map(plain_character)
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The option meant: itself in any width or case, with or without 指标 or 类 behind it, else one of its other names.
///
/// # Errors
/// [`Reason::NotAChoice`] when none is meant.
pub fn choice(raw: &str, options: &[String]) -> Result<String, RejectReason> {
    let wanted = fold(raw);
    let named = |wanted: &str| {
        let other = |option: &&String| synonyms::of_option(option).any(|name| fold(name) == wanted);
        options.iter().find(|option| fold(option) == wanted).or_else(|| options.iter().find(other))
    };
    let bare = |suffix: &str| wanted.strip_suffix(suffix).filter(|bare| !bare.is_empty());
    named(&wanted)
        .or_else(|| bare("指标").and_then(named))
        .or_else(|| bare("类").and_then(named))
        .or_else(|| named(unnumbered(&wanted)).filter(|_| unnumbered(&wanted) != wanted))
        .cloned()
        .ok_or_else(|| RejectReason::NotAChoice { options: options.to_vec() })
}

/// A name without the number before it: `1.服务器`, `(二)存储`, `三、网络`.
fn unnumbered(text: &str) -> &str {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十()".contains(c));
    rest.strip_prefix(['.', '、', ':']).unwrap_or(if text.starts_with('(') { rest } else { text })
}

/// `true` or `false` for the ways an office says 是 and 否.
///
/// # Errors
/// [`Reason::NotYesNo`].
pub fn yes_no(raw: &str) -> Result<String, RejectReason> {
    match fold(raw).as_str() {
        "是" | "有" | "涉密" | "true" | "yes" | "y" | "1" | "√" | "✓" | "✔" => Ok("true".into()),
        "否" | "无" | "不涉密" | "非涉密" | "false" | "no" | "n" | "0" | "×" | "✗" | "✘" => {
            Ok("false".into())
        }
        _ => Err(RejectReason::NotYesNo),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_keeps_its_own_punctuation_and_loses_only_its_edges() {
        assert_eq!(text("\u{3000} 存储阵列（一期）\u{feff} "), "存储阵列（一期）");
        assert_eq!(text("第一行\r\n第二\u{0}行\r\n"), "第一行\n第二行");
        let long = "字".repeat(crate::exchange::import::normal::LONGEST_TEXT);
        let text = crate::exchange::import::normal::CellKind::Text;
        assert!(crate::exchange::import::normal::normalise(&text, &long).is_ok());
        assert!(crate::exchange::import::normal::normalise(&text, &(long + "字")).is_err());
    }

    #[test]
    fn options_are_known_by_their_other_names() {
        let modes: Vec<String> = ["原厂", "第三方", "备件", "驻场"].map(String::from).to_vec();
        for (written, meant) in [
            ("原厂维保", "原厂"),
            (" 第三方\u{3000}", "第三方"),
            ("三方维保", "第三方"),
            ("驻场服务", "驻场"),
        ] {
            assert_eq!(choice(written, &modes).as_deref(), Ok(meant), "{written}");
        }
        assert!(choice("非原厂", &modes).is_err());
        let kinds = vec!["UPS".to_string()];
        assert_eq!(choice("ｕｐｓ", &kinds).as_deref(), Ok("UPS"));
        assert_eq!(choice("不间断电源", &kinds).as_deref(), Ok("UPS"));
        let Err(reason) = choice("租赁", &modes) else { panic!("租赁 is no option") };
        assert_eq!(reason.to_string(), "不在可选范围内，请从下列各项中选一项：原厂、第三方、备件、驻场");
    }

    #[test]
    fn yes_and_no() {
        assert_eq!(yes_no("√").as_deref(), Ok("true"));
        assert_eq!(yes_no("非涉密").as_deref(), Ok("false"));
        assert_eq!(yes_no("待定"), Err(RejectReason::NotYesNo));
    }
}
