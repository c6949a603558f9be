//! 考核: assessed, notified by another person, accepted or objected to, answered, decided by a third step.

use super::listing;
use super::paper;
use crate::cases::execution::effect::Effect;
use crate::cases::execution::facts::Facts;
use crate::cases::execution::field::{Field, FieldKind, is_word, optional, required, unique};
use crate::cases::execution::judge::{Judge, refuse_if};
use crate::cases::execution::kind::role::{L, P, R};
use crate::cases::execution::kind::{CommandRow, ExecutionKind, Subject, stages};
use crate::cases::execution::paper::CasePaper;
use crate::cases::execution::parameters::MoneyParameters;
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};
use crate::kernel::calendar::Date;
use crate::kernel::ids::CaseId;
use crate::kernel::money::half_up;
use crate::kernel::refusal::Refusal;
use crate::kernel::words::words;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

stages! {
    Assessed "assessed" "待省局负责人审定",
    Notified "notified" "待单位确认",
    Objected "objected" "单位有异议",
    Answered "answered" "已答复待审定",
    Final "final" "已确定",
}

words! {
    /// 考核期.
    Quarter {
        Q1 "Q1" "一季度",
        Q2 "Q2" "二季度",
        Q3 "Q3" "三季度",
        Q4 "Q4" "四季度",
    }
}

/// Occurrences, or units below target, of one item of the sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub item: String,
    pub count: Decimal,
    pub note: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    pub contract: CaseId,
    pub period: Quarter,
    #[serde(default)]
    pub items: Vec<Item>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    pub stage: Stage,
    pub contract: CaseId,
    pub year: i32,
    pub period: Option<Quarter>,
    pub items: Vec<Item>,
    pub notified_on: Option<Date>,
}

impl Default for Assessment {
    fn default() -> Assessment {
        Assessment {
            stage: Stage::default(),
            contract: CaseId::new(""),
            year: 0,
            period: None,
            items: Vec::new(),
            notified_on: None,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    Assess(Form),
    Notify {},
    Accept {},
    Object {
        reason: String,
    },
    Answer {
        text: String,
        revise: bool,
        #[serde(default)]
        items: Vec<Item>,
    },
    Decide {},
    Finalise {},
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Assessed {
        form: Form,
        year: i32,
    },
    Notified {
        on: Date,
    },
    Objected {
        reason: String,
    },
    /// `revised` replaces the items.
    Answered {
        text: String,
        revised: Option<Vec<Item>>,
    },
    Finalised,
}

const ITEM: &[Field] = &[
    unique("item", FieldKind::Listed(MoneyParameters::sheet_items)),
    required("count", FieldKind::Number),
    optional("note", FieldKind::Text(0, 200)),
];
const ITEMS: Field = optional("items", FieldKind::Table(ITEM));

impl Quarter {
    /// First and last day in a year.
    fn days(self, year: i32) -> Option<(Date, Date)> {
        let (from, to, day) = match self {
            Quarter::Q1 => (1, 3, 31),
            Quarter::Q2 => (4, 6, 30),
            Quarter::Q3 => (7, 9, 30),
            Quarter::Q4 => (10, 12, 31),
        };
        Some((Date::new(year, from, 1)?, Date::new(year, to, day)?))
    }
}

impl Assessment {
    /// Σ full − Σ min(round(count × per), full).
    pub fn score(&self, parameters: &MoneyParameters) -> Decimal {
        let full: Decimal = parameters.sheet.values().map(|(full, _)| *full).sum();
        full - self.items.iter().filter_map(|item| self.lost(item, parameters)).sum::<Decimal>()
    }

    /// Points an item lost; `None` for one that is not on the sheet.
    pub fn lost(&self, item: &Item, parameters: &MoneyParameters) -> Option<Decimal> {
        let (full, per) = parameters.sheet.get(&item.item)?;
        Some(half_up(item.count * *per, 2).min(*full))
    }

    /// Last day of the provider's objection.
    fn objection_ends(&self, facts: &Facts) -> Option<Date> {
        self.notified_on.map(|on| facts.workdays_after(on, facts.parameters().objection_days))
    }
}

/// ASM-04: what lost points has a note.
fn require_notes(items: &[Item], facts: &Facts) -> Result<(), Refusal> {
    let least = facts.parameters().note_length;
    let bare = items.iter().any(|item| {
        let length = item.note.as_ref().map_or(0, |note| note.chars().count());
        item.count > Decimal::ZERO && length < least
    });
    refuse_if(bare, 8, "ASM-04", format!("扣分须写明事由（不少于{least}字）"))
}

fn assess(form: &Form, facts: &Facts) -> Result<Event, Refusal> {
    let contract = facts.contract(&form.contract).filter(|contract| contract.is_performed());
    let contract = contract.ok_or_else(|| Refusal::under(8, "ASM-01", "合同未在履行"))?;
    let mut others = facts.assessments_of(&form.contract).filter(|(id, _)| *id != facts.case);
    let again = others.any(|(_, other)| other.period == Some(form.period));
    refuse_if(again, 8, "ASM-02", "该合同本期已考核")?;
    let over = form
        .period
        .days(contract.year)
        .is_some_and(|(first, last)| last < facts.today && first <= contract.end && contract.start <= last);
    refuse_if(!over, 8, "ASM-03", "考核期未结束，或不在履行期内")?;
    require_notes(&form.items, facts)?;
    refuse_if(facts.is_verified(&form.contract), 8, "ASM-05", "结算已审定，不再考核")?;
    Ok(Event::Assessed { form: form.clone(), year: contract.year })
}

impl ExecutionKind for Assessment {
    type Command = Command;
    type Event = Event;
    type Stage = Stage;

    const ARTICLE: u8 = 8;
    const SEEN_BY_PROVIDER: bool = true;
    const COLUMNS: &'static [Column] = listing::COLUMNS;
    const COMMANDS: &'static [CommandRow<Stage>] = &[
        CommandRow::new(
            "assess",
            "考核",
            &[(R, &[])],
            &[
                required("contract", FieldKind::Reference),
                required("period", FieldKind::Choice(is_word::<Quarter>)),
                ITEMS,
            ],
        )
        .opening(),
        CommandRow::new("notify", "通知单位", &[(L, &[Stage::Assessed])], &[]).differing_from(&["assess"]),
        CommandRow::new("accept", "无异议", &[(P, &[Stage::Notified])], &[]),
        CommandRow::new(
            "object",
            "提出异议",
            &[(P, &[Stage::Notified])],
            &[required("reason", FieldKind::Reason(1000))],
        ),
        CommandRow::new(
            "answer",
            "答复异议",
            &[(R, &[Stage::Objected])],
            &[required("text", FieldKind::Text(10, 1000)), required("revise", FieldKind::Flag), ITEMS],
        ),
        CommandRow::new("decide", "审定", &[(L, &[Stage::Answered])], &[]).differing_from(&["answer"]),
        CommandRow::new("finalise", "异议期满确定", &[(R, &[Stage::Notified])], &[]),
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
        let ended = || self.objection_ends(facts).is_some_and(|last| facts.today > last);
        Ok(vec![match command {
            Command::Assess(form) => assess(form, facts)?,
            Command::Notify {} => Event::Notified { on: facts.today },
            Command::Accept {} | Command::Decide {} => Event::Finalised,
            Command::Object { reason } => {
                refuse_if(ended(), 8, "ASM-06", "已过异议期")?;
                Event::Objected { reason: reason.clone() }
            }
            Command::Answer { text, revise, items } => {
                let revised = revise.then(|| items.clone());
                require_notes(revised.as_deref().unwrap_or_default(), facts)?;
                Event::Answered { text: text.clone(), revised }
            }
            Command::Finalise {} => {
                refuse_if(!ended(), 8, "ASM-07", "异议期未满")?;
                Event::Finalised
            }
        }])
    }

    fn evolve(self, event: &Event) -> Assessment {
        match event {
            Event::Assessed { form, year } => Assessment {
                stage: Stage::Assessed,
                contract: form.contract.clone(),
                year: *year,
                period: Some(form.period),
                items: form.items.clone(),
                notified_on: None,
            },
            Event::Notified { on } => Assessment { stage: Stage::Notified, notified_on: Some(*on), ..self },
            Event::Objected { .. } => Assessment { stage: Stage::Objected, ..self },
            Event::Answered { revised: Some(items), .. } => {
                Assessment { stage: Stage::Answered, items: items.clone(), ..self }
            }
            Event::Answered { revised: None, .. } => Assessment { stage: Stage::Answered, ..self },
            Event::Finalised => Assessment { stage: Stage::Final, ..self },
        }
    }

    /// None: a settlement asks for the final scores.
    fn effects(&self, _: &Event, _: &Facts) -> Vec<Effect> {
        Vec::new()
    }
}
