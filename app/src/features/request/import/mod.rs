//! 导入: a department's own workbook into a table of lines. Nothing changes until the person confirms; what they
//! confirm is one act and one undo step.

mod mapping;
mod outcome;
mod plan;
mod returned;

use super::commands::{close, show};
use super::context::RequestContext;
use crate::features::request::chunks;
use crate::kernel::file_transfer::upload;
use crate::kernel::random_id::new_id;
use leptos::html::Dialog;
use leptos::prelude::*;
use leptos::task::spawn_local;
use mapping::Mapping;
use outcome::Outcome;
use plan::OtherTable;
use shared::api::problem::Problem;
use shared::api::workbook::ReadWorkbook;
use shared::engine::document::Row;
use shared::engine::plan::TableIx;
use shared::engine::session::{Cell, Session};
use shared::exchange::import::header::{Proposal, propose, propose_at};
use shared::exchange::import::merge::MergeMode;
use shared::exchange::import::reading::{ImportReading, System, read};
use shared::exchange::import::returned::{WorkbookChanges, difference};
use shared::exchange::import::target::ImportTable;
use shared::exchange::import::workbook::Workbook;
use shared::kernel::ids::RowId;
use std::sync::Arc;

/// An import being prepared.
#[derive(Clone, Copy)]
struct ImportDraft {
    target: StoredValue<ImportTable>,
    systems: StoredValue<Vec<System>>,
    file: RwSignal<String>,
    workbook: RwSignal<Option<Arc<Workbook>>>,
    proposal: RwSignal<Option<Proposal>>,
    /// What was changed in a workbook that was exported from this request.
    returned: RwSignal<Option<Arc<WorkbookChanges>>>,
    /// Rows that were there when the dialog opened.
    existing: StoredValue<Vec<Row>>,
    mode: RwSignal<MergeMode>,
    /// Unknown systems are registered with the import.
    register: RwSignal<bool>,
    /// Other tables of the workbook.
    others: RwSignal<Vec<OtherTable>>,
    fault: RwSignal<Option<String>>,
    reading_file: RwSignal<bool>,
}

impl ImportDraft {
    fn new(session: &Session, table: TableIx) -> ImportDraft {
        let key = &session.plan().tables[table].table.key;
        let existing = session.document().rows(key).to_vec();
        ImportDraft {
            target: StoredValue::new(ImportTable::of(&session.plan().tables[table].table)),
            systems: StoredValue::new(systems(session)),
            file: RwSignal::new(String::new()),
            workbook: RwSignal::new(None),
            proposal: RwSignal::new(None),
            returned: RwSignal::new(None),
            existing: StoredValue::new(existing),
            mode: RwSignal::new(MergeMode::default()),
            register: RwSignal::new(true),
            others: RwSignal::new(Vec::new()),
            fault: RwSignal::new(None),
            reading_file: RwSignal::new(false),
        }
    }

    fn received(&self, work: RequestContext, outcome: Result<Workbook, Problem>) {
        self.reading_file.set(false);
        match outcome {
            Ok(workbook) => {
                let difference = work.sheet.read(|session| own(session, work, &workbook));
                if let Some(difference) = difference {
                    return self.returned.set(Some(Arc::new(difference)));
                }
                let proposal = self.target.with_value(|target| propose(&workbook, target));
                if proposal.is_none() {
                    self.fault.set(Some("没有认出表头，请在下面选择工作表和表头所在的行。".to_string()));
                }
                let proposal =
                    proposal.or_else(|| self.target.with_value(|target| propose_at(&workbook, 0, 0, target)));
                if let Some(proposal) = &proposal {
                    let own = self.target.get_value();
                    self.others
                        .set(work.sheet.read(|session| plan::others(session, &workbook, &own, proposal)));
                }
                self.proposal.set(proposal);
                self.workbook.set(Some(Arc::new(workbook)));
            }
            Err(problem) => self.fault.set(Some(format!("{}：{}", problem.title, problem.detail))),
        }
    }

    /// What would be imported as things are chosen now.
    fn reading(&self) -> Option<ImportReading> {
        let workbook = self.workbook.get()?;
        let proposal = self.proposal.get()?;
        Some(self.target.with_value(|target| {
            self.systems.with_value(|systems| read(&workbook, &proposal, target, systems))
        }))
    }
}

/// How a workbook differs that was exported from this request; `None` for any other.
fn own(session: &Session, work: RequestContext, workbook: &Workbook) -> Option<WorkbookChanges> {
    workbook.manifest.as_ref()?;
    let (definition, view) = (&session.plan().definition, work.view());
    let new_row = || RowId::new(new_id("r"));
    difference(workbook, definition, &view.definition, &view.case.id, &session.document(), new_row)
}

/// 信息系统清单 as far as an import names its rows.
fn systems(session: &Session) -> Vec<System> {
    let Some(table) = session.plan().table("systems") else { return Vec::new() };
    let text = |slot, field: &str| {
        let field = session.plan().field(table, field);
        field.map(|field| session.text(Cell { table, slot, field })).unwrap_or_default()
    };
    let system = |slot: &u32| System {
        row: RowId::new(session.row_id(table, *slot)),
        name: text(*slot, "name"),
        code: text(*slot, "code"),
    };
    session.rows(table).iter().map(system).collect()
}

#[component]
pub fn ImportButton(work: RequestContext, table: TableIx) -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <Show when=move || work.sheet.editable.get()>
            <button type="button" data-import="open" on:click=move |_| open.set(true)>"从 Excel 导入"</button>
        </Show>
        <Show when=move || open.get()>{chunks::import_dialog(work, table, open)}</Show>
    }
}

#[component]
pub fn ImportDialog(work: RequestContext, table: TableIx, open: RwSignal<bool>) -> impl IntoView {
    let sheet = work.sheet;
    let draft = sheet.read(|session| ImportDraft::new(session, table));
    let title = sheet.read(|session| session.plan().tables[table].table.title.clone());
    let dialog = NodeRef::<Dialog>::new();
    show(dialog);
    let reading = Memo::new(move |_| draft.reading());
    let changes = move || draft.returned.with(|r| r.as_ref().map_or(0, |r| r.changes.len()));
    let count = move || reading.with(|r| r.as_ref().map_or(0, |r| draft.lines(r))) + changes();
    let unanswered = move || reading.with(|r| r.iter().flat_map(ImportReading::unanswered).next().is_some());
    let confirm = move |_| {
        if let Some(difference) = draft.returned.get_untracked() {
            sheet.act(difference.changes.clone());
            let message = format!("已带入 {} 处改动。需要时按 Ctrl+Z 一步撤销。", difference.found.len());
            work.lasting.tell(false, message);
            return close(dialog);
        }
        let Some(reading) = reading.get_untracked() else { return };
        let lines = draft.lines(&reading);
        match draft.changes(sheet, &reading) {
            Ok(changes) => sheet.act(changes),
            Err(too_many) => return draft.fault.set(Some(too_many.to_string())),
        };
        let message = format!("已导入 {lines} 行到“{title}”。需要时按 Ctrl+Z 一步撤销。");
        work.lasting.tell(false, message);
        close(dialog);
    };
    view! {
        <dialog class="rq-import" node_ref=dialog aria-labelledby="rq-import-title" on:close=move |_| open.set(false)>
            <h2 id="rq-import-title">"从 Excel 导入"</h2>
            <FileChoice work draft/>
            <p class="rq-fault" role="alert">{move || draft.fault.get()}</p>
            <Show when=move || draft.workbook.with(Option::is_some)>
                <Mapping draft/>
                <Outcome draft reading/>
            </Show>
            {move || draft.returned.get().map(returned::returned).into_any()}
            <div class="rq-ask-buttons">
                <button type="button" class="primary" data-import="confirm"
                    disabled=move || count() == 0 || unanswered() on:click=confirm>
                    {move || match count() {
                        0 => "确认导入".to_string(),
                        _ if changes() > 0 => format!("带入 {} 处改动", changes()),
                        rows => format!("确认导入 {rows} 行"),
                    }}
                </button>
                <button type="button" on:click=move |_| close(dialog)>"取消"</button>
                <span class="rq-quiet">
                    {move || if unanswered() { "请先选定上面没有写清的单位。" } else { "确认之前，表中内容不会改变。" }}
                </span>
            </div>
        </dialog>
    }
}

#[component]
fn FileChoice(work: RequestContext, draft: ImportDraft) -> impl IntoView {
    let chosen = move |event: leptos::ev::Event| {
        let input = event_target::<web_sys::HtmlInputElement>(&event);
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        draft.fault.set(None);
        draft.workbook.set(None);
        draft.proposal.set(None);
        draft.returned.set(None);
        draft.others.set(Vec::new());
        draft.file.set(file.name());
        // The same file, corrected and saved, can be chosen again.
        input.set_value("");
        draft.reading_file.set(true);
        spawn_local(async move {
            let outcome = upload::<ReadWorkbook>(file).await;
            // The dialog may have been closed meanwhile.
            if draft.file.try_get_untracked().is_some() {
                draft.received(work, outcome);
            }
        });
    };
    view! {
        <label class="rq-file">
            "选择 .xlsx、.xls、.et 或 .csv 文件（不超过 10 MB）"
            <input type="file" accept=".xlsx,.xls,.et,.csv,.txt,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                data-import="file" on:change=chosen/>
        </label>
        <p role="status">{move || match (draft.file.get(), draft.reading_file.get()) {
            (file, _) if file.is_empty() => None,
            (file, true) => Some(format!("正在读取“{file}”…")),
            (file, false) => Some(format!("已选择“{file}”")),
        }}</p>
    }
}
