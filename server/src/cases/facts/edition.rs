//! What a change of the register is judged by: what its form comes to, what was frozen and approved under earlier
//! editions, and who typed in it.

use super::KindFacts;
use crate::cases::trial;
use crate::cases::versions::judge;
use crate::cases::{operations, store};
use crate::context::Context;
use crate::documents::editions;
use crate::documents::versions::{self, FrozenSnapshot, Judged};
use crate::identity::accounts;
use crate::kernel::failure::Failure;
use shared::cases::edition::draft::{DraftContext, change_of, differences, groups_of};
use shared::cases::edition::{Command, EditionCase, EditionFacts, Facts, form};
use shared::cases::kernel::{CaseKind, FormFacts, Stage};
use shared::cases::{AnyCase, Kind};
use shared::engine::document::Document;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::{CaseId, PersonId};
use shared::kernel::people::Actor;
use shared::kernel::refusal::Refusal;
use shared::policy::editions::EditionError;
use shared::policy::editions::register::{ConfirmedChange, Register};
use sqlx::AnyConnection;

impl KindFacts for EditionCase {
    type Material = Option<Judged>;

    /// A change has a sort and a base, so it is begun by its own endpoint.
    async fn open(
        _context: &Context,
        _connection: &mut AnyConnection,
        _actor: &Actor,
        _id: CaseId,
        _year: FiscalYear,
    ) -> Result<EditionCase, Failure> {
        let message = "政策版本变更须选定种类和所据版本，请在“政策版本”页新建";
        Err(Refusal::under(18, "edition.open", message).into())
    }

    async fn facts(
        &self,
        context: &Context,
        connection: &mut AnyConnection,
        _actor: &Actor,
        command: &Command,
    ) -> Result<(Facts, Option<Judged>), Failure> {
        let mut facts = Facts::unjudged(self.change);
        match command {
            Command::Propose { .. } => {
                let judged = judge(context, &mut *connection, self).await?;
                facts.form = judged.facts();
                facts.made = made(self, context, &mut *connection, &judged.document).await?;
                facts.judged = guard_facts(self, context, &mut *connection, &facts.made).await?;
                return Ok((facts, Some(judged)));
            }
            Command::Confirm { .. } => {
                let hash = versions::rehashed(context, &mut *connection, &self.id, self.version).await?;
                facts.form = FormFacts { hash, ..FormFacts::default() };
                facts.made = still_fits(self, context, &mut *connection).await?;
                facts.judged.typed_by = typed_by(context, connection, &self.id).await?;
            }
            Command::DryRun { year } => {
                let any = AnyCase::from(self.clone());
                let (_, document) = operations::live(context, &mut *connection, &any).await?;
                facts.made = made(self, context, &mut *connection, &document).await?;
                facts.judged = guard_facts(self, context, &mut *connection, &facts.made).await?;
                if let Ok(ConfirmedChange::Edition { file }) = &facts.made {
                    let report = trial::run(context, connection, file, *year).await?;
                    let hash = FrozenSnapshot::of(&report)?.hash;
                    facts.trial = Some((report, hash));
                }
            }
            Command::Return { .. } | Command::Drop {} => {}
        }
        Ok((facts, None))
    }

    async fn freeze(
        &self,
        context: &Context,
        connection: &mut AnyConnection,
        actor: &Actor,
        _version: u32,
        _facts: &Facts,
        material: &Option<Judged>,
    ) -> Result<(), Failure> {
        super::freeze_content(context, connection, actor, &self.head(), material).await
    }

    /// The form begins with the numbers of the base.
    async fn complete(&mut self, context: &Context, connection: &mut AnyConnection) -> Result<(), Failure> {
        let base = editions::named(context, connection, &self.base).await?;
        self.initial = form::initial(self.change, &base, self.fiscal_year)?;
        Ok(())
    }

    fn refused(refusal: Refusal, facts: &Facts) -> Failure {
        super::unready(refusal, &facts.form.findings, &facts.form.unjustified)
    }
}

/// What a draft comes to, or its faults.
type Made = Result<ConfirmedChange, Vec<EditionError>>;

async fn made(
    case: &EditionCase,
    context: &Context,
    connection: &mut AnyConnection,
    document: &Document,
) -> Result<Made, Failure> {
    let register = editions::register(context, &mut *connection).await?;
    let base = editions::named(context, connection, &case.base).await?;
    let (today, demonstration) = (context.clock().today(), context.settings.demo);
    let judged_in = DraftContext { register: &register, base: &base, demonstration, today };
    Ok(change_of(case.change, document, judged_in))
}

/// What was proposed, against the register as it is now.
async fn still_fits(
    case: &EditionCase,
    context: &Context,
    connection: &mut AnyConnection,
) -> Result<Made, Failure> {
    let Some(proposed) = &case.proposed else { return Ok(Err(Vec::new())) };
    let mut after = Register::clone(&*editions::register(context, connection).await?);
    Ok(after.apply(proposed).map(|()| proposed.clone()).map_err(|fault| vec![fault]))
}

/// What the guards see of a draft besides its faults.
async fn guard_facts(
    case: &EditionCase,
    context: &Context,
    connection: &mut AnyConnection,
    made: &Made,
) -> Result<EditionFacts, Failure> {
    let mut judged = EditionFacts::unjudged(case.change);
    let Ok(ConfirmedChange::Edition { file }) = made else { return Ok(judged) };
    let base = editions::named(context, &mut *connection, &case.base).await?;
    judged.hash = file.hash().map_err(anyhow::Error::from)?;
    judged.from_year = Some(file.from_year);
    judged.groups = groups_of(&differences(&base, file)?);
    judged.years_frozen = versions::frozen_years(context, &mut *connection).await?;
    judged.years_approved = store::years_at(context, connection, Kind::Batch, Stage::Issued).await?;
    let latest = judged.years_frozen.iter().max().copied();
    let run = case.trial.as_ref().filter(|trial| Some(trial.year.0) == latest);
    judged.dry_run = run.map(|trial| trial.draft_hash.clone());
    Ok(judged)
}

/// The persons whose accounts typed in a draft.
async fn typed_by(
    context: &Context,
    connection: &mut AnyConnection,
    case: &CaseId,
) -> Result<Vec<PersonId>, Failure> {
    let mut people = Vec::new();
    for account in crate::documents::operations::authors(context.tenant(), &mut *connection, case).await? {
        let known = accounts::find(context, &mut *connection, account.as_str()).await?;
        people.extend(known.map(|known| known.person));
    }
    Ok(people)
}
