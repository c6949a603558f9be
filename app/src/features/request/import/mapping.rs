//! 对应关系: which sheet, which row holds the headings, which column is which field; all of it correctable over a
//! preview of the file.

use super::ImportDraft;
use leptos::prelude::*;
use shared::exchange::import::header::{Mapped, Proposal, propose_at, propose_in, restated};
use shared::exchange::import::normal::CellKind;
use shared::exchange::import::reading::seen_text;
use shared::exchange::import::units::{CHOICES, UnitWord};
use shared::exchange::import::workbook::{Worksheet, column_name};
use std::collections::BTreeMap;

/// Rows of the file shown, from one above the headings.
const PREVIEWED: u32 = 8;
/// Rows offered for the headings.
const OFFERED: u32 = 50;

impl ImportDraft {
    /// Another sheet: its own likeliest headings, else its first row.
    fn choose_sheet(&self, at: usize) {
        let Some(workbook) = self.workbook.get_untracked() else { return };
        let found = self.target.with_value(|target| {
            propose_in(&workbook, at, target).or_else(|| propose_at(&workbook, at, 0, target))
        });
        self.fault.set(None);
        self.proposal.set(found);
    }

    fn choose_header(&self, row: u32) {
        let Some(workbook) = self.workbook.get_untracked() else { return };
        let Some(sheet) = self.proposal.with_untracked(|p| p.as_ref().map(|p| p.sheet)) else { return };
        self.fault.set(None);
        self.proposal.set(self.target.with_value(|target| propose_at(&workbook, sheet, row, target)));
    }

    fn assign(&self, column: u32, field: &str) {
        let Some(workbook) = self.workbook.get_untracked() else { return };
        self.proposal.update(|proposal| {
            if let Some(mut changed) = proposal.take() {
                changed.assign(column, Some(field).filter(|field| !field.is_empty()));
                // What the sheet says about units is asked again for the column's new field.
                *proposal = Some(self.target.with_value(|target| restated(&workbook, target, changed)));
            }
        });
    }

    /// A person says what the amounts of a column are counted in.
    pub(super) fn count_in(&self, column: u32, power: i64) {
        self.proposal.update(|proposal| {
            if let Some(proposal) = proposal {
                proposal.count_in(column, power);
            }
        });
    }

    /// Hidden rows are lines too, or not.
    pub(super) fn with_hidden(&self, yes: bool) {
        self.proposal.update(|proposal| {
            if let Some(proposal) = proposal {
                proposal.with_hidden = yes;
            }
        });
    }
}

#[component]
pub fn Mapping(draft: ImportDraft) -> impl IntoView {
    let names = move || {
        let workbook = draft.workbook.get();
        workbook.map(|w| w.sheets.iter().map(|s| s.name.clone()).collect::<Vec<_>>()).unwrap_or_default()
    };
    let chosen = move || draft.proposal.with(|p| p.as_ref().map_or((0, 0), |p| (p.sheet, p.header_row)));
    let missing = move || {
        let proposal = draft.proposal.get();
        draft.target.with_value(|target| {
            let missing = proposal.iter().flat_map(|p| p.missing(target)).map(|c| c.label.clone());
            missing.collect::<Vec<String>>()
        })
    };
    view! {
        <div class="rq-import-where">
            <label>"工作表 "
                <select data-import="sheet" on:change=move |event| draft.choose_sheet(event_target_value(&event).parse().unwrap_or(0))>
                    {move || names().into_iter().enumerate().map(|(at, name)| view! {
                        <option value=at.to_string() selected=move || chosen().0 == at>{name}</option>
                    }).collect_view()}
                </select>
            </label>
            <label>"表头在 "
                <select data-import="header" on:change=move |event| draft.choose_header(event_target_value(&event).parse().unwrap_or(0))>
                    {(0..OFFERED).map(|row| view! {
                        <option value=row.to_string() selected=move || chosen().1 == row>{format!("第 {} 行", row + 1)}</option>
                    }).collect_view()}
                </select>
            </label>
        </div>
        <p class="rq-import-missing">
            {move || match missing() {
                missing if missing.is_empty() => "必填的栏都已对应。".to_string(),
                missing => format!("没有对应到必填的栏：{}。可在下面改正；不对应的导入后须补填。", missing.join("、")),
            }}
        </p>
        <Preview draft/>
    }
}

/// The file as it is, with what each column becomes above it.
#[component]
fn Preview(draft: ImportDraft) -> impl IntoView {
    let columns = move || draft.proposal.with(|p| p.as_ref().map(|p| p.mapping.clone()).unwrap_or_default());
    let rows = move || {
        let (Some(workbook), Some(proposal)) = (draft.workbook.get(), draft.proposal.get()) else {
            return Vec::new();
        };
        let sheet = workbook.sheets.get(proposal.sheet);
        sheet.map(|sheet| previewed(sheet, workbook.date_1904, &proposal)).unwrap_or_default()
    };
    view! {
        <div class="rq-preview" tabindex="0" role="region" aria-label="文件预览与栏目对应">
            <table>
                <thead><tr>
                    <th></th>
                    <For each=columns
                        key=|m| (m.column, m.field.clone(), m.header.clone(), m.chosen, m.unit == UnitWord::Silent)
                        children=move |mapped| view! { <th><ColumnChoice draft mapped/></th> }/>
                </tr></thead>
                <tbody>
                    {move || rows().into_iter().map(|(row, header, texts)| view! {
                        <tr class:rq-header-row=header>
                            <th>{row + 1}</th>
                            {texts.into_iter().map(|text| view! { <td>{text}</td> }).collect_view()}
                        </tr>
                    }).collect_view()}
                </tbody>
            </table>
        </div>
    }
}

/// Rows around the headings, as written.
fn previewed(sheet: &Worksheet, date_1904: bool, proposal: &Proposal) -> Vec<(u32, bool, Vec<String>)> {
    let first = proposal.header_row.saturating_sub(1);
    let shown = first..first + PREVIEWED;
    let cells: BTreeMap<(u32, u32), String> = sheet
        .cells
        .iter()
        .filter(|cell| shown.contains(&cell.row))
        .map(|cell| ((cell.row, cell.column), seen_text(cell, date_1904)))
        .collect();
    let text = |row, column| cells.get(&(row, column)).cloned().unwrap_or_default();
    shown
        .map(|row| {
            let texts = proposal.mapping.iter().map(|mapped| text(row, mapped.column)).collect();
            (row, row == proposal.header_row, texts)
        })
        .collect()
}

#[component]
fn ColumnChoice(draft: ImportDraft, mapped: Mapped) -> impl IntoView {
    let Mapped { column, field, sure, header, unit, chosen, hidden, .. } = mapped;
    let power = match (chosen, unit) {
        (Some(power), _) | (None, UnitWord::Power(power)) => power,
        _ => 0,
    };
    let (options, money) = draft.target.with_value(|target| {
        let options: Vec<(String, String, bool)> =
            target.columns.iter().map(|c| (c.field.clone(), c.label.clone(), c.required)).collect();
        let kind = field.as_deref().and_then(|field| target.column(field)).map(|column| column.kind.clone());
        (options, kind == Some(CellKind::Money))
    });
    let unsure = field.is_some() && !sure;
    view! {
        <span class="rq-column-name">{column_name(column)}</span>
        <select data-import="column" data-column=column_name(column) aria-label=format!("{} 列“{header}”导入到", column_name(column))
            class:rq-unsure=unsure
            on:change=move |event| draft.assign(column, &event_target_value(&event))>
            <option value="" selected=field.is_none()>"不导入"</option>
            {options.into_iter().map(|(key, label, required)| {
                let chosen = field.as_deref() == Some(key.as_str());
                let label = if required { format!("{label} *") } else { label };
                view! { <option value=key selected=chosen>{label}</option> }
            }).collect_view()}
        </select>
        {money.then(|| view! {
            <label class="rq-check">"单位 "
                <select data-import="column-unit" on:change=move |event| if let Ok(power) = event_target_value(&event).parse() { draft.count_in(column, power) }>
                    {CHOICES.iter().map(|(name, value)| view! {
                        <option value=value.to_string() selected=power == *value>{*name}</option>
                    }).collect_view()}
                </select>
            </label>
        })}
        {hidden.then(|| view! { <span class="rq-quiet">"隐藏的列"</span> })}
        {unsure.then(|| view! { <span class="rq-quiet">"请核对"</span> })}
    }
}
