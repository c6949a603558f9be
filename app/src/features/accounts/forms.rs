//! 账号管理的表单: one form per act.

use super::one_time::{Code, Link};
use crate::kernel::submission::Submission;
use crate::ui::{Field, Notice, Toast, show_toast};
use leptos::prelude::*;
use serde::Serialize;
use shared::api::Endpoint;
use shared::api::accounts::{
    AccountLine, ActivationCode, AddDepartment, AskOrder, AssignRole, CreateAccount, DepartmentLine,
    DisableAccount, Invitation,
};
use shared::api::posts::{EndHeldPost, PostLine};
use shared::cases::account_order::OrderedAct;
use shared::kernel::ids::{AccountId, CaseId, DepartmentId, OpId, PersonId};
use shared::kernel::people::{Office, Role};

/// One form of this page: sends what was filled in, and closes once it is done.
#[derive(Clone, Copy)]
pub struct AccountForm {
    pub open: RwSignal<bool>,
    look: Callback<()>,
    toast: Toast,
    pub submission: Submission,
}

impl AccountForm {
    pub fn new(open: RwSignal<bool>, look: Callback<()>) -> AccountForm {
        AccountForm { open, look, toast: expect_context::<Toast>(), submission: Submission::new("a") }
    }

    /// Most requests carry no operation id; sent again they have the same effect. Only a department whose answer was
    /// lost is reported as registered already.
    fn send<E: Endpoint>(self, request: E, then: impl FnOnce(E::Reply) + 'static) {
        let content = serde_json::to_value(&request).unwrap_or_default();
        self.send_under_id(&content, |_| request, then);
    }

    /// A request that carries an operation id.
    pub fn send_under_id<E: Endpoint>(
        self,
        content: &impl Serialize,
        request: impl FnOnce(String) -> E,
        then: impl FnOnce(E::Reply) + 'static,
    ) {
        self.submission.run(content, request, move |reply| {
            then(reply);
            self.look.run(());
        });
    }

    pub fn done(self, text: String) {
        show_toast(self.toast, text);
        self.open.try_set(false);
    }
}

#[component]
pub fn Buttons(form: AccountForm, label: &'static str) -> impl IntoView {
    view! {
        <div class="dialog-buttons">
            <button type="button" on:click=move |_| form.open.set(false)>"取消"</button>
            <button class="primary" disabled=form.submission.busy>{label}</button>
        </div>
    }
}

/// 新建账号, or a new link for an account that is not activated yet.
#[component]
pub fn CreateForm(known: Option<AccountLine>, open: RwSignal<bool>, look: Callback<()>) -> impl IntoView {
    let form = AccountForm::new(open, look);
    let again = known.is_some();
    let text = |of: fn(&AccountLine) -> String| RwSignal::new(known.as_ref().map(of).unwrap_or_default());
    let account = text(|line| line.account.to_string());
    let name = text(|line| line.name.clone());
    let person = text(|line| line.person.to_string());
    let namesake = RwSignal::new(again);
    let invitation = RwSignal::new(None::<Invitation>);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let request = CreateAccount {
            account: AccountId::new(account.get_untracked().trim()),
            name: name.get_untracked().trim().to_string(),
            person: PersonId::new(person.get_untracked().trim()),
            namesake: namesake.get_untracked(),
        };
        form.send(request, move |reply| invitation.set(Some(reply)));
    };
    view! {
        <Show when=move || invitation.with(Option::is_none) fallback=move || view! { <Link invitation open/> }>
            <form on:submit=submit>
                <Notice problem=form.submission.problem/>
                <Field label="账号" name="new-account" value=account readonly=again hint="登录用，建议用姓名拼音或工号；只用字母、数字和 . _ -"/>
                <Field label="姓名" name="new-name" value=name readonly=again/>
                <Field label="人员编号" name="new-person" value=person readonly=again
                    hint="同一人的多个账号用同一编号，用于核对不相容岗位"/>
                <label class="check" hidden=again>
                    <input type="checkbox" name="namesake" bind:checked=namesake/>
                    "已有同名人员，确属不同人员"
                </label>
                {again.then(|| view! { <p class="field-hint">"重新邀请后，已授予的岗位和激活码作废，须由安全管理员重新授予。"</p> })}
                <Buttons form label="生成激活链接"/>
            </form>
        </Show>
    }
}

/// 授予岗位: to an account that nobody has activated at once, with the code of its owner; to another by an order, in the
/// place of the one it has or as a `further` one.
#[component]
pub fn AssignForm(
    line: AccountLine,
    further: bool,
    departments: Vec<DepartmentLine>,
    open: RwSignal<bool>,
    look: Callback<()>,
) -> impl IntoView {
    let form = AccountForm::new(open, look);
    let role = RwSignal::new(line.role.map(|role| role.word().to_string()).unwrap_or_default());
    let department = RwSignal::new(line.department.map(|id| id.to_string()).unwrap_or_default());
    let provider = RwSignal::new(String::new());
    let chosen = move || Role::from_word(&role.get());
    let of_provider = move || chosen() == Some(Role::Provider);
    let of_department = move || chosen().is_some_and(|role| role.office() == Office::Department);
    let (account, by_order) = (line.account, line.has_been_active);
    let what = if line.role.is_some() && !further { OrderedAct::ChangePost } else { OrderedAct::GrantPost };
    let code = RwSignal::new(None::<ActivationCode>);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(role) = chosen() else { return };
        let department = department.get_untracked();
        let department = (of_department() && !department.is_empty()).then(|| DepartmentId::new(department));
        let provider = provider.with_untracked(|text| text.trim().to_string());
        let provider = (role == Role::Provider && !provider.is_empty()).then(|| CaseId::new(provider));
        let account = account.clone();
        if by_order {
            let content = (what.word(), account.clone(), role, department.clone(), provider.clone());
            let order = move |id| AskOrder {
                order: OpId::new(id),
                what,
                account,
                role: Some(role),
                department,
                provider,
                subject: None,
            };
            form.send_under_id(&content, order, move |_| form.done("已提出，待另一管理员同意".to_string()));
        } else {
            form.send(AssignRole { account, role, department, provider }, move |reply| code.set(Some(reply)));
        }
    };
    let departments = StoredValue::new(departments);
    let submit = StoredValue::new(submit);
    let label = if by_order { "提出" } else { "授予" };
    view! {
        <Show when=move || code.with(Option::is_none) fallback=move || view! { <Code code open/> }>
            <form on:submit=move |event| submit.with_value(|submit| submit(event))>
                <Notice problem=form.submission.problem/>
                <div class="field">
                    <label for="role">"岗位"</label>
                    <select id="role" name="role" required=true bind:value=role>
                        <option value="">"请选择"</option>
                        {Role::ALL.map(|role| view! { <option value=role.word()>{role.label()}</option> }).collect_view()}
                    </select>
                    <p class="field-hint">"不相容岗位不能由同一人担任，授予时自动核对"</p>
                </div>
                <Show when=of_provider>
                    <Field label="运维服务单位案卷编号" name="provider" value=provider
                        hint="该账号所代表的单位，登记后由省局采购支付岗提供"/>
                </Show>
                <div class="field" hidden=move || !of_department()>
                    <label for="department">"部门"</label>
                    <select id="department" name="department" required=of_department bind:value=department>
                        <option value="">"请选择"</option>
                        {departments.get_value().into_iter().map(|d| view! { <option value=d.id.to_string()>{d.name}</option> }).collect_view()}
                    </select>
                </div>
                <Buttons form label/>
            </form>
        </Show>
    }
}

/// 终止岗位: a further post or a delegation ends at once.
#[component]
pub fn EndPostForm(post: PostLine, open: RwSignal<bool>, look: Callback<()>) -> impl IntoView {
    let form = AccountForm::new(open, look);
    let label = post.label();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(post) = post.post.clone() else { return };
        form.send(EndHeldPost { post }, move |()| form.done("岗位已终止".to_string()));
    };
    view! {
        <form on:submit=submit>
            <Notice problem=form.submission.problem/>
            <p>{format!("“{label}”立即终止，账号的其他岗位不变；办理记录保留。")}</p>
            <Buttons form label="终止"/>
        </form>
    }
}

/// 停用账号.
#[component]
pub fn DisableForm(line: AccountLine, open: RwSignal<bool>, look: Callback<()>) -> impl IntoView {
    let form = AccountForm::new(open, look);
    let name = line.name.clone();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let done = format!("已停用 {name} 的账号");
        form.send(DisableAccount { account: line.account.clone() }, move |()| form.done(done));
    };
    view! {
        <form on:submit=submit>
            <Notice problem=form.submission.problem/>
            <p>"停用后不能再登录，正在使用的会话立即结束；办理记录保留。"</p>
            <Buttons form label="停用"/>
        </form>
    }
}

/// 登记部门.
#[component]
pub fn AddDepartmentForm(open: RwSignal<bool>, look: Callback<()>) -> impl IntoView {
    let form = AccountForm::new(open, look);
    let (id, name) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let department = DepartmentId::new(id.get_untracked().trim());
        let request = AddDepartment { department, name: name.get_untracked().trim().to_string() };
        form.send(request, move |()| form.done("部门已登记".to_string()));
    };
    view! {
        <form on:submit=submit>
            <Notice problem=form.submission.problem/>
            <Field label="部门编号" name="new-department" value=id hint="登记后不变，只用字母、数字和 . _ -，如 water"/>
            <Field label="部门名称" name="new-department-name" value=name hint="规范全称，如 省水利厅"/>
            <Buttons form label="登记"/>
        </form>
    }
}
