//! 时刻: the moment something was done, to the second, in Beijing time. There is no clock here; the server reads it.

use crate::kernel::calendar::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

const LAST_SECOND: u32 = 24 * 60 * 60 - 1;

/// Written `YYYY-MM-DD HH:MM:SS` on the wire, in rows and on the screen. China has one time zone and no daylight
/// saving, so the text order is the order in time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    date: Date,
    second: u32,
}

/// The text is not a moment written `YYYY-MM-DD HH:MM:SS`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a timestamp is written YYYY-MM-DD HH:MM:SS, not {0:?}")]
pub struct InvalidTimestamp(String);

impl Timestamp {
    /// The moment `second` seconds after midnight; a leap second counts as the one before it.
    pub fn new(date: Date, second: u32) -> Timestamp {
        Timestamp { date, second: second.min(LAST_SECOND) }
    }

    pub fn date(self) -> Date {
        self.date
    }

    /// Seconds since midnight.
    pub fn second_of_day(self) -> u32 {
        self.second
    }

    /// For lists, where seconds do not matter: `YYYY-MM-DD HH:MM`.
    pub fn to_minute(self) -> String {
        let minute = self.second / 60;
        format!("{} {:02}:{:02}", self.date, minute / 60, minute % 60)
    }

    fn read(text: &str) -> Option<Timestamp> {
        let (date, time) = text.split_once(' ')?;
        let &[h1, h0, b':', m1, m0, b':', s1, s0] = time.as_bytes() else { return None };
        let number = |tens: u8, ones: u8, below: u32| {
            let digits = tens.is_ascii_digit() && ones.is_ascii_digit();
            let number = u32::from(tens.wrapping_sub(b'0')) * 10 + u32::from(ones.wrapping_sub(b'0'));
            (digits && number < below).then_some(number)
        };
        let (hour, minute, second) = (number(h1, h0, 24)?, number(m1, m0, 60)?, number(s1, s0, 60)?);
        Some(Timestamp::new(Date::parse(date)?, (hour * 60 + minute) * 60 + second))
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    fn from_str(text: &str) -> Result<Timestamp, InvalidTimestamp> {
        Timestamp::read(text).ok_or_else(|| InvalidTimestamp(text.to_string()))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{:02}", self.to_minute(), self.second % 60)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_read_and_written_as_it_is() {
        for text in ["2023-09-15 10:00:07", "2024-02-29 00:00:00", "1999-12-31 23:59:59"] {
            let moment: Timestamp = text.parse().unwrap();
            assert_eq!(moment.to_string(), text);
            assert_eq!(serde_json::to_string(&moment).unwrap(), format!("\"{text}\""));
            assert_eq!(serde_json::from_str::<Timestamp>(&format!("\"{text}\"")).unwrap(), moment);
            assert_eq!(
                (moment.date().to_string() + " ", moment.to_minute()),
                (text[..11].into(), text[..16].into())
            );
        }
    }

    #[test]
    fn later_is_greater() {
        let read = |text: &str| text.parse::<Timestamp>().unwrap();
        assert!(read("2023-09-15 23:59:59") < read("2023-09-16 00:00:00"));
        assert!(read("2023-09-15 09:59:59") < read("2023-09-15 10:00:00"));
    }

    #[test]
    fn any_other_text_is_refused() {
        for wrong in [
            "",
            "2023-09-15",
            "2023-09-15T10:00:00",
            "2023-09-15 10:00",
            "2023-09-15 24:00:00",
            "2023-09-15 10:60:00",
            "2023-09-15 10:00:60",
            "2023-09-15 10:00:00Z",
            "2023-09-15 1:00:000",
            "2023-02-29 10:00:00",
            "2023-09-15 +1:00:00",
        ] {
            assert!(wrong.parse::<Timestamp>().is_err(), "{wrong}");
        }
    }
}
