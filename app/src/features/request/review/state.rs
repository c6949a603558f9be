//! 审核的状态: the review as read, and what this person is doing in it.

use crate::form_ui::grid::SideColumns;
use crate::kernel::session::SignedIn;
use crate::kernel::submission::Submission;
use leptos::prelude::*;
use shared::api::review::ReviewView;
use shared::cases::review::batch::Tried;
use shared::cases::review::language::Act;
use shared::cases::review::sums::Sums;
use shared::cases::review::thread::{Kind, State, Thread};
use shared::engine::document::Document;
use shared::kernel::ids::{OpId, ThreadId};
use shared::kernel::people::Actor;
use std::sync::Arc;

/// What the review panel shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PanelTab {
    List,
    Thread(ThreadId),
    /// 提出意见.
    Remark,
    /// 核减.
    Cut,
    /// 目标评分.
    Score,
    /// A pending act being rewritten.
    Rewrite(OpId),
}

/// Which remarks the list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// `None`: all that is not resolved.
    pub state: Option<Wanted>,
    pub kind: Option<Kind>,
    /// Only the part being looked at.
    pub here: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    All,
    Only(State),
}

impl Filter {
    pub fn shows(self, thread: &Thread, here: &str) -> bool {
        let state = match self.state {
            None => thread.state != State::Resolved,
            Some(Wanted::All) => true,
            Some(Wanted::Only(state)) => thread.state == state,
        };
        state
            && self.kind.is_none_or(|kind| thread.kind == kind)
            && (!self.here || thread.anchor.table() == Some(here))
    }
}

/// An act being typed; with the id of a pending act it replaces that one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActDraft {
    pub instead: Option<OpId>,
    pub act: Act,
}

#[derive(Clone, Copy)]
pub struct Reviewing {
    pub view: RwSignal<Option<Arc<ReviewView>>>,
    /// The published review with this person's pending acts applied.
    pub preview: RwSignal<Arc<Tried>>,
    /// 三栏, with what is being typed.
    pub sums: RwSignal<Option<Arc<Sums>>>,
    /// 三栏 of each line of the grid.
    pub side: RwSignal<Option<SideColumns>>,
    /// A cut being typed; the sums count it at once.
    pub draft: RwSignal<Option<ActDraft>>,
    pub shown: RwSignal<PanelTab>,
    pub filter: RwSignal<Filter>,
    /// The content that was returned, once it has been read.
    pub returned: RwSignal<Option<Arc<Document>>>,
    /// What went wrong last.
    pub fault: RwSignal<Option<String>>,
    /// An act is under way, with the reading that follows it.
    pub busy: RwSignal<bool>,
    /// Sends the acts; its problem is shown while one is sent again.
    pub submission: Submission,
    signed: SignedIn,
}

impl Reviewing {
    pub fn new() -> Reviewing {
        Reviewing {
            view: RwSignal::new(None),
            preview: RwSignal::default(),
            sums: RwSignal::new(None),
            side: RwSignal::new(None),
            draft: RwSignal::new(None),
            shown: RwSignal::new(PanelTab::List),
            filter: RwSignal::new(Filter::default()),
            returned: RwSignal::new(None),
            fault: RwSignal::new(None),
            busy: RwSignal::new(false),
            submission: Submission::new("v"),
            signed: expect_context::<SignedIn>(),
        }
    }

    /// The person at this page.
    pub fn actor(&self) -> Option<Actor> {
        self.signed.me.with(|me| me.as_ref().map(|me| me.actor.clone()))
    }

    pub fn may_review(&self) -> bool {
        self.view.with(|view| view.as_ref().is_some_and(|view| view.may_review.is_none()))
    }

    pub fn may_answer(&self) -> bool {
        self.view.with(|view| view.as_ref().is_some_and(|view| view.may_answer.is_none()))
    }

    /// Remarks that are not resolved, in a section or in all.
    pub fn open_in(&self, section: Option<&str>) -> usize {
        self.preview.with(|preview| {
            let open = preview.review.threads.iter().filter(|thread| thread.state != State::Resolved);
            open.filter(|thread| section.is_none_or(|key| thread.anchor.table() == Some(key))).count()
        })
    }

    /// Number of a thread as people call it.
    pub fn number(&self, id: &ThreadId) -> usize {
        self.preview.with(|preview| {
            preview.review.threads.iter().position(|thread| thread.id == *id).map_or(0, |at| at + 1)
        })
    }
}
