//! 拨付: applied for, approved by another person, bounced by the bank.

use super::listing;
use super::paper;
use super::rules;
use crate::cases::execution::effect::Effect;
use crate::cases::execution::facts::Facts;
use crate::cases::execution::field::{Field, FieldKind, REASON, VOUCHER, optional, required, unique};
use crate::cases::execution::judge::Judge;
use crate::cases::execution::kind::role::{L, T};
use crate::cases::execution::kind::{CommandRow, ExecutionKind, Subject, stages};
use crate::cases::execution::paper::CasePaper;
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};
use crate::kernel::ids::{CaseId, LineId, PackageRowId};
use crate::kernel::money::Money;
use crate::kernel::refusal::Refusal;
use crate::ledger::account::{AccountCode, LedgerAccount};
use crate::ledger::reconcile::CashDirection;
use crate::ledger::transfer::{Instruction, Leg, TransferCode};
use serde::{Deserialize, Serialize};

stages! {
    Applied "applied" "待审批",
    Paid "paid" "已支付",
    Returned "returned" "已退回",
    Withdrawn "withdrawn" "已撤回",
    Bounced "bounced" "银行退票",
}

/// A line of the application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedLine {
    pub row: String,
    /// The approved line charged; that of the row when absent.
    pub line: Option<LineId>,
    pub amount: Money,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    pub contract: CaseId,
    pub term: i64,
    pub invoice: String,
    pub lines: Vec<AppliedLine>,
}

/// An amount of one row, charged to the line the row serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentLine {
    pub row: PackageRowId,
    pub line: LineId,
    pub amount: Money,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    pub stage: Stage,
    pub contract: CaseId,
    pub year: i32,
    pub term: i64,
    /// Whether the term is the final one (结算).
    pub is_final: bool,
    pub invoice: String,
    pub lines: Vec<PaymentLine>,
}

impl Default for Payment {
    fn default() -> Payment {
        Payment {
            stage: Stage::default(),
            contract: CaseId::new(""),
            year: 0,
            term: 0,
            is_final: false,
            invoice: String::new(),
            lines: Vec::new(),
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    Apply(Form),
    Approve { voucher: String },
    Return { reason: String },
    Withdraw {},
    Bounce { voucher: String, reason: String },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Applied(Payment),
    Paid { voucher: String },
    Returned { reason: String },
    Withdrawn,
    Bounced { voucher: String, reason: String },
}

const LINE: &[Field] = &[
    unique("row", FieldKind::Reference),
    optional("line", FieldKind::Reference),
    required("amount", FieldKind::PositiveMoney),
];
const FORM: &[Field] = &[
    required("contract", FieldKind::Reference),
    required("term", FieldKind::Count(1, 20)),
    required("invoice", FieldKind::Text(1, 40)),
    required("lines", FieldKind::Table(LINE)),
];

impl Payment {
    pub fn total(&self) -> Money {
        self.lines.iter().map(|line| line.amount).sum()
    }

    fn reserve(&self) -> Vec<Effect> {
        let of = |line: &PaymentLine| {
            let unspent = LedgerAccount::of_line(AccountCode::Unspent, &line.line);
            let paid = LedgerAccount::of_row(AccountCode::Paid, &line.row);
            let payable = LedgerAccount::of_row(AccountCode::Payable, &line.row);
            let source = LedgerAccount::of_year(AccountCode::ContractSource, self.year);
            [(unspent, paid), (payable, source)].map(|(debit, credit)| {
                Effect::reserve(Leg::new(TransferCode::Pay, debit, credit, line.amount))
            })
        };
        self.lines.iter().flat_map(of).collect()
    }

    /// Takes the posted rows of the last approval back.
    fn mirrors(&self, facts: &Facts) -> Vec<Effect> {
        let own =
            facts.ledger.rows().iter().filter(|row| {
                row.origin.case == *facts.case && row.code == TransferCode::Pay && row.is_posted()
            });
        own.map(|row| Effect::Ledger(Instruction::Mirror { of: row.number, code: TransferCode::Bounce }))
            .collect()
    }

    fn movement(&self, facts: &Facts, voucher: &str, direction: CashDirection) -> Effect {
        let contract = facts.contract(&self.contract);
        let provider = contract.and_then(|contract| facts.provider(&contract.provider));
        let account = provider.and_then(|provider| provider.account()).map(str::to_string);
        Effect::Movement { voucher: voucher.to_string(), direction, amount: self.total(), account }
    }
}

impl ExecutionKind for Payment {
    type Command = Command;
    type Event = Event;
    type Stage = Stage;

    const ARTICLE: u8 = 6;
    const SEEN_BY_PROVIDER: bool = true;
    const COLUMNS: &'static [Column] = listing::COLUMNS;
    const COMMANDS: &'static [CommandRow<Stage>] = &[
        CommandRow::new("apply", "申请支付", &[(T, &[Stage::Returned])], FORM).opening(),
        CommandRow::new("approve", "批准支付", &[(L, &[Stage::Applied])], &[VOUCHER])
            .differing_from(&["apply"]),
        CommandRow::new("return", "退回", &[(L, &[Stage::Applied])], &[REASON]),
        CommandRow::new("withdraw", "撤回", &[(T, &[Stage::Applied, Stage::Returned])], &[]),
        CommandRow::new("bounce", "登记退票", &[(T, &[Stage::Paid])], &[VOUCHER, REASON]),
    ];

    fn stage(&self) -> Stage {
        self.stage
    }

    fn subject(&self) -> Subject<'_> {
        Subject { year: Some(self.year), contract: Some(&self.contract), ..Subject::default() }
    }

    fn cells(&self, world: &ExecutionWorld) -> Vec<CellValue> {
        listing::cells(self, world)
    }

    fn papers(&self, event: &Event, facts: &Facts) -> Vec<CasePaper> {
        paper::papers(self, event, facts)
    }

    fn decide(&self, command: &Command, facts: &Facts, _: &mut Judge) -> Result<Vec<Event>, Refusal> {
        Ok(vec![match command {
            Command::Apply(form) => Event::Applied(rules::apply(form, facts)?),
            Command::Approve { voucher } => {
                rules::approve(self, facts)?;
                Event::Paid { voucher: voucher.clone() }
            }
            Command::Return { reason } => Event::Returned { reason: reason.clone() },
            Command::Withdraw {} => Event::Withdrawn,
            Command::Bounce { voucher, reason } => {
                rules::bounce(self, facts)?;
                Event::Bounced { voucher: voucher.clone(), reason: reason.clone() }
            }
        }])
    }

    fn evolve(self, event: &Event) -> Payment {
        match event {
            Event::Applied(payment) => payment.clone(),
            Event::Paid { .. } => Payment { stage: Stage::Paid, ..self },
            Event::Returned { .. } => Payment { stage: Stage::Returned, ..self },
            Event::Withdrawn => Payment { stage: Stage::Withdrawn, ..self },
            Event::Bounced { .. } => Payment { stage: Stage::Bounced, ..self },
        }
    }

    fn effects(&self, event: &Event, facts: &Facts) -> Vec<Effect> {
        match event {
            Event::Applied(payment) => payment.reserve(),
            Event::Paid { voucher } => {
                let mut effects = facts.post_own();
                effects.push(self.movement(facts, voucher, CashDirection::Out));
                effects
            }
            Event::Returned { .. } | Event::Withdrawn => facts.void_own(),
            Event::Bounced { voucher, .. } => {
                let mut effects = self.mirrors(facts);
                effects.push(self.movement(facts, voucher, CashDirection::In));
                effects
            }
        }
    }
}
