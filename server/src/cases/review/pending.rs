//! 暂存与上次查看: what one person has not published yet and what they have seen. The only file that knows the
//! tables `review_pending` and `review_looks`.

use crate::context::Context;
use crate::kernel::failure::Failure;
use crate::store::values::{Value, from_i64, placeholders, statement, to_i64};
use shared::api::problem::{Problem, code};
use shared::api::review::{LARGEST_PENDING, LastViewed, MOST_ACTS, Pending, RememberLook};
use shared::cases::review::language::Act;
use shared::kernel::ids::{CaseId, OpId};
use shared::kernel::people::Actor;
use sqlx::AnyConnection;

/// An actor's own pending acts, oldest first.
pub async fn of(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    request: &CaseId,
) -> Result<Vec<Pending>, Failure> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select id, act from review_pending where tenant = $1 and request = $2 and account = $3 \
         order by position, id",
    )
    .bind(context.tenant())
    .bind(request.as_str())
    .bind(actor.account.as_str())
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|(id, act)| Ok(Pending { id: OpId::new(id), act: serde_json::from_str(&act)? }))
        .collect()
}

/// Keeps an act in the place it has, or at the end.
pub async fn keep(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    request: &CaseId,
    id: &OpId,
    act: &Act,
) -> Result<(), Failure> {
    let text = serde_json::to_string(act)?;
    let (acts, last, bytes): (i64, i64, i64) = sqlx::query_as(
        "select count(case when id <> $4 then 1 end), coalesce(max(position), 0), \
         cast(coalesce(sum(case when id <> $4 then octet_length(act) end), 0) as bigint) from review_pending \
         where tenant = $1 and request = $2 and account = $3",
    )
    .bind(context.tenant())
    .bind(request.as_str())
    .bind(actor.account.as_str())
    .bind(id.as_str())
    .fetch_one(&mut *connection)
    .await?;
    if from_i64(acts) >= MOST_ACTS || from_i64(bytes) + text.len() as u64 > LARGEST_PENDING as u64 {
        let detail = format!("最多暂存 {MOST_ACTS} 条、共 {} MB，请先发送。", LARGEST_PENDING >> 20);
        return Err(Problem::new(422, code::TOO_LARGE, "暂存的意见过多", detail).into());
    }
    sqlx::query(
        "insert into review_pending (tenant, request, account, id, position, act) \
         values ($1, $2, $3, $4, $5, $6) \
         on conflict (tenant, request, account, id) do update set act = excluded.act",
    )
    .bind(context.tenant())
    .bind(request.as_str())
    .bind(actor.account.as_str())
    .bind(id.as_str())
    .bind(last + 1)
    .bind(text)
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets acts, by one statement; an unknown id is forgotten already.
pub async fn forget(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    request: &CaseId,
    ids: &[OpId],
) -> Result<(), Failure> {
    if ids.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "delete from review_pending where tenant = $1 and request = $2 and account = $3 and id in ({})",
        placeholders(4, ids.len())
    );
    let keys = [context.tenant(), request.as_str(), actor.account.as_str()].into_iter();
    let values: Vec<Value<'_>> = keys.chain(ids.iter().map(OpId::as_str)).map(Value::from).collect();
    statement(sql, &values).persistent(ids.len() == 1).execute(connection).await?;
    Ok(())
}

pub async fn remember(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    look: &RememberLook,
) -> Result<(), Failure> {
    sqlx::query(
        "insert into review_looks (tenant, request, account, version, seq, at) values ($1, $2, $3, $4, $5, $6) \
         on conflict (tenant, request, account) do update set version = excluded.version, \
         seq = excluded.seq, at = excluded.at",
    )
    .bind(context.tenant())
    .bind(look.request.as_str())
    .bind(actor.account.as_str())
    .bind(i64::from(look.version))
    .bind(to_i64(look.seq))
    .bind(context.clock().stamp().to_string())
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn look(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    request: &CaseId,
) -> Result<Option<LastViewed>, Failure> {
    let row: Option<(i64, i64, String)> = sqlx::query_as(
        "select version, seq, at from review_looks where tenant = $1 and request = $2 and account = $3",
    )
    .bind(context.tenant())
    .bind(request.as_str())
    .bind(actor.account.as_str())
    .fetch_optional(connection)
    .await?;
    let Some((version, seq, at)) = row else { return Ok(None) };
    let (version, seq) = (u32::try_from(version).unwrap_or(0), from_i64(seq));
    Ok(Some(LastViewed { version, seq, at: Some(at.parse()?) }))
}
