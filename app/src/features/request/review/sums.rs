//! 三栏: 申报数 · 核减数 · 审核数 of the selected line, of each category and in all, as they are while a cut is typed;
//! once finance has its say, 核减数 of each office.

use super::columns;
use super::state::PanelTab;
use crate::features::request::context::RequestContext;
use leptos::prelude::*;
use shared::cases::review::anchor::row_name;
use shared::cases::review::sums::{self, AmountColumns, Sums, cuts};
use shared::forms::budget_request::CATEGORIES;
use shared::kernel::money::Money;
use shared::kernel::people::Office;

pub fn table(work: RequestContext) -> AnyView {
    (move || {
        let Some(sums) = work.reviewing.sums.get() else { return ().into_any() };
        let finance = columns::finance(work, &work.reviewing.preview.get());
        let title = |key: &str| {
            work.sheet.read(|session| {
                let table = session.plan().table(key);
                table.map(|table| session.plan().tables[table].table.title.clone()).unwrap_or_default()
            })
        };
        let rows = CATEGORIES.into_iter().filter_map(|key| {
            let columns = sums.categories.get(key).filter(|columns| (columns.bureau_cut + columns.finance_cut).is_positive())?;
            Some(row(&title(key), &format!("category:{key}"), *columns, finance))
        });
        let mut rows: Vec<AnyView> =
            if matches!(work.reviewing.shown.get(), PanelTab::List | PanelTab::Cut | PanelTab::Rewrite(_)) {
                rows.collect()
            } else {
                Vec::new()
            };
        rows.extend(
            selected(work, &sums)
                .map(|(name, columns)| row(&format!("所选：{name}"), "line", columns, finance)),
        );
        let heads: &[&str] = match finance {
            true => &["申报数", "省局核减数", "财政核减数", "审核数"],
            false => &["费用", "申报数", "核减数", "审核数"],
        };
        view! {
            <table class="rv-sums" class:rv-sums-finance=finance aria-label="申报数、核减数、审核数">
                <thead><tr>{heads.iter().map(|head| view! { <th scope="col">{*head}</th> }).collect_view()}</tr></thead>
                <tbody>{rows}</tbody>
                <tfoot>{row("合计", "total", sums.total, finance)}</tfoot>
            </table>
        }
        .into_any()
    })
    .into_any()
}

/// The line the cursor is on.
fn selected(work: RequestContext, sums: &Sums) -> Option<(String, AmountColumns)> {
    let cell = work.sheet.selected.get()?;
    let (at, name) = work.sheet.read(|session| {
        let at = session.cell_at(cell);
        let name = row_name(session, cell.table, at.row.as_str());
        (at, name)
    });
    let line = sums.lines.iter().find(|(line, _)| line.row == at.row && *line.table == *at.table)?;
    Some((name, line.1))
}

/// With finance's column beside the bureau's there is no room for the name in the same row.
fn row(title: &str, name: &str, of: AmountColumns, finance: bool) -> AnyView {
    let figure = |column: &str, class: &'static str, money: Money| {
        view! { <td class=class data-total=format!("{name}:{column}")>{money.to_string()}</td> }.into_any()
    };
    let cut = |money: Money| if money.is_positive() { "rv-cut" } else { "rq-quiet" };
    let (bureau, own) = (of.bureau_cut, of.finance_cut);
    let figures = match finance {
        true => vec![
            figure("requested", "", of.requested),
            figure("bureau_cut", cut(bureau), bureau),
            figure("cut", cut(own), own),
            figure("approved", "", of.approved(Office::Finance)),
        ],
        false => vec![
            figure("requested", "", of.requested),
            figure("cut", cut(bureau), bureau),
            figure("approved", "", of.approved(Office::Bureau)),
        ],
    };
    let (title, whole) = (title.to_string(), title.to_string());
    match finance {
        true => view! {
            <tr class="rv-sums-of"><th scope="rowgroup" colspan="4">{title}</th></tr>
            <tr>{figures}</tr>
        }
        .into_any(),
        false => view! { <tr><th scope="row" title=whole>{title}</th>{figures}</tr> }.into_any(),
    }
}

/// The three figures of one line, with what stands of it.
pub fn line(work: RequestContext, key: &(String, shared::kernel::ids::RowId)) -> Option<AmountColumns> {
    let amount = work.sheet.read(|session| shared::cases::review::sums::amount(session, &key.0, &key.1))?;
    let line_cuts = work.reviewing.preview.with(|preview| cuts(&preview.review).get(key).copied());
    Some(sums::columns(amount, line_cuts.unwrap_or_default()))
}
