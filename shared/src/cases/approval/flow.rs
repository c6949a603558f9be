//! 批复的办理 (Art. 4, 11): finance answers requests in batches, budget and targets together. One person drafts, another
//! issues, and what is issued is exactly what was read.

use super::notice::{Notice, NoticeLine};
use crate::cases::Kind;
use crate::cases::authority::{AuthorityRow, Permit, row};
use crate::cases::kernel::reasons::require_reasons;
use crate::cases::kernel::{
    CaseHead, CaseKind, CommandSpec, Effect, FieldSpec, NamedCommand, Reason, SecondPerson, Stage, Verb,
};
use crate::cases::request::{self, Approval, RequestCase};
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::CaseId;
use crate::kernel::money::Money;
use crate::kernel::people::{Actor, Office, Role, Signature};
use crate::kernel::refusal::Refusal;
use crate::policy::document_number::{document_number, number_taken};
use serde::{Deserialize, Serialize};

/// 批复案.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalBatch {
    pub id: CaseId,
    pub fiscal_year: FiscalYear,
    pub stage: Stage,
    pub revision: u64,
    /// The latest frozen draft, 0 when none.
    pub version: u32,
    pub content_hash: Option<String>,
    /// 文号.
    pub number: Option<String>,
    pub drafted_by: Option<Signature>,
    pub issued_by: Option<Signature>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Drafted { version: u32, number: String, content_hash: String, by: Signature },
    Issued { content_hash: String, by: Signature },
    SentBack { reasons: Vec<Reason>, by: Signature },
    Dropped { by: Signature },
}

/// A request a batch answers, as it is now.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub case: RequestCase,
    /// 部门名称.
    pub name: String,
    /// 批复数 it would get.
    pub approved: Money,
    /// What the review of its targets says against it (Art. 11).
    pub targets: Option<Refusal>,
    /// What performance says against it: an evaluation of Art. 10, an undecided or exceeded cut of Art. 14.
    pub performance: Option<Refusal>,
}

/// What a command is judged by.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The frozen notice; for a draft the one about to be frozen.
    pub notice: Notice,
    /// SM3 of its canonical bytes.
    pub hash: String,
    /// One per line of the notice, in its order.
    pub candidates: Vec<Candidate>,
    /// Another batch carries the number already.
    pub number_taken: bool,
}

/// What a person tells a batch to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// 拟定批复: number, date and the requests it answers.
    DraftBatch {
        number: String,
        date: Date,
        requests: Vec<CaseId>,
    },
    /// 财政负责人签发: binds to the content the leader read.
    IssueBatch {
        content_hash: String,
    },
    ReturnBatch {
        reasons: Vec<Reason>,
    },
    DropBatch {},
}

impl NamedCommand for Command {
    fn verb(&self) -> Verb {
        match self {
            Command::DraftBatch { .. } => Verb::DraftBatch,
            Command::IssueBatch { .. } => Verb::IssueBatch,
            Command::ReturnBatch { .. } => Verb::ReturnBatch,
            Command::DropBatch {} => Verb::DropBatch,
        }
    }
}

/// 权限表 of a batch.
const AUTHORITY: &[AuthorityRow] = &[
    row(Verb::Read, 4, &BATCH, FINANCE),
    row(Verb::Read, 4, &[Stage::Issued], BUREAU),
    row(Verb::Read, 16, &BATCH, &[Role::Auditor]),
    row(Verb::DraftBatch, 11, &[Stage::Draft], &[Role::FinanceReviewer]),
    row(Verb::DropBatch, 4, &[Stage::Draft], &[Role::FinanceReviewer]),
    row(Verb::IssueBatch, 11, &[Stage::FinanceConfirm], &[Role::FinanceLeader]),
    row(Verb::ReturnBatch, 4, &[Stage::FinanceConfirm], &[Role::FinanceLeader]),
];

const BUREAU: &[Role] = &[Role::BureauReviewer, Role::BureauLeader, Role::BureauTreasurer];
const FINANCE: &[Role] = &[Role::FinanceReviewer, Role::FinanceLeader];
const BATCH: [Stage; 4] = [Stage::Draft, Stage::FinanceConfirm, Stage::Issued, Stage::Withdrawn];

const COMMANDS: &[CommandSpec] = &[
    CommandSpec::onward(Verb::IssueBatch, "签发后批复下达，各部门的预算与绩效目标一同批复，不能撤回。")
        .asking(&[FieldSpec::CONTENT_HASH]),
    CommandSpec::aside(Verb::ReturnBatch, "退回财政审核员重新拟定。", &[FieldSpec::REASONS]),
    CommandSpec::ending(Verb::DropBatch, "拟稿作废，文号可以再用。", &[]),
];

/// Most requests that one batch answers: every department of a province has one a year.
pub const MOST_REQUESTS: usize = 500;

impl ApprovalBatch {
    pub fn new(id: CaseId, fiscal_year: FiscalYear) -> ApprovalBatch {
        ApprovalBatch {
            id,
            fiscal_year,
            stage: Stage::Draft,
            revision: 0,
            version: 0,
            content_hash: None,
            number: None,
            drafted_by: None,
            issued_by: None,
        }
    }
}

impl Candidate {
    /// Why it cannot be answered in a batch now, `None` when it can.
    pub fn refusal(&self) -> Option<Refusal> {
        let Candidate { case, name, approved, targets, performance } = self;
        if case.stage != Stage::FinanceReview {
            let text = format!("{name} 的申请现为“{}”，不能列入批复", case.stage.label());
            return Some(Refusal::under(4, "batch.stage", text));
        }
        if !case.finance_opinion.as_ref().is_some_and(|opinion| opinion.arrange) {
            let text = format!("{name} 的申请还没有财政审核通过的意见，不能列入批复");
            return Some(Refusal::under(4, "batch.opinion", text));
        }
        if let Some(refusal) = targets {
            let text = format!("{name}：{}；绩效目标与预算须一同批复", refusal.message);
            return Some(Refusal::under(11, "batch.targets", text));
        }
        if !approved.is_positive() {
            let text = format!("{name} 的批复数为 0，请办理“不予安排”");
            return Some(Refusal::under(4, "batch.nothing", text));
        }
        performance
            .as_ref()
            .map(|refusal| Refusal { message: format!("{name}：{}", refusal.message), ..refusal.clone() })
    }
}

impl CaseKind for ApprovalBatch {
    type Command = Command;
    type Event = Event;
    type Facts = Facts;

    const KIND: Kind = Kind::Batch;
    const AUTHORITY: &'static [AuthorityRow] = AUTHORITY;
    const COMMANDS: &'static [CommandSpec] = COMMANDS;
    const PAGE: &'static str = "/batches/{case}";

    fn id(&self) -> &CaseId {
        &self.id
    }

    fn stage(&self) -> Stage {
        self.stage
    }

    fn head(&self) -> CaseHead {
        CaseHead {
            id: self.id.clone(),
            kind: Kind::Batch,
            fiscal_year: self.fiscal_year,
            department: None,
            stage: self.stage,
            revision: self.revision,
            version: self.version,
            content_hash: self.content_hash.clone(),
            number: self.number.clone(),
            title: format!("{} 年度运维资金批复", self.fiscal_year.0),
        }
    }

    fn visible_to(&self, actor: &Actor) -> bool {
        match actor.role.office() {
            Office::Finance | Office::Audit => true,
            Office::Bureau => self.stage == Stage::Issued,
            Office::Department | Office::Outside | Office::Administration => false,
        }
    }

    fn earlier_signer(&self, verb: Verb) -> Option<SecondPerson<'_>> {
        match verb {
            Verb::IssueBatch => SecondPerson::of(self.drafted_by.as_ref(), "拟稿", "签发"),
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
            Command::DraftBatch { number, date, requests } => {
                let number = document_number(number)?;
                dated(self, *date)?;
                require_each_once(requests)?;
                possible(facts)?;
                if facts.number_taken {
                    return Err(number_taken(&number));
                }
                let (version, content_hash) = (self.version + 1, facts.hash.clone());
                Event::Drafted { version, number, content_hash, by }
            }
            Command::IssueBatch { content_hash } => {
                let read = self.content_hash.as_deref();
                if read != Some(content_hash.as_str()) || read != Some(facts.hash.as_str()) {
                    return Err(Refusal::new(
                        "content.changed",
                        "批复内容与您看到的不一致，请重新打开核对后再签发。",
                    ));
                }
                possible(facts)?;
                as_drafted(facts)?;
                by_another(facts, &by)?;
                Event::Issued { content_hash: content_hash.clone(), by }
            }
            Command::ReturnBatch { reasons } => Event::SentBack { reasons: require_reasons(reasons)?, by },
            Command::DropBatch {} => Event::Dropped { by },
        }])
    }

    fn begun(&self) -> ApprovalBatch {
        ApprovalBatch::new(self.id.clone(), self.fiscal_year)
    }

    fn evolve(self, event: &Event) -> ApprovalBatch {
        let mut case = self;
        case.revision += 1;
        match event {
            Event::Drafted { version, number, content_hash, by } => {
                case.stage = Stage::FinanceConfirm;
                case.version = *version;
                case.number = Some(number.clone());
                case.content_hash = Some(content_hash.clone());
                case.drafted_by = Some(by.clone());
            }
            Event::Issued { by, .. } => {
                case.stage = Stage::Issued;
                case.issued_by = Some(by.clone());
            }
            Event::SentBack { .. } => case.stage = Stage::Draft,
            Event::Dropped { .. } => {
                case.stage = Stage::Withdrawn;
                case.number = None;
            }
        }
        case
    }

    fn effects(&self, event: &Event, facts: &Facts) -> Vec<Effect> {
        super::effects::effects(self, event, facts)
    }

    fn label(&self) -> String {
        self.number.clone().unwrap_or_else(|| "批复拟稿".to_string())
    }

    fn reasons(event: &Event) -> Vec<Reason> {
        match event {
            Event::SentBack { reasons, .. } => reasons.clone(),
            Event::Drafted { .. } | Event::Issued { .. } | Event::Dropped { .. } => Vec::new(),
        }
    }
}

/// Asked before anything is loaded: a request named often would be worked out as often.
pub fn require_each_once(requests: &[CaseId]) -> Result<(), Refusal> {
    let once: std::collections::BTreeSet<_> = requests.iter().collect();
    if once.is_empty() || once.len() != requests.len() || once.len() > MOST_REQUESTS {
        let text = format!("请选择列入批复的申请，1 至 {MOST_REQUESTS} 份，每份只列一次");
        return Err(Refusal::under(4, "batch.requests", text));
    }
    Ok(())
}

fn dated(batch: &ApprovalBatch, date: Date) -> Result<(), Refusal> {
    let year = batch.fiscal_year.0;
    if (year - 1..=year).contains(&date.year()) {
        return Ok(());
    }
    Err(Refusal::under(4, "batch.date", format!("批复日期应在 {} 或 {year} 年内", year - 1)))
}

fn possible(facts: &Facts) -> Result<(), Refusal> {
    facts.candidates.iter().find_map(Candidate::refusal).map_or(Ok(()), Err)
}

/// Nothing moved and no amount changed since the draft was frozen.
fn as_drafted(facts: &Facts) -> Result<(), Refusal> {
    let Facts { notice, candidates, .. } = facts;
    let same = |(line, now): (&NoticeLine, &Candidate)| {
        line.request == now.case.id && line.revision == now.case.revision && line.approved() == now.approved
    };
    if notice.lines.len() == candidates.len() && notice.lines.iter().zip(candidates).all(same) {
        return Ok(());
    }
    Err(Refusal::under(4, "batch.changed", "列入批复的申请在拟稿后有变动，请退回重拟"))
}

/// Whoever signed for a request before, for whatever office, does not sign its approval.
fn by_another(facts: &Facts, by: &Signature) -> Result<(), Refusal> {
    let signed = |c: &Candidate| {
        let mine = c.case.signers().into_iter().find(|(person, _)| person.involves(&by.person));
        mine.map(|(_, office)| (c.name.clone(), office))
    };
    match facts.candidates.iter().find_map(signed) {
        None => Ok(()),
        Some((name, office)) => Err(Refusal::new(
            "authority.same_person",
            format!(
                "您已为{}办理过 {name} 的申请，审核与签发须由两人分别办理，请由另一位同事签发。",
                office.label()
            ),
        )),
    }
}

/// What issuing the batch does to the request of one of its lines.
pub fn request_event(
    batch: &ApprovalBatch,
    notice: &Notice,
    line: &NoticeLine,
    by: &Signature,
) -> request::Event {
    let approval = Approval {
        batch: batch.id.clone(),
        number: notice.number.clone(),
        date: notice.date,
        amount: line.approved(),
    };
    request::Event::Approved { approval, by: by.clone() }
}
