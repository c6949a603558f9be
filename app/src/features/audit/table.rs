//! 记录: entries as a table; the number of each opens it.

use super::filter::address_with;
use leptos::prelude::*;
use shared::api::audit::{ActGroup, AuditEntry, ReadAuditTrail};
use shared::kernel::people::Role;

#[component]
pub fn EntryTable(entries: Vec<AuditEntry>, filter: Memo<ReadAuditTrail>) -> impl IntoView {
    view! {
        <div class="table-scroll"><table class="list of-table au-table">
            <thead><tr>
                <th scope="col" class="number">"序号"</th>
                <th scope="col">"时间"</th>
                <th scope="col">"人员"</th>
                <th scope="col">"岗位"</th>
                <th scope="col">"类别"</th>
                <th scope="col">"行为"</th>
                <th scope="col">"对象"</th>
                <th scope="col">"结果"</th>
                <th scope="col">"网络"</th>
            </tr></thead>
            <tbody>{entries.into_iter().map(|entry| row(entry, filter)).collect_view()}</tbody>
        </table></div>
    }
}

fn row(entry: AuditEntry, filter: Memo<ReadAuditTrail>) -> impl IntoView {
    let AuditEntry { seq, at, account, name, role, act, label, subject, outcome, network, .. } = entry;
    let post = Role::from_word(&role).map_or(role, |role| role.label().to_string());
    let who = match (name.is_empty(), account.is_empty()) {
        // The server acts by itself without a network.
        (true, true) if network.is_empty() => "系统".to_string(),
        (true, true) => "未登录".to_string(),
        (true, false) => account,
        (false, _) => format!("{name}（{account}）"),
    };
    let address = move || filter.with(|filter| address_with(filter, "entry", seq));
    let spoken = format!("第 {seq} 条，打开详情");
    let refused = outcome.starts_with("refused") || act.ends_with(".refused");
    view! {
        <tr data-entry=seq.to_string() data-deed=act.clone() class:au-refused=refused>
            <td class="number"><a href=address data-opens=seq.to_string() aria-label=spoken>{seq}</a></td>
            <td class="au-time">{at}</td>
            <td>{who}</td>
            <td>{post}</td>
            <td>{ActGroup::of(&act).label()}</td>
            <td title=act.clone()>{label}</td>
            <td class="au-subject">{subject}</td>
            <td>{outcome_label(&outcome, refused)}</td>
            <td>{network}</td>
        </tr>
    }
}

/// 成功, or why it was not done.
fn outcome_label(outcome: &str, refused: bool) -> String {
    match outcome.split_once(' ') {
        Some((_, code)) => format!("未办成（{code}）"),
        None if refused => "未办成".to_string(),
        None if outcome == "done" => "成功".to_string(),
        None => String::new(),
    }
}
