//! 整体预算汇总 (Art. 4): the bureau freezes what it has accepted, its leader confirms exactly that, and reporting it
//! to finance moves every included request in the same act.

pub mod budget;
use super::authority::{CaseKind, Permit, require_second_person};
use super::language::{Case, Command, Event as RequestEvent, Kind, Reason, Stage, Verb};
use crate::cases::consolidation::budget::{ConsolidatedBudget, Included};
use crate::cases::request::decide::require_reasons;
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::CaseId;
use crate::kernel::people::{Actor, Office, Signature};
use crate::kernel::refusal::Refusal;
use crate::policy::{art04_calendar, editions::Edition};
use serde::{Deserialize, Serialize};

/// 汇总案: number 1 is the year's whole; a later one reports what was accepted after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consolidation {
    pub id: CaseId,
    pub fiscal_year: FiscalYear,
    /// 第几次汇总, from 1.
    pub number: u32,
    pub stage: Stage,
    pub revision: u64,
    /// The latest frozen version, 0 when none.
    pub version: u32,
    pub content_hash: Option<String>,
    pub compiled_by: Option<Signature>,
    pub confirmed_by: Option<Signature>,
    pub reported_on: Option<Date>,
    /// 逾期报送的理由.
    pub late_reason: Option<String>,
}

/// What happened to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    Compiled { version: u32, content_hash: String, by: Signature },
    Confirmed { content_hash: String, by: Signature },
    SentBack { reasons: Vec<Reason>, by: Signature },
    Reported { on: Date, late_reason: Option<String>, by: Signature },
}

/// What a command is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The frozen content; for `compile` what is accepted now.
    pub whole: &'a ConsolidatedBudget,
    /// SM3 of its canonical bytes.
    pub hash: &'a str,
    /// The requests as they are now.
    pub requests: &'a [Case],
    pub edition: &'a Edition,
    pub today: Date,
}

impl Consolidation {
    pub fn new(id: CaseId, fiscal_year: FiscalYear, number: u32) -> Consolidation {
        Consolidation {
            id,
            fiscal_year,
            number,
            stage: Stage::Compiling,
            revision: 0,
            version: 0,
            content_hash: None,
            compiled_by: None,
            confirmed_by: None,
            reported_on: None,
            late_reason: None,
        }
    }
}

impl CaseKind for Consolidation {
    const KIND: Kind = Kind::Compilation;

    fn id(&self) -> &CaseId {
        &self.id
    }

    fn stage(&self) -> Stage {
        self.stage
    }

    fn visible_to(&self, actor: &Actor) -> bool {
        match actor.role.office() {
            Office::Bureau | Office::Audit => true,
            Office::Finance => self.stage == Stage::Reported,
            Office::Department | Office::Outside | Office::Administration => false,
        }
    }

    fn preconditions(&self, actor: &Actor, verb: Verb, _today: Date) -> Result<(), Refusal> {
        match verb {
            Verb::ConfirmCompilation => require_second_person(actor, &self.compiled_by, "汇总", "确认"),
            _ => Ok(()),
        }
    }
}

pub fn decide(
    compilation: &Consolidation,
    permit: &Permit,
    command: &Command,
    standing: Facts,
) -> Result<Event, Refusal> {
    if !permit.covers(compilation, command.verb()) {
        return Err(Permit::wrong_permit());
    }
    let by = permit.by().clone();
    Ok(match command {
        Command::Compile {} => {
            if standing.whole.included.is_empty() {
                return Err(Refusal::under(4, "compilation.empty", "还没有审核通过的申请，无可汇总"));
            }
            let (version, content_hash) = (compilation.version + 1, standing.hash.to_string());
            Event::Compiled { version, content_hash, by }
        }
        Command::ConfirmCompilation { content_hash } => {
            same(compilation, content_hash)?;
            same(compilation, standing.hash)?;
            still_accepted(standing)?;
            Event::Confirmed { content_hash: content_hash.clone(), by }
        }
        Command::Recompile { reasons } => Event::SentBack { reasons: require_reasons(reasons)?, by },
        Command::SubmitToFinance { late_reason } => {
            same(compilation, standing.hash)?;
            still_accepted(standing)?;
            let Facts { edition, today, .. } = standing;
            let late = late_reason.as_deref();
            let late_reason = art04_calendar::may_report(edition, compilation.fiscal_year, late, today)?;
            Event::Reported { on: today, late_reason, by }
        }
        _ => return Err(Permit::wrong_permit()),
    })
}

fn same(compilation: &Consolidation, hash: &str) -> Result<(), Refusal> {
    if compilation.content_hash.as_deref() == Some(hash) {
        return Ok(());
    }
    Err(Refusal::new("content.changed", "汇总内容与您看到的不一致，请重新打开核对后再办理。"))
}

/// Every included request is as it was when it was gathered.
fn still_accepted(standing: Facts) -> Result<(), Refusal> {
    let changed: Vec<&str> = standing
        .whole
        .included
        .iter()
        .filter(|line| !standing.requests.iter().any(|case| as_gathered(case, line)))
        .map(|line| line.name.as_str())
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    Err(Refusal::under(
        4,
        "compilation.changed",
        format!("{} 的申请在汇总后有变动，请退回重新汇总", changed.join("、")),
    ))
}

fn as_gathered(case: &Case, line: &Included) -> bool {
    case.id == line.request && case.revision == line.revision && case.stage == Stage::Accepted
}

pub fn evolve(mut compilation: Consolidation, event: &Event) -> Consolidation {
    compilation.revision += 1;
    match event {
        Event::Compiled { version, content_hash, by } => {
            compilation.stage = Stage::BureauConfirm;
            compilation.version = *version;
            compilation.content_hash = Some(content_hash.clone());
            compilation.compiled_by = Some(by.clone());
        }
        Event::Confirmed { by, .. } => {
            compilation.stage = Stage::Confirmed;
            compilation.confirmed_by = Some(by.clone());
        }
        Event::SentBack { .. } => {
            compilation.stage = Stage::Compiling;
            compilation.confirmed_by = None;
        }
        Event::Reported { on, late_reason, .. } => {
            compilation.stage = Stage::Reported;
            compilation.reported_on = Some(*on);
            compilation.late_reason = late_reason.clone();
        }
    }
    compilation
}

/// What reporting the whole does to one of its requests.
pub fn request_events(compilation: &Consolidation, by: &Signature) -> Vec<RequestEvent> {
    let compilation = &compilation.id;
    vec![
        RequestEvent::Consolidated { compilation: compilation.clone(), by: by.clone() },
        RequestEvent::SentToFinance { compilation: compilation.clone(), by: by.clone() },
    ]
}

#[cfg(test)]
mod tests;
