//! 查找: how a query hits a text, by its characters or by the Pinyin of its characters, and in what order hits come.

mod pinyin;

use pinyin::readings;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// Letters a word has to be read as Pinyin.
const PINYIN_LETTERS: std::ops::RangeInclusive<usize> = 2..=24;

/// A text and its weight: 0 number, 1 name, 2 department, 3 system, 4 text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchField(pub u8, pub String);

/// What can be found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchSubject {
    pub id: String,
    /// 0 for what belongs to no year.
    pub year: i32,
    pub fields: Vec<SearchField>,
}

/// 查找结果.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SearchHit {
    pub id: String,
    /// 0 whole, 1 begins, 2 inside, 3 and 4 initials at the start and inside, 5 and 6 whole readings likewise.
    pub rank: u8,
}

/// Hits in order: rank, weight of the field, shorter text, newer year, id. What may not be seen is to be left out of
/// `subjects` before: it changes neither result, count nor order.
pub fn find(query: &str, subjects: &[SearchSubject]) -> Vec<SearchHit> {
    let words: Vec<String> = query.split_whitespace().map(plain).filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let mut hits: Vec<_> = subjects
        .iter()
        .filter_map(|subject| {
            let ranked = subject.fields.iter().filter_map(|SearchField(weight, text)| {
                let field = SearchText::of(text);
                let ranks = words.iter().map(|word| field.rank(word)).collect::<Option<Vec<u8>>>()?;
                Some((ranks.into_iter().max()?, *weight, text.chars().count()))
            });
            let (rank, weight, length) = ranked.min()?;
            Some((rank, weight, length, std::cmp::Reverse(subject.year), &subject.id))
        })
        .collect();
    hits.sort();
    hits.into_iter().map(|(rank, .., id)| SearchHit { id: id.clone(), rank }).collect()
}

/// Letters and digits only, NFKC, small.
pub fn plain(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).collect()
}

struct SearchText {
    plain: String,
    /// Readings of each character; ASCII reads as itself.
    readings: Vec<Vec<String>>,
}

impl SearchText {
    fn of(text: &str) -> SearchText {
        let plain = plain(text);
        let readings = plain.chars().map(readings).collect();
        SearchText { plain, readings }
    }

    /// How well a word fits; `None` when it does not.
    fn rank(&self, word: &str) -> Option<u8> {
        if self.plain == word {
            return Some(0);
        }
        if self.plain.starts_with(word) {
            return Some(1);
        }
        if self.plain.contains(word) {
            return Some(2);
        }
        // A reading is written lü or lv.
        let word = word.replace('ü', "v");
        let is_pinyin = word.bytes().all(|b| b.is_ascii_lowercase()) && PINYIN_LETTERS.contains(&word.len());
        if !is_pinyin {
            return None;
        }
        let fits = |reads: fn(&[Vec<String>], &str) -> bool| {
            (0..self.readings.len()).find(|from| reads(&self.readings[*from..], &word))
        };
        let place = |at: usize, start: u8| if at == 0 { start } else { start + 1 };
        fits(reads_initials).map(|at| place(at, 3)).or_else(|| fits(reads_whole).map(|at| place(at, 5)))
    }
}

/// Whether the word is the initials of the first characters: a letter each, or zh, ch, sh.
fn reads_initials(readings: &[Vec<String>], word: &str) -> bool {
    let Some(first) = readings.first() else { return word.is_empty() };
    word.is_empty()
        || first.iter().any(|reading| {
            let double = ["zh", "ch", "sh"].into_iter().find(|initial| reading.starts_with(initial));
            let single = reading.get(..1);
            let mut initials = [single, double].into_iter().flatten();
            initials.any(|initial| {
                word.strip_prefix(initial).is_some_and(|rest| reads_initials(&readings[1..], rest))
            })
        })
}

/// Whether the word is the readings of the first characters; the last may be cut.
fn reads_whole(readings: &[Vec<String>], word: &str) -> bool {
    let Some(first) = readings.first() else { return word.is_empty() };
    word.is_empty()
        || first.iter().any(|reading| {
            reading.starts_with(word)
                || word.strip_prefix(reading.as_str()).is_some_and(|rest| reads_whole(&readings[1..], rest))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_with_umlaut_is_typed_either_way() {
        let subject = SearchSubject {
            id: "green".to_string(),
            year: 2024,
            fields: vec![SearchField(1, "绿化管护系统".to_string())],
        };
        let hit = |query: &str| find(query, std::slice::from_ref(&subject)).first().map(|hit| hit.rank);
        assert_eq!(hit("lvhua"), Some(5));
        assert_eq!(hit("lühua"), Some(5));
        assert_eq!(hit("LÜ"), Some(5));
        assert_eq!(hit("luhua"), None);
    }
}
