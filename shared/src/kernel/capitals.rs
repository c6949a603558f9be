//! 大写金额: an amount in the characters that cannot be altered, by the rules of the 支付结算办法. Where the rules leave
//! a choice, one form is always used: 零 wherever the section before ends in zero, 整 after 元 and after 角.

use crate::kernel::money::Money;

const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];

/// `壹拾万零柒仟元伍角叁分`.
pub fn in_capitals(money: Money) -> String {
    let fen = money.fen().unsigned_abs();
    let (yuan, jiao, fen) = (fen / 100, fen / 10 % 10, fen % 10);
    let mut out = String::new();
    if money.is_negative() {
        out.push('负');
    }
    if yuan > 0 || (jiao, fen) == (0, 0) {
        whole(yuan, &mut out);
        out.push('元');
    }
    if jiao > 0 {
        out.push(digit(jiao));
        out.push('角');
    }
    if fen > 0 {
        if jiao == 0 && yuan > 0 {
            out.push('零');
        }
        out.push(digit(fen));
        out.push('分');
    } else {
        out.push('整');
    }
    out
}

fn digit(n: u64) -> char {
    DIGITS[usize::try_from(n % 10).unwrap_or(0)]
}

/// A whole number, section by section.
fn whole(n: u64, out: &mut String) {
    const UNITS: [(u64, char); 5] =
        [(100_000_000, '亿'), (10_000, '万'), (1000, '仟'), (100, '佰'), (10, '拾')];
    let Some((size, unit)) = UNITS.into_iter().find(|(size, _)| n >= *size) else {
        return out.push(digit(n));
    };
    let (high, low) = (n / size, n % size);
    whole(high, out);
    out.push(unit);
    if low > 0 {
        // Places left out between, or a section that ends in zero.
        if low < size / 10 || (size >= 10_000 && high % 10 == 0) {
            out.push('零');
        }
        whole(low, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_the_rules_have_them() {
        for (fen, written) in [
            (140_950, "壹仟肆佰零玖元伍角整"),
            (600_714, "陆仟零柒元壹角肆分"),
            (168_032, "壹仟陆佰捌拾元叁角贰分"),
            (10_700_053, "壹拾万零柒仟元伍角叁分"),
            (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
            (32_504, "叁佰贰拾伍元零肆分"),
            (5, "伍分"),
            (50, "伍角整"),
            (2000, "贰拾元整"),
            (0, "零元整"),
            (-100, "负壹元整"),
            (10_000_000_000, "壹亿元整"),
            (10_000_000_100, "壹亿零壹元整"),
            (100_100_000_000, "壹拾亿零壹佰万元整"),
            (367_133_087, "叁佰陆拾柒万壹仟叁佰叁拾元捌角柒分"),
            (1_000_000_000_000, "壹佰亿元整"),
        ] {
            assert_eq!(in_capitals(Money::from_fen(fen)), written);
        }
    }

    proptest::proptest! {
        /// No two zeros stand together and none before a unit, whatever the amount.
        #[test]
        fn zeros_never_pile_up(fen in 1i64..9_000_000_000_000_000) {
            let written = in_capitals(Money::from_fen(fen));
            for wrong in ["零零", "零元", "零万", "零亿", "零拾", "零佰", "零仟", "零角"] {
                proptest::prop_assert!(!written.contains(wrong), "{} {}", fen, written);
            }
        }
    }
}
