//! 机构改革: a department has an id for ever and names by date; one that was merged goes on in another. Pure: the register and
//! today are arguments.

use super::person::department_name;
use crate::kernel::calendar::Date;
use crate::kernel::ids::DepartmentId;
use crate::kernel::refusal::Refusal;
use crate::policy::document_number::document_number;
use serde::{Deserialize, Serialize};

/// 部门调整.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
pub enum DepartmentChange {
    /// 更名.
    Rename { department: DepartmentId, name: String },
    /// 合并: the posts and the cases of `from` pass to `into`.
    Merge { from: Vec<DepartmentId>, into: DepartmentId },
}

/// A change with the document that ordered it and the day it holds from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderedChange {
    pub change: DepartmentChange,
    /// 文号.
    pub document: String,
    pub from_day: Date,
}

/// A department as the register has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredDepartment {
    pub id: DepartmentId,
    pub name: String,
    /// The department it was merged into.
    pub successor: Option<DepartmentId>,
    /// First day of its latest name or merger; `None` where it never changed.
    pub changed_on: Option<Date>,
}

/// Most departments merged at once.
const MOST_MERGED: usize = 20;

impl OrderedChange {
    /// The change with name and number in their normal form.
    ///
    /// # Errors
    /// ACT-12 for an unknown or closed department, `document.number`, and what the register does not admit.
    pub fn checked(
        mut self,
        register: &[RegisteredDepartment],
        today: Date,
    ) -> Result<OrderedChange, Refusal> {
        self.document = document_number(&self.document)?;
        if self.from_day > today {
            let message = format!("{} 还没有到，请在生效之日起办理。", self.from_day);
            return Err(Refusal::new("department.day", message));
        }
        match &mut self.change {
            DepartmentChange::Rename { department, name } => {
                let known = open(register, department)?;
                require_later(known, self.from_day)?;
                let plain = department_name(name);
                let plain = plain.ok_or_else(|| {
                    Refusal::new(
                        "department.name",
                        "部门名称应为 2 至 40 个字，至少两个文字，不含看不见的字符。",
                    )
                })?;
                if let Some(other) =
                    register.iter().find(|other| other.successor.is_none() && other.name == plain)
                {
                    let message = format!("“{plain}”是部门 {} 现在的名称，请核对新名称。", other.id);
                    return Err(Refusal::new("department.name", message));
                }
                *name = plain;
            }
            DepartmentChange::Merge { from, into } => {
                open(register, into)?;
                from.sort();
                from.dedup();
                if from.is_empty() || from.len() > MOST_MERGED || from.contains(into) {
                    let message = format!("请选择 1 至 {MOST_MERGED} 个被合并的部门，并入的部门不在其中。");
                    return Err(Refusal::new("department.merge", message));
                }
                for department in from.iter() {
                    require_later(open(register, department)?, self.from_day)?;
                }
            }
        }
        Ok(self)
    }

    /// `省水利厅更名为省水务厅，自 2024-03-01 起，晋编办〔2024〕3号`.
    pub fn described(&self, register: &[RegisteredDepartment]) -> String {
        let name = |id: &DepartmentId| {
            let known = register.iter().find(|known| known.id == *id);
            known.map_or_else(|| id.to_string(), |known| known.name.clone())
        };
        let what = match &self.change {
            DepartmentChange::Rename { department, name: new } => format!("{}更名为{new}", name(department)),
            DepartmentChange::Merge { from, into } => {
                let from: Vec<String> = from.iter().map(name).collect();
                format!("{}并入{}", from.join("、"), name(into))
            }
        };
        format!("{what}，自 {} 起，{}", self.from_day, self.document)
    }
}

/// ACT-12.
fn open<'a>(
    register: &'a [RegisteredDepartment],
    id: &DepartmentId,
) -> Result<&'a RegisteredDepartment, Refusal> {
    let known = register.iter().find(|known| known.id == *id && known.successor.is_none());
    known.ok_or_else(|| Refusal::new("ACT-12", format!("部门 {id} 没有登记或已被合并，请核对部门。")))
}

/// Names follow each other: a name of the past is not slipped in between.
fn require_later(known: &RegisteredDepartment, from_day: Date) -> Result<(), Refusal> {
    match known.changed_on.filter(|changed| *changed >= from_day) {
        Some(changed) => {
            let message = format!("{} 在 {changed} 已有调整，生效日期应在其后。", known.name);
            Err(Refusal::new("department.day", message))
        }
        None => Ok(()),
    }
}

/// `省水务厅（原省水利厅）`: how a department is called now, and how it was when something of it began.
pub fn name_with_former(now: &str, then: &str) -> String {
    if now == then { now.to_string() } else { format!("{now}（原{then}）") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    fn id(text: &str) -> DepartmentId {
        DepartmentId::new(text)
    }

    fn register() -> Vec<RegisteredDepartment> {
        let known =
            |of: &str, name: &str, successor: Option<&str>, changed_on: Option<&str>| RegisteredDepartment {
                id: id(of),
                name: name.into(),
                successor: successor.map(id),
                changed_on: changed_on.map(day),
            };
        vec![
            known("water", "省水利厅", None, None),
            known("safety", "省安监局", Some("rescue"), Some("2023-01-01")),
            known("rescue", "省应急厅", None, Some("2022-01-01")),
            known("fire", "省消防总队", None, None),
        ]
    }

    fn check(change: DepartmentChange, from_day: &str) -> Result<OrderedChange, String> {
        let document = " 晋编办〔2023〕3号 ".to_string();
        let change = OrderedChange { change, document, from_day: day(from_day) };
        change.checked(&register(), day("2023-07-15")).map_err(|refusal| refusal.code)
    }

    fn rename(of: &str, name: &str, from_day: &str) -> Result<OrderedChange, String> {
        check(DepartmentChange::Rename { department: id(of), name: name.into() }, from_day)
    }

    fn merge(from: &[&str], into: &str, from_day: &str) -> Result<OrderedChange, String> {
        let from = from.iter().map(|of| id(of)).collect();
        check(DepartmentChange::Merge { from, into: id(into) }, from_day)
    }

    #[test]
    fn a_department_is_renamed_from_a_day_that_has_come_and_after_its_last_change() {
        let renamed = rename("water", " 省水务厅 ", "2023-07-15").unwrap();
        let words = "省水利厅更名为省水务厅，自 2023-07-15 起，晋编办〔2023〕3号";
        assert_eq!(renamed.described(&register()), words);
        for (of, name, from_day, code) in [
            ("water", "省水务厅", "2023-07-16", "department.day"),
            ("rescue", "省救援厅", "2022-01-01", "department.day"),
            ("nobody", "省水务厅", "2023-07-15", "ACT-12"),
            ("safety", "省水务厅", "2023-07-15", "ACT-12"),
            ("water", "省应急厅", "2023-07-15", "department.name"),
            ("water", "省水利厅", "2023-07-15", "department.name"),
            ("water", "1", "2023-07-15", "department.name"),
        ] {
            assert_eq!(rename(of, name, from_day).unwrap_err(), code, "{of} {name} {from_day}");
        }
        assert!(
            rename("rescue", "省安监局", "2023-07-15").is_ok(),
            "a merged department gives its name free"
        );
    }

    #[test]
    fn departments_are_merged_into_another_that_is_not_merged_itself() {
        let merged = merge(&["water", "fire", "water"], "rescue", "2023-07-01").unwrap();
        assert_eq!(
            merged.change,
            DepartmentChange::Merge { from: vec![id("fire"), id("water")], into: id("rescue") }
        );
        assert!(merged.described(&register()).starts_with("省消防总队、省水利厅并入省应急厅"));
        for (from, into, from_day, code) in [
            (&[][..], "rescue", "2023-07-01", "department.merge"),
            (&["rescue"], "rescue", "2023-07-01", "department.merge"),
            (&["safety"], "rescue", "2023-07-01", "ACT-12"),
            (&["water"], "safety", "2023-07-01", "ACT-12"),
            (&["rescue"], "water", "2021-07-01", "department.day"),
        ] {
            assert_eq!(merge(from, into, from_day).unwrap_err(), code, "{from:?} {into}");
        }
    }

    #[test]
    fn a_case_shows_the_name_of_its_day_after_that_of_today() {
        assert_eq!(name_with_former("省水务厅", "省水利厅"), "省水务厅（原省水利厅）");
        assert_eq!(name_with_former("省水务厅", "省水务厅"), "省水务厅");
    }
}
