//! 账号设置: what everybody does with their own account.

use crate::accounts::{enrolled, sign_in};
use shared::api::problem::Problem;
use shared::api::session::{ChangePassword, EndSessions, ListSessions, ReadMe, SignIn};
use shared::policy::accounts::password::PasswordProfile;
use shared::policy::accounts::totp::TotpSecret;
use tests::{Database, Desk, World, on_each_database};

const OLD: &str = server::DEMO_PASSWORD;

fn change(current: &str, password: &str) -> ChangePassword {
    ChangePassword { current: current.into(), password: password.into() }
}

fn code(problem: Problem) -> Option<String> {
    problem.refusal.map(|refusal| refusal.code)
}

/// The session goes on under a new token.
fn changed(desk: &mut Desk, current: &str, password: &str) {
    let answer = desk.ask(&change(current, password));
    assert_eq!(answer.status, 200, "{}", answer.text);
    desk.keep_cookie(&answer);
}

#[test]
fn one_changes_ones_own_password_and_every_other_session_ends() {
    on_each_database(|world| {
        let (mut desk, elsewhere) = (world.desk("water.filler"), world.desk("water.filler"));
        assert_eq!(
            code(desk.refused(&change("not-the-password", "ganz-anders-23"))).as_deref(),
            Some("ACT-24")
        );
        for (guessable, fault) in [
            ("1234567890", "ACT-22"),
            ("aaaaaaaaaa", "ACT-22"),
            ("          ", "ACT-22"),
            ("adminadmin", "ACT-22"),
            ("Password123", "ACT-22"),
            ("xx-water.filler-9", "ACT-22"),
            ("我是王芳今年二十", "ACT-20"),
            ("我是王芳今年二十三岁", "ACT-22"),
        ] {
            let problem = desk.refused(&change(OLD, guessable));
            let said = code(problem.clone());
            let short = fault == "ACT-20" && problem.status == 422;
            assert!(said.as_deref() == Some(fault) || short, "{guessable}: {problem:?}");
        }
        let before = desk.cookie.clone();
        changed(&mut desk, OLD, "ganz-anders-23");
        assert_ne!(desk.cookie, before);
        assert_eq!(desk.call(&ReadMe {}).actor.account.as_str(), "water.filler");
        assert_eq!(elsewhere.refused(&ReadMe {}).status, 401);
        assert_eq!(world.visitor().refused(&sign_in("water.filler", OLD)).status, 401);
        world.visitor().sign_in("water.filler", "ganz-anders-23");
    });
}

#[test]
fn a_wrong_current_password_counts_as_a_failed_sign_in() {
    on_each_database(|world| {
        let desk = world.desk("water.filler");
        for _ in 0..5 {
            desk.refused(&change("not-the-password", "ganz-anders-23"));
        }
        assert_eq!(code(desk.refused(&change(OLD, "ganz-anders-23"))).as_deref(), Some("ACT-24"));
        assert_eq!(world.visitor().refused(&sign_in("water.filler", OLD)).status, 401);
    });
}

#[test]
fn one_sees_and_ends_ones_own_sessions_and_nobody_elses() {
    on_each_database(|world| {
        let (desk, elsewhere, third) =
            (world.desk("water.filler"), world.desk("water.filler"), world.desk("water.filler"));
        let other = world.desk("forest.filler");
        let sessions = desk.call(&ListSessions {}).sessions;
        assert_eq!(sessions.iter().filter(|line| line.is_this).count(), 1);
        assert_eq!(sessions.len(), 3);
        assert!(sessions.iter().all(|line| line.network == "127.0.0.0/24"), "{sessions:?}");
        let own = elsewhere.call(&ListSessions {}).sessions;
        let own = own.iter().find(|line| line.is_this).expect("its own").session.clone();
        assert_eq!(other.refused(&EndSessions { session: Some(own.clone()) }).status, 404);
        desk.call(&EndSessions { session: Some(own) });
        assert_eq!(elsewhere.refused(&ReadMe {}).status, 401);
        desk.call(&EndSessions { session: None });
        assert_eq!(third.refused(&ReadMe {}).status, 401);
        assert_eq!(desk.call(&ListSessions {}).sessions.len(), 1);
        other.call(&ReadMe {});
    });
}

#[test]
fn under_the_strict_profile_a_password_is_strong_new_and_no_older_than_ninety_days() {
    let world = World::demo_with(Database::Sqlite, |settings| {
        settings.password_profile = Some(PasswordProfile::Mlps3);
    });
    let mut desk = world.desk("water.filler");
    assert_eq!(desk.call(&ReadMe {}).profile, PasswordProfile::Mlps3);
    let secret = enrolled(&world, &desk, OLD);
    assert_eq!(code(desk.refused(&change(OLD, "Kurz-2023xy"))).as_deref(), Some("ACT-20"));
    assert_eq!(code(desk.refused(&change(OLD, "nur-kleine-buchstaben"))).as_deref(), Some("ACT-21"));
    changed(&mut desk, OLD, "Erste-Losung-1");
    changed(&mut desk, "Erste-Losung-1", "Zweite-Losung-2");
    let again = desk.refused(&change("Zweite-Losung-2", "Erste-Losung-1"));
    assert_eq!(code(again).as_deref(), Some("ACT-23"));

    world.execute(
        "update accounts set password_changed = password_changed - 91 * 86400 where id = 'water.filler'",
    );
    let refused = desk.get("/api/requests/water-2024");
    assert_eq!((refused.status, refused.problem().code.as_str()), (403, "password_expired"));
    assert!(desk.call(&ReadMe {}).must_change);
    changed(&mut desk, "Zweite-Losung-2", "Dritte-Losung-3");
    assert_eq!(desk.get("/api/requests/water-2024").status, 200);

    // One session at a time, and administrators idle no longer than a quarter of an hour.
    let mut second = world.visitor();
    let code = TotpSecret::from_base32(&secret).unwrap().code(world.settings.clock.seconds() as u64 + 30);
    let signed = SignIn { code: Some(code.unwrap()), ..sign_in("water.filler", "Dritte-Losung-3") };
    let answer = second.ask(&signed);
    assert_eq!(answer.status, 200, "{}", answer.text);
    second.keep_cookie(&answer);
    assert_eq!(desk.refused(&ReadMe {}).status, 401);
    let admin = world.desk("admin.system");
    assert_eq!(admin.call(&ReadMe {}).idle_minutes, 15);
    world.execute("update sessions set seen = seen - 901");
    assert_eq!(admin.refused(&ReadMe {}).status, 401);
    second.call(&ReadMe {});
}
