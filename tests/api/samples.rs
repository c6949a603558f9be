//! A sound request for every endpoint. The tests of hostile input spoil these; [`all`] fails when an endpoint of the
//! server's list has none, so that no endpoint can be added without being attacked.

use serde_json::{Map, Value, json};
use server::{Listed, RouteKind};
use shared::api::{self, Download, Endpoint, EventStream, Fields, Method, Upload};
use std::collections::BTreeSet;

/// A request that every reader accepts; the case it names may refuse it.
#[derive(Clone)]
pub struct Sample {
    pub endpoint: Listed,
    pub fields: Map<String, Value>,
}

impl Sample {
    /// Path and query, with the text of `fields` as it is.
    pub fn url_with(&self, fields: &Map<String, Value>) -> String {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_string);
        let mut path = self.endpoint.path.to_string();
        let mut query = Vec::new();
        for (name, value) in fields {
            let placeholder = format!("{{{name}}}");
            if path.contains(&placeholder) {
                path = path.replace(&placeholder, &text(value));
            } else if !self.has_json_body() {
                query.push(format!("{name}={}", text(value)));
            }
        }
        if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
    }

    pub fn url(&self) -> String {
        self.url_with(&self.fields)
    }

    pub fn has_json_body(&self) -> bool {
        self.endpoint.kind == RouteKind::Json && self.endpoint.method == Method::Post
    }

    /// The fields that travel in the JSON body.
    pub fn body(&self) -> Value {
        let in_path = |name: &str| self.endpoint.path.contains(&format!("{{{name}}}"));
        let body = self.fields.iter().filter(|(name, _)| !in_path(name));
        Value::Object(body.map(|(name, value)| (name.clone(), value.clone())).collect())
    }
}

/// At least one sample of every endpoint.
pub fn all() -> Vec<Sample> {
    let listed = server::endpoint_list();
    let samples: Vec<Sample> = samples()
        .into_iter()
        .map(|(method, path, fields)| {
            let endpoint = listed.iter().find(|e| (e.method, e.path) == (method, path));
            Sample { endpoint: *endpoint.unwrap_or_else(|| panic!("{path} is not mounted")), fields }
        })
        .collect();
    let sampled: BTreeSet<_> =
        samples.iter().map(|s| (format!("{:?}", s.endpoint.method), s.endpoint.path)).collect();
    for endpoint in &listed {
        let key = (format!("{:?}", endpoint.method), endpoint.path);
        assert!(sampled.contains(&key), "{key:?} needs a sample in tests/api/samples.rs");
    }
    samples
}

type Line = (Method, &'static str, Map<String, Value>);

/// The fields of a request of type `R`, which reads them and finds nothing wrong.
fn fields<R: Fields>(value: Value) -> Map<String, Value> {
    let read: R = serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{value}: {error}"));
    read.validate().unwrap_or_else(|error| panic!("{value}: {error}"));
    value.as_object().expect("an object").clone()
}

fn endpoint<E: Endpoint>(value: Value) -> Line {
    (E::METHOD, E::PATH, fields::<E>(value))
}

fn upload<U: Upload>(value: Value) -> Line {
    (Method::Post, U::PATH, fields::<U>(value))
}

fn download<D: Download>(value: Value) -> Line {
    (Method::Get, D::PATH, fields::<D>(value))
}

fn stream<S: EventStream>(value: Value) -> Line {
    (Method::Get, S::PATH, fields::<S>(value))
}

fn samples() -> Vec<Line> {
    let mut samples = identity();
    samples.extend(life_of_accounts());
    samples.extend(cases());
    samples.extend(documents());
    samples.extend(files());
    samples.extend(performance());
    samples.extend(site());
    samples.extend([
        endpoint::<api::money::ReadMoneyCase>(json!({ "case": "con-1" })),
        endpoint::<api::money::ReadMoneyYear>(json!({ "fiscal_year": "2024", "department": "water" })),
        endpoint::<api::money::ReadFigure>(json!({ "line": "r1/w1", "column": "paid" })),
        endpoint::<api::notices::ReadNotices>(json!({})),
        endpoint::<api::notices::MarkNoticesRead>(json!({ "notices": ["n1"] })),
        stream::<api::live::OpenStream>(json!({ "since": "1.0", "request": "water-2024", "after": 0 })),
        endpoint::<api::desk::ReadDesk>(json!({ "fiscal_year": 2024 })),
        endpoint::<api::desk::GrantLateWindow>(json!({ "operation": "o", "department": "water",
            "fiscal_year": 2024, "until": "2023-09-10", "reason": "机构改革，同意延期申报。" })),
        endpoint::<api::audit::ReadAuditTrail>(json!({ "before": 3 })),
        endpoint::<api::audit::ReadAuditEntry>(json!({ "seq": 3 })),
        download::<api::audit::ReadAuditTrail>(json!({ "before": 3, "format": "csv" })),
    ]);
    samples
}

fn identity() -> Vec<Line> {
    vec![
        endpoint::<api::session::SignIn>(json!({ "account": "nobody", "password": "wrong" })),
        endpoint::<api::sso::ReadSso>(json!({})),
        endpoint::<api::sso::BeginSso>(json!({ "protocol": "oidc" })),
        endpoint::<api::sso::FinishSso>(json!({ "attempt": "a", "state": "s", "proof": "p" })),
        endpoint::<api::session::ChangePassword>(json!({ "current": "wrong", "password": "long-enough" })),
        endpoint::<api::session::ListSessions>(json!({})),
        endpoint::<api::session::EndSessions>(json!({ "session": "s" })),
        endpoint::<api::session::SignOut>(json!({})),
        endpoint::<api::session::ReadMe>(json!({})),
        endpoint::<api::accounts::AcceptInvitation>(
            json!({ "token": "t", "code": "12345678", "password": "long-enough" }),
        ),
        endpoint::<api::accounts::ListAccounts>(json!({})),
        endpoint::<api::accounts::CreateAccount>(
            json!({ "account": "a", "name": "新人", "person": "P-1", "namesake": false }),
        ),
        endpoint::<api::accounts::DisableAccount>(json!({ "account": "nobody" })),
        endpoint::<api::accounts::AssignRole>(
            json!({ "account": "nobody", "role": "evaluator", "department": null, "provider": null }),
        ),
        endpoint::<api::accounts::AskOrder>(json!({
            "order": "o", "what": "change_post", "account": "nobody", "role": "evaluator", "department": null,
            "provider": null,
        })),
        endpoint::<api::accounts::DecideOrder>(json!({ "order": "o", "agree": false, "reason": "理由" })),
        endpoint::<api::accounts::AskDepartmentChange>(json!({ "order": "o", "change": {
            "change": { "what": "rename", "department": "water", "name": "省水务厅" },
            "document": "晋编办〔2023〕3号", "from_day": "2023-07-01",
        } })),
        endpoint::<api::accounts::AddDepartment>(json!({ "department": "d", "name": "省某厅" })),
    ]
}

/// Imports, posts, second factors and the channels of notices.
fn life_of_accounts() -> Vec<Line> {
    let department = json!({ "line": 2, "id": "d", "name": "省某厅", "credit_code": "", "position": "" });
    let account = json!({ "line": 2, "account": "a", "name": "新人", "person": "P-1", "role": "评价员",
        "department": "", "mail": "", "phone": "" });
    let book = json!({ "departments": [department], "accounts": [account] });
    vec![
        download::<api::account_imports::ReadTemplate>(json!({})),
        upload::<api::account_imports::PreviewImport>(json!({})),
        endpoint::<api::account_imports::AskImport>(
            json!({ "order": "i", "book": book, "namesakes": false }),
        ),
        endpoint::<api::account_imports::ReadImport>(json!({ "order": "i" })),
        endpoint::<api::account_imports::TakeSheet>(json!({ "order": "i", "site": "https://a.example" })),
        endpoint::<api::posts::SwitchPost>(json!({ "post": "p" })),
        endpoint::<api::posts::ReadDelegations>(json!({})),
        endpoint::<api::posts::DelegatePost>(
            json!({ "delegation": "d", "to": "nobody", "first": "2023-07-15",
            "last": "2023-07-16" }),
        ),
        endpoint::<api::posts::EndHeldPost>(json!({ "post": "p" })),
        endpoint::<api::second_factor::ReadSecondFactor>(json!({})),
        endpoint::<api::second_factor::BeginSecondFactor>(json!({ "password": "long-enough" })),
        endpoint::<api::second_factor::ConfirmSecondFactor>(json!({ "code": "123456" })),
        endpoint::<api::outward::ReadChannels>(json!({})),
        endpoint::<api::outward::SetManner>(
            json!({ "channel": "mail", "topic": "task", "manner": "digest" }),
        ),
        endpoint::<api::outward::ReadUndelivered>(json!({})),
        endpoint::<api::outward::SendAgain>(json!({ "key": "mail:nobody:n1" })),
        endpoint::<api::nudges::ReadNudges>(json!({})),
        endpoint::<api::nudges::SendNudges>(
            json!({ "operation": "nudge-1", "cases": ["water-2024"], "text": "请尽快报送。" }),
        ),
    ]
}

fn cases() -> Vec<Line> {
    let place = json!({ "form": "budget_request", "table": null, "row": null, "field": "summary" });
    let reasons = json!([{ "text": "理由", "place": place }]);
    let command = |command: Value| {
        endpoint::<api::transition::Transition>(
            json!({ "request": "water-2024", "operation": "o", "seen": 0, "command": command }),
        )
    };
    let view = json!({ "act": "view", "section": "hardware" });
    vec![
        endpoint::<api::requests::OpenRequest>(json!({ "request": "r", "fiscal_year": 2024 })),
        endpoint::<api::requests::ReadRequest>(json!({ "request": "water-2024" })),
        endpoint::<api::requests::ReadVersion>(json!({ "request": "culture-2024", "version": 1 })),
        endpoint::<api::replay::ReadReplay>(json!({ "case": "culture-2024", "version": 1 })),
        endpoint::<api::requests::ReadDefinition>(json!({ "hash": "0".repeat(64) })),
        endpoint::<api::cases::OpenCase>(json!({ "case": "m", "kind": "compilation", "fiscal_year": 2024 })),
        endpoint::<api::editions::ReadRegister>(json!({})),
        endpoint::<api::editions::ReadEdition>(json!({ "id": "2022-51", "revision": 1 })),
        download::<api::editions::EditionFile>(json!({ "id": "2022-51", "revision": 1 })),
        endpoint::<api::editions::OpenEdition>(
            json!({ "case": "e", "change": "extension", "base": "2022-51#1" }),
        ),
        endpoint::<api::editions::ImportEdition>(json!({ "case": "e", "operation": "o", "file": "{}" })),
        endpoint::<api::setup::ReadSetup>(json!({})),
        endpoint::<api::cases::ReadCase>(json!({ "case": "water-2024" })),
        endpoint::<api::cases::ReadCases>(
            json!({ "kind": "request", "fiscal_year": 2024, "search": "水利" }),
        ),
        download::<api::cases::ExportCases>(json!({ "kind": "request", "fiscal_year": 2024 })),
        command(json!({ "verb": "bureau_return", "reasons": reasons })),
        command(json!({ "verb": "withdraw", "reason": "不再需要" })),
        command(json!({ "verb": "bureau_confirm", "content_hash": "0", "review_hash": "0" })),
        endpoint::<api::review::ReadReview>(json!({ "request": "culture-2024" })),
        endpoint::<api::review::SendReview>(
            json!({ "request": "culture-2024", "operation": "o", "acts": [view], "published": ["p"] }),
        ),
        endpoint::<api::review::KeepPending>(json!({ "request": "culture-2024", "id": "p", "act": view })),
        endpoint::<api::review::RememberLook>(json!({ "request": "culture-2024", "version": 1, "seq": 1 })),
        endpoint::<api::consolidation::ReadConsolidation>(json!({ "fiscal_year": 2024, "number": 1 })),
        endpoint::<api::finance::ReadFinance>(json!({ "fiscal_year": 2024 })),
        endpoint::<api::finance::ReadBatch>(json!({ "batch": "b" })),
        endpoint::<api::finance::ReadResult>(json!({ "request": "water-2024" })),
        endpoint::<api::separates::ReadSeparate>(json!({ "separate": "s" })),
        endpoint::<api::plans::ReadPlan>(json!({ "fiscal_year": 2024, "version": 1 })),
        endpoint::<api::performance::ReadPerformanceYear>(
            json!({ "fiscal_year": 2024, "department": "water" }),
        ),
        endpoint::<api::performance::ReadReviewReference>(json!({ "request": "water-2024" })),
        endpoint::<api::performance::ReadExAnte>(json!({ "request": "water-2024" })),
    ]
}

fn performance() -> Vec<Line> {
    let institution =
        json!({ "name": "晋评咨询有限公司", "served": ["water"], "evaluators": ["bureau.reviewer"] });
    vec![
        endpoint::<api::performance::RecordMoneyFact>(json!({ "operation": "o", "request": "water-2024",
            "kind": "paid", "on": "2024-03-01", "amount": 100 })),
        endpoint::<api::published::ReadTableChecker>(json!({})),
        upload::<api::published::CheckTable>(json!({ "name": "own.json" })),
        download::<api::performance::ExportEvaluation>(json!({ "case": "self-1" })),
        upload::<api::performance::ReadEvaluationSheet>(json!({ "case": "self-1" })),
        endpoint::<api::performance::ReadInstitutions>(json!({})),
        endpoint::<api::performance::ReadEvaluationRegister>(json!({})),
        endpoint::<api::performance::RegisterInstitution>(institution),
        endpoint::<api::providers::ReadProvider>(json!({ "provider": "pvd-1" })),
        upload::<api::statements::TakeStatement>(json!({ "name": "a.csv" })),
        endpoint::<api::statements::ReadStatements>(json!({})),
        endpoint::<api::statements::ReadStatement>(json!({ "statement": "st-1" })),
        endpoint::<api::statements::MatchStatementRow>(json!({ "statement": "st-1", "row": 1,
            "movement": 1, "reason": "银行回单与凭证相符，手工核对。" })),
        endpoint::<api::performance::RevokeDevice>(json!({ "device": "pad-1", "on": "2024-03-01" })),
    ]
}

fn site() -> Vec<Line> {
    use shared::sync::site::api as site;
    let hash = "0".repeat(64);
    let changes = json!({ "set": { "at": { "table": "checklist", "row": "i1", "field": "facts" }, "from": null,
        "to": "乙" } });
    let op = json!({ "op_id": "0".repeat(32), "device": "pad-1", "account": "finance.reviewer", "visit": "visit-1",
        "seq": 1, "base_rev": 1, "form_ver": "f3", "policy_ver": "2022-51", "kind": "cells",
        "payload": { "changes": [changes] }, "prev_hash": hash, "wall_ms": 1, "mono_ms": 1, "app_ver": "1" });
    let read = json!({ "visit": "visit-1", "device": "pad-1" });
    let blob = json!({ "visit": "visit-1", "device": "pad-1", "hash": hash });
    vec![
        endpoint::<site::EnrolDevice>(json!({ "device": "pad-1", "name": "一号平板" })),
        endpoint::<site::ReadSiteTasks>(json!({ "device": "pad-1" })),
        endpoint::<site::ReadSiteBundle>(read.clone()),
        endpoint::<site::ReadVisitSnapshot>(read),
        endpoint::<site::PushSiteOperations>(json!({ "visit": "visit-1", "ops": [op.clone()] })),
        endpoint::<site::AnnounceSiteBlob>(
            json!({ "visit": "visit-1", "device": "pad-1", "hash": hash, "bytes": 100 }),
        ),
        endpoint::<site::AskSiteBlob>(blob),
        upload::<site::SendSiteChunk>(
            json!({ "visit": "visit-1", "device": "pad-1", "hash": hash, "offset": 0,
            "sm3": hash }),
        ),
        endpoint::<site::ImportSitePackage>(
            json!({ "visit": "visit-1", "operations": [{ "op": op, "receipt": null, "mac": hash }] }),
        ),
        endpoint::<site::register::ReadSiteRegister>(json!({})),
    ]
}

fn documents() -> Vec<Line> {
    let cell = json!({ "table": "hardware", "row": "h1", "field": "basis" });
    let set = json!({ "set": { "at": cell, "from": null, "to": "乙" } });
    let row =
        json!({ "insert_row": { "table": "hardware", "row": "x1", "rank": 5, "cells": { "name": "甲" } } });
    vec![
        endpoint::<api::operations::SendOperations>(
            json!({ "request": "water-2024", "ops": [{ "id": "o", "changes": [set, row] }] }),
        ),
        endpoint::<api::operations::ReadOperations>(json!({ "request": "water-2024", "after": 0 })),
    ]
}

fn files() -> Vec<Line> {
    let attachment = json!({ "case": "water-2024", "attachment": "a1" });
    let hash = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
    vec![
        endpoint::<api::attachments::ReadAttachments>(json!({ "case": "water-2024" })),
        endpoint::<api::attachments::BeginUpload>(json!({ "case": "water-2024", "attachment": "a1",
            "name": "合同.pdf", "size": 3, "hash": hash })),
        upload::<api::attachments::SendPart>(json!({ "case": "water-2024", "attachment": "a1", "offset": 0,
            "sm3": hash })),
        endpoint::<api::attachments::FinishUpload>(attachment.clone()),
        endpoint::<api::attachments::RemoveAttachment>(attachment.clone()),
        download::<api::attachments::FetchAttachment>(attachment.clone()),
        download::<api::attachments::PreviewAttachment>(attachment),
        upload::<api::workbook::ReadWorkbook>(json!({})),
        download::<api::export::ExportWorkbook>(json!({ "request": "culture-2024", "version": 1 })),
        download::<api::export::PrintRequest>(json!({ "request": "culture-2024", "version": 1 })),
        download::<api::export::PrintReview>(json!({ "request": "culture-2024" })),
        download::<api::export::PrintApproval>(json!({ "request": "culture-2024" })),
        download::<api::export::PrintConsolidation>(json!({ "fiscal_year": 2024, "number": 1 })),
        download::<api::export::PrintCasePaper>(json!({ "case": "con-1", "paper": 1 })),
        download::<api::export::PrintLetter>(json!({ "case": "s", "letter": "opinion" })),
        download::<api::export::PrintBatch>(json!({ "batch": "b" })),
    ]
}
