//! 登记机构: the name, whom it serves and who evaluates for it. Whoever evaluated for another works for this one from now on.

use crate::kernel::submission::Submission;
use crate::ui::{Field, Notice, Toast, show_toast};
use leptos::prelude::*;
use shared::api::performance::{InstitutionLine, NamedId, RegisterInstitution};
use shared::kernel::ids::AccountId;
use std::collections::BTreeSet;

#[component]
pub fn InstitutionForm(
    line: InstitutionLine,
    editing: RwSignal<Option<InstitutionLine>>,
    evaluators: StoredValue<Vec<NamedId>>,
    served: StoredValue<Vec<NamedId>>,
    look: Callback<()>,
) -> impl IntoView {
    let toast = expect_context::<Toast>();
    let submission = Submission::new("inst");
    let Submission { busy, problem, .. } = submission;
    let is_known = !line.name.is_empty();
    let name = RwSignal::new(line.name);
    let of_served = RwSignal::new(line.served);
    let people = RwSignal::new(line.evaluators.iter().map(ToString::to_string).collect::<BTreeSet<_>>());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let evaluators: BTreeSet<AccountId> =
            people.get_untracked().into_iter().map(AccountId::new).collect();
        let register = RegisterInstitution {
            name: name.get_untracked().trim().to_string(),
            served: of_served.get_untracked(),
            evaluators,
        };
        submission.run(
            &register.clone(),
            |_| register,
            move |()| {
                show_toast(toast, "已登记");
                editing.try_set(None);
                look.run(());
            },
        );
    };
    view! {
        <form class="card money-form" data-form="institution" on:submit=submit novalidate=true>
            <h2>{if is_known { "修改机构" } else { "登记机构" }}</h2>
            <Notice problem/>
            <Field label="机构名称" name="institution-name" value=name readonly=is_known/>
            <Chosen legend="服务过的部门和运维服务单位（服务过的不得评价）" of="served" known=served chosen=of_served/>
            <Chosen legend="评价人员" of="evaluators" known=evaluators chosen=people/>
            <div class="dialog-buttons">
                <button type="button" on:click=move |_| editing.set(None)>"取消"</button>
                <button class="primary" data-act="register-institution" disabled=busy>"登记"</button>
            </div>
        </form>
    }
}

/// Several of a list.
#[component]
fn Chosen(
    legend: &'static str,
    of: &'static str,
    known: StoredValue<Vec<NamedId>>,
    chosen: RwSignal<BTreeSet<String>>,
) -> impl IntoView {
    let one = move |NamedId { id, name }: NamedId| {
        let key = id.clone();
        let is_chosen = chosen.with_untracked(|chosen| chosen.contains(&id));
        let choose = move |event: leptos::ev::Event| {
            let checked = event_target_checked(&event);
            chosen.update(|chosen| {
                match checked {
                    true => chosen.insert(id.clone()),
                    false => chosen.remove(&id),
                };
            });
        };
        view! {
            <label class="money-box">
                <input type="checkbox" data-choice=key prop:checked=is_chosen on:change=choose/>{name}
            </label>
        }
    };
    view! {
        <fieldset data-choices=of>
            <legend>{legend}</legend>
            {known.get_value().into_iter().map(one).collect_view()}
        </fieldset>
    }
}
