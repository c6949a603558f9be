//! The list of cases: what a person may see, searched, filtered and sorted, and carried away as a workbook.

use shared::api::cases::{CasesView, LIST_WORKBOOK, OpenCase, Opening, ReadCases, list_workbook_path};
use shared::api::transition::Transition;
use shared::cases::Kind;
use shared::cases::kernel::{CellValue, Stage};
use shared::cases::listed_kind::ListedKind;
use shared::cases::separate::Command;
use shared::cases::separate::form::FORM;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::{CaseId, DepartmentId};
use shared::kernel::money::Money;
use std::io::{Cursor, Read};
use tests::{Desk, Draft, World, fresh_id, on_each_database};

/// A department begins a separate request, and submits it when it has said everything.
fn begins(world: &World, department: &str, id: &str, system: &str, amount: &str, submits: bool) {
    let filler = world.desk(&format!("{department}.filler"));
    let case = CaseId::new(id);
    filler.call(&OpenCase { case: case.clone(), kind: Kind::Separate, fiscal_year: FiscalYear(2024) });
    let typed = [
        ("system", system),
        ("amount", amount),
        ("reason", "新建专用监测网络须单独维护，本年度到期续保。"),
        ("why_outside", "专网不接入政务云，由流域机构统一运行。"),
    ];
    let change = |(field, text)| Draft::header(FORM, field, None, Some(text));
    filler.edits(id, typed.into_iter().map(change).collect());
    if submits {
        filler.call(&Transition::of(case.clone(), fresh_id(), 0, &Command::Submit {}).expect("a command"));
        let approver = world.desk(&format!("{department}.approver"));
        let approve = Transition::of(case, fresh_id(), 1, &Command::DepartmentApprove {});
        approver.call(&approve.expect("a command"));
    }
}

/// Three reported by two departments and one that is still being filled in.
fn filled(world: &World) {
    begins(world, "water", "s-1", "水库大坝安全监测专网", "500000", true);
    begins(world, "water", "s-2", "水文 GIS 平台", "90000.5", true);
    begins(world, "ecology", "s-3", "在线监测专网", "1200000", true);
    begins(world, "ecology", "s-4", "噪声监测", "100", false);
}

fn separates() -> ReadCases {
    ReadCases { kind: Some(Kind::Separate.into()), fiscal_year: Some(2024), ..ReadCases::default() }
}

fn ids(view: &CasesView) -> Vec<&str> {
    view.lines.iter().map(|line| line.id.as_str()).collect()
}

fn finds(desk: &Desk, query: ReadCases) -> Vec<String> {
    ids(&desk.call(&query)).into_iter().map(str::to_string).collect()
}

#[test]
fn everybody_lists_what_they_may_see_and_nothing_else() {
    on_each_database(|world| {
        filled(world);
        let bureau = world.desk("bureau.reviewer").call(&separates());
        assert_eq!((ids(&bureau), bureau.total), (vec!["s-1", "s-2", "s-3"], 3));
        assert_eq!((bureau.stages, bureau.opens), (vec![Stage::BureauOpinion.into()], None));
        let ecology = world.desk("ecology.filler").call(&separates());
        assert_eq!(
            (ids(&ecology), ecology.opens.clone()),
            (vec!["s-3", "s-4"], Some(Opening::Form(FiscalYear(2024))))
        );
        assert_eq!(ecology.departments.len(), 1);
        assert_eq!(finds(&world.desk("finance.reviewer"), separates()), Vec::<String>::new());
        // A draft is listed by what its department reported, which is nothing yet.
        assert_eq!(ecology.lines[1].cells[1], CellValue::Empty);
        assert_eq!(bureau.lines[1].cells[1], CellValue::Amount(Money::from_fen(9_000_050)));
        assert_eq!(bureau.lines[1].label, "单独申请：水文 GIS 平台");
        // All kinds and all years: the department's own cases of every kind.
        let own = world.desk("water.filler").call(&ReadCases::default());
        let kinds: Vec<ListedKind> = own.lines.iter().map(|line| line.kind).collect();
        assert!(kinds.contains(&Kind::Request.into()) && kinds.contains(&Kind::Separate.into()), "{kinds:?}");
        let water = DepartmentId::new("water");
        assert!(own.lines.iter().all(|l| l.department.as_ref().is_none_or(|d| *d == water)));
        assert!(own.years.contains(&FiscalYear(2024)));
    });
}

/// 省生态环境厅 also has a case of the year before; nobody else sees anything of that year.
#[test]
fn the_years_to_choose_from_are_those_the_person_may_see_a_case_of() {
    on_each_database(|world| {
        filled(world);
        let earlier = CaseId::new("s-2023");
        let open = OpenCase { case: earlier, kind: Kind::Separate, fiscal_year: FiscalYear(2023) };
        world.desk("ecology.filler").call(&open);
        let years = |account: &str, query: ReadCases| world.desk(account).call(&query).years;
        let (this, last) = (FiscalYear(2024), FiscalYear(2023));
        assert_eq!(years("ecology.filler", separates()), [this, last]);
        assert_eq!(years("water.filler", separates()), [this]);
        assert_eq!(years("bureau.reviewer", separates()), [this]);
        assert_eq!(years("finance.reviewer", separates()), []);
        // Narrowed to a year, a stage or a word, the list still leads back to the other years.
        let narrowed = ReadCases { fiscal_year: Some(2023), search: Some("没有".into()), ..separates() };
        assert_eq!(years("ecology.filler", narrowed), [this, last]);
    });
}

#[test]
fn a_list_is_searched_filtered_and_sorted() {
    on_each_database(|world| {
        filled(world);
        let bureau = world.desk("bureau.reviewer");
        let search = |text: &str| finds(&bureau, ReadCases { search: Some(text.into()), ..separates() });
        assert_eq!(search("专网"), ["s-1", "s-3"]);
        assert_eq!(search("gis 水利"), ["s-2"]);
        let opinion = Command::DraftOpinion {
            outside: true,
            number: "晋政信函〔2023〕8号".into(),
            text: "经审核，意见如下。".into(),
        };
        bureau.call(&Transition::of(CaseId::new("s-3"), fresh_id(), 2, &opinion).expect("a command"));
        assert_eq!(search("〔2023〕8号"), ["s-3"]);
        let confirm = ReadCases { stage: Some("bureau_confirm".into()), ..separates() };
        assert_eq!(finds(&bureau, confirm), ["s-3"]);
        let ecology = ReadCases { department: Some(DepartmentId::new("ecology")), ..separates() };
        let view = bureau.call(&ecology);
        assert_eq!((ids(&view), view.departments.len()), (vec!["s-3"], 2));
        let sorted = |by: &str| finds(&bureau, ReadCases { sort: Some(by.into()), ..separates() });
        assert_eq!(sorted("amount"), ["s-2", "s-1", "s-3"]);
        assert_eq!(sorted("-amount"), ["s-3", "s-1", "s-2"]);
        let other_year = ReadCases { fiscal_year: Some(2025), ..separates() };
        assert_eq!(finds(&bureau, other_year), Vec::<String>::new());
    });
}

#[test]
fn the_workbook_has_every_line_of_the_list_and_only_those() {
    on_each_database(|world| {
        filled(world);
        let query = ReadCases { sort: Some("-amount".into()), search: Some("专网".into()), ..separates() };
        let path = list_workbook_path(&query).expect("a path");
        let (headers, bytes) = world.desk("bureau.reviewer").fetches(&path);
        let saved = headers.iter().find(|(name, _)| name == "content-disposition").map(|(_, value)| value);
        assert!(saved.is_some_and(|value| value.ends_with(".xlsx")), "{saved:?}");
        let part = |name: &str| {
            let mut archive = zip::ZipArchive::new(Cursor::new(bytes.clone())).expect("a workbook");
            let mut text = String::new();
            archive.by_name(name).expect("a part").read_to_string(&mut text).expect("text");
            text
        };
        let (texts, cells) = (part("xl/sharedStrings.xml"), part("xl/worksheets/sheet1.xml"));
        for text in ["申请金额（元）", "水库大坝安全监测专网", "在线监测专网", "省水利厅"]
        {
            assert!(texts.contains(text), "{text} is missing");
        }
        assert!(!texts.contains("GIS") && !texts.contains("噪声"), "what was not asked for");
        let (most, less) = (cells.find("<v>1200000</v>"), cells.find("<v>500000</v>"));
        assert!(most.is_some() && most < less, "the greatest amount comes first, as a number");
        assert_eq!(cells.matches("<row ").count(), 3);
    });
}

#[test]
fn a_query_that_does_not_fit_is_refused_by_its_field() {
    on_each_database(|world| {
        let desk = world.desk("water.filler");
        for wrong in [
            "kind=flight",
            "fiscal_year=9",
            "stage=nowhere",
            "kind=separate&stage=signed",
            "kind=money.flight",
            "page=0",
            "kind=separate&sort=price",
            "sort=amount",
            "x=1",
        ] {
            assert_eq!(desk.get(&format!("/api/cases?{wrong}")).status, 422, "{wrong}");
            assert_eq!(desk.get(&format!("{LIST_WORKBOOK}?{wrong}")).status, 422, "{wrong}");
        }
        let long = format!("/api/cases?search={}", "a".repeat(101));
        assert_eq!(desk.get(&long).status, 422);
    });
}
