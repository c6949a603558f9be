//! 采购包: 意向 → planned → announced → awarded → contracted → archived, with 废标 and a new start beside.

use super::listing;
use super::paper;
use super::rules;
use crate::cases::execution::effect::Effect;
use crate::cases::execution::facts::Facts;
use crate::cases::execution::field::{Field, FieldKind, REASON, YEAR, is_word, optional, required, unique};
use crate::cases::execution::judge::Judge;
use crate::cases::execution::kind::role::{L, T};
use crate::cases::execution::kind::{CommandRow, ExecutionKind, Subject, stages};
use crate::cases::execution::paper::CasePaper;
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};
use crate::kernel::calendar::Date;
use crate::kernel::ids::{CaseId, LineId, PackageRowId};
use crate::kernel::money::Money;
use crate::kernel::refusal::Refusal;
use crate::kernel::words::words;
use crate::ledger::account::{AccountCode, LedgerAccount};
use crate::ledger::transfer::{Leg, TransferCode};
use serde::{Deserialize, Serialize};

stages! {
    Planned "planned" "已备案",
    Announced "announced" "已公告",
    Awarded "awarded" "已成交",
    Contracted "contracted" "已签合同",
    Archived "archived" "已归档",
    Failed "failed" "废标",
    Cancelled "cancelled" "已终止",
}

words! {
    /// 采购方式.
    #[derive(Default)]
    Method {
        #[default]
        OpenTender "公开招标" "公开招标",
        InvitedTender "邀请招标" "邀请招标",
        Negotiation "竞争性谈判" "竞争性谈判",
        Consultation "竞争性磋商" "竞争性磋商",
        Inquiry "询价" "询价",
        SingleSource "单一来源" "单一来源",
        Framework "框架协议" "框架协议",
        BelowLimit "限额以下" "限额以下",
    }
}

words! {
    /// 单一来源的理由.
    Ground {
        OnlyProvider "唯一供应商" "唯一供应商",
        Urgent "紧急" "紧急",
        Addition "添购" "添购",
    }
}

words! {
    /// 废标的原因.
    FailReason {
        TooFew "不足三家" "不足三家",
        Unlawful "违法违规" "违法违规",
        OverBudget "超预算" "超预算",
        TaskCancelled "任务取消" "任务取消",
    }
}

/// A row of the package: money of one line for one contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageRow {
    pub id: String,
    pub line: LineId,
    pub budget: Money,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub year: i32,
    pub name: String,
    /// 品目.
    pub item: String,
    pub method: Method,
    pub ground: Option<Ground>,
    /// 财政批准文号.
    pub approval: Option<String>,
    /// 添购: the contract added to.
    pub original: Option<CaseId>,
    pub intent_on: Option<Date>,
    pub lines: Vec<PackageRow>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    pub row: String,
    pub price: Money,
}

/// 成交.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Award {
    pub on: Date,
    pub deadline: Option<Date>,
    pub bidders: i64,
    pub provider: CaseId,
    pub prices: Vec<Price>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Procurement {
    pub stage: Stage,
    pub plan: Plan,
    /// Day of the plan or of the last restart.
    pub begun_on: Option<Date>,
    pub notice_on: Option<Date>,
    pub award: Option<Award>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    Plan(Plan),
    Announce {
        on: Option<Date>,
    },
    Award {
        on: Option<Date>,
        deadline: Option<Date>,
        bidders: Option<i64>,
        provider: CaseId,
        prices: Vec<Price>,
    },
    Fail {
        reason: FailReason,
    },
    Restart {
        method: Option<Method>,
        ground: Option<Ground>,
        approval: Option<String>,
    },
    Cancel {
        reason: String,
    },
    Archive {},
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Planned {
        plan: Plan,
        on: Date,
    },
    Announced {
        on: Date,
    },
    Awarded(Award),
    Failed {
        reason: FailReason,
    },
    Restarted {
        plan: Plan,
        on: Date,
    },
    Cancelled {
        reason: String,
    },
    /// Its contract was approved.
    Contracted,
    Archived,
}

const ROW: &[Field] = &[
    unique("id", FieldKind::Id),
    required("line", FieldKind::Reference),
    required("budget", FieldKind::PositiveMoney),
];
const PRICE: &[Field] = &[unique("row", FieldKind::Reference), required("price", FieldKind::PositiveMoney)];

const PLAN: &[Field] = &[
    required("year", YEAR),
    required("name", FieldKind::Text(2, 60)),
    required("item", FieldKind::Text(1, 20)),
    required("method", FieldKind::Choice(is_word::<Method>)),
    optional("ground", FieldKind::Choice(is_word::<Ground>)),
    optional("approval", FieldKind::DocumentNumber),
    optional("original", FieldKind::Reference),
    optional("intent_on", FieldKind::Date),
    required("lines", FieldKind::Table(ROW)),
];
const AWARD: &[Field] = &[
    optional("on", FieldKind::Date),
    optional("deadline", FieldKind::Date),
    optional("bidders", FieldKind::Count(0, 999)),
    required("provider", FieldKind::Reference),
    required("prices", FieldKind::Table(PRICE)),
];
const RESTART: &[Field] = &[
    optional("method", FieldKind::Choice(is_word::<Method>)),
    optional("ground", FieldKind::Choice(is_restart_ground)),
    optional("approval", FieldKind::DocumentNumber),
];

/// A new start may not turn a package into an addition.
fn is_restart_ground(word: &str) -> bool {
    [Ground::OnlyProvider, Ground::Urgent].iter().any(|ground| ground.word() == word)
}

impl Plan {
    pub fn total(&self) -> Money {
        self.lines.iter().map(|row| row.budget).sum()
    }
}

impl Procurement {
    pub fn total(&self) -> Money {
        self.plan.total()
    }

    /// 有效: not cancelled.
    pub fn is_live(&self) -> bool {
        self.stage != Stage::Cancelled
    }

    /// The awarded price of a row.
    pub fn price(&self, row: &str) -> Option<Money> {
        self.award.as_ref()?.prices.iter().find(|price| price.row == row).map(|price| price.price)
    }

    pub fn row(&self, id: &str) -> Option<&PackageRow> {
        self.plan.lines.iter().find(|row| row.id == id)
    }
}

/// The name of a package's row everywhere: `<package>/<id>`.
pub fn row_id(package: &CaseId, id: &str) -> PackageRowId {
    PackageRowId(format!("{package}/{id}"))
}

fn reserve(case: &CaseId, row: &PackageRow) -> [Effect; 2] {
    let id = row_id(case, &row.id);
    let debit = LedgerAccount::of_line(AccountCode::Uncontracted, &row.line);
    let credit = LedgerAccount::of_row(AccountCode::Payable, &id);
    let leg = Leg::new(TransferCode::Commit, debit, credit, row.budget);
    [Effect::OpenRow(id, row.line.clone()), Effect::reserve(leg)]
}

impl ExecutionKind for Procurement {
    type Command = Command;
    type Event = Event;
    type Stage = Stage;

    const ARTICLE: u8 = 6;
    const COLUMNS: &'static [Column] = listing::COLUMNS;
    const COMMANDS: &'static [CommandRow<Stage>] = &[
        CommandRow::new("plan", "备案采购计划", &[(T, &[])], PLAN).opening(),
        CommandRow::new(
            "announce",
            "发布公告",
            &[(T, &[Stage::Planned])],
            &[optional("on", FieldKind::Date)],
        ),
        CommandRow::new("award", "登记成交", &[(T, &[Stage::Announced])], AWARD),
        CommandRow::new(
            "fail",
            "废标",
            &[(T, &[Stage::Announced])],
            &[required("reason", FieldKind::Choice(is_word::<FailReason>))],
        ),
        CommandRow::new("restart", "重新采购", &[(T, &[Stage::Failed])], RESTART),
        CommandRow::new(
            "cancel",
            "终止采购",
            &[(L, &[Stage::Planned, Stage::Announced, Stage::Failed, Stage::Awarded])],
            &[REASON],
        ),
        CommandRow::new("archive", "归档", &[(T, &[Stage::Contracted])], &[]).after_closing(),
    ];

    fn stage(&self) -> Stage {
        self.stage
    }

    fn subject(&self) -> Subject<'_> {
        Subject { year: Some(self.plan.year), ..Subject::default() }
    }

    fn cells(&self, world: &ExecutionWorld) -> Vec<CellValue> {
        listing::cells(self, world)
    }

    fn papers(&self, event: &Event, facts: &Facts) -> Vec<CasePaper> {
        paper::papers(self, event, facts)
    }

    fn decide(&self, command: &Command, facts: &Facts, judge: &mut Judge) -> Result<Vec<Event>, Refusal> {
        Ok(vec![match command {
            Command::Plan(plan) => {
                rules::plan(plan, facts, judge)?;
                Event::Planned { plan: plan.clone(), on: facts.today }
            }
            Command::Announce { on } => {
                let on = on.unwrap_or(facts.today);
                rules::announce(self, on, facts)?;
                Event::Announced { on }
            }
            Command::Award { on, deadline, bidders, provider, prices } => {
                let award = Award {
                    on: on.unwrap_or(facts.today),
                    deadline: *deadline,
                    bidders: bidders.unwrap_or_default(),
                    provider: provider.clone(),
                    prices: prices.clone(),
                };
                rules::award(self, &award, facts)?;
                Event::Awarded(award)
            }
            Command::Fail { reason } => Event::Failed { reason: *reason },
            Command::Restart { method, ground, approval } => {
                let plan = rules::restarted(&self.plan, *method, *ground, approval.as_deref());
                rules::restart(self, &plan, facts, judge)?;
                Event::Restarted { plan, on: facts.today }
            }
            Command::Cancel { reason } => {
                rules::cancel(facts)?;
                Event::Cancelled { reason: reason.clone() }
            }
            Command::Archive {} => {
                rules::archive(facts)?;
                Event::Archived
            }
        }])
    }

    fn evolve(self, event: &Event) -> Procurement {
        match event {
            Event::Planned { plan, on } | Event::Restarted { plan, on } => Procurement {
                stage: Stage::Planned,
                plan: plan.clone(),
                begun_on: Some(*on),
                notice_on: None,
                award: None,
            },
            Event::Announced { on } => Procurement { stage: Stage::Announced, notice_on: Some(*on), ..self },
            Event::Awarded(award) => {
                Procurement { stage: Stage::Awarded, award: Some(award.clone()), ..self }
            }
            Event::Failed { reason: FailReason::TaskCancelled } | Event::Cancelled { .. } => {
                Procurement { stage: Stage::Cancelled, ..self }
            }
            Event::Failed { reason: FailReason::TooFew | FailReason::Unlawful | FailReason::OverBudget } => {
                Procurement { stage: Stage::Failed, ..self }
            }
            Event::Contracted => Procurement { stage: Stage::Contracted, ..self },
            Event::Archived => Procurement { stage: Stage::Archived, ..self },
        }
    }

    fn effects(&self, event: &Event, facts: &Facts) -> Vec<Effect> {
        match event {
            Event::Planned { plan, .. } => {
                plan.lines.iter().flat_map(|row| reserve(facts.case, row)).collect()
            }
            Event::Failed { reason: FailReason::TaskCancelled } | Event::Cancelled { .. } => facts.void_own(),
            Event::Failed { reason: FailReason::TooFew | FailReason::Unlawful | FailReason::OverBudget }
            | Event::Announced { .. }
            | Event::Awarded(_)
            | Event::Restarted { .. }
            | Event::Contracted
            | Event::Archived => Vec::new(),
        }
    }
}
