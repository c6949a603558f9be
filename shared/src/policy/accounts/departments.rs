//! 机构改革: a department has an id for ever and names by date; one that was merged or split goes on in another, one that was
//! closed in none. Pure: the register and today are arguments.

use super::person::department_name;
use crate::kernel::calendar::Date;
use crate::kernel::ids::DepartmentId;
use crate::kernel::refusal::Refusal;
use crate::policy::document_number::document_number;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// 部门调整.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
pub enum DepartmentChange {
    /// 更名.
    Rename { department: DepartmentId, name: String },
    /// 合并: the posts and the cases of `from` pass to `into`.
    Merge { from: Vec<DepartmentId>, into: DepartmentId },
    /// 拆分: `department` ends and becomes `into`; its posts and cases pass to `successor`, which is one of these.
    Split { department: DepartmentId, into: Vec<PartDepartment>, successor: DepartmentId },
    /// 撤销: the department and its posts end; nobody carries it on.
    Close { department: DepartmentId },
}

/// A department that a split makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartDepartment {
    pub id: DepartmentId,
    pub name: String,
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
    /// The department it passed to when it was merged or split.
    pub successor: Option<DepartmentId>,
    /// It ended without a successor.
    pub is_closed: bool,
    /// First day of its latest name, or of its end; `None` where it never changed.
    pub changed_on: Option<Date>,
}

impl RegisteredDepartment {
    fn is_open(&self) -> bool {
        self.successor.is_none() && !self.is_closed
    }
}

/// Most departments merged at once, and most that one is split into.
const MOST_AT_ONCE: usize = 20;

impl OrderedChange {
    /// The change with names and number in their normal form.
    ///
    /// # Errors
    /// ACT-12 for an unknown, merged, split or closed department, `document.number`, and what the register does not admit.
    pub fn checked(
        mut self,
        register: &[RegisteredDepartment],
        today: Date,
    ) -> Result<OrderedChange, Refusal> {
        self.document = document_number(&self.document)?;
        let from_day = self.from_day;
        if from_day > today {
            let message = format!("{from_day} 还没有到，请在生效之日起办理。");
            return Err(Refusal::new("department.day", message));
        }
        match &mut self.change {
            DepartmentChange::Rename { department, name } => {
                require_later(open(register, department)?, from_day)?;
                *name = free_name(register, name, None)?;
            }
            DepartmentChange::Merge { from, into } => {
                open(register, into)?;
                from.sort();
                from.dedup();
                if from.is_empty() || from.len() > MOST_AT_ONCE || from.contains(into) {
                    let message = format!("请选择 1 至 {MOST_AT_ONCE} 个被合并的部门，并入的部门不在其中。");
                    return Err(Refusal::new("department.merge", message));
                }
                for department in from.iter() {
                    require_later(open(register, department)?, from_day)?;
                }
            }
            DepartmentChange::Split { department, into, successor } => {
                require_later(open(register, department)?, from_day)?;
                require_parts(register, department, into, successor)?;
            }
            DepartmentChange::Close { department } => require_later(open(register, department)?, from_day)?,
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
            DepartmentChange::Split { department, into, successor } => {
                let parts: Vec<&str> = into.iter().map(|part| part.name.as_str()).collect();
                let carrier = into.iter().find(|part| part.id == *successor);
                let carrier = carrier.map_or_else(|| successor.to_string(), |part| part.name.clone());
                format!("{}拆分为{}，由{carrier}承接", name(department), parts.join("、"))
            }
            DepartmentChange::Close { department } => format!("撤销{}", name(department)),
        };
        format!("{what}，自 {} 起，{}", self.from_day, self.document)
    }
}

/// A department that goes on under its id.
///
/// # Errors
/// ACT-12.
fn open<'a>(
    register: &'a [RegisteredDepartment],
    id: &DepartmentId,
) -> Result<&'a RegisteredDepartment, Refusal> {
    let known = register.iter().find(|known| known.id == *id && known.is_open());
    known.ok_or_else(|| not_open(id))
}

/// ACT-12: nothing is done to or opened for a department that is not registered or has ended.
pub fn not_open(id: &DepartmentId) -> Refusal {
    Refusal::new("ACT-12", format!("部门 {id} 没有登记，或已被合并、拆分、撤销，请核对部门。"))
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

/// A name in its normal form that no open department has; the one that `ending` has is free.
fn free_name(
    register: &[RegisteredDepartment],
    name: &str,
    ending: Option<&DepartmentId>,
) -> Result<String, Refusal> {
    let plain = department_name(name).ok_or_else(|| {
        Refusal::new("department.name", "部门名称应为 2 至 40 个字，至少两个文字，不含看不见的字符。")
    })?;
    let has =
        |other: &&RegisteredDepartment| other.is_open() && other.name == plain && ending != Some(&other.id);
    match register.iter().find(has) {
        Some(other) => {
            let message = format!("“{plain}”是部门 {} 现在的名称，请核对新名称。", other.id);
            Err(Refusal::new("department.name", message))
        }
        None => Ok(plain),
    }
}

/// The parts of a split: at least two, under ids and names nobody has, the successor among them.
fn require_parts(
    register: &[RegisteredDepartment],
    department: &DepartmentId,
    into: &mut [PartDepartment],
    successor: &DepartmentId,
) -> Result<(), Refusal> {
    let refuse = |message: String| Err(Refusal::new("department.split", message));
    if !(2..=MOST_AT_ONCE).contains(&into.len()) {
        return refuse(format!("请登记拆分出的 2 至 {MOST_AT_ONCE} 个新部门。"));
    }
    let mut ids: BTreeSet<String> = register.iter().map(|known| lower(&known.id)).collect();
    let mut names = BTreeSet::new();
    for part in into.iter_mut() {
        if !part.id.is_plain() {
            return refuse(format!("部门编号“{}”应为字母、数字或 . _ -，以字母或数字开头。", part.id));
        }
        if !ids.insert(lower(&part.id)) {
            return refuse(format!("部门编号 {} 已被使用，请为新部门另取编号。", part.id));
        }
        part.name = free_name(register, &part.name, Some(department))?;
        if !names.insert(part.name.clone()) {
            return refuse(format!("拆分出的两个部门都叫“{}”，请核对名称。", part.name));
        }
    }
    match into.iter().any(|part| part.id == *successor) {
        true => Ok(()),
        false => refuse("请从拆分出的部门中选定承接在办案卷和岗位的一个。".to_string()),
    }
}

/// Ids that differ in case only look alike.
fn lower(id: &DepartmentId) -> String {
    id.as_str().to_ascii_lowercase()
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
                is_closed: of == "gone",
                changed_on: changed_on.map(day),
            };
        vec![
            known("water", "省水利厅", None, None),
            known("safety", "省安监局", Some("rescue"), Some("2023-01-01")),
            known("rescue", "省应急厅", None, Some("2022-01-01")),
            known("fire", "省消防总队", None, None),
            known("gone", "省某办", None, Some("2023-02-01")),
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
            ("gone", "省水务厅", "2023-07-15", "ACT-12"),
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

    fn split(of: &str, into: &[(&str, &str)], successor: &str) -> Result<OrderedChange, String> {
        let part = |(of, name): &(&str, &str)| PartDepartment { id: id(of), name: (*name).to_string() };
        let into = into.iter().map(part).collect();
        check(DepartmentChange::Split { department: id(of), into, successor: id(successor) }, "2023-07-01")
    }

    #[test]
    fn a_department_is_split_into_new_ones_of_which_one_carries_it_on() {
        let parts = [("water2", " 省水利厅 "), ("river", "省河务局")];
        let ordered = split("water", &parts, "water2").unwrap();
        assert_eq!(
            ordered.described(&register()),
            "省水利厅拆分为省水利厅、省河务局，由省水利厅承接，自 2023-07-01 起，晋编办〔2023〕3号"
        );
        for (of, into, successor, code) in [
            ("water", &[("river", "省河务局")][..], "river", "department.split"),
            ("water", &[("river", "省河务局"), ("River", "省湖务局")], "river", "department.split"),
            ("water", &[("river", "省河务局"), ("lake", "省河务局")], "river", "department.split"),
            ("water", &[("river", "省河务局"), ("safety", "省湖务局")], "river", "department.split"),
            ("water", &[("river", "省河务局"), ("a b", "省湖务局")], "river", "department.split"),
            ("water", &[("river", "省河务局"), ("lake", "省湖务局")], "fire", "department.split"),
            ("water", &[("river", "省应急厅"), ("lake", "省湖务局")], "river", "department.name"),
            ("safety", &[("river", "省河务局"), ("lake", "省湖务局")], "river", "ACT-12"),
            ("gone", &[("river", "省河务局"), ("lake", "省湖务局")], "river", "ACT-12"),
        ] {
            assert_eq!(split(of, into, successor).unwrap_err(), code, "{of} {into:?} {successor}");
        }
    }

    #[test]
    fn a_department_is_closed_once_and_takes_part_in_nothing_afterwards() {
        let close = |of: &str, from_day| check(DepartmentChange::Close { department: id(of) }, from_day);
        let closed = close("fire", "2023-07-01").unwrap();
        assert_eq!(closed.described(&register()), "撤销省消防总队，自 2023-07-01 起，晋编办〔2023〕3号");
        assert_eq!(close("gone", "2023-07-01").unwrap_err(), "ACT-12");
        assert_eq!(close("rescue", "2022-01-01").unwrap_err(), "department.day");
        assert_eq!(merge(&["fire"], "gone", "2023-07-01").unwrap_err(), "ACT-12");
        assert!(rename("water", "省某办", "2023-07-15").is_ok(), "a closed department gives its name free");
    }

    #[test]
    fn a_case_shows_the_name_of_its_day_after_that_of_today() {
        assert_eq!(name_with_former("省水务厅", "省水利厅"), "省水务厅（原省水利厅）");
        assert_eq!(name_with_former("省水务厅", "省水务厅"), "省水务厅");
    }
}
