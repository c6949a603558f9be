//! `--demo --today DATE` (Art. 4, 11): a fresh demonstration stands as the year would stand on that day.

use shared::api::consolidation::ReadConsolidation;
use shared::api::desk::ReadDesk;
use shared::api::editions::ReadRegister;
use shared::api::plans::ReadPlan;
use shared::cases::kernel::Stage;
use shared::kernel::calendar::Date;
use tests::{Database, Desk, World};

fn demonstration(today: &str) -> World {
    World::with(Database::Sqlite, |settings| {
        settings.demo = true;
        settings.clock.fixed_day = Date::parse(today);
    })
}

fn stage(desk: &Desk, id: &str) -> Stage {
    desk.reads(id).case.stage
}

#[test]
fn a_demonstration_stands_as_the_year_would_on_its_day() {
    let world = demonstration("2023-09-25");
    let bureau = world.desk("bureau.leader");
    for accepted in ["forest-2024", "transport-2024", "culture-2024", "agriculture-2024"] {
        assert_eq!(stage(&bureau, accepted), Stage::Accepted, "{accepted}");
    }
    assert_eq!(stage(&bureau, "education-2024"), Stage::BureauReview);
    assert_eq!(stage(&world.desk("health.filler"), "health-2024"), Stage::Returned);

    let world = demonstration("2023-11-15");
    let finance = world.desk("finance.reviewer");
    assert_eq!(stage(&finance, "forest-2024"), Stage::FinanceReview);
    let whole = crate::autumn::whole(&finance);
    assert_eq!(whole.whole.included.len(), 8);
    assert!(whole.whole.missing.iter().any(|line| line.name == "省水利厅"));

    let world = demonstration("2024-02-01");
    let batch = crate::autumn::batch(&world.desk("finance.leader"), "batch-2024-1");
    let (_, notice) = batch.frozen.expect("an issued batch");
    assert_eq!(notice.lines.len(), 5);
    let approved: Vec<_> = ["agriculture-2024", "forest-2024", "land-2024", "market-2024", "transport-2024"]
        .into_iter()
        .map(|id| stage(&world.desk("bureau.leader"), id))
        .collect();
    assert!(approved.contains(&Stage::Approved) && approved.contains(&Stage::FinanceReview), "{approved:?}");
    world.stop();
    let report = world.verified();
    assert!(report.is_intact(), "{:?}", report.lines());
}

#[test]
fn the_invented_edition_has_its_autumn_too() {
    let world = demonstration("2026-11-29");
    let finance = world.desk("finance.reviewer");
    let whole = finance.call(&ReadConsolidation { fiscal_year: 2027, number: None });
    assert_eq!(whole.whole.included.len(), 8, "{:?}", whole.whole.missing);
    assert_eq!(stage(&finance, "forest-2027"), Stage::FinanceReview);
    // A plan asks for words from the growth on that the edition of its year says, not the shipped one.
    let plan = world.desk("bureau.reviewer").call(&ReadPlan { fiscal_year: 2027, version: None });
    assert_eq!((plan.limits.growth.to_string().as_str(), plan.limits.reason_min), ("8", 10));
}

#[test]
fn any_day_of_any_year_starts_a_demonstration() {
    // Before the measures, at the edges of a window, on a leap day, in a year no edition covers, in the invented one's.
    for today in [
        "2021-03-01",
        "2023-06-01",
        "2023-08-31",
        "2024-02-29",
        "2024-12-31",
        "2025-07-10",
        "2026-12-31",
        "2030-01-01",
    ] {
        let world = demonstration(today);
        let desk = world.desk("water.filler");
        let view = desk.call(&ReadDesk { fiscal_year: None });
        let register = desk.call(&ReadRegister {});
        assert_eq!(view.today.to_string(), today);
        assert!(register.serving.is_some() || register.refusal.is_some(), "{today}");
    }
}
