//! Reads the code of one section of a number format, character by character.

use super::{Comparison, Piece, Section};
use rust_decimal::Decimal;
use std::str::FromStr;

/// Reads the code of one section.
pub(super) fn section(code: &str) -> Section {
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
        self.literal(&c.to_string());
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
            self.section.decimals = Some(0);
        }
        if !self.section.pieces.last().is_some_and(Piece::is_digits) {
            self.section.pieces.push(Piece::Digits(0));
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
            if let Some(Piece::Digits(places)) = self.section.pieces.last_mut() {
                *places += 1;
            }
        }
    }

    /// A quoted or escaped point alone between digits is seen as the point of a number: `0!.0,"万元"`, `0"."0000`.
    fn take_literal_point(&mut self) {
        let pieces = &mut self.section.pieces;
        let is_point = |piece: &Piece| matches!(piece.literal(), Some("." | "．"));
        let (first, last) =
            (pieces.iter().position(Piece::is_digits), pieces.iter().rposition(Piece::is_digits));
        let (Some(first), Some(last)) = (first, last) else { return };
        if last != first + 2 || !is_point(&pieces[first + 1]) || self.after_point {
            return;
        }
        let [Piece::Digits(before), _, Piece::Digits(behind)] = pieces[first..=last] else { return };
        pieces.splice(first..=last, [Piece::Digits(before + behind)]);
        self.section.literal_point = u32::try_from(behind).ok();
    }

    fn finish(mut self, code: &str) -> Section {
        self.section.scaling_commas = self.commas.min(4);
        self.take_literal_point();
        // `G/通用格式` and General hold letters that are no date.
        let general = self.bare.starts_with('g');
        self.section.date = self.elapsed
            || (!general && !self.section.percent && self.bare.contains(['y', 'm', 'd', 'h', 's']));
        if general {
            let words = self.section.words().replace("/通用格式", "");
            self.section.pieces = vec![Piece::Digits(0), Piece::Literal(words)];
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
