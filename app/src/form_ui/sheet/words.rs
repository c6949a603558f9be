//! 用语: how places, cells and articles are called on the screen.

use shared::engine::definition::{FieldKind, TableKind};
use shared::engine::session::Session;
use shared::kernel::finding::{Place, Severity};

/// 是 · 否 of a stored yes/no; anything else as it was typed.
pub fn flag(text: &str) -> &str {
    match text {
        "true" => "是",
        "false" => "否",
        other => other,
    }
}

pub fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "错误",
        Severity::Warning => "提醒",
    }
}

/// Where something is, within its section: `第 3 行 核心交换机 · 费率%`; empty for a table as a whole.
pub fn within(session: &Session, place: &Place) -> String {
    let mut parts = Vec::new();
    if let Some(table) = session.place_table(place) {
        let plan = &session.plan().tables[table];
        if let Some(row) = place.row.as_deref() {
            match session.slot(table, row) {
                Some(slot) if plan.table.kind == TableKind::Lines => {
                    parts.push(session.row_name(table, slot))
                }
                Some(_) => {}
                None => parts.push("已删除的行".to_string()),
            }
        }
        if let Some(field) = place.field.as_deref().and_then(|key| plan.by_key.get(key)) {
            parts.push(plan.field(*field).label.clone());
        }
    }
    parts.join(" · ")
}

/// Where something is: `硬件设备运维费 · 第 3 行 核心交换机 · 费率%`.
pub fn place(session: &Session, place: &Place) -> String {
    let title = session.place_table(place).map(|table| session.plan().tables[table].table.title.clone());
    let within = within(session, place);
    match (title, within.is_empty()) {
        (Some(title), true) => title,
        (Some(title), false) => format!("{title} · {within}"),
        (None, _) => within,
    }
}

/// A stored text as a reader reads it, without a session at hand.
pub fn stored(kind: &FieldKind, text: &str) -> String {
    match kind {
        FieldKind::Number { .. } => shared::kernel::money::grouped(text),
        FieldKind::Flag => flag(text).to_string(),
        _ => text.to_string(),
    }
}
