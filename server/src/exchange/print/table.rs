//! 表格: ruled, its headings on every page; a row longer than the page goes on on the next.

use super::font::Typeface;
use super::paper::{Align, Ink, PageMark, Paper, Pen};

pub struct PrintColumn {
    pub heading: String,
    /// Its share of the width.
    pub weight: f32,
    pub align: Align,
}

/// Columns from their headings, weights and alignments.
pub fn columns(all: &[(&str, f32, Align)]) -> Vec<PrintColumn> {
    let column = |(heading, weight, align): &(&str, f32, Align)| PrintColumn {
        heading: heading.to_string(),
        weight: *weight,
        align: *align,
    };
    all.iter().map(column).collect()
}

pub struct PrintTable {
    pub columns: Vec<PrintColumn>,
    pub rows: Vec<Vec<String>>,
    /// Size of its text.
    pub size: f32,
    /// Whether the last row is the totals.
    pub totals: bool,
}

/// Between a rule and the text.
const PAD: f32 = 2.5;
/// 0.35 mm outside and under the headings, 0.25 mm inside.
const THICK: f32 = 1.0;
const THIN: f32 = 0.5;

/// Characters up to which an amount, a date or a code is kept whole.
const LONGEST_WHOLE: usize = 20;
/// Part of the width such columns may take beyond their share.
const MOST_FIXED: f32 = 0.75;

struct Ruled<'p> {
    paper: &'p mut Paper,
    edges: Vec<f32>,
    aligns: Vec<Align>,
    size: f32,
}

impl Paper {
    pub fn table(&mut self, table: &PrintTable) {
        let (left, _, right, _) = self.turn.body();
        let mut edges = vec![left];
        for width in self.widths(table, right - left) {
            edges.push(edges.last().copied().unwrap_or(left) + width);
        }
        let aligns = table.columns.iter().map(|column| column.align).collect();
        let headings: Vec<String> = table.columns.iter().map(|column| column.heading.clone()).collect();
        let mut ruled = Ruled { paper: self, edges, aligns, size: table.size };
        ruled.begin(&headings);
        for (at, row) in table.rows.iter().enumerate() {
            let total = table.totals && at + 1 == table.rows.len();
            ruled.row(row, &headings, total);
        }
        let y = ruled.paper.y;
        ruled.across(y, THICK);
        ruled.paper.space(6.0);
    }
}

impl Paper {
    /// Shares of the width by weight; a column of amounts or dates is never narrower than the longest of them, as long as
    /// a quarter of the width is left to the others.
    fn widths(&self, table: &PrintTable, whole: f32) -> Vec<f32> {
        let plain =
            |cell: &&String| cell.len() <= LONGEST_WHOLE && cell.bytes().all(|b| b.is_ascii_graphic());
        let needed: Vec<f32> = (0..table.columns.len())
            .map(|at| {
                let cells = table.rows.iter().filter_map(|row| row.get(at)).filter(plain);
                let widest =
                    cells.map(|cell| self.font.width(Typeface::Text, cell, table.size)).fold(0.0, f32::max);
                widest + 2.0 * PAD + 0.5
            })
            .collect();
        let columns = &table.columns;
        let mut fixed = vec![false; columns.len()];
        loop {
            let free: Vec<usize> = (0..columns.len()).filter(|at| !fixed[*at]).collect();
            let taken: f32 = (0..columns.len()).filter(|at| fixed[*at]).map(|at| needed[at]).sum();
            let weights: f32 = free.iter().map(|at| columns[*at].weight).sum();
            let share = |at: usize| (whole - taken) * columns[at].weight / weights;
            let fits = |at: usize| taken + needed[at] < whole * MOST_FIXED;
            let short = free.iter().copied().find(|at| share(*at) < needed[*at] && fits(*at));
            let Some(short) = short else {
                let width = |at: usize| if fixed[at] { needed[at] } else { share(at) };
                return (0..columns.len()).map(width).collect();
            };
            fixed[short] = true;
        }
    }
}

impl Ruled<'_> {
    fn pitch(&self) -> f32 {
        self.size * 1.3
    }

    fn wrapped(&mut self, cells: &[String]) -> Vec<Vec<String>> {
        let widths: Vec<f32> = self.edges.windows(2).map(|edge| edge[1] - edge[0] - 2.0 * PAD).collect();
        let size = self.size;
        cells
            .iter()
            .zip(widths)
            .map(|(cell, width)| self.paper.font.lines(Typeface::Text, cell, size, width))
            .collect()
    }

    /// The headings, at the top of the table and of every further page.
    fn begin(&mut self, headings: &[String]) {
        let lines = self.wrapped(headings);
        let deep = lines.iter().map(Vec::len).max().unwrap_or(1);
        let height = deep as f32 * self.pitch() + 2.0 * PAD;
        // Headings and a line below them stay together.
        self.paper.need(height + self.pitch() + 2.0 * PAD);
        let (x, y) = (self.edges[0], self.paper.y);
        let width = self.edges[self.edges.len() - 1] - x;
        self.paper.mark(PageMark::Ground { x, y, width, height });
        self.across(y, THICK);
        let aligns = std::mem::replace(&mut self.aligns, vec![Align::Centre; headings.len()]);
        self.slice(&lines, 0, deep);
        self.aligns = aligns;
        self.across(self.paper.y, THICK);
    }

    fn row(&mut self, cells: &[String], headings: &[String], total: bool) {
        let lines = self.wrapped(cells);
        let deep = lines.iter().map(Vec::len).max().unwrap_or(1);
        let (_, top, _, bottom) = self.paper.turn.body();
        let fits = |height: f32, pitch: f32| ((height - 2.0 * PAD) / pitch).max(0.0).floor() as usize;
        let whole_page = fits(bottom - top, self.pitch()).saturating_sub(4);
        let mut from = 0;
        while from < deep {
            let room = fits(bottom - self.paper.y, self.pitch());
            let left = deep - from;
            if room == 0 || (left > room && left <= whole_page) {
                self.across(self.paper.y, THICK);
                self.paper.next_page();
                self.begin(headings);
                continue;
            }
            let to = deep.min(from + room);
            self.across(self.paper.y, if total { THICK } else { THIN });
            self.slice(&lines, from, to);
            from = to;
        }
    }

    /// Some lines of a row, with the rules beside them.
    fn slice(&mut self, lines: &[Vec<String>], from: usize, to: usize) {
        let (top, pitch) = (self.paper.y, self.pitch());
        let height = (to - from) as f32 * pitch + 2.0 * PAD;
        for (at, cell) in lines.iter().enumerate() {
            let edges = (self.edges[at] + PAD, self.edges[at + 1] - PAD);
            for (n, line) in cell.iter().skip(from).take(to - from).enumerate() {
                // The line is higher than its text: half of the rest stands above it.
                self.paper.y = top + PAD + n as f32 * pitch + (pitch - self.size) / 2.0;
                self.paper.put(line, Pen::text(self.size), self.aligns[at], edges);
            }
        }
        for (n, x) in self.edges.iter().copied().enumerate() {
            let width = if n == 0 || n + 1 == self.edges.len() { THICK } else { THIN };
            self.paper.mark(PageMark::Rule { from: (x, top), to: (x, top + height), width, ink: Ink::Black });
        }
        self.paper.y = top + height;
    }

    fn across(&mut self, y: f32, width: f32) {
        let (from, to) = (self.edges[0], self.edges[self.edges.len() - 1]);
        self.paper.mark(PageMark::Rule { from: (from, y), to: (to, y), width, ink: Ink::Black });
    }
}
