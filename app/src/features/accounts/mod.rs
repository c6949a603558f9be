//! 账号管理: the system administrator makes and disables accounts and registers departments, the security
//! administrator gives roles; what an active account is given is asked by one of the three and agreed to by another.

mod bind;
mod department_ends;
mod departments;
mod forms;
mod one_time;
mod orders;
mod sheets;
mod undelivered;

use crate::kernel::api;
use crate::ui::{Dialog, Notice};
use bind::BindForm;
use department_ends::{CloseForm, SplitForm};
use departments::{DepartmentList, MergeForm, RenameForm};
use forms::{AddDepartmentForm, AssignForm, CreateForm, DisableForm, EndPostForm};
use leptos::prelude::*;
use leptos::task::spawn_local;
use orders::{AskForm, DecideForm, OpenOrders, askable};
use shared::api::accounts::{AccountLine, AccountState, Accounts, DepartmentLine, ListAccounts, OrderLine};
use shared::api::posts::PostLine;
use shared::cases::account_order::OrderedAct;
use sheets::WaitingSheets;
use undelivered::UndeliveredNotices;

/// The form that is open.
#[derive(Clone, PartialEq, Eq)]
enum OpenForm {
    Create,
    /// A new link for an account that is not activated yet.
    Invite(AccountLine),
    Assign(AccountLine),
    /// A further post.
    AddPost(AccountLine),
    /// Ends a further post at once.
    EndPost(PostLine, AccountLine),
    Disable(AccountLine),
    /// Something that another administrator must agree to.
    Ask(OrderedAct, AccountLine),
    Decide(OrderLine),
    AddDepartment,
    Rename(DepartmentLine),
    Split(DepartmentLine),
    Close(DepartmentLine),
    Merge,
}

impl OpenForm {
    fn title(&self) -> String {
        match self {
            OpenForm::Create => "新建账号".to_string(),
            OpenForm::Invite(line) => format!("为 {} 重新生成激活链接", line.name),
            OpenForm::Assign(line) => format!("授予 {} 岗位", line.name),
            OpenForm::AddPost(line) => format!("为 {} 增加岗位", line.name),
            OpenForm::EndPost(_, line) => format!("终止 {} 的岗位", line.name),
            OpenForm::Disable(line) => format!("停用 {} 的账号", line.name),
            OpenForm::Ask(what, line) => format!("为 {} {}", line.name, what.label()),
            OpenForm::Decide(order) => format!("{}：{}", order.what.label(), order.name),
            OpenForm::AddDepartment => "登记部门".to_string(),
            OpenForm::Rename(department) => format!("{} 更名", department.name),
            OpenForm::Split(department) => format!("{} 拆分", department.name),
            OpenForm::Close(department) => format!("{} 撤销", department.name),
            OpenForm::Merge => "合并部门".to_string(),
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
                Err(failure) => drop(problem.try_set(Some(failure))),
            }
        });
    });
    look.run(());
    view! {
        <main class="page">
            <div class="page-head">
                <h1>"账号管理"</h1>
                <div class="row-buttons">
                    <Show when=move || accounts.with(|a| a.as_ref().is_some_and(|a| a.may_create || a.may_assign))>
                        <a class="button" href="/accounts/import" data-act="import-accounts">"批量导入"</a>
                    </Show>
                    <Show when=move || accounts.with(|a| a.as_ref().is_some_and(|a| a.may_create))>
                        <button type="button" data-act="add-department" on:click=move |_| act.set(Some(OpenForm::AddDepartment))>"登记部门"</button>
                        <button type="button" class="primary" data-act="create-account" on:click=move |_| act.set(Some(OpenForm::Create))>"新建账号"</button>
                    </Show>
                </div>
            </div>
            <Notice problem/>
            {move || match accounts.get() {
                Some(accounts) => view! { <Listed accounts act look/> }.into_any(),
                None => ().into_any(),
            }}
            <Acting act accounts look/>
        </main>
    }
}

#[component]
fn Listed(accounts: Accounts, act: RwSignal<Option<OpenForm>>, look: Callback<()>) -> impl IntoView {
    let Accounts { may_create, may_assign, may_disable, .. } = accounts;
    let Accounts { accounts: lines, departments, closed_departments: closed, orders, sheets, sso, .. } =
        accounts;
    let may_bind = !sso.is_empty();
    let decide = Callback::new(move |order| act.set(Some(OpenForm::Decide(order))));
    let (of_orders, of_list) = (departments.clone(), departments.clone());
    let named = move |line: &AccountLine| {
        let department = departments.iter().find(|d| Some(&d.id) == line.department.as_ref());
        department.map(|d| d.name.clone())
    };
    view! {
        <WaitingSheets sheets look/>
        <OpenOrders orders departments=of_orders decide/>
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
                        view! { <Line line department act may_create may_assign may_disable may_bind/> }
                    }).collect_view()}
                </tbody>
            </table>
        </div>
        <DepartmentList departments=of_list closed may_change={may_create || may_assign} act/>
        // Read on its own: what comes late stands last, so that nothing moves.
        {may_create.then(|| view! { <UndeliveredNotices/> })}
    }
}

#[component]
fn Line(
    line: AccountLine,
    department: Option<String>,
    act: RwSignal<Option<OpenForm>>,
    may_create: bool,
    may_assign: bool,
    may_disable: bool,
    may_bind: bool,
) -> impl IntoView {
    let name = line.name.clone();
    let doing = move |form: OpenForm, label: &'static str, word: &'static str| {
        let spoken = format!("{label}：{name}");
        view! {
            <button type="button" class="plain" data-act=word aria-label=spoken
                on:click=move |_| act.set(Some(form.clone()))>{label}</button>
        }
    };
    let usable = line.state != AccountState::Disabled;
    let never_active = line.state == AccountState::Invited && !line.has_been_active;
    let at_once = usable && !(line.has_been_active && line.role.is_some_and(|role| role.is_administrator()));
    let post = if line.has_been_active { "变更岗位" } else { "授予岗位" };
    let asked = askable(&line, may_bind).into_iter();
    let asked =
        asked.map(|what| doing(OpenForm::Ask(what, line.clone()), what.label(), what.word())).collect_view();
    let administrator = line.role.is_some_and(|role| role.is_administrator());
    let may_add = line.has_been_active && usable && line.role.is_some() && !administrator;
    let of_posts = line.clone();
    let further = line.posts.clone().into_iter().map(|post| {
        let form = OpenForm::EndPost(post.clone(), of_posts.clone());
        view! {
            <p data-further-post="true">
                {post.label()}
                {may_disable.then(|| view! {
                    <button type="button" class="plain" data-act="end-further-post" on:click=move |_| act.set(Some(form.clone()))>"终止"</button>
                })}
            </p>
        }
    });
    let further = further.collect_view();
    view! {
        <tr data-account-line=line.account.to_string()>
            <td>
                {line.account.to_string()}
                {line.subjects.iter().map(|bound| view! {
                    <p class="quiet" data-subject=bound.protocol.word()>{format!("{}：{}", bound.protocol.label(), bound.subject)}</p>
                }).collect_view()}
            </td>
            <td>{line.name.clone()}</td>
            <td>{line.person.to_string()}</td>
            <td>
                {line.role.map_or("未授予", |role| role.label())}
                {further}
            </td>
            <td>{department}</td>
            <td>{line.state.label()}</td>
            <td>
                <div class="row-buttons">
                    {(may_create && never_active).then(|| doing(OpenForm::Invite(line.clone()), "重新邀请", "invite"))}
                    {((may_assign || line.has_been_active) && usable).then(|| doing(OpenForm::Assign(line.clone()), post, "assign-role"))}
                    {may_add.then(|| doing(OpenForm::AddPost(line.clone()), "增加岗位", "add-post"))}
                    {(may_disable && at_once).then(|| doing(OpenForm::Disable(line.clone()), "停用", "disable"))}
                    {asked}
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
    let offers = move || accounts.with_untracked(|a| a.as_ref().map(|a| a.sso.clone()).unwrap_or_default());
    view! {
        <Dialog title name="account" open>
            {move || match act.get() {
                None => ().into_any(),
                Some(OpenForm::Create) => view! { <CreateForm known=None open look/> }.into_any(),
                Some(OpenForm::Invite(line)) => view! { <CreateForm known=Some(line) open look/> }.into_any(),
                Some(OpenForm::Assign(line)) => view! { <AssignForm line further=false departments=departments() open look/> }.into_any(),
                Some(OpenForm::AddPost(line)) => view! { <AssignForm line further=true departments=departments() open look/> }.into_any(),
                Some(OpenForm::EndPost(post, _)) => view! { <EndPostForm post open look/> }.into_any(),
                Some(OpenForm::Disable(line)) => view! { <DisableForm line open look/> }.into_any(),
                Some(OpenForm::Ask(OrderedAct::LinkSubject, line)) => view! { <BindForm line offers=offers() open look/> }.into_any(),
                Some(OpenForm::Ask(what, line)) => view! { <AskForm what line open look/> }.into_any(),
                Some(OpenForm::Decide(order)) => view! { <DecideForm order open look/> }.into_any(),
                Some(OpenForm::Rename(department)) => view! { <RenameForm department open look/> }.into_any(),
                Some(OpenForm::Split(department)) => view! { <SplitForm department open look/> }.into_any(),
                Some(OpenForm::Close(department)) => view! { <CloseForm department open look/> }.into_any(),
                Some(OpenForm::Merge) => view! { <MergeForm departments=departments() open look/> }.into_any(),
                Some(OpenForm::AddDepartment) => view! { <AddDepartmentForm open look/> }.into_any(),
            }}
        </Dialog>
    }
}
