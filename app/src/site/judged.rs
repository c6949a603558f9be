//! 判断: the form of a visit judged on the tablet by the rules the server judges it by.

use super::visit::Visit;
use shared::cases::performance::content::{Cells, Content, ContentRow};
use shared::cases::performance::form::Part;
use shared::cases::performance::judgement::{FormFacts, Judgement, View};
use shared::cases::site_visit::form::FORM;
use shared::cases::site_visit::{judge, person_fact};
use shared::engine::document::Document;
use shared::engine::op::HEADER_ROW;
use shared::kernel::finding::{Finding, Severity};
use shared::kernel::ids::RowId;
use shared::sync::site::content::HEADER;

/// What the form comes to as it is on the screen.
pub struct JudgedVisit {
    judgement: Judgement,
}

/// Judges the visit; a view that does is drawn anew when the visit changes.
pub fn judged(visit: Visit) -> JudgedVisit {
    let (content, digest) =
        visit.read(|device| (content_of(device.draft()), device.content_hash().to_string()));
    visit.bundle(|bundle| {
        let people = bundle.people.iter().map(|of| (person_fact(of.account.as_str()), of.person.clone()));
        let mut facts: FormFacts = people.collect();
        facts.insert("window_from".to_string(), bundle.from.to_string());
        facts.insert("window_to".to_string(), bundle.to.to_string());
        facts.insert("content_hash".to_string(), digest);
        let view = View { content: &content, parameters: &bundle.parameters, facts: &facts };
        JudgedVisit { judgement: Judgement::of(&FORM, judge, &view) }
    })
}

fn content_of(document: &Document) -> Content {
    let header = document.row(HEADER, &RowId::new(HEADER_ROW)).map(|row| Cells(row.cells.clone()));
    let tables = document.tables.iter().filter(|(table, _)| *table != HEADER).map(|(table, rows)| {
        let rows =
            rows.iter().map(|row| ContentRow { id: row.id.to_string(), cells: Cells(row.cells.clone()) });
        (table.clone(), rows.collect())
    });
    Content { header: header.unwrap_or_default(), tables: tables.collect(), ..Content::default() }
}

impl JudgedVisit {
    pub fn findings(&self) -> Vec<Finding> {
        self.judgement.findings(&[Part::Whole]).cloned().collect()
    }

    /// Errors at one of these tables; under `None` those of the header.
    pub fn errors_at(&self, tables: &[Option<&str>]) -> usize {
        let is_there = |finding: &&Finding| {
            finding.severity == Severity::Error && tables.contains(&finding.place.table.as_deref())
        };
        self.judgement.findings(&[Part::Whole]).filter(is_there).count()
    }

    /// A computed value of the header; empty while there is none.
    pub fn value(&self, key: &str) -> String {
        match self.judgement.header.get(key) {
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(serde_json::Value::Number(number)) => number.to_string(),
            _ => String::new(),
        }
    }
}
