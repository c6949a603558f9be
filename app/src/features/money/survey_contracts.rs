//! 本部门合同: the contracts an evaluation may be of, by number and provider. Without an answer of the server the case is typed.

use super::survey_form::Answering;
use crate::kernel::api;
use crate::kernel::session::SignedIn;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::money::ReadMoneyYear;
use shared::cases::execution::command_form::FORM;
use shared::engine::op::HEADER_ROW;
use shared::kernel::ids::CaseId;
use std::collections::BTreeMap;

/// Key of the field that names the contract.
const CONTRACT: &str = "contract";

/// What a person calls each contract that serves the department.
pub type ContractNames = RwSignal<BTreeMap<CaseId, String>>;

/// Reads those of this year and the last from the money pages; none until they are there.
pub fn read_contracts() -> ContractNames {
    let names = ContractNames::default();
    let today = expect_context::<SignedIn>().me.with_untracked(|me| me.as_ref().map(|me| me.today));
    let year = today.and_then(|today| u16::try_from(today.year()).ok()).unwrap_or_default();
    spawn_local(async move {
        let mut found = BTreeMap::new();
        for fiscal_year in [year, year.saturating_sub(1)] {
            // The case can be typed where the list cannot be read.
            let Ok(read) = api::call(ReadMoneyYear { fiscal_year, department: None }).await else { continue };
            let rows = read.lines.into_iter().flat_map(|line| line.rows);
            found.extend(
                rows.map(|row| (row.contract, format!("{} {}", row.contract_number, row.provider_name))),
            );
        }
        names.try_set(found);
    });
    names
}

/// A button for each contract, which types it into the form.
#[component]
pub fn Contracts(answering: Answering) -> impl IntoView {
    let names = answering.contracts;
    let one = move |(contract, name)| view! { <ContractChoice answering contract name/> };
    view! {
        <Show when=move || names.with(|names| !names.is_empty())>
            <div class="survey-choices" role="group" aria-label="本部门的合同">
                <p class="quiet">"本部门的合同，点选即填入："</p>
                {move || names.get().into_iter().map(one).collect_view()}
            </div>
        </Show>
    }
}

#[component]
fn ContractChoice(answering: Answering, contract: CaseId, name: String) -> impl IntoView {
    let sheet = answering.typed.sheet;
    let cell = sheet.read(|session| session.cell(FORM, HEADER_ROW, CONTRACT));
    let of_state = contract.clone();
    let is_chosen = Memo::new(move |_| {
        sheet.follow(|session| cell.is_some_and(|cell| session.typed(cell) == Some(of_state.as_str())))
    });
    let data = contract.to_string();
    let choose = move |_| {
        if let Some(cell) = cell {
            sheet.type_text(cell, contract.as_str());
        }
    };
    view! {
        <button type="button" class="survey-choice" class:chosen=is_chosen data-contract=data
            aria-pressed=move || is_chosen.get().to_string() on:click=choose>{name}</button>
    }
}
