//! 回收: what was changed in a workbook that was exported here, each by its address, before any of it is carried over.

use leptos::prelude::*;
use shared::exchange::import::returned::WorkbookChanges;
use std::sync::Arc;

/// Entries listed at most of each kind.
const LISTED: usize = 200;

pub fn returned(difference: Arc<WorkbookChanges>) -> AnyView {
    let (count, refused) = (difference.found.len(), difference.refused.len());
    let message = match (count, refused) {
        (0, 0) => "这是从本申请导出的工作簿，导出后没有改动。".to_string(),
        (count, 0) => format!("这是从本申请导出的工作簿，导出后有 {count} 处改动："),
        (count, refused) => {
            format!(
                "这是从本申请导出的工作簿，导出后有 {count} 处改动，另有 {refused} 处无法识别（保持不变）："
            )
        }
    };
    let listed = difference.clone();
    view! {
        <p role="status" data-returned=count.to_string()>{message}</p>
        <Show when={move || count + refused > 0}>
            {{
            let listed = listed.clone();
            view! { <ul class="rq-import-list">{move || entries(&listed)}</ul> }.into_any()
        }}
        </Show>
    }
    .into_any()
}

fn entries(difference: &WorkbookChanges) -> AnyView {
    let found = difference.found.iter().take(LISTED).cloned().map(|found| {
        let from = if found.from.is_empty() { "（空）".to_string() } else { found.from };
        let to = if found.to.is_empty() { "（空）".to_string() } else { found.to };
        let meanwhile = found.meanwhile.map(|now| {
            view! { <strong>{format!("　表中现为“{now}”，带入后将被替换")}</strong> }
        });
        view! {
            <li data-changed=found.address.clone()>
                <b>{found.address.clone()}</b>{format!(" {}：{from} → {to}", found.label)}{meanwhile}
            </li>
        }
    });
    let refused = difference.refused.iter().take(LISTED).map(|refused| {
        view! {
            <li data-refused=refused.address.clone()>
                <b>{refused.address.clone()}</b>{format!(" “{}” {}", refused.value, refused.reason)}
            </li>
        }
    });
    view! { {found.collect_view()}{refused.collect_view()} }.into_any()
}
