//! 导入预览: what becomes of each row, and what is wrong with it by the address of the cell.

use leptos::prelude::*;
use shared::api::account_imports::{BookFault, PreviewRow, RowOutcome};

/// A namesake can be confirmed; any other fault is mended in the file.
const NAMESAKE: &str = "ACT-11";

pub fn has_namesakes(rows: &[PreviewRow]) -> bool {
    rows.iter().flat_map(|row| &row.faults).any(|fault| fault.code == NAMESAKE)
}

/// Whether a fault stands in the way.
pub fn blocks(rows: &[PreviewRow], namesakes: bool) -> bool {
    rows.iter().flat_map(|row| &row.faults).any(|fault| fault.code != NAMESAKE || !namesakes)
}

#[component]
pub fn Preview(rows: Vec<PreviewRow>) -> impl IntoView {
    let of = |outcome| rows.iter().filter(|row| row.outcome == outcome).count();
    let counts = RowOutcome::ALL.map(|outcome| (outcome, of(outcome)));
    // Faults first: they are what the person has to look at.
    let (faulty, others): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| row.outcome == RowOutcome::Faulty);
    view! {
        <section class="card table-scroll" aria-labelledby="import-preview-title">
            <h2 id="import-preview-title">"预览"</h2>
            <p role="status">
                {counts.map(|(outcome, count)| view! {
                    <span data-count=outcome.word()>{format!("{} {count}　", outcome.label())}</span>
                }).collect_view()}
            </p>
            <table class="list" data-preview="true">
                <thead>
                    <tr>
                        <th scope="col">"工作表"</th>
                        <th scope="col">"行"</th>
                        <th scope="col">"编号"</th>
                        <th scope="col">"名称"</th>
                        <th scope="col">"结果"</th>
                        <th scope="col">"说明"</th>
                    </tr>
                </thead>
                <tbody>{faulty.into_iter().chain(others).map(|row| view! { <Row row/> }).collect_view()}</tbody>
            </table>
        </section>
    }
}

#[component]
fn Row(row: PreviewRow) -> impl IntoView {
    let PreviewRow { sheet, line, id, name, outcome, detail, faults } = row;
    view! {
        <tr data-outcome=outcome.word()>
            <td>{sheet.label()}</td>
            <td class="number">{line}</td>
            <td>{id}</td>
            <td>{name}</td>
            <td>{outcome.label()}</td>
            <td>{detail}{faults.into_iter().map(|fault| view! { <Fault fault/> }).collect_view()}</td>
        </tr>
    }
}

#[component]
fn Fault(fault: BookFault) -> impl IntoView {
    view! {
        <p class="field-error" data-fault=fault.code><b>{fault.cell}</b>" "{fault.message}</p>
    }
}

/// Cells of a file that cannot be read at all.
#[component]
pub fn FaultList(faults: Vec<BookFault>) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="import-faults-title">
            <h2 id="import-faults-title">"文件不能读取"</h2>
            {faults.into_iter().map(|fault| view! { <Fault fault/> }).collect_view()}
        </section>
    }
}
