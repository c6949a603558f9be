//! Single rules of tablet and server, each without a simulation.

use super::fault::Defect;
use super::places::PLACES;
use super::story::{DiskFate, NetFate, Step};
use super::world::{World, identity};
use shared::cases::site_visit::Manifest;
use shared::engine::op::{Change, Conflict};
use shared::kernel::content_hash::ContentHash;
use shared::kernel::ids::{CaseId, OpId, RowId};
use shared::policy::art13_parking::ParkReason;
use shared::sync::site::content::void_signatures;
use shared::sync::site::drafting::{DraftRefusal, Finalization};
use shared::sync::site::operation::{SiteAct, SiteOperation, SiteSignature};
use shared::sync::site::receipt::{RejectReason, SiteResult};
use shared::sync::site::server::{Reception, VisitState};
use shared::sync::site::transport::RawReply;

pub const SOUND: NetFate = NetFate::Sound;

pub fn set(place: usize, text: &str) -> Vec<Change> {
    vec![Change::Set { at: PLACES[place].at(), from: None, to: Some(text.into()) }]
}

/// Types and stores.
pub fn type_text(world: &mut World, device: usize, place: usize, text: &str) {
    world.tablets[device].machine.type_cells(set(place, text)).unwrap();
    world.save(device, DiskFate::Sound);
}

pub fn deliver(world: &mut World, device: usize) {
    world.push(device, SOUND);
    world.save(device, DiskFate::Sound);
}

pub fn read(world: &mut World, device: usize) {
    world.pull(device, SOUND);
    world.save(device, DiskFate::Sound);
}

pub fn word(world: &World, device: usize) -> String {
    world.tablets[device].machine.storage_word().text()
}

pub fn last_result(world: &World) -> SiteResult {
    world.office.log.last().unwrap().result
}

pub fn first_op(world: &World, device: usize) -> SiteOperation {
    world.tablets[device].machine.stored().last_operation().unwrap().clone()
}

pub fn receive(world: &World, op: &SiteOperation) -> Reception {
    world.office.state.receive(op, &|_: &VisitState, _: &SiteOperation| Ok(()))
}

#[test]
fn an_operation_travels_with_its_kind_and_payload_and_keeps_its_hash() {
    let mut world = World::new(Defect::None);
    type_text(&mut world, 0, 0, "水库");
    let op = first_op(&world, 0);
    let json = serde_json::to_value(&op).unwrap();
    let mut keys: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    let expected = "account app_ver base_rev device form_ver kind mono_ms op_id payload policy_ver prev_hash seq visit wall_ms";
    assert_eq!(keys.join(" "), expected);
    assert_eq!(json["kind"], "cells");
    assert_eq!(json["payload"]["changes"][0]["set"]["to"], "水库");
    let again: SiteOperation = serde_json::from_value(json).unwrap();
    assert_eq!((again.body_hash(), &again), (op.body_hash(), &op));
    assert!(op.is_well_formed());
    assert!(!SiteOperation { seq: 0, ..op.clone() }.is_well_formed());
    assert!(!SiteOperation { op_id: OpId::new("1"), ..op }.is_well_formed());
}

#[test]
fn the_word_follows_what_storage_and_server_have_answered() {
    let mut world = World::new(Defect::None);
    assert_eq!(word(&world, 0), "已送达");
    world.tablets[0].machine.type_cells(set(0, "a")).unwrap();
    assert_eq!(word(&world, 0), "未存本机");
    world.save(0, DiskFate::Full);
    assert_eq!(word(&world, 0), "未存本机");
    assert!(world.tablets[0].machine.is_storage_full());
    world.save(0, DiskFate::Sound);
    assert_eq!(word(&world, 0), "已存本机");
    let now = world.tablets[0].now;
    assert_eq!(world.tablets[0].machine.next_batch(now).unwrap().ops.len(), 1);
    assert_eq!(word(&world, 0), "正在送达 0/1");
    world.tablets[0].machine.push_answered(&RawReply::nothing(), now, 0);
    assert_eq!(word(&world, 0), "离线");
    assert!(world.tablets[0].machine.next_batch(now).is_none(), "it waits before it tries again");
    world.tick(1_000);
    deliver(&mut world, 0);
    assert_eq!(word(&world, 0), "已送达");
}

#[test]
fn keys_pressed_in_one_cell_are_one_change_and_a_crash_loses_at_most_those() {
    let mut world = World::new(Defect::None);
    for text in ["好", "好的", "好的。"] {
        world.tablets[0].machine.type_cells(set(0, text)).unwrap();
    }
    world.save(0, DiskFate::Sound);
    let stored = world.tablets[0].machine.stored();
    let SiteAct::Cells { changes } = &stored.outbox[&1].act else { panic!("cells") };
    assert_eq!(changes, &set(0, "好的。"));
    world.tablets[0].machine.type_cells(set(1, "没有存")).unwrap();
    world.restart(0);
    let row = world.tablets[0].machine.draft().row("site_visit", &RowId::new("header")).unwrap();
    assert_eq!(row.cells.len(), 1);
}

#[test]
fn the_server_recognises_repeats_gaps_and_other_bodies() {
    let mut world = World::new(Defect::None);
    type_text(&mut world, 0, 0, "a");
    let first = first_op(&world, 0);
    type_text(&mut world, 0, 0, "b");
    let second = first_op(&world, 0);
    assert_eq!(receive(&world, &second), Reception::Gap);
    deliver(&mut world, 0);
    let Reception::Replay(known) = receive(&world, &first) else { panic!("known") };
    assert_eq!((known.result, known.rev), (SiteResult::Applied, 1));
    let other = SiteOperation { wall_ms: 1, ..first.clone() };
    let rejected = SiteResult::Rejected(RejectReason::OtherBody);
    assert_eq!(receive(&world, &other), Reception::Alarm { result: rejected, rev: 2 });
    let result = |op: SiteOperation| match receive(&world, &op) {
        Reception::Append(entry) => entry.result,
        other => panic!("{other:?}"),
    };
    // A known id in the next place must not hold up what follows.
    assert_eq!(result(SiteOperation { seq: 3, ..first.clone() }), rejected);
    let fresh =
        |seq, prev_hash| SiteOperation { op_id: OpId::new("f".repeat(32)), seq, prev_hash, ..second.clone() };
    assert_eq!(result(fresh(1, first.prev_hash.clone())), SiteResult::Parked(ParkReason::Sequence));
    assert_eq!(result(fresh(3, first.body_hash())), SiteResult::Parked(ParkReason::Chain));
    assert_eq!(result(fresh(3, second.body_hash())), SiteResult::Applied);
    let elsewhere = SiteOperation { visit: CaseId::new("x"), ..fresh(3, second.body_hash()) };
    assert_eq!(result(elsewhere), SiteResult::Rejected(RejectReason::OtherVisit));
}

#[test]
fn one_side_is_taken_equal_is_fine_and_both_are_a_conflict_until_somebody_chooses() {
    let mut world = World::new(Defect::None);
    type_text(&mut world, 0, 2, "符合");
    type_text(&mut world, 1, 3, "事实");
    type_text(&mut world, 1, 2, "不符合");
    type_text(&mut world, 1, 0, "一处");
    deliver(&mut world, 0);
    assert_eq!(last_result(&world), SiteResult::Applied);
    deliver(&mut world, 1);
    let results: Vec<SiteResult> = world.office.log.iter().map(|entry| entry.result).collect();
    assert_eq!(results[1..], [SiteResult::Merged, SiteResult::Conflict, SiteResult::Merged]);
    type_text(&mut world, 0, 0, "一处");
    deliver(&mut world, 0);
    assert_eq!(last_result(&world), SiteResult::Merged, "the same text is no conflict");
    assert_eq!(word(&world, 1), "有冲突 1");
    read(&mut world, 1);
    let [open] = &world.tablets[1].machine.stored().base.as_ref().unwrap().conflicts.clone()[..] else {
        panic!("one")
    };
    let Conflict::Cell { mine, theirs, .. } = &open.met else { panic!("a cell") };
    assert_eq!((mine.as_deref(), theirs.as_deref()), (Some("不符合"), Some("符合")));
    world.tablets[1].machine.resolve(open.id.clone(), set(2, "不符合")).unwrap();
    world.save(1, DiskFate::Sound);
    assert_eq!(word(&world, 1), "已存本机");
    deliver(&mut world, 1);
    assert!(world.office.state.conflicts.is_empty());
    let row = world.office.state.document.row("checklist", &RowId::new("c1")).unwrap();
    assert_eq!(row.cells["result"], "不符合");
}

#[test]
fn an_act_states_the_revision_its_author_saw() {
    let mut world = World::new(Defect::None);
    world.office.desk(1, 4, "desk");
    let reply = world.office.pull(&identity(0).device, &world.tablets[0].key);
    let now = world.tablets[0].now;
    world.tablets[0].machine.snapshot_answered(&reply, now, 0);
    world.step(Step::Begin { device: 0 });
    // The visit as it was read is on its way into storage; the person still sees the one before.
    world.tablets[0].machine.type_cells(set(0, "a")).unwrap();
    world.save(0, DiskFate::Sound);
    assert_eq!((world.tablets[0].machine.base_rev(), first_op(&world, 0).base_rev), (1, 0));
    type_text(&mut world, 0, 1, "b");
    assert_eq!(first_op(&world, 0).base_rev, 1);
}

#[test]
fn what_is_typed_while_storage_works_is_the_next_operation() {
    let mut world = World::new(Defect::None);
    world.tablets[0].machine.type_cells(set(0, "a")).unwrap();
    world.step(Step::Begin { device: 0 });
    world.tablets[0].machine.type_cells(set(0, "b")).unwrap();
    world.save(0, DiskFate::Sound);
    let texts: Vec<String> =
        world.tablets[0].machine.stored().outbox.values().flat_map(super::index::texts).collect();
    assert_eq!(texts, ["a", "b"]);
}

pub fn sign(world: &mut World, device: usize, row: &str) {
    let signature = SiteSignature {
        who: "评价人员一".to_string(),
        name: "王一".to_string(),
        hash: "0".repeat(64),
        content: ContentHash::of(b""),
        method: "手写".to_string(),
    };
    world.tablets[device].machine.sign(RowId::new(row), signature).unwrap();
    world.save(device, DiskFate::Sound);
}

pub fn finalize(world: &mut World, device: usize, manifest: &str) -> Result<(), DraftRefusal> {
    let of = Finalization { manifest: manifest.to_string(), ..Finalization::default() };
    world.tablets[device].machine.finalize(of)?;
    world.save(device, DiskFate::Sound);
    Ok(())
}

#[test]
fn a_change_after_a_signature_voids_it_where_everybody_sees() {
    let mut world = World::new(Defect::None);
    type_text(&mut world, 0, 0, "a");
    sign(&mut world, 0, "g1");
    assert!(void_signatures(world.tablets[0].machine.draft()).is_empty());
    type_text(&mut world, 0, 0, "b");
    assert_eq!(void_signatures(world.tablets[0].machine.draft()), [RowId::new("g1")]);
    assert_eq!(finalize(&mut world, 0, "m1"), Err(DraftRefusal::VoidSignature));
    // The other side of the visit changes it while the tablet is away.
    world.tablets[0].machine.unsign(&RowId::new("g1")).unwrap();
    sign(&mut world, 0, "g2");
    finalize(&mut world, 0, "m1").unwrap();
    world.office.desk(1, 4, "desk");
    deliver(&mut world, 0);
    assert_eq!(last_result(&world), SiteResult::Parked(ParkReason::VoidSignature));
    assert!(world.office.state.record.is_none());
}

#[test]
fn after_finalize_everything_is_read_only_until_a_correction_that_supersedes() {
    let mut world = World::new(Defect::None);
    type_text(&mut world, 0, 0, "a");
    type_text(&mut world, 1, 1, "away");
    finalize(&mut world, 0, "m1").unwrap();
    assert_eq!(world.tablets[0].machine.type_cells(set(0, "b")), Err(DraftRefusal::ReadOnly));
    world.restart(0);
    assert_eq!(world.tablets[0].machine.type_cells(set(0, "b")), Err(DraftRefusal::ReadOnly));
    deliver(&mut world, 0);
    assert_eq!(world.office.state.record.as_ref().unwrap().manifest, "m1");
    deliver(&mut world, 1);
    assert_eq!(
        last_result(&world),
        SiteResult::Parked(ParkReason::Finalized),
        "it did not know of the record"
    );
    finalize(&mut world, 1, "m2").unwrap();
    deliver(&mut world, 1);
    assert!(last_result(&world).needs_attention());
    world.tablets[0].machine.correct();
    type_text(&mut world, 0, 0, "b");
    world.restart(0);
    finalize(&mut world, 0, "m3").unwrap();
    let SiteAct::Finalize { manifest } = first_op(&world, 0).act else { panic!("finalize") };
    assert_eq!(manifest.supersedes.as_deref(), Some("m1"));
    deliver(&mut world, 0);
    assert_eq!(world.office.state.record.as_ref().unwrap().manifest, "m3");
    let of_case: Manifest = serde_json::from_value(serde_json::to_value(&manifest).unwrap()).unwrap();
    assert_eq!((of_case.manifest.as_str(), of_case.fields), ("m3", manifest.fields.to_string()));
}

#[test]
fn of_two_manifests_that_do_not_know_each_other_the_second_is_parked() {
    let mut world = World::new(Defect::None);
    for (device, manifest) in [(0, "m1"), (1, "m2")] {
        finalize(&mut world, device, manifest).unwrap();
        deliver(&mut world, device);
    }
    assert_eq!(last_result(&world), SiteResult::Parked(ParkReason::Second));
    assert_eq!(world.office.state.record.as_ref().unwrap().manifest, "m1");
    assert_eq!((word(&world, 0).as_str(), word(&world, 1).as_str()), ("已送达", "需处理 1"));
    read(&mut world, 1);
    world.tablets[1].machine.correct();
    finalize(&mut world, 1, "m3").unwrap();
    deliver(&mut world, 1);
    assert_eq!(world.office.state.record.as_ref().unwrap().manifest, "m3", "it names the record it corrects");
}

#[test]
fn nothing_is_typed_before_the_visit_is_here() {
    let mut world = World::new(Defect::None);
    world.wipe(0);
    assert_eq!(world.tablets[0].machine.type_cells(set(0, "a")), Err(DraftRefusal::NotDownloaded));
    assert!(world.tablets[0].machine.wants_snapshot());
}
