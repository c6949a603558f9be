//! 当时的判定: judges frozen or typed content again with the definition and edition it was judged by then, and compares the
//! outcome with what was stored. Reads only.

use crate::cases::store::kind_and_year;
use crate::cases::{store, versions as case_versions};
use crate::context::Shared;
use crate::documents::forms::{self, version_sums};
use crate::documents::{editions, operations, sums, versions};
use crate::kernel::failure::Failure;
use crate::store::snapshot::DatabaseSnapshot;
use anyhow::{Context, anyhow};
use serde::Serialize;
use serde_json::value::RawValue;
use shared::api::problem::{Problem, code};
use shared::api::replay::{ReadReplay, ReplayedVersion};
use shared::api::requests::ReadVersion;
use shared::cases::Kind;
use shared::engine::document::Document;
use shared::engine::session::Session;
use shared::forms::case::report;
use shared::forms::compiled;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::{CaseId, TenantId};
use shared::kernel::people::Actor;
use shared::kernel::timestamp::Timestamp;
use shared::policy::editions::Edition;
use sqlx::AnyConnection;
use std::sync::Arc;

/// Which content of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplayPoint {
    /// A frozen version.
    Version(u32),
    /// The draft after an operation.
    Operation(u64),
    /// The draft at a moment.
    Moment(Timestamp),
}

/// What is replayed.
#[derive(Clone, Debug)]
pub struct ReplayRequest {
    pub database: String,
    pub tenant: TenantId,
    pub case: CaseId,
    pub point: ReplayPoint,
}

/// How the judgment came out.
#[derive(Debug, Serialize)]
pub struct ReplayReport {
    pub case: CaseId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// Number of the last operation in the draft.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<u64>,
    /// Hash of the form definition.
    pub definition: String,
    /// Name of the edition, for example `2022-51#1`.
    pub edition: String,
    /// Figures and findings, as `omfund check` prints them.
    pub result: Box<RawValue>,
    /// Whether the outcome is what was stored; always so for a draft, of which nothing computed is stored.
    pub same: bool,
    pub differences: Vec<String>,
}

/// `GET …/versions/{version}/replay`, for whoever may read the version.
pub async fn read(context: Shared, actor: Actor, request: ReadReplay) -> Result<ReplayedVersion, Failure> {
    let ReadReplay { case, version } = request;
    let asked = ReadVersion { request: case.clone(), version };
    case_versions::read(context.clone(), actor.clone(), asked).await?;
    let mut connection = context.db.reader().acquire().await?;
    let head = store::visible(&context, &mut connection, &actor, &case).await?.head();
    let asked = ReplayRequest {
        database: String::new(),
        tenant: context.settings.tenant.clone(),
        case,
        point: ReplayPoint::Version(version),
    };
    let report = replay_version(&mut connection, &asked, version).await.map_err(|error| {
        Failure::from(Problem::new(422, code::MALFORMED, "这个版本不能重新判定", format!("{error:#}。")))
    })?;
    let ReplayReport { definition, edition, same, differences, result, .. } = report;
    let result = result.get().to_string();
    Ok(ReplayedVersion { title: head.title, definition, edition, same, differences, result })
}

/// Judges again.
///
/// # Errors
/// The database cannot be read, there is no such content, or its definition or edition is missing.
pub async fn replay(request: &ReplayRequest) -> anyhow::Result<ReplayReport> {
    let mut snapshot = DatabaseSnapshot::open(&request.database).await?;
    let report = match &request.point {
        ReplayPoint::Version(version) => replay_version(snapshot.connection(), request, *version).await,
        ReplayPoint::Operation(last) => {
            let last = *last;
            replay_draft(snapshot.connection(), request, |seq, _| seq <= last).await
        }
        ReplayPoint::Moment(until) => {
            let until = *until;
            replay_draft(snapshot.connection(), request, |_, at| at <= until).await
        }
    };
    snapshot.close().await?;
    report
}

async fn replay_version(
    connection: &mut AnyConnection,
    request: &ReplayRequest,
    version: u32,
) -> anyhow::Result<ReplayReport> {
    let (tenant, case) = (request.tenant.as_str(), &request.case);
    let stored = versions::stored(connection, tenant, case, version).await.map_err(shown)?;
    let stored = stored.ok_or_else(|| anyhow!("案卷 {case} 没有第 {version} 版"))?;
    let frozen: versions::Snapshot = serde_json::from_str(&stored.snapshot)
        .with_context(|| format!("案卷 {case} 第 {version} 版不是填报内容"))?;
    let register = editions::stored(connection, tenant).await.map_err(shown)?;
    let edition = register.find(&frozen.edition);
    let edition = edition.ok_or_else(|| anyhow!("没有政策版本 {}", frozen.edition))?;
    let session = open(connection, &frozen.definition, edition, frozen.document).await?;
    let computed = version_sums(&session);
    let then_sums = sums::requested_of(connection, tenant, case, version).await.map_err(shown)?;
    let mut differences = Vec::new();
    let figure = Kind::from_word(&stored.kind).and_then(Kind::total);
    let total = figure.and_then(|(form, field)| session.header(form, field)).map(|cell| session.text(cell));
    if total != stored.total {
        let (now, then) = (total.unwrap_or_default(), stored.total.unwrap_or_default());
        differences.push(format!("申报总额：重新计算为 {now}，存为 {then}"));
    }
    if !then_sums.is_empty() {
        let now =
            computed.sums.iter().map(|sum| (sum.category.clone(), sum.system.clone(), sum.requested.fen()));
        let now: Vec<(String, String, i64)> = now.collect();
        for (category, system, fen) in now.iter().filter(|sum| !then_sums.contains(sum)) {
            differences.push(format!("小计 {category} {system}：重新计算为 {fen} 分，存储的不同"));
        }
        for (category, system, fen) in then_sums.iter().filter(|sum| !now.contains(sum)) {
            differences.push(format!("小计 {category} {system}：存为 {fen} 分，重新计算的不同"));
        }
    }
    Ok(ReplayReport {
        case: case.clone(),
        version: Some(version),
        operation: None,
        definition: frozen.definition,
        edition: frozen.edition,
        result: RawValue::from_string(report(&session)?)?,
        same: differences.is_empty(),
        differences,
    })
}

/// A draft is judged by the form as it runs now, for nothing names the one of then; its versions name theirs.
async fn replay_draft(
    connection: &mut AnyConnection,
    request: &ReplayRequest,
    is_within: impl Fn(u64, Timestamp) -> bool,
) -> anyhow::Result<ReplayReport> {
    let (tenant, case) = (request.tenant.as_str(), &request.case);
    let (kind, year) = kind_and_year(connection, tenant, case)
        .await
        .map_err(shown)?
        .ok_or_else(|| anyhow!("没有案卷 {case}"))?;
    let (mut document, mut last) = (Document::new(year), 0);
    'pages: loop {
        let entries = operations::after(tenant, connection, case, last).await.map_err(shown)?;
        if entries.is_empty() {
            break;
        }
        for entry in entries {
            if !is_within(entry.seq, entry.at) {
                break 'pages;
            }
            document.apply(&entry.op);
            last = entry.seq;
        }
    }
    let definition = kind.definition().ok_or_else(|| anyhow!("案卷 {case} 没有填报内容"))?;
    let hash = definition.hash()?;
    let register = editions::stored(connection, tenant).await.map_err(shown)?;
    let edition = register.edition_for(year).map_err(|refusal| anyhow!(refusal.message))?;
    let session = Session::open(Arc::new(compiled(definition, edition, year)?), &document);
    Ok(ReplayReport {
        case: case.clone(),
        version: None,
        operation: Some(last),
        definition: hash,
        edition: edition.code(),
        result: RawValue::from_string(report(&session)?)?,
        same: true,
        differences: Vec::new(),
    })
}

/// The content under the definition of this hash, not under the running one.
async fn open(
    connection: &mut AnyConnection,
    definition: &str,
    edition: &Edition,
    document: Document,
) -> anyhow::Result<Session> {
    let found = forms::of_hash(connection, definition).await;
    let found = found.map_err(|failure| anyhow!("没有摘要为 {definition} 的表单定义（{failure:?}）"))?;
    anyhow::ensure!(found.hash()? == definition, "表单定义 {definition} 的内容与其摘要不符");
    let year: FiscalYear = document.fiscal_year;
    Ok(Session::open(Arc::new(compiled(found, edition, year)?), &document))
}

fn shown(failure: Failure) -> anyhow::Error {
    anyhow!("{failure:?}")
}
