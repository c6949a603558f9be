//! Records: what was done is written down, and a change behind everyone's back shows.

use shared::api::audit::ReadAuditTrail;
use shared::kernel::people::Role;
use tests::{Draft, on_each_database};

#[test]
fn every_write_and_sign_in_is_in_the_trail_for_those_who_may_read_it() {
    on_each_database(|world| {
        let audit = world.desk("admin.audit");
        let trail = audit.call(&ReadAuditTrail::default());
        assert_eq!(
            (trail.entries[0].act.as_str(), trail.entries[0].subject.as_str()),
            ("session.sign_in", "admin.audit")
        );
        let has = |act: &str| trail.entries.iter().any(|entry| entry.act == act);
        assert!(has("transition.submit") && has("transition.bureau_confirm") && has("request.open"));
        let older = audit.call(&ReadAuditTrail { before: Some(3), ..ReadAuditTrail::default() });
        assert_eq!((older.entries.len(), older.more), (2, false));
        let by_leader = ReadAuditTrail { post: Some(Role::BureauLeader), ..ReadAuditTrail::default() };
        let of_leaders = audit.call(&by_leader).entries;
        assert!(
            !of_leaders.is_empty() && of_leaders.iter().all(|entry| entry.role == Role::BureauLeader.word())
        );
        assert!(of_leaders.iter().all(|entry| entry.label != entry.act), "each act has a word");
        assert_eq!(world.desk("auditor").ask(&ReadAuditTrail::default()).status, 200);
        for account in ["admin.system", "admin.security", "water.filler", "bureau.leader"] {
            assert_eq!(world.desk(account).refused(&ReadAuditTrail::default()).status, 403, "{account}");
        }
    });
}

#[test]
fn a_changed_or_missing_record_is_named() {
    on_each_database(|world| {
        let filler = world.desk("water.filler");
        filler.edits("water-2024", vec![Draft::set("hardware", "h1", "basis", None, Some("合同附后"))]);
        world.stop();
        assert!(world.verified().is_intact(), "{:?}", world.verified().lines());
        let found = |line: &str| {
            let lines = world.verified().lines();
            assert!(lines.iter().any(|found| found.starts_with(line)), "{line}: {lines:#?}");
        };
        world.execute("update operations set name = name, changes = replace(changes, '合同附后', '合同另附') where seq = 2");
        found("AUD-01 案卷 water-2024 操作记录 第 2 条：内容与其链接不符");
        found("AUD-07 填报内容 water-2024");
        world.execute("delete from audit_trail where seq = 3");
        found("AUD-03 审计日志 第 3–3 条：缺失");
        world.execute(
            "update case_versions set snapshot = replace(snapshot, '1年', '2年') where case_id = 'culture-2024'",
        );
        found("AUD-07 冻结版本 culture-2024/1");
    });
}
