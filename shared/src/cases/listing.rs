//! 案卷一览: cases as lines of a list, searched, filtered and sorted. One function does it for the list and its export, and
//! for every kind, whether offices handle it or the execution of a budget.

use super::execution::listing::PROVIDER;
use super::kernel::{CellValue, Column, Stage};
use super::listed_kind::ListedKind;
use crate::kernel::calendar::FiscalYear;
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// A case as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseLine {
    pub id: CaseId,
    pub kind: ListedKind,
    /// `None` for what belongs to no year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fiscal_year: Option<FiscalYear>,
    /// `None` for what belongs to no department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department_name: Option<String>,
    pub stage: ListedStage,
    /// 文号 or 编号, once it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Title without the department name, `2024 年度单独申请（水资源平台）`.
    pub title: String,
    /// Title for a list that says department and year in columns of their own.
    pub label: String,
    /// One per column of the kind.
    pub cells: Vec<CellValue>,
    /// When it came to its stage.
    pub since: Timestamp,
    /// 催报: how often it was nudged about.
    #[serde(default, skip_serializing_if = "is_none")]
    pub nudges: u32,
}

fn is_none(count: &u32) -> bool {
    *count == 0
}

/// 办理状态 of a case of whatever kind. Ordered as the cases of its kind go through their stages.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ListedStage {
    /// Its place among the stages of the kind.
    pub position: usize,
    pub word: String,
    pub label: String,
}

impl From<Stage> for ListedStage {
    fn from(stage: Stage) -> ListedStage {
        let position = Stage::ALL.iter().position(|other| *other == stage).unwrap_or_default();
        ListedStage { position, word: stage.word().to_string(), label: stage.label().to_string() }
    }
}

impl ListedStage {
    /// The stage of a kind by its word; `None` for a word the kind does not have.
    pub fn find(kind: ListedKind, word: &str) -> Option<ListedStage> {
        match kind {
            ListedKind::Office(_) => {
                Stage::ALL.into_iter().find(|stage| stage.word() == word).map(Into::into)
            }
            ListedKind::Execution(kind) => {
                let stages = kind.stages();
                let position = stages.iter().position(|(other, _)| *other == word)?;
                let label = stages.get(position)?.1.to_string();
                Some(ListedStage { position, word: word.to_string(), label })
            }
        }
    }
}

/// Which lines are wanted and in what order; empty, all as they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// Word of a stage.
    pub stage: Option<String>,
    pub department: Option<DepartmentId>,
    /// Words that all stand in the name, the department, the number or a column of the kind.
    pub search: String,
    pub sort: Option<Sort>,
}

/// A column's key, on the wire `amount` or, from the greatest down, `-amount`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    pub key: String,
    pub descending: bool,
}

/// What a list of all kinds says instead of what only one kind has.
const OF_ALL: [Column; 2] = [Column::text("kind", "种类"), PROVIDER];
const BEFORE: [Column; 4] = [
    Column::text("title", "名称"),
    Column::text("department", "部门"),
    Column::text("year", "年度"),
    Column::text("stage", "状态"),
];
const AFTER: [Column; 2] = [Column::text("number", "文号"), Column::text("since", "流转时间")];

/// The columns of the list of a kind, or of all kinds.
pub fn columns(kind: Option<ListedKind>) -> Vec<Column> {
    let own = kind.map_or(&OF_ALL[..], ListedKind::columns);
    BEFORE.iter().chain(own).chain(&AFTER).copied().collect()
}

impl Sort {
    /// Reads the word on the wire; `None` for a column the list does not have.
    pub fn read(word: &str, kind: Option<ListedKind>) -> Option<Sort> {
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
            "kind" => CellValue::text(self.kind.label()),
            "title" => CellValue::text(&self.label),
            "department" => CellValue::text(self.department_name.as_deref().unwrap_or_default()),
            "year" => CellValue::text(&self.fiscal_year.map(|year| year.0.to_string()).unwrap_or_default()),
            "stage" => CellValue::text(&self.stage.label),
            "number" => CellValue::text(self.number.as_deref().unwrap_or_default()),
            "since" => CellValue::text(&self.since.to_minute()),
            own => {
                let at = self.kind.columns().iter().position(|column| column.key == own);
                at.and_then(|at| self.cells.get(at).cloned()).unwrap_or_default()
            }
        }
    }

    fn compare(&self, other: &CaseLine, key: &str) -> Ordering {
        match key {
            // In the order a case goes through them, not by their names.
            "stage" => self.stage.cmp(&other.stage),
            "since" => self.since.cmp(&other.since),
            _ => self.cell(key).cmp(&other.cell(key)),
        }
    }

    fn matches(&self, query: &ListQuery) -> bool {
        let stage = query.stage.as_ref().is_none_or(|stage| self.stage.word == *stage);
        stage
            && (query.department.is_none() || query.department == self.department)
            && self.says(&query.search)
    }

    /// Whether each word of the search stands somewhere in the line, in whatever case its letters are.
    fn says(&self, search: &str) -> bool {
        let texts = [
            Some(self.id.as_str()),
            Some(self.label.as_str()),
            Some(self.title.as_str()),
            self.department_name.as_deref(),
            self.number.as_deref(),
        ];
        let cells = self.cells.iter().filter_map(|cell| match cell {
            CellValue::Text(text) => Some(text.as_str()),
            CellValue::Empty | CellValue::Amount(_) => None,
        });
        let text = texts.into_iter().flatten().chain(cells).collect::<Vec<_>>().join("\n").to_lowercase();
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
    use crate::cases::Kind;
    use crate::cases::execution::registry::ExecutionKindName;
    use crate::kernel::calendar::Date;
    use crate::kernel::money::Money;

    const SEPARATE: ListedKind = ListedKind::Office(Kind::Separate);

    /// A separate request with its amount in 分, by its place in the day.
    fn line(id: &str, department: &str, stage: Stage, number: Option<&str>, fen: Option<i64>) -> CaseLine {
        let second = u32::try_from(id.len()).unwrap();
        CaseLine {
            id: CaseId::new(id),
            kind: SEPARATE,
            fiscal_year: Some(FiscalYear(2024)),
            department: Some(DepartmentId::new(department)),
            stage: stage.into(),
            number: number.map(str::to_string),
            title: format!("2024 年度单独申请（{id}）"),
            label: format!("单独申请：{id}"),
            department_name: Some(format!("省{department}厅")),
            cells: vec![CellValue::text(id), CellValue::amount(fen.map(Money::from_fen)), CellValue::Empty],
            since: Timestamp::new(Date::new(2023, 9, 1).unwrap(), second),
            nudges: 0,
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
        select(lines(), query).into_iter().map(|line| line.id.to_string()).collect()
    }

    fn sorted(word: &str) -> Vec<String> {
        ids(&ListQuery { sort: Sort::read(word, Some(SEPARATE)), ..ListQuery::default() })
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
        let opinion = ListQuery { stage: Some("bureau_opinion".to_string()), ..of_water };
        assert_eq!(ids(&opinion), ["门户"]);
        assert_eq!(ids(&ListQuery { stage: Some("draft".to_string()), ..opinion }), Vec::<String>::new());
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
        assert_eq!(Sort::read("kind", Some(SEPARATE)), None);
        assert_eq!(Sort::read("--amount", Some(SEPARATE)), None);
        let sort = Sort::read("-kind", None).unwrap();
        assert_eq!((sort.word(), sort.descending), ("-kind".to_string(), true));
    }

    #[test]
    fn every_kind_fills_each_column_it_names_once() {
        for kind in ListedKind::all() {
            let mut keys: Vec<&str> = columns(Some(kind)).iter().map(|column| column.key).collect();
            let count = keys.len();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), count, "{} repeats a column", kind.word());
        }
        assert_eq!(columns(None).iter().filter(|column| column.key == "kind").count(), 1);
    }

    #[test]
    fn stages_of_an_execution_kind_are_sorted_as_its_cases_go_through_them() {
        let advance = ListedKind::Execution(ExecutionKindName::Advance);
        let stage = |word: &str| ListedStage::find(advance, word).unwrap();
        assert!(stage("submitted") < stage("approved") && stage("approved") < stage("reversed"));
        assert_eq!(stage("signed").label, "待财政审核");
        assert_eq!(ListedStage::find(advance, "bureau_review"), None);
        assert_eq!(ListedStage::find(SEPARATE, "signed"), None);
    }
}
