//! Several posts of one person: one at a time, switched without a new sign-in; deputies who count as both persons.

use crate::accounts::{accept, assign, create, order, ordered};
use crate::main_job;
use shared::api::accounts::{AskOrder, ListAccounts};
use shared::api::cases::ReadCase;
use shared::api::desk::ReadDesk;
use shared::api::posts::{DelegatePost, EndHeldPost, PostLine, ReadDelegations, SwitchPost};
use shared::api::problem::Problem;
use shared::api::session::ReadMe;
use shared::cases::account_order::OrderedAct;
use shared::cases::request::Command;
use shared::kernel::calendar::Date;
use shared::kernel::ids::{AccountId, CaseId, DepartmentId, OpId};
use shared::kernel::people::Role;
use tests::{Desk, World, fresh_id, on_each_database};

fn code(problem: Problem) -> String {
    problem.refusal.map_or(problem.code, |refusal| refusal.code)
}

fn date(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn posts(desk: &Desk) -> Vec<PostLine> {
    desk.call(&ReadMe {}).posts
}

fn switch(desk: &Desk, post: Option<&OpId>) {
    desk.call(&SwitchPost { post: post.cloned() });
}

fn also(account: &str, role: Role, department: Option<&str>) -> AskOrder {
    let department = department.map(DepartmentId::new);
    AskOrder { department, ..order(OrderedAct::GrantPost, account, Some(role)) }
}

/// A second account of the role, activated.
fn colleague(world: &World, account: &str, role: Role, department: Option<&str>) -> Desk {
    let (system, security) = (world.desk("admin.system"), world.desk("admin.security"));
    let link = system.call(&create(account, &format!("P-{account}-2"))).link;
    let code = security.call(&assign(account, role, department)).code;
    let accepted = accept(&world.visitor(), &link, code.as_deref(), PASSWORD);
    assert_eq!(accepted.status, 200, "{}", accepted.text);
    joined(world, account)
}

/// Somebody who joined, signed in anew.
fn joined(world: &World, account: &str) -> Desk {
    with_password(world, account, PASSWORD)
}

fn with_password(world: &World, account: &str, password: &str) -> Desk {
    let mut desk = world.visitor();
    desk.sign_in(account, password);
    desk
}

/// Password of whoever joins in these stories.
const PASSWORD: &str = "a-long-password";

fn delegate(to: &str, first: &str, last: &str) -> DelegatePost {
    DelegatePost { delegation: fresh_id(), to: AccountId::new(to), first: date(first), last: date(last) }
}

#[test]
fn a_person_with_two_posts_acts_in_one_at_a_time_and_sees_what_waits_in_the_other() {
    on_each_database(|world| {
        let (system, security) = (world.desk("admin.system"), world.desk("admin.security"));
        let filler = world.desk("ecology.filler");
        let refused = also("ecology.filler", Role::DepartmentApprover, Some("ecology"));
        assert_eq!(code(system.refused(&refused)), "ACT-08");
        ordered(&system, &security, also("ecology.filler", Role::DepartmentFiller, Some("health")));
        let held = posts(&filler);
        assert_eq!((held.len(), held[0].is_current, held[1].is_current), (2, true, false));
        assert_eq!(held[1].label(), "省卫生健康委员会 部门填报人");
        // What was returned to the other department waits there, and is not this post's to read.
        let desk = filler.call(&ReadDesk::default());
        assert_eq!((desk.elsewhere.len(), desk.elsewhere[0].count), (1, 1));
        assert_eq!(filler.refused(&ReadCase { case: CaseId::new("health-2024") }).status, 404);
        switch(&filler, held[1].post.as_ref());
        let me = filler.call(&ReadMe {});
        assert_eq!(me.department_name.as_deref(), Some("省卫生健康委员会"));
        assert!(me.posts[1].is_current && !me.posts[0].is_current);
        assert_eq!(filler.call(&ReadDesk::default()).tasks[0].id.as_str(), "health-2024");
        // Renewed in place, the session stays in its post.
        let mut renewed = filler.clone();
        assert_eq!(
            renewed.sign_in("ecology.filler", server::DEMO_PASSWORD).department_name.as_deref(),
            Some("省卫生健康委员会")
        );
        let filler = renewed;
        // Another session of the same person stays where it is.
        assert_eq!(
            world.desk("ecology.filler").call(&ReadMe {}).department_name.as_deref(),
            Some("省生态环境厅")
        );
        // Nobody takes up what is not theirs.
        let other = world.desk("water.filler").refused(&SwitchPost { post: held[1].post.clone() });
        assert_eq!(code(other), "ACT-14");
        // Ended at once by one, the session is back in the post of the account.
        let line = system.call(&ListAccounts {}).accounts;
        let line = line.into_iter().find(|line| line.account.as_str() == "ecology.filler").unwrap();
        assert_eq!(line.posts.len(), 1);
        let end = EndHeldPost { post: held[1].post.clone().unwrap() };
        assert_eq!(filler.refused(&end).status, 404, "not one's own");
        security.call(&end);
        assert_eq!(filler.call(&ReadMe {}).department_name.as_deref(), Some("省生态环境厅"));
        assert_eq!(security.refused(&end).status, 404);
        world.stop();
        let report = world.verified();
        assert!(report.faults.is_empty() && report.unknown_tables.is_empty(), "{:#?}", report.lines());
    });
}

#[test]
fn a_deputy_signs_for_both_and_counts_as_both() {
    on_each_database(|world| {
        let (system, security) = (world.desk("admin.system"), world.desk("admin.security"));
        let owner = world.desk("ecology.filler");
        let deputy = colleague(world, "ecology.second", Role::DepartmentFiller, Some("ecology"));
        colleague(world, "forest.second", Role::DepartmentFiller, Some("forest"));
        // 31 days, the past, somebody of another department, oneself.
        let refused = |request: DelegatePost| owner.refused(&request);
        assert_eq!(code(refused(delegate("ecology.second", "2023-07-15", "2023-08-14"))), "ACT-15");
        assert_eq!(code(refused(delegate("ecology.second", "2023-07-14", "2023-07-16"))), "ACT-15");
        assert_eq!(code(refused(delegate("ecology.second", "2023-07-18", "2023-07-17"))), "ACT-15");
        assert_eq!(code(refused(delegate("forest.second", "2023-07-15", "2023-07-16"))), "ACT-08");
        assert_eq!(refused(delegate("ecology.filler", "2023-07-15", "2023-07-16")).status, 404);
        let administrator = delegate("admin.security", "2023-07-15", "2023-07-16");
        assert_eq!(code(system.refused(&administrator)), "ACT-15");
        let colleagues = owner.call(&ReadDelegations {}).colleagues;
        assert_eq!(colleagues.iter().map(|c| c.account.as_str()).collect::<Vec<_>>(), ["ecology.second"]);

        owner.call(&delegate("ecology.second", "2023-07-15", "2023-07-20"));
        assert_eq!(refused(delegate("ecology.second", "2023-07-18", "2023-07-25")).status, 409);
        let held = posts(&deputy);
        assert_eq!(held[1].deputy_of.as_deref(), Some("韩清"));
        switch(&deputy, held[1].post.as_ref());
        assert_eq!(deputy.call(&ReadMe {}).actor.name, "新同事（代 韩清）");
        // A post held as a deputy is not delegated on.
        assert_eq!(code(deputy.refused(&delegate("ecology.filler", "2023-07-15", "2023-07-16"))), "ACT-15");
        main_job::filled(&deputy, "ecology-2024");
        let submitted = deputy.tells("ecology-2024", Command::Submit {});
        assert_eq!(submitted.history.last().unwrap().by, "新同事（代 韩清）");

        // Whoever submitted through a deputy approves it no more than the deputy.
        for (account, password) in [("ecology.filler", server::DEMO_PASSWORD), ("ecology.second", PASSWORD)] {
            let change = AskOrder {
                department: Some(DepartmentId::new("ecology")),
                ..order(OrderedAct::ChangePost, account, Some(Role::DepartmentApprover))
            };
            ordered(&system, &security, change);
            let refusal = with_password(world, account, password)
                .is_refused("ecology-2024", Command::DepartmentApprove {});
            assert_eq!(code(refusal), "authority.same_person", "{account}");
        }
        // The post is another one now, and with it the delegation is over.
        assert_eq!(posts(&deputy).len(), 1);
        assert_eq!(
            world.count(
                "select count(*) from audit_trail where act = 'account.delegate' or act = 'session.switch'"
            ),
            2
        );
        world.desk("ecology.approver").tells("ecology-2024", Command::DepartmentApprove {});
    });
}

#[test]
fn a_delegation_begins_and_ends_by_itself_and_by_either() {
    on_each_database(|world| {
        let owner = world.desk("water.filler");
        let deputy = colleague(world, "water.second", Role::DepartmentFiller, Some("water"));
        owner.call(&delegate("water.second", "2023-07-16", "2023-07-17"));
        assert_eq!(posts(&deputy).len(), 1, "not before its first day");
        world.restart("2023-07-17");
        let deputy = joined(world, "water.second");
        let held = posts(&deputy);
        switch(&deputy, held[1].post.as_ref());
        world.restart("2023-07-18");
        let me = joined(world, "water.second").call(&ReadMe {});
        assert_eq!((me.posts.len(), me.actor.name.as_str()), (1, "新同事"));
        let (owner, deputy) = (world.desk("water.filler"), joined(world, "water.second"));
        for ends in [&owner, &deputy] {
            owner.call(&delegate("water.second", "2023-07-18", "2023-07-19"));
            let given = owner.call(&ReadDelegations {}).delegations;
            assert_eq!((given.len(), given[0].principal.as_str()), (1, "王芳"));
            switch(&deputy, Some(&given[0].post));
            let stranger = world.desk("forest.filler");
            assert_eq!(stranger.refused(&EndHeldPost { post: given[0].post.clone() }).status, 404);
            ends.call(&EndHeldPost { post: given[0].post.clone() });
            assert_eq!(deputy.call(&ReadMe {}).actor.name, "新同事");
            assert_eq!(owner.call(&ReadDelegations {}).delegations.len(), 0);
        }
    });
}
