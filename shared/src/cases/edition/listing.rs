//! 政策版本变更一览: its columns in lists, and what its page says of it.

use super::case::EditionCase;
use crate::cases::kernel::{CellValue, Column, SummaryLine};
use crate::policy::editions::register::ConfirmedChange;

pub const COLUMNS: &[Column] =
    &[Column::text("change", "变更"), Column::text("base", "所据版本"), Column::text("document", "依据文件")];

/// One per column.
pub fn cells(case: &EditionCase) -> Vec<CellValue> {
    vec![CellValue::text(case.change.label()), CellValue::text(&case.base), CellValue::text(document(case))]
}

/// What was proposed, what a dry run came to, and who signed.
pub fn summary(case: &EditionCase) -> Vec<SummaryLine> {
    let mut lines = vec![
        SummaryLine::of("change", "变更种类", case.change.label()),
        SummaryLine::of("base", "所据版本", format!("{}　{}", case.base_document, case.base)),
    ];
    match &case.proposed {
        Some(ConfirmedChange::Edition { file }) => {
            lines.push(SummaryLine::of("edition", "本稿", format!("{}　{}", file.title, file.code())));
            let from_year = format!("{} 年度起", file.from_year);
            lines.push(SummaryLine::of("from_year", "执行年度", from_year));
        }
        Some(ConfirmedChange::Extension { force, .. }) => {
            if let Some(last) = force.last() {
                let text = format!("{}，{} 至 {}", last.document, last.from, last.to);
                lines.push(SummaryLine::of("extension", "延续效力", text));
            }
        }
        Some(ConfirmedChange::Calendar { year, days }) => {
            let (off, worked) = (days.holidays.len(), days.workdays.len());
            let text = format!("{year} 年：放假 {off} 天，调休上班 {worked} 天");
            lines.push(SummaryLine::of("calendar", "工作日历", text));
        }
        Some(ConfirmedChange::Shipped { .. }) | None => {}
    }
    if let Some(trial) = &case.trial {
        let text = format!(
            "{} 年度 {} 份申请：新增不通过 {} 份，新增通过 {} 份",
            trial.year.0, trial.requests, trial.newly_failing, trial.newly_passing
        );
        lines.push(SummaryLine::of("trial", "试算", text));
        let rules = trial.by_rule.iter().map(|(rule, count)| format!("{rule} {count} 处"));
        let rules = rules.collect::<Vec<_>>().join("、");
        if !rules.is_empty() {
            lines.push(SummaryLine::of("trial_rules", "试算差异", rules));
        }
    }
    let people = [
        ("opened_by", "拟订", Some(&case.opened_by)),
        ("proposed_by", "提请复核", case.proposed_by.as_ref()),
        ("confirmed_by", "启用", case.confirmed_by.as_ref()),
    ];
    let signed = people.into_iter().filter_map(|(key, label, by)| Some((key, label, by?)));
    lines.extend(signed.map(|(key, label, by)| SummaryLine::of(key, label, by.name.as_str())));
    lines
}

/// 文号 of what was proposed.
fn document(case: &EditionCase) -> &str {
    match &case.proposed {
        Some(ConfirmedChange::Edition { file }) => file.document(),
        Some(ConfirmedChange::Extension { force, .. }) => force.last().map_or("", |last| &last.document),
        Some(ConfirmedChange::Calendar { days, .. }) => &days.document,
        Some(ConfirmedChange::Shipped { .. }) | None => "",
    }
}
