//! How a version was judged then, on a page of its own: for whoever may read it, next to what was stored.

use serde_json::Value;
use shared::api::replay::ReadReplay;
use shared::kernel::ids::CaseId;
use tests::on_each_database;

#[test]
fn a_version_is_judged_again_as_then_and_what_was_changed_since_shows() {
    on_each_database(|world| {
        let asked = |version| ReadReplay { case: CaseId::new("culture-2024"), version };
        let auditor = world.desk("auditor");
        let replayed = auditor.call(&asked(1));
        assert!(replayed.same && replayed.differences.is_empty(), "{:?}", replayed.differences);
        assert_eq!(replayed.edition, "2022-51#1");
        let result: Value = serde_json::from_str(&replayed.result).expect("JSON");
        assert!(result["findings"].is_array() && result["total"].is_string(), "{result}");
        assert_eq!(world.desk("culture.filler").call(&asked(1)), replayed);
        // Neither a foreign department, nor administrators, nor for a version there is not.
        assert_eq!(world.desk("water.filler").refused(&asked(1)).status, 404);
        assert_ne!(world.desk("admin.audit").ask(&asked(1)).status, 200);
        assert_eq!(auditor.refused(&asked(99)).status, 404);
        world.execute(
            "update case_versions set total = '1.00' where case_id = 'culture-2024' and version = 1",
        );
        let changed = auditor.call(&asked(1));
        assert!(!changed.same && changed.differences[0].contains("存为 1.00"), "{:?}", changed.differences);
        assert_eq!(changed.result, replayed.result);
    });
}
