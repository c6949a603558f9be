//! 照片上传: announced, asked for, sent in chunks. A chunk is durable before it is answered; the whole is checked by its SHA-256, and
//! the case hears of it in the transaction that calls it whole.

use super::blob_rows::{self, BlobRow};
use super::devices::own_key;
use crate::cases::attachments::photos::{self, PhotoKey};
use crate::cases::money::command_world;
use crate::cases::money::execute::{Execution, GivenCommand};
use crate::cases::money::record::record;
use crate::context::{Context, Shared};
use crate::kernel::failure::Failure;
use crate::store::append::Operation;
use crate::store::audit_trail::AuditRecord;
use crate::store::digest;
use bytes::Bytes;
use serde_json::json;
use shared::cases::execution::registry::ExecutionKindName;
use shared::cases::site_visit::SiteVisit;
use shared::kernel::content_hash::ContentHash;
use shared::kernel::ids::{CaseId, DeviceId};
use shared::kernel::people::Actor;
use shared::kernel::upload::UploadRefusal;
use shared::sync::site::api::{AnnounceSiteBlob, AskSiteBlob, Joined, SendSiteChunk};
use shared::sync::site::blob::{BlobArrival, BlobReply};
use shared::sync::site::receipt::DeviceKey;
use sqlx::AnyConnection;

/// The key of the sender's device, once the visit is known to have been sent to them.
async fn sender_key(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    (visit, device): (&CaseId, &DeviceId),
) -> Result<DeviceKey, Failure> {
    let key = own_key(context, &mut *connection, actor, device).await?;
    let stored = command_world::of_case(context, connection, visit).await?;
    let entry = stored.world.cases.get(visit);
    let case = entry.and_then(|entry| <&SiteVisit>::try_from(&entry.case).ok());
    match case.is_some_and(|case| case.sent_to.contains(actor.account.as_str())) {
        true => Ok(key),
        false => Err(Failure::unknown("次现场评价")),
    }
}

fn answered(key: &DeviceKey, device: &DeviceId, hash: &str, arrival: Option<&BlobArrival>) -> BlobReply {
    BlobReply::seal(key, device, hash, BlobArrival::answer(arrival))
}

fn lock(context: &Context, visit: &CaseId, hash: &str) -> String {
    format!("site blob {} {visit} {hash}", context.tenant())
}

/// `POST /api/site/visits/{visit}/blobs`: repeating it answers how far the blob is.
pub async fn announce(
    context: Shared,
    actor: Actor,
    request: AnnounceSiteBlob,
) -> Result<BlobReply, Failure> {
    let AnnounceSiteBlob { visit, device, hash, bytes } = request;
    let limits = &context.attachments.limits();
    if bytes == 0 {
        return Err(UploadRefusal::Empty.into());
    }
    if bytes > limits.largest_file {
        return Err(UploadRefusal::TooLarge { largest: limits.largest_file }.into());
    }
    let tenant = context.tenant();
    let mut write = context.db.write(&lock(&context, &visit, &hash)).await?;
    let key = sender_key(&context, write.connection(), &actor, (&visit, &device)).await?;
    let known = blob_rows::blob(write.connection(), tenant, (&visit, &hash)).await?;
    if let Some(known) = known {
        return Ok(answered(&key, &device, &hash, Some(&known.arrival)));
    }
    let (count, used) = blob_rows::usage(write.connection(), tenant, &visit).await?;
    if count >= limits.most_per_case {
        return Err(UploadRefusal::TooMany { most: limits.most_per_case }.into());
    }
    if used.saturating_add(bytes) > limits.largest_case {
        let left = limits.largest_case.saturating_sub(used);
        return Err(UploadRefusal::CaseFull { largest: limits.largest_case, left }.into());
    }
    blob_rows::insert(write.connection(), tenant, (&visit, &hash), (bytes, &device)).await?;
    write.commit_unaudited().await?;
    let arrival = BlobArrival { bytes, received: 0, is_whole: false };
    Ok(answered(&key, &device, &hash, Some(&arrival)))
}

/// `GET /api/site/visits/{visit}/blobs/{hash}`.
pub async fn ask(context: Shared, actor: Actor, request: AskSiteBlob) -> Result<BlobReply, Failure> {
    let AskSiteBlob { visit, device, hash } = request;
    let mut connection = context.db.reader().acquire().await?;
    let key = sender_key(&context, &mut connection, &actor, (&visit, &device)).await?;
    let known = blob_rows::blob(&mut connection, context.tenant(), (&visit, &hash)).await?;
    Ok(answered(&key, &device, &hash, known.as_ref().map(|known| &known.arrival)))
}

/// `POST …/blobs/{hash}/chunks/{offset}`: 409 with the offset to go on from where it does not join.
pub async fn chunk(
    context: Shared,
    actor: Actor,
    request: SendSiteChunk,
    bytes: Vec<u8>,
) -> Result<Joined<BlobReply>, Failure> {
    let SendSiteChunk { visit, hash, offset, device, sm3 } = request;
    let (tenant, at) = (context.tenant(), (&visit, hash.as_str()));
    let mut connection = context.db.reader().acquire().await?;
    let key = sender_key(&context, &mut connection, &actor, (&visit, &device)).await?;
    let known = blob_rows::blob(&mut connection, tenant, at).await?;
    drop(connection);
    let length = u64::try_from(bytes.len()).map_err(anyhow::Error::from)?;
    let reply = |row: Option<&BlobRow>| answered(&key, &device, &hash, row.map(|row| &row.arrival));
    let joins = |row: &BlobRow| length > 0 && row.arrival.joins(offset, length);
    if !known.as_ref().is_some_and(joins) {
        return Ok(Joined::gap(reply(known.as_ref())));
    }
    if ContentHash::of(&bytes) != sm3 {
        let (from, to) = (offset, offset.saturating_add(length));
        return Err(UploadRefusal::AlteredPart { number: offset / length + 1, from, to }.into());
    }
    let photo = PhotoKey { visit: &visit, hash: &hash };
    photos::put_chunk(&context, photo, (offset, &sm3), Bytes::from(bytes)).await?;
    let mut write = context.db.write(&lock(&context, &visit, &hash)).await?;
    // Somebody else may have sent the same chunk meanwhile.
    let known = blob_rows::blob(write.connection(), tenant, at).await?;
    let Some(mut row) = known.filter(joins) else {
        let known = blob_rows::blob(write.connection(), tenant, at).await?;
        return Ok(Joined::gap(reply(known.as_ref())));
    };
    row.chunks.push((offset, sm3));
    let is_last = row.arrival.received + length == row.arrival.bytes;
    if !is_last {
        row.arrival = row.arrival.received(length, || false);
        blob_rows::update(write.connection(), tenant, at, &row, context.clock().stamp()).await?;
        write.commit_unaudited().await?;
        return Ok(Joined::whole(reply(Some(&row))));
    }
    drop(write);
    let judged = photos::assemble(&context, photo, &row.chunks).await?;
    let is_right = matches!(judged, Ok(true));
    row.arrival = row.arrival.received(length, || is_right);
    if is_right {
        finish(&context, &actor, photo, &row).await?;
    } else {
        row.chunks.clear();
        let mut write = context.db.write(&lock(&context, &visit, &hash)).await?;
        blob_rows::update(write.connection(), tenant, at, &row, context.clock().stamp()).await?;
        write.commit_unaudited().await?;
    }
    photos::drop_chunks(&context, photo).await?;
    match judged {
        Ok(true) => Ok(Joined::whole(reply(Some(&row)))),
        // The bytes are not those that were announced: from the start again.
        Ok(false) => Ok(Joined::gap(reply(Some(&row)))),
        Err(refusal) => Err(refusal.into()),
    }
}

/// Calls a blob whole, and tells the case.
async fn finish(context: &Context, actor: &Actor, photo: PhotoKey<'_>, row: &BlobRow) -> Result<(), Failure> {
    let PhotoKey { visit, hash } = photo;
    let id = format!("{}/blob", digest(&[visit.as_str(), hash]));
    let body_hash = digest(&[visit.as_str(), hash, actor.account.as_str()]);
    let sent = Operation { id: &id, body_hash: &body_hash, account: actor.account.as_str() };
    let locks = [format!("money {}", context.tenant()), lock(context, visit, hash)];
    let mut write = context.db.write_many(&locks).await?;
    let known = blob_rows::blob(write.connection(), context.tenant(), (visit, hash)).await?;
    if known.is_none_or(|known| known.arrival.is_whole) {
        return Ok(());
    }
    let stamp = context.clock().stamp();
    blob_rows::update(write.connection(), context.tenant(), (visit, hash), row, stamp).await?;
    let kind = ExecutionKindName::SiteVisit;
    let with = json!({ "hash": hash });
    let mut given = GivenCommand { actor, case: visit, seen: 0, kind, verb: "blob", with, sent };
    let mut execution = Execution::begin(context, write.connection(), &[&given], true).await?;
    given.seen = execution.world.rows.get(visit).map_or(0, |row| row.revision);
    match execution.carry_out(write.connection(), &given).await? {
        Ok(moved) if moved.from == moved.stage => {
            execution.done.iter_mut().for_each(|one| one.notices.clear())
        }
        Ok(_) => {}
        Err(refused) => {
            tracing::warn!(%visit, hash, ?refused, "the case does not take a photo");
            return write.commit_unaudited().await;
        }
    }
    record(&mut execution, &mut write).await?;
    let act = AuditRecord::by(actor, stamp, "site.receive", visit.as_str());
    write.commit(act.detail(format!("照片 {hash}"))).await
}
