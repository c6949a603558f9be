//! A request as a script plays it.

use super::{Command, Facts, RequestCase, ReviewConclusion};
use crate::cases::authority::Capability;
use crate::cases::kernel::{NamedCommand, Verb};
use crate::cases::play::kinds::{Content, PlayedKind, judged, own_department};
use crate::cases::play::world::{World, body, hash, no_case};
use crate::cases::review::progress::{self, ReviewProgress};
use crate::cases::review::thread::State;
use crate::forms::om_request;
use crate::kernel::calendar::FiscalYear;
use crate::kernel::ids::CaseId;
use crate::kernel::people::{Actor, Office};
use crate::kernel::refusal::Refusal;

impl PlayedKind for RequestCase {
    const CONTENT: &'static [&'static str] = &["document", "justify", "year"];
    const OPENS: Verb = Verb::Submit;
    const OPENED_BY: Capability = Capability::OpenRequest;

    fn begin(world: &World, id: CaseId, actor: &Actor, year: FiscalYear) -> Result<RequestCase, Refusal> {
        Ok(RequestCase::new(id, own_department(actor)?, year).under(Some(world.edition_for(year)?)))
    }

    fn facts(
        &self,
        world: &World,
        actor: &Actor,
        command: &Command,
        content: &Content,
    ) -> Result<Facts, Refusal> {
        if matches!(command, Command::Submit {}) {
            let form = judged(world, self.fiscal_year, &om_request(), content)?;
            return Ok(Facts {
                findings: form.findings,
                unjustified: form.unjustified,
                hash: form.hash,
                reviewed: ReviewConclusion::default(),
                ex_ante: None,
            });
        }
        let frozen = world.documents.get(&self.id).ok_or_else(no_case)?;
        let (review, session) = (world.review_of(&self.id), world.session(&self.id)?);
        let office = actor.role.office();
        let edition = world.edition_for(self.fiscal_year)?;
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
        let form = judged(world, self.fiscal_year, &om_request(), content)?;
        world.documents.extend(form.document.map(|document| (self.id.clone(), document)));
        Ok(())
    }
}
