//! What one administrator cannot do alone: every attack on the three administrators, on links and on identities.

use crate::accounts::{accept, assign, create, decide, order, ordered, sign_in};
use shared::api::accounts::{AddDepartment, CreateAccount, DisableAccount, ListAccounts};
use shared::api::problem::Problem;
use shared::api::requests::OpenRequest;
use shared::api::session::ReadMe;
use shared::cases::account_order::OrderedAct;
use shared::cases::request::Command;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::{AccountId, CaseId, DepartmentId, PersonId};
use shared::kernel::people::Role;
use std::thread;
use tests::{Database, World, on_each_database};

fn code(problem: Problem) -> String {
    problem.refusal.map_or(problem.code, |refusal| refusal.code)
}

#[test]
fn the_system_administrator_alone_never_becomes_another() {
    on_each_database(|world| {
        let (system, security) = (world.desk("admin.system"), world.desk("admin.security"));
        for account in ["admin.security", "admin.audit"] {
            let disable = DisableAccount { account: AccountId::new(account) };
            assert_eq!(code(system.refused(&disable)), "account.by_order");
            // Nor do two of them leave the third post empty.
            let order = order(OrderedAct::Disable, account, None);
            assert_eq!(code(system.refused(&order)), "ACT-09");
        }
        let link = system.call(&create("sec2", "P-sec2")).link;
        assert_eq!(
            code(system.refused(&assign("sec2", Role::SecurityAdministrator, None))),
            "authority.role"
        );
        let visitor = world.visitor();
        assert_eq!(code(accept(&visitor, &link, None, "chosen-by-admin").problem()), "account.no_role");

        // A link made anew takes the role and the code with it.
        let first = security.call(&assign("sec2", Role::FinanceLeader, None)).code.expect("a code");
        let renewed = system.call(&create("sec2", "P-sec2")).link;
        assert_eq!(accept(&visitor, &link, Some(&first), "chosen-by-admin").status, 404);
        let stolen = accept(&visitor, &renewed, Some(&first), "chosen-by-admin");
        assert_eq!(code(stolen.problem()), "account.no_role");
        assert_eq!(visitor.refused(&sign_in("sec2", "chosen-by-admin")).status, 401);
        // Even had somebody emptied the post in the database, nobody is appointed by one.
        world.execute("update accounts set state = 'disabled' where role = 'security_administrator'");
        assert!(!system.call(&ListAccounts {}).may_assign);
        assert_eq!(
            code(system.refused(&assign("sec2", Role::SecurityAdministrator, None))),
            "authority.role"
        );
    });
}

#[test]
fn codes_are_guessed_five_times_also_at_once() {
    on_each_database(|world| {
        let (system, security) = (world.desk("admin.system"), world.desk("admin.security"));
        let link = system.call(&create("forest.new", "P-900")).link;
        let right = security.call(&assign("forest.new", Role::DepartmentFiller, Some("forest"))).code;
        let right = right.expect("a code");
        thread::scope(|scope| {
            for number in 0..20 {
                let (link, right) = (&link, &right);
                scope.spawn(move || {
                    let guess = format!("{number:08}");
                    let answer = accept(&world.visitor(), link, Some(&guess), "a-long-password");
                    assert!(guess == *right || answer.status != 200, "{}", answer.text);
                });
            }
        });
        assert_eq!(accept(&world.visitor(), &link, Some(&right), "a-long-password").status, 404);
        assert!(world.count("select wrong_codes from accounts where id = 'forest.new'") <= 5);
    });
}

#[test]
fn a_forgotten_password_is_reset_by_two_and_chosen_by_its_owner() {
    on_each_database(|world| {
        let (system, security) = (world.desk("admin.system"), world.desk("admin.security"));
        let (owner, visitor) = (world.desk("water.filler"), world.visitor());
        let reset = order(OrderedAct::ResetPassword, "water.filler", None);
        let link = system.call(&reset).invitation.expect("a link").link;
        assert_eq!(accept(&visitor, &link, None, "a-long-password").status, 404, "nobody has agreed yet");
        assert_eq!(owner.call(&ReadMe {}).actor.account.as_str(), "water.filler");
        assert_eq!(code(system.refused(&decide(&reset, true))), "authority.same_person");
        assert_eq!(code(world.desk("admin.audit").refused(&decide(&reset, true))), "ACT-05");
        let second = security.call(&decide(&reset, true)).code.expect("a code");
        assert_eq!(code(security.refused(&decide(&reset, true))), "authority.stage");
        assert_eq!(owner.refused(&ReadMe {}).status, 401);
        assert_eq!(visitor.refused(&sign_in("water.filler", server::DEMO_PASSWORD)).status, 401);
        // Asking anew under the same account does not take the link over.
        assert_eq!(system.refused(&create("water.filler", "P-water.filler")).status, 409);
        assert_eq!(code(accept(&visitor, &link, None, "a-long-password").problem()), "ACT-02");
        assert_eq!(accept(&visitor, &link, Some(&second), "a-long-password").status, 200);
        world.visitor().sign_in("water.filler", "a-long-password");
    });
}

#[test]
fn what_was_taken_away_by_one_is_given_back_by_two() {
    on_each_database(|world| {
        let (system, security) = (world.desk("admin.system"), world.desk("admin.security"));
        security.call(&DisableAccount { account: AccountId::new("forest.filler") });
        assert_eq!(world.visitor().refused(&sign_in("forest.filler", server::DEMO_PASSWORD)).status, 401);
        let enable = order(OrderedAct::Enable, "forest.filler", None);
        security.call(&enable);
        assert_eq!(system.call(&ListAccounts {}).orders.len(), 1);
        let again = order(OrderedAct::Enable, "forest.filler", None);
        assert_eq!(system.refused(&again).status, 409, "one order at a time");
        system.call(&decide(&enable, false));
        ordered(&security, &system, again);
        world.desk("forest.filler");
        // Their own account is nobody's to order.
        let own = order(OrderedAct::ResetPassword, "admin.system", None);
        assert_eq!(code(system.refused(&own)), "ACT-06");
        security.call(&own);
        assert_eq!(code(system.refused(&decide(&own, true))), "ACT-06");
        world.desk("admin.audit").call(&decide(&own, true));
    });
}

#[test]
fn an_order_that_nobody_agrees_to_lapses() {
    let world = World::demo(Database::Sqlite);
    let change = order(OrderedAct::ChangePost, "bureau.reviewer", Some(Role::BureauTreasurer));
    world.desk("admin.security").call(&change);
    world.restart("2023-07-19");
    let system = world.desk("admin.system");
    assert_eq!(code(system.refused(&decide(&change, true))), "ACT-07");
    assert!(system.call(&ListAccounts {}).orders.is_empty());
}

#[test]
fn one_person_is_one_however_the_number_is_written() {
    on_each_database(|world| {
        let (system, security) = (world.desk("admin.system"), world.desk("admin.security"));
        let new = |account: &str, person: &str, namesake| CreateAccount {
            account: AccountId::new(account),
            name: "赵林".into(),
            person: PersonId::new(person),
            namesake,
        };
        for odd in
            ["P-forest.filler\u{200b}", "\u{202e}P-forest.filler", "P\u{2011}forest.filler", "П-1", " ", ""]
        {
            assert_eq!(system.refused(&new("second", odd, true)).status, 422, "{odd:?}");
        }
        // Other letters are the same person, and one mark for another is no other person.
        assert_eq!(code(system.refused(&new("second", "P_forest.fi11er", true))), "ACT-03");
        system.call(&new("second", "p-FOREST.Filler", false));
        let approver = assign("second", Role::DepartmentApprover, Some("forest"));
        assert_eq!(code(security.refused(&approver)), "ACT-08");
        // A second number under the same name is a decision.
        assert_eq!(code(system.refused(&new("third", "P-777", false))), "ACT-11");
        system.call(&new("third", "P-777", true));
    });
}

#[test]
fn accounts_departments_and_requests_have_plain_ids_and_names_one_can_see() {
    on_each_database(|world| {
        let system = world.desk("admin.system");
        for odd in ["..", "a?b", "a%2fb", "АDMIN", "水利", "a\u{200b}b", ".a"] {
            assert_eq!(system.refused(&create(odd, "P-900")).status, 422, "{odd:?}");
            let department = AddDepartment { department: DepartmentId::new(odd), name: "省某厅".into() };
            assert_eq!(system.refused(&department).status, 422, "{odd:?}");
            let open = OpenRequest { request: CaseId::new(odd), fiscal_year: FiscalYear(2024) };
            assert_eq!(world.desk("ecology.filler").refused(&open).status, 422, "{odd:?}");
        }
        assert_eq!(system.refused(&create("Admin.System", "P-900")).status, 409);
        for odd in ["  ", "\n\n", "王\u{200b}", "王\u{202e}芳"] {
            let account = CreateAccount { name: odd.into(), ..create("named", "P-900") };
            assert_eq!(system.refused(&account).status, 422, "{odd:?}");
            let department = AddDepartment { department: DepartmentId::new("new"), name: odd.into() };
            assert_eq!(system.refused(&department).status, 422, "{odd:?}");
        }
        let twice = AddDepartment { department: DepartmentId::new("water2"), name: "省水利厅".into() };
        assert_eq!(system.refused(&twice).status, 409);
    });
}

#[test]
fn whoever_filled_a_request_does_not_take_it_for_the_bureau_later() {
    on_each_database(|world| {
        // Two administrators move the filler to the bureau; what they signed before stays theirs.
        let (system, security) = (world.desk("admin.system"), world.desk("admin.security"));
        let change = order(OrderedAct::ChangePost, "transport.filler", Some(Role::BureauReviewer));
        ordered(&security, &system, change);
        let moved = world.desk("transport.filler");
        let take = moved.is_refused("transport-2024", Command::BureauTake {});
        assert_eq!(code(take), "authority.same_person");
        world.desk("bureau.reviewer").tells("transport-2024", Command::BureauTake {});
    });
}

#[test]
fn a_demonstration_database_never_serves_in_earnest_nor_the_other_way_round() {
    on_each_database(|world| {
        world.stop();
        let settings = server::Settings { demo: false, ..world.settings.clone() };
        let refused = world.block_on(server::start(settings));
        let error = refused.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("演示数据库") && error.contains("--demo"), "{error}");
    });
    let world = World::with(Database::Sqlite, |_| {});
    world.stop();
    let settings = server::Settings { demo: true, ..world.settings.clone() };
    let error = world.block_on(server::start(settings)).err().map(|error| error.to_string());
    assert!(error.unwrap_or_default().contains("正式账号"));
}
