//! 中期财政规划 (Art. 3): three years, rolled every year. The first is the annual request itself and is never typed;
//! the second and third are indicative. Every version is kept.

use super::authority::{CaseKind, Permit, require_second_person};
use super::language::{Command, Kind, Reason, Stage, Verb};
use crate::cases::consolidation::budget::{ConsolidatedBudget, growth};
use crate::cases::request::decide::require_reasons;
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::money::Money;
use crate::kernel::people::{Actor, Office, Signature};
use crate::kernel::refusal::Refusal;
use crate::policy::editions::Edition;
use serde::{Deserialize, Serialize};

/// Most characters of a reason.
pub const LONGEST_REASON: usize = 500;

/// 规划案: one of a fiscal year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MidTermPlan {
    pub id: CaseId,
    pub fiscal_year: FiscalYear,
    pub stage: Stage,
    pub revision: u64,
    /// The latest frozen version, 0 when none.
    pub version: u32,
    pub content_hash: Option<String>,
    pub planned_by: Option<Signature>,
    pub confirmed_by: Option<Signature>,
}

/// 后两年, as a person wrote them for one request. There is no first year to write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LaterYears {
    pub request: CaseId,
    pub second: Money,
    pub third: Money,
    /// 变动原因.
    pub reason: String,
}

/// 规划内容: canonical once serialised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outlook {
    pub fiscal_year: FiscalYear,
    /// 政策版本文号.
    pub edition: String,
    /// By the departments' order.
    pub lines: Vec<OutlookLine>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutlookLine {
    pub request: CaseId,
    pub department: DepartmentId,
    /// 部门名称.
    pub name: String,
    /// The version of the request the first year is.
    pub version: u32,
    pub content_hash: String,
    /// 第一年: 申报数 of the annual request.
    pub first: Money,
    /// Indicative; absent while nobody has planned them.
    pub second: Option<Money>,
    pub third: Option<Money>,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    Planned { version: u32, content_hash: String, by: Signature },
    Confirmed { content_hash: String, by: Signature },
    SentBack { reasons: Vec<Reason>, by: Signature },
}

/// What a command is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The frozen content; for `plan_years` what is about to be frozen.
    pub outlook: &'a Outlook,
    pub hash: &'a str,
    /// The annual requests as they are now.
    pub now: &'a ConsolidatedBudget,
    pub edition: &'a Edition,
}

impl MidTermPlan {
    pub fn new(id: CaseId, fiscal_year: FiscalYear) -> MidTermPlan {
        MidTermPlan {
            id,
            fiscal_year,
            stage: Stage::Compiling,
            revision: 0,
            version: 0,
            content_hash: None,
            planned_by: None,
            confirmed_by: None,
        }
    }
}

impl Outlook {
    /// The years of the annual requests, with what was written of the later ones.
    pub fn of(whole: &ConsolidatedBudget, later: &[LaterYears]) -> Outlook {
        let line = |included: &crate::cases::consolidation::budget::Included| {
            let written = later.iter().find(|later| later.request == included.request);
            OutlookLine {
                request: included.request.clone(),
                department: included.department.clone(),
                name: included.name.clone(),
                version: included.version,
                content_hash: included.content_hash.clone(),
                first: included.figures().requested,
                second: written.map(|later| later.second),
                third: written.map(|later| later.third),
                reason: written.map(|later| later.reason.trim().to_string()).unwrap_or_default(),
            }
        };
        Outlook {
            fiscal_year: whole.fiscal_year,
            edition: whole.edition.clone(),
            lines: whole.included.iter().map(line).collect(),
        }
    }

    /// What was written of the later years, to be written again.
    pub fn later(&self) -> Vec<LaterYears> {
        let later = |line: &OutlookLine| {
            let (second, third) = (line.second?, line.third?);
            Some(LaterYears { request: line.request.clone(), second, third, reason: line.reason.clone() })
        };
        self.lines.iter().filter_map(later).collect()
    }

    /// Σ of each year; what is not planned counts for nothing.
    pub fn totals(&self) -> [Money; 3] {
        let sum = |of: fn(&OutlookLine) -> Option<Money>| {
            Money(self.lines.iter().filter_map(of).map(|m| m.0).sum())
        };
        [sum(|line| Some(line.first)), sum(|line| line.second), sum(|line| line.third)]
    }
}

impl CaseKind for MidTermPlan {
    const KIND: Kind = Kind::Plan;

    fn id(&self) -> &CaseId {
        &self.id
    }

    fn stage(&self) -> Stage {
        self.stage
    }

    fn visible_to(&self, actor: &Actor) -> bool {
        match actor.role.office() {
            Office::Bureau | Office::Audit => true,
            Office::Finance => self.stage == Stage::Confirmed,
            Office::Department | Office::Outside | Office::Administration => false,
        }
    }

    fn preconditions(&self, actor: &Actor, verb: Verb, _today: Date) -> Result<(), Refusal> {
        match verb {
            Verb::ConfirmPlan => require_second_person(actor, &self.planned_by, "编制", "确认"),
            _ => Ok(()),
        }
    }
}

pub fn decide(
    plan: &MidTermPlan,
    permit: &Permit,
    command: &Command,
    standing: Facts,
) -> Result<Event, Refusal> {
    if !permit.covers(plan, command.verb()) {
        return Err(Permit::wrong_permit());
    }
    let by = permit.by().clone();
    Ok(match command {
        Command::PlanYears { later } => {
            planned(standing, later)?;
            Event::Planned { version: plan.version + 1, content_hash: standing.hash.to_string(), by }
        }
        Command::ConfirmPlan { content_hash } => {
            let read = plan.content_hash.as_deref();
            if read != Some(content_hash.as_str()) || read != Some(standing.hash) {
                return Err(Refusal::new(
                    "content.changed",
                    "规划内容与您看到的不一致，请重新打开核对后再办理。",
                ));
            }
            tied(standing)?;
            Event::Confirmed { content_hash: content_hash.clone(), by }
        }
        Command::LeaderReturn { reasons } => Event::SentBack { reasons: require_reasons(reasons)?, by },
        _ => return Err(Permit::wrong_permit()),
    })
}

/// Every request has its later years once, none below nothing, and a steep one says why.
fn planned(standing: Facts, later: &[LaterYears]) -> Result<(), Refusal> {
    let Facts { outlook, edition, .. } = standing;
    if outlook.lines.is_empty() || later.len() != outlook.lines.len() {
        return Err(Refusal::under(3, "plan.lines", "请为每个部门的申请各填一次后两年的数"));
    }
    let (most, least) = (edition.parameters.growth_limit, edition.parameters.reason_min as usize);
    for line in &outlook.lines {
        let (Some(second), Some(third)) = (line.second, line.third) else {
            return Err(Refusal::under(3, "plan.lines", format!("{} 还没有填后两年的数", line.name)));
        };
        if second.0 < 0 || third.0 < 0 {
            return Err(Refusal::under(3, "plan.amount", format!("{} 后两年的数不能为负", line.name)));
        }
        let steep = |from, to| growth(from, to).is_some_and(|rate| rate > most);
        let told = (least..=LONGEST_REASON).contains(&line.reason.chars().count());
        if (steep(line.first, second) || steep(second, third)) && !told {
            let text = format!(
                "{} 有一年的增长超过 {most}%，请写明变动原因，{least} 至 {LONGEST_REASON} 个字",
                line.name
            );
            return Err(Refusal::under(3, "plan.reason", text));
        }
    }
    Ok(())
}

/// The first year still is the annual request, department by department.
fn tied(standing: Facts) -> Result<(), Refusal> {
    let Facts { outlook, now, .. } = standing;
    let same = |line: &OutlookLine| {
        now.included.iter().any(|included| {
            included.request == line.request
                && included.content_hash == line.content_hash
                && included.figures().requested == line.first
        })
    };
    let changed: Vec<&str> =
        outlook.lines.iter().filter(|line| !same(line)).map(|l| l.name.as_str()).collect();
    if changed.is_empty() && now.included.len() == outlook.lines.len() {
        return Ok(());
    }
    let who = if changed.is_empty() { "部门".to_string() } else { changed.join("、") };
    Err(Refusal::under(
        3,
        "plan.changed",
        format!("{who} 的年度申请在编制后有变动，第一年须与年度申请一致，请退回重编"),
    ))
}

pub fn evolve(mut plan: MidTermPlan, event: &Event) -> MidTermPlan {
    plan.revision += 1;
    match event {
        Event::Planned { version, content_hash, by } => {
            plan.stage = Stage::BureauConfirm;
            plan.version = *version;
            plan.content_hash = Some(content_hash.clone());
            plan.planned_by = Some(by.clone());
            plan.confirmed_by = None;
        }
        Event::Confirmed { by, .. } => {
            plan.stage = Stage::Confirmed;
            plan.confirmed_by = Some(by.clone());
        }
        Event::SentBack { .. } => plan.stage = Stage::Compiling,
    }
    plan
}

#[cfg(test)]
mod tests;
