//! Notices that leave: once per key over a killed process, in the order of each person, given up and sent again.

use shared::api::outward::{Channel, ReadChannels, ReadUndelivered, SendAgain, SetManner};
use shared::cases::kernel::Reason;
use shared::cases::request::Command;
use shared::policy::notices::{Manner, Topic};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use tests::{Database, Desk, World, webhook};

/// A request as the office system received it.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

/// An office system on a port of its own: answers with these statuses in turn, then with the last.
pub(crate) struct Office {
    pub address: String,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Office {
    pub fn answering(statuses: &'static [u16]) -> Office {
        Office::listening(TcpListener::bind("127.0.0.1:0").unwrap(), statuses)
    }

    fn listening(listener: TcpListener, statuses: &'static [u16]) -> Office {
        let address = format!("http://{}/notices", listener.local_addr().unwrap());
        let received = Arc::new(Mutex::new(Vec::new()));
        let all = received.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let number = {
                    let mut all = all.lock().unwrap();
                    let Some(request) = read_request(&stream) else { continue };
                    all.push(request);
                    all.len() - 1
                };
                let status = statuses.get(number).or(statuses.last()).copied().unwrap_or(200);
                if status == 0 {
                    // Never answers, and keeps the line open.
                    thread::spawn(move || {
                        thread::sleep(Duration::from_secs(60));
                        drop(stream);
                    });
                    continue;
                }
                let mut stream = stream;
                let reply = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                let _ = stream.write_all(reply.as_bytes());
            }
        });
        Office { address, received }
    }

    pub fn all(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

fn read_request(stream: &TcpStream) -> Option<Received> {
    let mut reader = BufReader::new(stream);
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.trim().split_once(": ") {
            headers.insert(name.to_lowercase(), value.to_string());
        }
    }
    let length = headers.get("content-length")?.parse().ok()?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Received { headers, body: String::from_utf8(body).ok()? })
}

pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(30), "not so after 30 s: {what}");
        thread::sleep(Duration::from_millis(50));
    }
}

pub(crate) fn world_with(database: Database, outward: server::OutwardSettings) -> World {
    World::demo_with(database, |settings| {
        settings.public_url = Some("https://omfund.example".into());
        settings.outward = outward;
    })
}

pub(crate) fn on_each(story: impl Fn(Database)) {
    story(Database::Sqlite);
    if World::has_postgres() {
        story(Database::Postgres);
    }
}

pub(crate) fn set(desk: &Desk, topic: Topic, manner: Manner) {
    desk.call(&SetManner { channel: Channel::Webhook, topic, manner });
}

/// An event whose notices go to the bureau's reviewers.
pub(crate) fn reported(desk: &Desk) {
    desk.tells("forest-2024", Command::DepartmentApprove {});
}

/// Another, to the bureau's reviewers, too.
pub(crate) fn returned(desk: &Desk) {
    let reasons = vec![Reason { text: "请核对云资源的单价。".into(), place: None }];
    desk.tells("culture-2024", Command::LeaderReturn { reasons });
}

#[test]
fn a_notice_leaves_once_with_its_key_and_code_and_says_nothing_of_money() {
    on_each(|database| {
        let office = Office::answering(&[200]);
        let world = world_with(database, webhook(&office.address));
        let reviewer = world.desk("bureau.reviewer");
        let channels = reviewer.call(&ReadChannels {}).channels;
        assert!(channels[0].manners.iter().all(|of| of.manner == Manner::AtOnce), "{channels:?}");
        reported(&world.desk("forest.approver"));
        until("a notice has arrived", || !office.all().is_empty());
        thread::sleep(Duration::from_millis(500));
        let all = office.all();
        let to_reviewer: Vec<_> = all.iter().filter(|one| one.body.contains("P-bureau.reviewer")).collect();
        assert_eq!(to_reviewer.len(), 1, "{all:?}");
        let one = to_reviewer[0];
        assert!(one.headers["x-omfund-key"].starts_with("webhook:bureau.reviewer:n"), "{one:?}");
        let code = shared::policy::outbox::body_code("shared", &one.body);
        assert_eq!(one.headers["x-omfund-signature"], code);
        let body: serde_json::Value = serde_json::from_str(&one.body).unwrap();
        assert_eq!(body["link"], "https://omfund.example/cases/forest-2024");
        assert!(body["title"].as_str().unwrap().contains("省林业和草原局"), "{body}");
        assert_eq!(
            world.count("select count(*) from outbox where state = 'sent' and sent_at is not null"),
            all.len() as i64
        );

        // Switched off, nothing more is written for this person; the bell still has it.
        set(&reviewer, Topic::Returned, Manner::Off);
        let to_bell = "select count(*) from notices where account = 'bureau.reviewer'";
        let to_leave = "select count(*) from outbox where account = 'bureau.reviewer'";
        let before = (world.count(to_bell), world.count(to_leave));
        returned(&world.desk("bureau.leader"));
        assert_eq!((world.count(to_bell), world.count(to_leave)), (before.0 + 1, before.1));
    });
}

#[test]
fn what_is_refused_is_given_up_at_once_and_sent_again_by_an_administrator() {
    on_each(|database| {
        let office = Office::answering(&[400, 503, 200]);
        let world = world_with(database, webhook(&office.address));
        reported(&world.desk("forest.approver"));
        until("it is given up", || world.count("select count(*) from outbox where state = 'dead'") == 1);
        let system = world.desk("admin.system");
        let dead = system.call(&ReadUndelivered {});
        assert_eq!((dead.rows.len(), dead.rows[0].answer.as_str(), dead.rows[0].attempts), (1, "400", 1));
        assert_eq!(world.desk("bureau.reviewer").refused(&ReadUndelivered {}).status, 403);
        let again = SendAgain { key: dead.rows[0].key.clone() };
        system.call(&again);
        assert_eq!(system.refused(&again).status, 404);
        until("a busy office is tried later", || {
            world
                .count("select count(*) from outbox where state = 'pending' and attempts = 1 and next_at > 0")
                >= 1
        });
        world.execute("update outbox set next_at = 0 where state = 'pending'");
        until("everything has left", || {
            world.count("select count(*) from outbox where state <> 'sent'") == 0
        });
    });
}

/// Runs the world's server in a process of its own.
fn in_a_process(world: &World, office: &str) -> std::process::Child {
    world.stop();
    let key = world.settings.audit_key.clone().unwrap();
    let child = std::process::Command::new(env!("CARGO_BIN_EXE_child"))
        .args(["notices", world.address.as_str(), world.settings.database.as_str()])
        .arg(key)
        .arg(office)
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    until("the process listens", || TcpStream::connect(&world.address).is_ok());
    child
}

#[test]
fn a_process_killed_between_commit_and_send_leaves_what_is_sent_once_afterwards() {
    on_each(|database| {
        // A port where nobody listens yet.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let world = world_with(database, webhook(&format!("http://{port}/notices")));
        let mut child = in_a_process(&world, &format!("http://{port}/notices"));
        reported(&world.desk("forest.approver"));
        // Committed and not sent: kill -9.
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(world.count("select count(*) from outbox where state = 'pending'") >= 1);
        let rows = world.count("select count(*) from outbox");
        let office = Office::listening(TcpListener::bind(port).unwrap(), &[200]);
        world.execute("update outbox set next_at = 0, leased_until = 0");
        world.restart("2023-07-15");
        until("everything has left", || {
            world.count("select count(*) from outbox where state <> 'sent'") == 0
        });
        thread::sleep(Duration::from_millis(500));
        let keys: Vec<String> = office.all().iter().map(|one| one.headers["x-omfund-key"].clone()).collect();
        let distinct: std::collections::BTreeSet<_> = keys.iter().collect();
        assert_eq!((keys.len() as i64, distinct.len() as i64), (rows, rows), "{keys:?}");
    });
}

#[test]
fn a_process_killed_between_sending_and_confirming_repeats_under_the_same_key_only() {
    on_each(|database| {
        let office = Office::answering(&[0, 200]);
        let world = world_with(database, webhook(&office.address));
        let mut child = in_a_process(&world, &office.address);
        reported(&world.desk("forest.approver"));
        until("the office has it", || !office.all().is_empty());
        child.kill().unwrap();
        child.wait().unwrap();
        let first = office.all()[0].clone();
        world.execute("update outbox set leased_until = 0");
        world.restart("2023-07-15");
        until("everything has left", || {
            world.count("select count(*) from outbox where state <> 'sent'") == 0
        });
        thread::sleep(Duration::from_millis(500));
        let same: Vec<_> = office.all();
        let same: Vec<_> =
            same.iter().filter(|one| one.headers["x-omfund-key"] == first.headers["x-omfund-key"]).collect();
        assert_eq!(same.len(), 2);
        assert_eq!(same[1].body, first.body);
    });
}

/// A mail server that takes one message after the other, or refuses every receiver.
pub fn mail_server(takes: bool) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("smtp://{}", listener.local_addr().unwrap());
    let taken = Arc::new(Mutex::new(Vec::new()));
    let all = taken.clone();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let all = all.clone();
            thread::spawn(move || converse(stream, &all, takes));
        }
    });
    (address, taken)
}

fn converse(stream: TcpStream, all: &Mutex<Vec<String>>, takes: bool) -> Option<()> {
    let mut out = stream.try_clone().ok()?;
    let mut lines = BufReader::new(stream).lines();
    out.write_all(b"220 mail.example ESMTP\r\n").ok()?;
    while let Some(Ok(line)) = lines.next() {
        let reply = match line.split_whitespace().next().unwrap_or_default().to_uppercase().as_str() {
            "DATA" => {
                out.write_all(b"354 go on\r\n").ok()?;
                let message: Vec<String> =
                    lines.by_ref().map_while(Result::ok).take_while(|line| line != ".").collect();
                all.lock().unwrap().push(message.join("\n"));
                "250 taken"
            }
            "RCPT" if !takes => "550 no such mailbox",
            "QUIT" => "221 bye",
            _ => "250 fine",
        };
        out.write_all(format!("{reply}\r\n").as_bytes()).ok()?;
    }
    Some(())
}

pub fn by_mail(server: String) -> server::OutwardSettings {
    server::OutwardSettings {
        mail: Some(server::MailSettings { server, from: "运维资金 <omfund@sx.example>".into() }),
        interval: Duration::from_millis(100),
        ..server::OutwardSettings::default()
    }
}

#[test]
fn an_office_system_that_does_not_answer_in_time_is_asked_again_later_under_the_same_key() {
    on_each(|database| {
        let office = Office::answering(&[0, 200]);
        let outward =
            server::OutwardSettings { timeout: Duration::from_millis(300), ..webhook(&office.address) };
        let world = world_with(database, outward);
        reported(&world.desk("forest.approver"));
        let waiting = "select count(*) from outbox where state = 'pending' and attempts = 1 and answer <> ''";
        until("the first is given up for now", || world.count(waiting) == 1);
        until("the others have left", || {
            world.count("select count(*) from outbox where state <> 'sent'") == 1
        });
        world.execute("update outbox set next_at = next_at - 61 where state = 'pending'");
        until("it has left, too", || world.count("select count(*) from outbox where state <> 'sent'") == 0);
        let all = office.all();
        let key = &all[0].headers["x-omfund-key"];
        assert_eq!(all.iter().filter(|one| one.headers["x-omfund-key"] == *key).count(), 2);
    });
}

#[test]
fn a_mail_goes_to_whoever_has_an_address_under_a_message_id_of_its_key() {
    on_each(|database| {
        let (server, taken) = mail_server(true);
        let world = world_with(database, by_mail(server));
        world.execute("update accounts set mail = 'zhu.shen@sx.example' where id = 'bureau.reviewer'");
        reported(&world.desk("forest.approver"));
        until("the mail has arrived", || !taken.lock().unwrap().is_empty());
        thread::sleep(Duration::from_millis(500));
        let all = taken.lock().unwrap().clone();
        assert_eq!(all.len(), 1, "{all:?}");
        let id = all[0].lines().find(|line| line.starts_with("Message-ID: <")).expect("a message id");
        assert!(id.ends_with("@sx.example>"), "{id}");
        assert!(all[0].contains("zhu.shen@sx.example"), "{}", all[0]);
        assert_eq!(world.count("select count(*) from outbox where state <> 'sent'"), 0);
    });
}

#[test]
fn a_mail_that_the_server_refuses_is_given_up_at_once_and_says_why() {
    on_each(|database| {
        let (server, taken) = mail_server(false);
        let world = world_with(database, by_mail(server));
        world.execute("update accounts set mail = 'zhu.shen@sx.example' where id = 'bureau.reviewer'");
        reported(&world.desk("forest.approver"));
        until("it is given up", || world.count("select count(*) from outbox where state = 'dead'") == 1);
        let dead = world.desk("admin.system").call(&ReadUndelivered {}).rows;
        assert_eq!((dead[0].channel, dead[0].attempts), (Channel::Mail, 1), "{dead:?}");
        assert!(dead[0].answer.contains("no such mailbox"), "{dead:?}");
        assert!(taken.lock().unwrap().is_empty());
    });
}
