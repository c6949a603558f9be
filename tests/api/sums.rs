//! The sums kept beside frozen versions, in a database that is older than they are.

use crate::autumn::whole;
use shared::kernel::money::Money;
use tests::on_each_database;

#[test]
fn versions_frozen_before_sums_were_kept_get_theirs_at_the_start() {
    on_each_database(|world| {
        let before = whole(&world.desk("bureau.leader")).whole;
        assert!(
            before.figures().cut.is_positive() && before.included.iter().any(|line| line.last_year.is_some())
        );
        let rows = world.count("select count(*) from version_sums");
        // As a database of the time before has it.
        world.execute("delete from version_sums");
        world.execute("update versions set last_year = null");
        assert_eq!(whole(&world.desk("bureau.leader")).whole.figures().requested, Money::ZERO);
        world.restart("2023-07-15");
        assert_eq!(whole(&world.desk("bureau.leader")).whole, before);
        assert_eq!(world.count("select count(*) from version_sums"), rows);
        let filled = "select count(*) from audit_trail where act = 'version.sums'";
        let once = world.count(filled);
        world.restart("2023-07-15");
        assert_eq!((world.count("select count(*) from version_sums"), world.count(filled)), (rows, once));
        // What cannot be read stays without, and keeps nobody from the rest.
        world.execute("delete from version_sums");
        world.execute("update versions set snapshot = '{}' where request = 'civil-2024'");
        world.restart("2023-07-15");
        let after = whole(&world.desk("bureau.leader")).whole;
        let of =
            |name: &str| after.included.iter().find(|line| line.name == name).expect("included").figures();
        assert_eq!(of("省民政厅").requested, Money::ZERO);
        let whole_before = before.included.iter().find(|line| line.name == "省农业农村厅").expect("included");
        assert_eq!(of("省农业农村厅"), whole_before.figures());
    });
}
