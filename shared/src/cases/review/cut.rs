//! 核减: a typed act on one line. The amounts are exact: a share is rounded half-up to the 分 line by line, and no
//! line is ever cut below nothing.

use crate::kernel::ids::{RowId, ThreadId};
use crate::kernel::money::Money;
use crate::kernel::words::words;
use serde::{Deserialize, Serialize};

words! {
    /// 核减事由.
    CutReason {
        OverStandard "over_standard" "超标准",
        Duplicate "duplicate" "重复",
        InWarranty "in_warranty" "在保",
        OutOfScope "out_of_scope" "不属范围",
        Unfounded "unfounded" "依据不足",
        Other "other" "其他",
    }
}

impl CutReason {
    pub fn from_word(word: &str) -> Option<CutReason> {
        CutReason::ALL.into_iter().find(|reason| reason.word() == word)
    }

    /// The article a cut for this reason usually rests on; the reviewer may name another.
    pub fn article(self) -> u8 {
        match self {
            CutReason::OutOfScope => 2,
            CutReason::InWarranty => 1,
            _ => 4,
        }
    }
}

/// 核减比例 in hundredths of a percent: 1 – 10 000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Share(pub u32);

impl Share {
    pub const WHOLE: u32 = 10_000;

    /// This share of an amount, half-up to the 分.
    pub fn of(self, amount: Money) -> Money {
        let exact = i128::from(amount.fen()) * i128::from(self.0);
        let rounded = (exact * 2 + i128::from(Share::WHOLE)).div_euclid(2 * i128::from(Share::WHOLE));
        Money::from_fen(i64::try_from(rounded).unwrap_or(amount.fen()))
    }

    /// Reads a percentage with at most two decimals, such as `12.5`.
    pub fn parse(text: &str) -> Option<Share> {
        let percent: rust_decimal::Decimal = text.trim().trim_end_matches(['%', '％']).trim().parse().ok()?;
        let share = Money::from_yuan(percent)?.fen();
        u32::try_from(share).ok().map(Share).filter(|share| share.fits())
    }

    pub fn fits(self) -> bool {
        (1..=Share::WHOLE).contains(&self.0)
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}%", rust_decimal::Decimal::new(i64::from(self.0), 2).normalize())
    }
}

/// How much is cut of each line of an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HowMuch {
    Amount(Money),
    Share(Share),
}

impl HowMuch {
    /// The cut of a line of which `base` is left to cut from.
    pub fn of(self, base: Money) -> Money {
        match self {
            HowMuch::Amount(amount) => amount,
            HowMuch::Share(share) => share.of(base),
        }
    }
}

/// A line an act cuts, and the thread the cut is talked over in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CutLine {
    pub thread: ThreadId,
    pub table: String,
    pub row: RowId,
}

words! {
    /// What came of a cut.
    Verdict {
        Proposed "proposed" "待答复",
        Accepted "accepted" "部门接受",
        Contested "contested" "部门有异议",
        /// The office decided it stands, whatever the department said.
        Upheld "upheld" "维持核减",
        /// Counts for nothing.
        Withdrawn "withdrawn" "已撤销",
    }
}

/// One cut of one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cut {
    pub amount: Money,
    pub reason: CutReason,
    /// 依据条款.
    pub article: u8,
    /// The line's 申报金额 the cut was stated for. Where the line has another now, the office states the cut anew.
    pub stated_for: Money,
    pub verdict: Verdict,
}

impl Cut {
    pub fn counts(&self) -> bool {
        self.verdict != Verdict::Withdrawn
    }

    /// Whether it is settled for a line that now asks for `amount`.
    pub fn settled(&self, amount: Money) -> bool {
        match self.verdict {
            Verdict::Withdrawn => true,
            Verdict::Accepted | Verdict::Upheld => self.stated_for == amount,
            Verdict::Proposed | Verdict::Contested => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_rounds_half_up_to_the_fen() {
        assert_eq!(Share(1250).of(Money::from_fen(100)), Money::from_fen(13));
        assert_eq!(Share(1000).of(Money::from_fen(104)), Money::from_fen(10));
        assert_eq!(Share(Share::WHOLE).of(Money::from_fen(367_133_087)), Money::from_fen(367_133_087));
        assert_eq!(Share(1).of(Money::from_fen(i64::MAX)), Money::from_fen(922_337_203_685_478));
    }

    #[test]
    fn a_percentage_is_read_as_people_write_it() {
        let read = |text: &str| Share::parse(text).map(|share| share.0);
        assert_eq!(
            ["10", "12.5%", " 0.01 ", "100％"].map(read),
            [Some(1000), Some(1250), Some(1), Some(10_000)]
        );
        assert_eq!(["0", "100.01", "-5", "1.234", "十"].map(read), [None; 5]);
        assert_eq!(Share(1250).to_string(), "12.5%");
    }
}
