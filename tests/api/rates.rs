//! How often one account may write files, send files and save: others are not held up by it, and it goes on later.

use shared::api::attachments::BeginUpload;
use shared::api::problem::code;
use shared::kernel::ids::AttachmentId;
use tests::{Desk, Draft, World, fresh_id};

use crate::outbox::on_each;

fn upload(desk: &Desk, id: &str) -> u16 {
    let begin = serde_json::json!({
        "attachment": id, "case": "water-2024", "name": "说明.pdf", "size": 10, "hash": "0".repeat(64),
    });
    let begin: BeginUpload = serde_json::from_value(begin).expect("a request");
    assert_eq!(begin.attachment, AttachmentId::new(id));
    desk.ask(&begin).status
}

#[test]
fn an_account_that_asks_too_often_learns_when_to_go_on_and_nobody_else_waits() {
    on_each(|database| {
        let world = World::demo_with(database, |settings| {
            settings.rates =
                server::RateLimits { exports_per_hour: 3, uploads_per_hour: 2, saves_per_minute: 4 };
        });
        let (filler, other) = (world.desk("water.filler"), world.desk("water.approver"));
        let print = "/api/requests/water-2024/print";
        for _ in 0..3 {
            filler.fetches(print);
        }
        let refused = filler.get(print);
        assert_eq!((refused.status, refused.problem().code.as_str()), (429, code::TOO_MANY));
        let wait: u64 = refused.header("retry-after").expect("when").parse().expect("seconds");
        assert!((1..=3600).contains(&wait), "{wait}");
        other.fetches(print);

        for n in 0..4 {
            filler
                .edits("water-2024", vec![Draft::set("hardware", "h1", "basis", None, Some(&n.to_string()))]);
        }
        let op = shared::engine::op::Op {
            id: fresh_id(),
            changes: vec![Draft::set("hardware", "h1", "basis", None, Some("9"))],
        };
        let save = shared::api::operations::SendOperations {
            request: shared::kernel::ids::CaseId::new("water-2024"),
            ops: vec![op],
        };
        assert_eq!(filler.ask(&save).status, 429);
        assert_ne!(upload(&filler, "a1"), 429);
        assert_ne!(upload(&filler, "a2"), 429);
        assert_eq!(upload(&filler, "a3"), 429);
    });
}
