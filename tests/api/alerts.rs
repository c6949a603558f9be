//! What the audit administrator has to look at: guesses, posts of the three, keys, heads and the verification of the night.

use crate::accounts::{assign, create, order, ordered, sign_in};
use crate::outbox::{by_mail, mail_server, on_each, until};
use shared::api::audit::{AlertKind, AuditAlert, ReadAuditTrail};
use shared::cases::account_order::OrderedAct;
use shared::kernel::people::Role;
use tests::{Desk, World};

fn alerts(desk: &Desk) -> Vec<AuditAlert> {
    desk.call(&ReadAuditTrail::default()).alerts
}

fn of(alerts: &[AuditAlert], kind: AlertKind) -> Vec<&AuditAlert> {
    alerts.iter().filter(|alert| alert.kind == kind).collect()
}

#[test]
fn guesses_posts_of_the_three_and_missing_heads_are_alerts_with_their_entries() {
    on_each(|database| {
        let world = World::demo_with(database, |_| {});
        let auditor = world.desk("admin.audit");
        assert!(of(&alerts(&auditor), AlertKind::GuessedAccount).is_empty());
        let visitor = world.visitor();
        for _ in 0..19 {
            visitor.refused(&sign_in("finance.leader", "not-the-password"));
        }
        assert!(of(&alerts(&auditor), AlertKind::GuessedNetwork).is_empty(), "19 are none");
        visitor.refused(&sign_in("finance.leader", "not-the-password"));
        let all = alerts(&auditor);
        let account = of(&all, AlertKind::GuessedAccount);
        assert!(account.len() == 1 && account[0].text.contains("finance.leader"), "{all:?}");
        assert_eq!(of(&all, AlertKind::GuessedNetwork).len(), 1);
        let filter = account[0].filter.clone().expect("a filter");
        let found = auditor.call(&filter);
        assert!(found.count >= 20 && found.entries.iter().all(|entry| entry.act == "session.refused"));

        // A post of the three, given to somebody new and to an active account; no other post is an alert.
        let before = of(&all, AlertKind::AdministratorPost).len();
        let (system, security) = (world.desk("admin.system"), world.desk("admin.security"));
        system.call(&create("second.audit", "P-777"));
        security.call(&assign("second.audit", Role::AuditAdministrator, None));
        ordered(&security, &system, order(OrderedAct::ChangePost, "auditor", Some(Role::Evaluator)));
        let all = alerts(&auditor);
        let posts = of(&all, AlertKind::AdministratorPost);
        assert_eq!(posts.len(), before + 1, "{posts:?}");
        assert!(posts[0].text.contains("second.audit") && posts[0].text.contains("审计管理员"), "{posts:?}");
        assert!(of(&all, AlertKind::Heads).is_empty(), "{all:?}");
    });
}

#[test]
fn the_verification_of_the_night_is_in_the_trail_and_an_alert_where_it_finds_something() {
    on_each(|database| {
        let world = World::demo_with(database, |settings| {
            settings.verify_from = Some(0);
            settings.heads = None;
        });
        let verified = "select count(*) from audit_trail where act = 'audit.verified' and detail like '0 %'";
        until("the night's verification is in the trail", || world.count(verified) == 1);
        assert!(of(&alerts(&world.desk("admin.audit")), AlertKind::Verification).is_empty());
        world.stop();
        world.execute("update cases set stage = 'approved' where id = 'culture-2024'");
        world.restart("2023-07-16");
        let broken = "select count(*) from audit_trail where act = 'audit.verified' and detail like '1 %'";
        until("another night's verification is in the trail", || world.count(broken) == 1);
        let all = alerts(&world.desk("admin.audit"));
        let found = of(&all, AlertKind::Verification);
        assert!(found.len() == 1 && found[0].text.contains("1 处"), "{found:?}");
        assert_eq!(of(&all, AlertKind::Heads).len(), 1, "no file of heads is set up");
    });
}

#[test]
fn the_head_of_the_trail_and_its_alerts_leave_by_mail_once_a_day() {
    on_each(|database| {
        let (server, taken) = mail_server(true);
        let world = World::demo_with(database, |settings| {
            settings.outward = server::OutwardSettings { reminders_from: 0, ..by_mail(server.clone()) };
        });
        // The first day's mail would find the address where it is written while the address is being set.
        world.stop();
        world.execute("update accounts set mail = 'audit@sx.example' where id = 'admin.audit'");
        world.restart("2023-07-16");
        until("the mail has arrived", || !taken.lock().unwrap().is_empty());
        let sent = "select count(*) from outbox where key like 'mail:admin.audit:trail.%' and state = 'sent'";
        until("it is recorded as sent", || world.count(sent) == 1);
        let payload =
            world.texts("select payload from outbox where key = 'mail:admin.audit:trail.2023-07-16'");
        assert!(
            payload[0].contains("审计日报，告警") && payload[0].contains("链头 audit 第 "),
            "{payload:?}"
        );
        world.restart("2023-07-16");
        world.restart("2023-07-17");
        until("the next day has its own", || world.count(sent) == 2);
        assert_eq!(taken.lock().unwrap().len(), 2, "one a day");
        assert_eq!(
            world.count("select count(*) from outbox where key like '%:trail.%'"),
            2,
            "to nobody else"
        );
    });
}
