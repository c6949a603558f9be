//! 告警: what the audit administrator has to look at, each with a way to its entries.

use super::filter::page_address;
use leptos::prelude::*;
use shared::api::audit::AuditAlert;

#[component]
pub fn Alerts(alerts: Vec<AuditAlert>) -> impl IntoView {
    let row = |alert: AuditAlert| {
        let AuditAlert { kind, text, filter } = alert;
        view! {
            <li data-alert=kind.word()>
                <b>{kind.label()}</b>"："{text}
                {filter.map(|filter| view! { " "<a href=page_address(&filter)>"查看记录"</a> })}
            </li>
        }
    };
    view! {
        <section aria-labelledby="alerts-title">
            <h2 id="alerts-title">{format!("告警 {} 项", alerts.len())}</h2>
            <ul class="au-alerts">{alerts.into_iter().map(row).collect_view()}</ul>
        </section>
    }
}
