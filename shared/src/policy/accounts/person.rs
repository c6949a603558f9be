//! 人员: number and name of a person in the one form they are stored and compared in.

use unicode_normalization::UnicodeNormalization;

/// 人员编号, normalised: NFKC, capitals, 2–32 of `A-Z 0-9 . _ -`, a letter or digit first. `None` is ACT-03.
pub fn person_id(text: &str) -> Option<String> {
    let id = text.nfkc().collect::<String>().trim().to_uppercase();
    let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
    let fits = (2..=32).contains(&id.len())
        && id.starts_with(plain)
        && id.chars().all(|c| plain(c) || matches!(c, '.' | '_' | '-'));
    fits.then_some(id)
}

/// 姓名, normalised: NFKC, 2–20 characters, at least two letters, none that is invisible or turns the direction of
/// writing. `None` is ACT-04.
pub fn person_name(text: &str) -> Option<String> {
    let name = text.nfkc().collect::<String>().trim().to_string();
    let fits = (2..=20).contains(&name.chars().count())
        && name.chars().filter(|c| c.is_alphabetic()).count() >= 2
        && !name.chars().any(|c| c.is_control() || is_format(c));
    fits.then_some(name)
}

/// Unicode category Cf, and the line and paragraph separators: characters that are not seen.
fn is_format(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{600}'..='\u{605}' | '\u{61C}' | '\u{6DD}' | '\u{70F}' | '\u{890}'..='\u{891}' | '\u{8E2}'
        | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
        | '\u{FFF9}'..='\u{FFFB}' | '\u{110BD}' | '\u{110CD}' | '\u{13430}'..='\u{1343F}' | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}' | '\u{E0001}' | '\u{E0020}'..='\u{E007F}')
}
