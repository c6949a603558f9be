//! 字库: the typefaces of official documents, subsets of Noto Serif SC and Noto Sans SC (fonts/ says of what, and their
//! licence). A character a heading's face lacks is set in the text's, which has every character of GB 18030-2022 levels 1 and 2; one
//! that lacks too in a face of the machine. What no face has is drawn as a box and remembered, never dropped.

use super::system_face;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};
use std::collections::{BTreeMap, BTreeSet};

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

/// A face that documents are set in.
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

    /// The glyph of a character and its width in em.
    fn glyph(&self, c: char) -> Option<(GlyphId, f32)> {
        let id = self.reading.charmap().map(c)?;
        let metrics = self.reading.glyph_metrics(Size::unscaled(), LocationRef::default());
        Some((GlyphId::new(id.to_u32()), metrics.advance_width(id).unwrap_or(self.units) / self.units))
    }
}

/// Which face a character is set in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Own(Typeface),
    /// A character alone in a face of the machine.
    System(char),
}

pub struct Type {
    text: Loaded,
    title: Loaded,
    heading: Loaded,
    /// Characters that only a face of the machine has: their font, glyph and width in em.
    borrowed: BTreeMap<char, system_face::SystemGlyph>,
    /// Characters no font has.
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
        let (borrowed, missing) = (BTreeMap::new(), BTreeSet::new());
        Ok(Type { text: text?, title: title?, heading: heading?, borrowed, missing })
    }

    fn loaded(&self, face: Typeface) -> &Loaded {
        match face {
            Typeface::Text => &self.text,
            Typeface::Title => &self.title,
            Typeface::Heading => &self.heading,
        }
    }

    /// The face a character is set in, its glyph there and its width in em.
    fn glyph(&self, face: Typeface, c: char) -> (Source, GlyphId, f32) {
        let own = |face: Typeface, c: char| {
            let (id, width) = self.loaded(face).glyph(c)?;
            Some((Source::Own(face), id, width))
        };
        let borrowed = || self.borrowed.get(&c).map(|found| (Source::System(c), found.glyph, found.width));
        let found = own(face, c).or_else(|| own(Typeface::Text, c)).or_else(borrowed);
        found.or_else(|| own(Typeface::Text, BOX)).unwrap_or((
            Source::Own(Typeface::Text),
            GlyphId::new(0),
            1.0,
        ))
    }

    /// Looks for a character, which the program's faces lack, among those of the machine.
    fn borrow(&mut self, c: char) {
        if self.borrowed.contains_key(&c) || self.missing.contains(&c) {
            return;
        }
        match system_face::find(c) {
            Some(found) => drop(self.borrowed.insert(c, found)),
            None => drop(self.missing.insert(c)),
        }
    }

    /// Width of a text at a size, in points.
    pub fn width(&self, face: Typeface, text: &str, size: f32) -> f32 {
        text.chars().map(|c| self.glyph(face, c).2).sum::<f32>() * size
    }

    /// A text as it is drawn: one run where its face has all of it.
    pub fn runs(&self, face: Typeface, text: &str) -> Vec<Run> {
        let mut runs: Vec<(Source, Run)> = Vec::new();
        for c in text.chars() {
            let (used, id, advance) = self.glyph(face, c);
            if runs.last().is_none_or(|(of, _)| *of != used) {
                let font = match used {
                    Source::Own(face) => Some(&self.loaded(face).font),
                    Source::System(c) => self.borrowed.get(&c).map(|found| &found.font),
                };
                let font = font.unwrap_or(&self.text.font).clone();
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
        let lacking: BTreeSet<char> = text.chars().filter(lacks).collect();
        lacking.into_iter().for_each(|c| self.borrow(c));
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
    fn what_no_font_has_is_remembered_and_stands_as_a_box() {
        for face in [Typeface::Text, Typeface::Title, Typeface::Heading] {
            let mut font = Type::load().unwrap();
            font.lines(face, "张\u{e000}", 10.0, 100.0);
            assert_eq!(font.missing.iter().copied().collect::<Vec<_>>(), ['\u{e000}'], "{face:?}");
            assert_eq!(font.glyph(face, '\u{e000}').1, font.glyph(Typeface::Text, BOX).1);
        }
    }

    #[test]
    fn the_text_has_every_character_of_the_levels_that_names_are_written_in() {
        let font = Type::load().unwrap();
        let names = include_str!("../../../../tests/cases/faults/35-characters-printed-as-boxes.txt");
        // GB 18030-2022: level 1 is the two blocks, level 2 adds the 196 that 通用规范汉字表 takes from the later ones.
        let level_1 = ('\u{3400}'..='\u{4db5}').chain('\u{4e00}'..='\u{9fea}');
        let level_2 = "𠅤𠙶𠳐𡎚𡐓𣗋𣲗𣲘𣸣𤧛𤩽𤫉𥔲𥕢𥖨𥻗𦈡𦒍𦙶𦝼𦭜𦰡𧿹𨐈𨙸𨚕𨟠𨭉𨱇𨱏𨱑𨱔𨺙𩽾𩾃𩾌𪟝𪣻𪤗𪨰𪨶𪩘𪾢𫄧𫄨𫄷𫄸𫇭𫌀𫍣𫍯𫍲𫍽𫐄𫐐𫐓𫑡𫓧𫓯𫓶𫓹𫔍𫔎𫔶𫖮𫖯𫖳𫗧𫗴𫘜𫘝𫘦𫘧𫘨𫘪𫘬𫚕𫚖𫚭𫛭𫞩𫟅𫟦𫟹𫟼𫠆𫠊𫠜𫢸𫫇𫭟𫭢𫭼𫮃𫰛𫵷𫶇𫷷𫸩𬀩𬀪𬂩𬃊𬇕𬇙𬇹𬉼𬊈𬊤𬌗𬍛𬍡𬍤𬒈𬒔𬒗𬕂𬘓𬘘𬘡𬘩𬘫𬘬𬘭𬘯𬙂𬙊𬙋𬜬𬜯𬞟𬟁𬟽𬣙𬣞𬣡𬣳𬤇𬤊𬤝𬨂𬨎𬩽𬪩𬬩𬬭𬬮𬬱𬬸𬬹𬬻𬬿𬭁𬭊𬭎𬭚𬭛𬭤𬭩𬭬𬭯𬭳𬭶𬭸𬭼𬮱𬮿𬯀𬯎𬱖𬱟𬳵𬳶𬳽𬳿𬴂𬴃𬴊𬶋𬶍𬶏𬶐𬶟𬶠𬶨𬶭𬶮𬷕𬸘𬸚𬸣𬸦𬸪𬹼𬺈𬺓";
        let lacking: String = level_1
            .chain(level_2.chars())
            .chain(names.chars())
            .filter(|c| !c.is_control() && font.text.glyph(*c).is_none())
            .collect();
        assert_eq!(lacking, "");
    }

    #[test]
    fn a_character_of_another_script_is_set_in_a_face_of_the_machine() {
        let mut font = Type::load().unwrap();
        assert_eq!(font.lines(Typeface::Text, "甲ب乙", 10.0, 100.0), ["甲ب乙"]);
        let runs: Vec<String> = font.runs(Typeface::Text, "甲ب乙").into_iter().map(|run| run.text).collect();
        // A machine without such a face prints the box and names it.
        let is_found = font.missing.is_empty();
        assert_eq!(runs, if is_found { vec!["甲", "ب", "乙"] } else { vec!["甲ب乙"] });
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
