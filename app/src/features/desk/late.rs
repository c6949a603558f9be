//! 批准延期申报 (Art. 4): the bureau leader's exception for one department, with a written reason. A sibling of the desk's
//! content, so that reading the desk again loses nothing that is being written.

use crate::cases::{StoredDraft, keep_words};
use crate::kernel::submission::Submission;
use crate::ui::{Dialog, Field, Notice, Toast, go_to_first_wrong, show_toast};
use leptos::prelude::*;
use shared::api::desk::GrantLateWindow;
use shared::kernel::calendar::{Date, FiscalYear};
use shared::kernel::ids::{CaseId, DepartmentId, OpId};

/// The department to be granted a late window, and the days it may end on.
#[derive(Clone, PartialEq, Eq)]
pub struct LateFor {
    pub department: DepartmentId,
    pub name: String,
    pub year: FiscalYear,
    pub today: Date,
    pub last: Date,
    /// Fewest characters of the reason.
    pub least: u32,
}

/// The department that is being granted one.
pub type Late = RwSignal<Option<LateFor>>;

/// 批准延期申报, with its written reason.
#[component]
pub fn Grant(late: Late, look: Callback<()>) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(late.with(Option::is_some)));
    Effect::new(move |_| {
        if !open.get() && late.with_untracked(Option::is_some) {
            late.set(None);
        }
    });
    let title = Signal::derive(move || {
        late.with(|late| late.as_ref().map(|late| format!("批准 {} 延期申报", late.name)).unwrap_or_default())
    });
    view! {
        <Dialog title name="grant-late" open>
            {move || match late.get() {
                Some(late) => view! { <GrantForm late open look/> }.into_any(),
                None => ().into_any(),
            }}
        </Dialog>
    }
}

#[component]
fn GrantForm(late: LateFor, open: RwSignal<bool>, look: Callback<()>) -> impl IntoView {
    let LateFor { department, year, today, last, least, .. } = late;
    let least = least as usize;
    let toast = expect_context::<Toast>();
    let (until, reason) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let case = CaseId::new(format!("late-{department}"));
    let unsent = [keep_words(&case, "until", until), keep_words(&case, "reason", reason)];
    let tried = RwSignal::new(false);
    let submission = Submission::new("o");
    let Submission { busy, problem, .. } = submission;
    let wrong_day = Signal::derive(move || {
        let day = until.with(|text| Date::parse(text));
        let fits = day.is_some_and(|day| (today..=last).contains(&day));
        (tried.get() && !fits).then(|| format!("请选择 {today} 至 {last} 之间的日期"))
    });
    let length = move || reason.with(|text| text.trim().chars().count());
    let short = move || tried.get() && length() < least;
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let day =
            until.with_untracked(|text| Date::parse(text)).filter(|_| wrong_day.get_untracked().is_none());
        let (Some(day), false) = (day, short()) else {
            return go_to_first_wrong();
        };
        let reason = reason.get_untracked();
        let (department, written) = (department.clone(), reason.clone());
        let grant = |id| GrantLateWindow {
            operation: OpId::new(id),
            department,
            fiscal_year: year,
            until: day,
            reason,
        };
        let unsent = unsent.clone();
        submission.run(&(day, written), grant, move |()| {
            unsent.iter().for_each(StoredDraft::forget);
            show_toast(toast, format!("已批准延期至 {day}"));
            open.try_set(false);
            look.run(());
        });
    };
    view! {
        <form on:submit=submit novalidate=true>
            <Notice problem/>
            <Field label="延期至" name="until" kind="date" value=until error=wrong_day
                between=(today.to_string(), last.to_string()) hint="不晚于省局汇总报送截止日"/>
            <div class="field">
                <label for="late-reason">"理由"</label>
                <textarea id="late-reason" name="reason" rows="4" maxlength="500" aria-describedby="late-reason-hint"
                    aria-invalid=move || if short() { "true" } else { "false" } bind:value=reason></textarea>
                <p class="field-hint" id="late-reason-hint">
                    {move || format!("写明为什么不能按期报送，不少于 {least} 个字，长期保存；已写 {} 字", length())}
                </p>
                <p class="field-error">{move || short().then(|| format!("理由不少于 {least} 个字"))}</p>
            </div>
            <div class="dialog-buttons">
                <button type="button" on:click=move |_| open.set(false)>"取消"</button>
                <button class="primary" disabled=busy>"批准延期"</button>
            </div>
        </form>
    }
}
