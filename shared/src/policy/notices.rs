//! 通知偏好: what a notice is for, how each sort leaves by each channel, when a digest goes out, and how often somebody may
//! be nudged.

use super::editions::clock::WorkingCalendar;
use crate::kernel::calendar::Date;
use crate::kernel::refusal::Refusal;
use crate::kernel::words::words;

words! {
    /// 通知类别.
    Topic {
        Task "task" "待办",
        Returned "returned" "退回",
        Deadline "deadline" "临期",
        Nudge "nudge" "催报",
        Information "information" "知会",
    }
}

impl Topic {
    /// Whether a notice of it asks for something that is done in its case.
    pub fn is_to_be_done(self) -> bool {
        match self {
            Topic::Task | Topic::Returned | Topic::Nudge => true,
            Topic::Deadline | Topic::Information => false,
        }
    }
}

words! {
    /// 发送方式.
    Manner {
        AtOnce "at_once" "即时发送",
        Digest "digest" "每日汇总",
        Off "off" "不发送",
    }
}

/// Second of the day at which the notices of a digest leave: 08:30 on a working day.
pub const DIGEST_SECOND: u32 = (8 * 60 + 30) * 60;

/// Seconds within which nobody is nudged twice about the same case.
pub const NUDGE_SECONDS: i64 = 24 * 60 * 60;

/// Whether a sort of notice leaves at once whatever the person prefers.
pub fn is_always_at_once(topic: Topic) -> bool {
    topic == Topic::Nudge
}

/// Whether a person may choose this manner.
///
/// # Errors
/// NTF-02: a nudge is neither muted nor put off.
pub fn may_prefer(topic: Topic, manner: Manner) -> Result<(), Refusal> {
    if is_always_at_once(topic) && manner != Manner::AtOnce {
        return Err(Refusal::new("NTF-02", "催报不能关闭，也不能汇总发送；其他类别可以。"));
    }
    Ok(())
}

/// How a notice leaves. What is due today leaves at once as a nudge does.
pub fn manner_of(preferred: Manner, topic: Topic, due_today: bool) -> Manner {
    if due_today || is_always_at_once(topic) { Manner::AtOnce } else { preferred }
}

/// The day of the next digest after a moment, and the seconds until it; `None` beyond the calendar's end.
pub fn next_digest(calendar: &WorkingCalendar, day: Date, second_of_day: u32) -> Option<(Date, i64)> {
    let days = (0..=60).filter_map(|ahead| Some((ahead, day.plus_days(ahead)?)));
    let mut later = days.filter(|(ahead, _)| *ahead > 0 || second_of_day < DIGEST_SECOND);
    let (ahead, day) = later.find(|(_, day)| calendar.is_workday(*day))?;
    Some((day, ahead * 24 * 60 * 60 + i64::from(DIGEST_SECOND) - i64::from(second_of_day)))
}

/// Whether a person may be nudged about a case again, `last` being the second they last were.
///
/// # Errors
/// NTF-01 within 24 hours.
pub fn may_nudge(last: Option<i64>, now: i64) -> Result<(), Refusal> {
    match last {
        Some(last) if now - last < NUDGE_SECONDS => {
            let hours = (NUDGE_SECONDS - (now - last) + 3599) / 3600;
            let text = format!("24 小时内已经催过，请 {hours} 小时后再催，或电话联系。");
            Err(Refusal::new("NTF-01", text))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::editions::register::Register;

    fn digest(day: &str, hour: u32, minute: u32) -> (String, i64) {
        let calendar = Register::shipped().calendar();
        let second = (hour * 60 + minute) * 60;
        let (day, wait) = next_digest(calendar, Date::parse(day).unwrap(), second).unwrap();
        (day.to_string(), wait)
    }

    #[test]
    fn a_digest_leaves_at_half_past_eight_of_the_next_working_day() {
        assert_eq!(digest("2024-07-15", 8, 0), ("2024-07-15".into(), 30 * 60));
        assert_eq!(digest("2024-07-15", 8, 30), ("2024-07-16".into(), 24 * 3600));
        // A Friday evening: the weekend is skipped.
        assert_eq!(digest("2024-07-19", 18, 30), ("2024-07-22".into(), 62 * 3600));
        // The holidays of October, and a Sunday that is worked.
        assert_eq!(digest("2024-09-30", 12, 0).0, "2024-10-08");
        assert_eq!(digest("2024-09-28", 12, 0).0, "2024-09-29");
    }

    #[test]
    fn a_nudge_and_what_is_due_today_cannot_be_muted() {
        assert_eq!(may_prefer(Topic::Nudge, Manner::Off).unwrap_err().code, "NTF-02");
        assert_eq!(may_prefer(Topic::Nudge, Manner::Digest).unwrap_err().code, "NTF-02");
        assert_eq!(may_prefer(Topic::Deadline, Manner::Off), Ok(()));
        assert_eq!(manner_of(Manner::Off, Topic::Nudge, false), Manner::AtOnce);
        assert_eq!(manner_of(Manner::Off, Topic::Deadline, true), Manner::AtOnce);
        assert_eq!(manner_of(Manner::Digest, Topic::Deadline, false), Manner::Digest);
    }

    #[test]
    fn nobody_is_nudged_twice_within_a_day() {
        assert_eq!(may_nudge(None, 0), Ok(()));
        let refused = may_nudge(Some(1000), 1000 + NUDGE_SECONDS - 1).unwrap_err();
        assert_eq!(refused.code, "NTF-01");
        assert!(refused.message.contains("1 小时后"), "{}", refused.message);
        assert_eq!(may_nudge(Some(1000), 1000 + NUDGE_SECONDS), Ok(()));
    }
}
