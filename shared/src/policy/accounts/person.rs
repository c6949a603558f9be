//! 人员与部门的名称: number and name of a person, name of a department, in the one form they are stored and compared in.

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

/// Whether two numbers of persons are taken for each other at a glance: O for 0, I or L for 1, one mark for another.
pub fn person_ids_look_alike(one: &str, other: &str) -> bool {
    let shape = |c: char| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        '.' | '_' => '-',
        c => c,
    };
    one.chars().map(shape).eq(other.chars().map(shape))
}

/// 部门名称: 2–40 characters as they are written, at least two letters, none that is invisible or turns the direction of
/// writing.
pub fn department_name(text: &str) -> Option<String> {
    let name = text.trim();
    let fits = (2..=40).contains(&name.chars().count())
        && name.chars().filter(|c| c.is_alphabetic()).count() >= 2
        && !name.chars().any(|c| c.is_control() || is_format(c));
    fits.then(|| name.to_string())
}

/// Whether a text is the address of one mailbox, in the plain form that offices use: no names, quotes or comments, and
/// nothing that could be read as a second line or a second address.
pub fn is_mail_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+');
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    text.len() <= 254
        && (1..=64).contains(&local.len())
        && local.chars().all(plain)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && domain.contains('.')
        && domain.split('.').all(label)
}

/// Unicode category Cf, and the line and paragraph separators: characters that are not seen.
fn is_format(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{600}'..='\u{605}' | '\u{61C}' | '\u{6DD}' | '\u{70F}' | '\u{890}'..='\u{891}' | '\u{8E2}'
        | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
        | '\u{FFF9}'..='\u{FFFB}' | '\u{110BD}' | '\u{110CD}' | '\u{13430}'..='\u{1343F}' | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}' | '\u{E0001}' | '\u{E0020}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_shows_what_it_is() {
        assert_eq!(person_name(" 王芳 ").as_deref(), Some("王芳"));
        assert_eq!(
            department_name("省人力资源和社会保障厅（本级）").as_deref(),
            Some("省人力资源和社会保障厅（本级）")
        );
        for odd in ["  ", "\n\n", "水", "王\u{200b}", "王\u{202e}芳", "王\u{0}芳", "12"] {
            assert_eq!(person_name(odd), None, "{odd:?}");
            assert_eq!(department_name(odd), None, "{odd:?}");
        }
    }

    #[test]
    fn an_address_names_one_mailbox() {
        for fine in ["wang.fang@sx.gov.cn", "a+b@mail.example"] {
            assert!(is_mail_address(fine), "{fine}");
        }
        for odd in [
            "",
            "a",
            "a@b",
            "a@b.c,d@e.f",
            "a@b.c\r\nBcc: x@y.z",
            "<a@b.c>",
            "王@b.c",
            "a@-b.c",
            "a@b..c",
            "@b.c",
        ] {
            assert!(!is_mail_address(odd), "{odd:?}");
        }
    }

    #[test]
    fn numbers_that_are_taken_for_each_other_are_found() {
        assert!(person_ids_look_alike("P-1O1", "P-101"));
        assert!(person_ids_look_alike("P.I01", "P_101"));
        assert!(!person_ids_look_alike("P-101", "P-102"));
    }
}
