//! The vocabulary of units: what multiples are made of, foreign money, measures of other things.

/// Our money by its name, which says no multiple.
pub(super) const CURRENCIES: [&str; 4] = ["人民币", "rmb", "cny", "¥"];

/// The power of ten of a text that is a unit and nothing else.
pub(super) fn complete(text: &str) -> Option<i64> {
    let bare =
        ["人民币:"].iter().chain(&CURRENCIES).find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
    if bare.is_empty() {
        return (bare.len() < text.len() && text != "¥").then_some(0);
    }
    match bare {
        "角" => return Some(-1),
        "分" => return Some(-2),
        _ => {}
    }
    let (multiple, has_base) = ["元整", "元人民币", "元", "块钱", "块"]
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
pub(super) const FOREIGN: [&str; 13] =
    ["美元", "美金", "港元", "港币", "欧元", "英镑", "日元", "usd", "hkd", "eur", "jpy", "$", "€"];

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
