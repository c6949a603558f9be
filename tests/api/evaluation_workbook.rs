//! 自评表 as a workbook over HTTP: whoever may see the case takes it out, and what was not changed comes back as nothing.

use crate::money::on_both;
use serde_json::Value;
use shared::api::performance::{EvaluationImport, ReadEvaluationSheet, evaluation_workbook_path};
use shared::api::{FILE_TYPE, Method, upload_path};
use shared::kernel::ids::CaseId;
use tests::office::{Office, year};
use tests::{Answer, Desk};

const CASE: &str = "self-w24";

fn reads(desk: &Desk, file: &[u8]) -> Answer {
    let path = upload_path(&ReadEvaluationSheet { case: CaseId::new(CASE) }).expect("a path");
    let headers = [("content-type", FILE_TYPE), ("sec-fetch-site", "same-origin")];
    desk.raw(Method::Post, &path, Some(file), &headers)
}

#[test]
fn a_self_evaluation_goes_out_as_a_workbook_and_comes_back() {
    let year = year("performance-2024");
    on_both(&year, |world| {
        let office = Office::of(world, &year.script);
        let all = year.script["steps"].as_array().expect("steps");
        let opens = |step: &Value| step["case"] == CASE && step["do"] == "open";
        let at = all.iter().rposition(opens).expect("an opening");
        office.plays(&all[..=at]);
        let path = evaluation_workbook_path(&CaseId::new(CASE));
        let (headers, file) = office.desks["water.fill"].fetches(&path);
        assert!(headers.iter().any(|(name, value)| name == "content-disposition" && value.contains(".xlsx")));
        let answer = reads(&office.desks["water.fill"], &file);
        assert_eq!(answer.status, 200, "{}", answer.text);
        let read: EvaluationImport = serde_json::from_str(&answer.text).expect("an import");
        assert_eq!((read.import.changes.len(), read.import.faults.len()), (0, 0), "{:?}", read.import);
        assert_eq!(read.seen, 1);
        assert!(
            read.import.findings.iter().any(|finding| finding.rule == "F-01" && !finding.cell.is_empty())
        );
        assert_eq!(reads(&office.desks["health.fill"], &file).status, 404);
        assert_eq!(office.desks["health.fill"].get(&path).status, 404);
        assert_eq!(reads(&office.desks["water.fill"], b"PK broken").status, 422);
    });
}
