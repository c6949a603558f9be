//! The vocabulary of units: what multiples are made of, foreign money, measures of other things.

use crate::exchange::import::normal::fold;

/// Our money by its name, which says no multiple.
pub(super) const CURRENCIES: [&str; 4] = ["人民币", "rmb", "cny", "¥"];

/// The power of ten of a text that is a unit and nothing else.
pub(super) fn complete(text: &str) -> Option<i64> {
    let bare =
        ["人民币:"].iter().chain(&CURRENCIES).find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
    if bare.is_empty() {
        return (bare.len() < text.len() && text != "¥").then_some(0);
    }
    // 万¥, 万rmb.
    let bare = CURRENCIES.iter().find_map(|suffix| bare.strip_suffix(suffix)).unwrap_or(bare);
    match bare {
        "角" => return Some(-1),
        "分" => return Some(-2),
        _ => {}
    }
    let (multiple, has_base) = ["元整", "元人民币", "元", "yuan", "块钱", "块"]
        .iter()
        .find_map(|base| Some((bare.strip_suffix(base)?, true)))
        .unwrap_or((bare, false));
    // 块 alone is a measure word.
    if multiple.is_empty() && (!has_base || bare.starts_with('块')) {
        return None;
    }
    let power = multiple_of(multiple)?;
    // A bare 十 or 百 numbers a paragraph.
    (has_base || power >= 3 || multiple == "百").then_some(power)
}

/// The power of ten of 十, 百, 千, 万, 亿 and of their products, smaller first: 百万, 千万, 十亿, 万亿.
pub(super) fn multiple_of(text: &str) -> Option<i64> {
    let mut power = 0;
    let mut last = 0;
    for c in text.chars() {
        let own = match c {
            '十' | '拾' => 1,
            '百' => 2,
            '千' => 3,
            '万' => 4,
            '亿' => 8,
            _ => return None,
        };
        if own <= last {
            return None;
        }
        (power, last) = (power + own, own);
    }
    Some(power)
}

/// Money that is not ours.
pub(super) const FOREIGN: [&str; 30] = [
    "美元", "美金", "港元", "港币", "欧元", "英镑", "日元", "円", "澳元", "加元", "韩元", "新元", "台币",
    "卢布", "法郎", "泰铢", "usd", "hkd", "eur", "jpy", "gbp", "krw", "aud", "cad", "sgd", "$", "€", "£",
    "₩", "澳币",
];

/// The last words of what names money.
pub(super) const MONEY: [&str; 8] = ["元", "¥", "cny", "rmb", "yuan", "人民币", "million", "thousand"];

/// Half-width, lower case, without spaces, 萬 and its like simplified, 10⁴ as 10^4.
pub(in crate::exchange::import) fn plain(text: &str) -> String {
    const RAISED: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹";
    let mut plain = String::with_capacity(text.len());
    let mut raised = false;
    for c in fold(text).chars() {
        let digit = RAISED.chars().position(|other| other == c).and_then(|at| u32::try_from(at).ok());
        if digit.is_some() && !raised {
            plain.push('^');
        }
        raised = digit.is_some();
        plain.push(match c {
            '萬' => '万',
            '億' => '亿',
            '仟' => '千',
            '佰' => '百',
            '圆' | '圓' => '元',
            c => digit.and_then(|digit| char::from_digit(digit, 10)).unwrap_or(c),
        });
    }
    plain.replace("unit:", "单位:")
}

/// The parts of a text outside and inside its brackets.
pub(in crate::exchange::import) fn split_brackets(text: &str) -> (String, Vec<String>) {
    let (mut outside, mut inside) = (String::new(), Vec::new());
    let mut open: Option<String> = None;
    for c in text.chars() {
        match (c, &mut open) {
            (c, None) if OPENING.contains(&c) => open = Some(String::new()),
            (c, Some(_)) if CLOSING.contains(&c) => inside.extend(open.take()),
            (c, Some(inner)) => inner.push(c),
            (c, None) => outside.push(c),
        }
    }
    inside.extend(open);
    (outside, inside)
}

/// Brackets that a heading puts its unit in.
pub(in crate::exchange::import) const OPENING: [char; 11] =
    ['(', '（', '[', '【', '〔', '{', '<', '《', '〈', '「', '『'];
pub(in crate::exchange::import) const CLOSING: [char; 11] =
    [')', '）', ']', '】', '〕', '}', '>', '》', '〉', '」', '』'];

/// Units that count something else than money.
pub(super) const MEASURES: [&str; 58] = [
    "台",
    "套",
    "台套",
    "个",
    "只",
    "块",
    "条",
    "部",
    "件",
    "项",
    "组",
    "路",
    "点",
    "批",
    "份",
    "次",
    "人",
    "户",
    "张",
    "支",
    "根",
    "辆",
    "年",
    "月",
    "日",
    "天",
    "个月",
    "小时",
    "分钟",
    "人月",
    "人天",
    "人日",
    "人次",
    "%",
    "‰",
    "折",
    "年月日",
    "年-月-日",
    "yyyy-mm-dd",
    "yyyymmdd",
    "gb",
    "tb",
    "mb",
    "g",
    "t",
    "m",
    "mbps",
    "兆",
    "核",
    "vcpu",
    "平方米",
    "㎡",
    "米",
    "kva",
    "kw",
    "端口",
    "节点",
    "万人",
];
