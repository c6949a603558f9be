//! 通知: what people are told of a request and whom, and what the calendar reminds them of. What was told is kept;
//! a reminder follows from the day and from where the requests stand, so no timer can miss it.

use super::language::{Event, Stage};
use crate::calendar::{Date, FiscalYear};
use crate::money::Money;
use crate::people::{Office, Role};
use crate::policy::art04_calendar::{Opening, consolidation_deadline, opening, window};
use crate::policy::editions::Edition;
use serde::{Deserialize, Serialize};

/// Days before a deadline on which a reminder begins and is unread anew.
const REMINDED_AT: [i64; 4] = [1, 3, 7, 14];
/// Characters of a reason that are told; the whole of it stands in the request.
const QUOTED: usize = 60;

/// 事由.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "matter", rename_all = "snake_case", deny_unknown_fields)]
pub enum Matter {
    /// 退回: to `to`, with so many reasons, the first as it begins.
    Returned { to: Stage, reasons: usize, first: String },
    /// 审核通过.
    Accepted {},
    /// 批复下达, under this number with this amount.
    Approved { number: String, amount: Money },
    /// 不予安排.
    Rejected { reason: String },
    /// 审核意见: so many remarks were published.
    Remarked { remarks: usize },
}

/// One matter for everyone with one of these roles; department roles mean those of the request's department.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telling {
    pub roles: &'static [Role],
    pub matter: Matter,
}

const DEPARTMENT: &[Role] = &[Role::DepartmentFiller, Role::DepartmentApprover];

impl Matter {
    /// What it says.
    pub fn words(&self) -> String {
        match self {
            Matter::Returned { to, reasons, first } => {
                let asked = if to.with_department() { "退回补正" } else { "退回审核员" };
                match reasons {
                    0 => format!("{asked}，请逐条处理审核意见"),
                    _ => format!("{asked}，{reasons} 条意见：{first}"),
                }
            }
            Matter::Accepted {} => "省局已审核通过".to_string(),
            Matter::Approved { number, amount } => format!("已批复（{number}），批复数 {amount} 元"),
            Matter::Rejected { reason } => format!("财政不予安排：{reason}"),
            Matter::Remarked { remarks } => format!("省局提出 {remarks} 条审核意见，请逐条答复"),
        }
    }
}

/// What is told of an event; nothing where the desk's task list says it already.
pub fn told(event: &Event) -> Option<Telling> {
    match event {
        Event::SentBack { to, reasons, .. } => {
            let roles = if to.with_department() { DEPARTMENT } else { &[Role::BureauReviewer] };
            let first = reasons.first().map(|reason| beginning(&reason.text)).unwrap_or_default();
            Some(Telling { roles, matter: Matter::Returned { to: *to, reasons: reasons.len(), first } })
        }
        Event::Confirmed { .. } => Some(Telling { roles: DEPARTMENT, matter: Matter::Accepted {} }),
        Event::Approved { approval, .. } => {
            let (number, amount) = (approval.number.clone(), approval.amount);
            Some(Telling { roles: DEPARTMENT, matter: Matter::Approved { number, amount } })
        }
        Event::Rejected { reason, .. } => {
            let matter = Matter::Rejected { reason: beginning(reason) };
            Some(Telling { roles: DEPARTMENT, matter })
        }
        Event::Frozen { .. }
        | Event::Reported { .. }
        | Event::Taken { .. }
        | Event::Passed { .. }
        | Event::Consolidated { .. }
        | Event::SentToFinance { .. }
        | Event::FinanceOpined { .. }
        | Event::Withdrawn { .. } => None,
    }
}

/// What a department is told when the bureau publishes remarks.
pub fn remarked(remarks: usize) -> Telling {
    Telling { roles: DEPARTMENT, matter: Matter::Remarked { remarks } }
}

fn beginning(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}

/// 期限提醒.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reminder {
    /// The same as long as it is the same reminder: a nearer deadline is another one.
    pub key: String,
    pub about: String,
    pub text: String,
}

/// Where the year's requests stand for the person to be reminded.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standing {
    /// 延期申报 of the person's department.
    pub late_until: Option<Date>,
    /// Whether the person's department has reported.
    pub reported: bool,
    /// Requests that reached the bureau and are not accepted.
    pub under_review: usize,
}

/// What the calendar reminds a role of today (Art. 4).
pub fn reminder(
    role: Role,
    edition: &Edition,
    year: FiscalYear,
    standing: Standing,
    today: Date,
) -> Option<Reminder> {
    let window = window(edition, year);
    match role.office() {
        Office::Department if !standing.reported => {
            let days = match opening(window, standing.late_until, today) {
                Opening::Open { days_left } | Opening::Late { days_left } => days_left,
                Opening::NotYet { .. } | Opening::Closed { .. } => return None,
            };
            let level = level(days)?;
            Some(Reminder {
                key: format!("window.{}.{level}", year.0),
                about: format!("{} 年度申报", year.0),
                text: format!("申报期还剩 {days} 天，本部门尚未报送，请及时提交审核（第4条）"),
            })
        }
        Office::Bureau if standing.under_review > 0 && today > window.last => {
            let deadline = consolidation_deadline(edition, year);
            let days = today.days_until(deadline) + 1;
            let level = level(days).filter(|_| days > 0)?;
            let waiting = standing.under_review;
            Some(Reminder {
                key: format!("consolidation.{}.{level}", year.0),
                about: format!("{} 年度汇总", year.0),
                text: format!(
                    "汇总报送（{deadline} 截止）还剩 {days} 天，{waiting} 份申请尚未审核通过（第4条）"
                ),
            })
        }
        _ => None,
    }
}

fn level(days: i64) -> Option<i64> {
    REMINDED_AT.into_iter().find(|level| days <= *level)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::PersonId;
    use crate::people::Signature;
    use crate::workflow::language::Reason;

    fn by() -> Signature {
        Signature { person: PersonId::new("p1"), name: "甲".into() }
    }

    #[test]
    fn a_return_is_told_to_whoever_has_to_put_it_right() {
        let reason = |text: &str| Reason { text: text.into(), place: None };
        let sent =
            |to| Event::SentBack { to, reasons: vec![reason("请补充合同"), reason("单价")], by: by() };
        let department = told(&sent(Stage::Returned)).unwrap();
        assert_eq!(department.roles, DEPARTMENT);
        assert_eq!(department.matter.words(), "退回补正，2 条意见：请补充合同");
        assert_eq!(told(&sent(Stage::BureauReview)).unwrap().roles, [Role::BureauReviewer]);
        assert_eq!(told(&Event::Taken { by: by() }), None);
        let rejected = told(&Event::Rejected { reason: "不属运维范围".into(), by: by() }).unwrap();
        assert_eq!(
            (rejected.roles, rejected.matter.words().as_str()),
            (DEPARTMENT, "财政不予安排：不属运维范围")
        );
    }

    #[test]
    fn a_long_reason_is_told_as_it_begins() {
        let long = "字".repeat(100);
        assert_eq!(beginning(&long).chars().count(), QUOTED + 1);
        assert_eq!(remarked(3).matter.words(), "省局提出 3 条审核意见，请逐条答复");
    }

    fn reminded(role: Role, standing: Standing, today: &str) -> Option<String> {
        let edition = Edition::measures_2022_51();
        let today = Date::parse(today).unwrap();
        reminder(role, &edition, FiscalYear(2024), standing, today).map(|r| format!("{} {}", r.key, r.text))
    }

    #[test]
    fn a_department_that_has_not_reported_is_reminded_ever_more_urgently() {
        let nothing = Standing::default();
        let filler = |today| reminded(Role::DepartmentFiller, nothing, today);
        assert_eq!(filler("2023-08-17"), None);
        assert!(filler("2023-08-18").unwrap().starts_with("window.2024.14 申报期还剩 14 天"));
        assert!(filler("2023-08-30").unwrap().starts_with("window.2024.3 申报期还剩 2 天"));
        assert!(filler("2023-08-31").unwrap().starts_with("window.2024.1 申报期还剩 1 天"));
        assert_eq!(filler("2023-09-01"), None);
        let late = Standing { late_until: Date::parse("2023-09-10"), ..nothing };
        assert!(reminded(Role::DepartmentApprover, late, "2023-09-08").unwrap().contains("还剩 3 天"));
        let reported = Standing { reported: true, ..nothing };
        assert_eq!(reminded(Role::DepartmentFiller, reported, "2023-08-30"), None);
    }

    #[test]
    fn the_bureau_is_reminded_of_the_consolidation_while_requests_are_under_review() {
        let waiting = Standing { under_review: 2, ..Standing::default() };
        let said = reminded(Role::BureauReviewer, waiting, "2023-10-25").unwrap();
        assert!(said.starts_with("consolidation.2024.7 "), "{said}");
        assert!(said.contains("2 份申请"), "{said}");
        assert_eq!(reminded(Role::BureauReviewer, Standing::default(), "2023-10-25"), None);
        assert_eq!(reminded(Role::BureauLeader, waiting, "2023-11-01"), None);
        assert_eq!(reminded(Role::Auditor, waiting, "2023-10-25"), None);
    }
}
