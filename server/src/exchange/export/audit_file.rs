//! 审计日志文件: the entries of a filter as a workbook, as CSV and as JSON lines.

use rust_xlsxwriter::{Format, Workbook};
use shared::api::audit::AuditEntry;
use shared::exchange::export::csv::csv_text;

/// Columns with their widths in characters.
const COLUMNS: [(&str, u16); 13] = [
    ("序号", 8),
    ("时间", 20),
    ("账号", 18),
    ("姓名", 12),
    ("岗位", 20),
    ("行为", 20),
    ("行为代码", 26),
    ("对象", 24),
    ("说明", 48),
    ("结果", 16),
    ("网络", 18),
    ("会话", 18),
    ("链接", 66),
];

fn cells(entry: &AuditEntry) -> [String; 13] {
    let AuditEntry {
        seq,
        at,
        account,
        name,
        role,
        act,
        label,
        subject,
        detail,
        outcome,
        network,
        session,
        hash,
    } = entry;
    let texts = [at, account, name, role, label, act, subject, detail, outcome, network, session, hash];
    let mut cells = [const { String::new() }; 13];
    cells[0] = seq.to_string();
    cells.iter_mut().skip(1).zip(texts).for_each(|(cell, text)| cell.clone_from(text));
    cells
}

/// The workbook's bytes. Every cell is text, so that nothing becomes a formula.
pub fn xlsx(entries: &[AuditEntry]) -> anyhow::Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("审计日志")?.set_freeze_panes(1, 0)?;
    let heading = Format::new().set_bold();
    for (at, (label, width)) in (0_u16..).zip(COLUMNS) {
        sheet.set_column_width(at, width)?;
        sheet.write_with_format(0, at, label, &heading)?;
    }
    for (row, entry) in (1_u32..).zip(entries) {
        for (at, cell) in (0_u16..).zip(cells(entry)) {
            sheet.write_string(row, at, cell)?;
        }
    }
    Ok(workbook.save_to_buffer()?)
}

/// CSV in UTF-8 with a byte order mark, as spreadsheets expect it.
pub fn csv(entries: &[AuditEntry]) -> Vec<u8> {
    let line = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| csv_text(cell)).collect();
        format!("{}\r\n", cells.join(","))
    };
    let mut text = String::from('\u{feff}');
    text.push_str(&line(&COLUMNS.map(|(label, _)| label.to_string())));
    entries.iter().for_each(|entry| text.push_str(&line(&cells(entry))));
    text.into_bytes()
}

/// One entry a line.
pub fn jsonl(entries: &[AuditEntry]) -> anyhow::Result<Vec<u8>> {
    let mut text = String::new();
    for entry in entries {
        text.push_str(&serde_json::to_string(entry)?);
        text.push('\n');
    }
    Ok(text.into_bytes())
}
