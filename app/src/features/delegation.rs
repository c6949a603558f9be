//! 委托代理: a colleague acts in one's post for some days; what is given and held, and how it ends.

use crate::kernel::api;
use crate::kernel::session::SignedIn;
use crate::kernel::submission::Submission;
use crate::ui::{Field, Notice, Toast, show_toast};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::posts::{
    Colleague, DelegatePost, DelegationLine, Delegations, EndHeldPost, ReadDelegations,
};
use shared::kernel::calendar::Date;
use shared::kernel::ids::{AccountId, OpId};

#[component]
pub fn OwnDelegations() -> impl IntoView {
    let read = RwSignal::new(None::<Delegations>);
    let problem = RwSignal::new(None);
    let look = Callback::new(move |()| {
        spawn_local(async move {
            match api::call(ReadDelegations {}).await {
                Ok(found) => drop(read.try_set(Some(found))),
                Err(refused) => drop(problem.try_set(Some(refused))),
            }
        });
    });
    look.run(());
    view! {
        <Notice problem/>
        {move || read.get().filter(|read| !read.colleagues.is_empty() || !read.delegations.is_empty()).map(|read| view! {
            <section class="card table-scroll" aria-labelledby="delegation-title">
                <h2 id="delegation-title">"委托代理"</h2>
                <p class="quiet">
                    {format!("委托期间，代理人以“本人（代 委托人）”署名办理；须由两人分别办理的环节，代理人和委托人都算办理人。最长 {} 天，双方都可随时结束。", read.most_days)}
                </p>
                <Lines lines=read.delegations look/>
                {(!read.colleagues.is_empty()).then(|| view! { <DelegationForm colleagues=read.colleagues look/> })}
            </section>
        })}
    }
}

#[component]
fn Lines(lines: Vec<DelegationLine>, look: Callback<()>) -> impl IntoView {
    let submission = Submission::new("d");
    let signed = expect_context::<SignedIn>();
    let end = Callback::new(move |post: OpId| {
        let content = post.clone();
        submission.run(
            &content,
            |_| EndHeldPost { post },
            move |()| {
                look.run(());
                // The session may have acted in it.
                spawn_local(async move { drop(signed.look().await) });
            },
        );
    });
    let any = !lines.is_empty();
    let rows = lines.into_iter().map(|line| {
        let post = line.post.clone();
        view! {
            <tr data-delegation=line.post.to_string()>
                <td>{line.principal}</td>
                <td>{line.deputy}</td>
                <td>{line.role.label()}</td>
                <td>{format!("{} 至 {}", line.first, line.last)}</td>
                <td><button type="button" class="plain" data-act="end-delegation" on:click=move |_| end.run(post.clone())>"结束"</button></td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <Notice problem=submission.problem/>
        {any.then(|| view! {
            <table class="list">
                <thead>
                    <tr>
                        <th scope="col">"委托人"</th>
                        <th scope="col">"代理人"</th>
                        <th scope="col">"岗位"</th>
                        <th scope="col">"期间"</th>
                        <th scope="col"><span class="hidden-label">"办理"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        })}
    }
}

#[component]
fn DelegationForm(colleagues: Vec<Colleague>, look: Callback<()>) -> impl IntoView {
    let submission = Submission::new("d");
    let toast = expect_context::<Toast>();
    let signed = expect_context::<SignedIn>();
    let today = signed.me.with_untracked(|me| me.as_ref().map(|me| me.today.to_string())).unwrap_or_default();
    let (to, first, last) =
        (RwSignal::new(String::new()), RwSignal::new(today), RwSignal::new(String::new()));
    let tried = RwSignal::new(false);
    let missing = move |text: RwSignal<String>| {
        Signal::derive(move || {
            let bad = text.with(|text| Date::parse(text.trim()).is_none());
            (tried.get() && bad).then(|| "请填写日期，如 2024-07-15".to_string())
        })
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let day = |text: RwSignal<String>| text.with_untracked(|text| Date::parse(text.trim()));
        let (Some(first), Some(last)) = (day(first), day(last)) else { return };
        let to = AccountId::new(to.get_untracked());
        let content = (to.clone(), first, last);
        let request = move |id| DelegatePost { delegation: OpId::new(id), to, first, last };
        submission.run(&content, request, move |()| {
            show_toast(toast, "已委托，到期自动结束");
            look.run(());
        });
    };
    view! {
        <form class="narrow" on:submit=submit novalidate=true>
            <Notice problem=submission.problem/>
            <div class="field">
                <label for="delegate-to">"代理人"</label>
                <select id="delegate-to" name="delegate-to" required=true bind:value=to>
                    <option value="">"请选择"</option>
                    {colleagues.into_iter().map(|one| view! { <option value=one.account.to_string()>{one.name}</option> }).collect_view()}
                </select>
            </div>
            <Field label="起始日期" name="delegate-first" value=first kind="date" error=missing(first)/>
            <Field label="截止日期" name="delegate-last" value=last kind="date" error=missing(last)/>
            <button class="primary" data-act="delegate" disabled=move || submission.busy.get() || to.with(String::is_empty)>"委托"</button>
        </form>
    }
}
