//! Attachments: uploaded in parts, told by their content, kept within limits, handed out so that they harm nobody.

use serde_json::json;
use shared::api::attachments::{FILE, PREVIEW, ReadAttachments, file_path};
use shared::api::matters::OpenMatter;
use shared::api::problem::Problem;
use shared::api::requests::ReadVersion;
use shared::api::transition::Transition;
use shared::cases::Kind;
use shared::cases::request;
use shared::cases::separate::Command;
use shared::cases::separate::form::FORM;
use shared::kernel::attachment::{AttachmentPlace, FileKind};
use shared::kernel::calendar::{Date, FiscalYear};
use shared::kernel::content_hash::ContentHash;
use shared::kernel::ids::{AttachmentId, CaseId};
use std::io::Write;
use std::path::Path;
use tests::files::{begin, finish, png, remove};
use tests::{Database, Desk, Draft, World, fresh_id, on_each_database};

/// 省水利厅's request, which is being filled.
const WATER: &str = "water-2024";

/// The demonstration with small parts and limits.
fn small_worlds(story: impl Fn(&World)) {
    let small = |database| {
        World::with(database, |settings| {
            settings.demo = true;
            settings.clock = server::Clock { fixed_day: Date::parse("2023-07-15") };
            let limits = &mut settings.attachments.limits;
            (limits.part, limits.largest_file, limits.most_per_case) = (1024, 10_000, 3);
            (limits.largest_case, limits.largest_tenant) = (15_000, 20_000);
        })
    };
    story(&small(Database::Sqlite));
    if World::has_postgres() {
        story(&small(Database::Postgres));
    }
}

fn code(problem: Problem) -> (u16, String) {
    (problem.status, problem.refusal.map_or(problem.code, |refusal| refusal.code))
}

fn path(file: &str, id: &str) -> String {
    file_path(file, &CaseId::new(WATER), &AttachmentId::new(id))
}

/// Files below a folder of the store.
fn files_below(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries
        .map(|entry| entry.expect("an entry").path())
        .map(|path| if path.is_dir() { files_below(&path) } else { 1 })
        .sum()
}

fn stored_files(world: &World) -> usize {
    files_below(Path::new(world.settings.attachments.store.as_deref().expect("a folder")))
}

fn zip_of(names: &[&str]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in names {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).expect("an entry");
        archive.write_all(b"<x/>").expect("its content");
    }
    archive.finish().expect("an archive").into_inner()
}

#[test]
fn a_file_arrives_in_parts_and_goes_on_after_a_cut() {
    small_worlds(|world| {
        let filler = world.desk("water.filler");
        let bytes = png(2500, 1);
        let start = begin(WATER, "a1", "现场照片（盖章）.png", &bytes);
        assert_eq!(filler.call(&start).received, 0);
        assert_eq!(filler.sends_part(WATER, "a1", 0, &bytes[..1024], &bytes[..1024]).status, 200);
        // The line breaks and the server restarts; the page asks how far it came.
        let cut = filler.sends_part(WATER, "a1", 1024, &bytes[1024..1500], &bytes[1024..1500]);
        assert_eq!(code(cut.problem()), (422, "attachment.part_size".into()));
        world.restart("2023-07-16");
        let progress = filler.call(&start);
        assert_eq!((progress.received, progress.size, progress.part), (1024, 2500, 1024));
        let unfinished = filler.sees_attachments(WATER).unfinished;
        assert_eq!((unfinished.len(), unfinished[0].received), (1, 1024));
        // What does not follow, what was altered and what is not whole is refused by its place.
        let gap = filler.sends_part(WATER, "a1", 2048, &bytes[2048..], &bytes[2048..]).problem();
        assert_eq!((gap.status, gap.current), (409, Some(1024)));
        let mut altered = bytes[1024..2048].to_vec();
        altered[7] ^= 1;
        let refused = filler.sends_part(WATER, "a1", 1024, &altered, &bytes[1024..2048]).problem();
        assert!(refused.detail.contains("第 2 段（第 1025 至 2048 字节）"), "{}", refused.detail);
        let early = filler.refused(&finish(WATER, "a1"));
        assert_eq!((early.current, code(early).1), (Some(1024), "attachment.incomplete".into()));
        // A repeated part is harmless.
        assert_eq!(filler.sends_part(WATER, "a1", 0, &bytes[..1024], &bytes[..1024]).status, 200);
        let stored = filler.attaches(WATER, "a1", "现场照片（盖章）.png", &bytes);
        assert_eq!(
            (stored.kind, stored.size, stored.hash.clone()),
            (FileKind::Png, 2500, start.hash.clone())
        );
        // Finished twice, begun again, a part sent again: all say what is there.
        assert_eq!(filler.call(&finish(WATER, "a1")), stored);
        assert_eq!(filler.call(&start).received, 2500);
        assert_eq!(filler.sends_part(WATER, "a1", 0, &bytes[..1024], &bytes[..1024]).status, 200);
        assert_eq!(filler.sees_attachments(WATER).attachments, vec![stored]);
        assert_eq!(stored_files(world), 1, "the parts are gone");
        assert_eq!(world.count("select count(*) from upload_parts"), 0);
        assert_eq!(filler.fetches(&path(FILE, "a1")).1, bytes);
    });
}

#[test]
fn the_content_decides_and_nothing_half_kept_remains() {
    small_worlds(|world| {
        let filler = world.desk("water.filler");
        let refused = |id: &str, name: &str, bytes: &[u8]| {
            let problem = match filler.sends_file(WATER, id, name, bytes) {
                Some(answer) => answer.problem(),
                None => filler.refused(&finish(WATER, id)),
            };
            code(problem)
        };
        let html = b"<!DOCTYPE html><html><script>alert(document.cookie)</script></html>";
        assert_eq!(refused("h1", "logo.png", html), (422, "attachment.kind".into()));
        assert_eq!(refused("h2", "合同.docx", &zip_of(&["a.exe"])), (422, "attachment.kind".into()));
        let macros = zip_of(&["word/document.xml", "word/vbaProject.bin"]);
        assert_eq!(refused("h3", "合同.docx", &macros), (422, "attachment.macros".into()));
        let cut = &zip_of(&["word/document.xml"])[..50];
        assert_eq!(refused("h4", "合同.docx", cut), (422, "attachment.damaged".into()));
        assert_eq!(refused("h5", "扫描.pdf", &png(300, 1)), (422, "attachment.wrong_extension".into()));
        assert_eq!(refused("h6", "tiny.png", b"<p>"), (422, "attachment.kind".into()));
        // The whole is not what was announced, though every part is what it claims to be.
        let announced = shared::api::attachments::BeginUpload {
            hash: ContentHash::of(b"another"),
            ..begin(WATER, "h7", "a.png", &png(500, 1))
        };
        filler.call(&announced);
        assert_eq!(filler.sends_part(WATER, "h7", 0, &png(500, 1), &png(500, 1)).status, 200);
        assert_eq!(code(filler.refused(&finish(WATER, "h7"))), (422, "attachment.altered".into()));
        assert_eq!(filler.refused(&finish(WATER, "h7")).status, 404, "it is thrown away");
        assert_eq!((stored_files(world), filler.sees_attachments(WATER).unfinished.len()), (0, 0));
        let left = "select (select count(*) from uploads) + (select count(*) from upload_parts) \
                    + (select count(*) from attachments)";
        assert_eq!(world.count(left), 0);
        // Names are refused before anything is sent.
        for (name, expected) in [("run.exe", "attachment.extension"), ("a\u{202e}gpj.png", "attachment.name")]
        {
            assert_eq!(code(filler.refused(&begin(WATER, "n", name, b"x"))), (422, expected.into()));
        }
        let good = filler.attaches(WATER, "g1", "系统清单.XLSX", &zip_of(&["xl/workbook.xml"]));
        assert_eq!(good.kind, FileKind::Xlsx);
    });
}

#[test]
fn limits_count_what_is_under_way_and_free_what_is_removed() {
    small_worlds(|world| {
        let filler = world.desk("water.filler");
        let refused = |id: &str, bytes: &[u8]| code(filler.refused(&begin(WATER, id, "a.png", bytes)));
        assert_eq!(refused("b0", b""), (422, "attachment.empty".into()));
        assert_eq!(refused("b1", &png(10_001, 1)), (413, "attachment.too_large".into()));
        filler.attaches(WATER, "b2", "a.png", &png(8_000, 1));
        assert_eq!(refused("b3", &png(8_000, 2)), (403, "attachment.case_full".into()));
        filler.call(&begin(WATER, "b4", "a.png", &png(100, 2)));
        filler.call(&begin(WATER, "b5", "a.png", &png(100, 3)));
        assert_eq!(refused("b6", &png(100, 4)), (403, "attachment.too_many".into()));
        // What is thrown away or removed makes room.
        filler.call(&remove(WATER, "b4"));
        filler.call(&remove(WATER, "b2"));
        filler.call(&remove(WATER, "b2"));
        assert_eq!(filler.refused(&remove(WATER, "b4")).status, 404);
        filler.attaches(WATER, "b6", "a.png", &png(9_000, 4));
        assert_eq!(stored_files(world), 1, "the content of b2 is gone");
        // Another department has the rest of the province's room, which is 20 000.
        let other = world.desk("ecology.filler");
        other.opens("ecology-2024-z");
        other.attaches("ecology-2024-z", "c1", "a.png", &png(9_000, 1));
        let full = other.refused(&begin("ecology-2024-z", "c2", "a.png", &png(3_000, 1)));
        assert_eq!(code(full), (403, "attachment.tenant_full".into()));
    });
}

#[test]
fn a_file_is_handed_out_so_that_it_cannot_act_as_a_page() {
    on_each_database(|world| {
        let filler = world.desk("water.filler");
        filler.attaches(WATER, "p1", "现场 照片.png", &png(300, 1));
        filler.attaches(WATER, "p2", "合同.pdf", b"%PDF-1.7\n1 0 obj <<>> endobj\n%%EOF");
        filler.attaches(WATER, "p3", "清单.xlsx", &zip_of(&["xl/workbook.xml"]));
        let headers = |path: &str| {
            let (headers, _) = filler.fetches(path);
            move |name: &str| {
                let found = headers.iter().find(|(n, _)| n == name);
                found.map(|(_, value)| value.clone()).unwrap_or_default()
            }
        };
        for (id, kind) in [("p1", "image/png"), ("p2", "application/pdf")] {
            let saved = headers(&path(FILE, id));
            assert_eq!(saved("content-type"), kind);
            assert!(saved("content-security-policy").starts_with("sandbox;"));
            assert_eq!(saved("x-content-type-options"), "nosniff");
            assert_eq!(saved("x-frame-options"), "DENY");
            assert!(saved("cache-control").contains("no-store"));
            assert!(saved("content-disposition").starts_with("attachment;"));
            assert!(headers(&path(PREVIEW, id))("content-disposition").starts_with("inline;"));
        }
        let name = "filename*=UTF-8''%E7%8E%B0%E5%9C%BA%20%E7%85%A7%E7%89%87.png";
        assert!(headers(&path(FILE, "p1"))("content-disposition").ends_with(name));
        assert!(headers(&path(PREVIEW, "p1"))("content-security-policy").starts_with("sandbox;"));
        let framed = headers(&path(PREVIEW, "p2"));
        assert_eq!(framed("content-security-policy"), "sandbox; default-src 'none'; frame-ancestors 'self'");
        assert_eq!(framed("x-frame-options"), "SAMEORIGIN");
        assert_eq!(filler.get(&path(PREVIEW, "p3")).status, 404, "a workbook is not shown in the page");
    });
}

/// 省水利厅 has handed a separate request to its approver.
fn submitted_separate(world: &World) {
    let filler = world.desk("water.filler");
    let case = CaseId::new("separate-1");
    filler.call(&OpenMatter { matter: case.clone(), kind: Kind::Separate, fiscal_year: FiscalYear(2024) });
    filler.attaches("separate-1", "s1", "说明.pdf", b"%PDF-1.7\n0123456789");
    filler.call(&begin("separate-1", "s2", "补充.pdf", b"%PDF-1.7\n9876543210"));
    let typed = [
        ("system", "水库大坝安全监测专网"),
        ("amount", "500000"),
        ("reason", "新建专用监测网络须单独维护，本年度到期续保。"),
        ("why_outside", "专网不接入政务云，由流域机构统一运行，不在集中运维目录内。"),
    ];
    let change = |(field, text)| Draft::header(FORM, field, None, Some(text));
    filler.edits("separate-1", typed.into_iter().map(change).collect());
    filler.call(&Transition::of(case, fresh_id(), 0, &Command::Submit {}).expect("a command"));
}

#[test]
fn who_sees_the_case_reads_and_whose_turn_it_is_changes() {
    on_each_database(|world| {
        submitted_separate(world);
        let closed = |desk: &Desk| {
            let refusal = desk.sees_attachments("separate-1").may_write.expect("a refusal");
            let begins = desk.refused(&begin("separate-1", "s3", "a.pdf", b"%PDF-1.7"));
            assert_eq!(code(begins), (403, refusal.code.clone()));
            refusal.code
        };
        let (filler, approver) = (world.desk("water.filler"), world.desk("water.approver"));
        // It was handed on while an upload was under way: nothing more of it is taken.
        assert_eq!(closed(&filler), "attachment.closed");
        let bytes = b"%PDF-1.7\n9876543210";
        assert_eq!(filler.sends_part("separate-1", "s2", 0, bytes, bytes).status, 403);
        assert_eq!(filler.refused(&finish("separate-1", "s2")).status, 403);
        assert_eq!(filler.refused(&remove("separate-1", "s1")).status, 403);
        assert_eq!(closed(&world.desk("auditor")), "authority.role");
        assert_eq!(approver.sees_attachments("separate-1").may_write, None);
        approver.attaches("separate-1", "s4", "审核.pdf", b"%PDF-1.7\nabc");
        // Another department finds nothing, whatever it asks for; the administrators are sent away before anything is looked up.
        let bytes = b"%PDF-1.7";
        for (account, status) in [("ecology.filler", 404), ("bureau.reviewer", 404), ("admin.system", 403)] {
            let stranger = world.desk(account);
            let case = CaseId::new("separate-1");
            assert_eq!(stranger.refused(&ReadAttachments { case: case.clone() }).status, 404);
            assert_eq!(stranger.refused(&begin("separate-1", "x", "a.pdf", bytes)).status, status);
            assert_eq!(stranger.sends_part("separate-1", "s2", 0, bytes, bytes).status, status);
            assert_eq!(stranger.refused(&finish("separate-1", "s2")).status, status);
            assert_eq!(stranger.refused(&remove("separate-1", "s1")).status, status);
            for file in [FILE, PREVIEW] {
                let path = file_path(file, &case, &AttachmentId::new("s1"));
                assert_eq!(stranger.get(&path).status, 404);
            }
        }
        // Through a case of one's own nobody reaches the attachments of another.
        let other = world.desk("ecology.filler");
        other.opens("ecology-2024-z");
        let path = file_path(FILE, &CaseId::new("ecology-2024-z"), &AttachmentId::new("s1"));
        assert_eq!(other.get(&path).status, 404);
        assert_eq!(other.refused(&remove("ecology-2024-z", "s1")).status, 404);
        let taken = other.refused(&begin("ecology-2024-z", "s1", "a.pdf", bytes));
        assert_eq!(code(taken), (409, "attachment.other_upload".into()));
        // A colleague cannot go on with somebody else's upload.
        assert_eq!(approver.sends_part("separate-1", "s2", 0, bytes, bytes).status, 404);
    });
}

#[test]
fn an_upload_that_nobody_goes_on_with_is_swept() {
    small_worlds(|world| {
        let filler = world.desk("water.filler");
        let bytes = png(2000, 1);
        for id in ["w1", "w2"] {
            filler.call(&begin(WATER, id, "a.png", &bytes));
            assert_eq!(filler.sends_part(WATER, id, 0, &bytes[..1024], &bytes[..1024]).status, 200);
        }
        assert_eq!(stored_files(world), 2);
        world.execute("update uploads set touched = touched - 25 * 3600 where id = 'w1'");
        world.restart("2023-07-16");
        assert_eq!(stored_files(world), 1);
        assert_eq!(filler.sends_part(WATER, "w1", 1024, &bytes[1024..], &bytes[1024..]).status, 404);
        filler.attaches(WATER, "w2", "a.png", &bytes);
    });
}

#[test]
fn bad_input_is_told_by_its_place() {
    on_each_database(|world| {
        let filler = world.desk("water.filler");
        let start = |more: serde_json::Value| {
            let mut body = serde_json::to_value(begin(WATER, "i1", "a.png", b"x")).expect("JSON");
            let fields = body.as_object_mut().expect("an object");
            fields.remove("case");
            fields.extend(more.as_object().expect("an object").clone());
            filler.post("/api/cases/water-2024/attachments", &body).problem()
        };
        for (more, place) in [
            (json!({ "hash": "xyz" }), "`hash`"),
            (json!({ "size": -1 }), "`size`"),
            (json!({ "place": { "version": { "version": 0 } } }), "`place`"),
            (json!({ "place": { "row": { "table": "t" } } }), "`place"),
            (json!({ "attachment": "a b" }), "`attachment`"),
        ] {
            let problem = start(more);
            assert_eq!(problem.status, 422);
            assert!(problem.detail.contains(place), "{}", problem.detail);
        }
        let part = |tail: &str, body: &[u8]| {
            let path = format!("/api/cases/water-2024/attachments/i1/parts/{tail}");
            let headers = [("content-type", "application/octet-stream"), ("sec-fetch-site", "same-origin")];
            filler.raw(shared::api::Method::Post, &path, Some(body), &headers).status
        };
        let hash = ContentHash::of(b"x");
        assert_eq!(part("0", b"x"), 422);
        assert_eq!(part("0?sm3=zz", b"x"), 422);
        assert_eq!(part(&format!("-1?sm3={hash}"), b"x"), 422);
        assert_eq!(part(&format!("0?sm3={hash}"), b"x"), 404, "nothing was begun");
        assert_eq!(part(&format!("0?sm3={hash}"), &vec![0; (1 << 20) + 1]), 413);
        let place = AttachmentPlace::Row {
            form: "budget_request".into(),
            table: "hardware".into(),
            row: "h1".into(),
        };
        let anchored = shared::api::attachments::BeginUpload {
            place: place.clone(),
            ..begin(WATER, "i2", "发票.png", &png(30, 1))
        };
        filler.call(&anchored);
        assert_eq!(filler.sends_part(WATER, "i2", 0, &png(30, 1), &png(30, 1)).status, 200);
        assert_eq!(filler.call(&finish(WATER, "i2")).place, place);
    });
}

#[test]
fn a_version_lists_what_was_attached_when_it_was_frozen() {
    on_each_database(|world| {
        let filler = world.desk("water.filler");
        let attached = filler.attaches(WATER, "v1", "测算依据.png", &png(30, 1));
        crate::main_job::justify_all(&filler, WATER);
        filler.tells(WATER, request::Command::Submit {});
        let read = ReadVersion { request: CaseId::new(WATER), version: 1 };
        let frozen = filler.call(&read).attachments;
        let named: Vec<_> = frozen.iter().map(|line| (line.id.as_str(), line.name.as_str())).collect();
        assert_eq!(named, [("v1", "测算依据.png")]);
        assert_eq!(frozen[0].hash, attached.hash);
    });
}
