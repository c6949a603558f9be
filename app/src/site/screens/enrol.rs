//! 登记本机: names the tablet and chooses the PIN. The content of a visit is readable only with it.

use crate::kernel::random_id::new_id;
use crate::site::moment::now;
use crate::site::net;
use crate::site::state::Site;
use crate::site::vault;
use crate::ui::{Field, Notice};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::problem::Problem;
use shared::kernel::ids::DeviceId;
use shared::sync::site::api::EnrolDevice;
use shared::sync::site::pin::pin_fault;

#[component]
pub fn EnrolScreen() -> impl IntoView {
    let site = expect_context::<Site>();
    let empty = || RwSignal::new(String::new());
    let (name, pin, again) = (empty(), empty(), empty());
    let (problem, tried, busy) = (RwSignal::new(None), RwSignal::new(false), RwSignal::new(false));
    let name_fault =
        move || name.with(|name| name.trim().is_empty()).then_some("请填写本机名称，如“平板 3 号”");
    let pin_fault = move || pin.with(|pin| pin_fault(pin));
    let again_fault = move || (again.get() != pin.get()).then_some("两次输入不一致");
    let shown = move |fault: Option<&'static str>| fault.filter(|_| tried.get()).map(str::to_string);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let faults = [name_fault(), pin_fault(), again_fault()];
        if busy.get_untracked() || faults.iter().any(Option::is_some) {
            return;
        }
        busy.set(true);
        let (name, pin) = (name.get_untracked().trim().to_string(), pin.get_untracked());
        spawn_local(async move {
            let outcome = enrol(site, name, &pin).await;
            busy.try_set(false);
            problem.try_set(outcome.err());
        });
    };
    view! {
        <main class="site-alone">
            <h1>"登记本机"</h1>
            <form on:submit=submit novalidate=true>
                <Notice problem/>
                <Field label="本机名称" name="device" value=name error=Signal::derive(move || shown(name_fault()))/>
                <Field label="解锁码" name="pin" value=pin kind="password" autocomplete="new-password"
                    hint="6–12 位数字，不用连续、重复的数字或日期" error=Signal::derive(move || shown(pin_fault()))/>
                <Field label="再次输入解锁码" name="again" value=again kind="password" autocomplete="new-password"
                    error=Signal::derive(move || shown(again_fault()))/>
                <p class="quiet">"解锁码保护本机上的评价内容，忘记后本机内容无法读出。它不能代替平板自身的磁盘加密和设备管理，请勿关闭。"</p>
                <button class="primary" disabled=busy>{move || if busy.get() { "正在登记…" } else { "登记" }}</button>
            </form>
        </main>
    }
}

async fn enrol(site: Site, name: String, pin: &str) -> Result<(), Problem> {
    let device = DeviceId::new(new_id("tab-"));
    let enrolled = net::read(&EnrolDevice { device, name }).await?;
    let unlocked = vault::create(&enrolled, pin, now().wall_ms).await;
    let unlocked = unlocked.map_err(|trouble| Problem::new(0, "site.storage", "本机没有登记", trouble))?;
    site.enter(unlocked).await;
    Ok(())
}
