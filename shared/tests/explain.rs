//! Every number answers where it comes from, every finding why it stands and what would pass.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use rust_decimal::Decimal;
use shared::engine::op::Op;
use shared::engine::plan::PlanError;
use shared::engine::session::{Cell, Session};
use shared::forms::case::{open, read_case};
use shared::kernel::finding::Finding;
use shared::kernel::ids::OpId;

fn case(name: &str) -> Session {
    let path = format!("{}/../tests/cases/{name}/request.json", env!("CARGO_MANIFEST_DIR"));
    open(&read_case(&serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()).unwrap())
        .unwrap()
}

fn amount(text: &str) -> Decimal {
    text.replace(',', "").parse().unwrap()
}

#[test]
fn a_lines_amount_is_told_in_the_words_of_the_form() {
    let session = case("water-2024");
    let trace = session.explain(session.cell("hardware", "h12", "amount").unwrap());
    assert_eq!(trace.value, "5,426.18");
    let formula = trace.formula.unwrap();
    assert_eq!(formula, "数量 × 单位购置费 × 费率% × 计费月数 ÷ 1200，四舍五入到 2 位小数");
    let parts: Vec<_> = trace.parts.iter().map(|p| (p.label.as_str(), p.value.as_str())).collect();
    assert_eq!(parts, [("数量", "1"), ("单位购置费", "260,456.81"), ("费率%", "5"), ("计费月数", "5")]);
    // The months are computed themselves and say from what.
    assert_eq!(trace.parts[3].parts[0].value, "2024-07-13");
}

#[test]
fn a_sum_folds_back_from_its_parts_exactly() {
    let session = case("large-5000");
    let trace = session.explain(session.header("budget_request", "total").unwrap());
    assert_eq!(amount(&trace.value), amount("136,920,539.69"));
    let categories: Decimal = trace.parts.iter().map(|part| amount(&part.value)).sum();
    assert_eq!(categories, amount(&trace.value));
    let hardware = &trace.parts[1].parts[0];
    assert_eq!(hardware.parts.len(), 13);
    assert!(hardware.parts[12].label.starts_with("其余"));
    let lines: Decimal = hardware.parts.iter().map(|part| amount(&part.value)).sum();
    assert_eq!(lines, amount(&trace.parts[1].value));
}

#[test]
fn every_finding_of_every_rule_says_why_and_what_to_do() {
    let session = case("every-rule");
    let findings = session.findings();
    let codes: std::collections::BTreeSet<&str> = findings.iter().map(|f| f.rule.as_str()).collect();
    assert!(codes.len() > 20, "{codes:?}");
    for finding in &findings {
        let why = session.why(finding).unwrap_or_else(|| panic!("{finding:?}"));
        assert!(!why.title.is_empty() && finding.message.chars().count() > 4, "{finding:?}");
        assert!(!finding.message.contains("{}"), "{finding:?}");
        assert!(!why.values.is_empty() || finding.rule.starts_with("B-09"), "{finding:?}");
    }
}

/// What is suggested really passes: typing it makes that finding go.
#[test]
fn the_nearest_value_passes() {
    let mut tried = std::collections::BTreeSet::new();
    let mut session = case("every-rule");
    for finding in session.findings() {
        let (Some(nearest), Some(cell)) =
            (session.why(&finding).and_then(|why| why.nearest), session.place_cell(&finding.place))
        else {
            continue;
        };
        let Some(change) = session.typing(cell, &nearest) else { continue };
        session.act(Op { id: OpId::new("o"), changes: vec![change] });
        let still = |f: &Finding| f.key() == finding.key();
        assert!(!session.cell_findings(cell).iter().any(still), "{finding:?} with {nearest}");
        session.undo(OpId::new("u"));
        tried.insert(finding.rule);
    }
    let expected = ["B-05", "B-09", "B-12", "F-02", "F-05", "T-05", "T-07", "T-09"];
    assert!(expected.iter().all(|code| tried.contains(*code)), "{tried:?}");
}

#[test]
fn a_reference_shows_the_name_of_its_system() {
    let session = case("water-2024");
    let cell = session.cell("hardware", "h1", "system").unwrap();
    assert_eq!(session.row_label(cell, "s1"), "水资源管理平台");
    assert_eq!(session.row_label(cell, "s404"), "s404");
    let Cell { table, slot, .. } = cell;
    assert_eq!(session.row_name(table, slot), "第 1 行 存储阵列1号");
}

#[test]
fn a_warning_passes_with_a_written_reason_and_not_without() {
    use shared::engine::editing::NewRow;
    use shared::engine::findings::{JUSTIFICATION, JUSTIFICATIONS, JUSTIFIED_FINDING};
    let mut session = case("water-2024");
    let open = session.unjustified();
    assert_eq!(open.len(), 19);
    let justify = |session: &mut Session, reason: &str| {
        let table = session.plan().table(JUSTIFICATIONS).unwrap();
        let cells = [(JUSTIFIED_FINDING, open[0].key()), (JUSTIFICATION, reason.to_string())];
        let cells = cells.into_iter().map(|(k, v)| (k.to_string(), v)).collect();
        let row = NewRow { id: session.justification_row(&open[0]), cells };
        let changes = session.inserting(table, None, vec![row]);
        session.act(Op { id: OpId::new("o"), changes });
    };
    justify(&mut session, "在保");
    assert_eq!(session.unjustified().len(), 19, "two characters are no reason");
    session.undo(OpId::new("u"));
    justify(&mut session, "设备在保，列出备查");
    assert_eq!(session.unjustified().len(), 18);
    assert_eq!(session.justification(&open[0]), Some("设备在保，列出备查"));
}

#[test]
fn a_definition_with_a_cycle_or_an_unknown_name_does_not_compile() {
    use shared::engine::expr::{field, number, sum};
    use shared::engine::plan::Plan;
    use shared::kernel::calendar::FiscalYear;
    use shared::policy::art18_validity::edition_for;
    let compile = |change: fn(&mut shared::engine::definition::Definition)| {
        let mut definition = shared::forms::om_request();
        change(&mut definition);
        let parameters = shared::forms::parameters(edition_for(FiscalYear(2024)).unwrap());
        Plan::compile(definition, &parameters, FiscalYear(2024)).map(|plan| plan.steps.len())
    };
    assert!(compile(|_| {}).is_ok());
    let cycle = compile(|d| {
        d.forms[0].tables[3].fields[5].formula = Some(field("amount") + number(1));
    });
    assert!(matches!(cycle, Err(PlanError::Cycle(_))), "{cycle:?}");
    let unknown = compile(|d| d.forms[0].tables[3].fields[14].formula = Some(field("colour")));
    let name = PlanError::UnknownField { table: "hardware".into(), field: "colour".into() };
    assert_eq!(unknown, Err(name));
    let table = compile(|d| d.forms[0].tables[0].fields[0].formula = Some(sum("nowhere", number(1)).expr()));
    assert_eq!(table, Err(PlanError::UnknownTable("nowhere".into())));
}
