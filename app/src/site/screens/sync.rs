//! 同步: what waits, what arrived, what needs a person, and why nothing goes out.

use super::frame::Frame;
use crate::site::state::{Screen, Site, VisitPage};
use crate::site::visit::Visit;
use leptos::prelude::*;
use shared::sync::site::receipt::SiteResult;
use shared::sync::site::sentinel::missing_text;
use shared::sync::site::transport::DeliveryFault;

/// Why the last attempt confirmed nothing, and what to do.
fn fault_text(fault: DeliveryFault) -> String {
    match fault {
        DeliveryFault::Offline => "网络不通，连通后自动送达。".to_string(),
        DeliveryFault::SignedOut => "登录已结束，请重新登录后送达。".to_string(),
        DeliveryFault::Unavailable { .. } => "服务器繁忙，稍后自动再送。".to_string(),
        DeliveryFault::Unverified => {
            "未经核实：答复不是本系统服务器的，请检查网络是否须先登录认证。".to_string()
        }
        DeliveryFault::BrokenOff { expected } => {
            format!("需处理：服务器等待本机第 {expected} 条操作，本机已没有，请联系主管部门。")
        }
    }
}

/// Operations the server did not take into the document, with the reason.
fn waiting_for_a_person(visit: Visit) -> Vec<String> {
    visit.read(|device| {
        let delivered = device.stored().delivered.values().map(|of| of.receipt.clone());
        let waiting = delivered.filter(|receipt| receipt.result.needs_attention());
        let text = |receipt: shared::sync::site::receipt::SiteReceipt| {
            let reason = match receipt.result {
                SiteResult::Parked(reason) => reason.label(),
                SiteResult::Rejected(reason) => reason.label(),
                SiteResult::Applied | SiteResult::Merged | SiteResult::Conflict => "",
            };
            format!("第 {} 条：{reason}", receipt.seq)
        };
        let missing = missing_text(&device.missing());
        waiting.map(text).chain(missing).collect()
    })
}

/// 月-日 时:分 of a wall clock, as the tablet shows it.
fn clock(ms: i64) -> String {
    let date = js_sys::Date::new(&(ms as f64).into());
    format!(
        "{:02}-{:02} {:02}:{:02}",
        date.get_month() + 1,
        date.get_date(),
        date.get_hours(),
        date.get_minutes()
    )
}

#[component]
pub fn SyncScreen(visit: Visit) -> impl IntoView {
    let site = expect_context::<Site>();
    let waiting = move || visit.read(|device| device.stored().outbox.len());
    let delivered = move || visit.read(|device| device.stored().delivered.len());
    let conflicts = move || visit.read(|device| device.conflict_count());
    let fault = move || visit.read(|device| device.delivery_fault()).map(fault_text);
    let reached = move || visit.reached_ms().map_or_else(|| "本次打开后尚未连通".to_string(), clock);
    view! {
        <Frame title="同步".to_string() visit=visit back=Screen::Visit(visit.id(), VisitPage::Home)>
            <dl class="site-results">
                <div><dt>"待送达"</dt><dd data-count="waiting">{waiting}</dd></div>
                <div><dt>"已送达"</dt><dd data-count="delivered">{delivered}</dd></div>
                <div><dt>"有冲突"</dt><dd data-count="conflicts">{conflicts}</dd></div>
                <div><dt>"上次连通"</dt><dd>{reached}</dd></div>
            </dl>
            <p role="status" data-count="fault">{fault}</p>
            <div class="site-tools">
                <button class="primary" data-act="retry" on:click=move |_| visit.sync_now()>"立即同步"</button>
                <Show when=move || { conflicts() > 0 }>
                    <button data-act="conflicts" on:click=move |_| site.screen.set(Screen::Visit(visit.id(), VisitPage::Conflicts))>
                        "处理冲突"
                    </button>
                </Show>
            </div>
            <Show when=move || !waiting_for_a_person(visit).is_empty()>
                <h2>"需处理"</h2>
                <p class="quiet">"以下操作已到达服务器，尚未计入，请联系派出单位处理；内容一条不少。"</p>
                <ul class="site-findings" data-count="attention">
                    {move || waiting_for_a_person(visit).into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}
                </ul>
            </Show>
        </Frame>
    }
}
