//! 电话号码: the many ways a number is written, brought to the one that is stored.

use super::characters::{half_width, is_unseen};

/// Why a text is no phone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneFault {
    /// Several numbers in one field.
    Several,
    Unreadable,
}

/// `13800138000`, `0351-1234567`, `0351-1234567-801` or `400-810-0080`, whatever dashes, brackets, spaces, country
/// code or word for the extension it was written with.
///
/// # Errors
/// [`PhoneFault`] when it is no number, or more than one.
pub fn read_phone(raw: &str) -> Result<String, PhoneFault> {
    let narrow: String = raw.chars().filter(|c| !is_unseen(*c)).map(half_width).map(one_dash).collect();
    let lower = narrow.trim().to_ascii_lowercase();
    if several(&lower) {
        return Err(PhoneFault::Several);
    }
    let (number, extension) = match split_extension(&lower) {
        (number, Some(extension)) => (number, Some(digits(extension).ok_or(PhoneFault::Unreadable)?)),
        (number, None) => (number, None),
    };
    let number = without_label(number);
    if number.chars().any(|c| !c.is_ascii_digit() && !matches!(c, '-' | ' ' | '(' | ')' | '+' | '.')) {
        return Err(PhoneFault::Unreadable);
    }
    let (bare, international) = without_country(number);
    let parts: Vec<String> = bare
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .map(str::to_string)
        .collect();
    stored(&parts, international, extension.as_deref()).ok_or(PhoneFault::Unreadable)
}

/// One dash for those that keyboards, Word and the web write.
fn one_dash(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{fe58}' | '\u{fe63}' | '~' | '一' | '_' => '-',
        c => c,
    }
}

/// `电话：` and the like in front.
fn without_label(number: &str) -> &str {
    let label = ["联系电话", "办公电话", "电话", "手机", "座机", "tel", "phone"];
    let bare = label.iter().find_map(|label| number.strip_prefix(label)).unwrap_or(number);
    bare.trim_start_matches([':', ' ', '.'])
}

fn several(text: &str) -> bool {
    let parts = text.split(['/', ',', ';', '、', '，', '；', '或', '\\', '\n']);
    parts.filter(|part| part.chars().filter(char::is_ascii_digit).count() >= 5).count() > 1
        || text.split(' ').filter(|part| part.chars().filter(char::is_ascii_digit).count() >= 10).count() > 1
}

fn split_extension(text: &str) -> (&str, Option<&str>) {
    const WORDS: [&str; 8] = ["转分机", "分机号", "分机", "转", "ext.", "ext", "#", "*"];
    let found = WORDS.iter().find_map(|word| text.split_once(word));
    match found {
        Some((number, extension)) => (number.trim_end_matches(['(', ',', '-', ' ']), Some(extension)),
        None => (text, None),
    }
}

/// An extension's digits, brackets and marks around it aside.
fn digits(text: &str) -> Option<String> {
    let bare = text.trim_matches(|c: char| matches!(c, ':' | '.' | ')' | '(' | '-' | ' '));
    (!bare.is_empty() && bare.bytes().all(|b| b.is_ascii_digit())).then(|| bare.to_string())
}

/// The number without +86, and whether a country code stood there: then the area's 0 may be missing.
fn without_country(number: &str) -> (&str, bool) {
    let trimmed = number.trim_start_matches(['(', ' ']);
    for code in ["+86", "0086", "+086"] {
        if let Some(rest) = trimmed.strip_prefix(code) {
            return (rest, true);
        }
    }
    match trimmed.strip_prefix("86") {
        Some(rest) if rest.starts_with(['-', ' ', ')']) || rest.len() == 11 => (rest, true),
        _ => (number, false),
    }
}

fn stored(parts: &[String], international: bool, extension: Option<&str>) -> Option<String> {
    let whole: String = parts.concat();
    let mobile = whole.len() == 11
        && whole.starts_with('1')
        && matches!(whole.as_bytes().get(1), Some(b'3'..=b'9'))
        && extension.is_none();
    if mobile {
        return Some(whole);
    }
    if whole.len() == 10 && (whole.starts_with("400") || whole.starts_with("800")) && !international {
        let service = format!("{}-{}-{}", &whole[..3], &whole[3..6], &whole[6..]);
        return extended(service, extension);
    }
    let whole = if international && !whole.starts_with('0') { format!("0{whole}") } else { whole };
    let area_written = parts.first().filter(|_| parts.len() > 1).map(|area| {
        let lacks_zero = international && !area.starts_with('0');
        area.len() + usize::from(lacks_zero)
    });
    landline(&whole, parts, area_written, extension)
}

fn landline(
    whole: &str,
    parts: &[String],
    area_written: Option<usize>,
    extension: Option<&str>,
) -> Option<String> {
    if !whole.starts_with('0') {
        return None;
    }
    // Area codes of three digits are 010 and 02x.
    let area = match area_written {
        Some(area @ 3..=4) => area,
        _ if matches!(whole.as_bytes().get(1), Some(b'1' | b'2')) => 3,
        _ => 4,
    };
    let rest = whole.get(area..)?;
    // A further group of up to six digits after a dash is an extension: `0351-1234567-801`.
    let last = parts.last().filter(|last| parts.len() > 2 && extension.is_none() && last.len() <= 6);
    let (local, group) = match last {
        Some(last) if (7..=8).contains(&rest.len().checked_sub(last.len())?) => {
            (rest.strip_suffix(last.as_str())?, Some(last.as_str()))
        }
        _ => (rest, None),
    };
    if !(7..=8).contains(&local.len()) {
        return None;
    }
    extended(format!("{}-{local}", &whole[..area]), extension.or(group))
}

fn extended(number: String, extension: Option<&str>) -> Option<String> {
    match extension {
        None => Some(number),
        Some(digits) if digits.len() <= 6 => Some(format!("{number}-{digits}")),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_however_it_is_written() {
        for (written, stored) in [
            ("138-0013-8000", "13800138000"),
            ("+86 13800138000", "13800138000"),
            ("86-138 0013 8000", "13800138000"),
            ("8613800138000", "13800138000"),
            ("(0351)1234567", "0351-1234567"),
            ("（0351）1234567", "0351-1234567"),
            ("0351—1234567", "0351-1234567"),
            ("0351–1234567", "0351-1234567"),
            ("0351‑1234567", "0351-1234567"),
            ("0351 123 4567", "0351-1234567"),
            ("03511234567", "0351-1234567"),
            ("01012345678", "010-12345678"),
            ("+86-351-1234567", "0351-1234567"),
            ("+86 10 12345678", "010-12345678"),
            ("0351-1234567转801", "0351-1234567-801"),
            ("0351-1234567-801", "0351-1234567-801"),
            ("0351-1234567(分机：801)", "0351-1234567-801"),
            ("010-1234-5678", "010-12345678"),
            ("400-810-0080", "400-810-0080"),
            ("4008100080", "400-810-0080"),
            ("\u{202d}13800138000\u{202c}", "13800138000"),
            ("\u{2068}138 0013 8000\u{2069}", "13800138000"),
            ("１３８００１３８０００", "13800138000"),
            ("电话：0351-1234567", "0351-1234567"),
        ] {
            assert_eq!(read_phone(written).as_deref(), Ok(stored), "{written}");
            assert_eq!(read_phone(stored).as_deref(), Ok(stored), "{stored}");
        }
    }

    #[test]
    fn two_numbers_and_no_number_are_told_apart() {
        for two in ["0351-1234567/1234568", "13800138000、13900139000", "13800138000 13900139000"] {
            assert_eq!(read_phone(two), Err(PhoneFault::Several), "{two}");
        }
        for no in
            ["", "待定", "12345678901234", "1380013800", "1234567", "0351-12345", "01234", "张三13800138000"]
        {
            assert_eq!(read_phone(no), Err(PhoneFault::Unreadable), "{no}");
        }
    }
}
