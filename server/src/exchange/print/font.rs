//! 字库: the typefaces of official documents, subsets of Noto Serif SC and Noto Sans SC (fonts/ says of what, and their
//! licence). A character a heading's face lacks is set in the text's; one that lacks too is drawn as a box and remembered,
//! never dropped.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};
use std::collections::BTreeSet;

const TEXT: &[u8] = include_bytes!("../../../fonts/noto-serif-sc-subset.otf");
const TITLE: &[u8] = include_bytes!("../../../fonts/noto-serif-sc-bold-subset.otf");
const HEADING: &[u8] = include_bytes!("../../../fonts/noto-sans-sc-subset.otf");
/// Stands for a character the fonts do not have.
const BOX: char = '□';

/// 字体 by its use, as GB/T 9704-2012 tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typeface {
    /// 正文 (仿宋): Serif Regular.
    Text,
    /// 标题与发文机关标志 (小标宋): Serif Bold.
    Title,
    /// 一级标题 (黑体): Sans Regular.
    Heading,
}

struct Loaded {
    font: Font,
    reading: FontRef<'static>,
    units: f32,
}

impl Loaded {
    fn read(bytes: &'static [u8]) -> anyhow::Result<Loaded> {
        let font = Font::new(bytes.into(), 0).ok_or_else(|| anyhow::anyhow!("a font cannot be read"))?;
        let units = font.units_per_em();
        Ok(Loaded { font, reading: FontRef::new(bytes)?, units })
    }
}

pub struct Type {
    text: Loaded,
    title: Loaded,
    heading: Loaded,
    /// Characters the fonts do not have.
    pub missing: BTreeSet<char>,
}

/// Glyphs of one font, next to each other.
pub struct Run {
    pub font: Font,
    pub text: String,
    pub glyphs: Vec<KrillaGlyph>,
    /// In em.
    pub width: f32,
}

impl Type {
    pub fn load() -> anyhow::Result<Type> {
        let [text, title, heading] = [TEXT, TITLE, HEADING].map(Loaded::read);
        Ok(Type { text: text?, title: title?, heading: heading?, missing: BTreeSet::new() })
    }

    fn loaded(&self, face: Typeface) -> &Loaded {
        match face {
            Typeface::Text => &self.text,
            Typeface::Title => &self.title,
            Typeface::Heading => &self.heading,
        }
    }

    /// The face a character is set in, its glyph there and its width in em.
    fn glyph(&self, face: Typeface, c: char) -> (Typeface, GlyphId, f32) {
        let of = |face: Typeface, c: char| Some((face, self.loaded(face).reading.charmap().map(c)?));
        let found = of(face, c).or_else(|| of(Typeface::Text, c)).or_else(|| of(Typeface::Text, BOX));
        let (face, id) = found.unwrap_or((Typeface::Text, Default::default()));
        let Loaded { reading, units, .. } = self.loaded(face);
        let metrics = reading.glyph_metrics(Size::unscaled(), LocationRef::default());
        (face, GlyphId::new(id.to_u32()), metrics.advance_width(id).unwrap_or(*units) / units)
    }

    /// Width of a text at a size, in points.
    pub fn width(&self, face: Typeface, text: &str, size: f32) -> f32 {
        text.chars().map(|c| self.glyph(face, c).2).sum::<f32>() * size
    }

    /// A text as it is drawn: one run where its face has all of it.
    pub fn runs(&self, face: Typeface, text: &str) -> Vec<Run> {
        let mut runs: Vec<(Typeface, Run)> = Vec::new();
        for c in text.chars() {
            let (used, id, advance) = self.glyph(face, c);
            if runs.last().is_none_or(|(of, _)| *of != used) {
                let font = self.loaded(used).font.clone();
                runs.push((used, Run { font, text: String::new(), glyphs: Vec::new(), width: 0.0 }));
            }
            if let Some((_, run)) = runs.last_mut() {
                let at = run.text.len();
                run.text.push(c);
                run.glyphs.push(KrillaGlyph::new(id, advance, 0.0, 0.0, 0.0, at..run.text.len(), None));
                run.width += advance;
            }
        }
        runs.into_iter().map(|(_, run)| run).collect()
    }

    /// The text in lines no wider than `width`: broken between Chinese characters, between Latin words where they
    /// fit. Control characters are spaces.
    pub fn lines(&mut self, face: Typeface, text: &str, size: f32, width: f32) -> Vec<String> {
        let (own, text_face) = (self.loaded(face).reading.charmap(), self.text.reading.charmap());
        let lacks = |c: &char| !c.is_control() && own.map(*c).or_else(|| text_face.map(*c)).is_none();
        let missing: Vec<char> = text.chars().filter(lacks).collect();
        self.missing.extend(missing);
        text.split('\n').flat_map(|paragraph| self.broken(face, paragraph.trim_end(), size, width)).collect()
    }

    fn broken(&self, face: Typeface, text: &str, size: f32, width: f32) -> Vec<String> {
        let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0.0);
        for word in words(text) {
            let wide = self.width(face, &word, size);
            if used + wide <= width || (line.is_empty() && word.chars().count() == 1) {
                line.push_str(&word);
                used += wide;
                continue;
            }
            if wide <= width {
                lines.push(std::mem::take(&mut line));
                line.push_str(word.trim_start());
                used = self.width(face, &line, size);
                continue;
            }
            // A word longer than a line is broken wherever the line ends.
            for c in word.chars() {
                let wide = self.glyph(face, c).2 * size;
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
        let lines = font.lines(Typeface::Text, text, 10.0, 80.0);
        assert!(
            lines.len() > 2 && lines.iter().all(|line| font.width(Typeface::Text, line, 10.0) <= 80.0),
            "{lines:?}"
        );
        assert!(lines.iter().any(|line| line.contains("3671330.87")), "{lines:?}");
        assert_eq!(lines.concat(), text);
        assert!(
            font.lines(Typeface::Text, "核减数（元）", 10.0, 52.0).iter().all(|line| !line.starts_with('）'))
        );
        assert!(font.missing.is_empty());
    }

    #[test]
    fn what_the_fonts_lack_is_remembered_and_stands_as_a_box() {
        for face in [Typeface::Text, Typeface::Title, Typeface::Heading] {
            let mut font = Type::load().unwrap();
            font.lines(face, "张\u{20bb7}", 10.0, 100.0);
            assert_eq!(font.missing.iter().copied().collect::<Vec<_>>(), ['\u{20bb7}'], "{face:?}");
            assert_eq!(font.glyph(face, '\u{20bb7}').1, font.glyph(Typeface::Text, BOX).1);
        }
    }

    #[test]
    fn a_rare_character_of_a_title_is_set_in_the_texts_face() {
        let mut font = Type::load().unwrap();
        assert_eq!(font.lines(Typeface::Title, "关于喆堃的通知", 10.0, 100.0), ["关于喆堃的通知"]);
        assert!(font.missing.is_empty());
        let runs = font.runs(Typeface::Title, "关于喆堃的通知");
        assert_eq!(runs.iter().map(|run| run.text.as_str()).collect::<Vec<_>>(), ["关于", "喆堃", "的通知"]);
        assert_eq!(font.runs(Typeface::Title, "关于批复2024年度运维资金预算的通知").len(), 1);
    }

    #[test]
    fn the_fonts_have_the_characters_documents_are_written_in() {
        let font = Type::load().unwrap();
        let has = |face: Typeface, text: &str| {
            let map = font.loaded(face).reading.charmap();
            text.chars().filter(|c| map.map(*c).is_none()).collect::<String>()
        };
        let text =
            "〔2022〕51号零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整（）—“”、。㎡℃Ω×÷≥≤0123456789ABCabc喆堃";
        assert_eq!(has(Typeface::Text, text), "");
        // What documents call themselves and their parts.
        let mut own =
            "省财政厅文件省政务信息管理局关于批复年度政务信息系统运维资金预算和绩效目标的通知".to_string();
        own.push_str("运维服务申请审核意见书整体预算一二三四五六七八九十、（）");
        for form in &shared::forms::om_request().forms {
            own.push_str(&form.title);
            own.extend(form.tables.iter().map(|table| table.title.as_str()));
        }
        assert_eq!(has(Typeface::Title, &own), "");
        assert_eq!(has(Typeface::Heading, &own), "");
    }
}
