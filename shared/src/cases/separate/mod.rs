//! 单独申请 (Art. 5): money for a system outside central management. The bureau says first, over a number and its
//! leader's name, that it lies outside; without that opinion finance neither sees the request nor acts on it.

use super::authority::{CaseKind, Permit, require_second_person};
use super::language::{Command, Kind, Reason, Stage, Verb};
use crate::cases::request::decide::{require_reasons, require_text};
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::money::Money;
use crate::kernel::people::{Actor, Office, Signature};
use crate::kernel::refusal::Refusal;
use crate::policy::art04_calendar::is_reason;
use crate::policy::art18_validity;
use crate::policy::document_number::document_number;
use crate::policy::editions::Edition;
use serde::{Deserialize, Serialize};

/// Most characters of a written part.
pub const LONGEST: usize = 1000;

/// 申请内容.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// 系统名称.
    pub system: String,
    /// 申请金额.
    pub amount: Option<Money>,
    /// 申请事由.
    pub reason: String,
    /// 不属于集中运维的理由.
    pub why_outside: String,
}

/// 省局审核意见.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opinion {
    /// 不属于集中运维管理范畴.
    pub outside: bool,
    /// 意见文号.
    pub number: String,
    pub text: String,
    pub drafted_by: Signature,
    /// Present once it is the bureau's opinion.
    pub signed: Option<Signed>,
}

/// 财政办理结果.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    pub arrange: bool,
    /// 安排金额.
    pub amount: Option<Money>,
    pub text: String,
    pub drafted_by: Signature,
    pub signed: Option<Signed>,
}

/// 签发.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    pub by: Signature,
    pub on: Date,
}

/// 单独申请案.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeparateApplication {
    pub id: CaseId,
    pub department: DepartmentId,
    pub fiscal_year: FiscalYear,
    pub stage: Stage,
    pub revision: u64,
    pub claim: Claim,
    pub filled_by: Option<Signature>,
    /// 部门负责人 who reported it.
    pub approved_by: Option<Signature>,
    pub opinion: Option<Opinion>,
    pub decision: Option<Decision>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    Filled { claim: Claim, by: Signature },
    Submitted { by: Signature },
    Reported { by: Signature },
    OpinionDrafted { opinion: Opinion },
    OpinionSigned { signed: Signed },
    DecisionDrafted { decision: Decision },
    DecisionSigned { signed: Signed },
    SentBack { to: Stage, reasons: Vec<Reason>, by: Signature },
    Withdrawn { reason: String, by: Signature },
}

impl SeparateApplication {
    pub fn new(id: CaseId, department: DepartmentId, fiscal_year: FiscalYear) -> SeparateApplication {
        SeparateApplication {
            id,
            department,
            fiscal_year,
            stage: Stage::Draft,
            revision: 0,
            claim: Claim::default(),
            filled_by: None,
            approved_by: None,
            opinion: None,
            decision: None,
        }
    }

    /// 意见文号, while there is one.
    pub fn number(&self) -> Option<&str> {
        self.opinion.as_ref().map(|opinion| opinion.number.as_str())
    }

    /// As this person reads it: what an office has only drafted is its own until it is signed.
    pub fn read_by(mut self, actor: &Actor) -> SeparateApplication {
        let office = actor.role.office();
        let own = |of: Office| office == of || office == Office::Audit;
        self.opinion = self.opinion.filter(|opinion| opinion.signed.is_some() || own(Office::Bureau));
        self.decision = self.decision.filter(|decision| decision.signed.is_some() || own(Office::Finance));
        self
    }

    /// The bureau has said over its leader's name that it lies outside central management.
    fn outside(&self) -> bool {
        self.opinion.as_ref().is_some_and(|opinion| opinion.outside && opinion.signed.is_some())
    }
}

impl CaseKind for SeparateApplication {
    const KIND: Kind = Kind::Separate;

    fn id(&self) -> &CaseId {
        &self.id
    }

    fn stage(&self) -> Stage {
        self.stage
    }

    fn visible_to(&self, actor: &Actor) -> bool {
        match actor.role.office() {
            Office::Department => actor.department.as_ref() == Some(&self.department),
            Office::Bureau => self.approved_by.is_some() && !self.stage.with_department(),
            Office::Finance => self.outside(),
            Office::Audit => true,
            Office::Outside | Office::Administration => false,
        }
    }

    fn preconditions(&self, actor: &Actor, verb: Verb, _today: Date) -> Result<(), Refusal> {
        let drafted = |by: Option<&Signature>| by.cloned();
        match verb {
            Verb::Submit | Verb::DepartmentApprove => {
                art18_validity::edition_for(self.fiscal_year)?;
                match verb {
                    Verb::DepartmentApprove => require_second_person(actor, &self.filled_by, "填报", "审核"),
                    _ => Ok(()),
                }
            }
            Verb::SignOpinion => require_second_person(
                actor,
                &drafted(self.opinion.as_ref().map(|o| &o.drafted_by)),
                "拟稿",
                "签发",
            ),
            Verb::SignDecision => require_second_person(
                actor,
                &drafted(self.decision.as_ref().map(|d| &d.drafted_by)),
                "拟稿",
                "签发",
            ),
            _ => Ok(()),
        }
    }
}

/// What a command leads to, on the day it is given.
pub fn decide(
    separate: &SeparateApplication,
    permit: &Permit,
    command: &Command,
    today: Date,
) -> Result<Event, Refusal> {
    if !permit.covers(separate, command.verb()) {
        return Err(Permit::wrong_permit());
    }
    let by = permit.by().clone();
    Ok(match command {
        Command::FillClaim { claim } => Event::Filled { claim: kept(claim)?, by },
        Command::Submit {} => {
            complete(&separate.claim, art18_validity::edition_for(separate.fiscal_year)?)?;
            Event::Submitted { by }
        }
        Command::DepartmentApprove {} => Event::Reported { by },
        Command::DepartmentReturn { reasons } | Command::BureauReturn { reasons } => {
            Event::SentBack { to: Stage::Draft, reasons: require_reasons(reasons)?, by }
        }
        Command::LeaderReturn { reasons } => {
            Event::SentBack { to: Stage::BureauOpinion, reasons: require_reasons(reasons)?, by }
        }
        Command::ReturnDecision { reasons } => {
            Event::SentBack { to: Stage::FinanceDecision, reasons: require_reasons(reasons)?, by }
        }
        Command::Withdraw { reason } => Event::Withdrawn { reason: require_text(reason)?, by },
        Command::DraftOpinion { outside, number, text } => {
            let (number, text) = (document_number(number)?, require_text(text)?);
            let opinion = Opinion { outside: *outside, number, text, drafted_by: by, signed: None };
            Event::OpinionDrafted { opinion }
        }
        Command::SignOpinion {} => Event::OpinionSigned { signed: Signed { by, on: today } },
        Command::DraftDecision { arrange, amount, text } => {
            let amount = arranged(separate, *arrange, *amount)?;
            let decision = Decision {
                arrange: *arrange,
                amount,
                text: require_text(text)?,
                drafted_by: by,
                signed: None,
            };
            Event::DecisionDrafted { decision }
        }
        Command::SignDecision {} => Event::DecisionSigned { signed: Signed { by, on: today } },
        _ => return Err(Permit::wrong_permit()),
    })
}

/// What is typed is kept as it is, within limits.
fn kept(claim: &Claim) -> Result<Claim, Refusal> {
    let Claim { system, amount, reason, why_outside } = claim;
    if [system, reason, why_outside].iter().any(|text| text.chars().count() > LONGEST) {
        return Err(Refusal::new("separate.long", format!("每项最多 {LONGEST} 个字，请缩短后保存。")));
    }
    if amount.is_some_and(|amount| amount.0 < 0) {
        return Err(Refusal::new("separate.amount", "申请金额不能为负。"));
    }
    Ok(claim.clone())
}

/// The first thing missing, with what to do.
pub fn complete(claim: &Claim, edition: &Edition) -> Result<(), Refusal> {
    let missing = |code: &str, text: String| Err(Refusal::under(5, code, text));
    let length = |text: &str| text.trim().chars().count();
    if !(2..=60).contains(&length(&claim.system)) {
        return missing("separate.system", "请填写系统名称，2 至 60 个字".to_string());
    }
    if claim.amount.is_none_or(|amount| amount.0 <= 0) {
        return missing("separate.amount", "请填写申请金额，应大于 0".to_string());
    }
    let least = edition.parameters.reason_min;
    if !is_reason(edition, &claim.reason) {
        return missing("separate.reason", format!("请写明申请事由，不少于 {least} 个字"));
    }
    if !is_reason(edition, &claim.why_outside) {
        let text = format!("请写明为什么不属于集中运维管理范畴，不少于 {least} 个字");
        return missing("separate.why_outside", text);
    }
    Ok(())
}

/// 安排金额: within what was asked for; nothing when it is not arranged.
fn arranged(
    separate: &SeparateApplication,
    arrange: bool,
    amount: Option<Money>,
) -> Result<Option<Money>, Refusal> {
    let asked = separate.claim.amount.unwrap_or_default();
    match (arrange, amount) {
        (false, None) => Ok(None),
        (true, Some(amount)) if amount.0 > 0 && amount <= asked => Ok(Some(amount)),
        (true, _) => Err(Refusal::under(
            5,
            "separate.arranged",
            format!("安排金额应大于 0，且不超过申请金额 {asked} 元"),
        )),
        (false, Some(_)) => Err(Refusal::under(5, "separate.arranged", "不予安排时不填安排金额")),
    }
}

pub fn evolve(mut separate: SeparateApplication, event: &Event) -> SeparateApplication {
    separate.revision += 1;
    match event {
        Event::Filled { claim, .. } => separate.claim = claim.clone(),
        Event::Submitted { by } => {
            separate.stage = Stage::DepartmentCheck;
            separate.filled_by = Some(by.clone());
        }
        Event::Reported { by } => {
            separate.stage = Stage::BureauOpinion;
            separate.approved_by = Some(by.clone());
        }
        Event::OpinionDrafted { opinion } => {
            separate.stage = Stage::BureauConfirm;
            separate.opinion = Some(opinion.clone());
        }
        Event::OpinionSigned { signed } => {
            if let Some(opinion) = &mut separate.opinion {
                opinion.signed = Some(signed.clone());
                separate.stage = if opinion.outside { Stage::FinanceDecision } else { Stage::WithinScope };
            }
        }
        Event::DecisionDrafted { decision } => {
            separate.stage = Stage::FinanceConfirm;
            separate.decision = Some(decision.clone());
        }
        Event::DecisionSigned { signed } => {
            if let Some(decision) = &mut separate.decision {
                decision.signed = Some(signed.clone());
                separate.stage = if decision.arrange { Stage::Arranged } else { Stage::NotArranged };
            }
        }
        Event::SentBack { to, .. } => {
            separate.stage = *to;
            if *to == Stage::Draft {
                separate.opinion = None;
            }
        }
        Event::Withdrawn { .. } => {
            separate.stage = Stage::Withdrawn;
            separate.opinion = None;
        }
    }
    separate
}

#[cfg(test)]
mod tests;
