//! 办理: judges a command in the order of money.md § 2 and carries it out whole or not at all.

use super::announcement::Announcement;
use super::body::{Body, fields_of, read, require_types, take_justifications};
use super::effect::Effect;
use super::facts::{Facts, command_row};
use super::judge::{Judge, refuse_if};
use super::kind::{CommandRow, ExecutionKind};
use super::registry::AnyExecutionCase;
use super::world::{CaseEntry, ExecutionWorld, Sent};
use crate::cases::{application, contract, correction, procurement, sanction};
use crate::kernel::hash::digest;
use crate::kernel::ids::CaseId;
use crate::kernel::money::Money;
use crate::kernel::people::Role;
use crate::kernel::refusal::Refusal;
use crate::ledger::reconcile::CashMovement;
use crate::ledger::transfer::{Instruction, Origin};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The refusal of a command no kind has.
pub fn unknown_command(what: &str) -> Refusal {
    Refusal::new("command.unknown", format!("没有“{what}”这项办理。"))
}

/// The answer for a case that is not there or does not exist for this person.
pub fn unknown_case() -> Refusal {
    Refusal::new("case.unknown", "没有这份案卷，或它不属于您的单位。")
}

/// What an accepted command is answered.
#[derive(Clone, Debug)]
pub struct Executed {
    /// Word of the stage the case is in now.
    pub stage: &'static str,
    /// What the answer says besides.
    pub reply: Map<String, Value>,
}

/// Judges and carries out.
pub fn execute<K>(world: &mut ExecutionWorld, sent: &Sent) -> Result<Executed, Refusal>
where
    K: ExecutionKind,
    AnyExecutionCase: From<K>,
    for<'a> &'a K: TryFrom<&'a AnyExecutionCase>,
{
    let row = command_row::<K>(sent.verb).ok_or_else(|| unknown_command(sent.verb))?;
    let article = row.article.unwrap_or(K::ARTICLE);
    let case = permit::<K>(world, sent, row, article)?;
    let mut with = fields_of(sent.with)?;
    let reasons = if K::JUDGE.is_some() { reasons_of_form(&with)? } else { take_justifications(&mut with)? };
    require_types(row.fields, &with)?;
    let mut body = read(row.fields, &with, article, world.parameters())?;
    require_open_year::<K>(world, row, &body, &case)?;
    let version = digest(&[sent.case.as_str(), sent.verb, &Value::Object(body.clone()).to_string()]);
    let voucher = body.get("voucher").and_then(Value::as_str).map(str::to_string);
    body.insert("do".to_string(), Value::from(row.verb));
    let command: K::Command = serde_json::from_value(Value::Object(body))
        .map_err(|error| Refusal::new("command.body", format!("`with`：{error}。")))?;
    let mut judge = Judge::new(&reasons, world.parameters().justify_length);
    let facts = Facts { world, case: sent.case, by: sent.by, today: sent.today };
    let events = case.decide(&command, &facts, &mut judge)?;
    let taken = voucher.as_ref().is_some_and(|voucher| world.vouchers.contains(voucher));
    refuse_if(taken, 6, "LED-03", "该凭证号已登记，请核对凭证")?;
    let mut effects = Vec::new();
    let mut after = case;
    let recorded = events.iter().map(recorded).collect::<Result<_, _>>()?;
    let mut papers = Vec::new();
    for event in &events {
        effects.extend(after.effects(event, &facts));
        after = after.evolve(event);
        papers.extend(after.papers(event, &facts));
    }
    let reply = reply_of(&effects);
    let announcements: Vec<_> =
        effects.iter().filter_map(|effect| Announcement::of(effect, &facts)).collect();
    let origin = Origin { day: sent.today, case: sent.case.clone(), command: sent.verb.to_string(), version };
    world.carry_out(effects, &origin)?;
    world.changes.events.insert(0, (sent.case.clone(), recorded));
    world.changes.papers.extend(papers);
    world.changes.vouchers.extend(voucher.clone());
    world.changes.announcements.extend(announcements);
    world.vouchers.extend(voucher);
    let stage = super::kind::CaseStage::word(after.stage());
    world.sign(sent, row.verb, row.opens, after.into(), judge);
    Ok(Executed { stage, reply })
}

/// The reasons a command of a kind with a form brings: none, for they stand in the form, where the warnings are.
fn reasons_of_form(with: &Body) -> Result<BTreeMap<String, String>, Refusal> {
    match with.get("justify").is_none_or(Value::is_null) {
        true => Ok(BTreeMap::new()),
        false => Err(Refusal::new(
            "command.body",
            "`justify`：本类案卷的提示随表单说明理由，请以“填写”写入 document.justifications，键为“规则|表|行|栏|事由”。",
        )),
    }
}

/// What the effects of a command say in its answer.
fn reply_of(effects: &[Effect]) -> Map<String, Value> {
    let texts: Vec<Value> = effects.iter().filter_map(Effect::text).map(Value::from).collect();
    let mut reply = Map::new();
    if !texts.is_empty() {
        reply.insert("effects".to_string(), Value::Array(texts));
    }
    reply.extend(effects.iter().filter_map(|effect| match effect {
        Effect::Reply(key, value) => Some(((*key).to_string(), value.clone())),
        _ => None,
    }));
    reply
}

/// The event of a case nobody opened by hand, as its history stores it.
#[derive(serde::Serialize)]
struct OpenedCase<'a> {
    event: &'static str,
    case: &'a AnyExecutionCase,
}

/// An event as the history of its case stores it.
fn recorded(event: &impl serde::Serialize) -> Result<Value, Refusal> {
    serde_json::to_value(event).map_err(|error| Refusal::new("command.body", format!("`with`：{error}。")))
}

/// Rules (2) to (5): the case is there for this person, the role has the command in its stage, and another person signed
/// what this one must differ from.
fn permit<K>(
    world: &ExecutionWorld,
    sent: &Sent,
    row: &CommandRow<K::Stage>,
    article: u8,
) -> Result<K, Refusal>
where
    K: ExecutionKind,
    for<'a> &'a K: TryFrom<&'a AnyExecutionCase>,
{
    let entry = world.cases.get(sent.case);
    let case = match entry {
        Some(entry) => {
            let case = <&K>::try_from(&entry.case).map_err(|_| unknown_case())?;
            if !case.is_visible(sent.case, sent.by, world) {
                return Err(unknown_case());
            }
            Some(case)
        }
        None if row.opens => None,
        None => return Err(unknown_case()),
    };
    let role = sent.by.actor.role;
    let given = |_: &&(Role, _)| case.is_none_or(|case| case.is_given_to(row.verb, sent.by));
    let Some((_, stages)) = row.who.iter().find(|(who, _)| *who == role).filter(given) else {
        let who: Vec<&str> = row.who.iter().map(|(who, _)| who.label()).collect();
        let says = format!("“{}”不由{}办理，请由{}办理。", row.label, role.label(), who.join("、"));
        return Err(Refusal::new("authority.role", says));
    };
    if let Some(case) = case.filter(|case| !stages.contains(&case.stage())) {
        use super::kind::CaseStage;
        let says = format!("案卷现为“{}”，此时不能“{}”", case.stage().label(), row.label);
        return Err(Refusal::under(article, "authority.stage", says));
    }
    let signer = |verb: &&str| entry.and_then(|entry| entry.signer(verb));
    if row.differs_from.iter().filter_map(signer).any(|person| person.involves(&sent.by.actor.person)) {
        let says = format!("您已办理本件的前一环节，“{}”须由另一人办理。", row.label);
        return Err(Refusal::new("authority.same_person", says));
    }
    Ok(case.cloned().unwrap_or_default())
}

/// LED-04: the year of the body, else of its contract or package, else of the case is not closed.
fn require_open_year<K: ExecutionKind>(
    world: &ExecutionWorld,
    row: &CommandRow<K::Stage>,
    body: &Body,
    case: &K,
) -> Result<(), Refusal> {
    if K::ACTS_IN_CLOSED_YEAR || row.after_closing {
        return Ok(());
    }
    let named = |key: &str| body.get(key).and_then(Value::as_str).map(CaseId::new);
    let year = body.get("year").and_then(Value::as_i64).and_then(|year| i32::try_from(year).ok());
    let year = year
        .or_else(|| Some(world.contract(&named("contract")?)?.year))
        .or_else(|| Some(world.package(&named("package")?)?.plan.year))
        .or_else(|| case.subject().year);
    let closed = year.is_some_and(|year| world.closed.contains_key(&year));
    refuse_if(closed, 7, "LED-04", "该年度已关账，不再办理；如需收回资金请走处理处分")
}

/// What another case stores of an effect on it; `None` where none is moved or opened.
fn stored_event(effect: &Effect) -> Option<Result<(CaseId, Vec<Value>), Refusal>> {
    let (id, event) = match effect {
        Effect::MoveProcurement(id, event) => (id, recorded(event)),
        Effect::MoveContract(id, event) => (id, recorded(event)),
        Effect::MoveSanction(id, event) => (id, recorded(event)),
        Effect::MoveCorrection(id, event) => (id, recorded(event)),
        Effect::MoveApplication(id, event) => (id, recorded(event)),
        Effect::OpenCase(id, case) => (id, recorded(&OpenedCase { event: "opened", case: case.as_ref() })),
        Effect::Ledger(_)
        | Effect::OpenLine(..)
        | Effect::OpenRow(..)
        | Effect::Movement { .. }
        | Effect::CloseYear(_)
        | Effect::GradeResult { .. }
        | Effect::ProposeSuspension(_)
        | Effect::LiftSuspension(_)
        | Effect::Disclose(_)
        | Effect::CutBudget { .. }
        | Effect::Reply(..) => return None,
    };
    Some(event.map(|event| (id.clone(), vec![event])))
}

impl ExecutionWorld {
    /// Carries out all effects or, when the ledger refuses, none.
    fn carry_out(&mut self, effects: Vec<Effect>, origin: &Origin) -> Result<(), Refusal> {
        let instructions: Vec<Instruction> = effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Ledger(instruction) => Some(instruction.clone()),
                _ => None,
            })
            .collect();
        let moved: Vec<(CaseId, Vec<Value>)> =
            effects.iter().filter_map(stored_event).collect::<Result<_, _>>()?;
        self.ledger
            .write(&instructions, origin)
            .map_err(|fault| Refusal::under(6, "LED-01", format!("{fault}，未予入账，请核对余额")))?;
        self.changes.events.extend(moved);
        for effect in effects {
            match effect {
                Effect::Ledger(_) => {}
                Effect::OpenLine(id, line) => {
                    self.changes.lines.push(id.clone());
                    self.lines.insert(id, line);
                }
                Effect::OpenRow(row, line) => {
                    self.changes.rows.push(row.clone());
                    self.rows_by_line.entry(line.clone()).or_default().insert(row.clone());
                    self.rows.insert(row, line);
                }
                Effect::Movement { amount: Money::ZERO, .. } => {}
                Effect::Movement { voucher, direction, amount, account } => {
                    self.movements.push(CashMovement {
                        day: origin.day,
                        direction,
                        amount,
                        voucher,
                        account,
                    });
                }
                Effect::MoveProcurement(id, event) => {
                    self.advance_case::<procurement::Procurement>(&id, &event)
                }
                Effect::MoveContract(id, event) => self.advance_case::<contract::Contract>(&id, &event),
                Effect::MoveSanction(id, event) => self.advance_case::<sanction::Sanction>(&id, &event),
                Effect::MoveCorrection(id, event) => self.advance_case::<correction::Correction>(&id, &event),
                Effect::MoveApplication(id, event) => {
                    self.advance_case::<application::Application>(&id, &event)
                }
                Effect::OpenCase(id, case) => {
                    self.cases.insert(id, CaseEntry { case: *case, signed: Vec::new(), passed: Vec::new() });
                }
                // Tasks and notices for others, and the answer itself: nothing changes here.
                Effect::GradeResult { .. }
                | Effect::ProposeSuspension(_)
                | Effect::LiftSuspension(_)
                | Effect::Disclose(_)
                | Effect::CutBudget { .. }
                | Effect::Reply(..) => {}
                Effect::CloseYear(year) => {
                    let last = self.ledger.last_number();
                    self.closed.insert(year, last);
                    self.changes.closed.push(year);
                }
            }
        }
        Ok(())
    }

    /// Moves another case along.
    /// Lets an event happen to a case without a command: its history has it like any other.
    ///
    /// # Errors
    /// The event does not become JSON, which only a defect of the program can cause.
    pub fn advance<K>(&mut self, id: &CaseId, event: &K::Event) -> Result<(), Refusal>
    where
        K: ExecutionKind,
        AnyExecutionCase: From<K>,
        for<'a> &'a K: TryFrom<&'a AnyExecutionCase>,
    {
        self.changes.events.push((id.clone(), vec![recorded(event)?]));
        self.advance_case::<K>(id, event);
        Ok(())
    }

    fn advance_case<K>(&mut self, id: &CaseId, event: &K::Event)
    where
        K: ExecutionKind,
        AnyExecutionCase: From<K>,
        for<'a> &'a K: TryFrom<&'a AnyExecutionCase>,
    {
        let Some(moved) = self.find::<K>(id).map(|case| case.clone().evolve(event)) else { return };
        if let Some(entry) = self.cases.get_mut(id) {
            entry.case = moved.into();
        }
    }

    /// Keeps the case with the signature and the warnings that passed. An opening command starts the signatures anew.
    fn sign(&mut self, sent: &Sent, verb: &'static str, opens: bool, case: AnyExecutionCase, judge: Judge) {
        let before = self.cases.remove(sent.case);
        let (mut signed, mut passed) = before.map(|entry| (entry.signed, entry.passed)).unwrap_or_default();
        if opens {
            signed.clear();
        }
        signed.push((verb, sent.by.actor.person.clone()));
        for warning in judge.passed {
            passed.retain(|before| before.code != warning.code);
            passed.push(warning);
        }
        self.cases.insert(sent.case.clone(), CaseEntry { case, signed, passed });
    }
}
