//! A site visit with two tablets, from the bundle to the acceptance, and what waits for a person.

use crate::money::verified;
use crate::site_tablet::{Tablet, VISIT, command_of, commands, sent_out};
use serde_json::json;
use shared::api::Method;
use shared::api::money::ReadMoneyCase;
use shared::api::performance::RevokeDevice;
use shared::engine::op::Change;
use shared::kernel::calendar::Date;
use shared::kernel::hash::sha256_hex;
use shared::kernel::ids::{AccountId, CaseId, DeviceId, OpId, RowId};
use shared::policy::art13_parking::ParkReason;
use shared::sync::site::api::register::{ReadSiteRegister, SiteRegister};
use shared::sync::site::api::{
    EnrolDevice, ImportSitePackage, ReadSiteBundle, ReadSiteTasks, ReadVisitSnapshot,
};
use shared::sync::site::blob::{BlobAnswer, BlobReply, BlobRequest, CHUNK_BYTES};
use shared::sync::site::drafting::Finalization;
use shared::sync::site::operation::SiteOperation;
use shared::sync::site::receipt::SiteResult;
use shared::sync::site::transport::{CONTENT_TYPE, PushReply};
use std::collections::BTreeMap;
use tests::files::png;
use tests::{Desk, Draft, World, on_each_database};

fn revision(desk: &Desk) -> u64 {
    desk.call(&ReadMoneyCase { case: CaseId::new(VISIT) }).line.revision
}

fn stage(desk: &Desk) -> String {
    desk.call(&ReadMoneyCase { case: CaseId::new(VISIT) }).line.stage
}

fn register(world: &World) -> SiteRegister {
    world.desk("finance.leader").call(&ReadSiteRegister {})
}

fn fills(desk: &Desk, document: serde_json::Value) {
    commands(desk, revision(desk), json!({ "verb": "fill", "document": document }));
}

fn cell<'a>(tablet: &'a Tablet, table: &str, row: &str, field: &str) -> &'a str {
    let row = tablet.machine.draft().rows(table).iter().find(|of| of.id.as_str() == row).expect("a row");
    row.cells.get(field).map_or("", String::as_str)
}

/// The ledger, the chains and the trail agree after the story.
fn is_sound(world: &World) {
    world.stop();
    let report = world.verified();
    // The story itself gave the evaluators their accounts.
    let faults = report.faults.iter().map(|fault| format!("{fault:?}"));
    let faults: Vec<String> = faults.filter(|fault| !fault.contains("account/evaluator.")).collect();
    assert_eq!((faults, report.unknown_tables), (Vec::new(), Vec::new()));
    verified(world);
}

#[test]
fn two_evaluators_with_two_tablets_bring_a_visit_from_the_bundle_to_its_acceptance() {
    on_each_database(|world| {
        sent_out(world);
        let mut qin = Tablet::enrolled(world, "evaluator.qin", "pad-qin");
        let mut cao = Tablet::enrolled(world, "evaluator.cao", "pad-cao");
        let roles: Vec<&str> = qin.bundle.evaluators.iter().map(|of| of.signs_as.as_str()).collect();
        assert_eq!(roles, ["评价人员一", "评价人员二"]);
        assert_eq!(cell(&qin, "checklist", "i1", "weight"), "10.0");
        both_type(&mut qin, &mut cao);
        a_desk_types_in_between(world, &mut qin, &mut cao);
        let photo = qin.photographs("p1", "i1", png(CHUNK_BYTES as usize + 100, 7));
        qin.delivers();
        is_signed_and_complete(world, &mut qin, &photo);
        cao.reads();
        assert!(cao.machine.is_read_only());
        let office = world.desk("finance.reviewer");
        commands(&office, revision(&office), json!({ "verb": "accept" }));
        assert_eq!(stage(&office), "accepted");
        let line = register(world).visits.into_iter().find(|line| line.visit.as_str() == VISIT).expect("it");
        assert_eq!((line.missing_blobs.len(), line.received.len()), (0, 2));
        assert!(register(world).quarantine.is_empty());
        is_sound(world);
    });
}

/// Different cells merge; the same cell is a conflict until somebody chooses.
fn both_type(qin: &mut Tablet, cao: &mut Tablet) {
    qin.types("checklist", "i1", "result", "不符合");
    qin.types("checklist", "i1", "facts", "缺三月记录");
    qin.scores("s1", "i1", "evaluator.qin", "6");
    cao.types("checklist", "i2", "result", "符合");
    cao.types("checklist", "i1", "facts", "缺三、四月记录");
    qin.delivers();
    cao.delivers();
    assert_eq!(qin.results(), ["applied", "applied", "applied"]);
    assert_eq!(cao.results(), ["merged", "conflict"]);
    let open = cao.machine.stored().base.as_ref().expect("read").conflicts.clone();
    assert_eq!(open.len(), 1);
    let mine = Draft::set("checklist", "i1", "facts", None, Some("缺三、四月记录"));
    cao.machine.resolve(open[0].id.clone(), vec![mine]).expect("open");
    cao.delivers();
    assert_eq!(cao.results().last(), Some(&"applied"));
    qin.reads();
    assert_eq!(cell(qin, "checklist", "i1", "facts"), "缺三、四月记录");
    assert!(qin.machine.stored().base.as_ref().expect("read").conflicts.is_empty());
}

/// What a desk types is an act among those of the tablets; nothing of either is lost.
fn a_desk_types_in_between(world: &World, qin: &mut Tablet, cao: &mut Tablet) {
    let desk = world.desk("evaluator.cao");
    let score = json!({ "id": "s2", "item": "i1", "evaluator": "evaluator.cao", "score": "7" });
    fills(&desk, json!({ "header": { "place": "信息中心机房" }, "scores": [score] }));
    qin.types("site_visit", "header", "overview", "机房环境整洁，设备运行正常。");
    qin.types("site_visit", "header", "place", "一号机房");
    qin.delivers();
    assert_eq!(qin.results().iter().rev().take(2).collect::<Vec<_>>(), [&"conflict", &"merged"]);
    let conflict = qin.machine.stored().base.as_ref().expect("read").conflicts[0].id.clone();
    qin.machine.resolve(conflict, Vec::new()).expect("open");
    qin.delivers();
    cao.scores("s3", "i2", "evaluator.cao", "9");
    cao.delivers();
    qin.reads();
    assert_eq!(cell(qin, "site_visit", "header", "place"), "信息中心机房");
    assert_eq!(qin.machine.draft().rows("scores").len(), 3);
    let shown = serde_json::to_string(&desk.call(&ReadMoneyCase { case: CaseId::new(VISIT) }).form);
    let shown = shown.expect("JSON");
    for text in ["信息中心机房", "机房环境整洁", "缺三、四月记录"] {
        assert!(shown.contains(text), "{text}");
    }
}

/// Signed by everybody, finalized, and complete once the bytes of the photo are here, over a line that breaks.
fn is_signed_and_complete(world: &World, qin: &mut Tablet, photo: &str) {
    qin.signs("g1", "评价人员一", "秦评价");
    qin.signs("g2", "评价人员二", "曹评价");
    qin.signs("g3", "被评价单位", "王主任");
    let of = Finalization { manifest: "m1".into(), refused: None, made_at: "2023-07-15 10:00".into() };
    qin.machine.finalize(of).expect("signed");
    qin.delivers();
    assert_eq!(qin.results().last(), Some(&"applied"));
    let desk = world.desk("finance.reviewer");
    assert_eq!(stage(&desk), "received");
    let line = register(world).visits.into_iter().find(|line| line.visit.as_str() == VISIT).expect("it");
    assert_eq!(line.missing_blobs, [photo]);
    let sent: Vec<u16> = (0..2).filter_map(|_| qin.uploads_a_step()).collect();
    assert_eq!(sent, [200, 200], "announced, and the first chunk");
    let again = qin.sends(&BlobRequest::Chunk { hash: photo.into(), offset: 0, length: CHUNK_BYTES });
    assert_eq!((again.status, again.header("content-type")), (409, Some(CONTENT_TYPE)));
    let reply: BlobReply = serde_json::from_str(&again.text).expect("an answer");
    assert!(reply.is_verified(&qin.key, &DeviceId::new("pad-qin")));
    assert_eq!(reply.answer, BlobAnswer::Offset(CHUNK_BYTES));
    world.restart("2023-07-15");
    while qin.uploads_a_step().is_some() {}
    assert_eq!(stage(&desk), "complete");
}

#[test]
fn a_batch_that_comes_again_is_answered_the_same_and_a_gap_says_where_to_go_on() {
    on_each_database(|world| {
        sent_out(world);
        let mut qin = Tablet::enrolled(world, "evaluator.qin", "pad-qin");
        for facts in ["一", "二", "三"] {
            qin.types("checklist", "i1", "facts", facts);
        }
        qin.delivers();
        let ops = qin.delivered();
        assert_eq!(ops.len(), 3);
        let first = qin.pushes(&ops);
        for _ in 0..10 {
            let again = qin.pushes(&ops);
            assert_eq!((again.status, &again.text), (200, &first.text));
            assert_eq!(again.header("content-type"), Some(CONTENT_TYPE));
        }
        let entries = world.count("select count(*) from visit_entries where visit = 'visit-site'");
        assert_eq!(entries, 4, "the opening and three operations");
        qin.types("checklist", "i2", "facts", "四");
        qin.types("checklist", "i2", "facts", "五");
        let waiting: Vec<_> = qin.machine.stored().outbox.values().cloned().collect();
        let gap = qin.pushes(&waiting[1..]);
        assert_eq!((gap.status, gap.header("content-type")), (409, Some(CONTENT_TYPE)));
        let reply: PushReply = serde_json::from_str(&gap.text).expect("a reply");
        assert_eq!((reply.head.seq, reply.receipts.len()), (3, 0));
        other_bodies_and_forms(world, &qin);
        qin.delivers();
        assert_eq!(qin.results(), ["applied"; 5]);
        is_sound(world);
    });
}

/// Another body under a known id is an alarm; what no person can type is rejected; neither changes the visit.
fn other_bodies_and_forms(world: &World, qin: &Tablet) {
    let mut altered = qin.delivered()[0].clone();
    altered.wall_ms += 1;
    for _ in 0..2 {
        let answer = qin.pushes(&[altered.clone()]);
        let reply: PushReply = serde_json::from_str(&answer.text).expect("a reply");
        assert_eq!(reply.receipts[0].result.word(), "rejected");
    }
    let shown = register(world);
    assert_eq!((shown.alarms.len(), shown.alarms[0].op.op_id.clone()), (1, altered.op_id));
    let mut foreign = qin.delivered();
    foreign[1].device = DeviceId::new("pad-cao");
    assert_eq!(qin.pushes(&foreign).status, 422);
    let headers = [("content-type", "text/html"), ("sec-fetch-site", "same-origin")];
    let path = format!("/api/site/visits/{VISIT}/operations");
    let html = qin.desk.raw(Method::Post, &path, Some(b"{}"), &headers);
    assert_eq!(html.status, 415);
}

#[test]
fn what_comes_after_a_revocation_or_a_closing_waits_where_the_office_sees_it() {
    on_each_database(|world| {
        sent_out(world);
        let mut qin = Tablet::enrolled(world, "evaluator.qin", "pad-qin");
        let mut cao = Tablet::enrolled(world, "evaluator.cao", "pad-cao");
        let office = world.desk("finance.reviewer");
        qin.types("checklist", "i1", "facts", "丢失前填写");
        let on = Date::parse("2023-07-15").expect("a day");
        office.call(&RevokeDevice { device: "pad-qin".into(), on });
        let answer = qin.pushes(&qin.machine.stored().outbox.values().cloned().collect::<Vec<_>>());
        let reply: PushReply = serde_json::from_str(&answer.text).expect("a reply");
        assert_eq!(reply.receipts[0].result, SiteResult::Parked(ParkReason::Revoked));
        let (visit, device) = (CaseId::new(VISIT), DeviceId::new("pad-qin"));
        let bundle = ReadSiteBundle { visit: visit.clone(), device: device.clone() };
        assert_eq!(qin.desk.refused(&bundle).refusal.expect("a rule").code, "site.revoked");
        let snapshot = ReadVisitSnapshot { visit, device: device.clone() };
        assert_eq!(qin.desk.refused(&snapshot).status, 403);
        assert!(qin.desk.call(&ReadSiteTasks { device }).is_revoked);
        cao.types("checklist", "i1", "facts", "关闭前填写");
        cao.delivers();
        cao.types("checklist", "i2", "facts", "关闭后送达");
        commands(
            &office,
            revision(&office),
            json!({ "verb": "close", "reason": "该站已撤并，不再现场评价。" }),
        );
        cao.delivers();
        assert_eq!(cao.results(), ["applied", "parked"]);
        let shown = register(world);
        let reasons: Vec<(&str, &str)> =
            shown.quarantine.iter().map(|of| (of.reason.as_str(), of.op.account.as_str())).collect();
        let expected = [("任务已关闭", "evaluator.cao"), ("设备已停用", "evaluator.qin")];
        assert_eq!(reasons, expected, "newest first");
        assert_eq!(shown.devices.iter().filter(|line| line.revoked_on.is_some()).count(), 1);
        assert!(shown.devices.iter().all(|line| line.last_seen.is_some()));
        is_sound(world);
    });
}

#[test]
fn a_device_belongs_to_one_account_and_nobody_reads_or_fills_another_persons_visit() {
    on_each_database(|world| {
        sent_out(world);
        let mut qin = Tablet::enrolled(world, "evaluator.qin", "pad-qin");
        let cao = world.desk("evaluator.cao");
        let again = EnrolDevice { device: DeviceId::new("pad-qin"), name: "又一次".into() };
        assert_eq!(cao.refused(&again).status, 409);
        assert_eq!(qin.desk.refused(&again).status, 409, "the key is handed out once");
        assert_eq!(world.desk("water.filler").refused(&again).status, 403);
        let of_qin = ReadSiteTasks { device: DeviceId::new("pad-qin") };
        assert_eq!(cao.refused(&of_qin).status, 404);
        let stranger = world.desk("bureau.reviewer");
        stranger.call(&EnrolDevice { device: DeviceId::new("pad-own"), name: "省局平板".into() });
        let own = DeviceId::new("pad-own");
        assert!(stranger.call(&ReadSiteTasks { device: own.clone() }).tasks.is_empty());
        let bundle = ReadSiteBundle { visit: CaseId::new(VISIT), device: own };
        assert_eq!(stranger.refused(&bundle).status, 404);
        qin.types("checklist", "i1", "facts", "本人填写");
        let ops: Vec<_> = qin.machine.stored().outbox.values().cloned().collect();
        qin.desk = cao.clone();
        assert_eq!(qin.pushes(&ops).status, 403, "the account of the operation sends it");
        let account = AccountId::new("evaluator.cao");
        let renamed = |op| SiteOperation { account: account.clone(), ..op };
        let own: Vec<_> = ops.into_iter().map(renamed).collect();
        assert_eq!(qin.pushes(&own).status, 404, "not their device");
        assert_eq!(cao.refused(&ReadSiteRegister {}).status, 403);
    });
}

#[test]
fn nobody_sets_a_weight_and_bytes_that_are_no_photo_are_dropped() {
    on_each_database(|world| {
        sent_out(world);
        let mut qin = Tablet::enrolled(world, "evaluator.qin", "pad-qin");
        qin.types("checklist", "i1", "weight", "100");
        qin.machine
            .type_cells(vec![Change::RemoveRow {
                table: "checklist".into(),
                row: RowId::new("i2"),
                rank: 0,
                cells: BTreeMap::new(),
            }])
            .expect("open");
        qin.delivers();
        assert_eq!(qin.results(), ["rejected", "rejected"]);
        assert_eq!(cell(&qin, "checklist", "i1", "weight"), "10.0");
        let (bytes, page) = (png(300, 1), b"<html>not a photo</html>".to_vec());
        let hash = sha256_hex(&bytes);
        let announce = BlobRequest::Announce { hash: hash.clone(), bytes: 300 };
        assert_eq!(qin.sends(&announce).status, 200);
        let altered = qin.sends_chunk(&hash, 0, &png(300, 2)[..300]);
        assert_eq!(altered.status, 409, "another content: from the start again");
        let reply: BlobReply = serde_json::from_str(&altered.text).expect("an answer");
        assert_eq!(reply.answer, BlobAnswer::Offset(0));
        assert_eq!(qin.sends_chunk(&hash, 0, &bytes[..300]).status, 200);
        let reply: BlobReply = serde_json::from_str(&qin.sends(&announce).text).expect("an answer");
        assert_eq!(reply.answer, BlobAnswer::Have);
        let hash = sha256_hex(&page);
        qin.sends(&BlobRequest::Announce { hash: hash.clone(), bytes: page.len() as u64 });
        assert_eq!(qin.sends_chunk(&hash, 0, &page).status, 422);
        let large = BlobRequest::Announce { hash: "0".repeat(64), bytes: 1 << 40 };
        assert_eq!(qin.sends(&large).status, 413);
        is_sound(world);
    });
}

#[test]
fn a_package_is_imported_by_the_office_before_and_after_the_network() {
    on_each_database(|world| {
        sent_out(world);
        let mut qin = Tablet::enrolled(world, "evaluator.qin", "pad-qin");
        qin.types("checklist", "i1", "facts", "已送达");
        qin.delivers();
        qin.types("checklist", "i2", "facts", "随身携带");
        let package = qin.machine.export();
        let import = ImportSitePackage { visit: package.visit, operations: package.operations };
        assert_eq!(world.desk("bureau.reviewer").refused(&import).status, 404, "another office's visit");
        let office = world.desk("finance.reviewer");
        let count = |desk: &Desk| desk.call(&import).text();
        assert_eq!(count(&office), "新增 1 · 已有 1 · 搁置 0");
        assert_eq!(count(&world.desk("evaluator.cao")), "新增 0 · 已有 2 · 搁置 0");
        let mut forged = import.clone();
        forged.operations[1].op.op_id = OpId::new("f".repeat(32));
        let refusal = office.refused(&forged).refusal.unwrap();
        assert_eq!(refusal.code, "site.package", "nobody writes in another's name");
        qin.delivers();
        assert_eq!(qin.results(), ["applied", "applied"]);
        let finished = command_of(revision(&office), json!({ "verb": "fill", "document": {} }));
        assert_eq!(office.refused(&finished).status, 403, "the office does not fill in");
        is_sound(world);
    });
}
