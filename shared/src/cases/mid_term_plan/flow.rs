//! 中期财政规划的办理 (Art. 3): three years, rolled every year. The first is the annual request itself and is never typed;
//! the second and third are indicative. Every version is kept.

use crate::cases::Kind;
use crate::cases::authority::{AuthorityRow, Permit, row};
use crate::cases::consolidation::budget::{ConsolidatedBudget, growth};
use crate::cases::kernel::reasons::require_reasons;
use crate::cases::kernel::{
    CaseHead, CaseKind, CommandSpec, Effect, FieldSpec, NamedCommand, Reason, SecondPerson, Stage, Verb,
};
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::money::Money;
use crate::kernel::people::{Actor, Office, Role, Signature};
use crate::kernel::refusal::Refusal;
use crate::policy::editions::Edition;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Most characters of a reason.
pub const LONGEST_REASON: usize = 500;

/// 规划案: one of a fiscal year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
pub struct Outlook {
    pub fiscal_year: FiscalYear,
    /// 政策版本文号.
    pub edition: String,
    /// By the departments' order.
    pub lines: Vec<OutlookLine>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Planned { version: u32, content_hash: String, by: Signature },
    Confirmed { content_hash: String, by: Signature },
    SentBack { reasons: Vec<Reason>, by: Signature },
}

/// What a command is judged by.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The frozen content; for `plan_years` what is about to be frozen.
    pub outlook: Outlook,
    /// SM3 of its canonical bytes.
    pub hash: String,
    /// The annual requests as they are now.
    pub now: ConsolidatedBudget,
    pub edition: Arc<Edition>,
}

/// What a person tells a plan to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// 编制后两年; the first is the annual request.
    PlanYears {
        later: Vec<LaterYears>,
    },
    /// 省局负责人确认规划: binds to the content the leader read.
    ConfirmPlan {
        content_hash: String,
    },
    LeaderReturn {
        reasons: Vec<Reason>,
    },
}

impl NamedCommand for Command {
    fn verb(&self) -> Verb {
        match self {
            Command::PlanYears { .. } => Verb::PlanYears,
            Command::ConfirmPlan { .. } => Verb::ConfirmPlan,
            Command::LeaderReturn { .. } => Verb::LeaderReturn,
        }
    }
}

/// 权限表 of a plan.
const AUTHORITY: &[AuthorityRow] = &[
    row(Verb::Read, 3, &PLAN, BUREAU),
    row(Verb::Read, 3, &[Stage::Confirmed], FINANCE),
    row(Verb::Read, 16, &PLAN, &[Role::Auditor]),
    row(Verb::PlanYears, 3, &[Stage::Compiling, Stage::Confirmed], &[Role::BureauReviewer]),
    row(Verb::ConfirmPlan, 3, &[Stage::BureauConfirm], &[Role::BureauLeader]),
    row(Verb::LeaderReturn, 3, &[Stage::BureauConfirm], &[Role::BureauLeader]),
];

const BUREAU: &[Role] = &[Role::BureauReviewer, Role::BureauLeader, Role::BureauTreasurer];
const FINANCE: &[Role] = &[Role::FinanceReviewer, Role::FinanceLeader];
const PLAN: [Stage; 3] = [Stage::Compiling, Stage::BureauConfirm, Stage::Confirmed];

const COMMANDS: &[CommandSpec] = &[
    CommandSpec::onward(Verb::ConfirmPlan, "确认的就是您看到的这一版，之后送省财政厅参考。")
        .asking(&[FieldSpec::CONTENT_HASH]),
    CommandSpec::aside(Verb::LeaderReturn, "退回审核员重新编制。", &[FieldSpec::REASONS]),
];

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
        let sum = |of: fn(&OutlookLine) -> Option<Money>| self.lines.iter().filter_map(of).sum();
        [sum(|line| Some(line.first)), sum(|line| line.second), sum(|line| line.third)]
    }
}

impl CaseKind for MidTermPlan {
    type Command = Command;
    type Event = Event;
    type Facts = Facts;

    const KIND: Kind = Kind::Plan;
    const AUTHORITY: &'static [AuthorityRow] = AUTHORITY;
    const COMMANDS: &'static [CommandSpec] = COMMANDS;
    const PAGE: &'static str = "/plan/{year}";

    fn id(&self) -> &CaseId {
        &self.id
    }

    fn stage(&self) -> Stage {
        self.stage
    }

    fn head(&self) -> CaseHead {
        CaseHead {
            id: self.id.clone(),
            kind: Kind::Plan,
            fiscal_year: self.fiscal_year,
            department: None,
            stage: self.stage,
            revision: self.revision,
            version: self.version,
            content_hash: self.content_hash.clone(),
            number: None,
            title: format!("{} 年度中期财政规划", self.fiscal_year.0),
        }
    }

    fn visible_to(&self, actor: &Actor) -> bool {
        match actor.role.office() {
            Office::Bureau | Office::Audit => true,
            Office::Finance => self.stage == Stage::Confirmed,
            Office::Department | Office::Outside | Office::Administration => false,
        }
    }

    fn earlier_signer(&self, verb: Verb) -> Option<SecondPerson<'_>> {
        match verb {
            Verb::ConfirmPlan => SecondPerson::of(self.planned_by.as_ref(), "编制", "确认"),
            _ => None,
        }
    }

    fn decide(
        &self,
        permit: &Permit,
        command: &Command,
        facts: &Facts,
        _today: Date,
    ) -> Result<Vec<Event>, Refusal> {
        if !permit.covers(self, command.verb()) {
            return Err(Permit::wrong_permit());
        }
        let by = permit.by().clone();
        Ok(vec![match command {
            Command::PlanYears { later } => {
                planned(facts, later)?;
                Event::Planned { version: self.version + 1, content_hash: facts.hash.clone(), by }
            }
            Command::ConfirmPlan { content_hash } => {
                let read = self.content_hash.as_deref();
                if read != Some(content_hash.as_str()) || read != Some(facts.hash.as_str()) {
                    return Err(Refusal::new(
                        "content.changed",
                        "规划内容与您看到的不一致，请重新打开核对后再办理。",
                    ));
                }
                tied(facts)?;
                Event::Confirmed { content_hash: content_hash.clone(), by }
            }
            Command::LeaderReturn { reasons } => Event::SentBack { reasons: require_reasons(reasons)?, by },
        }])
    }

    fn begun(&self) -> MidTermPlan {
        MidTermPlan::new(self.id.clone(), self.fiscal_year)
    }

    fn evolve(self, event: &Event) -> MidTermPlan {
        let mut case = self;
        case.revision += 1;
        match event {
            Event::Planned { version, content_hash, by } => {
                case.stage = Stage::BureauConfirm;
                case.version = *version;
                case.content_hash = Some(content_hash.clone());
                case.planned_by = Some(by.clone());
                case.confirmed_by = None;
            }
            Event::Confirmed { by, .. } => {
                case.stage = Stage::Confirmed;
                case.confirmed_by = Some(by.clone());
            }
            Event::SentBack { .. } => case.stage = Stage::Compiling,
        }
        case
    }

    fn effects(&self, event: &Event, _facts: &Facts) -> Vec<Effect> {
        super::effects::effects(self, event)
    }

    /// A confirmed plan may be rolled on, but waits for nobody.
    fn waits_for(&self, _verb: Verb) -> bool {
        self.stage != Stage::Confirmed
    }

    fn reasons(event: &Event) -> Vec<Reason> {
        match event {
            Event::SentBack { reasons, .. } => reasons.clone(),
            Event::Planned { .. } | Event::Confirmed { .. } => Vec::new(),
        }
    }
}

/// Refuses unless every request has its later years once, each fits a field, and a steep rise has a reason.
fn planned(facts: &Facts, later: &[LaterYears]) -> Result<(), Refusal> {
    let Facts { outlook, edition, .. } = facts;
    if outlook.lines.is_empty() || later.len() != outlook.lines.len() {
        return Err(Refusal::under(3, "plan.lines", "请为每个部门的申请各填一次后两年的数"));
    }
    let (most, least) = (edition.parameters.growth_limit, edition.parameters.reason_min as usize);
    for line in &outlook.lines {
        let (Some(second), Some(third)) = (line.second, line.third) else {
            return Err(Refusal::under(3, "plan.lines", format!("{} 还没有填后两年的数", line.name)));
        };
        if !second.fits_field() || !third.fits_field() {
            let text = format!("{} 后两年的数应在 0 与 {} 元之间", line.name, Money::LARGEST_FIELD);
            return Err(Refusal::under(3, "plan.amount", text));
        }
        let steep = |from, to| growth(from, to).is_some_and(|rate| rate > most);
        let explained = (least..=LONGEST_REASON).contains(&line.reason.chars().count());
        if (steep(line.first, second) || steep(second, third)) && !explained {
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
fn tied(facts: &Facts) -> Result<(), Refusal> {
    let Facts { outlook, now, .. } = facts;
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
