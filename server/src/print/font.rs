//! 字库: the one typeface of official documents, a subset of Noto Serif SC (fonts/ says of what, and its licence).
//! A character it lacks is drawn as a box and remembered, never dropped.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};
use std::collections::BTreeSet;

const SUBSET: &[u8] = include_bytes!("../../fonts/noto-serif-sc-subset.otf");
/// Stands for a character the font does not have.
const BOX: char = '□';

pub struct Type {
    pub font: Font,
    reading: FontRef<'static>,
    units: f32,
    /// Characters the font does not have.
    pub missing: BTreeSet<char>,
}

impl Type {
    pub fn load() -> anyhow::Result<Type> {
        let font = Font::new(SUBSET.into(), 0).ok_or_else(|| anyhow::anyhow!("the font cannot be read"))?;
        let reading = FontRef::new(SUBSET)?;
        let units = font.units_per_em();
        Ok(Type { font, reading, units, missing: BTreeSet::new() })
    }

    /// The glyph and its width in em.
    fn glyph(&self, c: char) -> (u32, f32) {
        let map = self.reading.charmap();
        let id = map.map(c).or_else(|| map.map(BOX)).unwrap_or_default();
        let metrics = self.reading.glyph_metrics(Size::unscaled(), LocationRef::default());
        (id.to_u32(), metrics.advance_width(id).unwrap_or(self.units) / self.units)
    }

    /// Width of a text at a size, in points.
    pub fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|c| self.glyph(c).1).sum::<f32>() * size
    }

    pub fn glyphs(&self, text: &str) -> Vec<KrillaGlyph> {
        let glyph = |(at, c): (usize, char)| {
            let (id, advance) = self.glyph(c);
            KrillaGlyph::new(GlyphId::new(id), advance, 0.0, 0.0, 0.0, at..at + c.len_utf8(), None)
        };
        text.char_indices().map(glyph).collect()
    }

    /// The text in lines no wider than `width`: broken between Chinese characters, between Latin words where they
    /// fit. Control characters are spaces.
    pub fn lines(&mut self, text: &str, size: f32, width: f32) -> Vec<String> {
        let map = self.reading.charmap();
        self.missing.extend(text.chars().filter(|c| !c.is_control() && map.map(*c).is_none()));
        text.split('\n').flat_map(|paragraph| self.broken(paragraph.trim_end(), size, width)).collect()
    }

    fn broken(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0.0);
        for word in words(text) {
            let wide = self.width(&word, size);
            if used + wide <= width || (line.is_empty() && word.chars().count() == 1) {
                line.push_str(&word);
                used += wide;
                continue;
            }
            if wide <= width {
                lines.push(std::mem::take(&mut line));
                line.push_str(word.trim_start());
                used = self.width(&line, size);
                continue;
            }
            // A word longer than a line is broken wherever the line ends.
            for c in word.chars() {
                let wide = self.glyph(c).1 * size;
                if used + wide > width && !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                    used = 0.0;
                }
                line.push(c);
                used += wide;
            }
        }
        lines.push(line);
        lines
    }
}

/// Closing marks never begin a line, opening ones never end it.
const CLOSING: &str = "，。、；：？！）》】〕”’％…";
const OPENING: &str = "（《【〔“‘";

/// Runs of Latin letters and digits as one, every other character alone with the marks that belong to it.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut latin, mut opened) = (false, false);
    for c in text.chars().map(|c| if c.is_control() { ' ' } else { c }) {
        let joins = opened || CLOSING.contains(c) || (latin && c.is_ascii_graphic());
        match words.last_mut().filter(|_| joins) {
            Some(word) => word.push(c),
            None => words.push(c.to_string()),
        }
        latin = c.is_ascii_graphic();
        opened = OPENING.contains(c);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_numbers_whole_and_lose_no_character() {
        let mut font = Type::load().unwrap();
        let text = "申报总额为3671330.87元，其中硬件设备占大部分。";
        let lines = font.lines(text, 10.0, 80.0);
        assert!(lines.len() > 2 && lines.iter().all(|line| font.width(line, 10.0) <= 80.0), "{lines:?}");
        assert!(lines.iter().any(|line| line.contains("3671330.87")), "{lines:?}");
        assert_eq!(lines.concat(), text);
        assert!(font.lines("核减数（元）", 10.0, 52.0).iter().all(|line| !line.starts_with('）')));
        assert!(font.missing.is_empty());
    }

    #[test]
    fn what_the_font_lacks_is_remembered_and_stands_as_a_box() {
        let mut font = Type::load().unwrap();
        font.lines("张\u{20bb7}", 10.0, 100.0);
        assert_eq!(font.missing.iter().copied().collect::<Vec<_>>(), ['\u{20bb7}']);
        assert_eq!(font.glyph('\u{20bb7}').0, font.glyph(BOX).0);
    }

    #[test]
    fn the_font_has_the_characters_documents_are_written_in() {
        let font = Type::load().unwrap();
        let map = font.reading.charmap();
        let text =
            "〔2022〕51号零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整（）—“”、。㎡℃Ω×÷≥≤0123456789ABCabc喆堃";
        assert_eq!(text.chars().filter(|c| map.map(*c).is_none()).collect::<String>(), "");
    }
}
