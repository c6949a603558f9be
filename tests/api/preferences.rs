//! How notices reach people as each prefers it: at once, once a day, or not at all; and what nobody can mute.

use crate::outbox::{Office, on_each, reported, returned, set, until, world_with};
use shared::api::nudges::SendNudges;
use shared::api::outward::{Channel, ReadChannels, SetManner};
use shared::cases::request::Command;
use shared::kernel::ids::CaseId;
use shared::policy::notices::{Manner, Topic};
use std::thread;
use std::time::Duration;
use tests::{Database, Desk, World, fresh_id, webhook};

fn titles(office: &Office) -> Vec<String> {
    let title = |body: &str| {
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        body["title"].as_str().unwrap().to_string()
    };
    office.all().iter().map(|one| title(&one.body)).collect()
}

#[test]
fn a_digest_of_the_day_holds_what_was_put_off_and_leaves_once() {
    on_each(|database| {
        let office = Office::answering(&[200]);
        let world = world_with(database, webhook(&office.address));
        let reviewer = world.desk("bureau.reviewer");
        for topic in [Topic::Task, Topic::Returned, Topic::Information] {
            set(&reviewer, topic, Manner::Digest);
        }
        reported(&world.desk("forest.approver"));
        returned(&world.desk("bureau.leader"));
        // A Saturday: the digest is that of Monday.
        let digests = "select count(*) from outbox where key = 'webhook:bureau.reviewer:d2023-07-17' \
                       and state = 'pending' and attempts = 0";
        assert_eq!(world.count(digests), 1);
        assert_eq!(world.count("select count(*) from outbox where account = 'bureau.reviewer'"), 3);
        thread::sleep(Duration::from_millis(500));
        assert!(titles(&office).iter().all(|title| !title.contains("汇总")), "{:?}", titles(&office));

        world.execute("update outbox set next_at = 0");
        until("the digest has arrived", || titles(&office).iter().any(|title| title.contains("汇总")));
        assert!(
            titles(&office).contains(&"2023-07-17 通知汇总，共 2 条".to_string()),
            "{:?}",
            titles(&office)
        );
        // What comes after it has left goes into that of the next working day.
        withdrawn(&world.desk("forest.approver"));
        let next = "select count(*) from outbox where key = 'webhook:bureau.reviewer:d2023-07-18' and state = 'pending'";
        assert_eq!(world.count(next), 1);
    });
}

#[test]
fn a_nudge_is_neither_muted_nor_put_off() {
    on_each(|database| {
        let office = Office::answering(&[200]);
        let world = world_with(database, webhook(&office.address));
        let filler = world.desk("water.filler");
        for manner in [Manner::Off, Manner::Digest] {
            let refused =
                filler.refused(&SetManner { channel: Channel::Webhook, topic: Topic::Nudge, manner });
            assert_eq!(refused.refusal.expect("a refusal").code, "NTF-02");
        }
        for topic in [Topic::Task, Topic::Returned, Topic::Deadline, Topic::Information] {
            set(&filler, topic, Manner::Off);
        }
        let channels = filler.call(&ReadChannels {}).channels;
        let off = channels[0].manners.iter().filter(|of| of.manner == Manner::Off).count();
        assert_eq!((off, channels[0].manners.len()), (4, 5));
        world.desk("bureau.reviewer").call(&SendNudges {
            operation: fresh_id(),
            cases: vec![CaseId::new("water-2024")],
            text: "请尽快报送。".into(),
        });
        until("the nudge has arrived", || titles(&office).iter().any(|title| title.starts_with("催报：")));
        assert!(
            office.all().iter().all(|one| !one.body.contains("请尽快报送")),
            "nothing that was written leaves"
        );
    });
}

fn withdrawn(desk: &Desk) {
    desk.tells("forest-2024", Command::Withdraw { reason: "材料有误，改后再报。".into() });
}

/// On 18 August 2023 the window closes in 14 days, on the 31st today.
fn in_august(database: Database, address: &str, today: &'static str) -> World {
    let world = world_with(database, server::OutwardSettings { reminders_from: 0, ..webhook(address) });
    world.restart(today);
    world
}

#[test]
fn a_reminder_of_the_calendar_leaves_once_and_one_of_today_cannot_be_muted() {
    on_each(|database| {
        let office = Office::answering(&[200]);
        let world = in_august(database, &office.address, "2023-08-18");
        let reminders = "select count(*) from outbox where key = 'webhook:water.filler:window.2024.14'";
        until("the reminder has left", || {
            world.count(
                "select count(*) from outbox where key = 'webhook:water.filler:window.2024.14' \
                         and state = 'sent'",
            ) == 1
        });
        let of_water = office.all().into_iter().find(|one| one.body.contains("P-water.filler")).unwrap();
        let body: serde_json::Value = serde_json::from_str(&of_water.body).unwrap();
        assert_eq!(
            (body["title"].as_str(), body["deadline"].as_str()),
            (Some("临期：2024 年度申报"), Some("2023-08-31"))
        );

        // Another run of the same day, and the next day before a nearer deadline, repeat nothing.
        let sent = office.all().len();
        world.restart("2023-08-19");
        thread::sleep(Duration::from_millis(700));
        assert_eq!((office.all().len(), world.count(reminders)), (sent, 1));

        // Muted, the reminder three days before stays away; that of the last day comes all the same.
        set(&world.desk("water.filler"), Topic::Deadline, Manner::Off);
        world.restart("2023-08-29");
        until("others are reminded", || {
            world.count("select count(*) from outbox where key = 'webhook:water.approver:window.2024.3'") == 1
        });
        assert_eq!(
            world.count("select count(*) from outbox where key = 'webhook:water.filler:window.2024.3'"),
            0
        );
        world.restart("2023-08-31");
        until("the last day", || {
            world.count("select count(*) from outbox where key = 'webhook:water.filler:window.2024.1'") == 1
        });
    });
}

#[test]
fn a_task_that_is_done_is_closed_in_the_office_system_under_its_key() {
    on_each(|database| {
        let office = Office::answering(&[200]);
        let mut outward = webhook(&office.address);
        if let Some(webhook) = &mut outward.webhook {
            webhook.template = server::WebhookTemplate::read("todo").unwrap();
        }
        let world = world_with(database, outward);
        reported(&world.desk("forest.approver"));
        let of_reviewer = |action: &str| {
            let is_it = |body: &serde_json::Value| {
                body["action"] == action
                    && body["id"].as_str().unwrap().starts_with("webhook:bureau.reviewer:n")
            };
            let bodies = office.all().into_iter().map(|one| serde_json::from_str(&one.body).unwrap());
            bodies.filter(is_it).map(|body| body["id"].as_str().unwrap().to_string()).collect::<Vec<_>>()
        };
        until("the task is there", || of_reviewer("create").len() == 1);
        assert!(of_reviewer("done").is_empty());
        withdrawn(&world.desk("forest.approver"));
        until("the task is closed", || !of_reviewer("done").is_empty());
        assert_eq!(of_reviewer("done"), of_reviewer("create"));
    });
}
