//! 演示的资金与绩效年度: what the year's money and performance have come to by the day of the demonstration, done by the same
//! handlers.

use super::{people, someone};
use crate::cases::execute;
use crate::cases::money::{facts, institutions, pages};
use crate::context::Shared;
use crate::identity::accounts::{self, Account};
use crate::kernel::failure::Failure;
use crate::store::audit_trail::AuditRecord;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use shared::api::money::ReadMoneyCase;
use shared::api::performance::{RecordMoneyFact, RegisterInstitution};
use shared::api::transition::Transition;
use shared::cases::allocation::issued::money_of;
use shared::cases::performance::world::MoneyFactKind;
use shared::kernel::calendar::Date;
use shared::kernel::ids::{AccountId, CaseId, OpId};
use shared::kernel::money::Money;
use std::collections::{BTreeMap, BTreeSet};

/// Scripts that, taken together, `omfund play` reads too.
const SCRIPTS: [&str; 2] = [include_str!("money.json"), include_str!("performance.json")];

#[derive(Deserialize)]
struct Script {
    steps: Vec<Step>,
    /// Third parties, which are registered before one is engaged.
    #[serde(default)]
    institutions: BTreeMap<String, Institution>,
    #[serde(default)]
    people: BTreeMap<String, Person>,
    /// Payments made before there was this ledger, recorded once their request is approved.
    #[serde(default)]
    ledger: Vec<Fact>,
}

#[derive(Deserialize)]
struct Step {
    at: Date,
    by: String,
    case: String,
    kind: String,
    #[serde(rename = "do")]
    verb: String,
    #[serde(default)]
    with: Map<String, Value>,
}

#[derive(Deserialize)]
struct Institution {
    served: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Person {
    #[serde(default)]
    name: String,
    #[serde(default)]
    institution: Option<String>,
}

#[derive(Deserialize)]
struct Fact {
    on: Date,
    request: CaseId,
    kind: MoneyFactKind,
    amount: Decimal,
}

/// Does everything up to and on `today`.
pub async fn play(context: &Shared, hash: &str, today: Date) -> Result<(), Failure> {
    let scripts: Vec<Script> =
        SCRIPTS.into_iter().map(serde_json::from_str).collect::<serde_json::Result<_>>()?;
    let mut steps: Vec<&Step> = scripts.iter().flat_map(|script| &script.steps).collect();
    // Steps of a day stay in the order of their script.
    steps.sort_by_key(|step| step.at);
    let due = steps.into_iter().take_while(|step| step.at <= today);
    for (number, step) in due.enumerate() {
        context.stage_day(Some(step.at));
        if (step.kind.as_str(), step.verb.as_str()) == ("key_evaluation", "open") {
            for script in &scripts {
                register(context, script, hash).await?;
            }
        }
        let case = CaseId::new(step.case.as_str());
        give(context, step, &case, number).await?;
        if step.verb == "register" {
            let known = people::provider(&case, hash);
            add_account(context, known.as_ref(), "demo.provider").await?;
        }
        if step.verb == "approve" {
            let facts = scripts.iter().flat_map(|script| &script.ledger);
            record(context, facts.filter(|fact| fact.request == case)).await?;
        }
    }
    Ok(())
}

async fn give(context: &Shared, step: &Step, case: &CaseId, number: usize) -> Result<(), Failure> {
    let mut command = step.with.clone();
    if (step.kind.as_str(), step.verb.as_str()) == ("request", "approve") {
        command.extend(supplemented(context, &step.with).await?);
    }
    command.insert("verb".to_string(), json!(step.verb));
    let request = Transition {
        request: case.clone(),
        operation: OpId::new(format!("demo-money-{number}")),
        seen: revision(context, case).await?,
        command: Value::Object(command),
        kind: Some(step.kind.clone()),
    };
    let actor = someone(context, &step.by).await?;
    Box::pin(execute::apply(context.clone(), actor, request)).await?;
    Ok(())
}

/// 追加: what the batch of the autumn opened for the department's year already.
async fn supplemented(
    context: &Shared,
    form: &Map<String, Value>,
) -> Result<Option<(String, Value)>, Failure> {
    let (department, year) = (form.get("department").and_then(Value::as_str), form.get("year"));
    let Some((department, year)) = department.zip(year) else { return Ok(None) };
    let money = money_of(&CaseId::new(format!("{department}-{year}")));
    let is_open = revision(context, &money).await? > 0;
    Ok(is_open.then(|| ("supplements".to_string(), json!(money))))
}

/// The third parties of a script with the accounts of their evaluators.
async fn register(context: &Shared, script: &Script, hash: &str) -> Result<(), Failure> {
    let reviewer = someone(context, "finance.reviewer").await?;
    for (name, institution) in &script.institutions {
        let own = script.people.iter().filter(|(_, person)| person.institution.as_ref() == Some(name));
        let mut evaluators = BTreeSet::new();
        for (account, person) in own {
            let known = people::evaluator(account, &person.name, hash);
            add_account(context, Some(&known), "demo.evaluator").await?;
            evaluators.insert(AccountId::new(account.as_str()));
        }
        let request =
            RegisterInstitution { name: name.clone(), served: institution.served.clone(), evaluators };
        Box::pin(institutions::register(context.clone(), reviewer.clone(), request)).await?;
    }
    Ok(())
}

/// Records what was paid before.
async fn record(context: &Shared, made: impl Iterator<Item = &Fact>) -> Result<(), Failure> {
    let treasurer = someone(context, "bureau.treasurer").await?;
    for (number, fact) in made.enumerate() {
        let amount = Money::from_yuan(fact.amount).ok_or_else(|| anyhow::anyhow!("an amount"))?;
        let request = RecordMoneyFact {
            operation: OpId::new(format!("demo-fact-{}-{number}", fact.request)),
            request: fact.request.clone(),
            kind: fact.kind,
            on: fact.on,
            amount,
        };
        Box::pin(facts::record(context.clone(), treasurer.clone(), request)).await?;
    }
    Ok(())
}

/// The revision the author of the next command sees.
async fn revision(context: &Shared, case: &CaseId) -> Result<u64, Failure> {
    let auditor = someone(context, "auditor").await?;
    let request = ReadMoneyCase { case: case.clone() };
    match Box::pin(pages::read(context.clone(), auditor, request)).await {
        Ok(view) => Ok(view.line.revision),
        Err(Failure::Problem(problem)) if problem.status == 404 => Ok(0),
        Err(failure) => Err(failure),
    }
}

/// An account of somebody outside the offices, once there is what it works for.
async fn add_account(context: &Shared, account: Option<&Account>, act: &str) -> Result<(), Failure> {
    let Some(account) = account else { return Ok(()) };
    let mut write = context.db.write(&format!("accounts {}", context.tenant())).await?;
    accounts::insert(context, write.connection(), account, None).await?;
    let entry = AuditRecord {
        tenant: context.tenant(),
        at: context.clock().stamp(),
        account: "",
        name: "",
        role: "",
        act: act.to_string(),
        subject: &account.id,
        detail: String::new(),
    };
    write.commit(entry).await
}
