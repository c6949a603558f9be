//! 激活账号: the owner opens the one-time link, enters the code that another administrator handed over and chooses a
//! password. The token is in the link's fragment, which browsers neither send nor log.

use crate::kernel::submission::Submission;
use crate::ui::{Field, Notice, go_to_first_wrong};
use leptos::prelude::*;
use shared::api::accounts::AcceptInvitation;
use shared::policy::accounts::password::PasswordProfile;

#[component]
pub fn InvitationPage() -> impl IntoView {
    let token = move || window().location().hash().unwrap_or_default().trim_start_matches('#').to_string();
    let code = RwSignal::new(String::new());
    let (password, again) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let tried = RwSignal::new(false);
    // The server judges by its own profile; nothing shorter passes any.
    let shortest = PasswordProfile::Plain.least_length();
    let submission = Submission::new("a");
    let Submission { busy, problem, .. } = submission;
    let activated = RwSignal::new(None);
    let short = Signal::derive(move || {
        let short = password.with(|text| text.chars().count() < shortest);
        (tried.get() && short).then(|| format!("密码至少 {shortest} 个字符"))
    });
    let different = Signal::derive(move || {
        let different = password.with(|one| again.with(|two| one != two));
        (tried.get() && different).then(|| "两次输入的密码不一样".to_string())
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if short.get_untracked().is_some() || different.get_untracked().is_some() {
            go_to_first_wrong();
            return;
        }
        let password = password.get_untracked();
        let code = code.get_untracked().trim().to_string();
        let content = (code.clone(), password.clone());
        let code = (!code.is_empty()).then_some(code);
        let accept = |_| AcceptInvitation { token: token(), code, password };
        submission.run(&content, accept, move |accepted| drop(activated.try_set(Some(accepted.account))));
    };
    view! {
        <main class="alone">
            <Show when=move || activated.with(Option::is_none) fallback=move || view! {
                <div>
                    <h1>"账号已激活"</h1>
                    <p class="quiet">
                        "账号 "<b data-activated="true">{move || activated.get().map(|account| account.to_string())}</b>
                        " 可以登录了。"
                    </p>
                    <a class="button primary" href="/">"去登录"</a>
                </div>
            }>
                <form on:submit=submit novalidate=true>
                    <h1>"激活账号"</h1>
                    <p class="quiet">"请为您的账号设置密码。链接只能使用一次。"</p>
                    <Notice problem/>
                    <Field label="激活码" name="code" value=code autocomplete="one-time-code" autofocus=true
                        hint="8 位数字，由授予岗位或同意重置密码的管理员交给您；首位系统管理员不用填"/>
                    <Field label="新密码" name="password" value=password kind="password" autocomplete="new-password"
                        hint="正式环境不少于 12 个字符，含大小写字母、数字、符号中的三类；建议用几个不相干的词" error=short/>
                    <Field label="再输入一次" name="again" value=again kind="password" autocomplete="new-password"
                        error=different/>
                    <button class="primary" disabled=busy>"设置密码并激活"</button>
                </form>
            </Show>
        </main>
    }
}
