//! 数字格式: what a spreadsheet shows of a stored number (ECMA-376 part 1, 18.8.31): percent, dates, decimals, scaling
//! commas, padding zeros and the words around the digits.

mod places;

use places::with_places;
use rust_decimal::{Decimal, RoundingStrategy};
use std::str::FromStr;

/// What a format code does to a number, by the section that applies to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NumberFormat {
    sections: Vec<Section>,
}

/// One of the sections between semicolons.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Section {
    condition: Option<(Comparison, Decimal)>,
    pieces: Vec<Piece>,
    /// Digits shown after the point; `None` for General.
    decimals: Option<u32>,
    /// How many of them are 0 and not #.
    fixed_decimals: u32,
    /// Digits shown at least before the point.
    whole_digits: usize,
    percent: bool,
    /// Each divides by a thousand.
    scaling_commas: u32,
    grouped: bool,
    date: bool,
    text: bool,
    /// Decimals made by a literal point inside the digits, as in `0!.0,`.
    literal_point: Option<u32>,
    exponent: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Literal(String),
    /// Where the digits stand.
    Digits,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Less,
    AtMost,
    More,
    AtLeast,
    Equal,
    Differs,
}

/// What a number looks like under its format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The number that the shown digits spell; a percentage's is what stands before the sign.
    pub number: Decimal,
    /// Words before and after the digits, without signs of percent and currency padding.
    pub words: String,
    pub percent: bool,
    /// The digits shown stand for the stored number divided by this power of ten.
    pub scaled_down: u32,
    /// The format says how many decimals are shown.
    pub rounded: bool,
}

impl NumberFormat {
    pub fn parse(code: &str) -> NumberFormat {
        let sections = split_sections(code).iter().map(|section| Section::parse(section)).collect();
        NumberFormat { sections }
    }

    pub fn is_date(&self) -> bool {
        self.sections.first().is_some_and(|section| section.date)
    }

    pub fn is_percent(&self) -> bool {
        self.sections.first().is_some_and(|section| section.percent)
    }

    /// The number that a person sees, `None` where the format shows no digits at all.
    pub fn shown(&self, stored: Decimal) -> Option<Shown> {
        let Some(section) = self.section(stored).filter(|section| !section.text) else {
            return Some(Shown {
                number: stored,
                words: String::new(),
                percent: false,
                scaled_down: 0,
                rounded: false,
            });
        };
        if !section.pieces.contains(&Piece::Digits) {
            return None;
        }
        let scaled_down = section.scaling_commas * 3 + section.literal_point.unwrap_or(0);
        let scaled = section.scaled(stored)?;
        let number = match section.decimals {
            Some(decimals) if !section.exponent => {
                let literal = section.literal_point.unwrap_or(0);
                half_up(scaled, decimals + literal)
            }
            _ => scaled,
        };
        let rounded = section.decimals.is_some() && !section.exponent;
        Some(Shown { number, words: section.words(), percent: section.percent, scaled_down, rounded })
    }

    /// The text that a person sees.
    pub fn text(&self, stored: Decimal) -> Option<String> {
        let section = self.section(stored).filter(|section| !section.text && !section.date)?;
        let sections = self.sections.len();
        let digits = section.digits(stored)?;
        let mut text = String::new();
        // The section for negative numbers says itself how they are marked.
        let own_sign = sections >= 2 && self.sections.first() != Some(section) && section.condition.is_none();
        if stored.is_sign_negative() && !stored.is_zero() && !own_sign {
            text.push('-');
        }
        let mut placed = false;
        for piece in &section.pieces {
            match piece {
                Piece::Literal(words) => text.push_str(words),
                Piece::Digits if !placed => {
                    text.push_str(&digits);
                    placed = true;
                }
                Piece::Digits => {}
            }
        }
        Some(text.trim().to_string())
    }

    fn section(&self, stored: Decimal) -> Option<&Section> {
        let conditional = self.sections.iter().take(3).any(|section| section.condition.is_some());
        if conditional {
            let met =
                |section: &&Section| section.condition.is_some_and(|(how, limit)| how.holds(stored, limit));
            let free = || self.sections.iter().take(3).find(|section| section.condition.is_none());
            return self.sections.iter().take(3).find(met).or_else(free);
        }
        let at = match stored {
            n if n.is_zero() && self.sections.len() >= 3 => 2,
            n if n.is_sign_negative() && !n.is_zero() && self.sections.len() >= 2 => 1,
            _ => 0,
        };
        self.sections.get(at)
    }
}

impl Comparison {
    fn holds(self, number: Decimal, limit: Decimal) -> bool {
        match self {
            Comparison::Less => number < limit,
            Comparison::AtMost => number <= limit,
            Comparison::More => number > limit,
            Comparison::AtLeast => number >= limit,
            Comparison::Equal => number == limit,
            Comparison::Differs => number != limit,
        }
    }
}

pub(super) fn half_up(number: Decimal, decimals: u32) -> Decimal {
    number.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero)
}

impl Section {
    fn parse(code: &str) -> Section {
        let mut scanner = Scanner::default();
        let mut characters = code.chars().peekable();
        while let Some(c) = characters.next() {
            match c {
                '"' => {
                    let literal: String = characters.by_ref().take_while(|c| *c != '"').collect();
                    scanner.literal(&literal);
                }
                '\\' | '!' => {
                    if let Some(c) = characters.next() {
                        scanner.escaped(c);
                    }
                }
                '_' => {
                    characters.next();
                }
                '*' => {
                    characters.next();
                }
                '[' => {
                    let inside: String = characters.by_ref().take_while(|c| *c != ']').collect();
                    scanner.bracket(&inside);
                }
                'E' | 'e' if characters.peek().is_some_and(|next| matches!(next, '+' | '-')) => {
                    characters.next();
                    scanner.section.exponent = true;
                    while characters.peek().is_some_and(|c| matches!(c, '0' | '#' | '?')) {
                        characters.next();
                    }
                }
                c => scanner.plain(c),
            }
        }
        scanner.finish(code)
    }

    /// The stored number as its digits show it, before rounding.
    fn scaled(&self, stored: Decimal) -> Option<Decimal> {
        let number = if self.percent { stored.checked_mul(Decimal::ONE_HUNDRED)? } else { stored };
        let power = self.scaling_commas * 3;
        let thousands = Decimal::try_from_i128_with_scale(1, power).ok()?;
        let scaled = number.checked_mul(thousands)?;
        match self.literal_point {
            // The literal point stands before whole digits: the number itself is rounded first.
            Some(places) => {
                let whole = half_up(scaled, self.decimals.unwrap_or(0));
                whole.checked_mul(Decimal::try_from_i128_with_scale(1, places).ok()?)
            }
            None => Some(scaled),
        }
    }

    fn digits(&self, stored: Decimal) -> Option<String> {
        let scaled = self.scaled(stored)?.abs();
        let Some(decimals) = self.decimals.filter(|_| !self.exponent) else {
            return Some(scaled.normalize().to_string());
        };
        let places = decimals + self.literal_point.unwrap_or(0);
        let fixed = self.fixed_decimals + self.literal_point.unwrap_or(0);
        let rounded = half_up(scaled, places);
        let text = with_places(rounded, places as usize, fixed as usize);
        let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(w, f)| (w, Some(f)));
        let least = self.whole_digits.saturating_sub(self.literal_point.unwrap_or(0) as usize);
        let padded = format!("{whole:0>least$}");
        let whole = if self.grouped { crate::kernel::money::grouped(&padded) } else { padded };
        Some(match fraction {
            Some(fraction) => format!("{whole}.{fraction}"),
            None => whole,
        })
    }

    fn words(&self) -> String {
        let literals = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Literal(words) => Some(words.as_str()),
            Piece::Digits => None,
        });
        literals.collect::<String>().trim().to_string()
    }
}

/// Reads one section's characters.
#[derive(Default)]
struct Scanner {
    section: Section,
    /// Plain characters of the section, by which dates are known.
    bare: String,
    after_point: bool,
    /// Commas that followed a digit and may turn out to scale.
    commas: u32,
    digits: bool,
    escaped_point: Option<u32>,
    elapsed: bool,
}

impl Scanner {
    fn literal(&mut self, words: &str) {
        match self.section.pieces.last_mut() {
            Some(Piece::Literal(before)) => before.push_str(words),
            _ => self.section.pieces.push(Piece::Literal(words.to_string())),
        }
    }

    fn escaped(&mut self, c: char) {
        if c == '.' && self.digits && self.escaped_point.is_none() {
            self.escaped_point = Some(0);
        } else {
            self.literal(&c.to_string());
        }
    }

    fn bracket(&mut self, inside: &str) {
        let elapsed =
            !inside.is_empty() && inside.chars().all(|c| matches!(c, 'h' | 'H' | 'm' | 'M' | 's' | 'S'));
        if elapsed {
            self.elapsed = true;
        } else if let Some(currency) = inside.strip_prefix('$') {
            let symbol = currency.split('-').next().unwrap_or_default().to_string();
            if !symbol.is_empty() {
                self.literal(&symbol);
            }
        } else {
            self.section.condition = condition(inside).or(self.section.condition);
        }
    }

    fn plain(&mut self, c: char) {
        match c {
            '0' | '#' | '?' => self.digit(c),
            '.' if self.digits || !self.after_point => self.after_point = true,
            ',' if self.digits => self.commas += 1,
            '%' => {
                self.section.percent = true;
                self.literal("%");
            }
            '@' => self.section.text = true,
            c if c.is_ascii_alphabetic() => self.bare.push(c.to_ascii_lowercase()),
            c => {
                self.bare.push(c);
                self.literal(&c.to_string());
            }
        }
    }

    fn digit(&mut self, c: char) {
        if !self.digits {
            self.digits = true;
            self.section.pieces.push(Piece::Digits);
            self.section.decimals = Some(0);
        }
        if self.commas > 0 {
            self.section.grouped = true;
            self.commas = 0;
        }
        if self.after_point {
            let decimals = self.section.decimals.unwrap_or(0) + 1;
            self.section.decimals = Some(decimals);
            if c == '0' {
                self.section.fixed_decimals = decimals;
            }
        } else {
            self.section.whole_digits += usize::from(c == '0');
            if let Some(places) = &mut self.escaped_point {
                *places += 1;
            }
        }
    }

    fn finish(mut self, code: &str) -> Section {
        self.section.scaling_commas = self.commas.min(4);
        self.section.literal_point = self.escaped_point.filter(|places| *places > 0);
        // `G/通用格式` and General hold letters that are no date.
        let general = self.bare.starts_with('g');
        self.section.date = self.elapsed
            || (!general && !self.section.percent && self.bare.contains(['y', 'm', 'd', 'h', 's']));
        if general {
            let words = self.section.words().replace("/通用格式", "");
            self.section.pieces = vec![Piece::Digits, Piece::Literal(words)];
        } else if code.trim().is_empty() {
            self.section.pieces.clear();
        }
        self.section
    }
}

/// `>=10000` and its like.
fn condition(inside: &str) -> Option<(Comparison, Decimal)> {
    const SIGNS: [(&str, Comparison); 6] = [
        ("<=", Comparison::AtMost),
        (">=", Comparison::AtLeast),
        ("<>", Comparison::Differs),
        ("<", Comparison::Less),
        (">", Comparison::More),
        ("=", Comparison::Equal),
    ];
    let (rest, how) = SIGNS.iter().find_map(|(sign, how)| Some((inside.strip_prefix(sign)?, *how)))?;
    Some((how, Decimal::from_str(rest.trim()).ok()?))
}

/// The sections between semicolons that are no literals.
fn split_sections(code: &str) -> Vec<String> {
    let mut sections = vec![String::new()];
    let (mut quoted, mut escaped) = (false, false);
    for c in code.chars() {
        if c == ';' && !quoted && !escaped {
            sections.push(String::new());
            continue;
        }
        quoted ^= c == '"' && !escaped;
        escaped = !quoted && !escaped && matches!(c, '\\' | '!' | '_' | '*');
        if let Some(section) = sections.last_mut() {
            section.push(c);
        }
    }
    sections.truncate(4);
    sections
}

#[cfg(test)]
mod tests;
