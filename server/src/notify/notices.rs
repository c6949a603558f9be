//! 通知: what each account was told, filed in the same transaction as the event, and what it has read. The only file
//! that knows the tables `notices` and `notices_read`.

use crate::cases::request_store::{self, from_i64, to_i64};
use crate::context::Context;
use crate::http::failure::Failure;
use crate::http::routing::Shared;
use crate::identity::accounts;
use crate::notify::change_bus;
use crate::store::Write;
use shared::api::notices::{CaseTold, MOST, MarkNoticesRead, Notice, Notices, ReadNotices};
use shared::cases::Kind;
use shared::cases::kernel::Stage;
use shared::cases::kernel::notification::{CaseNotifications, Notification, NotificationKind};
use shared::cases::request::{Reminder, RequestProgress, reminder};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::{AccountId, CaseId, NoticeId};
use shared::kernel::people::Actor;
use shared::policy::art18_validity;
use sqlx::{AnyConnection, AssertSqlSafe};
use std::collections::BTreeSet;

/// Files what is told, for everyone concerned but the one who did it. They hear of it once the write is committed.
///
/// Called once in a write, after everything else but its audit entry: accounts are locked in the order of their names,
/// so that no two writes wait for each other.
pub async fn file(
    context: &Context,
    write: &mut Write,
    actor: &Actor,
    told: &[CaseNotifications],
) -> Result<(), Failure> {
    if told.iter().all(|told| told.notifications.is_empty()) {
        return Ok(());
    }
    let departments = request_store::departments(context, write.connection()).await?;
    for account in accounts::all(context, write.connection()).await? {
        let mut heard = Vec::new();
        for told in told.iter().filter(|_| account.id != actor.account.as_str()) {
            let of = told.department.as_ref();
            let named = of.and_then(|of| departments.iter().find(|known| known.id == *of));
            let name = named.map(|known| format!("{} ", known.name)).unwrap_or_default();
            let hears = |telling: &&Notification| account.holds(telling.roles, of);
            heard.extend(
                told.notifications
                    .iter()
                    .filter(hears)
                    .map(|telling| (&told.case, format!("{name}{}", told.title), &telling.kind)),
            );
        }
        if !heard.is_empty() {
            append(context, write, actor, &AccountId::new(account.id), &heard).await?;
        }
    }
    Ok(())
}

/// Notices of one account, in their order.
async fn append(
    context: &Context,
    write: &mut Write,
    actor: &Actor,
    account: &AccountId,
    heard: &[(&CaseId, String, &NotificationKind)],
) -> Result<(), Failure> {
    write.lock(&format!("notices {} {account}", context.tenant())).await?;
    let mut seq = latest(context, write.connection(), account).await?;
    for (case, about, matter) in heard {
        seq += 1;
        sqlx::query(
            "insert into notices (tenant, account, seq, at, by_name, request, about, matter) \
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(context.tenant())
        .bind(account.as_str())
        .bind(to_i64(seq))
        .bind(context.clock().stamp().to_string())
        .bind(actor.name.as_str())
        .bind(case.as_str())
        .bind(about.as_str())
        .bind(serde_json::to_string(matter)?)
        .execute(write.connection())
        .await?;
    }
    write.changes(change_bus::account(context.tenant(), account));
    Ok(())
}

/// Number of the latest notice, 0 when none.
pub async fn latest(
    context: &Context,
    connection: &mut AnyConnection,
    account: &AccountId,
) -> Result<u64, Failure> {
    let seq: Option<i64> =
        sqlx::query_scalar("select max(seq) from notices where tenant = $1 and account = $2")
            .bind(context.tenant())
            .bind(account.as_str())
            .fetch_one(connection)
            .await?;
    Ok(from_i64(seq.unwrap_or(0)))
}

/// What was told after a number, oldest first, at most [`MOST`].
pub async fn after(
    context: &Context,
    connection: &mut AnyConnection,
    account: &AccountId,
    after: u64,
) -> Result<Vec<(u64, Notice)>, Failure> {
    stored(context, connection, account, "n.seq > $3 order by n.seq", after).await
}

type Stored = (i64, String, String, String, String, i64, String, String);

async fn stored(
    context: &Context,
    connection: &mut AnyConnection,
    account: &AccountId,
    which: &'static str,
    bound: u64,
) -> Result<Vec<(u64, Notice)>, Failure> {
    // Only the fixed words of the two callers vary; every value is bound.
    let sql = format!(
        "select n.seq, n.at, n.by_name, n.request, c.kind, c.fiscal_year, n.about, n.matter \
         from notices n join cases c on c.tenant = n.tenant and c.id = n.request \
         where n.tenant = $1 and n.account = $2 and {which} limit $4"
    );
    let rows: Vec<Stored> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(context.tenant())
        .bind(account.as_str())
        .bind(to_i64(bound))
        .bind(to_i64(MOST as u64))
        .fetch_all(connection)
        .await?;
    rows.into_iter()
        .map(|(seq, at, by, id, kind, year, about, matter)| {
            let matter: NotificationKind = serde_json::from_str(&matter)?;
            let kind = Kind::from_word(&kind).ok_or_else(|| anyhow::anyhow!("a case of kind {kind}"))?;
            let fiscal_year = FiscalYear(i32::try_from(year).map_err(anyhow::Error::from)?);
            let notice = Notice {
                id: NoticeId::new(format!("n{seq}")),
                at: Some(at.parse()?),
                case: Some(CaseTold { id: CaseId::new(id), kind, fiscal_year }),
                about,
                by,
                text: matter.words(),
                read: false,
            };
            Ok((from_i64(seq), notice))
        })
        .collect()
}

/// How much is unread, reminders included.
pub async fn unread(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
) -> Result<usize, Failure> {
    let told: i64 = sqlx::query_scalar(
        "select count(*) from notices n where n.tenant = $1 and n.account = $2 and not exists (select 1 from \
         notices_read r where r.tenant = n.tenant and r.account = n.account and r.notice = 'n' || n.seq)",
    )
    .bind(context.tenant())
    .bind(actor.account.as_str())
    .fetch_one(&mut *connection)
    .await?;
    let reminded = match remind(context, &mut *connection, actor).await? {
        Some(reminder) => !read_of(context, connection, actor, &[reminder.key.as_str()]).await?.is_empty(),
        None => true,
    };
    Ok(usize::try_from(told).unwrap_or(0) + usize::from(!reminded))
}

/// Which of these this account has read.
async fn read_of(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    notices: &[&str],
) -> Result<BTreeSet<String>, Failure> {
    if notices.is_empty() {
        return Ok(BTreeSet::new());
    }
    let places: Vec<String> = (0..notices.len()).map(|i| format!("${}", i + 3)).collect();
    // Only the number of places varies; every value is bound.
    let sql = format!(
        "select notice from notices_read where tenant = $1 and account = $2 and notice in ({})",
        places.join(", ")
    );
    let mut query =
        sqlx::query_scalar(AssertSqlSafe(sql)).bind(context.tenant()).bind(actor.account.as_str());
    for notice in notices {
        query = query.bind(*notice);
    }
    let read: Vec<String> = query.fetch_all(connection).await?;
    Ok(read.into_iter().collect())
}

/// What the calendar reminds this person of today.
async fn remind(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
) -> Result<Option<Reminder>, Failure> {
    let today = context.clock().today();
    let year = FiscalYear(today.year() + 1);
    let Ok(edition) = art18_validity::edition_for(year) else { return Ok(None) };
    let mut late_until = None;
    if let Some(department) = &actor.department {
        late_until = request_store::late_until(context, &mut *connection, department, year).await?;
    }
    let at_worst = RequestProgress { late_until, reported: false, under_review: 1 };
    if reminder(actor.role, edition, year, at_worst, today).is_none() {
        return Ok(None);
    }
    let filed = request_store::of_year(context, connection, year).await?;
    let live = || filed.iter().map(|filed| &filed.case).filter(|case| case.stage != Stage::Withdrawn);
    let standing = RequestProgress {
        late_until,
        reported: live().any(|c| Some(&c.department) == actor.department.as_ref() && c.reported_version > 0),
        under_review: live().filter(|c| c.reported_version > 0 && c.stage < Stage::Accepted).count(),
    };
    Ok(reminder(actor.role, edition, year, standing, today))
}

/// `GET /api/notices`.
pub async fn read(context: Shared, actor: Actor, _: ReadNotices) -> Result<Notices, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let reminder = remind(&context, &mut connection, &actor).await?.map(|reminder| Notice {
        id: NoticeId::new(reminder.key),
        at: None,
        case: None,
        about: reminder.about,
        by: String::new(),
        text: reminder.text,
        read: false,
    });
    let told = stored(&context, &mut connection, &actor.account, "n.seq > $3 order by n.seq desc", 0).await?;
    let mut notices: Vec<Notice> =
        reminder.into_iter().chain(told.into_iter().map(|(_, notice)| notice)).collect();
    let ids: Vec<&str> = notices.iter().map(|notice| notice.id.as_str()).collect();
    let seen = read_of(&context, &mut connection, &actor, &ids).await?;
    for notice in &mut notices {
        notice.read = seen.contains(notice.id.as_str());
    }
    Ok(Notices { unread: unread(&context, &mut connection, &actor).await?, notices })
}

/// `POST /api/notices/read`.
pub async fn mark_read(context: Shared, actor: Actor, request: MarkNoticesRead) -> Result<usize, Failure> {
    let mut write = context.db.write(&format!("notices {} {}", context.tenant(), actor.account)).await?;
    let ids: Vec<&str> = request.notices.iter().map(NoticeId::as_str).collect();
    let seen = read_of(&context, write.connection(), &actor, &ids).await?;
    for id in ids.into_iter().filter(|id| !seen.contains(*id)) {
        sqlx::query(
            "insert into notices_read (tenant, account, notice, at) values ($1, $2, $3, $4) \
             on conflict do nothing",
        )
        .bind(context.tenant())
        .bind(actor.account.as_str())
        .bind(id)
        .bind(context.clock().stamp().to_string())
        .execute(write.connection())
        .await?;
    }
    let unread = unread(&context, write.connection(), &actor).await?;
    write.changes(change_bus::account(context.tenant(), &actor.account));
    write.commit_unaudited().await?;
    Ok(unread)
}
