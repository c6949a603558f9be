//! Attachments beside other servers: an S3 service that stores them, and a virus scanner that looks at them.

use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use server::S3Settings;
use shared::api::attachments::{Attachment, FILE, file_path};
use shared::kernel::attachment::ScanState;
use shared::kernel::ids::{AttachmentId, CaseId};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use tests::files::{finish, png, remove};
use tests::{Database, Desk, World};

const WATER: &str = "water-2024";

fn world(change: impl FnOnce(&mut server::AttachmentSettings)) -> World {
    World::demo_with(Database::Sqlite, |settings| {
        settings.attachments.limits.part = 1024;
        change(&mut settings.attachments);
    })
}

fn path(id: &str) -> String {
    file_path(FILE, &CaseId::new(WATER), &AttachmentId::new(id))
}

/// An S3 service over a folder, for as long as the runtime lives.
fn serve_s3(runtime: &tokio::runtime::Runtime, folder: &Path) -> SocketAddr {
    let files = s3s_fs::FileSystem::new(folder).expect("a folder");
    let mut service = S3ServiceBuilder::new(files);
    service.set_auth(SimpleAuth::from_single("key", "secret"));
    let service = service.build();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
    let address = listener.local_addr().expect("an address");
    runtime.spawn(async move {
        let server = hyper_util::server::conn::auto::Builder::new(hyper_util::rt::TokioExecutor::new());
        while let Ok((socket, _)) = listener.accept().await {
            let connection = server.serve_connection(hyper_util::rt::TokioIo::new(socket), service.clone());
            let connection = connection.into_owned();
            tokio::spawn(async move {
                // A client that hangs up ends its connection and nothing else.
                let _ = connection.await;
            });
        }
    });
    address
}

fn files_below(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path.display().to_string());
        }
    }
    found
}

#[test]
fn attachments_stand_in_an_s3_bucket_when_the_settings_say_so() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let bucket = folder.path().join("omfund");
    std::fs::create_dir(&bucket).expect("a bucket");
    let address = serve_s3(&runtime, folder.path());
    let settings = |secret: &str| S3Settings {
        endpoint: format!("http://{address}"),
        region: "us-east-1".into(),
        access_key: "key".into(),
        secret_key: secret.into(),
    };
    let world = world(|attachments| {
        attachments.store = Some("s3://omfund/test".into());
        attachments.s3 = Some(settings("secret"));
    });
    let filler = world.desk("water.filler");
    let bytes = png(2500, 1);
    filler.attaches(WATER, "a1", "a.png", &bytes);
    filler.attaches(WATER, "a2", "同一内容.png", &bytes);
    let stored = files_below(&bucket.join("test"));
    assert_eq!(stored.len(), 1, "one content, no parts: {stored:?}");
    assert_eq!(filler.fetches(&path("a2")).1, bytes);
    filler.call(&remove(WATER, "a1"));
    assert_eq!(filler.fetches(&path("a2")).1, bytes, "another attachment needs the content");
    filler.call(&remove(WATER, "a2"));
    assert_eq!(files_below(&bucket.join("test")), Vec::<String>::new());
    // A wrong secret is refused by the service and stores nothing.
    let wrong = self::world(|attachments| {
        attachments.store = Some("s3://omfund/other".into());
        attachments.s3 = Some(settings("wrong"));
    });
    let refused = wrong.desk("water.filler").sends_file(WATER, "a3", "a.png", &bytes).expect("a refusal");
    assert!(refused.status >= 500, "{}", refused.text);
    assert_eq!(files_below(&bucket.join("other")), Vec::<String>::new());
}

/// A clamd that finds `EICAR` in what it is sent; it serves the connections it is told to and is away then.
fn serve_clamd(listener: TcpListener, connections: usize) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        for stream in listener.incoming().take(connections) {
            answer(stream.expect("a connection"));
        }
    })
}

fn answer(mut stream: TcpStream) {
    let mut command = [0; 10];
    stream.read_exact(&mut command).expect("a command");
    assert_eq!(&command, b"zINSTREAM\0");
    let mut content = Vec::new();
    loop {
        let mut length = [0; 4];
        stream.read_exact(&mut length).expect("a length");
        let length = u32::from_be_bytes(length) as usize;
        if length == 0 {
            break;
        }
        let start = content.len();
        content.resize(start + length, 0);
        stream.read_exact(&mut content[start..]).expect("a chunk");
    }
    let infected = content.windows(5).any(|window| window == b"EICAR");
    let verdict = if infected { "stream: Eicar-Test-Signature FOUND\0" } else { "stream: OK\0" };
    stream.write_all(verdict.as_bytes()).expect("answered");
}

fn scanned_world() -> (World, SocketAddr, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let world = world(|attachments| attachments.clamd = Some(address.to_string()));
    (world, address, listener)
}

fn infected() -> Vec<u8> {
    [png(2000, 1), b"EICAR".to_vec()].concat()
}

fn only(desk: &Desk) -> Attachment {
    let mut list = desk.sees_attachments(WATER).attachments;
    assert_eq!(list.len(), 1, "{list:?}");
    list.remove(0)
}

#[test]
fn a_clean_file_is_open_at_once_and_an_infected_one_is_refused_and_recorded() {
    let (world, _, listener) = scanned_world();
    let clamd = serve_clamd(listener, 2);
    let filler = world.desk("water.filler");
    assert_eq!(filler.attaches(WATER, "c1", "a.png", &png(3000, 1)).state, ScanState::Clear);
    assert_eq!(filler.fetches(&path("c1")).1.len(), 3000);
    filler.call(&remove(WATER, "c1"));
    assert!(filler.sends_file(WATER, "c2", "b.png", &infected()).is_none());
    let refused = filler.refused(&finish(WATER, "c2"));
    assert!(refused.detail.contains("Eicar-Test-Signature"), "{}", refused.detail);
    clamd.join().expect("the scanner");
    let line = only(&filler);
    assert_eq!((line.state, line.threat.as_deref()), (ScanState::Infected, Some("Eicar-Test-Signature")));
    assert_eq!(filler.get(&path("c2")).status, 403);
    let store = world.settings.attachments.store.clone().expect("a folder");
    assert_eq!(files_below(Path::new(&store)), Vec::<String>::new(), "the content is gone");
    assert_eq!(world.count("select count(*) from audit_trail where act = 'attachment.infected'"), 1);
    filler.call(&remove(WATER, "c2"));
    assert_eq!(filler.sees_attachments(WATER).attachments, vec![]);
}

#[test]
fn while_the_scanner_is_away_an_attachment_is_held_and_tried_again() {
    let (world, address, listener) = scanned_world();
    drop(listener);
    let filler = world.desk("water.filler");
    let bytes = png(3000, 1);
    assert_eq!(filler.attaches(WATER, "d1", "a.png", &bytes).state, ScanState::Held);
    let held = filler.get(&path("d1")).problem();
    assert_eq!((held.status, held.refusal.map(|r| r.code)), (409, Some("attachment.held".into())));
    // The scanner is back; the next who asks does not wait for the round.
    let listener = TcpListener::bind(address).expect("the same port");
    let clamd = serve_clamd(listener, 1);
    assert_eq!(filler.fetches(&path("d1")).1, bytes);
    clamd.join().expect("the scanner");
    assert_eq!(only(&filler).state, ScanState::Clear);
}
