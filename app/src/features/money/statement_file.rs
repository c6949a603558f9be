//! 导入对账单: a file is chosen, its columns are mapped, what cannot be read is named by its cell, and it is taken.

use crate::kernel::file_transfer;
use crate::kernel::random_id::new_id;
use crate::ui::{Notice, Toast, show_toast};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::problem::Problem;
use shared::api::statements::{
    StatementColumn, StatementFault, StatementLine, TakeStatement, TakenStatement,
};
use shared::cases::statement::fields;
use shared::kernel::ids::OpId;
use std::collections::BTreeMap;
use wasm_bindgen::JsCast;
use web_sys::{File, HtmlInputElement};

/// The file at hand with what a person mapped.
#[derive(Clone, Copy)]
struct Chosen {
    file: RwSignal<Option<File>, LocalStorage>,
    columns: RwSignal<BTreeMap<u32, String>>,
    read: RwSignal<Option<TakenStatement>>,
    busy: RwSignal<bool>,
    problem: RwSignal<Option<Problem>>,
    /// Operation of the taking, made with the file and the same through every attempt.
    operation: StoredValue<String>,
}

impl Chosen {
    /// Reads the file by the mapping at hand; takes it when asked to.
    fn send(self, takes: bool, done: impl FnOnce() + 'static) {
        let Some(file) = self.file.get_untracked() else { return };
        let columns = self.columns.with_untracked(|columns| {
            let pairs = columns.iter().map(|(column, field)| format!("{column}:{field}"));
            pairs.collect::<Vec<_>>().join(",")
        });
        let operation = takes.then(|| OpId::new(self.operation.get_value()));
        let request = TakeStatement { name: file.name(), columns, operation };
        self.busy.set(true);
        spawn_local(async move {
            let outcome = file_transfer::upload_as(&request, file.into()).await;
            self.busy.try_set(false);
            match outcome {
                Ok(read) => {
                    self.problem.try_set(None);
                    let is_taken = read.statement.is_some();
                    self.read.try_set(Some(read));
                    if is_taken {
                        self.file.try_set(None);
                        self.read.try_set(None);
                        done();
                    }
                }
                Err(refused) => drop(self.problem.try_set(Some(refused))),
            }
        });
    }
}

#[component]
pub fn TakeFile(taken: Callback<()>) -> impl IntoView {
    let toast = expect_context::<Toast>();
    let of = Chosen {
        file: RwSignal::new_local(None),
        columns: RwSignal::default(),
        read: RwSignal::new(None),
        busy: RwSignal::new(false),
        problem: RwSignal::new(None),
        operation: StoredValue::new(String::new()),
    };
    let choose = move |event: leptos::ev::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let Some(input) = input else { return };
        let Some(first) = input.files().and_then(|files| files.get(0)) else { return };
        of.file.set(Some(first));
        of.columns.set(BTreeMap::new());
        of.operation.set_value(new_id("s"));
        // The same file, corrected and saved, can be chosen again.
        input.set_value("");
        of.send(false, || ());
    };
    let take = move |_| {
        of.send(true, move || {
            show_toast(toast, "已导入对账单");
            taken.run(());
        });
    };
    view! {
        <section class="card" aria-labelledby="statement-file-title">
            <h2 id="statement-file-title">"导入对账单"</h2>
            <p class="quiet">"银行或国库的对账单（.csv、.xlsx），应有日期、收付、金额，可有凭证号、对方账号、对方户名、摘要；任何一格读不出，整份不导入。"</p>
            <label class="rq-file">
                "选择对账单"
                <input type="file" accept=".csv,.xlsx" data-import="statement" on:change=choose/>
            </label>
            <p role="status">{move || of.busy.get().then_some("正在读取…")}</p>
            <Notice problem=of.problem/>
            {move || of.read.get().map(|read| view! { <Read read of/> })}
            {move || {
                let is_ready = of.read.with(|read| read.as_ref().is_some_and(|read| read.faults.is_empty() && read.rows > 0));
                is_ready.then(|| view! {
                    <button class="primary" data-act="take" disabled=move || of.busy.get() on:click=take>"导入"</button>
                })
            }}
        </section>
    }
}

#[component]
fn Read(read: TakenStatement, of: Chosen) -> impl IntoView {
    let TakenStatement { columns, rows, first, faults, .. } = read;
    let map = move |column: StatementColumn| {
        let at = column.column;
        let label = format!("“{}”一列", column.heading);
        let current = column.field.unwrap_or_default();
        let options = std::iter::once(("", "不导入")).chain(fields());
        let options = options.map(|(field, label)| {
            let is_current = field == current;
            view! { <option value=field selected=is_current>{label}</option> }
        });
        let options = options.collect_view();
        let change = move |event: leptos::ev::Event| {
            of.columns.update(|columns| drop(columns.insert(at, event_target_value(&event))));
            of.send(false, || ());
        };
        view! {
            <label>{column.heading}" "
                <select aria-label=label data-map=at.to_string() on:change=change>{options}</select>
            </label>" "
        }
    };
    let fault = |StatementFault { address, value, says }: StatementFault| {
        let cell = address.clone();
        view! { <p class="field-error" data-fault=cell><b>{address}</b>" "{value}" "{says}</p> }
    };
    let line = |line: StatementLine| {
        view! {
            <tr>
                <td>{line.date.to_string()}</td>
                <td>{line.direction.label()}</td>
                <td class="number">{line.amount.to_string()}</td>
                <td>{line.voucher}</td>
                <td>{line.holder}" "{line.account}</td>
                <td>{line.summary}</td>
            </tr>
        }
    };
    view! {
        <p data-map="columns">{columns.into_iter().map(map).collect_view()}</p>
        <p role="status">"读出 "<b data-count="rows">{rows}</b>" 行，读不出 "<b data-count="faults">{faults.len()}</b>" 格"</p>
        {faults.into_iter().map(fault).collect_view()}
        <div class="table-scroll"><table class="list" data-preview="true">
            <thead><tr>
                <th scope="col">"日期"</th><th scope="col">"收付"</th><th scope="col" class="number">"金额（元）"</th>
                <th scope="col">"凭证号"</th><th scope="col">"对方"</th><th scope="col">"摘要"</th>
            </tr></thead>
            <tbody>{first.into_iter().map(line).collect_view()}</tbody>
        </table></div>
    }
}
