//! 汇总的办理 (Art. 4): the bureau freezes what it has accepted, its leader confirms exactly that, and reporting it to
//! finance moves every included request in the same act.

use super::budget::{ConsolidatedBudget, Included};
use super::listing;
use crate::cases::Kind;
use crate::cases::authority::{AuthorityRow, Permit, row};
use crate::cases::kernel::reasons::require_reasons;
use crate::cases::kernel::{
    CaseHead, CaseKind, CellValue, Column, CommandField, CommandSpec, Effect, FieldSpec, LONGEST_REASON,
    NamedCommand, Reason, SecondPerson, Stage, Verb,
};
use crate::cases::request::{self, RequestCase};
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::CaseId;
use crate::kernel::people::{Actor, Office, Role, Signature};
use crate::kernel::refusal::Refusal;
use crate::policy::{art04_calendar, editions::Edition};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// 汇总案: number 1 is the year's whole; a later one reports what was accepted after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Compiled { version: u32, content_hash: String, by: Signature },
    Confirmed { content_hash: String, by: Signature },
    SentBack { reasons: Vec<Reason>, by: Signature },
    Reported { on: Date, late_reason: Option<String>, by: Signature },
}

/// What a command is judged by.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The frozen content; for `compile` what is accepted now.
    pub whole: ConsolidatedBudget,
    /// SM3 of its canonical bytes.
    pub hash: String,
    /// The requests as they are now.
    pub requests: Vec<RequestCase>,
    pub edition: Arc<Edition>,
}

/// What a person tells a compilation to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// 冻结汇总: gathers what is accepted now.
    Compile {},
    /// 省局负责人确认整体预算: binds to the content the leader read.
    ConfirmCompilation {
        content_hash: String,
    },
    Recompile {
        reasons: Vec<Reason>,
    },
    /// 报送省财政厅: every included request goes with it. After the deadline only with a written reason (Art. 4).
    SubmitToFinance {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        late_reason: Option<String>,
    },
}

impl NamedCommand for Command {
    fn verb(&self) -> Verb {
        match self {
            Command::Compile {} => Verb::Compile,
            Command::ConfirmCompilation { .. } => Verb::ConfirmCompilation,
            Command::Recompile { .. } => Verb::Recompile,
            Command::SubmitToFinance { .. } => Verb::SubmitToFinance,
        }
    }
}

/// 权限表 of a compilation.
const AUTHORITY: &[AuthorityRow] = &[
    row(Verb::Read, 3, &COMPILATION, BUREAU),
    row(Verb::Read, 4, &[Stage::Reported], FINANCE),
    row(Verb::Read, 16, &COMPILATION, &[Role::Auditor]),
    row(Verb::Compile, 4, &[Stage::Compiling], &[Role::BureauReviewer]),
    row(Verb::ConfirmCompilation, 4, &[Stage::BureauConfirm], &[Role::BureauLeader]),
    row(Verb::Recompile, 4, &[Stage::BureauConfirm, Stage::Confirmed], &[Role::BureauLeader]),
    row(Verb::SubmitToFinance, 4, &[Stage::Confirmed], &[Role::BureauLeader]),
];

const BUREAU: &[Role] = &[Role::BureauReviewer, Role::BureauLeader, Role::BureauTreasurer];
const FINANCE: &[Role] = &[Role::FinanceReviewer, Role::FinanceLeader];
const COMPILATION: [Stage; 4] = [Stage::Compiling, Stage::BureauConfirm, Stage::Confirmed, Stage::Reported];

const COMMANDS: &[CommandSpec] = &[
    CommandSpec::onward(Verb::Compile, "冻结现在已审核通过的申请，提请省局负责人确认。"),
    CommandSpec::onward(Verb::ConfirmCompilation, "确认的就是您看到的这一份；之后才能报送省财政厅。")
        .asking(&[FieldSpec::CONTENT_HASH]),
    CommandSpec::aside(Verb::Recompile, "退回审核员重新汇总。", &[FieldSpec::REASONS]),
    CommandSpec::onward(Verb::SubmitToFinance, "报送后各部门的申请一并转省财政厅审核，不能撤回。").asking(&[
        FieldSpec::of(
            "late_reason",
            "逾期报送的理由",
            CommandField::Text { least: 10, most: LONGEST_REASON },
        )
        .optional()
        .hint("超过报送期限时必填"),
    ]),
];

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
    type Command = Command;
    type Event = Event;
    type Facts = Facts;

    const KIND: Kind = Kind::Compilation;
    const AUTHORITY: &'static [AuthorityRow] = AUTHORITY;
    const COMMANDS: &'static [CommandSpec] = COMMANDS;
    const COLUMNS: &'static [Column] = listing::COLUMNS;
    const PAGE: &'static str = "/consolidation/{year}";

    fn id(&self) -> &CaseId {
        &self.id
    }

    fn stage(&self) -> Stage {
        self.stage
    }

    fn head(&self) -> CaseHead {
        CaseHead {
            id: self.id.clone(),
            kind: Kind::Compilation,
            fiscal_year: self.fiscal_year,
            department: None,
            stage: self.stage,
            revision: self.revision,
            version: self.version,
            content_hash: self.content_hash.clone(),
            number: None,
            title: format!("{} 年度整体预算（第 {} 次汇总）", self.fiscal_year.0, self.number),
        }
    }

    fn cells(&self) -> Vec<CellValue> {
        listing::cells(self)
    }

    fn visible_to(&self, actor: &Actor) -> bool {
        match actor.role.office() {
            Office::Bureau | Office::Audit => true,
            Office::Finance => self.stage == Stage::Reported,
            Office::Department | Office::Outside | Office::Administration => false,
        }
    }

    fn earlier_signer(&self, verb: Verb) -> Option<SecondPerson<'_>> {
        match verb {
            Verb::ConfirmCompilation => SecondPerson::of(self.compiled_by.as_ref(), "汇总", "确认"),
            _ => None,
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
            Command::Compile {} => {
                if facts.whole.included.is_empty() {
                    return Err(Refusal::under(4, "compilation.empty", "还没有审核通过的申请，无可汇总"));
                }
                let (version, content_hash) = (self.version + 1, facts.hash.clone());
                Event::Compiled { version, content_hash, by }
            }
            Command::ConfirmCompilation { content_hash } => {
                same(self, content_hash)?;
                same(self, &facts.hash)?;
                still_accepted(facts)?;
                Event::Confirmed { content_hash: content_hash.clone(), by }
            }
            Command::Recompile { reasons } => Event::SentBack { reasons: require_reasons(reasons)?, by },
            Command::SubmitToFinance { late_reason } => {
                same(self, &facts.hash)?;
                still_accepted(facts)?;
                let edition = &facts.edition;
                let late = late_reason.as_deref();
                let late_reason = art04_calendar::may_report(edition, self.fiscal_year, late, today)?;
                Event::Reported { on: today, late_reason, by }
            }
        }])
    }

    fn begun(&self) -> Consolidation {
        Consolidation::new(self.id.clone(), self.fiscal_year, self.number)
    }

    fn evolve(self, event: &Event) -> Consolidation {
        let mut case = self;
        case.revision += 1;
        match event {
            Event::Compiled { version, content_hash, by } => {
                case.stage = Stage::BureauConfirm;
                case.version = *version;
                case.content_hash = Some(content_hash.clone());
                case.compiled_by = Some(by.clone());
            }
            Event::Confirmed { by, .. } => {
                case.stage = Stage::Confirmed;
                case.confirmed_by = Some(by.clone());
            }
            Event::SentBack { .. } => {
                case.stage = Stage::Compiling;
                case.confirmed_by = None;
            }
            Event::Reported { on, late_reason, .. } => {
                case.stage = Stage::Reported;
                case.reported_on = Some(*on);
                case.late_reason = late_reason.clone();
            }
        }
        case
    }

    fn effects(&self, event: &Event, facts: &Facts) -> Vec<Effect> {
        super::effects::effects(self, event, facts)
    }

    fn label(&self) -> String {
        match self.number {
            1 => "整体预算汇总".to_string(),
            number => format!("整体预算第 {number} 次汇总"),
        }
    }

    fn reasons(event: &Event) -> Vec<Reason> {
        match event {
            Event::SentBack { reasons, .. } => reasons.clone(),
            Event::Reported { late_reason, .. } => late_reason.iter().map(Reason::of).collect(),
            Event::Compiled { .. } | Event::Confirmed { .. } => Vec::new(),
        }
    }
}

fn same(compilation: &Consolidation, hash: &str) -> Result<(), Refusal> {
    if compilation.content_hash.as_deref() == Some(hash) {
        return Ok(());
    }
    Err(Refusal::new("content.changed", "汇总内容与您看到的不一致，请重新打开核对后再办理。"))
}

/// Every included request is as it was when it was gathered.
fn still_accepted(facts: &Facts) -> Result<(), Refusal> {
    let changed: Vec<&str> = facts
        .whole
        .included
        .iter()
        .filter(|line| !facts.requests.iter().any(|case| as_gathered(case, line)))
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

fn as_gathered(case: &RequestCase, line: &Included) -> bool {
    case.id == line.request && case.revision == line.revision && case.stage == Stage::Accepted
}

/// What reporting the whole does to one of its requests.
pub fn request_events(compilation: &Consolidation, by: &Signature) -> Vec<request::Event> {
    let compilation = &compilation.id;
    vec![
        request::Event::Consolidated { compilation: compilation.clone(), by: by.clone() },
        request::Event::SentToFinance { compilation: compilation.clone(), by: by.clone() },
    ]
}
