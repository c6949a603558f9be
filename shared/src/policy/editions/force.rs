//! 效力 (Art. 18): the intervals of days an edition holds, each by a document, one following the other without a gap.

use super::EditionError;
use crate::kernel::calendar::Date;
use crate::policy::document_number::document_number;
use serde::{Deserialize, Serialize};

/// Longest extension in years; a longer one is taken for a slip of the pen.
const LONGEST_EXTENSION: i32 = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ForceKind {
    Original,
    /// 延续执行.
    Extension,
}

/// An interval of force, both days included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForceInterval {
    pub kind: ForceKind,
    /// 文号.
    pub document: String,
    /// Date of the document.
    pub dated: Date,
    pub from: Date,
    pub to: Date,
}

/// Every fault of an edition's force. `today` bounds the dates of the documents where it is known.
pub fn faults(force: &[ForceInterval], today: Option<Date>) -> Vec<EditionError> {
    let mut faults = Vec::new();
    for (n, interval) in force.iter().enumerate() {
        let at = |field: &str| format!("force/{n}/{field}");
        if let Err((field, message)) = document(&interval.document, interval.dated, today) {
            faults.push(EditionError::new("EDN-04", Some(&at(field)), message));
        }
        let original = n == 0;
        if original != (interval.kind == ForceKind::Original) {
            let message = "第一段效力应为原文件（original），其后各段应为延续（extension）";
            faults.push(EditionError::new("EDN-05", Some(&at("kind")), message));
        }
        let before = n.checked_sub(1).and_then(|before| force.get(before));
        if let Err(message) = days(before, interval.from, interval.to) {
            faults.push(EditionError::new("EDN-05", Some(&at("from")), message));
        }
    }
    faults
}

/// The force with an extension until `until`. It begins the day after the last interval, also when it is recorded late.
pub fn extend(
    force: &[ForceInterval],
    document: &str,
    dated: Date,
    until: Date,
    today: Date,
) -> Result<Vec<ForceInterval>, EditionError> {
    self::document(document, dated, Some(today))
        .map_err(|(_, message)| EditionError::new("EDN-04", None, message))?;
    let refuse = |message: String| EditionError::new("EDN-05", None, message);
    let last = force.last().ok_or_else(|| refuse("没有可以延续的效力".to_string()))?;
    let from = last.to.plus_days(1).ok_or_else(|| refuse("日期超出范围".to_string()))?;
    days(Some(last), from, until).map_err(refuse)?;
    let document = document.to_string();
    let extension = ForceInterval { kind: ForceKind::Extension, document, dated, from, to: until };
    Ok(force.iter().cloned().chain([extension]).collect())
}

/// The field at fault and what is wrong with it.
fn document(number: &str, dated: Date, today: Option<Date>) -> Result<(), (&'static str, String)> {
    if document_number(number).is_ok_and(|normal| normal == number) {
        return match today {
            Some(today) if dated > today => {
                Err(("dated", format!("文件日期 {dated} 晚于今天（{today}），请核对")))
            }
            _ => Ok(()),
        };
    }
    let text = format!("文号“{number}”应写作“晋财行〔2022〕51号”：六角括号内四位年份，序号不加“第”、不补零");
    Err(("document", text))
}

/// An interval ends after it begins, follows its predecessor and does not extend it for too long.
fn days(before: Option<&ForceInterval>, from: Date, to: Date) -> Result<(), String> {
    if let Some(before) = before {
        if before.to.plus_days(1) != Some(from) {
            return Err(format!("应从上一段效力结束（{}）的次日起，不得间断或重叠", before.to));
        }
        let parts = |day: Date, years: i32| (day.year() + years, day.month(), day.day());
        if parts(to, 0) > parts(before.to, LONGEST_EXTENSION) {
            return Err(format!("延续至 {to} 超过 {LONGEST_EXTENSION} 年，请核对"));
        }
    }
    if to < from {
        return Err(format!("结束日 {to} 早于开始日 {from}"));
    }
    Ok(())
}
