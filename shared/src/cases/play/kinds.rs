//! 各类案卷的推演: what a script needs of a kind, which says it in its own folder (`play.rs`): how a case begins, and what its
//! commands are judged by, taken from the played world instead of a database.

use super::world::{World, body, hash, no_case, read_command};
use crate::cases::authority::{Capability, may};
use crate::cases::execution::body::take_justifications;
use crate::cases::kernel::{CaseKind, FormFacts, Verb};
use crate::cases::oversight::field::refusal;
use crate::cases::{AnyCase, Kind};
use crate::engine::definition::Definition;
use crate::engine::document::{Document, RANK_STEP, Row};
use crate::engine::findings::{JUSTIFICATION, JUSTIFICATIONS, JUSTIFIED_FINDING, justification_row};
use crate::engine::session::Session;
use crate::forms::case::read_form;
use crate::forms::compiled;
use crate::kernel::calendar::FiscalYear;
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::people::Actor;
use crate::kernel::refusal::Refusal;
use crate::kernel::whole_number::whole_number;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Fields of a step that are content rather than part of the command.
pub type Content = BTreeMap<&'static str, Value>;

/// A kind as a script plays it.
pub trait PlayedKind: CaseKind {
    /// Fields of a step that go with the command that opens a case: the whole form, or the year of a new case.
    const CONTENT: &'static [&'static str];
    /// The command that opens a case.
    const OPENS: Verb;
    /// The right to begin a case.
    const OPENED_BY: Capability;

    /// A new case of a year that the edition covers, for a person who may begin one.
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

/// A new case of this kind: the person is judged first, then what was sent, then its year.
pub fn open(world: &World, kind: Kind, id: CaseId, actor: &Actor, with: &Value) -> Result<AnyCase, Refusal> {
    with_kind!(kind, Case => {
        may(actor, Case::OPENED_BY)?;
        let (_, content) = read_command::<Case>(Case::OPENS, with)?;
        let year = year_of::<Case>(&content)?;
        world.edition_for(year)?;
        Ok(Case::begin(world, id, actor, year)?.into())
    })
}

/// A broken rule of a field of the opening command.
fn refuse<K: PlayedKind>(code: &str, says: &str) -> Refusal {
    let article = K::AUTHORITY.iter().find(|row| row.verb == K::OPENS).map(|row| row.article);
    refusal(article, code, format!("{says}，请改正"))
}

/// The whole form goes with the command that opens a case of a kind with one.
pub fn require_form<K: PlayedKind>(verb: Verb, content: &Content) -> Result<(), Refusal> {
    let has_form = verb == K::OPENS && K::CONTENT.contains(&"document");
    match content.get("document").filter(|document| !document.is_null()) {
        None if has_form => Err(refuse::<K>("F-01", "`document`必填")),
        Some(document) if !document.is_object() => Err(body("with.document", "应为表单内容")),
        _ => Ok(()),
    }
}

/// The year of a new case: stated, else that of its form.
fn year_of<K: PlayedKind>(content: &Content) -> Result<FiscalYear, Refusal> {
    let of_form = || content.get("document").and_then(|document| document.get("fiscal_year"));
    let stated = content.get("year").filter(|year| !year.is_null());
    let Some(year) = stated.or_else(of_form).filter(|year| !year.is_null()) else {
        return Err(refuse::<K>("F-01", "`year`必填"));
    };
    let number = whole_number(year).ok_or_else(|| body("with.year", "应为整数"))?;
    let year = number.and_then(|year| i32::try_from(year).ok()).map(FiscalYear);
    match year.filter(|year| year.well_formed()) {
        Some(year) => Ok(year),
        None => Err(refuse::<K>("F-02", "`year`应在 1901 至 2998 之间")),
    }
}

/// The department of somebody who begins a case of it.
pub fn own_department(actor: &Actor) -> Result<DepartmentId, Refusal> {
    actor.department.clone().ok_or_else(no_case)
}

/// What the engine says of the form of a case of a year, written like a request's, under the edition of the script.
pub fn judged(
    world: &World,
    year: FiscalYear,
    definition: &Definition,
    content: &Content,
) -> Result<FormFacts, Refusal> {
    let wrong = |error: &dyn std::fmt::Display| body("with.document", &error.to_string());
    let written = content.get("document").ok_or_else(|| wrong(&"缺少申请内容"))?;
    let mut document = read_form(definition, written).map_err(|error| wrong(&error))?;
    if document.fiscal_year != year {
        return Err(wrong(&format!("内容为 {} 年度，案卷为 {} 年度", document.fiscal_year.0, year.0)));
    }
    let plan = compiled(definition.clone(), world.edition_for(year)?, year).map_err(|error| wrong(&error))?;
    let plan = Arc::new(plan);
    let session = Session::open(Arc::clone(&plan), &document);
    let reasons = reasons(content)?;
    if reasons.is_empty() {
        return facts_of(&session, document);
    }
    document.tables.insert(JUSTIFICATIONS.to_string(), justifications(&session, &reasons));
    facts_of(&Session::open(plan, &document), document)
}

fn facts_of(session: &Session, document: Document) -> Result<FormFacts, Refusal> {
    Ok(FormFacts {
        findings: session.findings(),
        unjustified: session.unjustified(),
        hash: hash(&document)?,
        document: Some(document),
    })
}

/// `justify`: reasons for warnings by their rule.
fn reasons(content: &Content) -> Result<BTreeMap<String, String>, Refusal> {
    let mut fields = content.iter().map(|(key, value)| ((*key).to_string(), value.clone())).collect();
    take_justifications(&mut fields)
}

/// The reasons written at the warnings they name by rule.
fn justifications(session: &Session, reasons: &BTreeMap<String, String>) -> Vec<Row> {
    let mut rows = Vec::new();
    for finding in session.unjustified() {
        if let Some(reason) = reasons.get(&finding.rule) {
            let rank = RANK_STEP * i64::try_from(rows.len() + 1).unwrap_or(i64::MAX);
            let finding_key = (JUSTIFIED_FINDING.to_string(), finding.key());
            let cells = [finding_key, (JUSTIFICATION.to_string(), reason.clone())].into_iter().collect();
            rows.push(Row { id: justification_row(&finding), rank, cells });
        }
    }
    rows
}

/// Whether another case of the kind carries the number.
pub fn number_taken(world: &World, kind: Kind, number: &str, by_other_than: &CaseId) -> bool {
    let mut heads = world.cases.values().map(AnyCase::head);
    heads.any(|head| {
        head.kind == kind && head.id != *by_other_than && head.number.as_deref() == Some(number.trim())
    })
}
