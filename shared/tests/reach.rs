//! What an edit calls for elsewhere, on the request's own forms.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use shared::engine::dependents::RowScope;
use shared::engine::plan::{FieldIx, Plan, TableIx};
use shared::kernel::calendar::FiscalYear;
use shared::policy::art18_validity::edition_for;

fn plan() -> Plan {
    shared::forms::plan(edition_for(FiscalYear(2024)).unwrap(), FiscalYear(2024)).unwrap()
}

fn reached(plan: &Plan, table: &str, field: &str) -> Vec<String> {
    let at = plan.table(table).unwrap();
    let name = |((table, field, rows), rule): ((TableIx, FieldIx, RowScope), String)| {
        let of = &plan.tables[table];
        let all = match rows {
            RowScope::All if !of.is_header() => "*",
            RowScope::Broken if !of.is_header() => "!",
            _ => "",
        };
        format!("{}{all}.{} {rule}", of.table.key, of.field(field).key)
    };
    plan.dependents(at, plan.field(at, field).unwrap()).into_iter().map(name).collect()
}

#[test]
fn a_rate_calls_for_its_basis_the_growth_and_the_balance() {
    let reached = reached(&plan(), "hardware", "rate");
    let expected = [
        "budget_request.growth_reason B-08",
        "hardware.basis B-10",
        "performance_targets.fiscal B-13",
        "performance_targets.carry_over B-13",
        "performance_targets.other B-13",
    ];
    assert_eq!(reached, expected);
}

#[test]
fn a_name_calls_for_nothing_else() {
    assert!(reached(&plan(), "hardware", "model").is_empty());
    assert!(reached(&plan(), "systems", "code").is_empty());
}

#[test]
fn a_system_calls_for_the_lines_whose_rule_it_breaks() {
    let reached = reached(&plan(), "systems", "classified");
    assert!(reached.contains(&"hardware!.name B-09".to_string()), "{reached:?}");
    assert!(reached.iter().all(|cell| !cell.contains('*')), "{reached:?}");
}

#[test]
fn one_weight_calls_for_the_others() {
    assert_eq!(reached(&plan(), "indicators", "weight"), ["indicators*.weight T-02"]);
}

#[test]
fn a_computed_cell_is_made_of_what_was_typed() {
    let plan = plan();
    let names = |table: &str, field: &str| {
        let at = plan.table(table).unwrap();
        let inputs = plan.inputs(at, plan.field(at, field).unwrap());
        let fields = inputs.fields.iter().map(|(t, f)| plan.tables[*t].field(*f).key.clone());
        let tables = inputs.tables.iter().map(|t| plan.tables[*t].table.key.clone());
        (fields.collect::<Vec<_>>(), tables.collect::<Vec<_>>())
    };
    let (fields, tables) = names("hardware", "amount");
    assert_eq!(fields, ["quantity", "unit_value", "free_until", "rate"]);
    assert!(tables.is_empty());
    assert_eq!(
        names("budget_request", "total").1,
        ["infrastructure", "hardware", "software", "other", "cloud"]
    );
}
