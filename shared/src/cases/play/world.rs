//! 推演的世界: the cases of a script with their frozen contents, and the one way a command goes through them.

use super::kinds::PlayedKind;
use super::script::{Script, Step};
use crate::cases::approval::Notice;
use crate::cases::authority::permit;
use crate::cases::consolidation::budget::{ConsolidatedBudget, Gathered, Gathering};
use crate::cases::execution::ask::Statements;
use crate::cases::execution::execute::{Executed, unknown_command};
use crate::cases::execution::registry::ExecutionKindName;
use crate::cases::execution::world::{ExecutionWorld, Party, Sent};
use crate::cases::kernel::{CaseKind, Effect, Stage, Verb};
use crate::cases::mid_term_plan::Outlook;
use crate::cases::request::RequestCase;
use crate::cases::review::sums::cuts;
use crate::cases::review::thread::Review;
use crate::cases::review::unchanged::{by_category_and_system, last_year};
use crate::cases::{AnyCase, Kind};
use crate::engine::document::Document;
use crate::engine::session::Session;
use crate::forms;
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::hash::hex;
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::money::Money;
use crate::kernel::people::Actor;
use crate::kernel::refusal::Refusal;
use crate::kernel::timestamp::Timestamp;
use crate::policy::art18_validity::edition_for;
use serde::Serialize;
use serde_json::{Map, Value, json};
use sm3::{Digest, Sm3};
use std::collections::BTreeMap;

/// Everything there is in a script so far.
pub struct World {
    pub today: Date,
    pub departments: Vec<(DepartmentId, String)>,
    pub cases: BTreeMap<CaseId, AnyCase>,
    /// Latest frozen content by case.
    pub documents: BTreeMap<CaseId, Document>,
    pub budgets: BTreeMap<CaseId, ConsolidatedBudget>,
    pub outlooks: BTreeMap<CaseId, Outlook>,
    pub notices: BTreeMap<CaseId, Notice>,
    pub reviews: BTreeMap<CaseId, Review>,
    /// The cases that move or judge money, and the ledger under them.
    pub money: ExecutionWorld,
}

impl World {
    pub fn new(script: &Script) -> World {
        World {
            today: script.today,
            departments: script.departments.clone(),
            cases: BTreeMap::new(),
            documents: BTreeMap::new(),
            budgets: BTreeMap::new(),
            outlooks: BTreeMap::new(),
            notices: BTreeMap::new(),
            reviews: BTreeMap::new(),
            money: ExecutionWorld::new(script.setting.clone()),
        }
    }

    /// The stages of all cases by id.
    pub fn stages(&self) -> Map<String, Value> {
        let money = self.money.cases.iter().map(|(id, entry)| (id.to_string(), json!(entry.case.stage())));
        self.cases.iter().map(|(id, case)| (id.to_string(), json!(case.stage()))).chain(money).collect()
    }

    /// Posted balances of all accounts, and open reservations without zeros; both in 分.
    pub fn balances(&self) -> (Map<String, Value>, Map<String, Value>) {
        let all = || self.money.ledger.balances().iter();
        let posted = all().map(|(account, of)| (account.to_string(), json!(of.posted(account).fen())));
        let reserved = all().filter(|(_, of)| of.reserved != Money::ZERO);
        let reserved = reserved.map(|(account, of)| (account.to_string(), json!(of.reserved.fen())));
        (posted.collect(), reserved.collect())
    }

    /// `case(ID)`: what every case has; `null` when it is not there; else what the money is asked. `None` for an unknown
    /// question.
    pub fn answer(&self, question: &str, statements: &Statements) -> Option<Value> {
        if let Some(id) = question.strip_prefix("case(").and_then(|rest| rest.strip_suffix(')')) {
            let id = CaseId::new(id.trim());
            let money = || self.money.cases.get(&id).map(|entry| entry.case.summary(&id, &self.money));
            let head = self.cases.get(&id).map(|case| json!(case.head())).or_else(money);
            return Some(head.unwrap_or(Value::Null));
        }
        let performance = || self.money.performance_answer(question, self.today);
        self.money.answer(question, statements).or_else(performance)
    }

    /// Judges one step and carries out what follows; refused, it leaves nothing.
    pub fn carry(&mut self, by: &Party, step: &Step) -> Result<Executed, Refusal> {
        let id = CaseId::new(step.case.as_str());
        if let Some(kind) = money_kind(step) {
            if self.cases.contains_key(&id) {
                return Err(no_case());
            }
            let today = self.today;
            return kind.execute(
                &mut self.money,
                &Sent { by, case: &id, verb: &step.command, with: &step.with, today },
            );
        }
        let stage = self.carry_case(&by.actor, step, id)?.word();
        Ok(Executed { stage, reply: Map::new() })
    }

    /// The same for the kinds that move no money.
    fn carry_case(&mut self, actor: &Actor, step: &Step, id: CaseId) -> Result<Stage, Refusal> {
        let kind = Kind::from_word(&step.kind).ok_or_else(|| unknown_command(&step.kind))?;
        let verb = Verb::ALL.into_iter().find(|verb| verb.word() == step.command && verb.is_command());
        let verb = verb.filter(|verb| kind.authority().iter().any(|row| row.verb == *verb));
        let is_review = kind == Kind::Request && step.command == "review";
        if verb.is_none() && !is_review {
            return Err(unknown_command(&step.command));
        }
        if self.money.cases.contains_key(&id) {
            return Err(no_case());
        }
        let with = match &step.with {
            Value::Object(with) => with.clone(),
            Value::Null => Map::new(),
            _ => return Err(body("with", "应为各项内容")),
        };
        let Some(verb) = verb else { return self.review(actor, &id, &with) };
        let case = match self.cases.get(&id) {
            Some(case) if case.head().kind == kind && case.visible_to(actor) => case.clone(),
            Some(_) => return Err(no_case()),
            None => self.open(kind, id, actor, verb, &with)?,
        };
        with_case!(case, case => self.execute(actor, verb, *case, &with))
    }

    /// A new case, if the command opens one of its kind.
    fn open(
        &self,
        kind: Kind,
        id: CaseId,
        actor: &Actor,
        verb: Verb,
        with: &Map<String, Value>,
    ) -> Result<AnyCase, Refusal> {
        if !super::kinds::opens(kind, verb) {
            return Err(no_case());
        }
        let year = with.get("year").or_else(|| with.get("document").and_then(|d| d.get("fiscal_year")));
        let year = year.and_then(Value::as_i64).and_then(|year| i32::try_from(year).ok()).map(FiscalYear);
        let year = year.filter(|year| year.well_formed()).ok_or_else(|| body("year", "应为年份"))?;
        super::kinds::open(self, kind, id, actor, year)
    }

    fn execute<K: PlayedKind>(
        &mut self,
        actor: &Actor,
        verb: Verb,
        before: K,
        with: &Map<String, Value>,
    ) -> Result<Stage, Refusal>
    where
        AnyCase: From<K>,
    {
        let permit = permit(actor, &before, verb, self.today)?;
        let mut fields = with.clone();
        let content = K::CONTENT.iter().filter_map(|key| Some((*key, fields.remove(*key)?))).collect();
        fields.insert("verb".to_string(), json!(verb));
        let command: K::Command = serde_json::from_value(Value::Object(fields))
            .map_err(|error| body("with", &error.to_string()))?;
        let facts = before.facts(self, actor, &command, &content)?;
        let events = before.decide(&permit, &command, &facts, self.today)?;
        let after = events.iter().fold(before, |case, event| case.evolve(event));
        for effect in events.iter().flat_map(|event| after.effects(event, &facts)) {
            match effect {
                Effect::Freeze { .. } => after.freeze(self, &facts, &content)?,
                Effect::AdvanceRequest { case, events } => {
                    let moved = events.iter().fold(*case, RequestCase::evolve);
                    self.cases.insert(moved.id.clone(), moved.into());
                }
                // The sums are always worked out from the review as it stands, and nobody listens here. A script gives the
                // approval of money as a step of its own.
                Effect::RestateSums
                | Effect::OpenMoney { .. }
                | Effect::RecordChange(_)
                | Effect::Notify(_) => {}
            }
        }
        let stage = after.stage();
        self.cases.insert(after.id().clone(), after.into());
        Ok(stage)
    }

    /// What an office or a department says in a review, all of it or nothing.
    fn review(&mut self, actor: &Actor, id: &CaseId, with: &Map<String, Value>) -> Result<Stage, Refusal> {
        use crate::cases::review::decide::{decide, evolve};
        use crate::cases::review::language::{Act, Stamp};
        let Some(AnyCase::Request(case)) = self.cases.get(id).filter(|case| case.visible_to(actor)) else {
            return Err(no_case());
        };
        let acts = with.get("acts").cloned().unwrap_or_default();
        let acts: Vec<Act> =
            serde_json::from_value(acts).map_err(|error| body("with.acts", &error.to_string()))?;
        let mut review = self.reviews.get(id).cloned().unwrap_or_default();
        let session = self.session(id)?;
        for act in &acts {
            let permit = permit(actor, case.as_ref(), act.verb(), self.today)?;
            let event = decide(&review, case, &permit, act, &session, edition_for(case.fiscal_year)?)?;
            let stamp = Stamp {
                at: Timestamp::new(self.today, 0).to_string(),
                by: actor.signature(),
                office: actor.role.office(),
                version: case.version,
            };
            evolve(&mut review, &stamp, &event);
        }
        let stage = case.stage;
        self.reviews.insert(id.clone(), review);
        Ok(stage)
    }

    /// The frozen content of a request, opened.
    pub fn session(&self, id: &CaseId) -> Result<Session, Refusal> {
        let document = self.documents.get(id).ok_or_else(no_case)?;
        open_document(document)
    }

    pub fn review_of(&self, id: &CaseId) -> Review {
        self.reviews.get(id).cloned().unwrap_or_default()
    }

    /// The year's requests as they are now, by department.
    pub fn gather(
        &self,
        year: FiscalYear,
        number: u32,
        counts: fn(Stage) -> bool,
    ) -> Result<(ConsolidatedBudget, Vec<RequestCase>), Refusal> {
        let of_year = self.cases.values().filter_map(|case| match case {
            AnyCase::Request(case) if case.fiscal_year == year => Some(case.as_ref()),
            _ => None,
        });
        let cases: Vec<RequestCase> = of_year.cloned().collect();
        let gathered = cases.iter().map(|case| {
            let session = self.session(&case.id)?;
            let sums = by_category_and_system(&session, &cuts(&self.review_of(&case.id)));
            Ok(Gathered { case: case.clone(), sums, last_year: last_year(&session) })
        });
        let gathering = Gathering {
            fiscal_year: year,
            number,
            edition: edition_for(year)?.document().to_string(),
            departments: self.departments.clone(),
            requests: gathered.collect::<Result<_, Refusal>>()?,
        };
        Ok((gathering.gather(counts), cases))
    }
}

/// The execution kind a step is for. An approved `request` stands for the issued batch; every other command of that word is
/// of the department's own request.
fn money_kind(step: &Step) -> Option<ExecutionKindName> {
    let kind = ExecutionKindName::from_word(&step.kind)?;
    (kind != ExecutionKindName::Request || kind.has_command(&step.command)).then_some(kind)
}

/// Opens content under the edition of its year.
pub fn open_document(document: &Document) -> Result<Session, Refusal> {
    forms::case::open(document).map_err(|error| body("with.document", &error.to_string()))
}

/// The answer for a case that is not there or does not exist for this person.
pub fn no_case() -> Refusal {
    Refusal::new("case.unknown", "没有这份案卷，或它不属于您的部门。")
}

/// A body that does not fit.
pub fn body(place: &str, problem: &str) -> Refusal {
    Refusal::new("command.body", format!("`{place}`：{problem}。"))
}

/// SM3 of content in its canonical form.
pub fn hash(content: &impl Serialize) -> Result<String, Refusal> {
    let text = serde_json::to_string(content).map_err(|error| body("content", &error.to_string()))?;
    Ok(hex(&Sm3::digest(text.as_bytes())))
}
