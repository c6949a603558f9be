//! 评价表: a command that carries the grades of several people, filled in one item at a time. Which steps there are, what is
//! missing and where one goes on; the form itself is that of the command.

use super::command_form::FORM;
use super::offered::WordOption;
use crate::engine::plan::{Slot, TableIx};
use crate::engine::session::{Cell, Session};
use crate::kernel::ids::RowId;
use serde::{Deserialize, Serialize};

/// How a command is filled in item by item: a row of its table is a respondent, a column of it an item or the reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Survey {
    /// Key of the table with a row for each respondent.
    pub table: String,
    /// Key of the column with the name of the respondent.
    pub respondent: String,
    /// Key of the column with the reason for low grades.
    pub reason: String,
    pub items: Vec<SurveyItem>,
    /// Grades as the body of the command has them, best first, each with its words.
    pub grades: Vec<WordOption>,
    /// A grade at or below needs a reason.
    pub low_grade: i64,
    /// Fewest characters of that reason.
    pub reason_min: usize,
    /// Fewest respondents.
    pub min_sample: usize,
}

/// 评价项目.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyItem {
    /// Key of its column.
    pub key: String,
    pub name: String,
    /// What is graded, in one sentence.
    pub sentence: String,
}

/// One page of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SurveyStep {
    /// What is evaluated: the fields of the command outside the table.
    Subject,
    /// Who grades.
    Respondent(RowId),
    /// The grade of a respondent for the item of this index.
    Grade(RowId, usize),
    /// All answers, and the command.
    Summary,
}

/// What keeps the command from being given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SurveyGap {
    /// Where it is mended.
    pub step: SurveyStep,
    pub message: String,
}

impl Survey {
    /// All steps in their order; the last is the summary.
    pub fn steps(&self, session: &Session) -> Vec<SurveyStep> {
        let of_row = |row: RowId| {
            let grades = (0..self.items.len()).map(|item| SurveyStep::Grade(row.clone(), item)).collect();
            [vec![SurveyStep::Respondent(row.clone())], grades].concat()
        };
        let of_rows = self.respondents(session).into_iter().flat_map(of_row);
        [SurveyStep::Subject].into_iter().chain(of_rows).chain([SurveyStep::Summary]).collect()
    }

    /// The rows of the respondents in their order.
    pub fn respondents(&self, session: &Session) -> Vec<RowId> {
        self.slots(session).iter().map(|(table, slot)| RowId::new(session.row_id(*table, *slot))).collect()
    }

    /// How many rows there are too few for the sample.
    pub fn absent_rows(&self, session: &Session) -> usize {
        self.min_sample.saturating_sub(self.slots(session).len())
    }

    /// Index of the first step with something missing; the summary where nothing is.
    pub fn first_open(&self, session: &Session) -> usize {
        let steps = self.steps(session);
        let gaps = self.gaps(session);
        let is_open = |step: &SurveyStep| gaps.iter().any(|gap| gap.step == *step);
        steps.iter().position(is_open).unwrap_or(steps.len().saturating_sub(1))
    }

    /// What a person calls the respondent of a row: the name, or the number while there is none.
    pub fn name_of(&self, session: &Session, row: &RowId) -> String {
        let name = self.text(session, row, &self.respondent);
        if !name.is_empty() {
            return name;
        }
        let number = self.respondents(session).iter().position(|other| other == row).map_or(0, |at| at + 1);
        format!("第{number}位评价人")
    }

    /// The words of a grade; one of another scale as it was typed, `None` while there is none.
    pub fn grade_of(&self, session: &Session, row: &RowId, item: usize) -> Option<String> {
        let typed = self.text(session, row, &self.items.get(item)?.key);
        let option = self.grades.iter().find(|grade| grade.word == typed);
        (!typed.is_empty()).then(|| option.map_or(format!("{typed}分"), |grade| grade.label.clone()))
    }

    /// Whether the grade of this item needs a reason.
    pub fn is_low(&self, session: &Session, row: &RowId, item: usize) -> bool {
        let typed = self.items.get(item).map(|item| self.text(session, row, &item.key));
        typed.and_then(|text| text.parse::<i64>().ok()).is_some_and(|grade| grade <= self.low_grade)
    }

    /// What the reason of a respondent with a low grade lacks; `None` where it suffices.
    pub fn reason_gap(&self, session: &Session, row: &RowId) -> Option<String> {
        let length = self.text(session, row, &self.reason).chars().count();
        (length < self.reason_min).then(|| format!("低分须写理由（不少于{}字）", self.reason_min))
    }

    /// What is missing or wrong, in the order of the steps.
    pub fn gaps(&self, session: &Session) -> Vec<SurveyGap> {
        let rows = self.respondents(session);
        let filled = rows.iter().filter(|row| !self.is_blank(session, row)).count();
        let mut gaps = subject_gaps(session);
        for row in &rows {
            // A row more than the sample needs that nobody has typed into is not sent.
            let is_spare = filled >= self.min_sample && self.is_blank(session, row);
            if !is_spare {
                self.row_gaps(session, row, &rows, &mut gaps);
            }
        }
        if rows.len() < self.min_sample {
            let message = format!("样本不足，至少{}人", self.min_sample);
            gaps.push(SurveyGap { step: SurveyStep::Summary, message });
        }
        gaps
    }

    fn row_gaps(&self, session: &Session, row: &RowId, rows: &[RowId], gaps: &mut Vec<SurveyGap>) {
        let name = self.name_of(session, row);
        let own = self.text(session, row, &self.respondent);
        let earlier = rows.iter().take_while(|other| *other != row);
        let is_repeated = !own.is_empty()
            && earlier.into_iter().any(|other| self.text(session, other, &self.respondent) == own);
        let fault = self.fault(session, row, &self.respondent);
        let of_name = match (own.is_empty(), is_repeated) {
            (true, _) => Some(format!("{name}：请填写姓名")),
            (false, true) => Some(format!("评价人“{own}”重复，每人只评价一次")),
            (false, false) => fault,
        };
        let step = SurveyStep::Respondent(row.clone());
        gaps.extend(of_name.map(|message| SurveyGap { step, message }));
        let mut reason = self.reason_gap(session, row).or_else(|| self.fault(session, row, &self.reason));
        for (at, item) in self.items.iter().enumerate() {
            let gap = match self.grade_of(session, row, at) {
                None => Some("请评价".to_string()),
                Some(_) => self.fault(session, row, &item.key),
            };
            // One reason serves all low grades of a respondent: it is asked for at the first.
            let gap = gap.or_else(|| if self.is_low(session, row, at) { reason.take() } else { None });
            let message = gap.map(|gap| format!("{name} · {}：{gap}", item.name));
            let step = SurveyStep::Grade(row.clone(), at);
            gaps.extend(message.map(|message| SurveyGap { step, message }));
        }
    }

    /// Whether nobody has typed anything into a row.
    fn is_blank(&self, session: &Session, row: &RowId) -> bool {
        let items = self.items.iter().map(|item| item.key.as_str());
        let mut keys = items.chain([self.respondent.as_str(), self.reason.as_str()]);
        keys.all(|key| self.text(session, row, key).is_empty())
    }

    /// What the engine finds wrong with a cell.
    fn fault(&self, session: &Session, row: &RowId, key: &str) -> Option<String> {
        let cell = session.cell(&self.table, row.as_str(), key)?;
        session.cell_findings(cell).into_iter().next().map(|finding| finding.message)
    }

    fn text(&self, session: &Session, row: &RowId, key: &str) -> String {
        let cell = session.cell(&self.table, row.as_str(), key);
        cell.and_then(|cell| session.typed(cell)).unwrap_or_default().trim().to_string()
    }

    fn slots(&self, session: &Session) -> Vec<(TableIx, Slot)> {
        let Some(table) = session.plan().table(&self.table) else { return Vec::new() };
        session.rows(table).iter().map(|slot| (table, *slot)).collect()
    }
}

/// The cells of a command outside its tables, each with its label.
pub fn subject_cells(session: &Session) -> Vec<(Cell, String)> {
    let Some(table) = session.plan().table(FORM) else { return Vec::new() };
    let slot = session.rows(table).first().copied().unwrap_or(0);
    let fields = session.plan().tables[table].table.fields.iter().enumerate();
    fields.map(|(field, of)| (Cell { table, slot, field }, of.label.clone())).collect()
}

fn subject_gaps(session: &Session) -> Vec<SurveyGap> {
    let gap = |message: String| SurveyGap { step: SurveyStep::Subject, message };
    let found = subject_cells(session).into_iter().flat_map(|(cell, _)| session.cell_findings(cell));
    found.map(|finding| gap(finding.message)).collect()
}

#[cfg(test)]
mod tests;
