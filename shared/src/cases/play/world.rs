//! 推演的世界: the cases of a script with their frozen contents, and the one way a command goes through them.

use super::kinds::{Content, PlayedKind, require_form};
use super::oversight::{OversightKind, WatchingCase, WatchingCases};
use super::script::Script;
use super::step::{Act, Step};
use super::written::misfit;
use crate::cases::approval::Notice;
use crate::cases::authority::{AuthorityRow, permit};
use crate::cases::consolidation::budget::{ConsolidatedBudget, Gathered, Gathering};
use crate::cases::execution::ask::Statements;
use crate::cases::execution::body::{fields_of, take_justifications};
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
use crate::policy::editions::Edition;
use crate::policy::editions::register::no_edition;
use serde::Serialize;
use serde_json::{Map, Value, json};
use sm3::{Digest, Sm3};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Everything there is in a script so far.
pub struct World {
    pub today: Date,
    /// The edition of the script with its parameters.
    edition: Arc<Edition>,
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
    /// The cases that watch the others.
    watching: WatchingCases,
}

impl World {
    pub fn new(script: &Script) -> World {
        World {
            today: script.today,
            edition: Arc::clone(&script.edition),
            departments: script.departments.clone(),
            cases: BTreeMap::new(),
            documents: BTreeMap::new(),
            budgets: BTreeMap::new(),
            outlooks: BTreeMap::new(),
            notices: BTreeMap::new(),
            reviews: BTreeMap::new(),
            money: ExecutionWorld::new(script.setting.clone()),
            watching: WatchingCases::default(),
        }
    }

    /// The edition that judges a fiscal year: the one of the script, which extensions may carry on.
    pub fn edition_for(&self, year: FiscalYear) -> Result<&Arc<Edition>, Refusal> {
        match self.money.setting.years.contains(&year.0) {
            true => Ok(&self.edition),
            false => Err(no_edition(year)),
        }
    }

    /// The stages of all cases by id.
    pub fn stages(&self) -> Map<String, Value> {
        let money = self.money.cases.iter().map(|(id, entry)| (id.to_string(), json!(entry.case.stage())));
        let watching = self.watching.stages().map(|(id, stage)| (id.to_string(), json!(stage)));
        let others = self.cases.iter().map(|(id, case)| (id.to_string(), json!(case.stage())));
        others.chain(money).chain(watching).collect()
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
            let watching = || self.watching.get(&id).map(WatchingCase::summary);
            let head = self.cases.get(&id).map(|case| json!(case.head())).or_else(money).or_else(watching);
            return Some(head.unwrap_or(Value::Null));
        }
        let performance = || self.money.performance_answer(question, self.today);
        self.money.answer(question, statements).or_else(performance)
    }

    /// Judges one step and carries out what follows; refused, it leaves nothing.
    pub fn carry(&mut self, by: &Party, step: &Step) -> Result<Executed, Refusal> {
        let (id, today) = (CaseId::new(step.case.as_str()), self.today);
        let plain = |stage| Executed { stage, reply: Map::new() };
        let (command, with) = match &step.act {
            Act::Open(_) if self.has_case(&id) => {
                return Err(Refusal::new("case.exists", "已有同名案卷，请另取编号。"));
            }
            Act::Open(facts) => return self.watching.open(id, &by.actor, facts, today).map(plain),
            Act::Do { command, with } => (command.as_str(), with),
        };
        if let Some(kind) = OversightKind::from_word(&step.kind) {
            return self.watching.carry((&id, kind), &by.actor, (command, with), today).map(plain);
        }
        let Some(kind) = money_kind(&step.kind, command) else {
            let kind = Kind::from_word(&step.kind).ok_or_else(|| unknown_command(&step.kind))?;
            return self.carry_case(&by.actor, kind, command, with, id).map(|stage| plain(stage.word()));
        };
        if kind.has_command(command) && self.has_case(&id) && !self.money.cases.contains_key(&id) {
            return Err(no_case());
        }
        kind.execute(&mut self.money, &Sent { by, case: &id, verb: command, with, today })
    }

    /// Whether some case has this name.
    fn has_case(&self, id: &CaseId) -> bool {
        let of_money = self.money.cases.contains_key(id);
        of_money || self.cases.contains_key(id) || self.watching.get(id).is_some()
    }

    /// The same for the kinds that move no money.
    fn carry_case(
        &mut self,
        actor: &Actor,
        kind: Kind,
        command: &str,
        with: &Value,
        id: CaseId,
    ) -> Result<Stage, Refusal> {
        if kind == Kind::Request && command == "review" {
            return self.review(actor, &id, with);
        }
        let verb = Verb::ALL.into_iter().find(|verb| verb.word() == command && verb.is_command());
        let verb = verb.filter(|verb| kind.authority().iter().any(|row| row.verb == *verb));
        let verb = verb.ok_or_else(|| unknown_command(command))?;
        let case = match self.cases.get(&id) {
            Some(case) if case.head().kind == kind && case.visible_to(actor) => case.clone(),
            None if super::kinds::opens(kind, verb) && !self.has_case(&id) => {
                super::kinds::open(self, kind, id, actor, with)?
            }
            Some(_) | None => return Err(no_case()),
        };
        with_case!(case, case => self.execute(actor, verb, *case, with))
    }

    fn execute<K: PlayedKind>(
        &mut self,
        actor: &Actor,
        verb: Verb,
        before: K,
        with: &Value,
    ) -> Result<Stage, Refusal>
    where
        AnyCase: From<K>,
    {
        let permit = permit(actor, &before, verb, self.today)?;
        let (command, content) = read_command::<K>(verb, with)?;
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
    fn review(&mut self, actor: &Actor, id: &CaseId, with: &Value) -> Result<Stage, Refusal> {
        use crate::cases::review::decide::{decide, evolve};
        use crate::cases::review::language::{Act, Stamp};
        let Some(AnyCase::Request(case)) = self.cases.get(id).filter(|case| case.visible_to(actor)) else {
            return Err(no_case());
        };
        let verbs = [Verb::Review, Verb::Answer];
        let of_role = |row: &&AuthorityRow| verbs.contains(&row.verb) && row.roles.contains(&actor.role);
        let own = RequestCase::AUTHORITY.iter().find(of_role).map_or(Verb::Review, |row| row.verb);
        permit(actor, case.as_ref(), own, self.today)?;
        let acts = fields_of(with)?.remove("acts").unwrap_or_default();
        let acts: Vec<Act> =
            serde_json::from_value(acts).map_err(|error| body("with.acts", &error.to_string()))?;
        let mut review = self.reviews.get(id).cloned().unwrap_or_default();
        let session = self.session(id)?;
        let edition = self.edition_for(case.fiscal_year)?;
        for act in &acts {
            let permit = permit(actor, case.as_ref(), act.verb(), self.today)?;
            let event = decide(&review, case, &permit, act, &session, edition)?;
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
        self.open_document(document)
    }

    /// Opens the content of a request under the edition of its year.
    pub fn open_document(&self, document: &Document) -> Result<Session, Refusal> {
        let edition = self.edition_for(document.fiscal_year)?;
        forms::case::open_under(document, edition).map_err(|error| body("with.document", &error.to_string()))
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
            edition: self.edition_for(year)?.document().to_string(),
            departments: self.departments.clone(),
            requests: gathered.collect::<Result<_, Refusal>>()?,
        };
        Ok((gathering.gather(counts), cases))
    }
}

/// The execution kind a command is for. An approved `request` stands for the issued batch; every other command of that word
/// is of the department's own request.
fn money_kind(kind: &str, command: &str) -> Option<ExecutionKindName> {
    let kind = ExecutionKindName::from_word(kind)?;
    (kind != ExecutionKindName::Request || kind.has_command(command)).then_some(kind)
}

/// A command as its kind reads it, and the content that goes with it. Any command may bring reasons for warnings; where its
/// kind has no warning at it, they serve for nothing.
pub fn read_command<K: PlayedKind>(verb: Verb, with: &Value) -> Result<(K::Command, Content), Refusal> {
    let mut fields = fields_of(with)?;
    let keys = if verb == K::OPENS { K::CONTENT } else { &[] };
    let content: Content = keys.iter().filter_map(|key| Some((*key, fields.remove(*key)?))).collect();
    take_justifications(&mut fields)?;
    if fields.insert("verb".to_string(), json!(verb)).is_some() {
        return Err(body("with.verb", "没有这一项，请核对字段名称"));
    }
    let command = serde_json::from_value(Value::Object(fields));
    let command = command.map_err(|error| body("with", &misfit(&error)))?;
    require_form::<K>(verb, &content)?;
    Ok((command, content))
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
