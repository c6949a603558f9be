//! 时钟: the one source of time. Everything else asks it for the day; the demonstration stands on a fixed day.

use shared::kernel::calendar::{Date, FiscalYear};
use shared::kernel::timestamp::Timestamp;
use std::time::{SystemTime, UNIX_EPOCH};
use time::{OffsetDateTime, UtcOffset};

/// China has one time zone and no daylight saving.
const BEIJING: i8 = 8;

#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    /// The day the demonstration takes place on; `None` is the real one.
    pub fixed_day: Option<Date>,
}

impl Clock {
    /// The business day in Beijing.
    pub fn today(self) -> Date {
        self.day_of(beijing())
    }

    /// The moment for records, in Beijing time.
    pub fn stamp(self) -> Timestamp {
        let now = beijing();
        let minutes = u32::from(now.hour()) * 60 + u32::from(now.minute());
        Timestamp::new(self.day_of(now), minutes * 60 + u32::from(now.second()))
    }

    /// Real Unix seconds: sessions and lockouts run out on the demonstration day as well.
    pub fn seconds(self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    }

    fn day_of(self, now: OffsetDateTime) -> Date {
        self.fixed_day.unwrap_or_else(|| {
            Date::new(now.year(), u8::from(now.month()), now.day())
                .unwrap_or(FiscalYear(now.year()).last_day())
        })
    }
}

fn beijing() -> OffsetDateTime {
    let offset = UtcOffset::from_hms(BEIJING, 0, 0).unwrap_or(UtcOffset::UTC);
    OffsetDateTime::now_utc().to_offset(offset)
}
