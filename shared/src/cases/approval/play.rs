//! A batch of approvals as a script plays it.

use super::{ApprovalBatch, Candidate, Command, Facts, Notice, NoticeLine, economics};
use crate::cases::authority::Capability;
use crate::cases::kernel::Verb;
use crate::cases::play::kinds::{Content, PlayedKind, number_taken};
use crate::cases::play::world::{World, hash, no_case};
use crate::cases::review::progress::unscored;
use crate::cases::review::sums::{cuts, lines, sums};
use crate::cases::{AnyCase, Kind};
use crate::kernel::calendar::FiscalYear;
use crate::kernel::ids::CaseId;
use crate::kernel::people::{Actor, Office};
use crate::kernel::refusal::Refusal;
use crate::policy::art11_target_review::may_pass;

impl PlayedKind for ApprovalBatch {
    const CONTENT: &'static [&'static str] = &["year"];
    const OPENS: Verb = Verb::DraftBatch;
    const OPENED_BY: Capability = Capability::OpenBatch;

    fn begin(_: &World, id: CaseId, _: &Actor, year: FiscalYear) -> Result<ApprovalBatch, Refusal> {
        Ok(ApprovalBatch::new(id, year))
    }

    fn facts(
        &self,
        world: &World,
        _actor: &Actor,
        command: &Command,
        _content: &Content,
    ) -> Result<Facts, Refusal> {
        let edition = world.edition_for(self.fiscal_year)?;
        let mut notice = match command {
            Command::DraftBatch { number, date, .. } => Notice {
                number: number.trim().to_string(),
                date: *date,
                fiscal_year: self.fiscal_year,
                edition: edition.document().to_string(),
                lines: Vec::new(),
            },
            _ => world.notices.get(&self.id).cloned().ok_or_else(no_case)?,
        };
        let requests: Vec<CaseId> = match command {
            Command::DraftBatch { requests, .. } => requests.clone(),
            _ => notice.lines.iter().map(|line| line.request.clone()).collect(),
        };
        let found = requests.iter().map(|id| self.line(world, id)).collect::<Result<Vec<_>, _>>()?;
        let (drafted, candidates): (Vec<NoticeLine>, Vec<Candidate>) = found.into_iter().unzip();
        let mut taken = false;
        if let Command::DraftBatch { number, .. } = command {
            notice.lines = drafted;
            taken = number_taken(world, Kind::Batch, number, &self.id);
        }
        Ok(Facts { hash: hash(&notice)?, notice, candidates, number_taken: taken })
    }

    fn freeze(&self, world: &mut World, facts: &Facts, _: &Content) -> Result<(), Refusal> {
        world.notices.insert(self.id.clone(), facts.notice.clone());
        Ok(())
    }
}

impl ApprovalBatch {
    /// What the batch would say of a request now, and the request itself.
    fn line(&self, world: &World, id: &CaseId) -> Result<(NoticeLine, Candidate), Refusal> {
        let Some(AnyCase::Request(case)) = world.cases.get(id) else { return Err(no_case()) };
        if case.fiscal_year != self.fiscal_year {
            return Err(no_case());
        }
        let review = world.review_of(id);
        let sums = sums(&lines(&world.session(id)?), &cuts(&review));
        let approved = sums.categories.iter().map(|(category, of)| (*category, of.approved(Office::Finance)));
        let edition = world.edition_for(self.fiscal_year)?;
        let grade = review.grade(edition);
        let targets = grade.ok_or_else(unscored).and_then(|grade| may_pass(edition, grade));
        let name = world.departments.iter().find(|(id, _)| *id == case.department);
        let name = name.map(|(_, name)| name.clone()).unwrap_or_default();
        let line = NoticeLine {
            request: id.clone(),
            department: case.department.clone(),
            name: name.clone(),
            revision: case.revision,
            version: case.version,
            content_hash: case.content_hash.clone().unwrap_or_default(),
            requested: sums.total.requested,
            bureau_cut: sums.total.bureau_cut,
            finance_cut: sums.total.finance_cut,
            targets: grade.map(|grade| grade.label().to_string()).unwrap_or_default(),
            economics: economics(approved, edition)?,
        };
        let approved = line.approved();
        Ok((
            line,
            Candidate {
                case: case.as_ref().clone(),
                name,
                approved,
                targets: targets.err(),
                performance: None,
            },
        ))
    }
}
