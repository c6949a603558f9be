//! 数字格式: what a spreadsheet shows of a stored number (ECMA-376 part 1, 18.8.31): percent, dates, decimals, scaling
//! commas, padding zeros and the words around the digits.

mod places;
mod scanner;

use places::with_places;
use rust_decimal::{Decimal, RoundingStrategy};

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
    /// Where digits stand, and how many at most before the point, unless they are the first.
    Digits(usize),
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
    /// Words between the digits, as 万 in `0"万"0000"元"`.
    pub between: String,
    pub percent: bool,
    /// The digits shown stand for the stored number divided by this power of ten.
    pub scaled_down: u32,
    /// The format says how many decimals are shown.
    pub rounded: bool,
}

impl NumberFormat {
    pub fn parse(code: &str) -> NumberFormat {
        let sections = split_sections(code).iter().map(|section| scanner::section(section)).collect();
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
                between: String::new(),
                percent: false,
                scaled_down: 0,
                rounded: false,
            });
        };
        if !section.pieces.iter().any(Piece::is_digits) {
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
        let (words, between) = (section.words(), section.between());
        Some(Shown { number, words, between, percent: section.percent, scaled_down, rounded })
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
        let mut parts = section.distributed(&digits).into_iter();
        for piece in &section.pieces {
            match piece {
                Piece::Literal(words) => text.push_str(words),
                Piece::Digits(_) => text.extend(parts.next()),
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

    /// The digits by the places a code has for them, from the right; the first place takes what is left.
    fn distributed(&self, digits: &str) -> Vec<String> {
        let places = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Digits(places) => Some(*places),
            Piece::Literal(_) => None,
        });
        let places: Vec<usize> = places.collect();
        let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
        let mut rest: Vec<char> = whole.chars().collect();
        let mut parts: Vec<String> = Vec::new();
        for places in places.iter().skip(1).rev() {
            let at = rest.len().saturating_sub(*places);
            parts.push(rest.split_off(at).into_iter().collect());
        }
        parts.push(rest.into_iter().collect());
        parts.reverse();
        if let Some(last) = parts.last_mut() {
            last.push_str(fraction);
        }
        parts
    }

    fn words(&self) -> String {
        let first = self.pieces.iter().position(Piece::is_digits).unwrap_or(usize::MAX);
        let last = self.pieces.iter().rposition(Piece::is_digits).unwrap_or(usize::MAX);
        let outer = self.pieces.iter().enumerate().filter(|(at, _)| *at < first || *at > last);
        outer.filter_map(|(_, piece)| piece.literal()).collect::<String>().trim().to_string()
    }

    fn between(&self) -> String {
        let digits = |piece: &&Piece| piece.is_digits();
        let last = self.pieces.iter().rposition(|piece| piece.is_digits()).unwrap_or(0);
        let inner = self.pieces[..last].iter().skip_while(|piece| !digits(piece));
        inner.filter_map(Piece::literal).collect()
    }
}

impl Piece {
    fn is_digits(&self) -> bool {
        matches!(self, Piece::Digits(_))
    }

    fn literal(&self) -> Option<&str> {
        match self {
            Piece::Literal(words) => Some(words),
            Piece::Digits(_) => None,
        }
    }
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
