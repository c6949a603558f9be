//! 表单: the definition of every kind that has a form, one compiled plan per fiscal year, and every earlier definition.

mod rows;

pub use rows::{missing, of_hash, rehash_all};

use crate::context::{Context, Shared};
use crate::documents::editions;
use crate::documents::sums::VersionSums;
use crate::kernel::failure::Failure;
use shared::api::requests::{FrozenVersion, ReadDefinition};
use shared::cases::Kind;
use shared::cases::review::sums::Cuts;
use shared::cases::review::unchanged;
use shared::engine::definition::Definition;
use shared::engine::document::Document;
use shared::engine::plan::Plan;
use shared::engine::session::Session;
use shared::forms;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::finding::Finding;
use shared::kernel::people::Actor;
use shared::policy::editions::Edition;
use sqlx::AnyConnection;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The form of every kind that has one.
pub struct Forms {
    of_kinds: Vec<KindForm>,
}

/// The form of one kind as this server runs it.
pub struct KindForm {
    pub kind: Kind,
    pub definition: Definition,
    /// Content hash of the definition.
    pub hash: String,
    /// By year and the edition's name.
    plans: Mutex<BTreeMap<(FiscalYear, String), Arc<Plan>>>,
}

/// What the engine computes from a document.
#[derive(Default)]
pub struct Evaluation {
    pub findings: Vec<Finding>,
    pub unjustified: Vec<Finding>,
    /// 申报总额 or another total of the version, 元.
    pub total: Option<String>,
    /// What is stored with the frozen content.
    pub sums: VersionSums,
}

impl Forms {
    pub fn new() -> anyhow::Result<Forms> {
        let with_form = Kind::ALL.into_iter().filter_map(|kind| Some((kind, kind.definition()?)));
        let form = |(kind, definition): (Kind, Definition)| {
            Ok(KindForm { kind, hash: definition.hash()?, definition, plans: Mutex::default() })
        };
        Ok(Forms { of_kinds: with_form.map(form).collect::<anyhow::Result<_>>()? })
    }

    /// The form of a kind.
    ///
    /// # Errors
    /// Unknown, for a kind without a form.
    pub fn of(&self, kind: Kind) -> Result<&KindForm, Failure> {
        self.find(kind).ok_or_else(|| Failure::unknown("份可填报的内容"))
    }

    /// The form of a request, which pages, prints and workbooks of a request take for granted.
    ///
    /// # Errors
    /// Unknown, if requests had no form.
    pub fn of_request(&self) -> Result<&KindForm, Failure> {
        self.of(Kind::Request)
    }

    /// The form of a kind, `None` for a kind without one.
    pub fn find(&self, kind: Kind) -> Option<&KindForm> {
        self.of_kinds.iter().find(|form| form.kind == kind)
    }
}

impl KindForm {
    /// The form compiled for a year under an edition.
    pub fn plan(&self, edition: &Edition, year: FiscalYear) -> Result<Arc<Plan>, Failure> {
        let key = (year, edition.code());
        let mut plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(plan) = plans.get(&key) {
            return Ok(plan.clone());
        }
        let plan = forms::compiled(self.definition.clone(), edition, year).map_err(anyhow::Error::from)?;
        let plan = Arc::new(plan);
        plans.insert(key, plan.clone());
        Ok(plan)
    }

    /// Computes and validates a document off the async threads: a large one takes a tenth of a second.
    pub async fn evaluate(&self, edition: &Edition, document: Arc<Document>) -> Result<Evaluation, Failure> {
        let total = self.kind.total();
        self.with_session(edition, document, move |session| {
            let total = total.and_then(|(form, field)| session.header(form, field));
            let total = total.map(|cell| session.text(cell));
            let (findings, unjustified) = (session.findings(), session.unjustified());
            Evaluation { findings, unjustified, total, sums: version_sums(session) }
        })
        .await
    }

    /// Opens a document and runs `ask` on it, off the async threads.
    pub async fn with_session<T: Send + 'static>(
        &self,
        edition: &Edition,
        document: Arc<Document>,
        ask: impl FnOnce(&Session) -> T + Send + 'static,
    ) -> Result<T, Failure> {
        with_plan(self.plan(edition, document.fiscal_year)?, document, ask).await
    }
}

/// Opens a document with this plan and runs `ask` on it, off the async threads.
pub async fn with_plan<T: Send + 'static>(
    plan: Arc<Plan>,
    document: Arc<Document>,
    ask: impl FnOnce(&Session) -> T + Send + 'static,
) -> Result<T, Failure> {
    with_opened(plan, document, |session| ask(&session)).await
}

/// As [`with_plan`], for what changes the session.
pub async fn with_opened<T: Send + 'static>(
    plan: Arc<Plan>,
    document: Arc<Document>,
    ask: impl FnOnce(Session) -> T + Send + 'static,
) -> Result<T, Failure> {
    let asked = tokio::task::spawn_blocking(move || ask(Session::open(plan, &document)));
    asked.await.map_err(|error| Failure::Internal(error.into()))
}

/// The plan of the definition and the edition a version was frozen with.
pub async fn plan_of(
    context: &Context,
    connection: &mut AnyConnection,
    frozen: &FrozenVersion,
) -> Result<Arc<Plan>, Failure> {
    let year = frozen.document.fiscal_year;
    let definition = match context.forms.of_kinds.iter().find(|form| form.hash == frozen.definition) {
        Some(running) => {
            let edition = editions::named(context, &mut *connection, &frozen.edition).await?;
            let plan = running.plan(&edition, year)?;
            if plan.parameters == frozen.parameters {
                return Ok(plan);
            }
            running.definition.clone()
        }
        None => of_hash(connection, &frozen.definition).await?,
    };
    let plan = Plan::compile(definition, &frozen.parameters, year).map_err(anyhow::Error::from)?;
    Ok(Arc::new(plan))
}

/// The plan of a stored definition under an edition that is not in force.
pub async fn plan_under(
    connection: &mut AnyConnection,
    definition: &str,
    edition: &Edition,
    year: FiscalYear,
) -> Result<Arc<Plan>, Failure> {
    let definition = of_hash(connection, definition).await?;
    Ok(Arc::new(forms::compiled(definition, edition, year).map_err(anyhow::Error::from)?))
}

/// What is stored with a version when it is frozen: its sums before any cut.
pub fn version_sums(session: &Session) -> VersionSums {
    VersionSums {
        sums: unchanged::by_category_and_system(session, &Cuts::new()),
        last_year: unchanged::last_year(session),
    }
}

/// Stores the running definitions, because documents filled in with them need them for as long as they exist.
pub async fn register_definitions(context: &Context) -> Result<(), Failure> {
    let mut write = context.db.write("definitions").await?;
    for form in &context.forms.of_kinds {
        rows::insert(write.connection(), &form.hash, &form.definition).await?;
    }
    write.commit_unaudited().await?;
    Ok(())
}

/// `GET /api/definitions/{hash}`.
pub async fn read(context: Shared, _actor: Actor, request: ReadDefinition) -> Result<Definition, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    of_hash(&mut connection, &request.hash).await
}
