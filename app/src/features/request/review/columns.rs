//! 三栏: what a review lays beside 申报金额 in the grid: 核减数 of each office with what became of it, and 审核数. They
//! count what is published, what waits to be, and what is being typed.

use super::marks::office;
use super::state::PanelTab;
use crate::features::request::context::{RequestContext, Side, focus_soon, wide_enough};
use crate::features::request::section::Section;
use crate::form_ui::grid::{SideColumn, SideColumns, SideValue};
use leptos::prelude::*;
use shared::cases::kernel::Stage;
use shared::cases::review::batch::Tried;
use shared::cases::review::cut::{Cut, Verdict};
use shared::cases::review::language::Act;
use shared::cases::review::sums::{AMOUNT, columns};
use shared::cases::review::thread::Thread;
use shared::engine::session::{Cell, Session};
use shared::forms::budget_request::CATEGORIES;
use shared::kernel::ids::ThreadId;
use shared::kernel::money::Money;
use shared::kernel::people::{Actor, Office};
use std::collections::HashMap;

/// Id of the input of a cut's amount.
pub const MUCH: &str = "rv-much";

const CUT_HELP: &str = "本行的核减数；按 Enter 填写或查看核减";

static BUREAU: [SideColumn; 2] = [
    SideColumn { key: "bureau_cut", label: "核减数（元）", help: CUT_HELP, width: 168.0 },
    SideColumn { key: "approved", label: "审核数（元）", help: "申报数减核减数", width: 142.0 },
];

// 申报数 and both cuts together fit beside the panel at 1280 px.
static FINANCE: [SideColumn; 3] = [
    SideColumn {
        key: "bureau_cut", label: "省局核减（元）", help: "省局的核减数", width: 140.0
    },
    SideColumn { key: "finance_cut", label: "财政核减（元）", help: CUT_HELP, width: 140.0 },
    SideColumn {
        key: "approved", label: "审核数（元）", help: "申报数减省局和财政的核减数", width: 142.0
    },
];

/// What became of the cuts of a line, the least settled last: that one is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    #[default]
    None,
    Upheld,
    Accepted,
    Proposed,
    Contested,
    /// The line asks for another amount than the cut was stated for.
    Stale,
    Pending,
    Typing,
}

impl Mark {
    fn of(cut: &Cut, asked: Option<Money>) -> Mark {
        match cut.verdict {
            Verdict::Withdrawn => Mark::None,
            _ if asked.is_some_and(|asked| asked != cut.stated_for) => Mark::Stale,
            Verdict::Proposed => Mark::Proposed,
            Verdict::Accepted => Mark::Accepted,
            Verdict::Contested => Mark::Contested,
            Verdict::Upheld => Mark::Upheld,
        }
    }

    /// Its word, and what the style sheet knows it by.
    fn side_value(self) -> (&'static str, &'static str) {
        match self {
            Mark::None => ("", ""),
            Mark::Upheld => ("维持", "cut-settled"),
            Mark::Accepted => ("接受", "cut-settled"),
            Mark::Proposed => ("待回应", "cut-open"),
            Mark::Contested => ("异议", "cut-contested"),
            Mark::Stale => ("须重核", "cut-contested"),
            Mark::Pending => ("待发送", "cut-pending"),
            Mark::Typing => ("填写中", "cut-pending"),
        }
    }
}

/// An office's cuts of one line.
#[derive(Clone, Copy, Debug, Default)]
struct Own {
    amount: Money,
    mark: Mark,
}

/// Whether the columns belong on this page: an office's while it reviews, everybody's once something is cut.
pub fn wanted(work: RequestContext, actor: &Actor, now: &Tried) -> bool {
    let stage = work.view().case.stage;
    let under_review = matches!(stage, Stage::BureauReview | Stage::BureauConfirm | Stage::FinanceReview);
    let own = actor.role.office() != Office::Department && under_review;
    own || now.review.threads.iter().any(|thread| thread.cut.as_ref().is_some_and(Cut::counts))
}

/// Whether finance has a column of its own: while the request is with it, and wherever it has cut.
pub fn finance(work: RequestContext, now: &Tried) -> bool {
    let of_finance = |thread: &Thread| thread.cut.is_some() && thread.office == Office::Finance;
    office(work.view().case.stage) == Office::Finance || now.review.threads.iter().any(of_finance)
}

/// `preview` is what is published and pending, `now` that with what is being typed.
pub fn side_columns(work: RequestContext, preview: &Tried, now: &Tried) -> SideColumns {
    let finance = finance(work, now);
    let cuts = work.sheet.read(|session| by_line(session, preview, now));
    let columns: &'static [SideColumn] = if finance { &FINANCE } else { &BUREAU };
    let column = move |at: usize| match (finance, at) {
        (_, 0) => Some(Office::Bureau),
        (true, 1) => Some(Office::Finance),
        _ => None,
    };
    let tell = move |session: &Session, cell: Cell, at: usize| {
        side_value(session, cell, column(at), &cuts.get(&at_row(cell)).copied().unwrap_or_default())
    };
    let own = office(work.view().case.stage);
    let press = move |cell: Cell, at: usize| column(at).is_some_and(|of| cut_line(work, cell, of == own));
    SideColumns::new((AMOUNT, "申报数（元）"), columns, tell, press)
}

/// The cell of a row that stands for it.
fn at_row(cell: Cell) -> Cell {
    Cell { field: 0, ..cell }
}

/// Of the bureau, of finance.
type Line = [Own; 2];

fn by_line(session: &Session, preview: &Tried, now: &Tried) -> HashMap<Cell, Line> {
    let mut lines: HashMap<Cell, Line> = HashMap::new();
    for thread in &now.review.threads {
        let (Some(cut), Some(table), Some(row)) = (&thread.cut, thread.anchor.table(), thread.anchor.row())
        else {
            continue;
        };
        let Some(cell) = session.cell(table, row.as_str(), AMOUNT).filter(|_| cut.counts()) else { continue };
        let asked = session.value(cell).number().and_then(Money::from_yuan);
        let published = Mark::of(cut, asked);
        let mark = match (preview.review.thread(&thread.id), now.threads.contains(&thread.id)) {
            (Some(before), true) if before == thread && preview.threads.contains(&thread.id) => Mark::Pending,
            (Some(before), _) if before == thread => published,
            _ => Mark::Typing,
        };
        let own = &mut lines.entry(at_row(cell)).or_default()[usize::from(thread.office == Office::Finance)];
        own.amount += cut.amount;
        own.mark = own.mark.max(mark);
    }
    lines
}

/// An office's 核减数 of a line, or its 审核数.
fn side_value(session: &Session, cell: Cell, office: Option<Office>, [bureau, finance]: &Line) -> SideValue {
    let Some(asked) = session.value(cell).number().and_then(Money::from_yuan) else {
        return SideValue::default();
    };
    let columns = columns(asked, (bureau.amount, finance.amount));
    let Some(office) = office else {
        let text = columns.approved(Office::Finance).to_string();
        let look = if bureau.mark.max(finance.mark) == Mark::None { "cut-none" } else { "cut-approved" };
        return SideValue { text, note: "", look };
    };
    let own = if office == Office::Finance { finance } else { bureau };
    let (note, look) = own.mark.side_value();
    let cut = columns.cut(office);
    SideValue { text: if own.mark == Mark::None { String::new() } else { cut.to_string() }, note, look }
}

/// The amount of the line the cursor is on, or of the first one shown, in a part whose lines can be cut.
fn line_here(work: RequestContext) -> Option<Cell> {
    let Section::Table(table) = work.section.get_untracked() else { return None };
    let of_table = |cell: &Cell| cell.table == table;
    work.sheet.read(|session| {
        let plan = session.plan();
        let field =
            plan.field(table, AMOUNT).filter(|_| CATEGORIES.contains(&&*plan.tables[table].table.key))?;
        let chosen = work.sheet.selected.get_untracked().filter(of_table).map(|cell| cell.slot);
        let first = || match work.sheet.rows_shown.get_untracked() {
            Some((of, rows)) if of == table => rows.first().copied(),
            _ => session.rows(table).first().copied(),
        };
        Some(Cell { table, slot: chosen.or_else(first)?, field })
    })
}

/// Begins a cut: the columns it shows in come into sight where the panel leaves room for them, and what is typed next is
/// how much.
pub fn begin_cut(work: RequestContext) {
    if let Some(cell) = line_here(work) {
        work.sheet.selected.set(Some(cell));
        if wide_enough() {
            work.sheet.jump.set(Some(cell));
        }
    }
    focus_soon(MUCH.to_string());
}

/// Goes to what can be done about a line's cut: stating it for whoever may, else what was said of it.
fn cut_line(work: RequestContext, cell: Cell, own: bool) -> bool {
    let reviewing = work.reviewing;
    let at = work.sheet.read(|session| session.cell_at(cell));
    let on_line = |thread: &&Thread| {
        let anchor = &thread.anchor;
        thread.cut.is_some() && anchor.row() == Some(&at.row) && anchor.table() == Some(&at.table)
    };
    let talked: Option<ThreadId> = reviewing.preview.with_untracked(|preview| {
        preview.review.threads.iter().find(on_line).map(|thread| thread.id.clone())
    });
    let pending = reviewing.view.with_untracked(|view| {
        view.as_ref()?.pending.iter().find_map(|pending| match &pending.act {
            Act::Cut { lines, .. } if lines.len() == 1 && lines[0].row == at.row => Some(pending.id.clone()),
            _ => None,
        })
    });
    let shown = match (own && untrack(|| reviewing.may_review()), pending, talked) {
        (true, Some(id), _) => PanelTab::Rewrite(id),
        (true, None, _) => PanelTab::Cut,
        (false, _, Some(id)) => PanelTab::Thread(id),
        (false, _, None) => return false,
    };
    work.sheet.selected.set(Some(cell));
    // A form that is open already keeps what is typed into it.
    if reviewing.shown.get_untracked() != shown {
        reviewing.shown.set(shown);
    }
    work.show(Side::Review);
    focus_soon(MUCH.to_string());
    true
}
