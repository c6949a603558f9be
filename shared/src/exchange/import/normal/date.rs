//! Dates as offices write them, and as spreadsheets count them.

use super::RejectReason;
use crate::kernel::calendar::Date;
use crate::kernel::characters::half_width;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// `YYYY-MM-DD` from `2019-06-03`, `2019/6/3`, `2019.6.3`, `2019年6月3日`, `二〇一九年六月三日` or `20190603`; a time
/// of day or a day of the week after it is dropped.
///
/// # Errors
/// Not a date, no such day, or a month without its day.
pub fn date(raw: &str) -> Result<String, RejectReason> {
    let narrow: String = raw.chars().map(half_width).collect();
    let day_part = without_weekday(without_time(narrow.trim()));
    let compact: String = day_part.chars().filter(|c| !c.is_whitespace()).collect();
    let compact = in_digits(&compact).unwrap_or(compact);
    if compact.len() == 8 && compact.bytes().all(|b| b.is_ascii_digit()) {
        return day(&compact[..4], &compact[4..6], &compact[6..]);
    }
    let unified: String = compact
        .chars()
        .map(|c| if matches!(c, '年' | '月' | '/' | '.' | '-' | '—' | '–') { '-' } else { c })
        .collect();
    let parts: Vec<&str> = unified.trim_end_matches(['日', '号', '-']).split('-').collect();
    let numeric = |part: &str, longest| {
        !part.is_empty() && part.len() <= longest && part.bytes().all(|b| b.is_ascii_digit())
    };
    match parts[..] {
        [year, month, dom] if year.len() == 4 && numeric(year, 4) && numeric(month, 2) && numeric(dom, 2) => {
            day(year, month, dom)
        }
        [year, month] if year.len() == 4 && numeric(year, 4) && numeric(month, 2) => {
            Err(RejectReason::DateWithoutDay)
        }
        _ => Err(RejectReason::NotADate),
    }
}

/// `2019-06-03 00:00:00` and `2019-06-03T08:00` without their time; a space inside `2019 年 6 月` is no time.
fn without_time(text: &str) -> &str {
    match text.split_once([' ', 'T']) {
        // Thousandths of a second stand behind the last colon.
        Some((before, after))
            if after.rsplit_once(':').is_some_and(|(clock, _)| !clock.contains('.'))
                && !after.contains(['年', '月', '日', '号', '/', '-']) =>
        {
            before
        }
        _ => text,
    }
}

/// `2019年6月3日 星期一`, `2019-06-03（周一）` without their day of the week.
fn without_weekday(text: &str) -> &str {
    let at = ["星期", "周"].iter().find_map(|word| text.find(word));
    let Some((before, after)) = at.map(|at| text.split_at(at)) else { return text };
    let days = after.trim_start_matches("星期").trim_start_matches('周').trim_end_matches([')', ' ']);
    let is_day = days.chars().count() == 1 && "一二三四五六日天".contains(days);
    if is_day { before.trim_end().trim_end_matches('(').trim_end() } else { text }
}

/// 年月日 in the numerals of official documents (GB/T 9704): `二〇一九年十二月三十一日`; `None` where a part is none.
fn in_digits(text: &str) -> Option<String> {
    let (year, rest) = text.split_once('年')?;
    let (month, rest) = rest.split_once('月')?;
    let day = rest.trim_end_matches(['日', '号']);
    let year: String =
        year.chars().map(numeral).map(|digit| Some(digit?.to_string())).collect::<Option<_>>()?;
    Some(format!("{year}年{}月{}日", below_hundred(month)?, below_hundred(day)?))
}

fn numeral(c: char) -> Option<usize> {
    match c {
        '〇' | '○' | 'O' => Some(0),
        '0'..='9' => c.to_digit(10).and_then(|digit| usize::try_from(digit).ok()),
        c => "零一二三四五六七八九".chars().position(|digit| digit == c),
    }
}

/// 三, 十, 十二, 二十, 三十一; 3 and 31 where numerals and digits are mixed.
fn below_hundred(text: &str) -> Option<usize> {
    if !text.is_empty() && text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok();
    }
    let one = |text: &str| {
        let mut digits = text.chars();
        digits.next().and_then(numeral).filter(|_| digits.next().is_none())
    };
    match text.split_once('十') {
        None => one(text),
        Some((tens, ones)) => {
            let tens = if tens.is_empty() { 1 } else { one(tens)? };
            let ones = if ones.is_empty() { 0 } else { one(ones)? };
            Some(tens * 10 + ones)
        }
    }
}

fn day(year: &str, month: &str, day: &str) -> Result<String, RejectReason> {
    let found = (|| Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?))();
    found.map(|date| date.to_string()).ok_or(RejectReason::NoSuchDay)
}

/// `YYYY-MM-DD` of a spreadsheet's serial date; its fraction is a time of day and dropped.
///
/// # Errors
/// [`Reason::NotADate`] when the serial lies outside the calendar or on 29 February 1900, which only
/// spreadsheets believe in.
pub fn serial_date(serial: &str, date_1904: bool) -> Result<String, RejectReason> {
    let days =
        serial.parse::<Decimal>().ok().and_then(|d| d.floor().to_i64()).ok_or(RejectReason::NotADate)?;
    let (first, offset) = match (date_1904, days) {
        (true, 0..) => (Date::new(1904, 1, 1), days),
        // The 1900 system counts a 29 February 1900 as day 60.
        (false, 1..=59) => (Date::new(1900, 1, 1), days - 1),
        (false, 61..) => (Date::new(1900, 1, 1), days - 2),
        _ => return Err(RejectReason::NotADate),
    };
    first
        .filter(|_| offset < 500_000)
        .and_then(|d| d.plus_days(offset))
        .filter(|d| d.year() <= 2999)
        .map(|d| d.to_string())
        .ok_or(RejectReason::NotADate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ways_of_writing_a_day() {
        for written in [
            "2019-06-03",
            "2019/6/3",
            "2019.6.3",
            "2019.06.03",
            "2019年6月3日",
            "２０１９年０６月０３日",
            "2019 年 6 月 3 日",
            "2019年6月3号",
            "20190603",
            " 2019-6-3 00:00:00",
            "2019-06-03T00:00:00",
            "二〇一九年六月三日",
            "二零一九年六月三号",
            "二○一九年六月三日",
            "2019年6月3日 星期一",
            "2019-06-03（周一）",
            "2019/6/3周一",
            "2019-06-03 00:00:00.000",
            "2019年六月三日",
            "二0一九年6月三日",
        ] {
            assert_eq!(date(written).as_deref(), Ok("2019-06-03"), "{written}");
        }
        assert_eq!(date("二〇二三年十二月三十一日").as_deref(), Ok("2023-12-31"));
        assert_eq!(date("二〇二三年十月二十日").as_deref(), Ok("2023-10-20"));
    }

    #[test]
    fn what_is_no_day_is_refused_and_says_why() {
        for (written, reason) in [
            ("2019年6月", RejectReason::DateWithoutDay),
            ("2019.6", RejectReason::DateWithoutDay),
            ("2019-02-29", RejectReason::NoSuchDay),
            ("20191301", RejectReason::NoSuchDay),
            ("19-6-3", RejectReason::NotADate),
            ("43299", RejectReason::NotADate),
            ("长期", RejectReason::NotADate),
            ("二〇一九年六月", RejectReason::NotADate),
            ("二〇一九年二月二十九日", RejectReason::NoSuchDay),
            ("二〇一九年六月上旬", RejectReason::NotADate),
            ("2019年6月3日 周期性", RejectReason::NotADate),
            ("2019-6-3-1", RejectReason::NotADate),
            ("3/6/2019", RejectReason::NotADate),
        ] {
            assert_eq!(date(written), Err(reason), "{written}");
        }
    }

    #[test]
    fn serial_dates_of_both_systems() {
        assert_eq!(serial_date("43299", false).as_deref(), Ok("2018-07-18"));
        assert_eq!(serial_date("43299.75", false).as_deref(), Ok("2018-07-18"));
        assert_eq!(serial_date("41837", true).as_deref(), Ok("2018-07-18"));
        assert_eq!(serial_date("1", false).as_deref(), Ok("1900-01-01"));
        assert_eq!(serial_date("59", false).as_deref(), Ok("1900-02-28"));
        assert_eq!(serial_date("61", false).as_deref(), Ok("1900-03-01"));
        assert_eq!(serial_date("0", true).as_deref(), Ok("1904-01-01"));
        for wrong in ["60", "0", "-1", "99999999999", "abc"] {
            assert_eq!(serial_date(wrong, false), Err(RejectReason::NotADate), "{wrong}");
        }
    }
}
