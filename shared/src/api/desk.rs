//! 待办: everyone's home page. What waits for me, the year's calendar, and for the bureau every department.

use super::money::MoneyCaseLine;
use super::posts::PostLine;
use super::{Endpoint, Method};
use crate::cases::Kind;
use crate::cases::authority::{AvailableCommand, Capability};
use crate::cases::kernel::Stage;
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::timestamp::Timestamp;
use crate::policy::art04_calendar::{Window, WindowState};
use serde::{Deserialize, Serialize};
use validator::Validate;

/// The desk of a fiscal year; without one, of the year departments are asking for now.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadDesk {
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "super::number_if_given")]
    #[validate(range(min = 1901, max = 2998, message = "没有这个年度"))]
    pub fiscal_year: Option<u16>,
}

impl Endpoint for ReadDesk {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/desk";
    type Reply = Desk;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desk {
    pub today: Date,
    pub demo: bool,
    pub fiscal_year: FiscalYear,
    /// `None` for a year outside every edition (Art. 18).
    pub calendar: Option<YearCalendar>,
    /// 待我办理: cases of every kind with a command of mine, oldest first.
    pub tasks: Vec<Task>,
    /// The execution cases that wait for this person, the one that waits longest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub money: Vec<MoneyCaseLine>,
    /// How much waits in the person's other posts; those where nothing waits are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<ElsewhereTasks>,
    /// 各部门: for the bureau and the auditor all of them, for a department its own, else none.
    pub departments: Vec<DepartmentState>,
    /// Whether this person may start the year's request now (a department's filler without one).
    pub may_open: bool,
    /// Whether this person may grant a late window.
    pub may_grant_late: bool,
}

/// What waits in another post of this person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ElsewhereTasks {
    pub post: PostLine,
    pub count: usize,
}

/// 年度日历 (Art. 4), as it stands for this person today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct YearCalendar {
    /// 政策版本文号.
    pub edition: String,
    pub window: Window,
    pub opening: WindowState,
    pub consolidation_deadline: Date,
    /// This department's late window.
    pub late_until: Option<Date>,
    /// Fewest characters of a written reason.
    pub reason_min: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    pub kind: Kind,
    pub id: CaseId,
    pub fiscal_year: FiscalYear,
    pub stage: Stage,
    /// Whose it is; for a case of no department, what it is.
    pub title: String,
    /// When it came to this stage.
    pub since: Timestamp,
    pub offers: Vec<AvailableCommand>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepartmentState {
    pub department: DepartmentId,
    pub name: String,
    /// `None`: 未开始.
    pub request: Option<CaseId>,
    pub stage: Option<Stage>,
    pub since: Option<Timestamp>,
    /// 申报总额 of the latest version the reader may see, in 元.
    pub total: Option<String>,
    pub late_until: Option<Date>,
}

/// 批准延期申报: for one department and year, with a written reason that is kept.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct GrantLateWindow {
    #[validate(custom(function = "super::op_id"))]
    pub operation: crate::kernel::ids::OpId,
    #[validate(custom(function = "super::department_id"))]
    pub department: DepartmentId,
    pub fiscal_year: FiscalYear,
    pub until: Date,
    #[validate(length(max = 500, message = "理由不超过 500 个字"))]
    pub reason: String,
}

impl Endpoint for GrantLateWindow {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/late-windows";
    const REQUIRES: Option<Capability> = Some(Capability::GrantLateWindow);
    type Reply = ();
}
