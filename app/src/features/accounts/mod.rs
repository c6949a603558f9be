//! 账号管理: the system administrator makes and disables accounts and registers departments, the security
//! administrator gives roles.

mod forms;

use crate::kernel::api;
use crate::ui::{Dialog, Notice};
use forms::{AddDepartmentForm, AssignForm, CreateForm, DisableForm};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::accounts::{AccountLine, AccountState, Accounts, ListAccounts};

/// The form that is open.
#[derive(Clone, PartialEq, Eq)]
enum OpenForm {
    Create,
    /// A new link for an account that is not activated yet.
    Invite(AccountLine),
    Assign(AccountLine),
    Disable(AccountLine),
    AddDepartment,
}

impl OpenForm {
    fn title(&self) -> String {
        match self {
            OpenForm::Create => "新建账号".to_string(),
            OpenForm::Invite(line) => format!("为 {} 重新生成激活链接", line.name),
            OpenForm::Assign(line) => format!("授予 {} 岗位", line.name),
            OpenForm::Disable(line) => format!("停用 {} 的账号", line.name),
            OpenForm::AddDepartment => "登记部门".to_string(),
        }
    }
}

#[component]
pub fn AccountsPage() -> impl IntoView {
    let accounts = RwSignal::new(None::<Accounts>);
    let problem = RwSignal::new(None);
    let act = RwSignal::new(None::<OpenForm>);
    let look = Callback::new(move |()| {
        spawn_local(async move {
            match api::call(ListAccounts {}).await {
                Ok(read) => drop(accounts.try_set(Some(read))),
                Err(said) => drop(problem.try_set(Some(said))),
            }
        });
    });
    look.run(());
    view! {
        <main class="page">
            <div class="page-head">
                <h1>"账号管理"</h1>
                <Show when=move || accounts.with(|a| a.as_ref().is_some_and(|a| a.may_create))>
                    <div class="row-buttons">
                        <button type="button" data-act="add-department" on:click=move |_| act.set(Some(OpenForm::AddDepartment))>"登记部门"</button>
                        <button type="button" class="primary" data-act="create-account" on:click=move |_| act.set(Some(OpenForm::Create))>"新建账号"</button>
                    </div>
                </Show>
            </div>
            <Notice problem/>
            {move || match accounts.get() {
                Some(accounts) => view! { <Listed accounts act/> }.into_any(),
                None => ().into_any(),
            }}
            <Acting act accounts look/>
        </main>
    }
}

#[component]
fn Listed(accounts: Accounts, act: RwSignal<Option<OpenForm>>) -> impl IntoView {
    let Accounts { accounts: lines, departments, may_create, may_assign } = accounts;
    let named = move |line: &AccountLine| {
        let department = departments.iter().find(|d| Some(&d.id) == line.department.as_ref());
        department.map(|d| d.name.clone())
    };
    view! {
        <div class="card table-scroll">
            <table class="list">
                <thead>
                    <tr>
                        <th scope="col">"账号"</th>
                        <th scope="col">"姓名"</th>
                        <th scope="col">"人员编号"</th>
                        <th scope="col">"岗位"</th>
                        <th scope="col">"部门"</th>
                        <th scope="col">"状态"</th>
                        <th scope="col"><span class="hidden-label">"办理"</span></th>
                    </tr>
                </thead>
                <tbody>
                    {lines.into_iter().map(|line| {
                        let department = named(&line);
                        view! { <Line line department act may_create may_assign/> }
                    }).collect_view()}
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn Line(
    line: AccountLine,
    department: Option<String>,
    act: RwSignal<Option<OpenForm>>,
    may_create: bool,
    may_assign: bool,
) -> impl IntoView {
    let doing = move |what: fn(AccountLine) -> OpenForm,
                      label: &'static str,
                      word: &'static str,
                      line: &AccountLine| {
        let line = line.clone();
        let spoken = format!("{label}：{}", line.name);
        view! {
            <button type="button" class="plain" data-act=word aria-label=spoken
                on:click=move |_| act.set(Some(what(line.clone())))>{label}</button>
        }
    };
    let standing = line.state != AccountState::Disabled;
    view! {
        <tr data-account-line=line.account.to_string()>
            <td>{line.account.to_string()}</td>
            <td>{line.name.clone()}</td>
            <td>{line.person.to_string()}</td>
            <td>{line.role.map_or("未授予", |role| role.label())}</td>
            <td>{department}</td>
            <td>{line.state.label()}</td>
            <td>
                <div class="row-buttons">
                    {(may_create && line.state == AccountState::Invited).then(|| doing(OpenForm::Invite, "重新邀请", "invite", &line))}
                    {(may_assign && standing).then(|| doing(OpenForm::Assign, "授予岗位", "assign-role", &line))}
                    {(may_create && standing).then(|| doing(OpenForm::Disable, "停用", "disable", &line))}
                </div>
            </td>
        </tr>
    }
}

/// The dialog of the open form.
#[component]
fn Acting(
    act: RwSignal<Option<OpenForm>>,
    accounts: RwSignal<Option<Accounts>>,
    look: Callback<()>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(act.with(Option::is_some)));
    Effect::new(move |_| {
        if !open.get() && act.with_untracked(Option::is_some) {
            act.set(None);
        }
    });
    let title = Signal::derive(move || act.with(|act| act.as_ref().map(OpenForm::title).unwrap_or_default()));
    let departments =
        move || accounts.with_untracked(|a| a.as_ref().map(|a| a.departments.clone()).unwrap_or_default());
    view! {
        <Dialog title name="account" open>
            {move || match act.get() {
                None => ().into_any(),
                Some(OpenForm::Create) => view! { <CreateForm known=None open look/> }.into_any(),
                Some(OpenForm::Invite(line)) => view! { <CreateForm known=Some(line) open look/> }.into_any(),
                Some(OpenForm::Assign(line)) => view! { <AssignForm line departments=departments() open look/> }.into_any(),
                Some(OpenForm::Disable(line)) => view! { <DisableForm line open look/> }.into_any(),
                Some(OpenForm::AddDepartment) => view! { <AddDepartmentForm open look/> }.into_any(),
            }}
        </Dialog>
    }
}
