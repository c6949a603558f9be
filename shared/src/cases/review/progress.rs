//! 审核完结: what still stands in the way of passing a request, and the hash a leader's confirmation binds to.

use super::sums;
use super::thread::{Kind, Review, State, Viewed};
use crate::engine::definition::TableKind;
use crate::engine::plan::{Plan, TablePlan};
use crate::engine::session::Session;
use crate::forms::performance_targets;
use crate::kernel::hash::hex;
use crate::kernel::ids::PersonId;
use crate::kernel::people::Office;
use crate::kernel::refusal::Refusal;
use crate::policy::art11_target_review::may_pass;
use crate::policy::editions::Edition;
use crate::policy::grade::Grade;
use serde::{Deserialize, Serialize};
use sm3::{Digest, Sm3};

/// 审核进度 of one person of an office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewProgress {
    /// Sections this person has not looked through as they are now, by table key.
    pub unviewed: Vec<String>,
    /// Open 须整改.
    pub must_fix: usize,
    /// Cuts neither accepted nor upheld, or stated for another amount than the line asks for now.
    pub cuts: usize,
    /// Grade of the targets as they are now; `None` while nobody scored them.
    pub grade: Option<Grade>,
}

/// The sections a reviewer looks through: every table that is shown.
pub fn sections(plan: &Plan) -> impl Iterator<Item = &TablePlan> {
    plan.tables.iter().filter(|table| table.table.kind != TableKind::Justifications)
}

/// SM3 of a section's content; `None` when there is no such section.
pub fn section_hash(session: &Session, section: &str) -> Option<String> {
    let table = session.plan().table(section)?;
    let mut hasher = Sm3::new();
    for slot in session.rows(table) {
        let row = session.row(table, *slot);
        let cells = row.cells.iter().flat_map(|(field, text)| [field.as_str(), text.as_str()]);
        for part in std::iter::once(row.id.as_str()).chain(cells) {
            hasher.update(part.as_bytes());
            hasher.update([0]);
        }
        hasher.update([1]);
    }
    Some(hex(&hasher.finalize()))
}

/// SM3 of what a score sheet is about: the targets and their indicators.
pub fn targets_hash(session: &Session) -> String {
    let parts = [performance_targets::FORM, performance_targets::INDICATORS]
        .map(|section| section_hash(session, section).unwrap_or_default());
    hex(&Sm3::digest(parts.concat().as_bytes()))
}

/// Whether a tick still holds for the section's content.
pub fn still_viewed(session: &Session, viewed: &Viewed) -> bool {
    section_hash(session, &viewed.section).is_some_and(|hash| hash == viewed.hash)
}

/// SM3 of an office's review as it stands: its remarks, what was said, its cuts and its score. Another office's
/// work, and who has looked at what, does not change it.
pub fn hash(review: &Review, office: Office) -> Result<String, serde_json::Error> {
    let threads: Vec<_> = review.threads.iter().filter(|thread| thread.office == office).collect();
    let bytes = serde_json::to_vec(&(threads, review.scored_by(office)))?;
    Ok(hex(&Sm3::digest(&bytes)))
}

impl ReviewProgress {
    pub fn of(
        review: &Review,
        office: Office,
        person: &PersonId,
        session: &Session,
        edition: &Edition,
    ) -> ReviewProgress {
        let viewed = |section: &str| {
            let own = review.viewed.iter().find(|one| one.by.person == *person && one.section == section);
            own.is_some_and(|one| still_viewed(session, one))
        };
        let keys = sections(session.plan()).map(|table| table.table.key.clone());
        let threads = || review.threads.iter().filter(|thread| thread.office == office);
        let targets = targets_hash(session);
        ReviewProgress {
            unviewed: keys.filter(|key| !viewed(key)).collect(),
            must_fix: threads().filter(|t| t.kind == Kind::MustFix && t.state != State::Resolved).count(),
            cuts: threads().filter(|thread| !settled(thread, session)).count(),
            grade: review.scored_by(office).filter(|s| s.hash == targets).map(|s| s.sheet.grade(edition)),
        }
    }

    /// The first thing in the way, with what to do.
    pub fn may_pass(&self, edition: &Edition) -> Result<(), Refusal> {
        if !self.unviewed.is_empty() {
            let message =
                format!("还有 {} 个部分没有审阅，逐一查看并标记“已阅”后才能通过", self.unviewed.len());
            return Err(Refusal::under(4, "review.unviewed", message));
        }
        self.nothing_open()?;
        match self.grade {
            Some(grade) => may_pass(edition, grade),
            None => Err(unscored()),
        }
    }

    /// As [`ReviewProgress::may_pass`], for finance: where it did not score the targets itself, the bureau's grade stands.
    pub fn finance_may_pass(&self, bureau: Option<Grade>, edition: &Edition) -> Result<(), Refusal> {
        self.nothing_open()?;
        match self.grade.or(bureau) {
            Some(grade) => may_pass(edition, grade),
            None => Err(unscored()),
        }
    }

    fn nothing_open(&self) -> Result<(), Refusal> {
        if self.must_fix > 0 {
            let message = format!("还有 {} 条“须整改”意见未办结，办结后才能通过，或退回部门", self.must_fix);
            return Err(Refusal::under(4, "review.must_fix", message));
        }
        if self.cuts > 0 {
            let message = format!("还有 {} 项核减部门未接受，请逐项维持、调整或撤销后再通过", self.cuts);
            return Err(Refusal::under(4, "review.cuts", message));
        }
        Ok(())
    }
}

/// Nobody has scored the targets.
pub fn unscored() -> Refusal {
    Refusal::under(11, "review.unscored", "绩效目标尚未评分，评分后才能通过")
}

/// A cut is settled for what its line asks for now; where the line has gone there is nothing left to settle.
fn settled(thread: &super::thread::Thread, session: &Session) -> bool {
    let (Some(cut), Some(table), Some(row)) = (&thread.cut, thread.anchor.table(), thread.anchor.row())
    else {
        return true;
    };
    sums::amount(session, table, row).is_none_or(|amount| cut.settled(amount))
}
