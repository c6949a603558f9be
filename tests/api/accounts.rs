//! Accounts: sign-in, lockout, sessions, and three administrators who keep each other honest.

use shared::api::accounts::{
    AcceptInvitation, AccountState, AddDepartment, AskOrder, Asked, AssignRole, CreateAccount, DecideOrder,
    DisableAccount, ListAccounts,
};
use shared::api::second_factor::{BeginSecondFactor, ConfirmSecondFactor};
use shared::api::session::{ReadMe, SignIn, SignOut};
use shared::cases::account_order::OrderedAct;
use shared::kernel::ids::{AccountId, DepartmentId, PersonId};
use shared::kernel::people::Role;
use shared::policy::accounts::totp::TotpSecret;
use tests::{Answer, Database, Desk, World, fresh_id, on_each_database};

pub fn sign_in(account: &str, password: &str) -> SignIn {
    SignIn { account: account.into(), password: password.into(), code: None }
}

pub fn create(account: &str, person: &str) -> CreateAccount {
    CreateAccount {
        account: AccountId::new(account),
        name: "新同事".into(),
        person: PersonId::new(person),
        namesake: true,
    }
}

pub fn assign(account: &str, role: Role, department: Option<&str>) -> AssignRole {
    let department = department.map(DepartmentId::new);
    AssignRole { account: AccountId::new(account), role, department, provider: None }
}

pub fn accept(visitor: &Desk, link: &str, code: Option<&str>, password: &str) -> Answer {
    let token = link.split('#').nth(1).expect("a token in the fragment").to_string();
    visitor.ask(&AcceptInvitation { token, code: code.map(str::to_string), password: password.into() })
}

/// One administrator asks, another agrees; the code that comes of it.
pub fn ordered(asks: &Desk, agrees: &Desk, order: AskOrder) -> (Asked, Option<String>) {
    let asked = asks.call(&order);
    (asked, agrees.call(&decide(&order, true)).code)
}

pub fn decide(order: &AskOrder, agree: bool) -> DecideOrder {
    let reason = (!agree).then(|| "请先核对该人员的任职文件。".to_string());
    DecideOrder { order: order.order.clone(), agree, reason, namesakes: false }
}

pub fn order(what: OrderedAct, account: &str, role: Option<Role>) -> AskOrder {
    AskOrder {
        order: fresh_id(),
        what,
        account: AccountId::new(account),
        role,
        department: None,
        provider: None,
        subject: None,
    }
}

#[test]
fn after_five_wrong_passwords_the_right_one_waits_too_and_nothing_tells_why() {
    on_each_database(|world| {
        let visitor = world.visitor();
        let wrong = visitor.refused(&sign_in("water.filler", "wrong-password"));
        assert_eq!((wrong.status, wrong.code.as_str()), (401, "wrong_password"));
        assert_eq!(visitor.refused(&sign_in("nobody", "wrong-password")), wrong);
        for _ in 0..4 {
            visitor.refused(&sign_in("water.filler", "wrong-password"));
        }
        assert_eq!(visitor.refused(&sign_in("water.filler", server::DEMO_PASSWORD)), wrong);
        // Others are not locked out, and a quarter of an hour later nor is this one.
        world.desk("water.approver");
        world.execute("update sign_in_failures set locked_until = locked_until - 901, since = since - 901");
        world.desk("water.filler");
    });
}

#[test]
fn a_session_has_a_new_id_each_time_and_ends_on_idling_on_age_and_on_signing_out() {
    on_each_database(|world| {
        let mut desk = world.desk("water.filler");
        let first = desk.cookie.clone();
        desk.sign_in("water.filler", server::DEMO_PASSWORD);
        assert_ne!(desk.cookie, first);
        let old = desk.with_cookie(first);
        assert_eq!(old.refused(&ReadMe {}).code, "sign_in");

        world.execute("update sessions set seen = seen - 1801");
        assert_eq!(desk.refused(&ReadMe {}).status, 401);
        desk.sign_in("water.filler", server::DEMO_PASSWORD);
        world.execute("update sessions set created = created - 43201");
        assert_eq!(desk.refused(&ReadMe {}).status, 401);
        desk.sign_in("water.filler", server::DEMO_PASSWORD);
        desk.call(&SignOut {});
        assert_eq!(desk.refused(&ReadMe {}).status, 401);
        assert_eq!(world.count("select count(*) from sessions where token_hash like 'omfund%'"), 0);
    });
}

/// Whoever asks while others are looked up is looked up with the next.
#[test]
fn everyone_who_asks_at_once_is_answered_as_themselves() {
    on_each_database(|world| {
        let names = ["water.filler", "water.approver", "bureau.reviewer", "auditor"];
        let people = names.map(|name| (name, world.desk(name)));
        let left = world.desk("forest.filler");
        let ended = left.with_cookie(left.cookie.clone());
        left.call(&SignOut {});
        let forged = ended.with_cookie(Some("omfund=0123456789".into()));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                for (name, desk) in &people {
                    scope.spawn(move || assert_eq!(desk.call(&ReadMe {}).actor.account.as_str(), *name));
                }
                for stranger in [&ended, &forged] {
                    scope.spawn(|| assert_eq!(stranger.refused(&ReadMe {}).code, "sign_in"));
                }
            }
        });
    });
}

#[test]
fn one_administrator_makes_an_account_another_gives_it_a_role_and_its_owner_a_password() {
    on_each_database(|world| {
        let (system, security) = (world.desk("admin.system"), world.desk("admin.security"));
        let invitation = system.call(&create("forest.new", "P-900"));
        let visitor = world.visitor();
        // Nobody activates an account that has no role, and so no code.
        let early = accept(&visitor, &invitation.link, None, "a-long-password");
        assert_eq!(early.problem().refusal.map(|r| r.code), Some("account.no_role".into()));
        assert_eq!(system.refused(&assign("forest.new", Role::DepartmentFiller, Some("forest"))).status, 403);
        assert_eq!(security.refused(&create("x", "P-901")).status, 403);
        assert_eq!(security.refused(&assign("forest.new", Role::DepartmentFiller, None)).status, 422);
        assert_eq!(security.refused(&assign("forest.new", Role::Auditor, Some("forest"))).status, 422);
        let assigned = security.call(&assign("forest.new", Role::DepartmentFiller, Some("forest")));
        let code = assigned.code.expect("a code");
        assert_eq!(accept(&visitor, &invitation.link, Some(&code), "short").status, 422);
        assert_eq!(accept(&visitor, &invitation.link, None, "a-long-password").status, 403);
        assert_eq!(accept(&visitor, &invitation.link, Some(&code), "a-long-password").status, 200);
        assert_eq!(accept(&visitor, &invitation.link, Some(&code), "another-password").status, 404);
        let mut desk = world.visitor();
        desk.sign_in("forest.new", "a-long-password");
        assert_eq!(desk.get("/api/requests/forest-2024").status, 200);
        // What an active account holds is changed by two; gone in the open session, a disabled account in all of them.
        let alone = security.refused(&assign("forest.new", Role::Evaluator, None));
        assert_eq!(alone.refusal.map(|r| r.code), Some("account.by_order".into()));
        let of_nobody = order(OrderedAct::ChangePost, "forest.new", Some(Role::Provider));
        assert_eq!(security.refused(&of_nobody).status, 422);
        ordered(&security, &system, order(OrderedAct::ChangePost, "forest.new", Some(Role::Evaluator)));
        assert_eq!(desk.get("/api/requests/forest-2024").status, 404);
        system.call(&DisableAccount { account: AccountId::new("forest.new") });
        assert_eq!(desk.refused(&ReadMe {}).status, 401);
        let accounts = system.call(&ListAccounts {}).accounts;
        let line = accounts.iter().find(|line| line.account.as_str() == "forest.new").expect("listed");
        assert_eq!(line.state, AccountState::Disabled);
    });
}

#[test]
fn nobody_holds_two_administrator_roles_nor_fills_and_approves_on_a_second_account() {
    on_each_database(|world| {
        let (system, security) = (world.desk("admin.system"), world.desk("admin.security"));
        let refused = |person: &str, role: Role, department: Option<&str>| {
            let account = format!("second-{person}-{}", role.word().replace('_', "-"));
            system.call(&create(&account, person));
            security.refused(&assign(&account, role, department)).refusal.map(|r| r.code)
        };
        let incompatible = Some("ACT-08".to_string());
        assert_eq!(refused("P-admin.audit", Role::SystemAdministrator, None), incompatible);
        assert_eq!(refused("P-admin.system", Role::AuditAdministrator, None), incompatible);
        assert_eq!(refused("P-admin.audit", Role::BureauLeader, None), incompatible);
        assert_eq!(refused("P-water.filler", Role::DepartmentApprover, Some("water")), incompatible);
        assert_eq!(refused("P-bureau.reviewer", Role::BureauLeader, None), incompatible);
        // Nor does one person act for two offices.
        assert_eq!(refused("P-transport.filler", Role::BureauReviewer, None), incompatible);
        assert_eq!(refused("P-resources.filler", Role::FinanceLeader, None), incompatible);
        let own = security.refused(&assign("admin.security", Role::BureauLeader, None));
        assert_eq!(own.refusal.map(|r| r.code), Some("account.own".into()));
        for account in ["admin.system", "admin.security", "admin.audit"] {
            let desk = world.desk(account).call(&shared::api::desk::ReadDesk { fiscal_year: None });
            assert!(desk.departments.is_empty() && desk.tasks.is_empty(), "{account} sees no business");
        }
    });
}

#[test]
fn a_production_start_has_one_administrator_by_a_one_time_link_and_no_demonstration_accounts() {
    let world = World::with(Database::Sqlite, |settings| settings.first_administrator = "郭管理".into());
    let visitor = world.visitor();
    assert_eq!(visitor.refused(&sign_in("water.filler", server::DEMO_PASSWORD)).status, 401);
    let link = world.invitation.clone().expect("a link");
    let setup = world.setup_code.clone().expect("a code for the first security administrator");
    assert_eq!(accept(&visitor, &link, None, "first-password").status, 422, "two classes of characters");
    assert_eq!(accept(&visitor, &link, None, FIRST).status, 200);
    let mut admin = world.visitor();
    let me = admin.sign_in("admin", FIRST);
    assert_eq!(
        (me.actor.name.as_str(), me.actor.role, me.demo),
        ("郭管理", Role::SystemAdministrator, false)
    );

    // Nothing is done before the second factor is on.
    let early = admin.refused(&create("safety", "P-2"));
    assert_eq!((early.status, early.code.as_str()), (403, "second_factor"));
    enrolled(&world, &admin, FIRST);

    // The first security administrator comes from the system administrator, and only the first. The code is not for
    // whoever has the link.
    let invitation = admin.call(&create("safety", "P-2"));
    assert!(admin.call(&ListAccounts {}).may_assign);
    assert_eq!(admin.call(&assign("safety", Role::SecurityAdministrator, None)).code, None);
    let alone = accept(&visitor, &invitation.link, Some("12345678"), SECOND);
    assert_eq!(alone.problem().refusal.map(|r| r.code), Some("ACT-02".into()));
    let other = admin.call(&create("other", "P-3"));
    assert_eq!(admin.refused(&assign("other", Role::SecurityAdministrator, None)).status, 403);
    assert_eq!(accept(&visitor, &invitation.link, Some(&setup), SECOND).status, 200);
    let mut safety = world.visitor();
    safety.sign_in("safety", SECOND);
    enrolled(&world, &safety, SECOND);
    admin.call(&AddDepartment { department: DepartmentId::new("water"), name: "省水利厅".into() });
    // Before the third administrator is there, nobody else comes.
    let early = safety.refused(&assign("other", Role::DepartmentFiller, Some("water")));
    assert_eq!(early.refusal.map(|r| r.code), Some("ACT-10".into()));
    let code = safety.call(&assign("other", Role::AuditAdministrator, None)).code;
    assert_eq!(accept(&visitor, &other.link, code.as_deref(), SECOND).status, 200);
    admin.call(&create("filler", "P-4"));
    safety.call(&assign("filler", Role::DepartmentFiller, Some("water")));
}

/// Sets up a second factor, which the strict profile asks of everybody; its secret.
pub fn enrolled(world: &World, desk: &Desk, password: &str) -> String {
    let secret = desk.call(&BeginSecondFactor { password: password.into() }).secret;
    let now = world.settings.clock.seconds();
    let code = TotpSecret::from_base32(&secret).unwrap().code(now as u64).unwrap();
    assert_eq!(desk.call(&ConfirmSecondFactor { code }).codes.len(), 10);
    secret
}

const FIRST: &str = "Erste-Losung-2023";
const SECOND: &str = "Zweite-Losung-2023";
