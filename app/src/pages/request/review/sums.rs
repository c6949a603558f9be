//! 三栏: 申报数 · 审核数 · 核减数 of the selected line, of each category and in all, as they are while a cut is typed.

use super::marks::office;
use super::state::Shown;
use crate::pages::request::work::Work;
use crate::ui::part;
use leptos::prelude::*;
use shared::forms::budget_request::CATEGORIES;
use shared::people::Office;
use shared::review::anchor::row_name;
use shared::review::sums::{Columns, Sums, columns, cuts};

pub fn table(work: Work) -> AnyView {
    part(move || {
        let Some(sums) = work.reviewing.sums.get() else { return ().into_any() };
        let office = office(work.view().case.stage);
        let title = |key: &str| {
            work.sheet.read(|session| {
                let table = session.plan().table(key);
                table.map(|table| session.plan().tables[table].table.title.clone()).unwrap_or_default()
            })
        };
        let rows = CATEGORIES.into_iter().filter_map(|key| {
            let columns = sums.categories.get(key).filter(|columns| columns.cut(office).0 > 0)?;
            Some(row(&title(key), &format!("category:{key}"), *columns, office))
        });
        let mut rows: Vec<AnyView> =
            if matches!(work.reviewing.shown.get(), Shown::List | Shown::Cut | Shown::Rewrite(_)) {
                rows.collect()
            } else {
                Vec::new()
            };
        rows.extend(
            selected(work, &sums)
                .map(|(name, columns)| row(&format!("所选：{name}"), "line", columns, office)),
        );
        view! {
            <table class="rv-sums" aria-label="申报数、审核数、核减数">
                <thead><tr><th>"费用"</th><th>"申报数"</th><th>"核减数"</th><th>"审核数"</th></tr></thead>
                <tbody>{rows}</tbody>
                <tfoot>{row("合计", "total", sums.total, office)}</tfoot>
            </table>
        }
        .into_any()
    })
    .into_any()
}

/// The line the cursor is on.
fn selected(work: Work, sums: &Sums) -> Option<(String, Columns)> {
    let cell = work.sheet.selected.get()?;
    let (at, name) = work.sheet.read(|session| {
        let at = session.cell_at(cell);
        let name = row_name(session, cell.table, at.row.as_str());
        (at, name)
    });
    let line = sums.lines.iter().find(|(line, _)| line.row == at.row && *line.table == *at.table)?;
    Some((name, line.1))
}

fn row(title: &str, name: &str, of: Columns, office: Office) -> AnyView {
    let attribute = |column: &str| format!("{name}:{column}");
    view! {
        <tr>
            <th>{title.to_string()}</th>
            <td data-total=attribute("requested")>{of.before(office).to_string()}</td>
            <td class="rv-cut" data-total=attribute("cut")>{of.cut(office).to_string()}</td>
            <td data-total=attribute("approved")>{of.approved(office).to_string()}</td>
        </tr>
    }
    .into_any()
}

/// The three figures of one line, with what stands of it.
pub fn line(work: Work, key: &(String, shared::ids::RowId)) -> Option<Columns> {
    let amount = work.sheet.read(|session| shared::review::sums::amount(session, &key.0, &key.1))?;
    let standing = work.reviewing.preview.with(|preview| cuts(&preview.review).get(key).copied());
    Some(columns(amount, standing.unwrap_or_default()))
}
