//! 政策版本: every date, rate, weight and threshold the measures leave to parameters, by effective date.
//!
//! A number changes by decree, not by editing a rule, and last year's request stays judged by last year's
//! number. Rates: DB14/T 2163-2020 and the provincial cost standards; weights: 财预〔2021〕101号.

use crate::kernel::calendar::{Date, FiscalYear};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// One edition of the policy: what held for requests of the fiscal years it covers.
#[derive(Clone, Debug, PartialEq)]
pub struct Edition {
    /// 文号.
    pub code: &'static str,
    /// First and last day the measures are in force (Art. 18).
    pub in_force: (Date, Date),
    /// 申报窗口: first and last (month, day) of Y−1 on which departments submit (Art. 4).
    pub window: ((u8, u8), (u8, u8)),
    /// 汇总报送截止: (month, day) of Y−1 (Art. 4).
    pub consolidation_deadline: (u8, u8),
    /// 部门支出经济分类 of each of the five categories: table key, code, name.
    pub economic_codes: [(&'static str, &'static str, &'static str); 5],
    /// Single numbers by name.
    pub numbers: BTreeMap<&'static str, Decimal>,
    /// Tables of numbers by name and key.
    pub tables: BTreeMap<&'static str, BTreeMap<&'static str, Decimal>>,
}

impl Edition {
    /// The edition of 晋财行〔2022〕51号: in force 2023-01-01 to 2024-12-31.
    pub fn measures_2022_51() -> Edition {
        let day = |year, month, day| Date::new(year, month, day).unwrap_or(FiscalYear(year).first_day());
        Edition {
            code: "晋财行〔2022〕51号",
            in_force: (day(2023, 1, 1), day(2024, 12, 31)),
            window: ((6, 1), (8, 31)),
            consolidation_deadline: (10, 31),
            economic_codes: [
                ("infrastructure", "30213", "维修(护)费"),
                ("hardware", "30213", "维修(护)费"),
                ("software", "30213", "维修(护)费"),
                ("other", "30227", "委托业务费"),
                ("cloud", "30227", "委托业务费"),
            ],
            numbers: numbers(&[
                // 增长率上限, in percent (Art. 4).
                ("growth_limit", "10"),
                // 测算依据必填的金额, in 元.
                ("basis_threshold", "100000.00"),
                // Above reference cap × this no explanation helps.
                ("cap_ceiling", "1.5"),
                // 超龄设备: years of use, and the factor on its cap.
                ("old_after_years", "5"),
                ("old_factor", "1.2"),
                // 绩效指标分值合计.
                ("weight_base", "90"),
                ("fewest_indicators", "5"),
                ("most_indicators", "15"),
            ]),
            tables: BTreeMap::from([
                ("rate_cap", numbers(&RATE_CAPS)),
                (
                    "share_with_cost",
                    numbers(&[("成本", "20"), ("产出", "40"), ("效益", "20"), ("满意度", "10")]),
                ),
                ("share_without_cost", numbers(&[("产出", "50"), ("效益", "30"), ("满意度", "10")])),
            ]),
        }
    }

    /// 经济分类 of a category: code and name.
    pub fn economic_code(&self, category: &str) -> Option<(&'static str, &'static str)> {
        self.economic_codes.iter().find(|(of, _, _)| *of == category).map(|(_, code, name)| (*code, *name))
    }

    /// The edition a fiscal year belongs to, `None` outside all of them (Art. 18): the year's first day
    /// must lie in the edition's force.
    pub fn of(year: FiscalYear) -> Option<Edition> {
        let edition = Edition::measures_2022_51();
        let (from, to) = edition.in_force;
        (from <= year.first_day() && year.first_day() <= to).then_some(edition)
    }
}

/// 参考费率上限, in percent of purchase value per year.
const RATE_CAPS: [(&str, &str); 20] = [
    ("机房", "4"),
    ("UPS", "6"),
    ("空调", "6"),
    ("消防", "7.5"),
    ("安防", "6"),
    ("服务器", "5.5"),
    ("存储", "6"),
    ("网络", "3.5"),
    ("安全", "8.5"),
    ("小型机", "7"),
    ("终端", "5"),
    ("视频会议", "5"),
    ("操作系统", "5.5"),
    ("办公软件", "5.5"),
    ("中间件", "9.5"),
    ("数据库", "9.5"),
    ("虚拟化", "7.5"),
    ("安全软件", "10"),
    ("定制简单", "6"),
    ("定制复杂", "10"),
];

fn numbers(pairs: &[(&'static str, &str)]) -> BTreeMap<&'static str, Decimal> {
    pairs.iter().map(|(name, text)| (*name, text.parse().unwrap_or_default())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_measures_cover_two_fiscal_years_and_no_third() {
        assert!(Edition::of(FiscalYear(2022)).is_none());
        assert_eq!(Edition::of(FiscalYear(2023)).unwrap().code, "晋财行〔2022〕51号");
        assert!(Edition::of(FiscalYear(2024)).is_some());
        assert!(Edition::of(FiscalYear(2025)).is_none());
    }

    #[test]
    fn every_number_of_the_edition_is_read() {
        let edition = Edition::measures_2022_51();
        assert!(edition.numbers.values().all(|n| !n.is_zero()));
        assert!(edition.tables.values().flat_map(|t| t.values()).all(|n| !n.is_zero()));
        assert_eq!(edition.tables["rate_cap"]["空调"], Decimal::from(6));
    }
}
