//! A request as a script plays it.

use super::{Command, Facts, RequestCase, ReviewConclusion};
use crate::cases::authority::{Capability, may};
use crate::cases::kernel::{NamedCommand, Verb};
use crate::cases::play::kinds::{Content, PlayedKind, own_department};
use crate::cases::play::world::{World, body, hash, no_case, open_document};
use crate::cases::review::progress::{self, ReviewProgress};
use crate::cases::review::thread::State;
use crate::engine::document::{Document, RANK_STEP, Row};
use crate::engine::findings::{JUSTIFICATION, JUSTIFICATIONS, JUSTIFIED_FINDING, justification_row};
use crate::forms::case::read_case;
use crate::kernel::calendar::FiscalYear;
use crate::kernel::ids::CaseId;
use crate::kernel::people::{Actor, Office};
use crate::kernel::refusal::Refusal;
use crate::policy::art18_validity::edition_for;
use std::collections::BTreeMap;

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
        command: &Command,
        content: &Content,
    ) -> Result<Facts, Refusal> {
        if matches!(command, Command::Submit {}) {
            let document = document(content)?;
            let session = open_document(&document)?;
            return Ok(Facts {
                findings: session.findings(),
                unjustified: session.unjustified(),
                hash: hash(&document)?,
                reviewed: ReviewConclusion::default(),
                ex_ante: None,
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
        Ok(Facts {
            findings: Vec::new(),
            unjustified: Vec::new(),
            hash: hash(frozen)?,
            reviewed: ReviewConclusion { hash: review_hash, unfinished, open },
            ex_ante: None,
        })
    }

    fn freeze(&self, world: &mut World, _facts: &Facts, content: &Content) -> Result<(), Refusal> {
        world.documents.insert(self.id.clone(), document(content)?);
        Ok(())
    }
}

/// The whole form, with `justify`'s reasons written at the warnings they name by rule.
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
