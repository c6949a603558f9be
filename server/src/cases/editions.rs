//! 政策版本: the register as people read it, its files, and beginning a change of it.

use crate::cases::operations;
use crate::cases::store;
use crate::context::{Context, Shared};
use crate::documents::editions;
use crate::documents::versions::FrozenSnapshot;
use crate::http::reply::File;
use crate::kernel::failure::Failure;
use crate::store::audit_trail::AuditRecord;
use shared::api::editions::{
    EditionFile, EditionLine, ImportEdition, Imported, KnownCalendar, OpenEdition, ReadEdition, ReadRegister,
    RegisterView,
};
use shared::api::operations::SendOperations;
use shared::cases::authority::{Capability, may};
use shared::cases::edition::{EditionCase, RegisterChange, form};
use shared::cases::kernel::{CaseKind, Verb};
use shared::cases::{AnyCase, Kind};
use shared::engine::document::Document;
use shared::engine::op::{CellAt, Change, HEADER_ROW, Op};
use shared::kernel::ids::{OpId, RowId};
use shared::kernel::people::Actor;
use shared::kernel::refusal::Refusal;
use shared::policy::art04_calendar::year_in_hand;
use shared::policy::editions::check::{CheckContext, load};
use shared::policy::editions::json::indented;
use shared::policy::editions::{Edition, EditionError};
use sqlx::AnyConnection;
use std::sync::Arc;

/// `GET /api/editions`.
pub async fn register(context: Shared, actor: Actor, _: ReadRegister) -> Result<RegisterView, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let register = editions::register(&context, &mut connection).await?;
    let year = year_in_hand(&register, context.clock().today());
    let serving = register.edition_for(year);
    let line = |edition: &Arc<Edition>| {
        Ok(EditionLine {
            code: edition.code(),
            id: edition.id.clone(),
            revision: edition.revision,
            title: edition.title.clone(),
            document: edition.document().to_string(),
            from_year: edition.from_year,
            demonstration: edition.demonstration,
            force: edition.force.clone(),
            hash: edition.hash().map_err(anyhow::Error::from)?,
        })
    };
    let calendars = register.years().iter();
    Ok(RegisterView {
        editions: register.editions().map(line).collect::<Result<_, Failure>>()?,
        calendars: calendars
            .map(|(year, days)| KnownCalendar { year: *year, document: days.document.clone() })
            .collect(),
        year,
        serving: serving.as_ref().ok().map(|edition| edition.code()),
        refusal: serving.err(),
        may_open: may(&actor, Capability::OpenEdition).is_ok(),
    })
}

/// `GET /api/editions/{id}/{revision}`.
pub async fn read(context: Shared, _actor: Actor, request: ReadEdition) -> Result<Edition, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    Ok(Edition::clone(&*named(&context, &mut connection, &request.id, request.revision).await?))
}

/// `GET /api/editions/{id}/{revision}/file`: byte for byte canonical, but indented.
pub async fn file(context: Shared, _actor: Actor, request: EditionFile) -> Result<File, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let edition = named(&context, &mut connection, &request.id, request.revision).await?;
    let text = indented(&serde_json::to_value(&*edition)?)?;
    Ok(File {
        name: format!("{}-{}.json", edition.id, edition.revision),
        content_type: "application/json",
        bytes: text.into_bytes(),
    })
}

async fn named(
    context: &Context,
    connection: &mut AnyConnection,
    id: &str,
    revision: u32,
) -> Result<Arc<Edition>, Failure> {
    editions::named(context, connection, &format!("{id}#{revision}")).await
}

/// `POST /api/editions`: repeating it under the same id answers the same.
pub async fn open(context: Shared, actor: Actor, request: OpenEdition) -> Result<(), Failure> {
    let OpenEdition { case: id, change, base } = request;
    let mut write = context.db.write(&format!("cases {} {}", context.tenant(), Kind::Edition.word())).await?;
    let register = editions::register(&context, write.connection()).await?;
    let unknown = || {
        let named = base.as_deref().unwrap_or_default();
        Refusal::under(18, "EDN-01", format!("没有政策版本“{named}”，请从政策版本库中选择"))
    };
    let edition = match base.as_deref() {
        Some(name) => register.find(name),
        None => register.newest(),
    };
    let edition = edition.ok_or_else(unknown)?;
    if let Some(known) = store::find(&context, write.connection(), &id).await? {
        let same = matches!(&known.case, AnyCase::Edition(known)
            if known.change == change && known.base == edition.code() && known.opened_by == actor.signature());
        return if same {
            Ok(())
        } else {
            Err(Failure::exists("案卷编号已被占用，请刷新页面后重试。"))
        };
    }
    let year = year_in_hand(&register, context.clock().today());
    let based_on = (edition.code(), edition.document().to_string());
    let case = EditionCase::new(id.clone(), year, change, based_on, actor.signature());
    require_no_other(&context, write.connection(), &case).await?;
    if !store::insert(&context, write.connection(), &AnyCase::from(case)).await? {
        return Err(Failure::exists("案卷编号已被占用，请刷新页面后重试。"));
    }
    let entry = AuditRecord::by(&actor, context.clock().stamp(), "edition.open", id.as_str());
    write.commit(entry.detail(format!("{} {}", change.word(), edition.code()))).await
}

/// EDN-16: one change of an edition, and one of the calendar, at a time.
async fn require_no_other(
    context: &Context,
    connection: &mut AnyConnection,
    case: &EditionCase,
) -> Result<(), Failure> {
    let of = |name: &str| name.split('#').next().unwrap_or_default().to_string();
    let collides = |other: &EditionCase| match case.change {
        RegisterChange::New => false,
        RegisterChange::Calendar => other.change == RegisterChange::Calendar,
        RegisterChange::Revision | RegisterChange::Extension => {
            matches!(other.change, RegisterChange::Revision | RegisterChange::Extension)
                && of(&other.base) == of(&case.base)
        }
    };
    for listed in store::listed(context, connection, Some(Kind::Edition)).await? {
        let AnyCase::Edition(other) = listed.case else { continue };
        if other.is_open() && collides(&other) {
            let message = format!("{}另有一项变更尚未办结，请先办结或作废它", other.label());
            return Err(Refusal::under(18, "EDN-16", message).into());
        }
    }
    Ok(())
}

/// `POST /api/editions/{case}/import`: a file is compared with the draft and becomes operations of whoever imports it.
pub async fn import(context: Shared, actor: Actor, request: ImportEdition) -> Result<Imported, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let case = store::visible(&context, &mut connection, &actor, &request.case).await?;
    let today = context.clock().today();
    case.permit(&actor, Verb::Edit, today)?;
    let AnyCase::Edition(change) = &case else { return Err(Failure::unknown("项政策版本变更")) };
    if !change.change.has_numbers() {
        let message = format!("{}不改动参数，不能导入版本文件", change.change.label());
        return Err(editions::refused(EditionError::new("EDN-14", None, message)));
    }
    let checked = CheckContext { demonstration: context.settings.demo, today: Some(today) };
    let file = load(&request.file, checked).map_err(editions::refused)?;
    let base = editions::named(&context, &mut connection, &change.base).await?;
    if file.hash().map_err(anyhow::Error::from)? == base.hash().map_err(anyhow::Error::from)? {
        let fault = EditionError::new("EDN-15", None, "文件与所据版本没有差别，无须办理");
        return Err(editions::refused(fault));
    }
    let wanted = form::filled_from(&file, &base, change.fiscal_year)?;
    let (_, now) = operations::live(&context, &mut connection, &case).await?;
    drop(connection);
    let changes = changes_between(&now, &wanted);
    let changed = changes.len();
    if changed > 0 {
        let id = FrozenSnapshot::of(&(&request.operation, &request.file))?.hash;
        let op = Op { id: OpId::new(format!("i{}", &id[..30])), changes };
        let send = SendOperations { request: request.case, ops: vec![op] };
        let sent = operations::send(context, actor, send).await?;
        let conflicts = sent.results.iter().map(|result| result.conflicts.len()).sum::<usize>();
        if conflicts > 0 {
            return Err(Failure::exists("导入时有人改动了本稿，请重新打开后再导入。"));
        }
    }
    Ok(Imported { changed })
}

/// The changes from what stands in the draft to what the file says; tables the file does not speak of stay.
fn changes_between(now: &Document, wanted: &Document) -> Vec<Change> {
    let mut changes = Vec::new();
    for (table, rows) in &wanted.tables {
        // A row of parameters is the same one when it has the same name.
        let known = |row: &shared::engine::document::Row| {
            let name = row.cells.get(form::NAME);
            now.rows(table).iter().find(|other| match name {
                Some(_) if table == form::VALUES => other.cells.get(form::NAME) == name,
                _ => other.id == row.id,
            })
        };
        for row in rows {
            match known(row) {
                None if row.id.as_str() != HEADER_ROW => changes.push(Change::InsertRow {
                    table: table.clone(),
                    row: RowId::new(format!("i{}", row.id)),
                    rank: row.rank,
                    cells: row.cells.clone(),
                }),
                before => {
                    let id = before.map_or_else(|| row.id.clone(), |before| before.id.clone());
                    let was = before.map(|before| before.cells.clone()).unwrap_or_default();
                    let keys = was.keys().chain(row.cells.keys()).collect::<std::collections::BTreeSet<_>>();
                    for key in keys.into_iter().filter(|key| was.get(*key) != row.cells.get(*key)) {
                        let text = |cells: &std::collections::BTreeMap<String, String>| {
                            cells.get(key).map(|text| Arc::from(text.as_str()))
                        };
                        let at = CellAt {
                            table: table.as_str().into(),
                            row: id.clone(),
                            field: key.as_str().into(),
                        };
                        changes.push(Change::Set { at, from: text(&was), to: text(&row.cells) });
                    }
                }
            }
        }
    }
    changes
}
