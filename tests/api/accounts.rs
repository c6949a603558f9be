//! Accounts: sign-in, lockout, sessions, and three administrators who keep each other honest.

use shared::api::accounts::{
    AcceptInvitation, AccountState, AddDepartment, AssignRole, CreateAccount, DisableAccount, ListAccounts,
};
use shared::api::session::{ReadMe, SignIn, SignOut};
use shared::kernel::ids::{AccountId, DepartmentId, PersonId};
use shared::kernel::people::Role;
use tests::{Database, Desk, World, on_each_database};

fn sign_in(account: &str, password: &str) -> SignIn {
    SignIn { account: account.into(), password: password.into() }
}

fn create(account: &str, person: &str) -> CreateAccount {
    CreateAccount {
        account: AccountId::new(account), name: "新同事".into(), person: PersonId::new(person)
    }
}

fn assign(account: &str, role: Role, department: Option<&str>) -> AssignRole {
    let department = department.map(DepartmentId::new);
    AssignRole { account: AccountId::new(account), role, department, provider: None }
}

fn accept(visitor: &Desk, link: &str, password: &str) -> tests::Answer {
    let token = link.split('#').nth(1).expect("a token in the fragment").to_string();
    visitor.ask(&AcceptInvitation { token, password: password.into() })
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

#[test]
fn one_administrator_makes_an_account_another_gives_it_a_role_and_its_owner_a_password() {
    on_each_database(|world| {
        let (system, security) = (world.desk("admin.system"), world.desk("admin.security"));
        let invitation = system.call(&create("forest.new", "P-900"));
        let visitor = world.visitor();
        assert_eq!(accept(&visitor, &invitation.link, "short").status, 422);
        assert_eq!(accept(&visitor, &invitation.link, "a-long-password").status, 200);
        assert_eq!(accept(&visitor, &invitation.link, "another-password").status, 404);
        // No role yet: the password is right, the door stays closed.
        assert_eq!(visitor.refused(&sign_in("forest.new", "a-long-password")).status, 403);
        assert_eq!(system.refused(&assign("forest.new", Role::DepartmentFiller, Some("forest"))).status, 403);
        assert_eq!(security.refused(&create("x", "P-901")).status, 403);
        assert_eq!(security.refused(&assign("forest.new", Role::DepartmentFiller, None)).status, 422);
        assert_eq!(security.refused(&assign("forest.new", Role::Auditor, Some("forest"))).status, 422);
        security.call(&assign("forest.new", Role::DepartmentFiller, Some("forest")));
        let mut desk = world.visitor();
        desk.sign_in("forest.new", "a-long-password");
        assert_eq!(desk.get("/api/requests/forest-2024").status, 200);
        // A role taken away is gone in the open session, a disabled account in all of them.
        assert_eq!(security.refused(&assign("forest.new", Role::Provider, None)).status, 422);
        security.call(&assign("forest.new", Role::Evaluator, None));
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
        let incompatible = Some("role.incompatible".to_string());
        assert_eq!(refused("P-admin.audit", Role::SystemAdministrator, None), incompatible);
        assert_eq!(refused("P-admin.system", Role::AuditAdministrator, None), incompatible);
        assert_eq!(refused("P-admin.audit", Role::BureauLeader, None), incompatible);
        assert_eq!(refused("P-water.filler", Role::DepartmentApprover, Some("water")), incompatible);
        assert_eq!(refused("P-bureau.reviewer", Role::BureauLeader, None), incompatible);
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
    assert_eq!(accept(&visitor, &link, "first-password").status, 200);
    let mut admin = world.visitor();
    let me = admin.sign_in("admin", "first-password");
    assert_eq!(
        (me.actor.name.as_str(), me.actor.role, me.demo),
        ("郭管理", Role::SystemAdministrator, false)
    );

    // The first security administrator comes from the system administrator, and only the first.
    let invitation = admin.call(&create("safety", "P-2"));
    assert!(admin.call(&ListAccounts {}).may_assign);
    admin.call(&assign("safety", Role::SecurityAdministrator, None));
    admin.call(&create("other", "P-3"));
    assert_eq!(admin.refused(&assign("other", Role::SecurityAdministrator, None)).status, 403);
    assert_eq!(accept(&visitor, &invitation.link, "second-password").status, 200);
    let mut safety = world.visitor();
    safety.sign_in("safety", "second-password");
    admin.call(&AddDepartment { department: DepartmentId::new("water"), name: "省水利厅".into() });
    safety.call(&assign("other", Role::DepartmentFiller, Some("water")));
}
