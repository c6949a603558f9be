//! 账号管理的表单: one form per act.

use crate::kernel::submission::Submission;
use crate::ui::{Field, Notice, Toast, show_toast};
use leptos::prelude::*;
use shared::api::Endpoint;
use shared::api::accounts::{
    AccountLine, AddDepartment, AssignRole, CreateAccount, DepartmentLine, DisableAccount, Invitation,
};
use shared::kernel::ids::{AccountId, CaseId, DepartmentId, PersonId};
use shared::kernel::people::{Office, Role};

/// One form of this page: sends what was filled in, and closes once it is done.
#[derive(Clone, Copy)]
struct AccountForm {
    open: RwSignal<bool>,
    look: Callback<()>,
    said: Toast,
    submission: Submission,
}

impl AccountForm {
    fn new(open: RwSignal<bool>, look: Callback<()>) -> AccountForm {
        AccountForm { open, look, said: expect_context::<Toast>(), submission: Submission::new("a") }
    }

    /// These requests carry no operation id; sent again they have the same effect. Only a department whose answer was
    /// lost is reported as registered already.
    fn send<E: Endpoint>(self, request: E, then: impl FnOnce(E::Reply) + 'static) {
        let content = serde_json::to_value(&request).unwrap_or_default();
        self.submission.run(
            &content,
            |_| request,
            move |reply| {
                then(reply);
                self.look.run(());
            },
        );
    }

    fn done(self, text: String) {
        show_toast(self.said, text);
        self.open.try_set(false);
    }
}

#[component]
fn Buttons(form: AccountForm, label: &'static str) -> impl IntoView {
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
    let invitation = RwSignal::new(None::<Invitation>);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let request = CreateAccount {
            account: AccountId::new(account.get_untracked().trim()),
            name: name.get_untracked().trim().to_string(),
            person: PersonId::new(person.get_untracked().trim()),
        };
        form.send(request, move |reply| invitation.set(Some(reply)));
    };
    view! {
        <Show when=move || invitation.with(Option::is_none) fallback=move || view! { <Link invitation open/> }>
            <form on:submit=submit>
                <Notice problem=form.submission.problem/>
                <Field label="账号" name="new-account" value=account readonly=again hint="登录用，建议用姓名拼音或工号；不含空格"/>
                <Field label="姓名" name="new-name" value=name readonly=again/>
                <Field label="人员编号" name="new-person" value=person readonly=again
                    hint="同一人的多个账号用同一编号，用于核对不相容岗位"/>
                <Buttons form label="生成激活链接"/>
            </form>
        </Show>
    }
}

/// The one-time link: shown once.
#[component]
fn Link(invitation: RwSignal<Option<Invitation>>, open: RwSignal<bool>) -> impl IntoView {
    let said = expect_context::<Toast>();
    let origin = window().location().origin().unwrap_or_default();
    let link = Signal::derive(move || {
        invitation.with(|i| i.as_ref().map(|i| format!("{origin}{}", i.link)).unwrap_or_default())
    });
    let hours = move || invitation.with(|i| i.as_ref().map_or(0, |i| i.hours));
    let copy = move |_| {
        // Without permission for the clipboard the link can still be selected with one click.
        let _ = window().navigator().clipboard().write_text(&link.get_untracked());
        show_toast(said, "链接已复制，请当面或经安全渠道交给本人");
    };
    view! {
        <p>{move || format!("请把链接交给本人设置密码。链接只显示这一次，{} 小时内有效，只能使用一次。", hours())}</p>
        <code class="one-time" data-invitation="true">{link}</code>
        <div class="dialog-buttons">
            <button type="button" on:click=copy>"复制链接"</button>
            <button type="button" class="primary" on:click=move |_| open.set(false)>"完成"</button>
        </div>
    }
}

/// 授予岗位.
#[component]
pub fn AssignForm(
    line: AccountLine,
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
    let account = line.account;
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(role) = chosen() else { return };
        let department = department.get_untracked();
        let department = (of_department() && !department.is_empty()).then(|| DepartmentId::new(department));
        let provider = provider.with_untracked(|text| text.trim().to_string());
        let provider = (role == Role::Provider && !provider.is_empty()).then(|| CaseId::new(provider));
        let request = AssignRole { account: account.clone(), role, department, provider };
        form.send(request, move |()| form.done(format!("已授予“{}”，立即生效", role.label())));
    };
    view! {
        <form on:submit=submit>
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
                    {departments.into_iter().map(|d| view! { <option value=d.id.to_string()>{d.name}</option> }).collect_view()}
                </select>
            </div>
            <Buttons form label="授予"/>
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
            <Field label="部门编号" name="new-department" value=id hint="登记后不变，不含空格，如 water"/>
            <Field label="部门名称" name="new-department-name" value=name hint="规范全称，如 省水利厅"/>
            <Buttons form label="登记"/>
        </form>
    }
}
