//! 导入结果: what would come in, what stays out and why, each cell by its address in the file.

use super::ImportDraft;
use crate::kernel::file_transfer::save;
use leptos::prelude::*;
use shared::exchange::import::marked::marked_workbook;
use shared::exchange::import::merge::{MergeCounts, MergeMode};
use shared::exchange::import::reading::ImportReading;
use shared::exchange::import::units::CHOICES;

/// Entries shown at once; the others are a press away.
const PAGE: usize = 100;

#[component]
pub fn Outcome(draft: ImportDraft, reading: Memo<Option<ImportReading>>) -> impl IntoView {
    let of = move |pick: fn(&ImportReading) -> usize| reading.with(|r| r.as_ref().map_or(0, pick));
    let refused = move || of(|r| r.unreadable().count());
    view! {
        <p class="rq-import-counts" role="status">
            "读到 "<b data-import-count="rows">{move || of(|r| r.rows.len())}</b>" 行，"
            <b data-import-count="refused">{refused}</b>" 个单元格无法识别（原样保留，标红待改），"
            "跳过 "<b data-import-count="skipped">{move || of(|r| r.skipped.len())}</b>" 行。"
        </p>
        <UnitQuestions draft reading/>
        <Existing draft reading/>
        <NewSystems draft reading/>
        <OtherTables draft/>
        <Show when=move || { refused() > 0 }>
            <button type="button" data-import="marked" on:click=move |_| save_marked(draft, reading)>
                "下载标记稿（无法识别的单元格标红）"
            </button>
        </Show>
        <Listed summary="无法识别的单元格" attribute="refused" open=true
            entries=Signal::derive(move || entries(draft, reading, Part::Refused))/>
        <Listed summary="请核对的单元格" attribute="doubt" open=false
            entries=Signal::derive(move || entries(draft, reading, Part::Doubts))/>
        <Show when=move || hidden_rows(reading)>
            <label class="rq-check">
                <input type="checkbox" data-import="with-hidden" on:change=move |event| draft.with_hidden(event_target_checked(&event))/>
                "隐藏的行也导入"
            </label>
        </Show>
        <Listed summary="跳过的行" attribute="skipped" open=false
            entries=Signal::derive(move || entries(draft, reading, Part::Skipped))/>
    }
}

fn hidden_rows(reading: Memo<Option<ImportReading>>) -> bool {
    use shared::exchange::import::reading::Skip;
    reading.with(|r| r.iter().flat_map(|r| &r.skipped).any(|skipped| skipped.reason == Skip::Hidden))
}

#[derive(Clone, Copy)]
enum Part {
    Refused,
    Doubts,
    Skipped,
}

/// Where, and what is said about it.
type Entry = (String, String);

fn entries(draft: ImportDraft, reading: Memo<Option<ImportReading>>, part: Part) -> Vec<Entry> {
    let label = |field: &str| {
        draft.target.with_value(|target| target.column(field).map(|c| c.label.clone()).unwrap_or_default())
    };
    reading.with(|reading| {
        let Some(reading) = reading else { return Vec::new() };
        match part {
            Part::Refused => reading
                .unreadable()
                .map(|r| (r.address.clone(), format!("{}“{}” {}", label(&r.field), r.value, r.reason)))
                .collect(),
            Part::Doubts => reading
                .doubts
                .iter()
                .filter(|doubt| !doubt.must_be_answered())
                .map(|d| (d.address.clone(), format!("{}“{}” {}", label(&d.field), d.value, d.question)))
                .collect(),
            Part::Skipped => reading
                .skipped
                .iter()
                .map(|s| (format!("第 {} 行", s.row + 1), format!("{}：{}", s.reason, s.text)))
                .collect(),
        }
    })
}

/// A counted list, a page at a time.
#[component]
fn Listed(
    summary: &'static str,
    attribute: &'static str,
    open: bool,
    entries: Signal<Vec<Entry>>,
) -> impl IntoView {
    let page = RwSignal::new(0usize);
    let count = move || entries.with(Vec::len);
    let pages = move || count().div_ceil(PAGE).max(1);
    let shown = move || page.get().min(pages() - 1);
    let listed = move || {
        entries.with(|entries| entries.iter().skip(shown() * PAGE).take(PAGE).cloned().collect::<Vec<_>>())
    };
    let range = move || {
        let first = shown() * PAGE;
        format!("第 {}–{} 项，共 {} 项", first + 1, count().min(first + PAGE), count())
    };
    view! {
        <Show when=move || { count() > 0 }>
            <details class="rq-import-list" open=open>
                <summary>{move || format!("{summary}（{} 项）", count())}</summary>
                <ul data-listed=attribute>
                    {move || listed().into_iter().map(|(place, text)| view! {
                        <li data-refused=(attribute == "refused").then(|| place.clone())><b>{place.clone()}</b>" "{text}</li>
                    }).collect_view()}
                </ul>
                <Show when=move || { pages() > 1 }>
                    <p class="rq-pages">
                        <button type="button" disabled=move || shown() == 0 on:click=move |_| page.set(shown().saturating_sub(1))>"上一页"</button>
                        <span>{range}</span>
                        <button type="button" data-more=attribute disabled=move || shown() + 1 == pages() on:click=move |_| page.set(shown() + 1)>"下一页"</button>
                    </p>
                </Show>
            </details>
        </Show>
    }
}

/// Doubts about a unit; nothing is imported before each is answered.
#[component]
fn UnitQuestions(draft: ImportDraft, reading: Memo<Option<ImportReading>>) -> impl IntoView {
    let questions = move || {
        reading.with(|reading| {
            let unanswered = reading.iter().flat_map(ImportReading::unanswered);
            unanswered
                .map(|doubt| (doubt.address.clone(), doubt.column, doubt.question.clone()))
                .collect::<Vec<_>>()
        })
    };
    view! {
        <For each=questions key=|question| question.clone() children=move |(address, column, question)| view! {
            <p class="rq-fault" data-import-question=address.clone()>
                <b>{address.clone()}</b>" "{question}" "
                <select aria-label=format!("{address} 的单位") data-import="unit"
                    on:change=move |event| if let Ok(power) = event_target_value(&event).parse() { draft.count_in(column, power) }>
                    <option value="" selected=true>"请选定单位"</option>
                    {CHOICES.iter().map(|(name, power)| view! { <option value=power.to_string()>{*name}</option> }).collect_view()}
                </select>
            </p>
        }/>
    }
}

/// What becomes of the rows that are there already.
#[component]
fn Existing(draft: ImportDraft, reading: Memo<Option<ImportReading>>) -> impl IntoView {
    let counts = move || reading.with(|reading| reading.as_ref().map(|reading| draft.counts(reading)));
    let message = move || {
        let MergeCounts { new, same, changed } = counts().unwrap_or_default();
        format!(
            "表中已有 {} 行：文件中 {same} 行与其相同，{changed} 行同名而内容不同，{new} 行是新的。",
            draft.existing.with_value(Vec::len)
        )
    };
    let choice = move |mode: MergeMode, word: &'static str, label: &'static str| {
        view! {
            <label class="rq-check">
                <input type="radio" name="rq-merge" data-import-mode=word prop:checked=move || draft.mode.get() == mode
                    on:change=move |_| draft.mode.set(mode)/>
                {label}
            </label>
        }
    };
    view! {
        <Show when=move || draft.existing.with_value(|rows| !rows.is_empty())>
            <fieldset class="rq-import-existing">
                <legend>{message}</legend>
                {choice(MergeMode::AppendNew, "append", "只追加新的")}
                {choice(MergeMode::UpdateByName, "update", "按名称更新")}
                {choice(MergeMode::Replace, "replace", "替换（删去现有各行）")}
            </fieldset>
        </Show>
    }
}

/// Systems that the list does not have: registered with the import in one press.
#[component]
fn NewSystems(draft: ImportDraft, reading: Memo<Option<ImportReading>>) -> impl IntoView {
    let names = move || {
        reading.with(|reading| {
            let unknown = reading.iter().flat_map(ImportReading::unknown_systems);
            unknown.map(|system| format!("{}（{} 行）", system.name, system.cells.len())).collect::<Vec<_>>()
        })
    };
    view! {
        <Show when=move || !names().is_empty()>
            <label class="rq-check">
                <input type="checkbox" data-import="register" prop:checked=move || draft.register.get()
                    on:change=move |event| draft.register.set(event_target_checked(&event))/>
                {move || format!("同时把 {} 个新系统登记到信息系统清单：{}", names().len(), names().join("、"))}
            </label>
        </Show>
    }
}

/// Other tables of the same workbook, to be imported with this one.
#[component]
fn OtherTables(draft: ImportDraft) -> impl IntoView {
    let listed = move || {
        draft
            .others
            .with(|others| others.iter().map(|other| (other.message.clone(), other.fit)).collect::<Vec<_>>())
    };
    let numbered = move || listed().into_iter().enumerate().collect::<Vec<_>>();
    view! {
        <For each=numbered key=|entry| entry.clone()
            children=move |(at, (message, fit))| view! {
                <label class="rq-check">
                    <input type="checkbox" data-import="other" disabled=!fit on:change=move |event| draft.choose_other(at, event_target_checked(&event))/>
                    {message}
                </label>
            }/>
    }
}

fn save_marked(draft: ImportDraft, reading: Memo<Option<ImportReading>>) {
    let (Some(workbook), Some(proposal)) = (draft.workbook.get_untracked(), draft.proposal.get_untracked())
    else {
        return;
    };
    let Some(sheet) = workbook.sheets.get(proposal.sheet) else { return };
    let bytes = reading.with_untracked(|reading| {
        reading.as_ref().map(|reading| marked_workbook(sheet, workbook.date_1904, reading))
    });
    let Some(bytes) = bytes else { return };
    let file = draft.file.get_untracked();
    let stem = file.rsplit_once('.').map_or(file.as_str(), |(stem, _)| stem);
    if save(&format!("{stem}（标记稿）.xlsx"), &bytes).is_none() {
        draft.fault.set(Some("浏览器没有保存标记稿，请允许下载后重试。".to_string()));
    }
}
