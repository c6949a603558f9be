//! 重点评价的办理: plan, work, draft report, comments, answers, issue.

use super::comment::{Answer, Comment};
use super::draw::draw;
use super::form::{FORM, SAMPLE};
use super::rules::judge;
use super::table::COMMANDS;
use super::tree::new_content;
use crate::cases::execution::effect::Effect;
use crate::cases::execution::facts::Facts;
use crate::cases::execution::judge::{Judge, refuse_if};
use crate::cases::execution::kind::{CommandRow, ExecutionKind, stages};
use crate::cases::execution::world::{ExecutionWorld, Party};
use crate::cases::performance::content::Content;
use crate::cases::performance::facts::{judge_form, require_request, require_year_over};
use crate::cases::performance::form::Part;
use crate::cases::performance::judgement::{FormFacts, Judgement};
use crate::cases::performance::performance_kind;
use crate::cases::performance::result::{EvaluationResult, ResultSource, determined, grade_of};
use crate::kernel::calendar::Date;
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::people::{Office, Role};
use crate::kernel::refusal::Refusal;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

stages! {
    Plan "plan" "制定方案",
    PlanCheck "plan_check" "方案待审",
    Fieldwork "fieldwork" "实施中",
    Comment "comment" "征求意见",
    Answering "answering" "答复意见",
    Review "review" "待审定",
    Issued "issued" "已印发",
    Cancelled "cancelled" "已取消",
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyEvaluation {
    pub stage: Stage,
    pub request: CaseId,
    pub department: Option<DepartmentId>,
    pub year: i32,
    /// The office that organises it.
    pub organizer: Office,
    /// 第三方机构 engaged.
    pub institution: Option<String>,
    pub content: Content,
    /// 主评人.
    pub lead: Option<String>,
    /// Digest of the institution's sealed report.
    pub seal: Option<String>,
    pub comment_due: Option<Date>,
    pub comments: Vec<(Comment, Option<Answer>)>,
    pub number: Option<String>,
}

impl Default for KeyEvaluation {
    fn default() -> KeyEvaluation {
        KeyEvaluation {
            stage: Stage::default(),
            request: CaseId::new(""),
            department: None,
            year: 0,
            organizer: Office::Bureau,
            institution: None,
            content: Content::default(),
            lead: None,
            seal: None,
            comment_due: None,
            comments: Vec::new(),
            number: None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    pub request: CaseId,
    pub institution: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    Open(Opening),
    Fill { document: Value },
    SubmitPlan {},
    ApprovePlan {},
    Return { reason: String },
    Draw { count: usize },
    DraftReport { lead: Option<String>, seal: Option<String> },
    Comment { items: Vec<Comment> },
    Agree {},
    Proceed {},
    Answer { item: String, adopted: bool, reason: Option<String> },
    Finish {},
    Issue { number: String },
    Cancel { reason: String },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Opened { opening: Opening, organizer: Office, department: DepartmentId, year: i32, content: Content },
    Filled { content: Content },
    Moved { to: Stage, reason: Option<String> },
    Drawn { content: Content, picked: Vec<String> },
    Drafted { lead: Option<String>, seal: Option<String>, due: Date },
    Commented { items: Vec<Comment> },
    Answered { item: String, answer: Answer },
    Issued { number: String, result: Option<EvaluationResult> },
}

impl KeyEvaluation {
    pub fn judge(&self, world: &ExecutionWorld) -> Judgement {
        judge_form(&FORM, judge, &self.content, world, &FormFacts::new())
    }

    fn require(&self, parts: &[Part], facts: &Facts) -> Result<(), Refusal> {
        self.judge(facts.world).require(parts, &self.content)
    }

    /// Score and grade as the work has them now.
    pub fn result(&self, _: &CaseId, world: &ExecutionWorld) -> Option<EvaluationResult> {
        let judged = self.judge(world);
        let score: Decimal = judged.header["total"].as_str()?.parse().ok()?;
        let grade = grade_of(score, &world.edition().grades)?;
        Some(EvaluationResult { source: ResultSource::of_office(self.organizer), score, grade })
    }

    fn open(opening: &Opening, facts: &Facts) -> Result<Event, Refusal> {
        let form = require_request(facts, &opening.request, 13, "KEY-01")?;
        require_year_over(facts, form.year, 13, "KEY-01")?;
        let organizer = facts.by.actor.role.office();
        let exists = facts.of_kind::<KeyEvaluation>().any(|(_, of)| {
            of.request == opening.request && of.organizer == organizer && of.stage != Stage::Cancelled
        });
        refuse_if(exists, 13, "KEY-02", "本单位对该申请的重点评价已建立，请在原件上办理")?;
        if let Some(name) = &opening.institution {
            let Some(served) = facts.setting.surroundings.institutions.get(name) else {
                return Err(Refusal::under(13, "F-04", format!("没有第三方机构“{name}”，请核对")));
            };
            let serves = served.contains(form.department.as_str());
            refuse_if(serves, 13, "KEY-03", "该机构为被评价部门提供服务，须回避")?;
        }
        let (department, year) = (form.department.clone(), form.year);
        Ok(Event::Opened { opening: opening.clone(), organizer, department, year, content: new_content() })
    }

    fn draft(&self, lead: Option<&String>, seal: Option<&String>, facts: &Facts) -> Result<Event, Refusal> {
        let unsigned = self.institution.is_some() && (lead.is_none() || seal.is_none());
        refuse_if(unsigned, 13, "KEY-05", "委托第三方机构的，须写明主评人并附盖章报告的摘要")?;
        self.require(&Part::ALL, facts)?;
        let due = facts.workdays_after(facts.today, facts.edition().key_comment_days);
        Ok(Event::Drafted { lead: lead.cloned(), seal: seal.cloned(), due })
    }
}

impl ExecutionKind for KeyEvaluation {
    performance_kind!(13, |case| Some(case.year), judge);

    const SEEN_BY_DEPARTMENT: bool = true;
    const COMMANDS: &'static [CommandRow<Stage>] = COMMANDS;

    fn is_visible(&self, _: &CaseId, by: &Party, world: &ExecutionWorld) -> bool {
        let asked = [Stage::Comment, Stage::Answering, Stage::Review, Stage::Issued].contains(&self.stage);
        match by.actor.role.office() {
            Office::Department => asked && by.is_of(self.department.as_ref()),
            office @ (Office::Bureau | Office::Finance) => {
                self.organizer == office || self.stage == Stage::Issued
            }
            Office::Audit => true,
            Office::Outside => {
                by.actor.role == Role::Evaluator
                    && self.institution.is_some()
                    && world.setting.surroundings.employers.get(by.actor.account.as_str())
                        == self.institution.as_ref()
            }
            Office::Administration => false,
        }
    }

    fn is_given_to(&self, _: &str, by: &Party) -> bool {
        match by.actor.role.office() {
            office @ (Office::Bureau | Office::Finance) => office == self.organizer,
            Office::Department | Office::Outside | Office::Audit | Office::Administration => true,
        }
    }

    fn open_parts(&self, _: &Party) -> &'static [Part] {
        match self.stage {
            Stage::Plan => &[Part::Plan],
            Stage::PlanCheck
            | Stage::Fieldwork
            | Stage::Comment
            | Stage::Answering
            | Stage::Review
            | Stage::Issued
            | Stage::Cancelled => &[Part::Work, Part::Report],
        }
    }

    fn request(&self) -> Option<&CaseId> {
        Some(&self.request)
    }

    fn caption(&self, _: &ExecutionWorld) -> Option<String> {
        Some(ResultSource::of_office(self.organizer).label().to_string())
    }

    fn summary(&self, _: &CaseId, world: &ExecutionWorld) -> Value {
        let judged = self.judge(world);
        let comments: Map<String, Value> = self
            .comments
            .iter()
            .map(|(comment, answer)| (comment.id.clone(), json!(answer.as_ref().map(|of| of.adopted))))
            .collect();
        json!({
            "organizer": self.organizer, "institution": self.institution, "comment_due": self.comment_due,
            "comments": comments, "total": judged.header["total"], "grade": judged.header["grade"],
            "lead": self.lead, "number": self.number,
        })
    }

    fn due(&self, _: &ExecutionWorld) -> Option<Date> {
        self.comment_due.filter(|_| self.stage == Stage::Comment)
    }

    fn decide(&self, command: &Command, facts: &Facts, _: &mut Judge) -> Result<Vec<Event>, Refusal> {
        let to = |to: Stage, reason: Option<&String>| Event::Moved { to, reason: reason.cloned() };
        Ok(vec![match command {
            Command::Open(opening) => KeyEvaluation::open(opening, facts)?,
            Command::Fill { document } => {
                let open = self.open_parts(facts.by);
                Event::Filled { content: self.content.fill(&FORM, open, document)? }
            }
            Command::SubmitPlan {} => {
                self.require(&[Part::Plan], facts)?;
                to(Stage::PlanCheck, None)
            }
            Command::ApprovePlan {} => to(Stage::Fieldwork, None),
            Command::Return { reason } if self.stage == Stage::Review => to(Stage::Fieldwork, Some(reason)),
            Command::Return { reason } => to(Stage::Plan, Some(reason)),
            Command::Draw { count } => {
                let none = self.content.rows(SAMPLE).is_empty();
                refuse_if(none, 13, "KEY-04", "还没有抽样总体，请先填写")?;
                let (content, picked) = draw(&self.content, *count, facts.edition().key_sample_always);
                Event::Drawn { content, picked }
            }
            Command::DraftReport { lead, seal } => self.draft(lead.as_ref(), seal.as_ref(), facts)?,
            Command::Comment { items } => self.comment(items, facts)?,
            Command::Agree {} => {
                self.require_in_time(facts)?;
                to(Stage::Review, None)
            }
            Command::Proceed {} => {
                let waits = self.comment_due.is_some_and(|due| facts.today <= due);
                refuse_if(waits, 13, "KEY-07", "反馈期限未满，请待期满后继续")?;
                to(Stage::Review, None)
            }
            Command::Answer { item, adopted, reason } => {
                self.answer(item, Answer { adopted: *adopted, reason: reason.clone() }, facts)?
            }
            Command::Finish {} => {
                self.require_answered()?;
                self.require(&Part::ALL, facts)?;
                to(Stage::Review, None)
            }
            Command::Issue { number } => {
                Event::Issued { number: number.clone(), result: self.result(facts.case, facts.world) }
            }
            Command::Cancel { reason } => to(Stage::Cancelled, Some(reason)),
        }])
    }

    fn evolve(mut self, event: &Event) -> KeyEvaluation {
        match event {
            Event::Opened { opening, organizer, department, year, content } => {
                self.request = opening.request.clone();
                self.institution = opening.institution.clone();
                self.organizer = *organizer;
                self.department = Some(department.clone());
                self.year = *year;
                self.content = content.clone();
            }
            Event::Filled { content } | Event::Drawn { content, .. } => self.content = content.clone(),
            Event::Moved { to, .. } => self.stage = *to,
            Event::Drafted { lead, seal, due } => {
                self.stage = Stage::Comment;
                self.lead = lead.clone();
                self.seal = seal.clone();
                self.comment_due = Some(*due);
                self.comments.clear();
            }
            Event::Commented { items } => {
                self.stage = Stage::Answering;
                self.comments = items.iter().map(|item| (item.clone(), None)).collect();
            }
            Event::Answered { item, answer } => {
                if let Some((_, own)) = self.comments.iter_mut().find(|(comment, _)| comment.id == *item) {
                    *own = Some(answer.clone());
                }
            }
            Event::Issued { number, .. } => {
                self.stage = Stage::Issued;
                self.number = Some(number.clone());
            }
        }
        self
    }

    fn effects(&self, event: &Event, facts: &Facts) -> Vec<Effect> {
        match event {
            Event::Drawn { picked, .. } => vec![Effect::Reply("picked", json!(picked))],
            Event::Issued { result: Some(result), .. } => {
                let disclosed = Effect::Disclose(facts.case.clone());
                determined(&self.request, *result, facts).into_iter().chain([disclosed]).collect()
            }
            Event::Opened { .. }
            | Event::Filled { .. }
            | Event::Moved { .. }
            | Event::Drafted { .. }
            | Event::Commented { .. }
            | Event::Answered { .. }
            | Event::Issued { result: None, .. } => Vec::new(),
        }
    }
}
