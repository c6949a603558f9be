//! Single rules of delivery: batches, replies, refusals, uploads, lost operations, packages.

use super::fault::Defect;
use super::office::Office;
use super::rules::{SOUND, deliver, first_op, last_result, read, set, type_text, word};
use super::story::{DiskFate, NetFate, Step};
use super::world::{World, identity};
use shared::policy::art13_parking::ParkReason;
use shared::sync::site::blob::{BlobAnswer, BlobArrival, BlobRequest, BlobUpload};
use shared::sync::site::operation::{SiteAct, SiteOperation};
use shared::sync::site::package::OfflinePackage;
use shared::sync::site::receipt::{DeviceKey, SiteResult};
use shared::sync::site::sentinel::missing_text;
use shared::sync::site::storage_word::StorageWord;
use shared::sync::site::transport::{CONTENT_TYPE, PushBatch, RawReply};

#[test]
fn a_batch_has_at_most_200_operations_or_256_kib() {
    let mut world = World::new(Defect::None);
    for n in 0..250 {
        type_text(&mut world, 0, 0, &n.to_string());
    }
    let now = world.tablets[0].now;
    assert_eq!(world.tablets[0].machine.next_batch(now).unwrap().ops.len(), 200);
    let op = first_op(&world, 0);
    let long = |n: usize| {
        let changes = set(0, &"长".repeat(n));
        SiteOperation { act: SiteAct::Cells { changes }, ..op.clone() }
    };
    let ops = vec![long(30_000); 5];
    assert_eq!(PushBatch::of(ops.iter()).ops.len(), 2);
    assert_eq!(PushBatch::of([long(200_000)].iter()).ops.len(), 1, "a larger one goes alone");
}

#[test]
fn a_revoked_tablet_is_parked_and_nothing_waits_behind_it() {
    let mut world = World::new(Defect::None);
    world.office.revoked.insert(identity(0).device);
    type_text(&mut world, 0, 0, "a");
    deliver(&mut world, 0);
    assert_eq!(last_result(&world), SiteResult::Parked(ParkReason::Revoked));
    assert_eq!(word(&world, 0), "需处理 1");
    world.office.revoked.clear();
    type_text(&mut world, 0, 1, "b");
    deliver(&mut world, 0);
    assert_eq!(last_result(&world), SiteResult::Applied);
    assert!(world.tablets[0].machine.stored().outbox.is_empty());
}

#[test]
fn a_reply_counts_with_content_type_json_and_mac() {
    let mut world = World::new(Defect::None);
    type_text(&mut world, 0, 0, "a");
    let (of, key, now) = (identity(0).device, world.tablets[0].key.clone(), world.tablets[0].now);
    let batch = world.tablets[0].machine.next_batch(now).unwrap();
    let sound = Office::new(Defect::None).push(&of, &key, &batch, 200);
    let other_key = DeviceKey::new("another tablet");
    let wrong = [
        RawReply { content_type: "text/html".to_string(), ..sound.clone() },
        RawReply { status: 302, ..sound.clone() },
        RawReply { body: String::new(), ..sound.clone() },
        RawReply { body: sound.body.replace("\"seq\":1", "\"seq\":2"), ..sound.clone() },
        RawReply { body: sound.body.replace("applied", "merged"), ..sound.clone() },
        RawReply { body: sound.body.replace("\"head\":{\"seq\":1", "\"head\":{\"seq\":9"), ..sound.clone() },
        Office::new(Defect::None).push(&of, &other_key, &batch, 200),
        RawReply { content_type: CONTENT_TYPE.to_string(), status: 200, ..RawReply::nothing() },
    ];
    for reply in wrong {
        world.tablets[0].machine.push_answered(&reply, now, 0);
        world.save(0, DiskFate::Sound);
        assert_eq!(world.tablets[0].machine.stored().outbox.len(), 1, "{reply:?}");
    }
    world.tablets[0].machine.push_answered(&sound, now, 0);
    assert_eq!(world.tablets[0].machine.stored().outbox.len(), 1, "it stays until its receipt is stored");
    world.save(0, DiskFate::Sound);
    assert_eq!(world.tablets[0].machine.stored().outbox.len(), 0);
}

#[test]
fn a_visit_is_read_only_from_the_server_itself() {
    let mut world = World::new(Defect::None);
    let now = world.tablets[0].now;
    let empty = Office::new(Defect::None).pull(&identity(0).device, &world.tablets[1].key);
    world.office.desk(1, 4, "desk");
    let sound = world.office.pull(&identity(0).device, &world.tablets[0].key);
    let altered = RawReply { body: sound.body.replace("desk", "disk"), ..sound.clone() };
    for (reply, rev) in [(empty, 0), (altered, 0), (sound, 1)] {
        world.tablets[0].machine.snapshot_answered(&reply, now, 0);
        world.save(0, DiskFate::Sound);
        assert_eq!(world.tablets[0].machine.base_rev(), rev);
    }
}

#[test]
fn lost_operations_are_named_and_work_goes_on_behind_them() {
    let mut world = World::new(Defect::None);
    for text in ["a", "b", "c"] {
        type_text(&mut world, 0, 0, text);
    }
    deliver(&mut world, 0);
    let package = world.tablets[0].machine.export();
    world.wipe(0);
    read(&mut world, 0);
    let missing = world.tablets[0].machine.missing();
    assert_eq!(missing_text(&missing).unwrap(), "本机数据缺失：第 1–3 条");
    assert_eq!(world.tablets[0].machine.storage_word(), StorageWord::Attention(3));
    type_text(&mut world, 0, 0, "d");
    deliver(&mut world, 0);
    assert_eq!((last_result(&world), first_op(&world, 0).seq), (SiteResult::Applied, 4));
    assert_eq!(world.office.import(&package).text(), "新增 0 · 已有 3 · 搁置 0");
}

#[test]
fn an_offline_package_is_imported_any_number_of_times() {
    let mut world = World::new(Defect::None);
    for text in ["a", "b", "c"] {
        type_text(&mut world, 0, 0, text);
    }
    let package = world.tablets[0].machine.export();
    let [own, other] = [&world.tablets[0].key, &world.tablets[1].key];
    assert!(
        package.operations.iter().all(|packed| packed.is_sealed_with(own) && !packed.is_sealed_with(other))
    );
    let mut written_in = package.operations[0].clone();
    written_in.op.base_rev += 1;
    assert!(!written_in.is_sealed_with(own), "another body than the tablet's");
    let tail = OfflinePackage { operations: package.operations[1..].to_vec(), ..package.clone() };
    assert_eq!(world.office.import(&tail).text(), "新增 0 · 已有 0 · 搁置 2", "the first is missing");
    assert_eq!(world.office.import(&package).text(), "新增 3 · 已有 0 · 搁置 0");
    assert_eq!(world.office.import(&package).text(), "新增 0 · 已有 3 · 搁置 0");
    deliver(&mut world, 0);
    assert_eq!((word(&world, 0), world.office.log.len()), ("已送达".to_string(), 3));
}

/// Sends one step of an upload; whether it was a chunk.
fn upload(world: &mut World, fate: NetFate) -> bool {
    let now = world.tablets[0].now;
    let next = world.tablets[0].machine.clone().next_blob(now, 512);
    world.blob(0, fate);
    world.save(0, DiskFate::Sound);
    world.tick(60_000);
    matches!(next, Some(BlobRequest::Chunk { .. }))
}

#[test]
fn an_upload_goes_on_where_the_server_is() {
    let mut world = World::new(Defect::None);
    world.step(Step::Photo { device: 0, bytes: 1_700 });
    world.save(0, DiskFate::Sound);
    let fates = [SOUND, SOUND, NetFate::RequestLost, SOUND, NetFate::ReplyLost, SOUND, SOUND, SOUND];
    let chunks: Vec<bool> = fates.into_iter().map(|fate| upload(&mut world, fate)).collect();
    // Announced; two chunks, the second cut; asked; the same chunk with its reply cut; asked; the last two.
    assert_eq!(chunks, [false, true, true, false, true, false, true, true]);
    let blobs = &world.tablets[0].machine.stored().blobs;
    assert!(blobs.values().all(|record| record.upload == BlobUpload::Delivered), "{blobs:?}");
    world.check_server().unwrap();
    world.step(Step::Photo { device: 0, bytes: 1_700 });
    world.save(0, DiskFate::Sound);
    assert_eq!(world.tablets[0].machine.stored().blobs.len(), 1, "two equal photos are one blob");
    assert_eq!(world.tablets[0].machine.draft().rows("photos").len(), 2);
}

#[test]
fn a_chunk_that_does_not_join_and_a_wrong_whole_are_found() {
    let arrival = BlobArrival { bytes: 1_000, received: 512, is_whole: false };
    for (offset, length) in [(0, 512), (1_024, 1), (512, 489), (512, u64::MAX)] {
        assert!(!arrival.joins(offset, length), "{offset} {length}");
    }
    assert!(arrival.joins(512, 488));
    assert_eq!(BlobArrival::answer(Some(&arrival.received(488, || true))), BlobAnswer::Have);
    assert_eq!(BlobArrival::answer(Some(&arrival.received(488, || false))), BlobAnswer::Offset(0));
    assert_eq!(BlobArrival::answer(Some(&arrival.received(100, || true))), BlobAnswer::Offset(612));
    assert_eq!(BlobArrival::answer(None), BlobAnswer::Unknown);
}

#[test]
fn a_server_from_an_old_backup_gets_everything_again() {
    let mut world = World::new(Defect::None);
    type_text(&mut world, 0, 0, "a");
    deliver(&mut world, 0);
    world.office = Office::new(Defect::None);
    type_text(&mut world, 0, 1, "b");
    deliver(&mut world, 0);
    world.tick(2_000);
    deliver(&mut world, 0);
    assert_eq!(world.office.log.len(), 2);
    assert_eq!(word(&world, 0), "已送达");
}
