//! 公文格式 (GB/T 9704-2012): what stands above the red line of an official document, and the 版记 at its end.

use super::font::Typeface;
use super::paper::{Align, BODY, Ink, MM, PITCH, Paper, Pen};
use shared::kernel::calendar::Date;

/// 发文机关标志: from the upper edge of the body, and the red line after the number.
const HEAD_FROM_TOP: f32 = 35.0 * MM;
const LINE_AFTER_NUMBER: f32 = 4.0 * MM;
/// Largest 发文机关标志, in points: its characters stay under 22 × 15 mm.
const LARGEST_HEAD: f32 = 40.0;
/// 版记: its first and last rule, and those between.
const THICK: f32 = 0.35 * MM;
const THIN: f32 = 0.25 * MM;
/// 四号 of the 版记.
const SMALL: Pen = Pen::text(14.0);

/// 版头.
pub struct Head<'a> {
    /// 发文机关标志.
    pub organ: String,
    /// 发文字号; empty for a document that carries none.
    pub number: &'a str,
    /// 签发人 of an upward document, which then has its number at the left.
    pub signer: Option<&'a str>,
}

/// 版记.
pub struct Imprint<'a> {
    /// 抄送机关; empty when there is none.
    pub copies: &'a str,
    /// 印发机关.
    pub organ: &'a str,
    /// 印发日期; `None` while it is not issued.
    pub date: Option<Date>,
}

/// `2024年1月20日`.
pub fn long_date(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

impl Paper {
    /// 版头, at the beginning of the first page.
    pub fn letterhead(&mut self, head: &Head) {
        let (left, top, right, _) = self.turn.body();
        self.font.lines(Typeface::Title, &head.organ, LARGEST_HEAD, f32::MAX);
        let wide = self.font.width(Typeface::Title, &head.organ, 1.0);
        let size = LARGEST_HEAD.min((right - left) / wide);
        self.y = top + HEAD_FROM_TOP;
        let organ = Pen { face: Typeface::Title, size, ink: Ink::Red };
        self.put(&head.organ, organ, Align::Centre, (left, right));
        // 空二行.
        self.space(size + 2.0 * BODY.size * PITCH);
        match head.signer {
            Some(signer) => {
                let inside = (left + BODY.size, right - BODY.size);
                let signer = format!("签发人：{signer}");
                self.font.lines(Typeface::Text, &format!("{}{signer}", head.number), BODY.size, f32::MAX);
                self.put(head.number, BODY, Align::Left, inside);
                self.put(&signer, BODY, Align::Right, inside);
                self.space(BODY.size);
            }
            None if !head.number.is_empty() => {
                self.font.lines(Typeface::Text, head.number, BODY.size, f32::MAX);
                self.put(head.number, BODY, Align::Centre, (left, right));
                self.space(BODY.size);
            }
            None => {}
        }
        self.space(LINE_AFTER_NUMBER);
        self.rule(THICK * 2.0, Ink::Red);
        self.space(BODY.size * PITCH);
    }

    /// 版记, at the foot of the last page.
    pub fn imprint(&mut self, imprint: &Imprint) {
        self.tell_missing();
        let line = SMALL.size * 1.6;
        let lines = if imprint.copies.is_empty() { 1.0 } else { 2.0 };
        self.need(line * lines + SMALL.size);
        let (left, _, right, bottom) = self.turn.body();
        let inside = (left + SMALL.size, right - SMALL.size);
        self.y = bottom - line * lines;
        self.rule(THICK, Ink::Black);
        if !imprint.copies.is_empty() {
            let copies = format!("抄送：{}", imprint.copies);
            self.font.lines(Typeface::Text, &copies, SMALL.size, f32::MAX);
            self.space(line * 0.2);
            self.put(&copies, SMALL, Align::Left, inside);
            self.space(line * 0.8);
            self.rule(THIN, Ink::Black);
        }
        self.font.lines(Typeface::Text, imprint.organ, SMALL.size, f32::MAX);
        self.space(line * 0.2);
        self.put(imprint.organ, SMALL, Align::Left, inside);
        if let Some(date) = imprint.date {
            self.put(&format!("{}印发", long_date(date)), SMALL, Align::Right, inside);
        }
        self.space(line * 0.8);
        self.rule(THICK, Ink::Black);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::print::paper::PageMark;

    fn texts(paper: &Paper) -> Vec<(String, Pen, f32)> {
        let marks = paper.pages.iter().flat_map(|page| &page.marks);
        let text = |mark: &PageMark| match mark {
            PageMark::Text { x, pen, text, .. } => Some((text.clone(), *pen, *x)),
            _ => None,
        };
        marks.filter_map(text).collect()
    }

    fn rules(paper: &Paper, of: Ink) -> Vec<(f32, f32)> {
        let marks = paper.pages.iter().flat_map(|page| &page.marks);
        let rule = |mark: &PageMark| match mark {
            PageMark::Rule { from, to, ink, .. } if *ink == of => Some((to.0 - from.0, from.1)),
            _ => None,
        };
        marks.filter_map(rule).collect()
    }

    #[test]
    fn only_the_organ_and_the_line_under_the_number_are_red() {
        let mut paper = Paper::new().unwrap();
        paper.letterhead(&Head {
            organ: "省财政厅文件".into(), number: "晋财行〔2024〕12号", signer: None
        });
        let texts = texts(&paper);
        let red: Vec<&str> =
            texts.iter().filter(|(_, pen, _)| pen.ink == Ink::Red).map(|(text, ..)| text.as_str()).collect();
        assert_eq!(red, ["省财政厅文件"]);
        let lines = rules(&paper, Ink::Red);
        assert_eq!(lines.len(), 1);
        assert!((lines[0].0 - 156.0 * MM).abs() < 0.01, "over the whole body");
        assert!(!texts.iter().any(|(text, ..)| text.contains("签发人")));
    }

    #[test]
    fn an_upward_document_has_its_number_at_the_left_and_its_signer_at_the_right() {
        let mut paper = Paper::new().unwrap();
        let head = Head {
            organ: "省政务信息管理局文件".into(), number: "〔2023〕1号", signer: Some("秦定")
        };
        paper.letterhead(&head);
        let texts = texts(&paper);
        let at = |words: &str| texts.iter().find(|(text, ..)| text == words).expect(words).2;
        assert!((at("〔2023〕1号") - (28.0 * MM + BODY.size)).abs() < 0.01);
        assert!(at("签发人：秦定") > 105.0 * MM);
    }

    #[test]
    fn the_imprint_ends_the_body_of_the_page() {
        let mut paper = Paper::new().unwrap();
        let date = Date::new(2024, 1, 20);
        paper.imprint(&Imprint { copies: "省政务信息管理局", organ: "省财政厅", date });
        let lines = rules(&paper, Ink::Black);
        assert_eq!(lines.len(), 3);
        let (_, _, _, bottom) = paper.turn.body();
        assert!((lines[2].1 - bottom).abs() < 0.01, "{lines:?}");
        assert!(texts(&paper).iter().any(|(text, ..)| text == "2024年1月20日印发"));
    }
}
