//! 整改表: the plan, then the result with its evidence (COR-10 … 12).

use crate::cases::performance::form::Part::{Plan, Result};
use crate::cases::performance::form::{Form, FormTable, Takes, error, required};
use crate::cases::performance::judgement::{Judgement, View};
use std::collections::BTreeSet;

const EVIDENCE: &str = "evidence";
const EVIDENCE_KINDS: &[&str] = &["文件", "照片", "系统截图", "会议纪要", "其他"];

pub static FORM: Form = Form {
    key: "correction",
    article: 12,
    header: &[
        required("measures", "整改措施", Plan, Takes::Text(10, 1000)),
        required("responsible", "责任人", Plan, Takes::Text(2, 20)),
        required("planned", "计划完成日期", Plan, Takes::Date),
        required("result", "整改结果", Result, Takes::Text(10, 1000)),
    ],
    tables: &[FormTable::new(
        EVIDENCE,
        Some(Result),
        &[
            required("name", "佐证名称", Result, Takes::Text(2, 60)),
            required("kind", "佐证种类", Result, Takes::Choice(EVIDENCE_KINDS)),
            required("hash", "摘要", Result, Takes::Hash),
        ],
    )],
    computed: &[],
    rules: &[
        error("COR-10", Plan, "计划完成日期不得晚于整改期限"),
        error("COR-11", Result, "须附整改佐证"),
        error("COR-12", Result, "与前面的佐证是同一份文件，请换一份"),
    ],
};

pub fn judge(view: &View, out: &mut Judgement) {
    let planned = view.header().date("planned");
    let late = planned.zip(view.date_fact("deadline")).is_some_and(|(planned, deadline)| planned > deadline);
    out.header_rule(late, "COR-10", "planned");
    let evidence = view.rows(EVIDENCE);
    out.table_rule(evidence.is_empty(), "COR-11", (EVIDENCE, None::<&str>), None);
    let mut seen = BTreeSet::new();
    for row in evidence {
        let hash = row.cells.text("hash");
        let again = !hash.is_empty() && !seen.insert(hash);
        out.row_rule(again, "COR-12", (EVIDENCE, &row.id, "hash"));
    }
    out.compute("evidence_count", evidence.len());
}
