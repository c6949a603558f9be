//! 期限提醒 (Art. 4): what the calendar reminds people of. It follows from the day and from where the requests stand, so no
//! timer can miss it, and it is stored nowhere.

use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::people::{Office, Role};
use crate::policy::art04_calendar::{WindowState, consolidation_deadline, opening, window};
use crate::policy::editions::Edition;

/// 期限提醒.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reminder {
    /// The same as long as it is the same reminder: a nearer deadline is another one.
    pub key: String,
    pub about: String,
    pub text: String,
    /// The day it reminds of.
    pub due: Date,
}

/// Where the year's requests stand for the person to be reminded.
#[derive(Clone, Copy, Debug, Default)]
pub struct RequestProgress {
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
    progress: RequestProgress,
    today: Date,
) -> Option<Reminder> {
    let window = window(edition, year);
    match role.office() {
        Office::Department if !progress.reported => {
            let days = match opening(window, progress.late_until, today) {
                WindowState::Open { days_left } | WindowState::Late { days_left } => days_left,
                WindowState::NotYet { .. } | WindowState::Closed { .. } => return None,
            };
            let level = level(edition, days)?;
            Some(Reminder {
                due: progress.late_until.map_or(window.last, |until| until.max(window.last)),
                key: format!("window.{}.{level}", year.0),
                about: format!("{} 年度申报", year.0),
                text: format!("申报期还剩 {days} 天，本部门尚未报送，请及时提交审核（依据《办法》第四条）"),
            })
        }
        Office::Bureau if progress.under_review > 0 && today > window.last => {
            let deadline = consolidation_deadline(edition, year);
            let days = today.days_until(deadline) + 1;
            let level = level(edition, days).filter(|_| days > 0)?;
            let waiting = progress.under_review;
            Some(Reminder {
                due: deadline,
                key: format!("consolidation.{}.{level}", year.0),
                about: format!("{} 年度汇总", year.0),
                text: format!(
                    "汇总报送（{deadline} 截止）还剩 {days} 天，{waiting} 份申请尚未审核通过（依据《办法》第四条）"
                ),
            })
        }
        _ => None,
    }
}

/// The nearest of the days before a deadline on which a reminder begins and is unread anew.
fn level(edition: &Edition, days: i64) -> Option<i64> {
    let levels = edition.parameters.reminder_days.iter().map(|level| i64::from(*level));
    levels.filter(|level| days <= *level).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::editions::register::Register;

    fn reminded(role: Role, progress: RequestProgress, today: &str) -> Option<String> {
        let edition = Register::shipped().find("2022-51#1").unwrap();
        let today = Date::parse(today).unwrap();
        reminder(role, edition, FiscalYear(2024), progress, today).map(|r| format!("{} {}", r.key, r.text))
    }

    #[test]
    fn a_department_that_has_not_reported_is_reminded_ever_more_urgently() {
        let nothing = RequestProgress::default();
        let filler = |today| reminded(Role::DepartmentFiller, nothing, today);
        assert_eq!(filler("2023-08-17"), None);
        assert!(filler("2023-08-18").unwrap().starts_with("window.2024.14 申报期还剩 14 天"));
        assert!(filler("2023-08-30").unwrap().starts_with("window.2024.3 申报期还剩 2 天"));
        assert!(filler("2023-08-31").unwrap().starts_with("window.2024.1 申报期还剩 1 天"));
        assert_eq!(filler("2023-09-01"), None);
        let late = RequestProgress { late_until: Date::parse("2023-09-10"), ..nothing };
        assert!(reminded(Role::DepartmentApprover, late, "2023-09-08").unwrap().contains("还剩 3 天"));
        let reported = RequestProgress { reported: true, ..nothing };
        assert_eq!(reminded(Role::DepartmentFiller, reported, "2023-08-30"), None);
    }

    #[test]
    fn the_bureau_is_reminded_of_the_consolidation_while_requests_are_under_review() {
        let waiting = RequestProgress { under_review: 2, ..RequestProgress::default() };
        let shown = reminded(Role::BureauReviewer, waiting, "2023-10-25").unwrap();
        assert!(shown.starts_with("consolidation.2024.7 "), "{shown}");
        assert!(shown.contains("2 份申请"), "{shown}");
        assert_eq!(reminded(Role::BureauReviewer, RequestProgress::default(), "2023-10-25"), None);
        assert_eq!(reminded(Role::BureauLeader, waiting, "2023-11-01"), None);
        assert_eq!(reminded(Role::Auditor, waiting, "2023-10-25"), None);
    }
}
