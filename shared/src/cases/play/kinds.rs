//! 各类案卷的推演: what each kind's commands are judged by, taken from the played world instead of a database.

use super::world::{World, body, hash, no_case, open_document};
use crate::cases::approval::{self, ApprovalBatch, Candidate, Notice, NoticeLine, economics};
use crate::cases::authority::{Capability, may};
use crate::cases::consolidation::{self, Consolidation};
use crate::cases::edition::{self, EditionCase};
use crate::cases::kernel::{CaseKind, FormFacts, NamedCommand, Stage, Verb};
use crate::cases::mid_term_plan::{self, MidTermPlan, Outlook};
use crate::cases::request::{self, RequestCase, ReviewConclusion};
use crate::cases::review::progress::{self, ReviewProgress, unscored};
use crate::cases::review::sums::{cuts, lines, sums};
use crate::cases::review::thread::State;
use crate::cases::separate::{self, SeparateApplication};
use crate::cases::{AnyCase, Kind};
use crate::engine::definition::Definition;
use crate::engine::document::{Document, RANK_STEP, Row};
use crate::engine::findings::{JUSTIFICATION, JUSTIFICATIONS, JUSTIFIED_FINDING, justification_row};
use crate::engine::session::Session;
use crate::forms::case::{read_case, read_form};
use crate::forms::compiled;
use crate::kernel::calendar::FiscalYear;
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::people::{Actor, Office};
use crate::kernel::refusal::Refusal;
use crate::policy::art11_target_review::may_pass;
use crate::policy::art18_validity::edition_for;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Fields of a step that are content rather than part of the command.
pub type Content = BTreeMap<&'static str, Value>;

/// A kind as a script plays it; a new kind says so in its own folder.
pub trait PlayedKind: CaseKind {
    /// Fields of a step that go beside the command: the whole form, or the year of a new case.
    const CONTENT: &'static [&'static str];
    /// The command that opens a case.
    const OPENS: Verb;

    /// A new case, if the person may begin one.
    fn begin(world: &World, id: CaseId, actor: &Actor, year: FiscalYear) -> Result<Self, Refusal>;

    /// What `command` is judged by.
    fn facts(
        &self,
        world: &World,
        actor: &Actor,
        command: &Self::Command,
        content: &Content,
    ) -> Result<Self::Facts, Refusal>;

    /// Keeps what the command froze.
    fn freeze(&self, world: &mut World, facts: &Self::Facts, content: &Content) -> Result<(), Refusal>;
}

/// Whether this command opens a case of the kind.
pub fn opens(kind: Kind, verb: Verb) -> bool {
    with_kind!(kind, Case => verb == Case::OPENS)
}

/// A new case of this kind, if the person may begin one.
pub fn open(
    world: &World,
    kind: Kind,
    id: CaseId,
    actor: &Actor,
    year: FiscalYear,
) -> Result<AnyCase, Refusal> {
    edition_for(year)?;
    Ok(with_kind!(kind, Case => Case::begin(world, id, actor, year)?.into()))
}

/// The department of somebody who begins a case of it.
pub fn own_department(actor: &Actor) -> Result<DepartmentId, Refusal> {
    actor.department.clone().ok_or_else(no_case)
}

/// The whole form, with `justify`'s reasons written beside the warnings they name by rule.
fn document(content: &Content) -> Result<Document, Refusal> {
    let written = content.get("document").ok_or_else(|| body("with.document", "缺少申请内容"))?;
    let mut document = read_case(written).map_err(|error| body("with.document", &error.to_string()))?;
    let Some(justify) = content.get("justify") else { return Ok(document) };
    let reasons: BTreeMap<String, String> =
        serde_json::from_value(justify.clone()).map_err(|error| body("with.justify", &error.to_string()))?;
    let session = open_document(&document)?;
    let mut rows = Vec::new();
    for finding in session.unjustified() {
        if let Some(reason) = reasons.get(&finding.rule) {
            let rank = RANK_STEP * i64::try_from(rows.len() + 1).unwrap_or(i64::MAX);
            let finding_key = (JUSTIFIED_FINDING.to_string(), finding.key());
            let cells = [finding_key, (JUSTIFICATION.to_string(), reason.clone())].into_iter().collect();
            rows.push(Row { id: justification_row(&finding), rank, cells });
        }
    }
    document.tables.insert(JUSTIFICATIONS.to_string(), rows);
    Ok(document)
}

impl PlayedKind for RequestCase {
    const CONTENT: &'static [&'static str] = &["document", "justify", "year"];
    const OPENS: Verb = Verb::Submit;

    fn begin(_: &World, id: CaseId, actor: &Actor, year: FiscalYear) -> Result<RequestCase, Refusal> {
        may(actor, Capability::OpenRequest)?;
        Ok(RequestCase::new(id, own_department(actor)?, year).under(Some(edition_for(year)?)))
    }

    fn facts(
        &self,
        world: &World,
        actor: &Actor,
        command: &request::Command,
        content: &Content,
    ) -> Result<request::Facts, Refusal> {
        if matches!(command, request::Command::Submit {}) {
            let document = document(content)?;
            let session = open_document(&document)?;
            return Ok(request::Facts {
                findings: session.findings(),
                unjustified: session.unjustified(),
                hash: hash(&document)?,
                reviewed: ReviewConclusion::default(),
            });
        }
        let frozen = world.documents.get(&self.id).ok_or_else(no_case)?;
        let (review, session) = (world.review_of(&self.id), world.session(&self.id)?);
        let office = actor.role.office();
        let edition = edition_for(self.fiscal_year)?;
        let reached = ReviewProgress::of(&review, office, &actor.person, &session, edition);
        let unfinished = match (command.verb(), office) {
            (Verb::BureauPass, _) => reached.may_pass(edition).err(),
            (Verb::FinancePass, Office::Finance) => {
                let bureau = review.scored_by(Office::Bureau).map(|scored| scored.sheet.grade(edition));
                reached.finance_may_pass(bureau, edition).err()
            }
            _ => None,
        };
        let open = review.threads.iter().filter(|thread| thread.state != State::Resolved).count();
        let review_hash =
            progress::hash(&review, Office::Bureau).map_err(|error| body("review", &error.to_string()))?;
        Ok(request::Facts {
            findings: Vec::new(),
            unjustified: Vec::new(),
            hash: hash(frozen)?,
            reviewed: ReviewConclusion { hash: review_hash, unfinished, open },
        })
    }

    fn freeze(&self, world: &mut World, _facts: &request::Facts, content: &Content) -> Result<(), Refusal> {
        world.documents.insert(self.id.clone(), document(content)?);
        Ok(())
    }
}

/// What the engine says of the form of a kind, written like a request's.
pub fn judged(definition: &Definition, content: &Content) -> Result<FormFacts, Refusal> {
    let wrong = |error: &dyn std::fmt::Display| body("with.document", &error.to_string());
    let written = content.get("document").ok_or_else(|| wrong(&"缺少申请内容"))?;
    let document = read_form(definition, written).map_err(|error| wrong(&error))?;
    let year = document.fiscal_year;
    let plan = compiled(definition.clone(), edition_for(year)?, year).map_err(|error| wrong(&error))?;
    let session = Session::open(Arc::new(plan), &document);
    Ok(FormFacts {
        findings: session.findings(),
        unjustified: session.unjustified(),
        hash: hash(&document)?,
        document: Some(document),
    })
}

impl PlayedKind for SeparateApplication {
    const CONTENT: &'static [&'static str] = &["document", "year"];
    const OPENS: Verb = Verb::Submit;

    fn begin(_: &World, id: CaseId, actor: &Actor, year: FiscalYear) -> Result<SeparateApplication, Refusal> {
        may(actor, Capability::OpenSeparate)?;
        Ok(SeparateApplication::new(id, own_department(actor)?, year))
    }

    fn facts(
        &self,
        world: &World,
        _actor: &Actor,
        command: &separate::Command,
        content: &Content,
    ) -> Result<separate::Facts, Refusal> {
        if matches!(command, separate::Command::Submit {}) {
            let form = judged(&separate::form::definition(), content)?;
            return Ok(separate::Facts { form, ..separate::Facts::default() });
        }
        let number_taken = match command {
            separate::Command::DraftOpinion { number, .. } => {
                number_taken(world, Kind::Separate, number, &self.id)
            }
            _ => false,
        };
        Ok(separate::Facts { number_taken, ..separate::Facts::default() })
    }

    fn freeze(&self, _: &mut World, _: &separate::Facts, _: &Content) -> Result<(), Refusal> {
        Ok(())
    }
}

fn number_taken(world: &World, kind: Kind, number: &str, by_other_than: &CaseId) -> bool {
    let mut heads = world.cases.values().map(AnyCase::head);
    heads.any(|head| {
        head.kind == kind && head.id != *by_other_than && head.number.as_deref() == Some(number.trim())
    })
}

impl PlayedKind for Consolidation {
    const CONTENT: &'static [&'static str] = &["year"];
    const OPENS: Verb = Verb::Compile;

    fn begin(world: &World, id: CaseId, actor: &Actor, year: FiscalYear) -> Result<Consolidation, Refusal> {
        may(actor, Capability::OpenCompilation)?;
        let heads = world.cases.values().map(AnyCase::head);
        let before = heads.filter(|head| head.kind == Kind::Compilation && head.fiscal_year == year).count();
        let number = u32::try_from(before).unwrap_or(u32::MAX);
        Ok(Consolidation::new(id, year, number.saturating_add(1)))
    }

    fn facts(
        &self,
        world: &World,
        _actor: &Actor,
        command: &consolidation::Command,
        _content: &Content,
    ) -> Result<consolidation::Facts, Refusal> {
        let accepted = |stage| stage == Stage::Accepted;
        let (now, requests) = world.gather(self.fiscal_year, self.number, accepted)?;
        let whole = match command {
            consolidation::Command::Compile {} => now,
            _ => world.budgets.get(&self.id).cloned().ok_or_else(no_case)?,
        };
        let (hash, edition) = (hash(&whole)?, edition_for(self.fiscal_year)?.clone());
        Ok(consolidation::Facts { whole, hash, requests, edition })
    }

    fn freeze(&self, world: &mut World, facts: &consolidation::Facts, _: &Content) -> Result<(), Refusal> {
        world.budgets.insert(self.id.clone(), facts.whole.clone());
        Ok(())
    }
}

impl PlayedKind for MidTermPlan {
    const CONTENT: &'static [&'static str] = &["year"];
    const OPENS: Verb = Verb::PlanYears;

    fn begin(_: &World, id: CaseId, actor: &Actor, year: FiscalYear) -> Result<MidTermPlan, Refusal> {
        may(actor, Capability::OpenPlan)?;
        Ok(MidTermPlan::new(id, year))
    }

    fn facts(
        &self,
        world: &World,
        _actor: &Actor,
        command: &mid_term_plan::Command,
        _content: &Content,
    ) -> Result<mid_term_plan::Facts, Refusal> {
        let counts = |stage| {
            matches!(stage, Stage::Accepted | Stage::Consolidated | Stage::FinanceReview | Stage::Approved)
        };
        let (now, _) = world.gather(self.fiscal_year, 0, counts)?;
        let outlook = match command {
            mid_term_plan::Command::PlanYears { later } => Outlook::of(&now, later),
            _ => world.outlooks.get(&self.id).cloned().unwrap_or_else(|| Outlook::of(&now, &[])),
        };
        let (hash, edition) = (hash(&outlook)?, edition_for(self.fiscal_year)?.clone());
        Ok(mid_term_plan::Facts { outlook, hash, now, edition })
    }

    fn freeze(&self, world: &mut World, facts: &mid_term_plan::Facts, _: &Content) -> Result<(), Refusal> {
        world.outlooks.insert(self.id.clone(), facts.outlook.clone());
        Ok(())
    }
}

impl PlayedKind for ApprovalBatch {
    const CONTENT: &'static [&'static str] = &["year"];
    const OPENS: Verb = Verb::DraftBatch;

    fn begin(_: &World, id: CaseId, actor: &Actor, year: FiscalYear) -> Result<ApprovalBatch, Refusal> {
        may(actor, Capability::OpenBatch)?;
        Ok(ApprovalBatch::new(id, year))
    }

    fn facts(
        &self,
        world: &World,
        _actor: &Actor,
        command: &approval::Command,
        _content: &Content,
    ) -> Result<approval::Facts, Refusal> {
        let edition = edition_for(self.fiscal_year)?;
        let mut notice = match command {
            approval::Command::DraftBatch { number, date, .. } => Notice {
                number: number.trim().to_string(),
                date: *date,
                fiscal_year: self.fiscal_year,
                edition: edition.document().to_string(),
                lines: Vec::new(),
            },
            _ => world.notices.get(&self.id).cloned().ok_or_else(no_case)?,
        };
        let requests: Vec<CaseId> = match command {
            approval::Command::DraftBatch { requests, .. } => requests.clone(),
            _ => notice.lines.iter().map(|line| line.request.clone()).collect(),
        };
        let found = requests.iter().map(|id| self.line(world, id)).collect::<Result<Vec<_>, _>>()?;
        let (drafted, candidates): (Vec<NoticeLine>, Vec<Candidate>) = found.into_iter().unzip();
        let mut taken = false;
        if let approval::Command::DraftBatch { number, .. } = command {
            notice.lines = drafted;
            taken = number_taken(world, Kind::Batch, number, &self.id);
        }
        Ok(approval::Facts { hash: hash(&notice)?, notice, candidates, number_taken: taken })
    }

    fn freeze(&self, world: &mut World, facts: &approval::Facts, _: &Content) -> Result<(), Refusal> {
        world.notices.insert(self.id.clone(), facts.notice.clone());
        Ok(())
    }
}

impl ApprovalBatch {
    /// What the batch would say of a request now, and the request beside it.
    fn line(&self, world: &World, id: &CaseId) -> Result<(NoticeLine, Candidate), Refusal> {
        let Some(AnyCase::Request(case)) = world.cases.get(id) else { return Err(no_case()) };
        if case.fiscal_year != self.fiscal_year {
            return Err(no_case());
        }
        let review = world.review_of(id);
        let sums = sums(&lines(&world.session(id)?), &cuts(&review));
        let approved = sums.categories.iter().map(|(category, of)| (*category, of.approved(Office::Finance)));
        let edition = edition_for(self.fiscal_year)?;
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
        Ok((line, Candidate { case: case.as_ref().clone(), name, approved, targets: targets.err() }))
    }
}

impl PlayedKind for EditionCase {
    const CONTENT: &'static [&'static str] = &[];
    const OPENS: Verb = Verb::ProposeEdition;

    /// A script states the facts of a change of the register itself: see `oversight`.
    fn begin(_: &World, _: CaseId, _: &Actor, _: FiscalYear) -> Result<EditionCase, Refusal> {
        Err(no_case())
    }

    fn facts(
        &self,
        _world: &World,
        _actor: &Actor,
        _command: &edition::Command,
        _content: &Content,
    ) -> Result<edition::Facts, Refusal> {
        Err(no_case())
    }

    fn freeze(&self, _world: &mut World, _facts: &edition::Facts, _content: &Content) -> Result<(), Refusal> {
        Err(no_case())
    }
}
