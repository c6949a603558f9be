//! 变更用途、追减: applied for by the department or the bureau's treasurer, opined on by the bureau, approved by finance.

use super::listing;
use super::paper;
use super::rules;
use crate::cases::execution::effect::Effect;
use crate::cases::execution::facts::Facts;
use crate::cases::execution::field::{Field, FieldKind, REASON, YEAR, is_word, optional, required};
use crate::cases::execution::judge::Judge;
use crate::cases::execution::kind::role::{DA, FL, L, T};
use crate::cases::execution::kind::{CommandRow, ExecutionKind, Subject, stages};
use crate::cases::execution::paper::CasePaper;
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};
use crate::kernel::ids::{DepartmentId, LineId};
use crate::kernel::money::Money;
use crate::kernel::refusal::Refusal;
use crate::kernel::words::words;
use crate::ledger::account::{AccountCode, LedgerAccount};
use crate::ledger::transfer::{Leg, TransferCode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

stages! {
    Applied "applied" "待省局意见",
    Opined "opined" "待财政审批",
    Approved "approved" "已批准",
    Returned "returned" "已退回",
    Rejected "rejected" "不予批准",
    Withdrawn "withdrawn" "已撤回",
}

words! {
    /// 性质.
    Nature {
        ChangeOfUse "变更用途" "变更用途",
        Reduction "追减" "追减",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    pub from: LineId,
    /// Given exactly in 变更用途.
    pub to: Option<LineId>,
    pub amount: Money,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    pub year: i32,
    pub nature: Nature,
    pub reason: String,
    pub moves: Vec<Move>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeOfUse {
    pub stage: Stage,
    pub department: Option<DepartmentId>,
    pub form: Option<Form>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    Apply(Form),
    Opine { agree: bool, text: String },
    Return { reason: String },
    Approve { number: String },
    Reject { reason: String },
    Withdraw {},
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Applied { form: Form, department: DepartmentId },
    Opined { agree: bool, text: String },
    Returned { reason: String },
    Approved { number: String },
    Rejected { reason: String },
    Withdrawn,
}

const MOVE: &[Field] = &[
    required("from", FieldKind::Reference),
    optional("to", FieldKind::Reference),
    required("amount", FieldKind::PositiveMoney),
];
const FORM: &[Field] = &[
    required("year", YEAR),
    required("nature", FieldKind::Choice(is_word::<Nature>)),
    required("reason", FieldKind::Text(20, 1000)),
    required("moves", FieldKind::Table(MOVE)),
];

impl Form {
    /// Lines the form names.
    pub fn lines(&self) -> impl Iterator<Item = &LineId> {
        self.moves.iter().flat_map(|of| [Some(&of.from), of.to.as_ref()]).flatten()
    }

    /// Reserves every move; what is not advanced moves first.
    fn reserve(&self, facts: &Facts) -> Vec<Effect> {
        let mut left: BTreeMap<&LineId, Money> = BTreeMap::new();
        let mut effects = Vec::new();
        for of in &self.moves {
            let available = || facts.available(AccountCode::Unadvanced, &of.from);
            let unadvanced = left.entry(&of.from).or_insert_with(available);
            let first = of.amount.min(*unadvanced);
            *unadvanced -= first;
            effects.extend(self.legs(of, first).into_iter().map(Effect::reserve));
        }
        effects
    }

    fn legs(&self, of: &Move, first: Money) -> Vec<Leg> {
        let from = |code| LedgerAccount::of_line(code, &of.from);
        let Some(to) = &of.to else {
            let leg = |source, code| {
                let credit = LedgerAccount::of_year(source, self.year);
                Leg::new(TransferCode::Reduce, from(code), credit, of.amount)
            };
            return vec![
                leg(AccountCode::Source, AccountCode::Unadvanced),
                leg(AccountCode::ContractSource, AccountCode::Uncontracted),
            ];
        };
        let leg =
            |code, amount| Leg::new(TransferCode::Move, from(code), LedgerAccount::of_line(code, to), amount);
        vec![
            leg(AccountCode::Unadvanced, first),
            leg(AccountCode::Unspent, of.amount - first),
            leg(AccountCode::Uncontracted, of.amount),
        ]
    }
}

impl ExecutionKind for ChangeOfUse {
    type Command = Command;
    type Event = Event;
    type Stage = Stage;

    const ARTICLE: u8 = 16;
    const SEEN_BY_DEPARTMENT: bool = true;
    const COLUMNS: &'static [Column] = listing::COLUMNS;
    const COMMANDS: &'static [CommandRow<Stage>] = &[
        CommandRow::new("apply", "申请", &[(DA, &[Stage::Returned]), (T, &[Stage::Returned])], FORM)
            .opening(),
        CommandRow::new(
            "opine",
            "省局意见",
            &[(L, &[Stage::Applied])],
            &[required("agree", FieldKind::Flag), required("text", FieldKind::Text(4, 1000))],
        )
        .differing_from(&["apply"]),
        CommandRow::new("return", "退回", &[(L, &[Stage::Applied])], &[REASON]),
        CommandRow::new(
            "approve",
            "批准",
            &[(FL, &[Stage::Opined])],
            &[required("number", FieldKind::DocumentNumber)],
        ),
        CommandRow::new("reject", "不予批准", &[(FL, &[Stage::Opined])], &[REASON]),
        CommandRow::new(
            "withdraw",
            "撤回",
            &[(DA, &[Stage::Applied, Stage::Returned]), (T, &[Stage::Applied, Stage::Returned])],
            &[],
        ),
    ];

    fn stage(&self) -> Stage {
        self.stage
    }

    fn subject(&self) -> Subject<'_> {
        Subject {
            year: self.form.as_ref().map(|form| form.year),
            department: self.department.as_ref(),
            ..Subject::default()
        }
    }

    fn cells(&self, world: &ExecutionWorld) -> Vec<CellValue> {
        listing::cells(self, world)
    }

    fn papers(&self, event: &Event, facts: &Facts) -> Vec<CasePaper> {
        paper::papers(self, event, facts)
    }

    fn decide(&self, command: &Command, facts: &Facts, _: &mut Judge) -> Result<Vec<Event>, Refusal> {
        Ok(vec![match command {
            Command::Apply(form) => {
                let department = rules::apply(form, facts)?;
                Event::Applied { form: form.clone(), department }
            }
            Command::Opine { agree, text } => Event::Opined { agree: *agree, text: text.clone() },
            Command::Return { reason } => Event::Returned { reason: reason.clone() },
            Command::Approve { number } => {
                if let Some(form) = &self.form {
                    rules::still_open(form, facts)?;
                }
                Event::Approved { number: number.clone() }
            }
            Command::Reject { reason } => Event::Rejected { reason: reason.clone() },
            Command::Withdraw {} => Event::Withdrawn,
        }])
    }

    fn evolve(self, event: &Event) -> ChangeOfUse {
        match event {
            Event::Applied { form, department } => ChangeOfUse {
                stage: Stage::Applied,
                department: Some(department.clone()),
                form: Some(form.clone()),
            },
            Event::Opined { agree: true, .. } => ChangeOfUse { stage: Stage::Opined, ..self },
            Event::Opined { agree: false, .. } | Event::Rejected { .. } => {
                ChangeOfUse { stage: Stage::Rejected, ..self }
            }
            Event::Returned { .. } => ChangeOfUse { stage: Stage::Returned, ..self },
            Event::Approved { .. } => ChangeOfUse { stage: Stage::Approved, ..self },
            Event::Withdrawn => ChangeOfUse { stage: Stage::Withdrawn, ..self },
        }
    }

    fn effects(&self, event: &Event, facts: &Facts) -> Vec<Effect> {
        match event {
            Event::Applied { form, .. } => form.reserve(facts),
            Event::Approved { .. } => facts.post_own(),
            Event::Opined { agree: false, .. }
            | Event::Rejected { .. }
            | Event::Returned { .. }
            | Event::Withdrawn => facts.void_own(),
            Event::Opined { agree: true, .. } => Vec::new(),
        }
    }
}
