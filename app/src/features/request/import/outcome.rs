//! 导入结果: what would come in, what stays out and why, each cell by its address in the file.

use super::ImportDraft;
use leptos::prelude::*;
use shared::exchange::import::reading::ImportReading;

/// Entries listed at most of each kind.
const LISTED: usize = 100;

#[component]
pub fn Outcome(draft: ImportDraft, reading: Memo<Option<ImportReading>>) -> impl IntoView {
    let label = move |field: &str| {
        draft.target.with_value(|target| target.column(field).map(|c| c.label.clone()).unwrap_or_default())
    };
    let of = move |pick: fn(&ImportReading) -> usize| reading.with(|r| r.as_ref().map_or(0, pick));
    let refused = move || {
        reading.with(|reading| {
            let refused = reading.iter().flat_map(|r| &r.refused).take(LISTED);
            refused
                .map(|r| (r.address.clone(), label(&r.field), r.value.clone(), r.reason.to_string()))
                .collect::<Vec<_>>()
        })
    };
    let doubts = move || {
        reading.with(|reading| {
            let doubts = reading.iter().flat_map(|r| &r.doubts).take(LISTED);
            doubts
                .map(|d| (d.address.clone(), label(&d.field), d.value.clone(), d.question.clone()))
                .collect::<Vec<_>>()
        })
    };
    let skipped = move || {
        reading.with(|reading| {
            let skipped = reading.iter().flat_map(|r| &r.skipped).take(LISTED);
            skipped
                .map(|s| (format!("第 {} 行", s.row + 1), s.reason.to_string(), s.text.clone()))
                .collect::<Vec<_>>()
        })
    };
    view! {
        <p class="rq-import-counts" role="status">
            "将新增 "<b data-import-count="rows">{move || of(|r| r.rows.len())}</b>" 行，"
            "读不懂 "<b data-import-count="refused">{move || of(|r| r.refused.len())}</b>" 个单元格（导入后为空），"
            "跳过 "<b data-import-count="skipped">{move || of(|r| r.skipped.len())}</b>" 行。"
        </p>
        <Show when={move || of(|r| r.refused.len()) > 0}>
            <details class="rq-import-list" open=true>
                <summary>"读不懂的单元格"</summary>
                <ul>
                    {move || refused().into_iter().map(|(address, field, value, reason)| view! {
                        <li data-refused=address.clone()>
                            <b>{address.clone()}</b>" "{field}" “"{value}"” "{reason}
                        </li>
                    }).collect_view()}
                </ul>
            </details>
        </Show>
        <Show when={move || of(|r| r.doubts.len()) > 0}>
            <details class="rq-import-list">
                <summary>{move || format!("请核对的单元格（{} 个）", of(|r| r.doubts.len()))}</summary>
                <ul>
                    {move || doubts().into_iter().map(|(address, field, value, question)| view! {
                        <li><b>{address}</b>" "{field}" “"{value}"” "{question}</li>
                    }).collect_view()}
                </ul>
            </details>
        </Show>
        <Show when={move || of(|r| r.skipped.len()) > 0}>
            <details class="rq-import-list">
                <summary>{move || format!("跳过的行（{} 行）", of(|r| r.skipped.len()))}</summary>
                <ul>
                    {move || skipped().into_iter().map(|(row, reason, text)| view! {
                        <li><b>{row}</b>" "{reason}" "<span class="rq-quiet">{text}</span></li>
                    }).collect_view()}
                </ul>
            </details>
        </Show>
    }
}
