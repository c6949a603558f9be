//! 年度关账: proposed, closed by another person; afterwards only sanctions touch the year.

use super::listing;
use super::paper;
use super::rules;
use crate::cases::execution::effect::Effect;
use crate::cases::execution::facts::{ApprovedLine, Facts};
use crate::cases::execution::field::{Field, FieldKind, REASON, YEAR, optional, required, unique};
use crate::cases::execution::judge::Judge;
use crate::cases::execution::kind::role::{FL, FR};
use crate::cases::execution::kind::{CommandRow, ExecutionKind, Subject, stages};
use crate::cases::execution::paper::CasePaper;
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};
use crate::kernel::ids::LineId;
use crate::kernel::money::Money;
use crate::kernel::refusal::Refusal;
use crate::ledger::account::{AccountCode, LedgerAccount};
use crate::ledger::transfer::{Leg, TransferCode};
use serde::{Deserialize, Serialize};

stages! {
    Proposed "proposed" "待财政负责人关账",
    Returned "returned" "已退回",
    Closed "closed" "已关账",
}

/// 结转 of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carry {
    pub line: LineId,
    pub amount: Money,
    pub reason: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct YearClose {
    pub stage: Stage,
    pub year: i32,
    pub carry: Vec<Carry>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    Propose {
        year: i32,
        #[serde(default)]
        carry: Vec<Carry>,
    },
    Return {
        reason: String,
    },
    Close {
        number: String,
    },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Proposed { year: i32, carry: Vec<Carry> },
    Returned { reason: String },
    Closed { number: String },
}

const CARRY: &[Field] = &[
    unique("line", FieldKind::Reference),
    required("amount", FieldKind::PositiveMoney),
    required("reason", FieldKind::Reason(200)),
];

impl YearClose {
    /// What happens to what is left of a line.
    fn close_line(&self, facts: &Facts, id: &LineId, line: &ApprovedLine) -> Vec<Effect> {
        let account = |code| LedgerAccount::of_line(code, id);
        let carry = self.carry.iter().find(|carry| carry.line == *id);
        let carried = carry.map_or(Money::ZERO, |carry| carry.amount);
        let unadvanced = facts.posted(AccountCode::Unadvanced, id);
        let from_unadvanced = carried.min(unadvanced);
        let source = LedgerAccount::of_year(AccountCode::ContractSource, self.year);
        let (from, to) = (account(AccountCode::Unadvanced), account(AccountCode::Carried));
        let (returned, lapsed) = (account(AccountCode::Returned), account(AccountCode::Lapsed));
        let free = facts.posted(AccountCode::Uncontracted, id);
        let legs = [
            Leg::new(TransferCode::Carry, from.clone(), to.clone(), from_unadvanced),
            Leg::new(TransferCode::Carry, returned, to, carried - from_unadvanced),
            Leg::new(TransferCode::Lapse, from, lapsed, unadvanced - from_unadvanced),
            Leg::new(TransferCode::Free, account(AccountCode::Uncontracted), source, free),
        ];
        let mut effects: Vec<Effect> = legs.into_iter().map(Effect::transfer).collect();
        if carry.is_some() {
            effects.extend(self.carry_in(id, line, carried));
        }
        effects
    }

    /// The line of the next year.
    fn carry_in(&self, id: &LineId, line: &ApprovedLine, carried: Money) -> Vec<Effect> {
        let year = self.year + 1;
        let new = LineId(format!("{year}:{id}"));
        let leg = |source, account| {
            let debit = LedgerAccount::of_year(source, year);
            Effect::transfer(Leg::new(
                TransferCode::CarryIn,
                debit,
                LedgerAccount::of_line(account, &new),
                carried,
            ))
        };
        let opened = ApprovedLine { year, carried: line.carried + 1, ..line.clone() };
        vec![
            leg(AccountCode::Source, AccountCode::Unadvanced),
            leg(AccountCode::ContractSource, AccountCode::Uncontracted),
            Effect::OpenLine(new.clone(), opened),
        ]
    }
}

impl ExecutionKind for YearClose {
    type Command = Command;
    type Event = Event;
    type Stage = Stage;

    const ARTICLE: u8 = 7;
    const COLUMNS: &'static [Column] = listing::COLUMNS;
    const COMMANDS: &'static [CommandRow<Stage>] = &[
        CommandRow::new(
            "propose",
            "提请关账",
            &[(FR, &[Stage::Returned])],
            &[required("year", YEAR), optional("carry", FieldKind::Table(CARRY))],
        )
        .opening(),
        CommandRow::new("return", "退回", &[(FL, &[Stage::Proposed])], &[REASON]),
        CommandRow::new(
            "close",
            "关账",
            &[(FL, &[Stage::Proposed])],
            &[required("number", FieldKind::DocumentNumber)],
        )
        .differing_from(&["propose"]),
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
            Command::Propose { year, carry } => {
                rules::has_lines(*year, facts)?;
                rules::may_close(*year, carry, facts)?;
                Event::Proposed { year: *year, carry: carry.clone() }
            }
            Command::Return { reason } => Event::Returned { reason: reason.clone() },
            Command::Close { number } => {
                rules::may_close(self.year, &self.carry, facts)?;
                Event::Closed { number: number.clone() }
            }
        }])
    }

    fn evolve(self, event: &Event) -> YearClose {
        match event {
            Event::Proposed { year, carry } => {
                YearClose { stage: Stage::Proposed, year: *year, carry: carry.clone() }
            }
            Event::Returned { .. } => YearClose { stage: Stage::Returned, ..self },
            Event::Closed { .. } => YearClose { stage: Stage::Closed, ..self },
        }
    }

    fn effects(&self, event: &Event, facts: &Facts) -> Vec<Effect> {
        match event {
            Event::Closed { .. } => {
                let lines = facts.lines.iter().filter(|(_, line)| line.year == self.year);
                let effects = lines.flat_map(|(id, line)| self.close_line(facts, id, line));
                effects.chain([Effect::CloseYear(self.year)]).collect()
            }
            Event::Proposed { .. } | Event::Returned { .. } => Vec::new(),
        }
    }
}
