//! 拼音: readings of a character without tones, ü as v. The commonest reading comes from the `pinyin` crate; characters that
//! names use with another one are listed here, since the crate's list of readings has the rare and old ones too.

use pinyin::ToPinyin;

/// Every usual reading of characters with more than one.
const POLYPHONES: &[(char, &[&str])] = &[
    ('长', &["chang", "zhang"]),
    ('重', &["chong", "zhong"]),
    ('行', &["hang", "xing"]),
    ('会', &["hui", "kuai"]),
    ('乐', &["le", "yue"]),
    ('都', &["dou", "du"]),
    ('单', &["dan", "shan"]),
    ('朝', &["chao", "zhao"]),
    ('曾', &["ceng", "zeng"]),
    ('参', &["can", "shen"]),
    ('厦', &["sha", "xia"]),
    ('藏', &["cang", "zang"]),
    ('调', &["diao", "tiao"]),
    ('还', &["hai", "huan"]),
    ('传', &["chuan", "zhuan"]),
    ('便', &["bian", "pian"]),
    ('解', &["jie", "xie"]),
    ('尉', &["wei", "yu"]),
    ('仇', &["chou", "qiu"]),
    ('区', &["ou", "qu"]),
    ('查', &["cha", "zha"]),
    ('盛', &["cheng", "sheng"]),
    ('翟', &["di", "zhai"]),
    ('覃', &["qin", "tan"]),
    ('种', &["chong", "zhong"]),
    ('石', &["dan", "shi"]),
    ('降', &["jiang", "xiang"]),
    ('弹', &["dan", "tan"]),
    ('模', &["mo", "mu"]),
    ('率', &["lv", "shuai"]),
    ('卡', &["ka", "qia"]),
    ('沈', &["chen", "shen"]),
];

/// Readings of a small letter, digit or character; empty where it has none.
pub fn readings(c: char) -> Vec<String> {
    if c.is_ascii() {
        return vec![c.to_string()];
    }
    if let Some((_, readings)) = POLYPHONES.iter().find(|(character, _)| *character == c) {
        return readings.iter().map(|reading| (*reading).to_string()).collect();
    }
    let common = c.to_pinyin().map(|reading| reading.plain().replace('ü', "v"));
    common.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn the_table_agrees_with_the_sample_of_readings() {
        #[derive(serde::Deserialize)]
        struct Sample {
            readings: BTreeMap<char, Vec<String>>,
        }
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/cases/oversight/readings-sample.json");
        let sample: Sample = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        for (character, expected) in sample.readings {
            assert_eq!(readings(character), expected, "{character}");
        }
    }
}
