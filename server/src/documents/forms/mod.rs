//! 表单: the definition this server runs, one compiled plan per fiscal year, and every earlier definition.

mod rows;

pub use rows::of_hash;

use crate::context::{Context, Shared};
use crate::documents::sums::VersionSums;
use crate::kernel::failure::Failure;
use shared::api::requests::ReadDefinition;
use shared::cases::review::sums::Cuts;
use shared::cases::review::unchanged;
use shared::engine::definition::Definition;
use shared::engine::document::Document;
use shared::engine::plan::Plan;
use shared::engine::session::Session;
use shared::forms::{self, budget_request};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::finding::Finding;
use shared::kernel::people::Actor;
use shared::policy::art18_validity;
use sqlx::AnyConnection;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

pub struct Forms {
    pub definition: Definition,
    /// Content hash of the definition.
    pub hash: String,
    plans: Mutex<BTreeMap<FiscalYear, Arc<Plan>>>,
}

/// What the engine computes from a document.
#[derive(Default)]
pub struct Evaluation {
    pub findings: Vec<Finding>,
    pub unjustified: Vec<Finding>,
    /// 申报总额, 元.
    pub total: Option<String>,
    /// What is stored beside the frozen content.
    pub kept: VersionSums,
}

impl Forms {
    pub fn new() -> anyhow::Result<Forms> {
        let definition = forms::om_request();
        let hash = definition.hash()?;
        Ok(Forms { definition, hash, plans: Mutex::default() })
    }

    /// The forms compiled for a year.
    pub fn plan(&self, year: FiscalYear) -> Result<Arc<Plan>, Failure> {
        let edition = art18_validity::edition_for(year)?;
        let mut plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(plan) = plans.get(&year) {
            return Ok(plan.clone());
        }
        let plan = Arc::new(forms::plan(edition, year).map_err(anyhow::Error::from)?);
        plans.insert(year, plan.clone());
        Ok(plan)
    }

    /// Computes and validates a document off the async threads: a large one takes a tenth of a second.
    pub async fn evaluate(&self, document: Arc<Document>) -> Result<Evaluation, Failure> {
        self.with_session(document, |session| {
            let total = session.header(budget_request::FORM, "total").map(|cell| session.text(cell));
            let (findings, unjustified) = (session.findings(), session.unjustified());
            Evaluation { findings, unjustified, total, kept: kept_sums(session) }
        })
        .await
    }

    /// Opens a document and runs `ask` on it, off the async threads.
    pub async fn with_session<T: Send + 'static>(
        &self,
        document: Arc<Document>,
        ask: impl FnOnce(&Session) -> T + Send + 'static,
    ) -> Result<T, Failure> {
        with_plan(self.plan(document.fiscal_year)?, document, ask).await
    }
}

/// Opens a document with this plan and runs `ask` on it, off the async threads.
pub async fn with_plan<T: Send + 'static>(
    plan: Arc<Plan>,
    document: Arc<Document>,
    ask: impl FnOnce(&Session) -> T + Send + 'static,
) -> Result<T, Failure> {
    let asked = tokio::task::spawn_blocking(move || ask(&Session::open(plan, &document)));
    asked.await.map_err(|error| Failure::Internal(error.into()))
}

/// The plan of the definition a version was frozen with.
pub async fn plan_of(
    context: &Context,
    connection: &mut AnyConnection,
    definition: &str,
    year: FiscalYear,
) -> Result<Arc<Plan>, Failure> {
    if definition == context.forms.hash {
        return context.forms.plan(year);
    }
    let definition = of_hash(connection, definition).await?;
    let parameters = forms::parameters(art18_validity::edition_for(year)?);
    Ok(Arc::new(Plan::compile(definition, &parameters, year).map_err(anyhow::Error::from)?))
}

/// What is stored beside a version when it is frozen: its sums before any cut.
pub fn kept_sums(session: &Session) -> VersionSums {
    VersionSums {
        sums: unchanged::by_category_and_system(session, &Cuts::new()),
        last_year: unchanged::last_year(session),
    }
}

/// Stores the running definition, because the documents filled in with it need it for as long as they exist.
pub async fn register_definition(context: &Context) -> Result<(), Failure> {
    let mut write = context.db.write("definitions").await?;
    rows::insert(write.connection(), &context.forms.hash, &context.forms.definition).await?;
    write.commit_unaudited().await?;
    Ok(())
}

/// `GET /api/definitions/{hash}`.
pub async fn read(context: Shared, _actor: Actor, request: ReadDefinition) -> Result<Definition, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    of_hash(&mut connection, &request.hash).await
}
