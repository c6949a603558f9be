//! 验收: recorded per period, confirmed by another person; a contract has several.

use super::listing;
use super::paper;
use crate::cases::execution::effect::Effect;
use crate::cases::execution::facts::Facts;
use crate::cases::execution::field::{Field, FieldKind, REASON, is_word, optional, required, unique};
use crate::cases::execution::judge::{Judge, refuse_if};
use crate::cases::execution::kind::role::{L, R};
use crate::cases::execution::kind::{CommandRow, ExecutionKind, Subject, stages};
use crate::cases::execution::paper::CasePaper;
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};
use crate::kernel::calendar::Date;
use crate::kernel::ids::CaseId;
use crate::kernel::refusal::Refusal;
use crate::kernel::words::words;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

stages! {
    Recorded "recorded" "待确认",
    Confirmed "confirmed" "已确认",
    Returned "returned" "已退回",
}

words! {
    /// 验收性质.
    Nature {
        Interim "分期" "分期",
        Final "终期" "终期",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedRow {
    pub row: String,
    pub quantity: Decimal,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    pub contract: CaseId,
    pub nature: Nature,
    pub from: Date,
    pub to: Date,
    pub members: String,
    pub opinion: Option<String>,
    pub lines: Vec<AcceptedRow>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    pub stage: Stage,
    pub contract: CaseId,
    pub year: i32,
    pub form: Option<Form>,
}

impl Default for Acceptance {
    fn default() -> Acceptance {
        Acceptance { stage: Stage::default(), contract: CaseId::new(""), year: 0, form: None }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    Record(Form),
    Confirm {},
    Return { reason: String },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Recorded { form: Form, year: i32 },
    Confirmed,
    Returned { reason: String },
}

const ROW: &[Field] = &[unique("row", FieldKind::Reference), required("quantity", FieldKind::Number)];
const FORM: &[Field] = &[
    required("contract", FieldKind::Reference),
    required("nature", FieldKind::Choice(is_word::<Nature>)),
    required("from", FieldKind::Date),
    required("to", FieldKind::Date),
    required("members", FieldKind::Text(2, 200)),
    optional("opinion", FieldKind::Text(0, 500)),
    required("lines", FieldKind::Table(ROW)),
];

impl Acceptance {
    fn quantity(&self, row: &str) -> Decimal {
        let lines = self.form.iter().flat_map(|form| &form.lines);
        lines.filter(|line| line.row == row).map(|line| line.quantity).sum()
    }
}

/// Σ quantity of a row over a contract's acceptances in these stages.
fn quantity_in(
    world: &ExecutionWorld,
    contract: &CaseId,
    row: &str,
    counts: impl Fn(&CaseId, Stage) -> bool,
) -> Decimal {
    let of_contract = world.of_kind::<Acceptance>().filter(|(_, of)| of.contract == *contract);
    let counted = of_contract.filter(|(id, acceptance)| counts(id, acceptance.stage));
    counted.map(|(_, acceptance)| acceptance.quantity(row)).sum()
}

/// Σ confirmed quantity of a row of a contract.
pub fn accepted(world: &ExecutionWorld, contract: &CaseId, row: &str) -> Decimal {
    quantity_in(world, contract, row, |_, stage| stage == Stage::Confirmed)
}

/// ACC-04.
fn before_verification(contract: &CaseId, facts: &Facts) -> Result<(), Refusal> {
    refuse_if(facts.is_verified(contract), 7, "ACC-04", "结算已审定，不再验收")
}

fn record(form: &Form, facts: &Facts) -> Result<Event, Refusal> {
    let contract = facts.contract(&form.contract).filter(|contract| contract.is_performed());
    let idle = || Refusal::under(6, "ACC-01", "合同未在履行");
    let contract = contract.ok_or_else(idle)?;
    let in_order = contract.start <= form.from
        && form.from <= form.to
        && form.to <= contract.end
        && form.to <= facts.today;
    refuse_if(!in_order, 7, "ACC-02", "验收期间有误：应在履行期内且不晚于今天")?;
    let foreign = form.lines.iter().any(|line| contract.row(&line.row).is_none());
    refuse_if(foreign, 7, "ACC-03", "合同中没有这一行")?;
    before_verification(&form.contract, facts)?;
    let above = form.lines.iter().any(|line| {
        let others = quantity_in(facts, &form.contract, &line.row, |id, stage| {
            id != facts.case && matches!(stage, Stage::Recorded | Stage::Confirmed)
        });
        let most = contract.row(&line.row).map(|row| row.quantity + row.added);
        most.is_some_and(|most| others + line.quantity > most)
    });
    refuse_if(above, 7, "ACC-05", "超过合同数量")?;
    Ok(Event::Recorded { form: form.clone(), year: contract.year })
}

impl ExecutionKind for Acceptance {
    type Command = Command;
    type Event = Event;
    type Stage = Stage;

    const ARTICLE: u8 = 7;
    const SEEN_BY_PROVIDER: bool = true;
    const COLUMNS: &'static [Column] = listing::COLUMNS;
    const COMMANDS: &'static [CommandRow<Stage>] = &[
        CommandRow::new("record", "登记验收", &[(R, &[Stage::Returned])], FORM).opening(),
        CommandRow::new("confirm", "确认验收", &[(L, &[Stage::Recorded])], &[]).differing_from(&["record"]),
        CommandRow::new("return", "退回", &[(L, &[Stage::Recorded])], &[REASON]),
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
            Command::Record(form) => record(form, facts)?,
            Command::Confirm {} => {
                before_verification(&self.contract, facts)?;
                Event::Confirmed
            }
            Command::Return { reason } => Event::Returned { reason: reason.clone() },
        }])
    }

    fn evolve(self, event: &Event) -> Acceptance {
        match event {
            Event::Recorded { form, year } => Acceptance {
                stage: Stage::Recorded,
                contract: form.contract.clone(),
                year: *year,
                form: Some(form.clone()),
            },
            Event::Confirmed => Acceptance { stage: Stage::Confirmed, ..self },
            Event::Returned { .. } => Acceptance { stage: Stage::Returned, ..self },
        }
    }

    /// None: payments and settlements ask for confirmed quantities.
    fn effects(&self, _: &Event, _: &Facts) -> Vec<Effect> {
        Vec::new()
    }
}
