//! 单独申请的办理 (Art. 5): money for a system outside central management. The bureau says first, over a number and its
//! leader's name, that it lies outside; without that opinion finance neither sees the request nor acts on it.

use super::command::{Command, Facts};
use super::state::{Claim, Decision, Event, LONGEST, Opinion, SeparateApplication, Signed};
use crate::cases::Kind;
use crate::cases::authority::{AuthorityRow, Permit, row};
use crate::cases::kernel::reasons::{require_reasons, require_text};
use crate::cases::kernel::{
    CaseHead, CaseKind, CommandField, CommandSpec, Effect, FieldSpec, LONGEST_REASON, NamedCommand, Reason,
    SecondPerson, Stage, Verb,
};
use crate::kernel::calendar::Date;
use crate::kernel::ids::CaseId;
use crate::kernel::money::Money;
use crate::kernel::people::{Actor, Office, Role};
use crate::kernel::refusal::Refusal;
use crate::policy::art04_calendar::is_reason;
use crate::policy::art18_validity;
use crate::policy::document_number::{document_number, number_taken};
use crate::policy::editions::Edition;

/// 权限表 of a separate request.
const AUTHORITY: &[AuthorityRow] = &[
    row(Verb::Read, 5, &SEPARATE, DEPARTMENT),
    row(Verb::Read, 5, SEPARATE_AT_BUREAU, BUREAU),
    row(Verb::Read, 5, SEPARATE_AT_FINANCE, FINANCE),
    row(Verb::Read, 16, &SEPARATE, &[Role::Auditor]),
    row(Verb::FillClaim, 5, &[Stage::Draft], &[Role::DepartmentFiller]),
    row(Verb::Submit, 5, &[Stage::Draft], &[Role::DepartmentFiller]),
    row(Verb::DepartmentReturn, 5, &[Stage::DepartmentCheck], &[Role::DepartmentApprover]),
    row(Verb::DepartmentApprove, 5, &[Stage::DepartmentCheck], &[Role::DepartmentApprover]),
    row(Verb::Withdraw, 5, &[Stage::Draft, Stage::DepartmentCheck, Stage::BureauOpinion], DEPARTMENT),
    row(Verb::BureauReturn, 5, &[Stage::BureauOpinion], &[Role::BureauReviewer]),
    row(Verb::DraftOpinion, 5, &[Stage::BureauOpinion], &[Role::BureauReviewer]),
    row(Verb::SignOpinion, 5, &[Stage::BureauConfirm], &[Role::BureauLeader]),
    row(Verb::LeaderReturn, 5, &[Stage::BureauConfirm], &[Role::BureauLeader]),
    row(Verb::DraftDecision, 5, &[Stage::FinanceDecision], &[Role::FinanceReviewer]),
    row(Verb::SignDecision, 5, &[Stage::FinanceConfirm], &[Role::FinanceLeader]),
    row(Verb::ReturnDecision, 5, &[Stage::FinanceConfirm], &[Role::FinanceLeader]),
];

const DEPARTMENT: &[Role] = &[Role::DepartmentFiller, Role::DepartmentApprover];
const BUREAU: &[Role] = &[Role::BureauReviewer, Role::BureauLeader, Role::BureauTreasurer];
const FINANCE: &[Role] = &[Role::FinanceReviewer, Role::FinanceLeader];
const SEPARATE: [Stage; 10] = [
    Stage::Draft,
    Stage::DepartmentCheck,
    Stage::BureauOpinion,
    Stage::BureauConfirm,
    Stage::WithinScope,
    Stage::FinanceDecision,
    Stage::FinanceConfirm,
    Stage::Arranged,
    Stage::NotArranged,
    Stage::Withdrawn,
];
const SEPARATE_AT_BUREAU: &[Stage] = &[
    Stage::BureauOpinion,
    Stage::BureauConfirm,
    Stage::WithinScope,
    Stage::FinanceDecision,
    Stage::FinanceConfirm,
    Stage::Arranged,
    Stage::NotArranged,
    Stage::Withdrawn,
];
/// Reached only with the bureau's signed opinion (Art. 5).
const SEPARATE_AT_FINANCE: &[Stage] =
    &[Stage::FinanceDecision, Stage::FinanceConfirm, Stage::Arranged, Stage::NotArranged];

const COMMANDS: &[CommandSpec] = &[
    CommandSpec::onward(Verb::Submit, "提交后由本部门负责人审核，审核前内容不再能改。"),
    CommandSpec::onward(Verb::DepartmentApprove, "审核后报送省局出具意见。"),
    CommandSpec::aside(Verb::DepartmentReturn, "退回填报人修改。", &[FieldSpec::REASONS]),
    CommandSpec::onward(Verb::DraftOpinion, "提请省局负责人签发。").asking(&[
        FieldSpec::of(
            "outside",
            "审核结论",
            CommandField::Choice {
                yes: "不属于集中运维管理范畴", no: "属于集中运维管理范畴"
            },
        ),
        FieldSpec::of("number", "意见文号", CommandField::DocumentNumber).hint("如 晋政信函〔2023〕8号"),
        FieldSpec::of("text", "意见", CommandField::Text { least: 1, most: LONGEST_REASON })
            .hint("写明理由与依据"),
    ]),
    CommandSpec::aside(Verb::BureauReturn, "退回部门补正。", &[FieldSpec::REASONS]),
    CommandSpec::onward(Verb::SignOpinion, "签发后意见生效并送达部门；不属于集中运维的转省财政厅办理。"),
    CommandSpec::aside(Verb::LeaderReturn, "退回审核员重新拟定意见。", &[FieldSpec::REASONS]),
    CommandSpec::onward(Verb::DraftDecision, "提请财政负责人签发。").asking(&[
        FieldSpec::of("arrange", "办理结果", CommandField::Choice { yes: "予以安排", no: "不予安排" }),
        FieldSpec::of("amount", "安排金额（元）", CommandField::Amount)
            .optional()
            .hint("予以安排时必填，不超过申请金额"),
        FieldSpec::of("text", "说明", CommandField::Text { least: 1, most: LONGEST_REASON })
            .hint("写明安排或不予安排的理由"),
    ]),
    CommandSpec::onward(Verb::SignDecision, "签发后办理结果生效并送达部门。"),
    CommandSpec::aside(Verb::ReturnDecision, "退回财政审核员重新办理。", &[FieldSpec::REASONS]),
    CommandSpec::ending(Verb::Withdraw, "撤回后本申请终止，不能恢复。", &[FieldSpec::REASON]),
];

impl CaseKind for SeparateApplication {
    type Command = Command;
    type Event = Event;
    type Facts = Facts;

    const KIND: Kind = Kind::Separate;
    const AUTHORITY: &'static [AuthorityRow] = AUTHORITY;
    const COMMANDS: &'static [CommandSpec] = COMMANDS;

    fn id(&self) -> &CaseId {
        &self.id
    }

    fn stage(&self) -> Stage {
        self.stage
    }

    fn head(&self) -> CaseHead {
        CaseHead {
            id: self.id.clone(),
            kind: Kind::Separate,
            fiscal_year: self.fiscal_year,
            department: Some(self.department.clone()),
            stage: self.stage,
            revision: self.revision,
            version: self.version(),
            content_hash: None,
            number: self.number().map(str::to_string),
            title: format!("{} 年度单独申请（{}）", self.fiscal_year.0, self.claim.system.trim()),
        }
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

    fn earlier_signer(&self, verb: Verb) -> Option<SecondPerson<'_>> {
        let (opinion, decision) = (self.opinion.as_ref(), self.decision.as_ref());
        match verb {
            Verb::DepartmentApprove => SecondPerson::of(self.filled_by.as_ref(), "填报", "审核"),
            Verb::SignOpinion => SecondPerson::of(opinion.map(|o| &o.drafted_by), "拟稿", "签发"),
            Verb::SignDecision => SecondPerson::of(decision.map(|d| &d.drafted_by), "拟稿", "签发"),
            _ => None,
        }
    }

    fn preconditions(&self, _actor: &Actor, verb: Verb, _today: Date) -> Result<(), Refusal> {
        match verb {
            Verb::Submit | Verb::DepartmentApprove => {
                art18_validity::edition_for(self.fiscal_year).map(|_| ())
            }
            _ => Ok(()),
        }
    }

    fn decide(
        &self,
        permit: &Permit,
        command: &Command,
        facts: &Facts,
        today: Date,
    ) -> Result<Vec<Event>, Refusal> {
        if !permit.covers(self, command.verb()) {
            return Err(Permit::wrong_permit());
        }
        let by = permit.by().clone();
        Ok(vec![match command {
            Command::FillClaim { claim } => Event::Filled { claim: kept(claim)?, by },
            Command::Submit {} => {
                complete(&self.claim, art18_validity::edition_for(self.fiscal_year)?)?;
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
                if facts.number_taken {
                    return Err(number_taken(&number));
                }
                let opinion = Opinion { outside: *outside, number, text, drafted_by: by, signed: None };
                Event::OpinionDrafted { opinion }
            }
            Command::SignOpinion {} => Event::OpinionSigned { signed: Signed { by, on: today } },
            Command::DraftDecision { arrange, amount, text } => {
                let amount = arranged(self, *arrange, *amount)?;
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
        }])
    }

    fn evolve(self, event: &Event) -> SeparateApplication {
        let mut case = self;
        case.revision += 1;
        match event {
            Event::Filled { claim, .. } => case.claim = claim.clone(),
            Event::Submitted { by } => {
                case.stage = Stage::DepartmentCheck;
                case.filled_by = Some(by.clone());
            }
            Event::Reported { by } => {
                case.stage = Stage::BureauOpinion;
                case.approved_by = Some(by.clone());
            }
            Event::OpinionDrafted { opinion } => {
                case.stage = Stage::BureauConfirm;
                case.opinion = Some(opinion.clone());
            }
            Event::OpinionSigned { signed } => {
                if let Some(opinion) = &mut case.opinion {
                    opinion.signed = Some(signed.clone());
                    case.stage = if opinion.outside { Stage::FinanceDecision } else { Stage::WithinScope };
                }
            }
            Event::DecisionDrafted { decision } => {
                case.stage = Stage::FinanceConfirm;
                case.decision = Some(decision.clone());
            }
            Event::DecisionSigned { signed } => {
                if let Some(decision) = &mut case.decision {
                    decision.signed = Some(signed.clone());
                    case.stage = if decision.arrange { Stage::Arranged } else { Stage::NotArranged };
                }
            }
            Event::SentBack { to, .. } => {
                case.stage = *to;
                if *to == Stage::Draft {
                    case.opinion = None;
                }
            }
            Event::Withdrawn { .. } => {
                case.stage = Stage::Withdrawn;
                case.opinion = None;
            }
        }
        case
    }

    fn effects(&self, event: &Event, _facts: &Facts) -> Vec<Effect> {
        super::effects::effects(self, event)
    }

    fn label(&self) -> String {
        let system = self.claim.system.trim();
        if system.is_empty() { "单独申请".to_string() } else { format!("单独申请：{system}") }
    }

    fn reasons(event: &Event) -> Vec<Reason> {
        match event {
            Event::SentBack { reasons, .. } => reasons.clone(),
            Event::Withdrawn { reason, .. } => vec![Reason::of(reason)],
            Event::Filled { .. }
            | Event::Submitted { .. }
            | Event::Reported { .. }
            | Event::OpinionDrafted { .. }
            | Event::OpinionSigned { .. }
            | Event::DecisionDrafted { .. }
            | Event::DecisionSigned { .. } => Vec::new(),
        }
    }
}

/// What is typed is kept as it is, within limits.
fn kept(claim: &Claim) -> Result<Claim, Refusal> {
    let Claim { system, amount, reason, why_outside } = claim;
    if [system, reason, why_outside].iter().any(|text| text.chars().count() > LONGEST) {
        return Err(Refusal::new("separate.long", format!("每项最多 {LONGEST} 个字，请缩短后保存。")));
    }
    if amount.is_some_and(|amount| !amount.fits_field()) {
        return Err(Refusal::new(
            "separate.amount",
            format!("申请金额应在 0 与 {} 元之间。", Money::LARGEST_FIELD),
        ));
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
    if !claim.amount.is_some_and(Money::is_positive) {
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
        (true, Some(amount)) if amount.is_positive() && amount <= asked => Ok(Some(amount)),
        (true, _) => Err(Refusal::under(
            5,
            "separate.arranged",
            format!("安排金额应大于 0，且不超过申请金额 {asked} 元"),
        )),
        (false, Some(_)) => Err(Refusal::under(5, "separate.arranged", "不予安排时不填安排金额")),
    }
}
