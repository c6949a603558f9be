//! 停用的设备: what a revoked tablet hands in waits for a leader.

use crate::kernel::submission::Submission;
use crate::ui::{Field, Notice, Toast, show_toast};
use leptos::prelude::*;
use shared::api::performance::{RevokeDevice, RevokedDevice};
use shared::kernel::calendar::Date;

#[component]
pub fn Devices(devices: Vec<RevokedDevice>, today: Date, may: bool, look: Callback<()>) -> impl IntoView {
    let rows = devices.into_iter().map(|of| {
        let device = of.device.clone();
        view! {
            <tr data-device=device><th scope="row">{of.device}</th><td>{of.on.to_string()}</td></tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <section class="card" aria-labelledby="devices-title">
            <h2 id="devices-title">"停用的现场设备"</h2>
            <p class="quiet">"自停用之日起，该设备交来的内容须由负责人决定是否采用。"</p>
            <div class="table-scroll"><table class="list of-table">
                <thead><tr><th scope="col">"设备编号"</th><th scope="col">"自何日停用"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table></div>
            {may.then(|| view! { <Revoking today look/> })}
        </section>
    }
}

#[component]
fn Revoking(today: Date, look: Callback<()>) -> impl IntoView {
    let toast = expect_context::<Toast>();
    let submission = Submission::new("device");
    let Submission { busy, problem, .. } = submission;
    let (device, on) = (RwSignal::new(String::new()), RwSignal::new(today.to_string()));
    let wrong_day =
        Signal::derive(move || on.with(|on| Date::parse(on).is_none()).then(|| "请填写日期".to_string()));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(on) = on.with_untracked(|on| Date::parse(on)) else { return };
        let revoke = RevokeDevice { device: device.get_untracked().trim().to_string(), on };
        submission.run(
            &revoke.clone(),
            |_| revoke,
            move |()| {
                show_toast(toast, "设备已停用");
                look.run(());
            },
        );
    };
    view! {
        <form data-form="device" on:submit=submit novalidate=true>
            <Notice problem/>
            <Field label="设备编号" name="device" value=device/>
            <Field label="自何日停用" name="device-on" kind="date" value=on error=wrong_day/>
            <div class="dialog-buttons">
                <button class="primary" data-act="revoke-device" disabled=busy>"停用"</button>
            </div>
        </form>
    }
}
