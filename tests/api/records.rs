//! Records: what was done is written down, and a change behind everyone's back shows.

use server::verify;
use shared::api::audit::ReadAuditTrail;
use tests::{Draft, World, on_each_database};

fn verdict(world: &World) -> (bool, String) {
    let verified = verify(&world.settings.database, &world.settings.tenant);
    let verdict = world.block_on(verified).expect("a verdict");
    (verdict.intact, verdict.lines.join("\n"))
}

#[test]
fn every_write_and_sign_in_is_in_the_trail_for_those_who_may_read_it() {
    on_each_database(|world| {
        let audit = world.desk("admin.audit");
        let trail = audit.call(&ReadAuditTrail { before: None });
        assert_eq!(
            (trail.entries[0].act.as_str(), trail.entries[0].subject.as_str()),
            ("session.sign_in", "admin.audit")
        );
        let has = |act: &str| trail.entries.iter().any(|entry| entry.act == act);
        assert!(has("transition.submit") && has("transition.bureau_confirm") && has("request.open"));
        let older = audit.call(&ReadAuditTrail { before: Some(3) });
        assert_eq!((older.entries.len(), older.more), (2, false));
        assert_eq!(world.desk("auditor").ask(&ReadAuditTrail { before: None }).status, 200);
        for account in ["admin.system", "admin.security", "water.filler", "bureau.leader"] {
            assert_eq!(
                world.desk(account).refused(&ReadAuditTrail { before: None }).status,
                403,
                "{account}"
            );
        }
    });
}

#[test]
fn a_changed_or_missing_record_is_named() {
    on_each_database(|world| {
        let filler = world.desk("water.filler");
        filler.edits("water-2024", vec![Draft::set("hardware", "h1", "basis", None, Some("合同附后"))]);
        assert!(verdict(world).0, "{}", verdict(world).1);
        world.execute("update operations set name = name, changes = replace(changes, '合同附后', '合同另附') where seq = 2");
        let (intact, said) = verdict(world);
        assert!(!intact && said.contains("申请 water-2024 第 2 条起"), "{said}");
        world.execute("delete from audit_trail where seq = 3");
        assert!(verdict(world).1.contains("审计日志：第 3 条起"));
        world.execute(
            "update case_versions set snapshot = replace(snapshot, '1年', '2年') where case_id = 'culture-2024'",
        );
        assert!(verdict(world).1.contains("案卷 culture-2024 第 1 版起"));
    });
}
