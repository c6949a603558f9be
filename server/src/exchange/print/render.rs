//! The pages as PDF: each mark drawn, the page number as GB/T 9704 has it, and what identifies the content.

use super::font::{Type, Typeface};
use super::paper::{Ink, PageMark, Paper, PaperPage, Pen, Turn};
use krilla::Document;
use krilla::color::{luma, rgb};
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Paint, Stroke};
use krilla::surface::Surface;

/// 四号 for page numbers.
const NUMBER: f32 = 14.0;
const NOTE: f32 = 8.0;

pub fn pdf(paper: &Paper, title: &str, note: &str) -> anyhow::Result<Vec<u8>> {
    let mut document = Document::new();
    let metadata = Metadata::new().title(title.to_string()).language("zh-CN".to_string());
    document.set_metadata(metadata.creator("运维资金管理系统".to_string()));
    let count = paper.pages.len();
    for (at, page) in paper.pages.iter().enumerate() {
        let (width, height) = page.turn.size();
        let settings =
            PageSettings::from_wh(width, height).ok_or_else(|| anyhow::anyhow!("a page of no size"))?;
        let mut sheet = document.start_page_with(settings);
        let mut surface = sheet.surface();
        for mark in &page.marks {
            draw(&mut surface, &paper.font, mark);
        }
        foot(&mut surface, &paper.font, page, at + 1, &format!("{note}　共 {count} 页"));
        surface.finish();
        sheet.finish();
    }
    document.finish().map_err(|error| anyhow::anyhow!("PDF: {error:?}"))
}

/// The number 7 mm under the body, outwards: right on odd pages, left on even ones; the note opposite.
fn foot(surface: &mut Surface<'_>, font: &Type, page: &PaperPage, number: usize, note: &str) {
    let (left, _, right, bottom) = page.turn.body();
    let y = bottom + 7.0 * 72.0 / 25.4 + NUMBER * 0.5;
    let words = format!("— {number} —");
    let wide = font.width(Typeface::Text, &words, NUMBER);
    // A long note is set smaller rather than cut off.
    let room = (right - left - if page.turn == Turn::Across { wide + 3.0 * NUMBER } else { 0.0 }).max(NOTE);
    let small = NOTE.min(NOTE * room / font.width(Typeface::Text, note, NOTE));
    let note_width = font.width(Typeface::Text, note, small);
    let odd = number % 2 == 1;
    let (number_x, note_x) =
        if odd { (right - NUMBER - wide, left) } else { (left + NUMBER, right - note_width) };
    text(surface, font, (number_x, y), Pen::text(NUMBER), &words);
    let across = page.turn == Turn::Across;
    text(surface, font, (note_x, if across { y } else { y + 12.0 }), Pen::text(small), note);
}

fn draw(surface: &mut Surface<'_>, font: &Type, mark: &PageMark) {
    match mark {
        PageMark::Text { x, y, pen, text: words } => text(surface, font, (*x, *y), *pen, words),
        PageMark::Rule { from, to, width, ink } => {
            let mut path = PathBuilder::new();
            path.move_to(from.0, from.1);
            path.line_to(to.0, to.1);
            surface.set_fill(None);
            surface.set_stroke(Some(Stroke { paint: paint(*ink), width: *width, ..Stroke::default() }));
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
            surface.set_stroke(None);
        }
        PageMark::Ground { x, y, width, height } => {
            let Some(rect) = Rect::from_xywh(*x, *y, *width, *height) else { return };
            let mut path = PathBuilder::new();
            path.push_rect(rect);
            surface.set_fill(Some(Fill { paint: luma::Color::new(238).into(), ..Fill::default() }));
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
    }
}

fn text(surface: &mut Surface<'_>, font: &Type, (mut x, y): (f32, f32), pen: Pen, words: &str) {
    surface.set_fill(Some(Fill { paint: paint(pen.ink), ..Fill::default() }));
    for run in font.runs(pen.face, words) {
        surface.draw_glyphs(Point::from_xy(x, y), &run.glyphs, run.font, &run.text, pen.size, false);
        x += run.width * pen.size;
    }
}

fn paint(ink: Ink) -> Paint {
    match ink {
        Ink::Black => luma::Color::black().into(),
        Ink::Red => rgb::Color::new(230, 0, 18).into(),
    }
}
