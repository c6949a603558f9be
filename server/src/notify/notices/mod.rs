//! 通知: the notices of each account, stored in the transaction of the event they are about, and what it has read of them.

mod rows;

pub use rows::{after, latest};

use crate::cases::request_store;
use crate::context::Context;
use crate::http::failure::Failure;
use crate::http::routing::Shared;
use crate::identity::accounts;
use crate::notify::change_bus;
use crate::store::Write;
use rows::NewNotice;
use shared::api::notices::{MarkNoticesRead, Notice, Notices, ReadNotices};
use shared::cases::kernel::Stage;
use shared::cases::kernel::notification::{CaseNotifications, Notification};
use shared::cases::request::{Reminder, RequestProgress, reminder};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::{AccountId, NoticeId};
use shared::kernel::people::Actor;
use shared::policy::art18_validity;
use sqlx::AnyConnection;

/// Stores notifications for everyone they concern except their author. The streams of these accounts wake once the write
/// is committed.
///
/// Called once per write, last before its audit entry. Accounts are locked in the order of their ids, so that no two
/// writes wait for each other.
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
    let accounts = accounts::all(context, write.connection()).await?;
    let others = accounts.iter().filter(|account| account.id != actor.account.as_str());
    let others: Vec<_> = others.map(|account| (AccountId::new(account.id.clone()), account)).collect();
    let mut notices = Vec::new();
    for (id, account) in &others {
        let before = notices.len();
        for told in told {
            let of = told.department.as_ref();
            let named = of.and_then(|of| departments.iter().find(|known| known.id == *of));
            let name = named.map(|known| format!("{} ", known.name)).unwrap_or_default();
            let concerns = |notification: &&Notification| account.holds(notification.roles, of);
            notices.extend(told.notifications.iter().filter(concerns).map(|notification| NewNotice {
                account: id,
                case: &told.case,
                about: format!("{name}{}", told.title),
                kind: &notification.kind,
            }));
        }
        if notices.len() > before {
            write.lock(&format!("notices {} {id}", context.tenant())).await?;
            write.changes(change_bus::account(context.tenant(), id));
        }
    }
    rows::insert(context, write.connection(), &actor.name, &notices).await
}

/// How much is unread, reminders included.
pub async fn unread(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
) -> Result<usize, Failure> {
    let notices = rows::unread(context, &mut *connection, &actor.account).await?;
    let reminder_is_read = match remind(context, &mut *connection, actor).await? {
        Some(reminder) => {
            let read = rows::read_of(context, connection, &actor.account, &[reminder.key.as_str()]).await?;
            !read.is_empty()
        }
        None => true,
    };
    Ok(notices + usize::from(!reminder_is_read))
}

/// The reminder that the calendar has for this person today.
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
    let stored = rows::newest(&context, &mut connection, &actor.account).await?;
    let mut notices: Vec<Notice> = reminder.into_iter().chain(stored).collect();
    let ids: Vec<&str> = notices.iter().map(|notice| notice.id.as_str()).collect();
    let read = rows::read_of(&context, &mut connection, &actor.account, &ids).await?;
    for notice in &mut notices {
        notice.read = read.contains(notice.id.as_str());
    }
    Ok(Notices { unread: unread(&context, &mut connection, &actor).await?, notices })
}

/// `POST /api/notices/read`.
pub async fn mark_read(context: Shared, actor: Actor, request: MarkNoticesRead) -> Result<usize, Failure> {
    let mut write = context.db.write(&format!("notices {} {}", context.tenant(), actor.account)).await?;
    rows::mark_read(&context, write.connection(), &actor.account, &request.notices).await?;
    let unread = unread(&context, write.connection(), &actor).await?;
    write.changes(change_bus::account(context.tenant(), &actor.account));
    write.commit_unaudited().await?;
    Ok(unread)
}
