//! 其他案卷: cases that are not a department's request, with what they froze. The only file that knows the tables
//! `matters` and `matter_versions`.

use crate::audit::trail::AuditRecord;
use crate::cases::approvals;
use crate::cases::consolidations;
use crate::cases::plans;
use crate::cases::request_store::{from_i64, to_i64};
use crate::cases::separates;
use crate::context::Context;
use crate::http::failure::Failure;
use crate::http::routing::Shared;
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::api::matters::OpenMatter;
use shared::api::requests::VersionLine;
use shared::cases::approval::ApprovalBatch;
use shared::cases::authority;
use shared::cases::consolidation::Consolidation;
use shared::cases::language::{Kind, Stage};
use shared::cases::mid_term_plan::MidTermPlan;
use shared::cases::separate::SeparateApplication;
use shared::engine::definition::hex;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::{CaseId, DepartmentId};
use shared::kernel::people::Actor;
use shared::kernel::timestamp::Timestamp;
use sm3::{Digest, Sm3};
use sqlx::AnyConnection;

/// A case of one of the other kinds.
pub enum AnyCase {
    Compilation(Consolidation),
    Batch(ApprovalBatch),
    Plan(MidTermPlan),
    Separate(Box<SeparateApplication>),
}

impl AnyCase {
    /// As it is stored: what has to be asked for without reading its body, and the body.
    fn row(&self) -> Result<CaseRow<'_>, Failure> {
        Ok(match self {
            AnyCase::Compilation(c) => CaseRow {
                id: &c.id,
                kind: Kind::Compilation,
                year: c.fiscal_year,
                department: None,
                stage: c.stage,
                revision: c.revision,
                number: None,
                body: serde_json::to_string(c)?,
            },
            AnyCase::Batch(b) => CaseRow {
                id: &b.id,
                kind: Kind::Batch,
                year: b.fiscal_year,
                department: None,
                stage: b.stage,
                revision: b.revision,
                number: b.number.as_deref(),
                body: serde_json::to_string(b)?,
            },
            AnyCase::Plan(p) => CaseRow {
                id: &p.id,
                kind: Kind::Plan,
                year: p.fiscal_year,
                department: None,
                stage: p.stage,
                revision: p.revision,
                number: None,
                body: serde_json::to_string(p)?,
            },
            AnyCase::Separate(s) => CaseRow {
                id: &s.id,
                kind: Kind::Separate,
                year: s.fiscal_year,
                department: Some(&s.department),
                stage: s.stage,
                revision: s.revision,
                number: s.number(),
                body: serde_json::to_string(s)?,
            },
        })
    }

    fn read(kind: &str, body: &str) -> Result<AnyCase, Failure> {
        Ok(match Kind::from_word(kind) {
            Some(Kind::Compilation) => AnyCase::Compilation(serde_json::from_str(body)?),
            Some(Kind::Batch) => AnyCase::Batch(serde_json::from_str(body)?),
            Some(Kind::Plan) => AnyCase::Plan(serde_json::from_str(body)?),
            Some(Kind::Separate) => AnyCase::Separate(Box::new(serde_json::from_str(body)?)),
            Some(Kind::Request) | None => return Err(anyhow::anyhow!("a case of kind {kind:?}").into()),
        })
    }

    pub fn visible_to(&self, actor: &Actor) -> bool {
        match self {
            AnyCase::Compilation(compilation) => authority::visible(actor, compilation),
            AnyCase::Batch(batch) => authority::visible(actor, batch),
            AnyCase::Plan(plan) => authority::visible(actor, plan),
            AnyCase::Separate(separate) => authority::visible(actor, separate.as_ref()),
        }
    }

    pub fn revision(&self) -> u64 {
        match self {
            AnyCase::Compilation(compilation) => compilation.revision,
            AnyCase::Batch(batch) => batch.revision,
            AnyCase::Plan(plan) => plan.revision,
            AnyCase::Separate(separate) => separate.revision,
        }
    }
}

struct CaseRow<'a> {
    id: &'a CaseId,
    kind: Kind,
    year: FiscalYear,
    department: Option<&'a DepartmentId>,
    stage: Stage,
    revision: u64,
    number: Option<&'a str>,
    body: String,
}

/// A case and when it came to its stage.
pub struct StoredCase<T> {
    pub case: T,
    pub since: Timestamp,
}

pub async fn find(
    context: &Context,
    connection: &mut AnyConnection,
    id: &CaseId,
) -> Result<Option<AnyCase>, Failure> {
    let row: Option<(String, String)> =
        sqlx::query_as("select kind, body from matters where tenant = $1 and id = $2")
            .bind(context.tenant())
            .bind(id.as_str())
            .fetch_optional(connection)
            .await?;
    row.map(|(kind, body)| AnyCase::read(&kind, &body)).transpose()
}

/// All of a kind and year, oldest first.
pub async fn of_year<T: DeserializeOwned>(
    context: &Context,
    connection: &mut AnyConnection,
    kind: Kind,
    year: FiscalYear,
) -> Result<Vec<StoredCase<T>>, Failure> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select body, since from matters where tenant = $1 and kind = $2 and fiscal_year = $3 order by opened, id",
    )
    .bind(context.tenant())
    .bind(kind.word())
    .bind(i64::from(year.0))
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|(body, since)| Ok(StoredCase { case: serde_json::from_str(&body)?, since: since.parse()? }))
        .collect()
}

/// Files a new case; `false` when the id is taken, by a case of any kind.
pub async fn insert(
    context: &Context,
    connection: &mut AnyConnection,
    matter: &AnyCase,
) -> Result<bool, Failure> {
    let CaseRow { id, kind, year, department, stage, revision, number, body } = matter.row()?;
    let at = context.clock().stamp();
    let done = sqlx::query(
        "insert into matters (tenant, id, kind, fiscal_year, department, stage, revision, opened, since, number, \
         body) select $1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10 \
         where not exists (select 1 from requests where tenant = $1 and id = $2) on conflict do nothing",
    )
    .bind(context.tenant())
    .bind(id.as_str())
    .bind(kind.word())
    .bind(i64::from(year.0))
    .bind(department.map(DepartmentId::as_str))
    .bind(stage.word())
    .bind(to_i64(revision))
    .bind(at.to_string())
    .bind(number)
    .bind(body)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Files a case over the revision it was made from.
pub async fn update(
    context: &Context,
    connection: &mut AnyConnection,
    matter: &AnyCase,
    seen: u64,
) -> Result<(), Failure> {
    let CaseRow { id, stage, revision, number, body, .. } = matter.row()?;
    let done = sqlx::query(
        "update matters set stage = $1, revision = $2, since = $3, number = $4, body = $5 \
         where tenant = $6 and id = $7 and revision = $8",
    )
    .bind(stage.word())
    .bind(to_i64(revision))
    .bind(context.clock().stamp().to_string())
    .bind(number)
    .bind(body)
    .bind(context.tenant())
    .bind(id.as_str())
    .bind(to_i64(seen))
    .execute(connection)
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Failure::stale(revision)) }
}

/// Whether another case of this kind carries the number.
pub async fn number_taken(
    context: &Context,
    connection: &mut AnyConnection,
    kind: Kind,
    number: &str,
    by_other_than: &CaseId,
) -> Result<bool, Failure> {
    let taken: i64 = sqlx::query_scalar(
        "select count(*) from matters where tenant = $1 and kind = $2 and number = $3 and id <> $4",
    )
    .bind(context.tenant())
    .bind(kind.word())
    .bind(number)
    .bind(by_other_than.as_str())
    .fetch_one(connection)
    .await?;
    Ok(taken > 0)
}

/// What a case froze: its canonical bytes and their SM3.
pub fn sealed(content: &impl Serialize) -> Result<(String, String), Failure> {
    let text = serde_json::to_string(content)?;
    let hash = hex(&Sm3::digest(text.as_bytes()));
    Ok((text, hash))
}

/// Freezes a version.
pub async fn freeze(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    matter: &CaseId,
    version: u32,
    content: &impl Serialize,
) -> Result<(), Failure> {
    let (text, hash) = sealed(content)?;
    sqlx::query(
        "insert into matter_versions (tenant, matter, version, at, by_account, by_name, hash, snapshot) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(context.tenant())
    .bind(matter.as_str())
    .bind(i64::from(version))
    .bind(context.clock().stamp().to_string())
    .bind(actor.account.as_str())
    .bind(actor.name.as_str())
    .bind(hash)
    .bind(text)
    .execute(connection)
    .await?;
    Ok(())
}

/// A frozen version with its line; its hash is made anew from the bytes, so that a changed row shows.
pub async fn frozen<T: DeserializeOwned>(
    context: &Context,
    connection: &mut AnyConnection,
    matter: &CaseId,
    version: u32,
) -> Result<Option<(VersionLine, T)>, Failure> {
    let row: Option<(String, String, String)> = sqlx::query_as(
        "select at, by_name, snapshot from matter_versions where tenant = $1 and matter = $2 and version = $3",
    )
    .bind(context.tenant())
    .bind(matter.as_str())
    .bind(i64::from(version))
    .fetch_optional(connection)
    .await?;
    let Some((at, by, text)) = row else { return Ok(None) };
    let hash = hex(&Sm3::digest(text.as_bytes()));
    let line = VersionLine { version, at: at.parse()?, by, hash, total: None };
    Ok(Some((line, serde_json::from_str(&text)?)))
}

/// Hashes every frozen version anew; answers how many are intact and the first that is not.
pub async fn verify(
    connection: &mut AnyConnection,
    tenant: &str,
) -> Result<(u64, Option<(CaseId, u64)>), Failure> {
    let rows: Vec<(String, i64, String, String)> = sqlx::query_as(
        "select matter, version, hash, snapshot from matter_versions where tenant = $1 order by matter, version",
    )
    .bind(tenant)
    .fetch_all(connection)
    .await?;
    let mut intact = 0;
    for (matter, version, hash, text) in rows {
        if hash != hex(&Sm3::digest(text.as_bytes())) {
            return Ok((intact, Some((CaseId::new(matter), from_i64(version)))));
        }
        intact += 1;
    }
    Ok((intact, None))
}

/// `POST /api/matters`: repeating it under the same id answers the same.
pub async fn open(context: Shared, actor: Actor, request: OpenMatter) -> Result<(), Failure> {
    let OpenMatter { matter: id, kind, fiscal_year: year } = request;
    let mut write = context.db.write(&format!("matters {} {}", context.tenant(), kind.word())).await?;
    let known = find(&context, write.connection(), &id).await?;
    if known.is_some_and(|matter| matter.visible_to(&actor)) {
        return Ok(());
    }
    let matter = match kind {
        Kind::Request => return Err(Failure::malformed(422, "运维服务申请请从待办开始填报。")),
        Kind::Compilation => consolidations::open(&context, write.connection(), &actor, &id, year).await?,
        Kind::Batch => approvals::open(&actor, &id, year)?,
        Kind::Plan => plans::open(&context, write.connection(), &actor, &id, year).await?,
        Kind::Separate => separates::open(&actor, &id, year)?,
    };
    if !insert(&context, write.connection(), &matter).await? {
        return Err(Failure::exists("案卷编号已被占用，请刷新页面后重试。"));
    }
    let act = format!("{}.open", kind.word());
    let entry = AuditRecord::by(&actor, context.clock().stamp(), act, id.as_str());
    write.commit(entry.detail(format!("{} 年度", year.0))).await
}
