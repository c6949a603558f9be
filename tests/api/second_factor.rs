//! A second factor: set up with the password, asked for at every sign-in, each code once, lost devices and lost codes.

use crate::accounts::{enrolled, order, ordered, sign_in};
use shared::api::accounts::ListAccounts;
use shared::api::problem::Problem;
use shared::api::second_factor::{BeginSecondFactor, ConfirmSecondFactor, ReadSecondFactor};
use shared::api::session::{ReadMe, SignIn};
use shared::cases::account_order::OrderedAct;
use shared::policy::accounts::password::PasswordProfile;
use shared::policy::accounts::totp::TotpSecret;
use tests::{Database, Desk, World, on_each_database};

fn code(problem: Problem) -> String {
    problem.refusal.map_or(problem.code, |refusal| refusal.code)
}

/// The code that a device shows: the demonstration's clock stands still on its day.
fn shown(world: &World, secret: &str, steps: i64) -> String {
    let now = world.settings.clock.seconds() + 30 * steps;
    TotpSecret::from_base32(secret).unwrap().code(now as u64).unwrap()
}

fn with_code(account: &str, code: &str) -> SignIn {
    SignIn { code: Some(code.into()), ..sign_in(account, server::DEMO_PASSWORD) }
}

fn begin(desk: &Desk) -> String {
    desk.call(&BeginSecondFactor { password: server::DEMO_PASSWORD.into() }).secret
}

#[test]
fn a_sign_in_needs_the_code_of_the_device_and_each_serves_once() {
    on_each_database(|world| {
        let owner = world.desk("water.filler");
        let wrong = owner.refused(&BeginSecondFactor { password: "not-the-password".into() });
        assert_eq!(code(wrong), "ACT-24");
        begin(&owner);
        // Not confirmed, it asks for nothing; begun anew, the first secret is void.
        world.desk("water.filler");
        let secret = begin(&owner);
        let mistyped = owner.refused(&ConfirmSecondFactor { code: "000000".into() });
        assert_eq!(code(mistyped), "ACT-31");
        let first = shown(world, &secret, 0);
        let recovery = owner.call(&ConfirmSecondFactor { code: first.clone() }).codes;
        // A copy of the database gives no secret away.
        assert_eq!(world.count("select count(*) from second_factors where secret like 'v1:%'"), 1);
        assert_eq!(recovery.len(), 10);
        assert!(owner.call(&ReadSecondFactor {}).is_on);
        assert_eq!(owner.refused(&ConfirmSecondFactor { code: shown(world, &secret, 1) }).status, 409);

        let visitor = world.visitor();
        assert_eq!(code(visitor.refused(&sign_in("water.filler", server::DEMO_PASSWORD))), "ACT-30");
        assert_eq!(code(visitor.refused(&with_code("water.filler", &first))), "ACT-32");
        assert_eq!(code(visitor.refused(&with_code("water.filler", "AAAA-BBBB-CCCC-DDDD"))), "ACT-33");
        // With a wrong password a code says nothing and is not used up.
        let now = shown(world, &secret, 1);
        let guess = SignIn { password: "not-the-password".into(), ..with_code("water.filler", &now) };
        assert_eq!(visitor.refused(&guess).code, "wrong_password");
        assert_eq!(visitor.ask(&with_code("water.filler", &now)).status, 200);
        assert_eq!(code(visitor.refused(&with_code("water.filler", &now))), "ACT-32");
        // A recovery code stands in for the device, once.
        assert_eq!(visitor.ask(&with_code("water.filler", &recovery[3].to_lowercase())).status, 200);
        assert_eq!(code(visitor.refused(&with_code("water.filler", &recovery[3]))), "ACT-33");
        assert_eq!(owner.call(&ReadSecondFactor {}).codes_left, 9);
        world.stop();
        let report = world.verified();
        assert!(report.faults.is_empty() && report.unknown_tables.is_empty(), "{:#?}", report.lines());
    });
}

#[test]
fn a_secret_of_an_older_release_is_sealed_at_the_next_start_and_still_serves() {
    on_each_database(|world| {
        let owner = world.desk("water.filler");
        let secret = begin(&owner);
        owner.call(&ConfirmSecondFactor { code: shown(world, &secret, 0) });
        world.stop();
        world.execute("update second_factors set secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'");
        world.restart("2023-07-16");
        assert_eq!(world.count("select count(*) from second_factors where secret like 'v1:%'"), 1);
        assert_eq!(world.count("select count(*) from audit_trail where act = 'account.factor_sealed'"), 1);
        let code = shown(world, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 1);
        assert_eq!(world.visitor().ask(&with_code("water.filler", &code)).status, 200);
        world.restart("2023-07-17");
        assert_eq!(world.count("select count(*) from audit_trail where act = 'account.factor_sealed'"), 1);
    });
}

#[test]
fn guessed_codes_lock_like_guessed_passwords_and_a_code_not_given_yet_does_not() {
    on_each_database(|world| {
        let owner = world.desk("water.filler");
        let secret = begin(&owner);
        owner.call(&ConfirmSecondFactor { code: shown(world, &secret, 0) });
        let visitor = world.visitor();
        for _ in 0..8 {
            assert_eq!(code(visitor.refused(&sign_in("water.filler", server::DEMO_PASSWORD))), "ACT-30");
        }
        for _ in 0..5 {
            assert_eq!(code(visitor.refused(&with_code("water.filler", "000000"))), "ACT-31");
        }
        let right = with_code("water.filler", &shown(world, &secret, 1));
        assert_eq!(visitor.refused(&right).code, "wrong_password", "locked");
        world.execute("update sign_in_failures set locked_until = locked_until - 901, since = since - 901");
        assert_eq!(visitor.ask(&right).status, 200);
    });
}

#[test]
fn a_lost_device_is_taken_away_by_two_administrators() {
    on_each_database(|world| {
        let owner = world.desk("water.filler");
        let secret = begin(&owner);
        owner.call(&ConfirmSecondFactor { code: shown(world, &secret, 0) });
        let (system, security) = (world.desk("admin.system"), world.desk("admin.security"));
        let lines = system.call(&ListAccounts {}).accounts;
        let with: Vec<_> = lines.iter().filter(|line| line.has_second_factor).collect();
        assert_eq!((with.len(), with[0].account.as_str()), (1, "water.filler"));
        ordered(&system, &security, order(OrderedAct::ResetSecondFactor, "water.filler", None));
        assert_eq!(owner.refused(&ReadMe {}).status, 401, "its sessions end");
        assert!(!world.desk("water.filler").call(&ReadSecondFactor {}).is_on);
        assert_eq!(world.count("select count(*) from recovery_codes"), 0);
        world.stop();
        let report = world.verified();
        assert!(report.faults.is_empty(), "{:#?}", report.lines());
    });
}

#[test]
fn under_the_strict_profile_nobody_does_anything_before_it_is_on() {
    for database in databases() {
        let world = World::demo_with(database, |settings| {
            settings.password_profile = Some(PasswordProfile::Mlps3);
        });
        for account in ["water.filler", "finance.leader", "admin.security", "auditor"] {
            let desk = world.desk(account);
            let me = desk.call(&ReadMe {});
            assert!(me.must_change, "{account}: the page leads to the account's own settings");
            assert!(desk.call(&ReadSecondFactor {}).is_required);
            for path in
                ["/api/desk", "/api/cases", "/api/notices", "/api/requests/water-2024", "/api/accounts"]
            {
                let refused = desk.get(path);
                assert_eq!(
                    (refused.status, refused.problem().code.as_str()),
                    (403, "second_factor"),
                    "{path}"
                );
            }
            let secret = enrolled(&world, &desk, server::DEMO_PASSWORD);
            assert!(!desk.call(&ReadMe {}).must_change);
            assert_eq!(desk.get("/api/notices").status, 200, "{account}");
            // From then on no sign-in without a code.
            let bare = world.visitor().refused(&sign_in(account, server::DEMO_PASSWORD));
            assert_eq!(code(bare), "ACT-30");
            assert_eq!(world.visitor().ask(&with_code(account, &shown(&world, &secret, 1))).status, 200);
        }
    }
}

fn databases() -> Vec<Database> {
    let postgres = World::has_postgres().then_some(Database::Postgres);
    std::iter::once(Database::Sqlite).chain(postgres).collect()
}
