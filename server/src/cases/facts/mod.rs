//! 事实: what each kind knows of the rest of the world when a command is judged, read inside the transaction. The only
//! place besides the read models where the server knows a kind.

mod approval;
mod consolidation;
mod edition;
mod mid_term_plan;
mod request;
mod separate;

use crate::context::Context;
use crate::documents::versions::{self, Judged};
use crate::http::request_body;
use crate::kernel::failure::Failure;
use serde::de::DeserializeOwned;
use shared::api::problem::{Problem, code};
use shared::cases::kernel::{CaseHead, CaseKind};
use shared::cases::{AnyCase, Kind};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::finding::Finding;
use shared::kernel::ids::CaseId;
use shared::kernel::people::Actor;
use shared::kernel::refusal::Refusal;
use shared::with_kind;
use sqlx::AnyConnection;

/// A kind of case as the server serves it.
pub trait KindFacts: CaseKind {
    /// What is stored with a version besides what the kind's rules see.
    type Material: Send + Sync;

    /// A new case of the kind, if this person may begin one.
    fn open(
        context: &Context,
        connection: &mut AnyConnection,
        actor: &Actor,
        id: CaseId,
        year: FiscalYear,
    ) -> impl Future<Output = Result<Self, Failure>> + Send;

    /// What `command` is judged by.
    fn facts(
        &self,
        context: &Context,
        connection: &mut AnyConnection,
        actor: &Actor,
        command: &Self::Command,
    ) -> impl Future<Output = Result<(Self::Facts, Self::Material), Failure>> + Send;

    /// Freezes what the command was about.
    fn freeze(
        &self,
        context: &Context,
        connection: &mut AnyConnection,
        actor: &Actor,
        version: u32,
        facts: &Self::Facts,
        material: &Self::Material,
    ) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Keeps what the bureau left of each sum; only a request has sums.
    fn restate_sums(
        &self,
        _context: &Context,
        _connection: &mut AnyConnection,
    ) -> impl Future<Output = Result<(), Failure>> + Send {
        async { Ok(()) }
    }

    /// Completes a stored case with what other tables say of it.
    fn complete(
        &mut self,
        _context: &Context,
        _connection: &mut AnyConnection,
    ) -> impl Future<Output = Result<(), Failure>> + Send {
        async { Ok(()) }
    }

    /// How a refusal is answered; a number that is taken is a conflict, anything else a plain no.
    fn refused(refusal: Refusal, _facts: &Self::Facts) -> Failure {
        match refusal.code.as_str() {
            "number.taken" => Failure::exists(&refusal.message),
            _ => refusal.into(),
        }
    }
}

/// A command as its kind reads it.
///
/// # Errors
/// 422 naming the field that does not fit.
pub fn command_of<C: DeserializeOwned>(sent: &serde_json::Value) -> Result<C, Failure> {
    request_body::part("command", sent)
}

/// Freezes the content a command was judged with.
async fn freeze_content(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    head: &CaseHead,
    judged: &Option<Judged>,
) -> Result<(), Failure> {
    let judged = judged.as_ref().ok_or_else(|| anyhow::anyhow!("a version without content"))?;
    versions::insert(context, connection, actor, head, judged).await
}

/// Content that is not ready answers 422 with the findings the browser shows; any other no is a refusal.
fn unready(refusal: Refusal, findings: &[Finding], unjustified: &[Finding]) -> Failure {
    let findings = match refusal.code.as_str() {
        "findings.errors" => findings.to_vec(),
        "findings.unjustified" => unjustified.to_vec(),
        _ => return refusal.into(),
    };
    let problem = Problem::new(422, code::FINDINGS, "还不能提交", refusal.message.clone());
    Problem { findings, refusal: Some(refusal), ..problem }.into()
}

/// A new case of this kind, if this person may begin one.
pub async fn open(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    kind: Kind,
    id: CaseId,
    year: FiscalYear,
) -> Result<AnyCase, Failure> {
    Ok(with_kind!(kind, Case => Case::open(context, connection, actor, id, year).await?.into()))
}
