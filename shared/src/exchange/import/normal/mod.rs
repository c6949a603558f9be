//! 规范化: what people write, brought to the one text a document stores.
//!
//! Used alike for an imported cell, a pasted one and a typed one. A normaliser reads; it does not judge: a
//! count of 3.5 or a price with three decimals passes, and the form's rules then say what is wrong with it.

mod arithmetic;
mod date;
mod number;
mod words;

pub use date::{date, serial_date};
pub use number::{
    amount, count, money, number, percent, scaled_count, scaled_money, stored_decimal, stored_number,
};
pub(super) use number::{decimal_number, plain, scaled};
pub(crate) use words::fold;
pub use words::{choice, text, yes_no};

use crate::engine::definition::{FieldKind, Measure};
use crate::kernel::phone::{PhoneFault, read_phone};
use std::fmt;

/// Longest text read into a cell, in characters: what the server stores. A field's own limit is a rule's affair.
pub const LONGEST_TEXT: usize = 10_000;

/// The kinds of cell as far as reading them goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CellKind {
    Text,
    /// 金额（元）: stored with two decimals.
    Money,
    /// 百分数: `5.5` means 5.5 %.
    Percent,
    Number,
    /// 数量.
    Count,
    /// Stored `YYYY-MM-DD`.
    Date,
    /// 选项: one of these.
    Choice(Vec<String>),
    /// 是/否: stored `true` or `false`.
    YesNo,
    /// A row of the systems table, named by its 名称 or 编号.
    System,
    /// 代码: half-width capitals and digits without spaces.
    Code,
    Phone,
}

impl From<&FieldKind> for CellKind {
    fn from(kind: &FieldKind) -> CellKind {
        match kind {
            FieldKind::Text { .. } => CellKind::Text,
            FieldKind::Number { measure: Measure::Money, .. } => CellKind::Money,
            FieldKind::Number { measure: Measure::Percent, .. } => CellKind::Percent,
            FieldKind::Number { measure: Measure::Plain, .. } => CellKind::Number,
            FieldKind::Number { measure: Measure::Count, .. } => CellKind::Count,
            FieldKind::Date => CellKind::Date,
            FieldKind::Choice { choices, .. } => {
                CellKind::Choice(choices.iter().map(|choice| choice.value.clone()).collect())
            }
            FieldKind::Flag => CellKind::YesNo,
            FieldKind::RowOf { .. } => CellKind::System,
            FieldKind::CreditCode => CellKind::Code,
            FieldKind::Phone => CellKind::Phone,
        }
    }
}

/// Why a value could not be read; [`fmt::Display`] says it in Chinese with what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RejectReason {
    NotANumber,
    MisgroupedNumber,
    NumberTooLong,
    NotADate,
    NoSuchDay,
    DateWithoutDay,
    DateForNumber,
    NotAChoice {
        options: Vec<String>,
    },
    NotYesNo,
    UnknownSystem,
    AmbiguousSystem,
    FormulaWithoutResult,
    ErrorValue,
    MergedNumber,
    TextTooLong,
    NotAPhone,
    SeveralPhones,
    /// Counted in another measure or by another period than the field.
    OtherMeasure {
        stated: String,
    },
    PercentForNumber,
}

impl fmt::Display for RejectReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            RejectReason::NotANumber => "不是数字，请填写阿拉伯数字",
            RejectReason::MisgroupedNumber => "千分位逗号的位置不对，无法确定数值，请去掉逗号后重填",
            RejectReason::NumberTooLong => "数字过长，请核对后重填",
            RejectReason::NotADate => "不是日期，请写成 2019-06-03 这样的形式",
            RejectReason::NoSuchDay => "没有这一天，请核对年月日",
            RejectReason::DateWithoutDay => "缺少日，请补全到年月日，如 2019-06-03",
            RejectReason::DateForNumber => "是日期，这里要填数字",
            RejectReason::NotAChoice { options } => {
                return write!(f, "不在可选范围内，请从下列各项中选一项：{}", options.join("、"));
            }
            RejectReason::NotYesNo => "请填“是”或“否”",
            RejectReason::UnknownSystem => {
                "信息系统清单中没有这个系统，请先在清单中登记，或改用清单中的名称或编号"
            }
            RejectReason::AmbiguousSystem => "信息系统清单中有多个同名系统，请改用系统编号",
            RejectReason::FormulaWithoutResult => {
                "公式没有保存计算结果，请用表格软件打开并保存后重新导入，或直接填写数值"
            }
            RejectReason::ErrorValue => "公式出错，没有可用的值，请在原表中改正",
            RejectReason::TextTooLong => {
                return write!(f, "文字超过 {LONGEST_TEXT} 个，无法保存，请精简");
            }
            RejectReason::OtherMeasure { stated } => {
                return write!(f, "按“{stated}”计，与这一栏的计法不同，请换算后填写");
            }
            RejectReason::PercentForNumber => "显示为百分数，这里要填数，请改为普通数字后重填",
            RejectReason::NotAPhone => "不是电话号码，请填手机号，或带区号的座机，如 0351-1234567",
            RejectReason::SeveralPhones => "填了不止一个号码，请只留一个",
            RejectReason::MergedNumber => "合并单元格里的数只归首行，无法拆到本行，请逐行填写",
        };
        f.write_str(text)
    }
}

/// The stored text for what a person typed or pasted into a cell of this kind; empty stays empty, and where a number belongs
/// `=2+3` is worked out.
///
/// A system's name stays the trimmed name: matching it to a row needs the systems at hand, see
/// [`super::reading::match_system`].
///
/// # Errors
/// The Chinese reason, when the text cannot be read as this kind.
pub fn normalise(kind: &CellKind, typed: &str) -> Result<String, String> {
    let trimmed = text(typed);
    let outcome = match arithmetic::is_arithmetic(kind, &trimmed) {
        true => arithmetic::worked_out(kind, &trimmed),
        false => read(kind, typed),
    };
    outcome.map_err(|reason| reason.to_string())
}

pub(crate) fn read(kind: &CellKind, typed: &str) -> Result<String, RejectReason> {
    let trimmed = text(typed);
    if trimmed.is_empty() {
        return Ok(trimmed);
    }
    if trimmed.chars().nth(LONGEST_TEXT).is_some() {
        return Err(RejectReason::TextTooLong);
    }
    match kind {
        CellKind::Text | CellKind::System => Ok(trimmed),
        CellKind::Money => money(&trimmed),
        CellKind::Percent => percent(&trimmed, false),
        CellKind::Number => number(&trimmed),
        CellKind::Count => count(&trimmed),
        CellKind::Date => date(&trimmed),
        CellKind::Choice(options) => choice(&trimmed, options),
        CellKind::YesNo => yes_no(&trimmed),
        CellKind::Code => Ok(words::fold(&trimmed).to_uppercase()),
        CellKind::Phone => read_phone(&trimmed).map_err(|fault| match fault {
            PhoneFault::Several => RejectReason::SeveralPhones,
            PhoneFault::Unreadable => RejectReason::NotAPhone,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds() -> Vec<CellKind> {
        vec![
            CellKind::Text,
            CellKind::Money,
            CellKind::Percent,
            CellKind::Number,
            CellKind::Count,
            CellKind::Date,
            CellKind::Choice(vec!["原厂".into(), "第三方".into()]),
            CellKind::YesNo,
            CellKind::Code,
            CellKind::Phone,
        ]
    }

    #[test]
    fn empty_stays_empty_for_every_kind() {
        for kind in kinds() {
            assert_eq!(normalise(&kind, " \u{3000}\t "), Ok(String::new()), "{kind:?}");
        }
    }

    proptest::proptest! {
        /// What is stored reads back as itself, and nothing typed makes a normaliser panic.
        #[test]
        fn normalising_twice_changes_nothing(typed in "[0-9０-９,，.．¥￥元万%％年月日/()（） eE+-]{0,14}|\\PC{0,20}") {
            for kind in kinds() {
                if let Ok(once) = normalise(&kind, &typed) {
                    proptest::prop_assert_eq!(normalise(&kind, &once), Ok(once.clone()), "{:?} {:?}", kind, typed);
                }
            }
        }

        #[test]
        fn every_amount_survives_its_written_forms(fen in -1_000_000_000_000i64..1_000_000_000_000) {
            let plain = format!("{:.2}", rust_decimal::Decimal::new(fen, 2));
            let grouped = crate::kernel::money::grouped(&plain);
            let wide: String = grouped
                .chars()
                .map(|c| char::from_u32(c as u32 + 0xFEE0).unwrap())
                .collect();
            for written in [plain.clone(), grouped.clone(), format!("￥{grouped}"), format!("{grouped} 元"), wide] {
                proptest::prop_assert_eq!(money(&written), Ok(plain.clone()), "{}", written);
            }
        }
    }
}
