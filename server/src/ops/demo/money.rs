//! 演示的资金年度: what the year's money has come to by the day of the demonstration, done by the same handlers.

use super::{people, someone};
use crate::cases::execute;
use crate::cases::money::pages;
use crate::context::Shared;
use crate::identity::accounts;
use crate::kernel::failure::Failure;
use crate::store::audit_trail::AuditRecord;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use shared::api::money::ReadMoneyCase;
use shared::api::transition::Transition;
use shared::kernel::calendar::Date;
use shared::kernel::ids::{CaseId, OpId};

/// A script that `omfund play` reads too.
const SCRIPT: &str = include_str!("money.json");

#[derive(Deserialize)]
struct Script {
    steps: Vec<Step>,
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

/// Does everything up to and on `today`.
pub async fn play(context: &Shared, hash: &str, today: Date) -> Result<(), Failure> {
    let script: Script = serde_json::from_str(SCRIPT)?;
    let due = script.steps.into_iter().take_while(|step| step.at <= today);
    for (number, step) in due.enumerate() {
        context.stage_day(Some(step.at));
        let (case, opens_provider) = (CaseId::new(step.case), step.verb == "register");
        let mut command = step.with;
        command.insert("verb".to_string(), json!(step.verb));
        let request = Transition {
            request: case.clone(),
            operation: OpId::new(format!("demo-money-{number}")),
            seen: revision(context, &case).await?,
            command: Value::Object(command),
            kind: Some(step.kind),
        };
        let actor = someone(context, &step.by).await?;
        Box::pin(execute::apply(context.clone(), actor, request)).await?;
        if opens_provider {
            add_account(context, &case, hash).await?;
        }
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

/// The account a provider signs in with, once the provider is registered.
async fn add_account(context: &Shared, provider: &CaseId, hash: &str) -> Result<(), Failure> {
    let Some(account) = people::provider(provider, hash) else { return Ok(()) };
    let mut write = context.db.write(&format!("accounts {}", context.tenant())).await?;
    accounts::insert(context, write.connection(), &account, None).await?;
    let entry = AuditRecord {
        tenant: context.tenant(),
        at: context.clock().stamp(),
        account: "",
        name: "",
        role: "",
        act: "demo.provider".into(),
        subject: &account.id,
        detail: String::new(),
    };
    write.commit(entry).await
}
