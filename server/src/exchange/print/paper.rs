//! 版心: A4 pages with the margins of GB/T 9704-2012, filled from the top. What stands on them is kept as marks, so that
//! the number of pages is known before the first is drawn.

use super::font::{Type, Typeface};
use super::render;

/// One millimetre in points.
pub const MM: f32 = 72.0 / 25.4;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    Upright,
    /// 横排, for wide tables: the binding edge is the upper one.
    Across,
}

impl Turn {
    /// Width and height of the sheet.
    pub fn size(self) -> (f32, f32) {
        match self {
            Turn::Upright => (210.0 * MM, 297.0 * MM),
            Turn::Across => (297.0 * MM, 210.0 * MM),
        }
    }

    /// Left, top, right and bottom of the 版心 (156 × 225 mm).
    pub fn body(self) -> (f32, f32, f32, f32) {
        let (left, top, wide, high) = match self {
            Turn::Upright => (28.0, 37.0, 156.0, 225.0),
            Turn::Across => (37.0, 28.0, 225.0, 156.0),
        };
        (left * MM, top * MM, (left + wide) * MM, (top + high) * MM)
    }
}

/// 印色: official red is for what stands above the red line, and for the line itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    Black,
    Red,
}

/// How a text is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pen {
    pub face: Typeface,
    /// In points.
    pub size: f32,
    pub ink: Ink,
}

impl Pen {
    /// 正文 of a size.
    pub const fn text(size: f32) -> Pen {
        Pen { face: Typeface::Text, size, ink: Ink::Black }
    }
}

pub enum PageMark {
    /// Baseline start, text.
    Text { x: f32, y: f32, pen: Pen, text: String },
    /// A rule from one point to another.
    Rule { from: (f32, f32), to: (f32, f32), width: f32, ink: Ink },
    /// A ground of light grey.
    Ground { x: f32, y: f32, width: f32, height: f32 },
}

pub struct PaperPage {
    pub turn: Turn,
    pub marks: Vec<PageMark>,
}

/// Where a line of text stands between two edges.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Align {
    Left,
    Centre,
    Right,
}

pub struct Paper {
    pub font: Type,
    pub pages: Vec<PaperPage>,
    /// Where the next thing goes, from the top.
    pub y: f32,
    pub turn: Turn,
}

/// 二号小标宋 of titles, 三号黑体 of first-level headings, 三号 of letters, 小四 of forms.
pub const TITLE: Pen = Pen { face: Typeface::Title, size: 22.0, ink: Ink::Black };
pub const HEADING: Pen = Pen { face: Typeface::Heading, size: 16.0, ink: Ink::Black };
pub const BODY: Pen = Pen::text(16.0);
pub const TEXT: Pen = Pen::text(12.0);
/// From line to line, in sizes of the text: 22 lines of 三号 to the body of a page.
pub const PITCH: f32 = 225.0 * MM / 22.0 / BODY.size;

/// Words that titles of this system are made of; a line never ends within one.
const WORDS: [&str; 22] = [
    "运维资金",
    "运维服务",
    "政务信息",
    "信息系统",
    "绩效目标",
    "整体预算",
    "年度",
    "预算",
    "资金",
    "批复",
    "申请",
    "审核",
    "意见书",
    "意见",
    "通知",
    "规划",
    "财政",
    "评价",
    "报告",
    "结算",
    "合同",
    "关于",
];

/// A title in two lines: the break that leaves them most alike, outside of words and before no mark or particle.
fn balanced(text: &str, fits: impl Fn(&str) -> bool) -> Option<[String; 2]> {
    let within = |at: usize| {
        let over = |word: &str| text.match_indices(word).any(|(from, _)| from < at && at < from + word.len());
        WORDS.iter().any(|word| over(word))
    };
    let breaks = text.char_indices().skip(1).filter(|(at, c)| {
        let before = text[..*at].chars().next_back();
        let latin = before.is_some_and(|b| b.is_ascii_graphic()) && c.is_ascii_graphic();
        !latin
            && !within(*at)
            && !"的，。、；：）》〕” ".contains(*c)
            && !before.is_some_and(|b| "（《〔“ ".contains(b))
    });
    let halves = breaks.map(|(at, _)| (text[..at].trim_end(), text[at..].trim_start()));
    let fitting = halves.filter(|(first, second)| fits(first) && fits(second));
    let uneven = |(first, second): &(&str, &str)| first.chars().count().abs_diff(second.chars().count());
    fitting.min_by_key(uneven).map(|(first, second)| [first.to_string(), second.to_string()])
}

impl Paper {
    pub fn new() -> anyhow::Result<Paper> {
        let mut paper = Paper { font: Type::load()?, pages: Vec::new(), y: 0.0, turn: Turn::Upright };
        paper.next_page();
        Ok(paper)
    }

    pub fn next_page(&mut self) {
        self.pages.push(PaperPage { turn: self.turn, marks: Vec::new() });
        self.y = self.turn.body().1;
    }

    /// Goes on upright or across, on a new page where that changes.
    pub fn turn(&mut self, turn: Turn) {
        if self.turn != turn {
            self.turn = turn;
            self.next_page();
        }
    }

    pub fn mark(&mut self, mark: PageMark) {
        if let Some(page) = self.pages.last_mut() {
            page.marks.push(mark);
        }
    }

    /// Goes to a new page unless so much room is left.
    pub fn need(&mut self, height: f32) {
        if self.y + height > self.turn.body().3 {
            self.next_page();
        }
    }

    pub fn space(&mut self, height: f32) {
        self.y += height;
    }

    /// One line at the current place between two edges; does not move on.
    pub fn put(&mut self, text: &str, pen: Pen, align: Align, (left, right): (f32, f32)) {
        let wide = self.font.width(pen.face, text, pen.size);
        let x = match align {
            Align::Left => left,
            Align::Centre => left + (right - left - wide) / 2.0,
            Align::Right => right - wide,
        };
        // The ascent of a Chinese character above its baseline.
        let y = self.y + pen.size * 0.88;
        self.mark(PageMark::Text { x, y, pen, text: text.to_string() });
    }

    /// A rule over the whole width at the current place.
    pub fn rule(&mut self, width: f32, ink: Ink) {
        let (left, _, right, _) = self.turn.body();
        self.mark(PageMark::Rule { from: (left, self.y), to: (right, self.y), width, ink });
    }

    /// A paragraph over the whole width.
    pub fn paragraph(&mut self, text: &str, pen: Pen, align: Align) {
        let (left, _, right, _) = self.turn.body();
        let pitch = pen.size * PITCH;
        for line in self.font.lines(pen.face, text, pen.size, right - left) {
            self.need(pitch);
            self.put(&line, pen, align, (left, right));
            self.y += pitch;
        }
    }

    /// 署名与成文日期: at the right, four characters in.
    pub fn signed(&mut self, text: &str, pen: Pen) {
        let (left, _, right, _) = self.turn.body();
        self.font.lines(pen.face, text, pen.size, right - left);
        self.need(pen.size * PITCH);
        self.put(text, pen, Align::Right, (left, right - 4.0 * pen.size));
        self.y += pen.size * PITCH;
    }

    /// 标题, centred. In several lines they are of like length, and no word of the field is broken (GB/T 9704: 词意完整,
    /// 排列对称).
    pub fn title(&mut self, text: &str) {
        let (left, _, right, _) = self.turn.body();
        let fits = |line: &str, font: &Type| font.width(TITLE.face, line, TITLE.size) <= right - left;
        let broken = match fits(text, &self.font) {
            true => None,
            false => balanced(text, |line| fits(line, &self.font)),
        };
        match broken {
            Some([first, second]) => {
                self.paragraph(&first, TITLE, Align::Centre);
                self.paragraph(&second, TITLE, Align::Centre);
            }
            None => self.paragraph(text, TITLE, Align::Centre),
        }
        self.space(6.0);
    }

    /// A heading that never stands alone at the foot of a page.
    pub fn heading(&mut self, text: &str) {
        self.need(HEADING.size * 5.0);
        self.space(8.0);
        self.paragraph(text, HEADING, Align::Left);
        self.space(2.0);
    }

    /// What stands as a box above, by its code: at the end of the text.
    pub fn tell_missing(&mut self) {
        let missing = std::mem::take(&mut self.font.missing);
        if missing.is_empty() {
            return;
        }
        let codes: Vec<String> = missing.iter().map(|c| format!("U+{:04X}", u32::from(*c))).collect();
        let remark = format!(
            "说明：正文中以“□”代替的字不在本系统随附的字库内，共 {} 个，其编码依次为：{}。请对照系统中的原文。",
            codes.len(),
            codes.join("、")
        );
        self.space(10.0);
        self.paragraph(&remark, Pen::text(10.0), Align::Left);
    }

    /// The document's bytes; `note` stands at the foot of every page, beside what identifies the content.
    pub fn finish(mut self, title: &str, note: &str) -> anyhow::Result<Vec<u8>> {
        self.font.lines(Typeface::Text, note, 8.0, f32::MAX);
        self.tell_missing();
        render::pdf(&self, title, note)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_title_breaks_between_words_into_lines_alike() {
        let title = "关于批复2024年度政务信息系统运维资金预算和绩效目标的通知";
        let lines = balanced(title, |line| line.chars().count() <= 20).expect("two lines");
        assert_eq!(lines.concat(), title);
        assert!(lines.iter().all(|line| line.chars().count() <= 20), "{lines:?}");
        assert!(
            WORDS.iter().all(|word| title.contains(word) == lines.iter().any(|line| line.contains(word)))
        );
    }
}
