//! The lists and documents of the execution kinds: the list, filter, order, pages and workbook of every kind, and documents
//! that stay as their act made them.

use crate::money::{on_both, verified};
use crate::money_races::small_until;
use serde_json::json;
use shared::api::cases::{CasesView, MOST_LINES, Opening, ReadCases, list_workbook_path};
use shared::api::export::case_paper_path;
use shared::api::money::ReadMoneyCase;
use shared::cases::Kind;
use shared::cases::execution::registry::ExecutionKindName as Execution;
use shared::cases::kernel::CellValue;
use shared::cases::listed_kind::ListedKind;
use shared::kernel::ids::{CaseId, DepartmentId};
use shared::kernel::money::Money;
use std::io::{Cursor, Read};
use tests::office::{Office, year};

fn of(kind: Execution) -> ReadCases {
    ReadCases { kind: Some(kind.into()), ..ReadCases::default() }
}

fn ids(view: &CasesView) -> Vec<&str> {
    view.lines.iter().map(|line| line.id.as_str()).collect()
}

/// Two more advances, the first of them signed.
fn more_advances(office: &Office) {
    for (case, amount) in [("adv-2", "1000.00"), ("adv-3", "250.50")] {
        let with = json!({ "year": 2024, "lines": [{ "line": "req-water/w1", "amount": amount }] });
        let apply = json!({ "by": "cash", "case": case, "kind": "advance", "do": "apply", "with": with });
        office.gives(&apply).expect("an advance");
    }
    let sign = json!({ "by": "lead", "case": "adv-2", "kind": "advance", "do": "sign", "with": {} });
    office.gives(&sign).expect("signed");
}

#[test]
fn an_execution_kind_is_listed_filtered_sorted_and_searched_like_any_other() {
    let year = year("money-small");
    on_both(&year, |world| {
        let office = small_until(world, &year, 14);
        more_advances(&office);
        let treasurer = &office.desks["cash"];
        let view = treasurer.call(&of(Execution::Advance));
        assert_eq!((ids(&view).len(), view.total), (3, 3));
        let words: Vec<&str> = view.stages.iter().map(|stage| stage.word.as_str()).collect();
        assert_eq!(words, ["submitted", "signed", "approved"], "in the order of the flow");
        assert!(matches!(&view.opens, Some(Opening::Command(command)) if command.verb == "apply"));
        assert!(office.desks["lead"].call(&of(Execution::Advance)).opens.is_none());
        let finds = |query: ReadCases| ids(&treasurer.call(&query)).join(" ");
        let sorted = |by: &str| finds(ReadCases { sort: Some(by.into()), ..of(Execution::Advance) });
        assert_eq!(sorted("amount"), "adv-3 adv-2 adv-1");
        assert_eq!(sorted("-amount"), "adv-1 adv-2 adv-3");
        assert_eq!(sorted("stage"), "adv-3 adv-2 adv-1");
        let signed = ReadCases { stage: Some("signed".into()), ..of(Execution::Advance) };
        assert_eq!(finds(signed), "adv-2");
        let other_year = ReadCases { fiscal_year: Some(2023), ..of(Execution::Advance) };
        assert_eq!(finds(other_year), "");
        // A contract by its number or by its provider, in its list and in that of all kinds.
        for search in ["YW-2024-01", "晋云信息", "con-1"] {
            let query = ReadCases { search: Some(search.into()), ..of(Execution::Contract) };
            assert_eq!(finds(query), "con-1", "{search}");
        }
        let contract = treasurer.call(&of(Execution::Contract));
        let amount = contract.lines[0].cell("amount");
        assert_eq!(amount, CellValue::Amount(Money::from_fen(10_980_300)));
        let everything =
            ReadCases { search: Some("晋云".into()), sort: Some("kind".into()), ..ReadCases::default() };
        assert!(finds(everything).contains("con-1"));
        let own = ReadCases { department: Some(DepartmentId::new("water")), ..of(Execution::Request) };
        assert_eq!(finds(own), "req-water");
    });
}

#[test]
fn a_person_is_offered_the_kinds_they_may_see_and_a_list_comes_in_pages() {
    let year = year("money-small");
    on_both(&year, |world| {
        let office = small_until(world, &year, 14);
        let kinds = |account: &str| office.desks[account].call(&ReadCases::default()).kinds;
        let provider = kinds("a");
        assert!(provider.contains(&ListedKind::Execution(Execution::Contract)));
        assert!(!provider.contains(&ListedKind::Execution(Execution::Sanction)));
        assert!(!provider.contains(&ListedKind::Office(Kind::Request)));
        assert!(kinds("lead").contains(&ListedKind::Execution(Execution::Sanction)));
        let department = kinds("water");
        assert!(department.contains(&ListedKind::Office(Kind::Request)));
        assert!(!department.contains(&ListedKind::Execution(Execution::Payment)));
        let treasurer = &office.desks["cash"];
        for n in 0..MOST_LINES {
            let with = json!({ "year": 2024, "lines": [{ "line": "req-water/w1", "amount": "1.00" }] });
            let case = format!("adv-n{n}");
            let step = json!({ "by": "cash", "case": case, "kind": "advance", "do": "apply", "with": with });
            office.gives(&step).expect("an advance");
        }
        let page = |page: Option<u16>| treasurer.call(&ReadCases { page, ..of(Execution::Advance) });
        let (first, second, third) = (page(None), page(Some(2)), page(Some(3)));
        assert_eq!((first.lines.len(), first.total), (MOST_LINES, MOST_LINES + 1));
        assert_eq!((second.lines.len(), third.lines.len()), (1, 0));
        assert_eq!(first, page(Some(1)));
        assert!(!ids(&first).contains(&second.lines[0].id.as_str()));
    });
}

#[test]
fn the_workbook_of_an_execution_kind_has_its_lines_with_amounts_as_numbers() {
    let year = year("money-small");
    on_both(&year, |world| {
        let office = small_until(world, &year, 14);
        more_advances(&office);
        let query = ReadCases { sort: Some("-amount".into()), ..of(Execution::Advance) };
        let path = list_workbook_path(&query).expect("a path");
        let (headers, bytes) = office.desks["audit"].fetches(&path);
        assert!(
            headers.iter().any(|(name, value)| name == "content-disposition" && value.ends_with(".xlsx"))
        );
        let part = |name: &str| {
            let mut archive = zip::ZipArchive::new(Cursor::new(bytes.clone())).expect("a workbook");
            let mut text = String::new();
            archive.by_name(name).expect("a part").read_to_string(&mut text).expect("text");
            text
        };
        let (texts, cells) = (part("xl/sharedStrings.xml"), part("xl/worksheets/sheet1.xml"));
        for text in ["申请金额（元）", "核定金额（元）", "待财政审核", "预拨申请"] {
            assert!(texts.contains(text), "{text} is missing");
        }
        let (most, less) = (cells.find("<v>60000</v>"), cells.find("<v>250.5</v>"));
        assert!(most.is_some() && most < less, "the greatest amount comes first");
        assert_eq!(cells.matches("<row ").count(), 4);
        let (_, foreign) = office.desks["b"].fetches(&path);
        let mut archive = zip::ZipArchive::new(Cursor::new(foreign)).expect("a workbook");
        let mut cells = String::new();
        archive
            .by_name("xl/worksheets/sheet1.xml")
            .expect("a part")
            .read_to_string(&mut cells)
            .expect("text");
        assert_eq!(cells.matches("<row ").count(), 1, "a provider gets nothing of other people's");
    });
}

/// 支付审批单 names the account that was paid; the provider's later account changes nothing of it.
#[test]
fn the_documents_of_a_case_are_stored_with_their_acts_and_stay_as_they_were() {
    let year = year("money-small");
    on_both(&year, |world| {
        let office = small_until(world, &year, 14);
        let papers = |account: &str, case: &str| {
            office.desks[account].call(&ReadMoneyCase { case: CaseId::new(case) }).papers
        };
        let keys = |case: &str| papers("lead", case).into_iter().map(|paper| paper.key).collect::<Vec<_>>();
        assert_eq!(keys("adv-1"), ["application", "notice"]);
        assert_eq!(keys("con-1"), ["check", "notice"]);
        assert_eq!(keys("prc-1"), ["plan", "award"]);
        assert_eq!(keys("pay-1"), ["approval"]);
        let approval = papers("a", "pay-1").remove(0);
        assert!(approval.label.starts_with("支付审批单"), "{}", approval.label);
        let (headers, before) = office.desks["a"].fetches(&approval.path);
        assert!(headers.iter().any(|(name, value)| name == "content-type" && value == "application/pdf"));
        assert!(before.starts_with(b"%PDF"));
        for foreign in [office.desks["b"].get(&approval.path), office.desks["water"].get(&approval.path)] {
            assert_eq!(foreign.status, 404);
        }
        assert_eq!(office.desks["lead"].get(&case_paper_path(&CaseId::new("pay-1"), 2)).status, 404);
        let with = json!({ "bank": "中国银行太原支行", "account": "140000000000000002" });
        let change =
            json!({ "by": "cash", "case": "pvd-a", "kind": "provider", "do": "change", "with": with });
        office.gives(&change).expect("changed");
        let confirm =
            json!({ "by": "lead", "case": "pvd-a", "kind": "provider", "do": "confirm", "with": {} });
        office.gives(&confirm).expect("confirmed");
        assert_eq!(keys("pvd-a"), ["registration", "registration"]);
        assert_eq!(office.desks["a"].fetches(&approval.path).1, before);
        verified(world);
    });
}
