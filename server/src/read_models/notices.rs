//! 通知: what an account reads: its notices, the reminder of the day, and how much of it is unread.

use crate::context::{Context, Shared};
use crate::documents::editions;
use crate::kernel::failure::Failure;
use crate::notify::notices;
use crate::store::change_bus;
use shared::api::notices::{MarkNoticesRead, Notice, Notices, ReadNotices};
use shared::cases::request::{Reminder, RequestProgress, reminder};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::NoticeId;
use shared::kernel::people::Actor;
use sqlx::AnyConnection;

/// How much is unread, reminders included.
pub async fn unread(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
) -> Result<usize, Failure> {
    let stored = notices::unread(context, &mut *connection, &actor.account).await?;
    let reminder_is_read = match remind(context, &mut *connection, actor).await? {
        Some(reminder) => {
            let read =
                notices::read_of(context, connection, &actor.account, &[reminder.key.as_str()]).await?;
            !read.is_empty()
        }
        None => true,
    };
    Ok(stored + usize::from(!reminder_is_read))
}

/// The reminder that the calendar has for this person today.
pub(super) async fn remind(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
) -> Result<Option<Reminder>, Failure> {
    let today = context.clock().today();
    let year = FiscalYear(today.year() + 1);
    let register = editions::register(context, &mut *connection).await?;
    let Ok(edition) = register.edition_for(year) else { return Ok(None) };
    let mut late_until = None;
    if let Some(department) = &actor.department {
        let late = context.deadlines.late_windows(context, &mut *connection, year).await?;
        late_until = late.get(department).copied();
    }
    let at_worst = RequestProgress { late_until, reported: false, under_review: 1 };
    if reminder(actor.role, edition, year, at_worst, today).is_none() {
        return Ok(None);
    }
    let requests = context.deadlines.requests(context, connection, year).await?;
    let progress = RequestProgress {
        late_until,
        reported: actor.department.as_ref().is_some_and(|own| requests.reported.contains(own)),
        under_review: requests.under_review,
    };
    Ok(reminder(actor.role, edition, year, progress, today))
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
    let stored = notices::newest(&context, &mut connection, &actor.account).await?;
    let mut all: Vec<Notice> = reminder.into_iter().chain(stored).collect();
    let ids: Vec<&str> = all.iter().map(|notice| notice.id.as_str()).collect();
    let read = notices::read_of(&context, &mut connection, &actor.account, &ids).await?;
    for notice in &mut all {
        notice.read = read.contains(notice.id.as_str());
    }
    Ok(Notices { unread: unread(&context, &mut connection, &actor).await?, notices: all })
}

/// Those of these notices that this person has; an id that was made up leaves no row.
async fn own_notices(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    mut asked: Vec<NoticeId>,
) -> Result<Vec<NoticeId>, Failure> {
    let latest = notices::latest(context, &mut *connection, &actor.account).await?;
    let reminder = remind(context, connection, actor).await?.map(|reminder| reminder.key);
    let number =
        |id: &str| id.strip_prefix('n').filter(|digits| !digits.starts_with(['0', '+']))?.parse().ok();
    asked.retain(|id| {
        let is_notice = number(id.as_str()).is_some_and(|number: u64| (1..=latest).contains(&number));
        is_notice || reminder.as_deref() == Some(id.as_str())
    });
    Ok(asked)
}

/// `POST /api/notices/read`.
pub async fn mark_read(context: Shared, actor: Actor, request: MarkNoticesRead) -> Result<usize, Failure> {
    let mut write = context.db.write(&format!("notices {} {}", context.tenant(), actor.account)).await?;
    let own = own_notices(&context, write.connection(), &actor, request.notices).await?;
    notices::mark_read(&context, write.connection(), &actor.account, &own).await?;
    let unread = unread(&context, write.connection(), &actor).await?;
    write.changes(change_bus::account(context.tenant(), &actor.account));
    write.commit_unaudited().await?;
    Ok(unread)
}
