//! 案卷一览: cases as lines of a list, searched, filtered and sorted. One function does it for the list and its export.

use super::Kind;
use super::kernel::{CaseHead, CellValue, Column, Stage};
use crate::kernel::ids::DepartmentId;
use crate::kernel::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// A case as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseLine {
    pub head: CaseHead,
    /// Title for a list that says department and year in columns of their own.
    pub label: String,
    /// `None` for what belongs to no department.
    pub department_name: Option<String>,
    /// One per column of the kind.
    pub cells: Vec<CellValue>,
    /// When it came to its stage.
    pub since: Timestamp,
}

/// Which lines are wanted and in what order; empty, all as they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    pub stage: Option<Stage>,
    pub department: Option<DepartmentId>,
    /// Words that all stand in the name, the department or the number of a case.
    pub search: String,
    pub sort: Option<Sort>,
}

/// A column's key, on the wire `amount` or, from the greatest down, `-amount`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    pub key: String,
    pub descending: bool,
}

const KIND: Column = Column::text("kind", "种类");
const BEFORE: [Column; 4] = [
    Column::text("title", "名称"),
    Column::text("department", "部门"),
    Column::text("year", "年度"),
    Column::text("stage", "状态"),
];
const AFTER: [Column; 2] = [Column::text("number", "文号"), Column::text("since", "到达时间")];

/// The columns of the list of a kind; a list of all kinds says the kind instead of what only one kind has.
pub fn columns(kind: Option<Kind>) -> Vec<Column> {
    let own = kind.map_or(&[KIND][..], Kind::columns);
    BEFORE.iter().chain(own).chain(&AFTER).copied().collect()
}

impl Sort {
    /// Reads the word on the wire; `None` for a column the list does not have.
    pub fn read(word: &str, kind: Option<Kind>) -> Option<Sort> {
        let (key, descending) = match word.strip_prefix('-') {
            Some(key) => (key, true),
            None => (word, false),
        };
        let known = columns(kind).iter().any(|column| column.key == key);
        known.then(|| Sort { key: key.to_string(), descending })
    }

    /// The word on the wire.
    pub fn word(&self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.key)
    }
}

impl CaseLine {
    /// What the line says in a column of its list.
    pub fn cell(&self, key: &str) -> CellValue {
        match key {
            "kind" => CellValue::text(self.head.kind.label()),
            "title" => CellValue::text(&self.label),
            "department" => CellValue::text(self.department_name.as_deref().unwrap_or_default()),
            "year" => CellValue::text(&self.head.fiscal_year.0.to_string()),
            "stage" => CellValue::text(self.head.stage.label()),
            "number" => CellValue::text(self.head.number.as_deref().unwrap_or_default()),
            "since" => CellValue::text(&self.since.to_minute()),
            own => {
                let at = self.head.kind.columns().iter().position(|column| column.key == own);
                at.and_then(|at| self.cells.get(at).cloned()).unwrap_or_default()
            }
        }
    }

    fn compare(&self, other: &CaseLine, key: &str) -> Ordering {
        match key {
            // In the order a case goes through them, not by their names.
            "stage" => self.head.stage.cmp(&other.head.stage),
            "since" => self.since.cmp(&other.since),
            _ => self.cell(key).cmp(&other.cell(key)),
        }
    }

    fn matches(&self, query: &ListQuery) -> bool {
        let stage = query.stage.is_none_or(|stage| self.head.stage == stage);
        stage
            && (query.department.is_none() || query.department == self.head.department)
            && self.says(&query.search)
    }

    /// Whether each word of the search stands somewhere in the line, in whatever case its letters are.
    fn says(&self, search: &str) -> bool {
        let texts = [
            Some(self.label.as_str()),
            Some(self.head.title.as_str()),
            self.department_name.as_deref(),
            self.head.number.as_deref(),
        ];
        let text = texts.into_iter().flatten().collect::<Vec<_>>().join("\n").to_lowercase();
        search.to_lowercase().split_whitespace().all(|word| text.contains(word))
    }
}

/// The lines a query asks for; lines that are equal in the sorted column stay in their order.
pub fn select(lines: Vec<CaseLine>, query: &ListQuery) -> Vec<CaseLine> {
    let mut lines: Vec<CaseLine> = lines.into_iter().filter(|line| line.matches(query)).collect();
    if let Some(Sort { key, descending }) = &query.sort {
        lines.sort_by(|one, other| match descending {
            true => other.compare(one, key),
            false => one.compare(other, key),
        });
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::calendar::{Date, FiscalYear};
    use crate::kernel::ids::CaseId;
    use crate::kernel::money::Money;

    /// A separate request with its amount in 分, by its place in the day.
    fn line(id: &str, department: &str, stage: Stage, number: Option<&str>, fen: Option<i64>) -> CaseLine {
        let second = u32::try_from(id.len()).unwrap();
        CaseLine {
            head: CaseHead {
                id: CaseId::new(id),
                kind: Kind::Separate,
                fiscal_year: FiscalYear(2024),
                department: Some(DepartmentId::new(department)),
                stage,
                revision: 1,
                version: 0,
                content_hash: None,
                number: number.map(str::to_string),
                title: format!("2024 年度单独申请（{id}）"),
            },
            label: format!("单独申请：{id}"),
            department_name: Some(format!("省{department}厅")),
            cells: vec![CellValue::text(id), CellValue::amount(fen.map(Money::from_fen)), CellValue::Empty],
            since: Timestamp::new(Date::new(2023, 9, 1).unwrap(), second),
        }
    }

    fn lines() -> Vec<CaseLine> {
        vec![
            line("GIS 平台", "水利", Stage::FinanceDecision, Some("晋政信函〔2023〕8号"), Some(900)),
            line("专网", "林业", Stage::Draft, None, None),
            line("门户", "水利", Stage::BureauOpinion, None, Some(10_000)),
        ]
    }

    fn ids(query: &ListQuery) -> Vec<String> {
        select(lines(), query).into_iter().map(|line| line.head.id.to_string()).collect()
    }

    fn sorted(word: &str) -> Vec<String> {
        ids(&ListQuery { sort: Sort::read(word, Some(Kind::Separate)), ..ListQuery::default() })
    }

    #[test]
    fn every_word_of_a_search_is_found_in_name_department_or_number() {
        let search = |text: &str| ids(&ListQuery { search: text.to_string(), ..ListQuery::default() });
        assert_eq!(search("gis"), ["GIS 平台"]);
        assert_eq!(search("〔2023〕8号"), ["GIS 平台"]);
        assert_eq!(search("  水利 门户 "), ["门户"]);
        assert_eq!(search("水利 专网"), Vec::<String>::new());
        assert_eq!(search(" ").len(), 3);
    }

    #[test]
    fn a_list_is_filtered_by_stage_and_department_together() {
        let water = Some(DepartmentId::new("水利"));
        let of_water = ListQuery { department: water.clone(), ..ListQuery::default() };
        assert_eq!(ids(&of_water), ["GIS 平台", "门户"]);
        let opinion = ListQuery { stage: Some(Stage::BureauOpinion), ..of_water };
        assert_eq!(ids(&opinion), ["门户"]);
        assert_eq!(ids(&ListQuery { stage: Some(Stage::Draft), ..opinion }), Vec::<String>::new());
    }

    #[test]
    fn amounts_are_sorted_by_size_and_stages_in_their_order() {
        assert_eq!(sorted("amount"), ["专网", "GIS 平台", "门户"]);
        assert_eq!(sorted("-amount"), ["门户", "GIS 平台", "专网"]);
        assert_eq!(sorted("stage"), ["专网", "门户", "GIS 平台"]);
        assert_eq!(sorted("-since"), ["GIS 平台", "专网", "门户"]);
        // Equal lines keep their order either way.
        let unsorted = ids(&ListQuery::default());
        assert_eq!(sorted("year"), unsorted);
        assert_eq!(sorted("-year"), unsorted);
    }

    #[test]
    fn only_columns_of_the_list_sort_it() {
        assert_eq!(Sort::read("amount", None), None);
        assert_eq!(Sort::read("kind", Some(Kind::Separate)), None);
        assert_eq!(Sort::read("--amount", Some(Kind::Separate)), None);
        let sort = Sort::read("-kind", None).unwrap();
        assert_eq!((sort.word(), sort.descending), ("-kind".to_string(), true));
    }

    #[test]
    fn every_kind_fills_each_column_it_names_once() {
        for kind in Kind::ALL {
            let mut keys: Vec<&str> = columns(Some(kind)).iter().map(|column| column.key).collect();
            let count = keys.len();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), count, "{} repeats a column", kind.word());
        }
        assert_eq!(columns(None).iter().filter(|column| column.key == "kind").count(), 1);
    }
}
