//! 账号设置: one's own password and one's own sessions.

use super::channels::OwnChannels;
use super::delegation::OwnDelegations;
use super::second_factor::OwnSecondFactor;
use crate::kernel::api;
use crate::kernel::session::SignedIn;
use crate::kernel::submission::Submission;
use crate::ui::{Field, Notice, Toast, go_to_first_wrong, show_toast};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::session::{ChangePassword, EndSessions, ListSessions, SessionLine};
use shared::policy::accounts::password::PasswordProfile;
use wasm_bindgen::JsValue;

#[component]
pub fn OwnAccountPage() -> impl IntoView {
    let signed = expect_context::<SignedIn>();
    let me = signed.me.get_untracked();
    let must_act = me.as_ref().is_some_and(|me| me.must_change);
    let profile = me.map_or(PasswordProfile::Mlps3, |me| me.profile);
    view! {
        <main class="page">
            <div class="page-head"><h1>"账号设置"</h1></div>
            {must_act.then(|| view! {
                <p class="notice warn" data-must-change="true">
                    <b>"请先完善账号"</b>"密码已过期的请修改密码，尚未启用动态口令的请启用，再继续办理；已填写的内容都在。"
                </p>
            })}
            <PasswordForm profile/>
            <OwnSecondFactor/>
            {(!must_act).then(|| view! { <OwnSessions/> <OwnDelegations/> <OwnChannels/> })}
        </main>
    }
}

#[component]
fn PasswordForm(profile: PasswordProfile) -> impl IntoView {
    let signed = expect_context::<SignedIn>();
    let toast = expect_context::<Toast>();
    let empty = || RwSignal::new(String::new());
    let (current, password, again) = (empty(), empty(), empty());
    let tried = RwSignal::new(false);
    let submission = Submission::new("p");
    let Submission { busy, problem, .. } = submission;
    let least = profile.least_length();
    let short = Signal::derive(move || {
        let short = password.with(|text| text.chars().count() < least);
        (tried.get() && short).then(|| format!("密码至少 {least} 个字符"))
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
        let request = ChangePassword { current: current.get_untracked(), password: password.get_untracked() };
        let content = (request.current.clone(), request.password.clone());
        submission.run(
            &content,
            |_| request,
            move |()| {
                for field in [current, password, again] {
                    field.try_set(String::new());
                }
                tried.try_set(false);
                show_toast(toast, "密码已修改，其他设备上的登录已结束");
                // Shows the page that an expired password held closed. The server is asked again at the next call.
                spawn_local(async move { drop(signed.look().await) });
            },
        );
    };
    let hint = match profile {
        PasswordProfile::Plain => "至少 10 个字符，不含账号和姓名，不用常用密码",
        PasswordProfile::Mlps3 => {
            "至少 12 个字符，含大写字母、小写字母、数字、符号中的三类，不含账号和姓名，不与最近 5 次相同，90 天内有效"
        }
    };
    view! {
        <section class="card" aria-labelledby="password-title">
            <h2 id="password-title">"修改密码"</h2>
            <form class="narrow" on:submit=submit novalidate=true>
                <Notice problem/>
                <Field label="现在的密码" name="current-password" value=current kind="password" autocomplete="current-password"/>
                <Field label="新密码" name="new-password" value=password kind="password" autocomplete="new-password" hint error=short/>
                <Field label="再输入一次" name="again" value=again kind="password" autocomplete="new-password" error=different/>
                <button class="primary" data-act="change-password" disabled=busy>"修改密码"</button>
            </form>
        </section>
    }
}

#[component]
fn OwnSessions() -> impl IntoView {
    let sessions = RwSignal::new(None::<Vec<SessionLine>>);
    let problem = RwSignal::new(None);
    let look = Callback::new(move |()| {
        spawn_local(async move {
            match api::call(ListSessions {}).await {
                Ok(read) => drop(sessions.try_set(Some(read.sessions))),
                Err(found) => drop(problem.try_set(Some(found))),
            }
        });
    });
    look.run(());
    let submission = Submission::new("s");
    let end = Callback::new(move |session: Option<String>| {
        let content = session.clone();
        submission.run(&content, |_| EndSessions { session }, move |()| look.run(()));
    });
    let others = move || sessions.with(|all| all.as_ref().is_some_and(|all| all.len() > 1));
    let lines = move || sessions.get().unwrap_or_default();
    view! {
        <section class="card table-scroll ac-later" aria-labelledby="sessions-title">
            <h2 id="sessions-title">"登录中的设备"</h2>
            <p class="quiet">"发现不是本人的登录，请立即结束它并修改密码。"</p>
            <Notice problem/>
            <Notice problem=submission.problem/>
            <table class="list">
                <thead>
                    <tr>
                        <th scope="col">"浏览器"</th>
                        <th scope="col">"网段"</th>
                        <th scope="col">"登录时间"</th>
                        <th scope="col">"最近使用"</th>
                        <th scope="col"><span class="hidden-label">"办理"</span></th>
                    </tr>
                </thead>
                <tbody>{move || lines().into_iter().map(|line| view! { <SessionRow line end/> }).collect_view()}</tbody>
            </table>
            <Show when=others>
                <div class="dialog-buttons">
                    <button type="button" data-act="end-other-sessions" on:click=move |_| end.run(None)>"结束其他全部登录"</button>
                </div>
            </Show>
        </section>
    }
}

#[component]
fn SessionRow(line: SessionLine, end: Callback<Option<String>>) -> impl IntoView {
    let session = line.session.clone();
    let browser = browser_label(&line.browser);
    view! {
        <tr data-session=line.session>
            <td title=line.browser>{browser}</td>
            <td>{if line.network.is_empty() { "不详".to_string() } else { line.network }}</td>
            <td>{moment(line.since)}</td>
            <td>{moment(line.last_use)}</td>
            <td>{match line.is_this {
                true => view! { <span data-this="true">"当前"</span> }.into_any(),
                false => view! {
                    <button type="button" class="plain" data-act="end-session" on:click=move |_| end.run(Some(session.clone()))>"结束"</button>
                }.into_any(),
            }}</td>
        </tr>
    }
}

/// Name and system of a browser as people call them, from what it calls itself. The first that fits: most browsers also
/// carry the names of older ones.
fn browser_label(agent: &str) -> String {
    let first = |names: &[(&str, &'static str)]| {
        names.iter().find(|(sign, _)| agent.contains(sign)).map(|(_, name)| *name)
    };
    let browser = first(&[
        ("Edg/", "Edge"),
        ("QIHU", "360 浏览器"),
        ("UOS", "统信浏览器"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome 内核浏览器"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iOS"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (None, None) => "不详".to_string(),
        (browser, system) => [browser, system].into_iter().flatten().collect::<Vec<_>>().join(" · "),
    }
}

/// A moment as this computer's clock shows it.
fn moment(seconds: i64) -> String {
    let date = js_sys::Date::new(&JsValue::from_f64(seconds as f64 * 1_000.0));
    let two = |number: u32| format!("{number:02}");
    let day = format!("{}-{}-{}", date.get_full_year(), two(date.get_month() + 1), two(date.get_date()));
    format!("{day} {}:{}", two(date.get_hours()), two(date.get_minutes()))
}
