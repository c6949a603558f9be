//! 编制规划: the later two years of each department are written after the first. What is written stays on this device until
//! the server has it.

use super::plan::heads;
use crate::cases::{StoredDraft, keep_words};
use crate::kernel::submission::Submission;
use crate::ui::{Notice, Toast, go_to_first_wrong, show_toast};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::plans::PlanLimits;
use shared::cases::consolidation::budget::growth;
use shared::cases::kernel::{LONGEST_REASON, Verb};
use shared::cases::mid_term_plan::{self, LaterYears, MidTermPlan, OutlookLine};
use shared::exchange::import::normal::{CellKind, normalise};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;
use shared::kernel::money::Money;

/// One department's later years, being written in 元.
#[derive(Clone)]
struct Written {
    line: OutlookLine,
    second: RwSignal<String>,
    third: RwSignal<String>,
    reason: RwSignal<String>,
    unsent: [StoredDraft; 3],
    limits: PlanLimits,
}

impl Written {
    /// Nothing written before: the later years begin as the first.
    fn new(plan: &CaseId, line: OutlookLine, limits: PlanLimits) -> Written {
        let text = |money: Option<Money>| RwSignal::new(money.unwrap_or(line.first).yuan().to_string());
        let (second, third) = (text(line.second), text(line.third));
        let reason = RwSignal::new(line.reason.clone());
        let unsent = [("second", second), ("third", third), ("reason", reason)];
        let unsent = unsent.map(|(what, text)| keep_words(plan, &format!("{}/{what}", line.request), text));
        Written { line, second, third, reason, unsent, limits }
    }

    fn later(&self) -> Option<LaterYears> {
        let (second, third) = (yuan(self.second).ok()?, yuan(self.third).ok()?);
        let request = self.line.request.clone();
        let reason = self.reason.get_untracked();
        self.reason_fault().is_none().then_some(LaterYears { request, second, third, reason })
    }

    /// A year grows by more than the edition allows without words, and there are none.
    fn reason_fault(&self) -> Option<String> {
        let (second, third) = (yuan(self.second).ok()?, yuan(self.third).ok()?);
        let (most, least) = (self.limits.growth, self.limits.reason_min as usize);
        let steep = |from, to| growth(from, to).is_some_and(|rate| rate > most);
        let length = self.reason.with(|reason| reason.trim().chars().count());
        let is_written = (least..=LONGEST_REASON).contains(&length);
        ((steep(self.line.first, second) || steep(second, third)) && !is_written)
            .then(|| format!("有一年的增长超过 {most}%，请写明变动原因，{least} 至 {LONGEST_REASON} 个字"))
    }
}

/// Reads an amount as every other entry of the system does: `90万`, `１，２００`.
fn yuan(text: RwSignal<String>) -> Result<Money, String> {
    let plain = text.with(|text| normalise(&CellKind::Money, text))?;
    let money = plain.parse().ok().and_then(Money::from_yuan).filter(|money| money.fits_field());
    money.ok_or_else(|| format!("应为 0 与 {} 元之间的金额", Money::LARGEST_FIELD))
}

#[component]
pub fn Planning(
    plan: MidTermPlan,
    lines: Vec<OutlookLine>,
    year: FiscalYear,
    limits: PlanLimits,
    look: Callback<()>,
) -> impl IntoView {
    let toast = expect_context::<Toast>();
    let submission = Submission::new("t");
    let Submission { busy, problem, .. } = submission;
    let tried = RwSignal::new(false);
    let written: Vec<Written> = lines.into_iter().map(|line| Written::new(&plan.id, line, limits)).collect();
    let rows = written.clone();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let Some(later) = untrack(|| rows.iter().map(Written::later).collect::<Option<Vec<_>>>()) else {
            return go_to_first_wrong();
        };
        let sending =
            submission.command(plan.id.clone(), plan.revision, mid_term_plan::Command::PlanYears { later });
        let unsent: Vec<StoredDraft> = rows.iter().flat_map(|row| row.unsent.clone()).collect();
        spawn_local(async move {
            if let Some(Ok(_)) = sending.await {
                unsent.iter().for_each(StoredDraft::forget);
                show_toast(toast, "已保存为新的一版，待省局负责人确认");
                look.run(());
            }
        });
    };
    view! {
        <form on:submit=submit novalidate=true>
            <Notice problem/>
            <p class="quiet">"填写的内容随时暂存在本机，提请确认后才保存为一版。"</p>
            <div class="table-scroll"><table class="list of-table of-plan">
                {heads(year)}
                <tbody>{written.into_iter().map(|written| view! { <Row written tried/> }).collect_view()}</tbody>
            </table></div>
            <div class="dialog-buttons">
                <button class="primary" data-command=Verb::PlanYears.word() disabled=move || busy.get()>{Verb::PlanYears.label()}</button>
            </div>
        </form>
    }
}

#[component]
fn Row(written: Written, tried: RwSignal<bool>) -> impl IntoView {
    let Written { line, second, third, reason, .. } = written.clone();
    let name = line.name.clone();
    let id = line.request.clone();
    let year = move |which: &'static str, text: RwSignal<String>| {
        let fault = move || yuan(text).err();
        let wrong = move || if fault().is_some() { "true" } else { "false" };
        let message = format!("plan-{id}-{which}");
        // What was read stands in its normal form, as in the grid.
        let read = move |_| {
            if let Ok(money) = untrack(|| yuan(text)) {
                text.set(money.yuan().to_string());
            }
        };
        view! {
            <td class="number">
                <input class="number" inputmode="decimal" data-year=which aria-invalid=wrong bind:value=text
                    aria-label=format!("{name} {which}（元）") aria-describedby=message.clone() on:change=read/>
                <p class="field-error" id=message>{fault}</p>
            </td>
        }
    };
    let fault = move || tried.get().then(|| written.reason_fault()).flatten();
    let fault = Memo::new(move |_| fault());
    let message = format!("plan-{}-reason", line.request);
    view! {
        <tr data-plan=line.request.to_string()>
            <th scope="row">{line.name.clone()}</th>
            <td class="number">{line.first.to_string()}</td>
            {year("第二年", second)}{year("第三年", third)}
            <td>
                <input class="of-reason" maxlength="500" aria-label=format!("{} 变动原因", line.name) bind:value=reason
                    aria-invalid=move || if fault.with(Option::is_some) { "true" } else { "false" }
                    aria-describedby=message.clone()/>
                <p class="field-error" id=message>{move || fault.get()}</p>
            </td>
        </tr>
    }
}
