//! 预拨申请: applied for, signed, reviewed and granted line by line; reversed only while nothing of it is spent.

use super::listing;
use super::paper;
use super::rules;
use crate::cases::execution::effect::Effect;
use crate::cases::execution::facts::Facts;
use crate::cases::execution::field::{Field, FieldKind, REASON, VOUCHER, YEAR, optional, required, unique};
use crate::cases::execution::judge::Judge;
use crate::cases::execution::kind::role::{FL, FR, L, T};
use crate::cases::execution::kind::{CommandRow, ExecutionKind, Subject, stages};
use crate::cases::execution::paper::CasePaper;
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};
use crate::kernel::ids::LineId;
use crate::kernel::money::Money;
use crate::kernel::refusal::Refusal;
use crate::ledger::account::{AccountCode, LedgerAccount};
use crate::ledger::reconcile::CashDirection;
use crate::ledger::transfer::{Instruction, Leg, Transfer, TransferCode};
use serde::{Deserialize, Serialize};

stages! {
    Submitted "submitted" "待省局签报",
    Signed "signed" "待财政审核",
    Reviewed "reviewed" "待财政批准",
    Approved "approved" "已预拨",
    Returned "returned" "已退回",
    Withdrawn "withdrawn" "已撤回",
    Reversed "reversed" "已退回国库",
}

/// An amount of one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub line: LineId,
    pub amount: Money,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advance {
    pub stage: Stage,
    pub year: i32,
    /// As applied for.
    pub lines: Vec<Grant>,
    /// As granted, in the order of `lines`; empty before the review.
    pub granted: Vec<Grant>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    Apply { year: i32, lines: Vec<Grant> },
    Sign {},
    Review { lines: Option<Vec<Grant>> },
    Approve { voucher: String },
    Return { reason: String },
    Withdraw {},
    Reverse { voucher: String, reason: String },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Applied { year: i32, lines: Vec<Grant> },
    Signed,
    Reviewed { granted: Vec<Grant> },
    Approved { voucher: String },
    Returned { reason: String },
    Withdrawn,
    Reversed { voucher: String, reason: String },
}

const LINE: &[Field] = &[unique("line", FieldKind::Reference), required("amount", FieldKind::PositiveMoney)];
const GRANT: &[Field] = &[unique("line", FieldKind::Reference), required("amount", FieldKind::Money)];

impl Advance {
    pub fn granted_to(&self, line: &LineId) -> Money {
        let grant = self.granted.iter().find(|grant| grant.line == *line);
        grant.map_or(Money::ZERO, |grant| grant.amount)
    }

    fn total(&self) -> Money {
        self.granted.iter().map(|grant| grant.amount).sum()
    }

    fn post(&self, reservation: &Transfer) -> Instruction {
        let amount = self.granted_to(&LineId::new(reservation.debit.key.as_str()));
        Instruction::Post { reservation: reservation.number, amount }
    }

    /// Takes back what was granted, row by row.
    fn mirrors(&self, facts: &Facts) -> Vec<Effect> {
        let own = facts.ledger.rows().iter().filter(|row| {
            row.origin.case == *facts.case && row.code == TransferCode::Advance && row.is_posted()
        });
        own.map(|row| Effect::Ledger(Instruction::Mirror { of: row.number, code: TransferCode::Reverse }))
            .collect()
    }
}

fn reserve(grant: &Grant) -> Effect {
    let account = |code| LedgerAccount::of_line(code, &grant.line);
    let (debit, credit) = (account(AccountCode::Unadvanced), account(AccountCode::Unspent));
    Effect::reserve(Leg::new(TransferCode::Advance, debit, credit, grant.amount))
}

impl ExecutionKind for Advance {
    type Command = Command;
    type Event = Event;
    type Stage = Stage;

    const ARTICLE: u8 = 6;
    const COLUMNS: &'static [Column] = listing::COLUMNS;
    const COMMANDS: &'static [CommandRow<Stage>] = &[
        CommandRow::new(
            "apply",
            "申请预拨",
            &[(T, &[Stage::Returned])],
            &[required("year", YEAR), required("lines", FieldKind::Table(LINE))],
        )
        .opening(),
        CommandRow::new("sign", "签报", &[(L, &[Stage::Submitted])], &[]).differing_from(&["apply"]),
        CommandRow::new(
            "review",
            "审核",
            &[(FR, &[Stage::Signed])],
            &[optional("lines", FieldKind::Table(GRANT))],
        ),
        CommandRow::new("approve", "批准预拨", &[(FL, &[Stage::Reviewed])], &[VOUCHER])
            .differing_from(&["review"]),
        CommandRow::new(
            "return",
            "退回",
            &[(L, &[Stage::Submitted]), (FR, &[Stage::Signed]), (FL, &[Stage::Reviewed])],
            &[REASON],
        ),
        CommandRow::new("withdraw", "撤回", &[(T, &[Stage::Submitted, Stage::Signed, Stage::Returned])], &[]),
        CommandRow::new("reverse", "整笔退回国库", &[(FL, &[Stage::Approved])], &[VOUCHER, REASON]),
    ];

    fn stage(&self) -> Stage {
        self.stage
    }

    fn subject(&self) -> Subject<'_> {
        Subject { year: Some(self.year), ..Subject::default() }
    }

    fn cells(&self, world: &ExecutionWorld) -> Vec<CellValue> {
        listing::cells(self, world)
    }

    fn papers(&self, event: &Event, facts: &Facts) -> Vec<CasePaper> {
        paper::papers(self, event, facts)
    }

    fn decide(&self, command: &Command, facts: &Facts, _: &mut Judge) -> Result<Vec<Event>, Refusal> {
        Ok(vec![match command {
            Command::Apply { year, lines } => {
                rules::apply(*year, lines, facts)?;
                Event::Applied { year: *year, lines: lines.clone() }
            }
            Command::Sign {} => {
                rules::still_open(self.year, &self.lines, facts)?;
                Event::Signed
            }
            Command::Review { lines } => {
                rules::still_open(self.year, &self.lines, facts)?;
                Event::Reviewed { granted: rules::review(self, lines.as_deref())? }
            }
            Command::Approve { voucher } => {
                rules::still_open(self.year, &self.lines, facts)?;
                Event::Approved { voucher: voucher.clone() }
            }
            Command::Return { reason } => Event::Returned { reason: reason.clone() },
            Command::Withdraw {} => Event::Withdrawn,
            Command::Reverse { voucher, reason } => {
                rules::reverse(self, facts)?;
                Event::Reversed { voucher: voucher.clone(), reason: reason.clone() }
            }
        }])
    }

    fn evolve(self, event: &Event) -> Advance {
        match event {
            Event::Applied { year, lines } => {
                Advance { stage: Stage::Submitted, year: *year, lines: lines.clone(), granted: Vec::new() }
            }
            Event::Signed => Advance { stage: Stage::Signed, ..self },
            Event::Reviewed { granted } => {
                Advance { stage: Stage::Reviewed, granted: granted.clone(), ..self }
            }
            Event::Approved { .. } => Advance { stage: Stage::Approved, ..self },
            Event::Returned { .. } => Advance { stage: Stage::Returned, ..self },
            Event::Withdrawn => Advance { stage: Stage::Withdrawn, ..self },
            Event::Reversed { .. } => Advance { stage: Stage::Reversed, ..self },
        }
    }

    fn effects(&self, event: &Event, facts: &Facts) -> Vec<Effect> {
        let movement = |voucher: &String, direction| Effect::Movement {
            voucher: voucher.clone(),
            direction,
            amount: self.total(),
            account: None,
        };
        match event {
            Event::Applied { lines, .. } => lines.iter().map(reserve).collect(),
            Event::Signed | Event::Reviewed { .. } => Vec::new(),
            Event::Approved { voucher } => {
                let mut effects = facts.close_own(|row| self.post(row));
                effects.push(movement(voucher, CashDirection::In));
                effects
            }
            Event::Returned { .. } | Event::Withdrawn => facts.void_own(),
            Event::Reversed { voucher, .. } => {
                let mut effects = self.mirrors(facts);
                effects.push(movement(voucher, CashDirection::Out));
                effects
            }
        }
    }
}
