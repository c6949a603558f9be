//! 再次验证身份: payments, editions in force and account orders ask again who acts, five minutes after the sign-in.

use crate::accounts::order;
use serde_json::json;
use shared::api::accounts::DecideOrder;
use shared::api::session::ReadMe;
use shared::api::transition::Transition;
use shared::cases::account_order::OrderedAct;
use shared::kernel::ids::CaseId;
use tests::{Desk, World, fresh_id, on_each_database};

fn command(kind: Option<&str>, verb: &str) -> Transition {
    Transition {
        request: CaseId::new("no-such-case"),
        operation: fresh_id(),
        seen: 0,
        command: json!({ "verb": verb, "content_hash": "0", "voucher": "v" }),
        kind: kind.map(str::to_string),
    }
}

/// Five minutes pass.
fn later(world: &World) {
    world.execute("update sessions set created = created - 301");
}

fn is_asked(desk: &Desk, request: &impl shared::api::Endpoint) -> bool {
    let answer = desk.ask(request);
    answer.status == 401 && answer.problem().code == "sign_in"
}

#[test]
fn an_account_order_is_asked_about_again_and_goes_on_after_a_fresh_sign_in() {
    on_each_database(|world| {
        let (system, security) = (world.desk("admin.system"), world.desk("admin.security"));
        let asked = order(OrderedAct::ResetPassword, "water.filler", None);
        later(world);
        assert!(is_asked(&system, &asked));
        assert_eq!(world.count("select count(*) from account_orders"), 0);
        // What is not weighty goes on, and the session with it.
        system.call(&ReadMe {});
        system.call(&shared::api::accounts::ListAccounts {});
        world.desk("admin.system").call(&asked);
        let decide = DecideOrder { order: asked.order.clone(), agree: true, reason: None, namesakes: false };
        assert!(is_asked(&security, &decide));
        assert!(!is_asked(&world.desk("admin.security"), &decide));
    });
}

#[test]
fn a_payment_and_an_edition_are_asked_about_again_and_nothing_else_is() {
    on_each_database(|world| {
        let leader = world.desk("finance.leader");
        assert!(!is_asked(&leader, &command(None, "confirm")), "signed in a moment ago");
        later(world);
        assert!(is_asked(&leader, &command(None, "confirm")));
        assert!(is_asked(&leader, &command(Some("payment"), "approve")));
        assert!(!is_asked(&leader, &command(None, "finance_pass")));
        assert!(!is_asked(&leader, &command(Some("contract"), "approve")));
        let again = world.desk("finance.leader");
        assert!(!is_asked(&again, &command(Some("payment"), "approve")));
    });
}
