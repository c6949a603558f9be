//! 页面上下文: what all parts of the request page share, and how it goes from one place to another.

use super::changes::Compared;
use super::commands::Returning;
use super::load::LoadedRequest;
use super::review::Reviewing;
use super::section::Section;
use super::side::ProblemPos;
use crate::form_ui::sheet::fields::field_id;
use crate::form_ui::sheet::store::FormSheet;
use crate::form_ui::sheet::words;
use crate::kernel::router::Route;
use crate::kernel::submission::Submission;
use crate::sync_client::Opened;
use leptos::prelude::*;
use shared::api::requests::RequestView;
use shared::cases::kernel::Verb;
use shared::engine::definition::TableKind;
use shared::engine::plan::TableIx;
use shared::engine::session::Cell;
use shared::kernel::finding::{Finding, Place, Severity};
use std::sync::Arc;
use wasm_bindgen::JsCast;

/// What the side panel shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// 所选单元格: why it is red, where its number comes from.
    Selected,
    /// 问题清单.
    Problems,
    /// 退回理由 being written.
    Return,
    /// 审核意见.
    Review,
}

/// A message near the title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Banner {
    pub bad: bool,
    pub text: String,
}

/// What outlives reading the request again.
#[derive(Clone, Copy)]
pub struct Lasting {
    pub section: RwSignal<Option<String>>,
    pub route: Route,
    pub notice: RwSignal<Option<Banner>>,
    pub side_open: RwSignal<bool>,
    /// Counts how often the request is to be read.
    pub reads: RwSignal<u64>,
    /// Sends the commands; a command whose answer was lost keeps its id over a reading.
    pub submission: Submission,
}

impl Lasting {
    /// With the part that the address names.
    pub fn new(route: Route) -> Lasting {
        let part = route.text("part");
        Lasting {
            section: RwSignal::new(part.get_untracked()),
            route,
            notice: RwSignal::new(None),
            side_open: RwSignal::new(wide_enough()),
            reads: RwSignal::new(0),
            submission: Submission::new("t"),
        }
    }

    pub fn tell(&self, bad: bool, text: impl Into<String>) {
        self.notice.set(Some(Banner { bad, text: text.into() }));
    }
}

/// Whether the side panel and the form fit next to each other; only then it starts open.
pub fn wide_enough() -> bool {
    const PANEL_BESIDE_FORM: f64 = 1_100.0;
    window()
        .inner_width()
        .ok()
        .and_then(|width| width.as_f64())
        .is_some_and(|width| width >= PANEL_BESIDE_FORM)
}

/// One opening of a request (or of one of its frozen versions).
#[derive(Clone, Copy)]
pub struct RequestContext {
    pub view: StoredValue<Arc<RequestView>>,
    pub sheet: FormSheet,
    /// `None` for a frozen version.
    pub live: Option<Opened>,
    /// The frozen version opened from the record; its commands stay with the current content.
    pub frozen: Option<u32>,
    pub section: RwSignal<Section>,
    pub side: RwSignal<Side>,
    /// The severity the list of problems is narrowed to.
    pub only: RwSignal<Option<Severity>>,
    /// The findings for which the server refused a submit.
    pub refused: RwSignal<Vec<Finding>>,
    /// Why a submit was refused, shown above the list of problems.
    pub alert: RwSignal<String>,
    /// The problem visited last.
    pub problem: RwSignal<ProblemPos>,
    /// The return being written, kept while looking at other things.
    pub returning: Returning,
    pub reviewing: Reviewing,
    /// The versions being compared.
    pub compared: RwSignal<Option<Compared>>,
    /// The command being asked about.
    pub asking: RwSignal<Option<Verb>>,
    /// A command is on its way.
    pub busy: RwSignal<bool>,
    pub lasting: Lasting,
}

impl RequestContext {
    pub fn new(open: &LoadedRequest, lasting: Lasting) -> RequestContext {
        let sheet = open.sheet;
        let first = sheet.read(|session| {
            let word = lasting.section.get_untracked();
            word.and_then(|word| Section::from_word(session.plan(), &word)).unwrap_or(Section::Table(0))
        });
        RequestContext {
            view: StoredValue::new(open.view.clone()),
            sheet,
            live: open.live,
            frozen: open.frozen.as_ref().map(|line| line.version),
            section: RwSignal::new(first),
            side: RwSignal::new(Side::Selected),
            only: RwSignal::new(None),
            refused: RwSignal::new(Vec::new()),
            alert: RwSignal::new(String::new()),
            problem: RwSignal::new((0, 0, 0)),
            returning: Returning::new(),
            reviewing: Reviewing::new(),
            compared: RwSignal::new(None),
            asking: RwSignal::new(None),
            busy: RwSignal::new(false),
            lasting,
        }
    }

    pub fn view(&self) -> Arc<RequestView> {
        self.view.get_value()
    }

    /// Shows a part of the page.
    pub fn open(&self, section: Section) {
        let word = self.sheet.read(|session| section.word(session.plan()));
        if self.section.get_untracked() != section {
            // A reload, the browser's back button and a link come back to this part.
            self.lasting.route.note("part", &word);
            self.lasting.section.set(Some(word));
            self.sheet.end_typing();
            // The message was about the part that is left.
            self.lasting.notice.set(None);
            self.section.set(section);
        }
    }

    /// Shows the panel with one of its pages.
    pub fn show(&self, side: Side) {
        // A page that is shown already stays as it is, with what is being written there.
        if self.side.get_untracked() != side {
            self.side.set(side);
        }
        if !self.lasting.side_open.get_untracked() {
            self.lasting.side_open.set(true);
        }
    }

    /// Goes to a cell and puts the cursor on it.
    pub fn go_to_cell(&self, cell: Cell) {
        let (section, id, kind) = self.sheet.read(|session| {
            let plan = session.plan();
            (Section::of(plan, cell.table), field_id(session, cell), plan.tables[cell.table].table.kind)
        });
        self.open(section);
        self.sheet.selected.set(Some(cell));
        if !wide_enough() {
            // There the panel covers the cell.
            self.lasting.side_open.set(false);
        }
        match kind {
            TableKind::Header => focus_soon(id),
            TableKind::Lines => self.sheet.jump.set(Some(cell)),
            TableKind::Justifications => focus_soon(HEADING.to_string()),
        }
    }

    /// Goes to where a finding or a reason points; a table as a whole is its heading.
    pub fn go_to(&self, place: &Place) {
        let (table, cell) =
            self.sheet.read(|session| (session.place_table(place), session.place_cell(place)));
        match (table, cell) {
            (_, Some(cell)) => self.go_to_cell(cell),
            (Some(table), None) => self.go_to_table(table),
            (None, None) => {}
        }
    }

    pub fn go_to_table(&self, table: TableIx) {
        self.open(self.sheet.read(|session| Section::of(session.plan(), table)));
        self.sheet.selected.set(None);
        focus_soon(HEADING.to_string());
    }

    /// `硬件设备运维费 · 第 3 行 核心交换机 · 费率%`.
    pub fn words_of(&self, place: &Place) -> String {
        self.sheet.read(|session| words::place(session, place))
    }

    /// Reads the request again: after a command, or when somebody else's moved it on.
    pub fn read_again(&self) {
        self.lasting.reads.update(|reads| *reads += 1);
    }
}

/// Id of the heading of the part shown.
pub const HEADING: &str = "rq-heading";

/// Moves the focus once what was just shown is there.
pub fn focus_soon(id: String) {
    // One frame for the part to be rendered, one for it to be laid out.
    request_animation_frame(move || {
        request_animation_frame(move || {
            let element = document().get_element_by_id(&id);
            if let Some(element) = element.and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok()) {
                // It fails for an element that cannot take the focus, which then stays where it is.
                let _ = element.focus();
            }
        });
    });
}
