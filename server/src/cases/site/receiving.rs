//! 接收: operations of tablets, taken one after the other in one transaction that holds the lock of the execution cases. The log
//! decides; the case follows it: typed cells become its content, a manifest its `finalize`.

use super::rows;
use crate::cases::money::command_world::Reading;
use crate::cases::money::execute::{Execution, GivenCommand};
use crate::cases::money::record::record;
use crate::context::Context;
use crate::kernel::failure::Failure;
use crate::store::Write;
use crate::store::append::Operation;
use crate::store::audit_trail::AuditRecord;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::Value;
use shared::cases::execution::facts::Facts;
use shared::cases::execution::registry::ExecutionKindName;
use shared::cases::execution::world::Party;
use shared::cases::site_visit::{Event, Manifest, SiteVisit};
use shared::kernel::ids::{AccountId, CaseId};
use shared::kernel::people::Actor;
use shared::policy::art13_parking::ParkReason;
use shared::sync::site::case::{CaseJudgement, content_of};
use shared::sync::site::operation::{SiteAct, SiteOperation};
use shared::sync::site::receipt::{DeviceKey, SiteResult};
use shared::sync::site::server::push::ReceivedOperation;
use shared::sync::site::server::{Reception, SiteJudgement, VisitEntry, VisitState};
use sqlx::AnyConnection;
use std::collections::BTreeMap;

/// A command on one visit in the name of the author of an operation.
const KIND: ExecutionKindName = ExecutionKindName::SiteVisit;

/// An operation with the texts under which the case's history has what follows from it.
pub struct SentOperation<'a> {
    pub op: &'a SiteOperation,
    pub body: String,
    /// Operation of the content in the history of the case.
    content: String,
}

impl<'a> SentOperation<'a> {
    pub fn of(op: &'a SiteOperation) -> SentOperation<'a> {
        let content = format!("{}/content", op.op_id);
        SentOperation { op, body: op.body_hash().to_string(), content }
    }
}

/// A visit that takes operations, inside a write that holds the lock of the execution cases.
pub struct ReceivingVisit<'a> {
    context: &'a Context,
    visit: &'a CaseId,
    /// Authors of the operations who can act.
    senders: &'a BTreeMap<AccountId, Actor>,
    execution: Execution<'a>,
    pub state: VisitState,
    entries: Vec<VisitEntry>,
    alarms: Vec<&'a SiteOperation>,
    /// The last operation that changed the document since the case followed.
    typed: Option<&'a SentOperation<'a>>,
}

impl<'a> ReceivingVisit<'a> {
    /// Reads the visit with its log; 404 for who may not hand in at it.
    pub fn begin<'b>(
        context: &'a Context,
        connection: &'b mut AnyConnection,
        (actor, visit): (&'a Actor, &'a CaseId),
        senders: &'a BTreeMap<AccountId, Actor>,
        first: &'a SentOperation<'a>,
    ) -> BoxFuture<'b, Result<ReceivingVisit<'a>, Failure>>
    where
        'a: 'b,
    {
        async move {
            let given = given(actor, visit, "fill", (Value::Null, 0), operation(first, &first.content));
            let mut execution = Execution::begin(context, &mut *connection, &[&given], true).await?;
            let reading = Reading::of(visit);
            execution.world.judge(context, &mut *connection, reading).await?;
            let party = Party { actor: actor.clone() };
            let world = &execution.world.world;
            let entry = world.visible(&party, visit).ok_or_else(|| Failure::unknown("次现场评价"))?;
            let case = <&SiteVisit>::try_from(&entry.case).map_err(|_| Failure::unknown("次现场评价"))?;
            let log = rows::log(connection, context.tenant(), visit).await?;
            let (state, typed) = VisitState::of_log(visit, case, &log, &first.op.account);
            let entries = typed.into_iter().collect();
            let alarms = Vec::new();
            Ok(ReceivingVisit { context, visit, senders, execution, state, entries, alarms, typed: None })
        }
        .boxed()
    }

    /// The case as it is by now.
    pub fn case(&self) -> Result<&SiteVisit, Failure> {
        let entry = self.execution.world.world.cases.get(self.visit);
        let case = entry.and_then(|entry| <&SiteVisit>::try_from(&entry.case).ok());
        case.ok_or_else(|| anyhow::anyhow!("the case of a visit went away").into())
    }

    /// Takes one operation; `None` at a gap.
    pub async fn take(
        &mut self,
        connection: &mut AnyConnection,
        sent: &'a SentOperation<'a>,
        key: &DeviceKey,
    ) -> Result<Option<ReceivedOperation>, Failure> {
        let mut admitted = self.admitted(sent.op)?;
        if let SiteAct::Finalize { manifest } = &sent.op.act {
            let manifest = self.case()?.manifest_of(manifest);
            if self.goes_to_case(sent.op, admitted) {
                self.follow()?;
                if let Some(refused) = self.finalize(connection, sent, &manifest).await? {
                    admitted = Err(refused);
                }
            }
        }
        let judgement = move |_: &VisitState, _: &SiteOperation| admitted;
        let Some(taken) = self.state.take(sent.op, key, &judgement) else { return Ok(None) };
        if let Some(entry) = &taken.entry {
            if entry.result.is_in_document() {
                self.typed = Some(sent);
            }
            self.entries.push(entry.clone());
        }
        if taken.is_alarm {
            self.alarms.push(sent.op);
        }
        Ok(Some(taken))
    }

    /// What the case decides about an operation on this day.
    fn admitted(&self, op: &SiteOperation) -> Result<Result<(), ParkReason>, Failure> {
        let Some(actor) = self.senders.get(&op.account) else { return Ok(Err(ParkReason::Reassigned)) };
        let by = Party { actor: actor.clone() };
        let today = self.context.clock().today();
        let world = &self.execution.world.world;
        let facts = Facts { world, case: self.visit, by: &by, today };
        let judgement = CaseJudgement { case: self.case()?, facts: &facts };
        Ok(judgement.admit(&self.state, op))
    }

    /// Whether the case hears of a manifest: it becomes the record, or waits for a reason that the case knows too. What waits because
    /// of its place in the order of the tablet is not the case's to adopt.
    fn goes_to_case(&self, op: &SiteOperation, admitted: Result<(), ParkReason>) -> bool {
        let judgement = move |_: &VisitState, _: &SiteOperation| admitted;
        match self.state.receive(op, &judgement) {
            Reception::Append(entry) => match entry.result {
                SiteResult::Parked(reason) => {
                    admitted == Err(reason) && self.senders.contains_key(&op.account)
                }
                result => result.is_in_document(),
            },
            Reception::Replay(_) | Reception::Gap | Reception::Alarm { .. } => false,
        }
    }

    /// Hands a manifest to the case; why it waits after all where the case refuses it.
    async fn finalize(
        &mut self,
        connection: &mut AnyConnection,
        sent: &'a SentOperation<'a>,
        manifest: &Manifest,
    ) -> Result<Option<ParkReason>, Failure> {
        let Some(actor) = self.senders.get(&sent.op.account) else { return Ok(Some(ParkReason::Reassigned)) };
        let with = (serde_json::to_value(manifest)?, self.revision());
        let id = sent.op.op_id.as_str();
        let given = given(actor, self.visit, "finalize", with, operation(sent, id));
        let Err(refused) = self.execution.carry_out(connection, &given).await? else { return Ok(None) };
        tracing::warn!(visit = %self.visit, operation = id, ?refused, "the case refuses a manifest");
        // Another content under a known id; or a year that is closed.
        let is_known = refused.refusal_code() == Some("SIT-08");
        Ok(Some(if is_known { ParkReason::Second } else { ParkReason::Closed }))
    }

    fn revision(&self) -> u64 {
        self.execution.world.rows.get(self.visit).map_or(0, |row| row.revision)
    }

    /// Writes the document into the case, where it changed.
    fn follow(&mut self) -> Result<(), Failure> {
        let Some(sent) = self.typed.take() else { return Ok(()) };
        let case = self.case()?;
        let content = content_of(&self.state.document, &case.content);
        if content == case.content {
            return Ok(());
        }
        let Some(actor) = self.senders.get(&sent.op.account) else { return Ok(()) };
        let sent = operation(sent, &sent.content);
        let given = given(actor, self.visit, "fill", (Value::Null, self.revision()), sent);
        self.execution.advance::<SiteVisit>(&given, &Event::Filled { content })
    }

    /// Writes log, alarms and case, with one entry of the trail.
    pub async fn commit(mut self, mut write: Write, act: AuditRecord<'_>) -> Result<VisitState, Failure> {
        self.follow()?;
        let (tenant, at) = (self.context.tenant(), (self.visit, self.context.clock().stamp()));
        rows::append(write.connection(), tenant, at, &self.entries).await?;
        let mut is_new_alarm = false;
        for op in &self.alarms {
            is_new_alarm |= rows::insert_alarm(write.connection(), tenant, at, op).await?;
        }
        if self.entries.is_empty() && !is_new_alarm {
            return Ok(self.state);
        }
        record(&mut self.execution, &mut write).await?;
        let detail = format!("收到 {} 条，修订至 {}", self.entries.len(), self.state.rev);
        write.commit(act.detail(detail)).await?;
        Ok(self.state)
    }
}

fn operation<'a>(sent: &'a SentOperation<'a>, id: &'a str) -> Operation<'a> {
    Operation { id, body_hash: &sent.body, account: sent.op.account.as_str() }
}

fn given<'a>(
    actor: &'a Actor,
    case: &'a CaseId,
    verb: &'static str,
    (with, seen): (Value, u64),
    sent: Operation<'a>,
) -> GivenCommand<'a> {
    GivenCommand { actor, case, seen, kind: KIND, verb, with, sent }
}
