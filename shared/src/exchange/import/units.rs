//! 计量单位: a small grammar of the words that say how amounts are counted: 元, 千元, 万元, 百万元, 亿 …, wherever they
//! stand. A word that looks like such a unit and is none we know is reported, never passed over.

mod vocabulary;

pub(super) use vocabulary::{CLOSING, OPENING, plain, split_brackets};
use vocabulary::{CURRENCIES, FOREIGN, MEASURES, MONEY, complete, multiple_of};

/// What a piece of text says about the unit of amounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum UnitWord {
    /// Says nothing about amounts.
    #[default]
    Silent,
    /// Amounts are counted in `10^power` 元; −1 is 角, −2 is 分.
    Power(i64),
    /// Speaks of a unit that is not understood, in its own words.
    Unclear(String),
}

impl UnitWord {
    /// Two statements about the same amounts: one of them, or their contradiction.
    fn and(self, other: UnitWord) -> UnitWord {
        match (self, other) {
            (UnitWord::Silent, other) => other,
            (own, UnitWord::Silent) => own,
            (UnitWord::Power(one), UnitWord::Power(other)) if one == other => UnitWord::Power(one),
            (UnitWord::Power(one), UnitWord::Power(other)) => {
                UnitWord::Unclear(format!("{}、{}", unit_name(one), unit_name(other)))
            }
            (UnitWord::Unclear(words), _) | (_, UnitWord::Unclear(words)) => UnitWord::Unclear(words),
        }
    }

    /// Its own words, for a question about it.
    pub(super) fn words(&self) -> String {
        match self {
            UnitWord::Silent => String::new(),
            UnitWord::Power(power) => unit_name(*power),
            UnitWord::Unclear(words) => words.clone(),
        }
    }

    pub fn is_silent(&self) -> bool {
        *self == UnitWord::Silent
    }

    pub(super) fn joined(words: impl IntoIterator<Item = UnitWord>) -> UnitWord {
        words.into_iter().fold(UnitWord::Silent, UnitWord::and)
    }
}

/// Units a person can choose for a column, with their power of ten.
pub const CHOICES: [(&str, i64); 9] = [
    ("元", 0),
    ("百元", 2),
    ("千元", 3),
    ("万元", 4),
    ("十万元", 5),
    ("百万元", 6),
    ("千万元", 7),
    ("亿元", 8),
    ("分", -2),
];

/// `万元` for 4.
pub fn unit_name(power: i64) -> String {
    let known = CHOICES.iter().find(|(_, known)| *known == power);
    match (known, power) {
        (Some((name, _)), _) => (*name).to_string(),
        (None, -1) => "角".to_string(),
        (None, _) => format!("10^{power} 元"),
    }
}

/// The power of ten of a unit written by itself: `万元`, `人民币千元`, `百万`.
pub fn power_of(text: &str) -> Option<i64> {
    match phrase(&plain(text)) {
        UnitWord::Power(power) => Some(power),
        _ => None,
    }
}

/// What the heading of a column of amounts says: in brackets, behind the name or before it.
pub(super) fn in_heading(heading: &str) -> UnitWord {
    let text = plain(heading);
    // A capital M is a million, a small one a metre.
    let million =
        split_brackets(heading).1.iter().any(|inner| matches!(inner.trim(), "M" | "Ｍ" | "MM" | "Mn"));
    if million || FOREIGN.iter().any(|word| text.contains(word)) {
        return UnitWord::Unclear(heading.trim().to_string());
    }
    let (outside, brackets) = split_brackets(&text);
    let inside = UnitWord::joined(brackets.iter().map(|inner| phrases(inner)));
    if !inside.is_silent() {
        return inside;
    }
    let named = after_unit_label(&outside);
    if let Some(named) = named {
        return phrases(named);
    }
    trailing(&outside).map_or_else(|| loose(&outside), |(_, power)| UnitWord::Power(power))
}

/// The multiple a heading of counts says: `用户规模（万人）`.
pub(super) fn multiple_in_heading(heading: &str) -> UnitWord {
    let (outside, brackets) = split_brackets(&plain(heading));
    let stated = |inner: &str| {
        let inner = inner.strip_prefix("单位:").unwrap_or(inner);
        let end = inner.find(|c| !matches!(c, '十' | '百' | '千' | '万' | '亿')).unwrap_or(inner.len());
        let (multiple, measure) = inner.split_at(end);
        let counted = measure.is_empty() || MEASURES.contains(&measure);
        match multiple_of(multiple) {
            Some(power) if power > 0 && counted => UnitWord::Power(power),
            _ => UnitWord::Silent,
        }
    };
    let inside = UnitWord::joined(brackets.iter().map(|inner| stated(inner)));
    // 用户数 万人, 用户规模-千户: the multiple and its measure stand behind the name.
    let behind = || {
        let counted = ["人", "户", "人次", "次"].iter().find_map(|measure| outside.strip_suffix(measure));
        let multiple =
            counted.map(|rest| &rest[rest.trim_end_matches(['十', '百', '千', '万', '亿']).len()..]);
        multiple.filter(|multiple| !multiple.is_empty()).map_or(UnitWord::Silent, stated)
    };
    if inside.is_silent() { behind() } else { inside }
}

/// What stands around a table says about its amounts: `单位：万元`, `（万元）`, `以千元为单位`.
pub(super) fn in_note(note: &str) -> UnitWord {
    let text = plain(note);
    let whole = phrase(text.trim_matches(['(', ')', '[', ']', '【', '】']));
    if let UnitWord::Power(_) = whole {
        return whole;
    }
    let labelled = UnitWord::joined(unit_labels(&text));
    if !labelled.is_silent() {
        return labelled;
    }
    let (outside, brackets) = split_brackets(&text);
    let inside = UnitWord::joined(brackets.iter().map(|inner| match phrase(inner) {
        UnitWord::Power(power) => UnitWord::Power(power),
        _ => counted_in(inner),
    }));
    if inside.is_silent() { counted_in(&outside) } else { inside }
}

/// What the words of a number format say.
pub(super) fn in_format(words: &str) -> UnitWord {
    let bare: String =
        plain(words).chars().filter(|c| !matches!(c, '%' | '-' | '(' | ')' | '¥' | ' ' | '.')).collect();
    match bare.as_str() {
        "" => UnitWord::Silent,
        "m" | "mm" | "mn" | "wan" | "qian" => UnitWord::Unclear(bare),
        bare => phrase(bare),
    }
}

/// What a cell of a row of units says under a column of amounts.
pub(super) fn in_unit_cell(text: &str) -> UnitWord {
    phrases(plain(text).trim_matches(['(', ')', '[', ']', '【', '】']))
}

/// Whether a cell holds nothing but a unit, as in the row （台）（万元）（%） below headings.
pub(super) fn is_unit_cell(text: &str) -> bool {
    let text = plain(text);
    let bracketed = text.starts_with(['(', '[', '【']) && text.ends_with([')', ']', '】']);
    let bare = text.trim_matches(['(', ')', '[', ']', '【', '】']);
    let bare = bare.strip_prefix("单位").unwrap_or(bare).trim_start_matches([':', '：']);
    if matches!(bare, "" | "金额单位" | "计量单位" | "计量" | "-" | "—" | "/") {
        return true;
    }
    let known = |part: &str| MEASURES.contains(&part) || matches!(phrase(part), UnitWord::Power(_));
    bare.split(['/', '、', ',', '或', '(', ')']).filter(|part| !part.is_empty()).all(known)
        || MEASURES.contains(&bare)
        || (bracketed && matches!(phrases(bare), UnitWord::Unclear(_)))
}

/// An amount's own unit at its end, with what stands before it.
pub(super) fn trailing(text: &str) -> Option<(&str, i64)> {
    let starts = text.char_indices().map(|(at, _)| at).filter(|at| *at > 0);
    starts.filter_map(|at| Some((&text[..at], complete(&text[at..])?))).next()
}

/// `12.5(万元)` and `2(台)` without the brackets around their unit.
pub(super) fn unbracketed(plain: &str) -> String {
    let parts = plain.strip_suffix(')').and_then(|rest| rest.split_once('('));
    match parts {
        Some((before, inner))
            if !before.is_empty()
                && !inner.contains(|c: char| c.is_ascii_digit() || matches!(c, '(' | ')')) =>
        {
            format!("{before}{inner}")
        }
        _ => plain.to_string(),
    }
}

/// A count's multiple at its end, with what stands before it: `1.2万`, `3千`.
pub(super) fn trailing_multiple(text: &str) -> Option<(&str, i64)> {
    let digits = text.trim_end_matches(['十', '百', '千', '万', '亿']);
    let power = multiple_of(&text[digits.len()..])?;
    (power >= 2).then_some((digits, power))
}

/// Several phrases divided by commas and strokes: `万元，含税`, `台、万元`, `元/月`.
fn phrases(text: &str) -> UnitWord {
    let text = after_unit_label(text).unwrap_or(text);
    UnitWord::joined(text.split([',', '、', ';', '/', '和', '及', '与', '.', '。']).map(phrase))
}

/// One phrase that is or contains a unit.
fn phrase(text: &str) -> UnitWord {
    const EDGES: [char; 13] = [':', '-', '"', '“', '”', '*', '。', '.', ';', '!', '、', ',', '…'];
    let text = text.trim_matches(EDGES);
    let core = strip_framing(text);
    if let Some(power) = complete(core) {
        return UnitWord::Power(power);
    }
    loose(core)
}

/// A text that is not a unit but holds the words of one.
fn loose(text: &str) -> UnitWord {
    let foreign = FOREIGN.iter().any(|word| text.contains(word));
    if foreign || suspicious(text) { UnitWord::Unclear(text.to_string()) } else { UnitWord::Silent }
}

/// Words of a multiple that ends like a unit: `数万`, `十几万元`; not 千山区 or 百度云. A multiple in digits: `×10000元`,
/// `10^4`; not a year.
fn suspicious(text: &str) -> bool {
    let digits = |c: char| c.is_ascii_digit() || matches!(c, ',' | '^' | 'e' | '*');
    let multiplied = text.strip_prefix(['×', 'x', '*']).unwrap_or(text);
    let rest = multiplied.trim_start_matches(digits);
    let factor = &multiplied[..multiplied.len() - rest.len()];
    let says =
        rest.starts_with('元') || factor.contains('^') || (rest.is_empty() && multiplied.len() < text.len());
    if factor.starts_with(|c: char| c.is_ascii_digit()) && says {
        return true;
    }
    // Money by its last word, counted in what we do not know: kcny, 10^4元, ten thousand yuan.
    let other_word = ["单元", "公元", "多元", "二元", "三元"].iter().any(|word| text.ends_with(word));
    if text.chars().count() <= 16 && MONEY.iter().any(|word| text.ends_with(word)) && !other_word {
        return true;
    }
    let short = text.chars().count() <= 6;
    let ends = text.ends_with(['千', '万', '亿', '百']) || text.ends_with("k") || text.ends_with('w');
    let amount = text.chars().zip(text.chars().skip(1)).any(|(one, next)| {
        matches!(one, '千' | '万' | '亿' | '百' | 'k' | 'w') && matches!(next, '元' | '块' | '角')
    });
    (short && ends && !MEASURES.contains(&text)) || amount
}

/// `以…计`, `按…填报` and the like around a unit.
fn strip_framing(text: &str) -> &str {
    const BEFORE: [&str; 14] = [
        "均以",
        "统一以",
        "金额以",
        "均按",
        "以",
        "按",
        "均为",
        "为",
        "用",
        "每",
        "金额:",
        "价格:",
        "费用:",
        "货币:",
    ];
    const BEHIND: [&str; 10] =
        ["为单位", "为计量单位", "计算", "填列", "填报", "填写", "计价", "表示", "统计", "计"];
    let text = BEFORE.iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text);
    BEHIND.iter().find_map(|word| text.strip_suffix(word)).unwrap_or(text)
}

/// What follows 单位 in a heading or a bracket.
fn after_unit_label(text: &str) -> Option<&str> {
    let at = text
        .find("单位:")
        .map(|at| at + "单位:".len())
        .or_else(|| text.strip_prefix("单位").map(|rest| text.len() - rest.len()))?;
    let rest = &text[at..];
    (!rest.is_empty() && (text.contains("单位:") || complete(rest).is_some())).then_some(rest)
}

/// What each 单位 of a note says. 填报单位、使用单位 and others name an office, not a unit.
fn unit_labels(text: &str) -> Vec<UnitWord> {
    let mut found = Vec::new();
    for (at, label) in text.match_indices("单位") {
        let rest = &text[at + label.len()..];
        let marked = rest.starts_with([':', '为', '是', '均', '统', '(', ',']);
        let rest = rest.trim_start_matches([':', '为', '是', '均', '统', '一', '(', ',']);
        let end = rest.find(['(', ')', '[', ']', '【', '】', ';', '。', '|']).unwrap_or(rest.len());
        let stated = &rest[..end];
        let stated = stated.find("单位").map_or(stated, |next| &stated[..next]);
        let before = &text[..at];
        let of_amounts = before.is_empty()
            || ["金额", "货币", "计量", "计价", "价格", "数量", "币种", "(", ",", "。", ";", ":"]
                .iter()
                .any(|word| before.ends_with(word));
        let stated = bracketed_unit(stated, &rest[end..]).unwrap_or(stated);
        let word = match phrases_until_unknown(stated) {
            UnitWord::Unclear(_) if !(of_amounts && marked) => UnitWord::Silent,
            word => word,
        };
        found.push(word);
    }
    found
}

/// The bracket behind a bare currency, which says the unit: `人民币（万元）`.
fn bracketed_unit<'t>(stated: &str, behind: &'t str) -> Option<&'t str> {
    let inner = behind.strip_prefix(['(', '[', '【'])?;
    let inner = &inner[..inner.find([')', ']', '】']).unwrap_or(inner.len())];
    (CURRENCIES.contains(&stated) && !phrases(inner).is_silent()).then_some(inner)
}

/// The phrases of a note's unit, up to the first that is no unit at all: `万元 填报日期：…` loses its spaces.
fn phrases_until_unknown(stated: &str) -> UnitWord {
    let list = phrases(stated);
    if matches!(list, UnitWord::Power(_)) {
        return list;
    }
    let leading: Vec<usize> = stated.char_indices().map(|(at, _)| at).skip(1).take(6).collect();
    let longest = leading
        .iter()
        .rev()
        .map(|end| &stated[..*end])
        .filter(|unit| unit.ends_with('元'))
        .find_map(complete);
    longest.map_or(list, UnitWord::Power)
}

/// A unit inside a sentence: `金额以万元为单位`. An amount such as 50万元 is none; any other 万元 is unclear.
fn counted_in(text: &str) -> UnitWord {
    let mut word = UnitWord::Silent;
    for (at, _) in text.match_indices('元') {
        let before = &text[..at];
        let multiple: String =
            before.chars().rev().take_while(|c| matches!(c, '十' | '百' | '千' | '万' | '亿')).collect();
        let multiple: String = multiple.chars().rev().collect();
        let lead = &before[..before.len() - multiple.len()];
        let rest = &text[at + '元'.len_utf8()..];
        if multiple.is_empty() && !framed(lead, rest) {
            continue;
        }
        let amount = lead.ends_with(|c: char| {
            c.is_ascii_digit()
                || matches!(
                    c,
                    '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '两' | '几' | '数' | '.'
                )
        });
        if amount {
            continue;
        }
        let own = match multiple_of(&multiple) {
            Some(power) if framed(lead, rest) => UnitWord::Power(power),
            _ => UnitWord::Unclear(format!("{multiple}元")),
        };
        word = word.and(own);
    }
    if word.is_silent() && FOREIGN.iter().any(|foreign| text.contains(foreign)) {
        return UnitWord::Unclear(text.to_string());
    }
    word
}

/// Whether the words around a unit say that amounts are counted in it.
fn framed(lead: &str, rest: &str) -> bool {
    const LEADS: [&str; 8] = ["以", "按", "用", "均为", "金额为", "单价为", "单位为", "单位是"];
    const TAILS: [&str; 8] = ["为单位", "为计量单位", "计", "填", "表示", "为金额单位", "列示", "统计"];
    let tail = rest.is_empty() || rest.starts_with([',', '。', ';', ')', '、']);
    let leads = LEADS.iter().any(|word| lead.ends_with(word));
    leads && (tail || TAILS.iter().any(|word| rest.starts_with(word)))
}

#[cfg(test)]
mod tests;
