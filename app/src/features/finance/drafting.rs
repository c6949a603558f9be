//! 拟稿: number, date and the requests a batch answers. What cannot be answered yet stands beside with its reason.

use crate::cases::{StoredDraft, Unit, keep_words, shown};
use crate::kernel::submission::Submission;
use crate::ui::{Field, Notice as Trouble, Toast, go_to_first_wrong, show_toast};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::finance::FinanceLine;
use shared::cases::approval;
use shared::cases::approval::{ApprovalBatch, Notice};
use shared::cases::kernel::Verb;
use shared::kernel::calendar::Date;
use shared::kernel::ids::CaseId;
use shared::kernel::money::Money;
use shared::policy::document_number::document_number;
use std::collections::BTreeSet;

#[component]
pub fn Drafting(
    batch: ApprovalBatch,
    /// The draft before this one, where it was returned.
    before: Option<Notice>,
    today: Date,
    candidates: Vec<FinanceLine>,
    unit: Unit,
    look: Callback<()>,
) -> impl IntoView {
    let toast = expect_context::<Toast>();
    let number = RwSignal::new(before.as_ref().map(|n| n.number.clone()).unwrap_or_default());
    let date = RwSignal::new(before.as_ref().map_or(today, |n| n.date).to_string());
    let fit: Vec<FinanceLine> = candidates.iter().filter(|line| line.refusal.is_none()).cloned().collect();
    let earlier: BTreeSet<CaseId> = before.iter().flat_map(|n| &n.lines).map(|l| l.request.clone()).collect();
    let first = fit.iter().map(|line| line.request.clone());
    // A returned draft begins with what it held, a new one with everything that is ready.
    let first: BTreeSet<CaseId> = first.filter(|id| earlier.is_empty() || earlier.contains(id)).collect();
    let chosen = RwSignal::new(first);
    let mut unsent = vec![keep_words(&batch.id, "number", number), keep_words(&batch.id, "date", date)];
    unsent.push(keep_choice(&batch.id, &fit, chosen));
    let tried = RwSignal::new(false);
    let submission = Submission::new("t");
    let Submission { busy, problem, .. } = submission;
    let wrong_number = Signal::derive(move || {
        let refusal = number.with(|text| document_number(text)).err();
        refusal.filter(|_| tried.get()).map(|refusal| refusal.message)
    });
    let wrong_date = Signal::derive(move || {
        let none = date.with(|text| Date::parse(text)).is_none();
        (tried.get() && none).then(|| "请选择批复日期".to_string())
    });
    let (id, revision) = (batch.id, batch.revision);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let requests: Vec<CaseId> = chosen.get_untracked().into_iter().collect();
        let day = date.with_untracked(|text| Date::parse(text));
        let (Some(date), false, None) = (day, requests.is_empty(), wrong_number.get_untracked()) else {
            return go_to_first_wrong();
        };
        let command = approval::Command::DraftBatch { number: number.get_untracked(), date, requests };
        let sending = submission.command(id.clone(), revision, command);
        let unsent = unsent.clone();
        spawn_local(async move {
            if let Some(Ok(_)) = sending.await {
                unsent.iter().for_each(StoredDraft::forget);
                show_toast(toast, "已拟定，待财政负责人签发");
                look.run(());
            }
        });
    };
    let none = fit.is_empty();
    view! {
        <form class="card" on:submit=submit novalidate=true aria-label="拟定批复">
            <h2>"拟定批复"</h2>
            <Trouble problem/>
            <div class="of-two">
                <Field label="文号" name="number" value=number error=wrong_number hint="如 晋财行〔2024〕12号"/>
                <Field label="批复日期" name="date" kind="date" value=date error=wrong_date/>
            </div>
            <Choices candidates fit chosen unit/>
            {none.then(|| view! { <p class="field-error">"还没有可以列入批复的申请：先由财政审核员审核通过。"</p> })}
            <div class="dialog-buttons">
                <button class="primary" data-command=Verb::DraftBatch.word()
                    disabled=move || busy.get() || chosen.with(BTreeSet::is_empty)>{Verb::DraftBatch.label()}</button>
            </div>
        </form>
    }
}

/// Stores which requests are chosen, and chooses again what was chosen and is still ready.
fn keep_choice(batch: &CaseId, fit: &[FinanceLine], chosen: RwSignal<BTreeSet<CaseId>>) -> StoredDraft {
    let ids = |chosen: &BTreeSet<CaseId>| chosen.iter().map(CaseId::as_str).collect::<Vec<_>>().join(" ");
    let words = RwSignal::new(chosen.with_untracked(ids));
    let unsent = keep_words(batch, "chosen", words);
    let before = words.get_untracked();
    let ready = fit.iter().map(|line| line.request.clone());
    chosen.set(ready.filter(|id| before.split(' ').any(|chosen| chosen == id.as_str())).collect());
    Effect::new(move |_| words.set(chosen.with(ids)));
    unsent
}

/// What may be put into the batch, with the sum of what is.
#[component]
fn Choices(
    candidates: Vec<FinanceLine>,
    fit: Vec<FinanceLine>,
    chosen: RwSignal<BTreeSet<CaseId>>,
    unit: Unit,
) -> impl IntoView {
    let total = move || {
        let of = |line: &&FinanceLine| chosen.with(|chosen| chosen.contains(&line.request));
        fit.iter().filter(of).map(|line| line.amounts.approved()).sum()
    };
    view! {
        <div class="table-scroll">
            <table class="list of-table">
                <thead><tr>
                    <th scope="col"><span class="hidden-label">"列入"</span></th><th scope="col">"部门"</th>
                    <th scope="col" class="number">"申报数"</th><th scope="col" class="number">"省局核减"</th>
                    <th scope="col" class="number">"财政核减"</th><th scope="col" class="number">"拟批复数"</th>
                    <th scope="col">"绩效目标"</th><th scope="col">"说明"</th>
                </tr></thead>
                <tbody>{candidates.into_iter().map(|line| view! { <Choice line chosen unit/> }).collect_view()}</tbody>
                <tfoot><tr>
                    <td></td>
                    <th scope="row">{move || format!("列入 {} 份", chosen.with(BTreeSet::len))}</th>
                    <td></td><td></td><td></td>
                    <td class="number" data-total="chosen">{move || shown(unit.get(), total())}</td>
                    <td></td><td></td>
                </tr></tfoot>
            </table>
        </div>
    }
}

#[component]
fn Choice(line: FinanceLine, chosen: RwSignal<BTreeSet<CaseId>>, unit: Unit) -> impl IntoView {
    let amounts = line.amounts;
    let cell = move |money: Money| view! { <td class="number">{move || shown(unit.get(), money)}</td> };
    let id = line.request.clone();
    let held = line.request.clone();
    let stands = line.refusal.is_none();
    view! {
        <tr data-candidate=line.request.to_string()>
            <td>
                <input type="checkbox" disabled=!stands aria-label=format!("列入 {}", line.name)
                    prop:checked=move || chosen.with(|chosen| chosen.contains(&held))
                    on:change=move |event| chosen.update(|chosen| {
                        if event_target_checked(&event) { chosen.insert(id.clone()); } else { chosen.remove(&id); }
                    })/>
            </td>
            <th scope="row">{line.name}</th>
            {cell(amounts.requested)}{cell(amounts.bureau_cut)}{cell(amounts.finance_cut)}{cell(amounts.approved())}
            <td>{line.targets.unwrap_or_else(|| "未评".to_string())}</td>
            <td class="of-why">{line.refusal.map(|refusal| refusal.message)}</td>
        </tr>
    }
}
