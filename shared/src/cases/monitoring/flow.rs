//! 绩效监控的办理: filled by one person of the side, filed by another; what is red at filing opens a correction.

use super::form::{self, FORM, Lamp};
use crate::cases::correction::{self, Correction};
use crate::cases::execution::effect::Effect;
use crate::cases::execution::facts::Facts;
use crate::cases::execution::field::{Field, FieldKind, REASON, required};
use crate::cases::execution::judge::{Judge, refuse_if};
use crate::cases::execution::kind::role::{DA, DF, L, R};
use crate::cases::execution::kind::{CommandRow, ExecutionKind, stages};
use crate::cases::execution::world::{ExecutionWorld, Party};
use crate::cases::performance::content::{Cells, Content};
use crate::cases::performance::facts::{judge_form, require_request};
use crate::cases::performance::form::Part;
use crate::cases::performance::judgement::{FormFacts, Judgement, printed};
use crate::cases::performance::performance_kind;
use crate::cases::performance::target::{INDICATORS, copy_targets};
use crate::kernel::calendar::Date;
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::people::Office;
use crate::kernel::refusal::Refusal;
use crate::kernel::words::words;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

stages! {
    Draft "draft" "填报中",
    Check "check" "待审核",
    Filed "filed" "已报送",
}

words! {
    /// 监控方.
    Side {
        Department "department" "部门",
        Bureau "bureau" "省局",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    pub request: CaseId,
    pub period: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Monitoring {
    pub stage: Stage,
    pub side: Side,
    pub request: CaseId,
    pub period: String,
    pub department: Option<DepartmentId>,
    pub year: i32,
    pub content: Content,
    pub filed_on: Option<Date>,
}

impl Default for Monitoring {
    fn default() -> Monitoring {
        Monitoring {
            stage: Stage::default(),
            side: Side::Department,
            request: CaseId::new(""),
            period: String::new(),
            department: None,
            year: 0,
            content: Content::default(),
            filed_on: None,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    Open(Opening),
    Fill { document: Value },
    Submit {},
    File {},
    Return { reason: String },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Opened { opening: Opening, side: Side, department: DepartmentId, year: i32, content: Content },
    Filled { content: Content },
    Submitted,
    Filed { on: Date },
    Returned { reason: String },
}

const OPENING: &[Field] =
    &[required("request", FieldKind::Reference), required("period", FieldKind::Text(1, 20))];
const FILL: &[Field] = &[required("document", FieldKind::Document)];

/// The side a person acts for.
fn side_of(by: &Party) -> Side {
    match by.actor.role.office() {
        Office::Department => Side::Department,
        Office::Bureau | Office::Finance | Office::Outside | Office::Audit | Office::Administration => {
            Side::Bureau
        }
    }
}

impl Monitoring {
    fn judge(&self, world: &ExecutionWorld) -> Judgement {
        judge_form(&FORM, form::judge, &self.content, world, &self.form_facts(world))
    }

    /// The form with its lamps, which no fact of the other side changes.
    pub fn lamps(&self, world: &ExecutionWorld) -> Judgement {
        judge_form(&FORM, form::judge, &self.content, world, &FormFacts::new())
    }

    /// Indicators by lamp: red, yellow, blue, green.
    pub fn lamp_counts(&self, world: &ExecutionWorld) -> String {
        let judged = self.lamps(world);
        let count = |key: &str| judged.header.get(key).map(ToString::to_string).unwrap_or_default();
        ["red", "yellow", "blue", "green"].map(count).join("/")
    }

    fn overall_lamp(&self, world: &ExecutionWorld) -> Option<String> {
        self.lamps(world).header["overall_lamp"].as_str().map(str::to_string)
    }

    /// `1-7 月（部门）`.
    pub fn period_and_side(&self) -> String {
        format!("{} 月（{}）", self.period, self.side.label())
    }

    /// Days it was filed late; `None` until it is filed.
    pub fn late_days(&self, world: &ExecutionWorld) -> Option<i64> {
        self.filed_on.zip(self.due_on(world)).map(|(on, due)| due.days_until(on).max(0))
    }

    /// Last day of reporting on the period.
    fn due_on(&self, world: &ExecutionWorld) -> Option<Date> {
        Some(world.edition().periods.get(&self.period)?.due.in_year(self.year))
    }

    fn open(&self, opening: &Opening, facts: &Facts) -> Result<Event, Refusal> {
        let request = require_request(facts, &opening.request, 12, "MON-01")?;
        let Some(period) = facts.edition().periods.get(&opening.period) else {
            return Err(Refusal::under(12, "F-04", format!("没有监控期“{}”，请核对", opening.period)));
        };
        let side = side_of(facts.by);
        let exists = facts
            .of_kind::<Monitoring>()
            .any(|(_, of)| (&of.request, &of.period, of.side) == (&opening.request, &opening.period, side));
        refuse_if(exists, 12, "MON-02", "本方本期监控已建立，请在原件上办理")?;
        let end = period.end.in_year(request.year);
        refuse_if(facts.today <= end, 12, "MON-03", format!("监控期至 {end}，期满后办理"))?;
        let header = [
            ("budget", printed(facts.budget(&opening.request, end).yuan())),
            ("executed", printed(facts.executed(&opening.request, end).yuan())),
            ("months", period.months.to_string()),
        ];
        let mut content = Content { header: Cells::of(header), ..Content::default() };
        copy_targets(&request.targets, &mut content);
        let (department, year) = (request.department.clone(), request.year);
        Ok(Event::Opened { opening: opening.clone(), side, department, year, content })
    }

    /// 整改 for everything that is red: execution first, then the indicators in their order.
    fn corrections(&self, facts: &Facts) -> Vec<Effect> {
        let judged = self.judge(facts.world);
        let is_red = |lamp: Option<&Value>| lamp.and_then(Value::as_str) == Some(Lamp::Red.word());
        let execution = is_red(judged.header.get("execution_lamp")).then_some("execution");
        let rows = judged.tables.get(INDICATORS);
        let red = |id: &str| rows.and_then(|rows| rows.get(id)).is_some_and(|row| is_red(row.get("lamp")));
        let indicators = self.content.rows(INDICATORS).iter().map(|row| row.id.as_str());
        let mut taken = Vec::new();
        let mut effects = Vec::new();
        let subjects = execution.map(|subject| (subject, true)).into_iter();
        for (subject, of_execution) in subjects.chain(indicators.filter(|id| red(id)).map(|id| (id, false))) {
            let same =
                |(_, of): &(&CaseId, &Correction)| of.subject == subject && of.of_execution == of_execution;
            let source = facts.case.clone();
            if let Some((id, _)) = facts.open_corrections(&self.request).find(same) {
                effects.push(Effect::MoveCorrection(id.clone(), correction::Event::Joined { source }));
                continue;
            }
            let base = format!("cor-{}-{}-{subject}", self.request, self.period);
            let id = facts.free_name(&base, &taken);
            let deadline = facts.days_after(facts.today, facts.edition().correction_days);
            let opened = Correction {
                request: self.request.clone(),
                department: self.department.clone(),
                year: self.year,
                subject: subject.to_string(),
                of_execution,
                opened: facts.today,
                deadline,
                sources: vec![source],
                ..Correction::default()
            };
            effects.push(Effect::OpenCase(id.clone(), Box::new(opened.into())));
            taken.push(id);
        }
        effects
    }
}

impl ExecutionKind for Monitoring {
    performance_kind!(12, |case| Some(case.year), form::judge);

    fn form_facts(&self, world: &ExecutionWorld) -> FormFacts {
        let other = world.of_kind::<Monitoring>().find(|(_, other)| {
            (&other.request, &other.period) == (&self.request, &self.period)
                && other.side != self.side
                && other.stage == Stage::Filed
        });
        let lamp = other.and_then(|(_, other)| other.overall_lamp(world));
        lamp.map(|lamp| ("other_lamp".to_string(), lamp)).into_iter().collect()
    }

    const COMMANDS: &'static [CommandRow<Stage>] = &[
        CommandRow::new("open", "建立监控", &[(DF, &[]), (R, &[])], OPENING).opening(),
        CommandRow::new("fill", "填写", &[(DF, &[Stage::Draft]), (R, &[Stage::Draft])], FILL),
        CommandRow::new("submit", "提交审核", &[(DF, &[Stage::Draft]), (R, &[Stage::Draft])], &[]),
        CommandRow::new("file", "报送", &[(DA, &[Stage::Check]), (L, &[Stage::Check])], &[])
            .differing_from(&["submit"]),
        CommandRow::new("return", "退回", &[(DA, &[Stage::Check]), (L, &[Stage::Check])], &[REASON]),
    ];

    fn is_visible(&self, _: &CaseId, by: &Party, _: &ExecutionWorld) -> bool {
        let filed = self.stage == Stage::Filed;
        match by.actor.role.office() {
            Office::Department => {
                by.is_of(self.department.as_ref()) && (filed || self.side == Side::Department)
            }
            Office::Bureau => filed || self.side == Side::Bureau,
            Office::Finance => filed,
            Office::Audit => true,
            Office::Outside | Office::Administration => false,
        }
    }

    fn is_given_to(&self, _: &str, by: &Party) -> bool {
        side_of(by) == self.side
    }

    fn request(&self) -> Option<&CaseId> {
        Some(&self.request)
    }

    fn caption(&self, _: &ExecutionWorld) -> Option<String> {
        Some(self.period_and_side())
    }

    fn summary(&self, _: &CaseId, world: &ExecutionWorld) -> Value {
        let judged = self.judge(world);
        let late = self.late_days(world);
        let rows = judged.tables.get(INDICATORS).into_iter().flatten();
        let lamps: Map<String, Value> = rows.map(|(id, row)| (id.clone(), row["lamp"].clone())).collect();
        json!({
            "side": self.side, "period": self.period, "late_days": late,
            "execution": judged.header["execution_lamp"], "overall": judged.header["overall_lamp"],
            "lamps": lamps,
        })
    }

    fn due(&self, world: &ExecutionWorld) -> Option<Date> {
        self.due_on(world).filter(|_| self.stage != Stage::Filed)
    }

    fn decide(&self, command: &Command, facts: &Facts, _: &mut Judge) -> Result<Vec<Event>, Refusal> {
        let judged = || self.judge(facts.world).require(&Part::ALL, &self.content);
        Ok(vec![match command {
            Command::Open(opening) => self.open(opening, facts)?,
            Command::Fill { document } => {
                Event::Filled { content: self.content.fill(&FORM, &[Part::Whole], document)? }
            }
            Command::Submit {} => {
                judged()?;
                Event::Submitted
            }
            Command::File {} => {
                judged()?;
                Event::Filed { on: facts.today }
            }
            Command::Return { reason } => Event::Returned { reason: reason.clone() },
        }])
    }

    fn evolve(self, event: &Event) -> Monitoring {
        match event {
            Event::Opened { opening, side, department, year, content } => Monitoring {
                side: *side,
                request: opening.request.clone(),
                period: opening.period.clone(),
                department: Some(department.clone()),
                year: *year,
                content: content.clone(),
                ..Monitoring::default()
            },
            Event::Filled { content } => Monitoring { content: content.clone(), ..self },
            Event::Submitted => Monitoring { stage: Stage::Check, ..self },
            Event::Filed { on } => Monitoring { stage: Stage::Filed, filed_on: Some(*on), ..self },
            Event::Returned { .. } => Monitoring { stage: Stage::Draft, ..self },
        }
    }

    fn effects(&self, event: &Event, facts: &Facts) -> Vec<Effect> {
        match event {
            Event::Filed { .. } => self.corrections(facts),
            Event::Opened { .. } | Event::Filled { .. } | Event::Submitted | Event::Returned { .. } => {
                Vec::new()
            }
        }
    }
}
