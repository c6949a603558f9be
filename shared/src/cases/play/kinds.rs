//! 各类案卷的推演: what a script needs of a kind, which says it in its own folder (`play.rs`): how a case begins, and what its
//! commands are judged by, taken from the played world instead of a database.

use super::world::{World, body, hash, no_case};
use crate::cases::kernel::{CaseKind, FormFacts, Verb};
use crate::cases::{AnyCase, Kind};
use crate::engine::definition::Definition;
use crate::engine::session::Session;
use crate::forms::case::read_form;
use crate::forms::compiled;
use crate::kernel::calendar::FiscalYear;
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::people::Actor;
use crate::kernel::refusal::Refusal;
use crate::policy::art18_validity::edition_for;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Fields of a step that are content rather than part of the command.
pub type Content = BTreeMap<&'static str, Value>;

/// A kind as a script plays it.
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

/// Whether another case of the kind carries the number.
pub fn number_taken(world: &World, kind: Kind, number: &str, by_other_than: &CaseId) -> bool {
    let mut heads = world.cases.values().map(AnyCase::head);
    heads.any(|head| {
        head.kind == kind && head.id != *by_other_than && head.number.as_deref() == Some(number.trim())
    })
}
