//! Attacks on sign-in and invitations by people who have no account, or only their own.

use shared::api::Method;
use shared::api::accounts::AcceptInvitation;
use shared::api::session::SignIn;
use std::thread;
use tests::{Answer, Database, Desk, World, on_each_database};

fn sign_in(account: &str, password: &str) -> SignIn {
    SignIn { account: account.into(), password: password.into(), code: None }
}

/// A try that a proxy passes on for `address`.
fn forwarded(visitor: &Desk, account: &str, password: &str, address: &str) -> Answer {
    let body = serde_json::to_vec(&sign_in(account, password)).expect("JSON");
    let headers = [
        ("content-type", "application/json"),
        ("sec-fetch-site", "same-origin"),
        ("x-forwarded-for", address),
    ];
    visitor.raw(Method::Post, "/api/session", Some(&body), &headers)
}

/// A demonstration with the limits it starts with.
fn with_the_usual_limit() -> World {
    World::demo_with(Database::Sqlite, |settings| {
        settings.sign_ins_per_minute = server::Settings::default().sign_ins_per_minute;
    })
}

/// A demonstration behind a proxy on this machine.
fn behind_a_proxy() -> World {
    World::demo_with(Database::Sqlite, |settings| {
        settings.sign_ins_per_minute = server::Settings::default().sign_ins_per_minute;
        settings.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a range")];
    })
}

#[test]
fn forty_guesses_at_once_are_five_guesses() {
    on_each_database(|world| {
        thread::scope(|scope| {
            for number in 0..40 {
                scope.spawn(move || {
                    let guess = sign_in("finance.leader", &format!("guess-{number}-of-many"));
                    let answer = world.visitor().ask(&guess);
                    assert!(matches!(answer.status, 401 | 503), "{}", answer.text);
                });
            }
        });
        let looked_at = "select count(*) from audit_trail where act = 'session.refused' \
                         and detail not like '%locked'";
        assert!(world.count(looked_at) <= 5, "{} guesses were looked at", world.count(looked_at));
        let right = sign_in("finance.leader", server::DEMO_PASSWORD);
        assert_eq!(world.visitor().refused(&right).code, "wrong_password");
    });
}

#[test]
fn a_right_password_forgets_the_wrong_ones_before_it() {
    on_each_database(|world| {
        for _ in 0..3 {
            for _ in 0..4 {
                world.visitor().refused(&sign_in("auditor", "wrong-password"));
            }
            world.desk("auditor");
        }
    });
}

#[test]
fn what_is_typed_as_an_account_that_nobody_has_is_not_kept() {
    on_each_database(|world| {
        world.visitor().refused(&sign_in("my-Secret-2024", "wrong-password"));
        assert_eq!(world.count("select count(*) from audit_trail where subject like '%Secret%'"), 0);
        assert_eq!(world.count("select count(*) from audit_trail where act = 'session.refused'"), 1);
    });
}

#[test]
fn behind_the_proxy_one_person_locks_out_nobody_else() {
    let world = behind_a_proxy();
    let visitor = world.visitor();
    for _ in 0..6 {
        assert_eq!(forwarded(&visitor, "finance.leader", "wrong-password", "203.0.113.9").status, 401);
    }
    let right = |address: &str| forwarded(&visitor, "finance.leader", server::DEMO_PASSWORD, address).status;
    assert_eq!(right("203.0.113.77"), 401, "the same network waits");
    assert_eq!(right("198.51.100.4"), 200);
    // What stands to the left of the client is what the client wrote.
    assert_eq!(right("198.51.100.4, 203.0.113.9"), 401);
    assert_eq!(right("203.0.113.9, 198.51.100.4, 127.0.0.1"), 200);
    assert_eq!(right("203.0.113.9, nonsense"), 200, "nonsense ends the walk at the proxy itself");
}

#[test]
fn without_a_trusted_proxy_nobody_chooses_their_own_address() {
    let world = with_the_usual_limit();
    let visitor = world.visitor();
    let with =
        |number: u8, password| forwarded(&visitor, "auditor", password, &format!("203.0.{number}.9")).status;
    for number in 0..5 {
        assert_eq!(with(number, "wrong-password"), 401);
    }
    assert_eq!(with(9, server::DEMO_PASSWORD), 401);
}

#[test]
fn a_network_tries_fifty_times_a_minute_over_all_accounts() {
    let world = behind_a_proxy();
    let visitor = world.visitor();
    world.execute("delete from sign_in_failures");
    let refused =
        (0..60).map(|number| forwarded(&visitor, &format!("someone-{number}"), "password", "192.0.2.1"));
    let statuses: Vec<u16> = refused.map(|answer| answer.status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 50, "{statuses:?}");
    let late = forwarded(&visitor, "auditor", server::DEMO_PASSWORD, "192.0.2.200");
    assert_eq!((late.status, late.problem().code.as_str()), (429, "too_many"));
    assert!(late.header("retry-after").is_some());
    assert_eq!(forwarded(&visitor, "auditor", server::DEMO_PASSWORD, "192.0.3.1").status, 200);
    world.execute("update sign_in_failures set since = since - 61");
    assert_eq!(forwarded(&visitor, "auditor", server::DEMO_PASSWORD, "192.0.2.200").status, 200);
}

#[test]
fn guesses_from_many_networks_lock_out_none_that_was_used_before() {
    let world = behind_a_proxy();
    let visitor = world.visitor();
    let right = |address: &str| forwarded(&visitor, "finance.leader", server::DEMO_PASSWORD, address).status;
    assert_eq!(right("198.51.100.4"), 200);
    for (network, guess) in (1..=5).flat_map(|network| (0..4).map(move |guess| (network, guess))) {
        let address = format!("203.0.{network}.{guess}");
        assert_eq!(forwarded(&visitor, "finance.leader", "wrong-password", &address).status, 401);
    }
    assert_eq!(right("192.0.2.1"), 401, "a network that never used the account waits");
    assert_eq!(right("198.51.100.99"), 200, "one that did does not");
    assert_eq!(forwarded(&visitor, "auditor", server::DEMO_PASSWORD, "192.0.2.1").status, 200);
    world.execute("update sign_in_failures set since = since - 901, locked_until = locked_until - 901");
    assert_eq!(right("192.0.2.1"), 200);
}

#[test]
fn invitations_of_nobody_cost_no_hash_and_end_with_the_minute() {
    let world = with_the_usual_limit();
    let visitor = world.visitor();
    let guess = |number: u32| {
        let token = format!("{number:064}");
        visitor.ask(&AcceptInvitation { token, code: None, password: "Long-enough-2024".into() }).status
    };
    let statuses: Vec<u16> = (0..60).map(guess).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 404).count(), 50, "{statuses:?}");
    assert!(statuses.ends_with(&[429]));
}
