//! 第三方机构: which institutions evaluate, whom they serve, and whose accounts act for them.

use crate::kernel::api;
use crate::kernel::session::SignedIn;
use crate::kernel::submission::Submission;
use crate::ui::{Dialog, Field, Notice, Toast, show_toast};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::performance::{InstitutionLine, ReadInstitutions, RegisterInstitution};
use shared::kernel::ids::AccountId;
use shared::kernel::people::Office;
use shared::policy::art13_evaluators::require_organizer;
use std::collections::BTreeSet;

#[component]
pub fn InstitutionsPage() -> impl IntoView {
    let signed = expect_context::<SignedIn>();
    let (lines, problem) = (RwSignal::new(None::<Vec<InstitutionLine>>), RwSignal::new(None));
    let (open, edited) = (RwSignal::new(false), RwSignal::new(None::<InstitutionLine>));
    let may_register =
        signed.me.with_untracked(|me| me.as_ref().is_some_and(|me| require_organizer(&me.actor).is_ok()));
    let look = Callback::new(move |()| {
        spawn_local(async move {
            match api::call(ReadInstitutions {}).await {
                Ok(read) => drop(lines.try_set(Some(read))),
                Err(failure) => drop(problem.try_set(Some(failure))),
            }
        });
    });
    look.run(());
    let edit = move |line: Option<InstitutionLine>| {
        edited.set(line);
        open.set(true);
    };
    let row = move |line: InstitutionLine| {
        let chosen = line.clone();
        view! {
            <tr data-institution=line.name.clone()>
                <th scope="row">{line.name.clone()}</th>
                <td>{joined(&line.served)}</td>
                <td>{joined(&line.evaluators)}</td>
                <td>{may_register.then(|| view! {
                    <button type="button" class="plain" data-act="edit-institution" on:click=move |_| edit(Some(chosen.clone()))>"变更"</button>
                })}</td>
            </tr>
        }
    };
    view! {
        <main class="page">
            <div class="page-head">
                <h1>"第三方机构"</h1>
                {may_register.then(|| view! {
                    <button type="button" class="primary" data-act="register-institution" on:click=move |_| edit(None)>"登记机构"</button>
                })}
            </div>
            <Notice problem/>
            <section class="card table-scroll" aria-label="第三方机构">
                <table class="list">
                    <thead><tr>
                        <th scope="col">"机构"</th><th scope="col">"服务过的部门和单位"</th>
                        <th scope="col">"评价人员账号"</th><th scope="col"><span class="hidden-label">"办理"</span></th>
                    </tr></thead>
                    <tbody>{move || lines.get().unwrap_or_default().into_iter().map(row).collect_view()}</tbody>
                </table>
            </section>
            <Dialog title="登记第三方机构" name="institution" open>
                {move || open.get().then(|| view! { <InstitutionForm line=edited.get_untracked() open look/> })}
            </Dialog>
        </main>
    }
}

/// The way there, for the offices that engage institutions.
pub fn institutions_link() -> impl IntoView {
    let signed = expect_context::<SignedIn>();
    let office = signed.me.with_untracked(|me| me.as_ref().map(|me| me.actor.role.office()));
    let sees = matches!(office, Some(Office::Bureau | Office::Finance | Office::Audit));
    sees.then(|| view! { <a class="button" href="/institutions">"第三方机构"</a> })
}

fn joined<T: ToString>(all: &BTreeSet<T>) -> String {
    all.iter().map(T::to_string).collect::<Vec<_>>().join("、")
}

/// The parts of a list as it is typed.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(['、', '，', ',', '；', ';', '\n']).map(str::trim).filter(|part| !part.is_empty())
}

#[component]
fn InstitutionForm(line: Option<InstitutionLine>, open: RwSignal<bool>, look: Callback<()>) -> impl IntoView {
    let toast = expect_context::<Toast>();
    let submission = Submission::new("i");
    let is_known = line.is_some();
    let text = |of: fn(&InstitutionLine) -> String| RwSignal::new(line.as_ref().map(of).unwrap_or_default());
    let name = text(|line| line.name.clone());
    let served = text(|line| joined(&line.served));
    let evaluators = text(|line| joined(&line.evaluators));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let request = RegisterInstitution {
            name: name.get_untracked().trim().to_string(),
            served: served.with_untracked(|text| parts(text).map(str::to_string).collect()),
            evaluators: evaluators.with_untracked(|text| parts(text).map(AccountId::new).collect()),
        };
        submission.run(
            &request.clone(),
            |_| request,
            move |()| {
                show_toast(toast, "机构已登记".to_string());
                open.try_set(false);
                look.run(());
            },
        );
    };
    view! {
        <form on:submit=submit>
            <Notice problem=submission.problem/>
            <Field label="机构名称" name="institution-name" value=name readonly=is_known/>
            <Field label="服务过的部门和单位" name="institution-served" value=served
                hint="部门或运维服务单位的编号，用顿号隔开；有服务关系的不派其评价"/>
            <Field label="评价人员账号" name="institution-evaluators" value=evaluators
                hint="岗位为第三方评价人员的账号，用顿号隔开；写在这里的即代表本机构"/>
            <div class="dialog-buttons">
                <button type="button" on:click=move |_| open.set(false)>"取消"</button>
                <button class="primary" disabled=submission.busy>"登记"</button>
            </div>
        </form>
    }
}
