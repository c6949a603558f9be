//! 结算评审: submitted, completed on demand, verified by finance, signed by provider and bureau, approved; then refunds.

use super::listing;
use super::paper;
use super::rules;
use super::table::{Scores, SettledLine};
use crate::cases::contract;
use crate::cases::execution::effect::Effect;
use crate::cases::execution::facts::{Facts, last_day};
use crate::cases::execution::field::{Field, FieldKind, REASON, VOUCHER, optional, required, unique};
use crate::cases::execution::judge::Judge;
use crate::cases::execution::kind::role::{FL, FR, L, P, R, T};
use crate::cases::execution::kind::{CommandRow, ExecutionKind, Subject, stages};
use crate::cases::execution::paper::CasePaper;
use crate::cases::execution::parameters::MoneyParameters;
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};
use crate::kernel::ids::CaseId;
use crate::kernel::money::Money;
use crate::kernel::refusal::Refusal;
use crate::ledger::account::{AccountCode, LedgerAccount};
use crate::ledger::reconcile::CashDirection;
use crate::ledger::transfer::{Leg, TransferCode};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

stages! {
    Submitted "submitted" "待评审",
    Correcting "correcting" "补正中",
    Verified "verified" "待确认",
    Contested "contested" "有异议",
    Settled "settled" "已审定",
}

/// 送审金额 of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    pub row: String,
    pub claimed: Money,
}

/// What finance found of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedRow {
    pub row: String,
    pub quantity: Decimal,
    pub penalty: Option<Money>,
    pub penalty_reason: Option<String>,
    pub reason: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    pub contract: CaseId,
    #[serde(default)]
    pub materials: Vec<String>,
    pub lines: Vec<Claim>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    pub stage: Stage,
    pub contract: CaseId,
    pub year: i32,
    /// Materials in hand.
    pub in_hand: Vec<String>,
    pub claims: Vec<Claim>,
    pub found: Vec<VerifiedRow>,
    /// Frozen by the verification.
    pub scores: Option<Scores>,
    pub table: Vec<SettledLine>,
    /// Signatures on the table as it is; a new verification voids them.
    pub accepted: bool,
    pub confirmed: bool,
    /// Number of the last transfer before the approval.
    pub settled_after: u64,
}

impl Default for Settlement {
    fn default() -> Settlement {
        Settlement {
            stage: Stage::default(),
            contract: CaseId::new(""),
            year: 0,
            in_hand: Vec::new(),
            claims: Vec::new(),
            found: Vec::new(),
            scores: None,
            table: Vec::new(),
            accepted: false,
            confirmed: false,
            settled_after: 0,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    Submit(Form),
    Ask { materials: Vec<String>, text: String },
    Supply { materials: Vec<String> },
    Verify { lines: Vec<VerifiedRow> },
    Accept {},
    Confirm {},
    Contest { reason: String },
    Approve {},
    Refund { row: String, amount: Money, voucher: String },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Submitted { form: Form, year: i32 },
    Asked { materials: Vec<String>, text: String },
    Supplied { materials: Vec<String> },
    Verified { found: Vec<VerifiedRow>, scores: Scores, table: Vec<SettledLine> },
    Accepted,
    Confirmed,
    Contested { reason: String },
    Settled { after: u64 },
    Refunded { row: String, amount: Money, voucher: String },
}

const CLAIM: &[Field] = &[unique("row", FieldKind::Reference), required("claimed", FieldKind::Money)];
const FOUND: &[Field] = &[
    unique("row", FieldKind::Reference),
    required("quantity", FieldKind::Number),
    optional("penalty", FieldKind::Money),
    optional("penalty_reason", FieldKind::Text(0, 200)),
    optional("reason", FieldKind::Text(0, 200)),
];
const MATERIALS: FieldKind = FieldKind::Codes(MoneyParameters::all_materials);
const FORM: &[Field] = &[
    required("contract", FieldKind::Reference),
    optional("materials", MATERIALS),
    required("lines", FieldKind::Table(CLAIM)),
];
const REFUND: &[Field] =
    &[required("row", FieldKind::Reference), required("amount", FieldKind::PositiveMoney), VOUCHER];

impl Settlement {
    /// Overpaid money becomes due back, and what is not needed is released.
    fn settle(&self, facts: &Facts) -> Vec<Effect> {
        let in_year = facts.today <= last_day(self.year);
        let leg = |line: &SettledLine| {
            let account = |code| LedgerAccount::of_row(code, &line.row);
            let paid = account(AccountCode::Paid);
            let overpaid = Money::ZERO.max(-line.due());
            let payable = facts.row_posted(AccountCode::Payable, &line.row);
            let released = payable - Money::ZERO.max(line.due());
            let serves = facts.rows.get(&line.row).filter(|_| in_year);
            let to = match serves {
                Some(line) => LedgerAccount::of_line(AccountCode::Uncontracted, line),
                None => LedgerAccount::of_year(AccountCode::ContractSource, self.year),
            };
            [
                Leg::new(TransferCode::Overpaid, paid, account(AccountCode::RefundDue), overpaid),
                Leg::new(TransferCode::Release, account(AccountCode::Payable), to, released),
            ]
        };
        let contract = Effect::MoveContract(self.contract.clone(), contract::Event::Settled);
        self.table.iter().flat_map(leg).map(Effect::transfer).chain([contract]).collect()
    }

    fn refund(&self, facts: &Facts, row: &str, amount: Money, voucher: &str) -> Vec<Effect> {
        let contract = facts.contract(&self.contract);
        let Some(row) = contract.and_then(|contract| contract.row(row)) else { return Vec::new() };
        let mut effects = vec![Effect::transfer(Leg::new(
            TransferCode::Refund,
            LedgerAccount::of_row(AccountCode::RefundDue, &row.row),
            LedgerAccount::of_line(AccountCode::Unspent, &row.line),
            amount,
        ))];
        if facts.today <= last_day(self.year) {
            effects.push(Effect::transfer(Leg::new(
                TransferCode::Refund,
                LedgerAccount::of_year(AccountCode::ContractSource, self.year),
                LedgerAccount::of_line(AccountCode::Uncontracted, &row.line),
                amount,
            )));
        }
        let provider = contract.and_then(|contract| facts.provider(&contract.provider));
        effects.push(Effect::Movement {
            voucher: voucher.to_string(),
            direction: CashDirection::In,
            amount,
            account: provider.and_then(|provider| provider.account()).map(str::to_string),
        });
        effects
    }
}

impl ExecutionKind for Settlement {
    type Command = Command;
    type Event = Event;
    type Stage = Stage;

    const ARTICLE: u8 = 7;
    const SEEN_BY_PROVIDER: bool = true;
    const COLUMNS: &'static [Column] = listing::COLUMNS;
    const COMMANDS: &'static [CommandRow<Stage>] = &[
        CommandRow::new("submit", "送审", &[(R, &[])], FORM).opening(),
        CommandRow::new(
            "ask",
            "要求补正",
            &[(FR, &[Stage::Submitted])],
            &[required("materials", MATERIALS), required("text", FieldKind::Text(10, 1000))],
        ),
        CommandRow::new("supply", "补正", &[(R, &[Stage::Correcting])], &[required("materials", MATERIALS)]),
        CommandRow::new(
            "verify",
            "评审",
            &[(FR, &[Stage::Submitted, Stage::Contested])],
            &[required("lines", FieldKind::Table(FOUND))],
        ),
        CommandRow::new("accept", "单位确认", &[(P, &[Stage::Verified])], &[]),
        CommandRow::new("confirm", "省局确认", &[(L, &[Stage::Verified])], &[]).differing_from(&["submit"]),
        CommandRow::new(
            "contest",
            "提出异议",
            &[(P, &[Stage::Verified]), (L, &[Stage::Verified])],
            &[REASON],
        ),
        CommandRow::new("approve", "审定", &[(FL, &[Stage::Verified])], &[]).differing_from(&["verify"]),
        CommandRow::new("refund", "登记退款", &[(T, &[Stage::Settled])], REFUND),
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
            Command::Submit(form) => rules::submit(form, facts)?,
            Command::Ask { materials, text } => {
                Event::Asked { materials: materials.clone(), text: text.clone() }
            }
            Command::Supply { materials } => Event::Supplied { materials: materials.clone() },
            Command::Verify { lines } => rules::verify(self, lines, facts)?,
            Command::Accept {} => Event::Accepted,
            Command::Confirm {} => Event::Confirmed,
            Command::Contest { reason } => Event::Contested { reason: reason.clone() },
            Command::Approve {} => rules::approve(self, facts)?,
            Command::Refund { row, amount, voucher } => {
                rules::refund(self, row, *amount, facts)?;
                Event::Refunded { row: row.clone(), amount: *amount, voucher: voucher.clone() }
            }
        }])
    }

    fn evolve(mut self, event: &Event) -> Settlement {
        match event {
            Event::Submitted { form, year } => Settlement {
                stage: Stage::Submitted,
                contract: form.contract.clone(),
                year: *year,
                in_hand: form.materials.clone(),
                claims: form.lines.clone(),
                ..Settlement::default()
            },
            Event::Asked { materials, .. } => {
                self.in_hand.retain(|held| !materials.contains(held));
                Settlement { stage: Stage::Correcting, ..self }
            }
            Event::Supplied { materials } => {
                self.in_hand.extend(materials.iter().cloned());
                Settlement { stage: Stage::Submitted, ..self }
            }
            Event::Verified { found, scores, table } => Settlement {
                stage: Stage::Verified,
                found: found.clone(),
                scores: Some(*scores),
                table: table.clone(),
                accepted: false,
                confirmed: false,
                ..self
            },
            Event::Accepted => Settlement { accepted: true, ..self },
            Event::Confirmed => Settlement { confirmed: true, ..self },
            Event::Contested { .. } => Settlement { stage: Stage::Contested, ..self },
            Event::Settled { after } => Settlement { stage: Stage::Settled, settled_after: *after, ..self },
            Event::Refunded { .. } => self,
        }
    }

    fn effects(&self, event: &Event, facts: &Facts) -> Vec<Effect> {
        match event {
            Event::Settled { .. } => self.settle(facts),
            Event::Refunded { row, amount, voucher } => self.refund(facts, row, *amount, voucher),
            Event::Submitted { .. }
            | Event::Asked { .. }
            | Event::Supplied { .. }
            | Event::Verified { .. }
            | Event::Accepted
            | Event::Confirmed
            | Event::Contested { .. } => Vec::new(),
        }
    }
}
