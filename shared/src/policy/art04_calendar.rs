//! Article 4, the year: departments ask between June and August of the year before, the bureau reports the
//! whole by the end of October. Dates come from the edition; a late window is the bureau leader's exception.

use super::editions::Edition;
use super::editions::register::Register;
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// 申报窗口: the days on which a department may submit for a fiscal year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    pub first: Date,
    pub last: Date,
}

/// Where today stands against the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum WindowState {
    /// 未到申报期.
    NotYet { days_until: i64 },
    /// 申报期内; today counts as one of the days left.
    Open { days_left: i64 },
    /// 延期申报: only by the late window granted to this department.
    Late { days_left: i64 },
    /// 申报期已过.
    Closed { days_since: i64 },
}

/// The window of the year before `year`.
pub fn window(edition: &Edition, year: FiscalYear) -> Window {
    let parameters = &edition.parameters;
    Window {
        first: parameters.window_first.in_year(year.0 - 1),
        last: parameters.window_last.in_year(year.0 - 1),
    }
}

/// 汇总报送截止.
pub fn consolidation_deadline(edition: &Edition, year: FiscalYear) -> Date {
    edition.parameters.consolidation_deadline.in_year(year.0 - 1)
}

/// The fiscal year the offices work on: in its first months the year itself, whose approvals are still being issued;
/// from then on the next one, which is being asked for. A year without an edition goes by the newest one.
pub fn year_in_hand(register: &Register, today: Date) -> FiscalYear {
    let year = FiscalYear(today.year());
    let edition = register.edition_for(year).ok().or_else(|| register.newest());
    let still = edition.is_some_and(|e| u32::from(today.month()) <= e.parameters.in_hand_through_month);
    FiscalYear(if still { year.0 } else { year.0 + 1 })
}

/// Whether a written reason is as long as the edition asks for.
pub fn is_reason(edition: &Edition, reason: &str) -> bool {
    edition.parameters.is_reason(reason)
}

pub fn opening(window: Window, late_until: Option<Date>, today: Date) -> WindowState {
    if today < window.first {
        return WindowState::NotYet { days_until: today.days_until(window.first) };
    }
    if today <= window.last {
        return WindowState::Open { days_left: today.days_until(window.last) + 1 };
    }
    match late_until {
        Some(until) if today <= until => WindowState::Late { days_left: today.days_until(until) + 1 },
        _ => WindowState::Closed { days_since: window.last.days_until(today) },
    }
}

/// Whether a department may submit today.
pub fn may_submit(window: Window, late_until: Option<Date>, today: Date) -> Result<(), Refusal> {
    let Window { first, last } = window;
    match opening(window, late_until, today) {
        WindowState::Open { .. } | WindowState::Late { .. } => Ok(()),
        WindowState::NotYet { .. } => Err(Refusal::under(
            4,
            "window.not_open",
            format!("尚未到申报期：申报期为 {first} 至 {last}，今天是 {today}。请先填报保存，到期再报送"),
        )),
        WindowState::Closed { .. } => Err(Refusal::under(
            4,
            "window.closed",
            match late_until {
                Some(until) => {
                    format!("延期申报已于 {until} 截止，今天是 {today}。请联系省局负责人重新批准延期")
                }
                None => format!(
                    "已过申报期：申报期为 {first} 至 {last}，今天是 {today}。确需补报的，请联系省局负责人批准延期申报"
                ),
            },
        )),
    }
}

/// Whether the bureau leader may open a late window until `until`: with a written reason that is kept, not in
/// the past, and before the whole is reported.
pub fn may_grant_late(
    edition: &Edition,
    year: FiscalYear,
    until: Date,
    reason: &str,
    today: Date,
) -> Result<(), Refusal> {
    if !is_reason(edition, reason) {
        let least = edition.parameters.reason_min;
        return Err(Refusal::under(4, "late.reason", format!("批准延期须写明理由，不少于 {least} 个字")));
    }
    let deadline = consolidation_deadline(edition, year);
    if until < today || until > deadline {
        return Err(Refusal::under(
            4,
            "late.until",
            format!("延期截止日应在今天（{today}）至汇总报送截止日（{deadline}）之间"),
        ));
    }
    Ok(())
}

/// Whether the bureau may report the whole today; answers the reason to be kept. After the deadline it reports only
/// with a written one.
pub fn may_report(
    edition: &Edition,
    year: FiscalYear,
    late_reason: Option<&str>,
    today: Date,
) -> Result<Option<String>, Refusal> {
    let deadline = consolidation_deadline(edition, year);
    if today <= deadline {
        return Ok(None);
    }
    match late_reason.map(str::trim).filter(|reason| is_reason(edition, reason)) {
        Some(reason) => Ok(Some(reason.to_string())),
        None => {
            let least = edition.parameters.reason_min;
            let text = format!(
                "整体预算应于 {deadline} 前报送，今天是 {today}；逾期报送须写明理由，不少于 {least} 个字"
            );
            Err(Refusal::under(4, "compilation.late", text))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    fn measures() -> &'static Edition {
        Register::shipped().find("2022-51#1").unwrap()
    }

    fn the_window() -> Window {
        window(measures(), FiscalYear(2024))
    }

    #[test]
    fn june_to_august_of_the_year_before_both_days_included() {
        let check = |today: &str, late: Option<&str>, code: Option<&str>| {
            let code_found = may_submit(the_window(), late.map(date), date(today)).err().map(|r| r.code);
            assert_eq!(code_found.as_deref(), code, "{today}");
        };
        check("2023-05-31", None, Some("window.not_open"));
        check("2023-06-01", None, None);
        check("2023-08-31", None, None);
        check("2023-09-01", None, Some("window.closed"));
        check("2023-09-01", Some("2023-09-10"), None);
        check("2023-09-10", Some("2023-09-10"), None);
        check("2023-09-11", Some("2023-09-10"), Some("window.closed"));
    }

    #[test]
    fn a_refusal_names_article_and_dates() {
        let refusal = may_submit(the_window(), None, date("2023-09-01")).unwrap_err();
        assert_eq!(refusal.article, Some(4));
        assert!(refusal.message.contains("2023-08-31"), "{}", refusal.message);
        assert!(refusal.message.contains("依据《办法》第四条"));
    }

    #[test]
    fn in_january_the_offices_still_work_on_the_year_that_has_begun() {
        let in_hand = |today| year_in_hand(Register::shipped(), date(today));
        assert_eq!(in_hand("2024-01-20"), FiscalYear(2024));
        assert_eq!(in_hand("2024-04-01"), FiscalYear(2025));
        // No edition judges 2026: the newest one says when the offices turn to the next year.
        assert_eq!([in_hand("2026-03-31"), in_hand("2026-04-01")], [2026, 2027].map(FiscalYear));
    }

    #[test]
    fn the_days_left_count_today() {
        assert_eq!(opening(the_window(), None, date("2023-08-31")), WindowState::Open { days_left: 1 });
        assert_eq!(opening(the_window(), None, date("2023-07-15")), WindowState::Open { days_left: 48 });
    }

    #[test]
    fn a_late_window_needs_a_reason_and_ends_before_the_whole_is_reported() {
        let edition = measures();
        let grant = |until: &str, reason: &str| {
            let today = date("2023-09-05");
            may_grant_late(edition, FiscalYear(2024), date(until), reason, today).err().map(|r| r.code)
        };
        let reason = "机构改革职能划转，系统清单尚在移交";
        assert_eq!(grant("2023-09-30", reason), None);
        assert_eq!(grant("2023-09-30", "晚了"), Some("late.reason".into()));
        assert_eq!(grant("2023-09-04", reason), Some("late.until".into()));
        assert_eq!(grant("2023-11-01", reason), Some("late.until".into()));
    }

    #[test]
    fn the_whole_is_reported_by_the_end_of_october_or_with_a_written_reason() {
        let edition = measures();
        let report = |today: &str, reason: Option<&str>| {
            may_report(edition, FiscalYear(2024), reason, date(today)).map_err(|r| r.code)
        };
        assert_eq!(report("2023-10-31", None), Ok(None));
        assert_eq!(report("2023-10-31", Some("不需要的理由，不予保留")), Ok(None));
        assert_eq!(report("2023-11-01", None), Err("compilation.late".into()));
        assert_eq!(report("2023-11-01", Some("  太短 ")), Err("compilation.late".into()));
        let reason = "三个部门机构改革，数据移交延后";
        assert_eq!(report("2023-11-01", Some(reason)), Ok(Some(reason.into())));
    }
}
