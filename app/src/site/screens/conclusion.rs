//! 结论: the header of the form, what it comes to, and everything that is still wrong, each with its way there.

use super::entry::{Entry, EntryKind};
use super::frame::Frame;
use crate::site::judged::judged;
use crate::site::state::{Screen, Site, VisitPage};
use crate::site::typing::{VisitCell, rows};
use crate::site::visit::Visit;
use leptos::prelude::*;
use shared::cases::site_visit::form::{ASSETS, CHECKLIST, PHOTOS, SCORES, SIGNATURES};
use shared::kernel::finding::{Finding, Severity};
use shared::kernel::ids::RowId;

const FIELDS: [(&str, &str, EntryKind); 6] = [
    ("place", "地点", EntryKind::Line),
    ("visited_on", "评价日期", EntryKind::Date),
    ("companions", "陪同人员", EntryKind::Line),
    ("overview", "总体情况", EntryKind::Lines),
    ("problems", "存在问题", EntryKind::Lines),
    ("unit_opinion", "单位意见", EntryKind::Lines),
];
const RESULTS: [(&str, &str, &str); 7] = [
    ("score", "得分", ""),
    ("full", "满分", ""),
    ("percent", "得分率", "%"),
    ("book", "账面合计", ""),
    ("found", "实物合计", ""),
    ("differences", "差异项数", ""),
    ("match_rate", "账实相符率", "%"),
];

/// 被评价单位签字.
const UNIT_SIGNS: &str = "SIT-28";

#[component]
pub fn ConclusionScreen(visit: Visit) -> impl IntoView {
    let values = Memo::new(move |_| {
        let judged = judged(visit);
        RESULTS.map(|(key, label, unit)| (key, label, judged.value(key), unit))
    });
    view! {
        <Frame title="结论".to_string() visit=visit back=Screen::Visit(visit.id(), VisitPage::Home)>
            <div class="site-two">
                <section>
                    {FIELDS.map(|(field, label, kind)| view! {
                        <Entry visit cell=VisitCell::of_header(field) label kind/>
                    }).collect_view()}
                </section>
                <section>
                    <dl class="site-results">
                        {move || values.get().map(|(key, label, value, unit)| {
                            let shown = if value.is_empty() { "—".to_string() } else { format!("{value}{unit}") };
                            view! { <div><dt>{label}</dt><dd data-total=key>{shown}</dd></div> }
                        }).collect_view()}
                    </dl>
                    <Findings visit/>
                </section>
            </div>
        </Frame>
    }
}

/// Where a finding is mended; nothing where it is on this page, or where the desk mends it.
fn page_of(visit: Visit, finding: &Finding) -> Option<VisitPage> {
    match finding.place.table.as_deref() {
        Some(CHECKLIST) => {
            let row = RowId::new(finding.place.row.clone()?);
            untrack(|| rows(visit, CHECKLIST)).iter().position(|item| item.id == row).map(VisitPage::Item)
        }
        Some(SCORES) => {
            let row = RowId::new(finding.place.row.clone()?);
            let scores = untrack(|| rows(visit, SCORES));
            let item = scores.iter().find(|score| score.id == row)?.cells.get("item")?.clone();
            untrack(|| rows(visit, CHECKLIST))
                .iter()
                .position(|row| row.id.as_str() == item)
                .map(VisitPage::Item)
        }
        Some(ASSETS) => Some(VisitPage::Assets),
        Some(PHOTOS) => Some(VisitPage::Photos),
        Some(_) | None => None,
    }
}

#[component]
fn Findings(visit: Visit) -> impl IntoView {
    let site = expect_context::<Site>();
    let found = Memo::new(move |_| {
        // Who signs is asked for once everything else is right.
        let found = judged(visit).findings().into_iter();
        let others = found.filter(|finding| {
            finding.place.table.as_deref() != Some(SIGNATURES) && finding.rule != UNIT_SIGNS
        });
        others.collect::<Vec<Finding>>()
    });
    let line = move |finding: Finding| {
        let class = if finding.severity == Severity::Error { "bad" } else { "" };
        let message = finding.message.clone();
        match page_of(visit, &finding) {
            Some(page) => view! {
                <li class=class><button type="button" data-rule=finding.rule
                    on:click=move |_| site.screen.set(Screen::Visit(visit.id(), page))>{message}" ›"</button></li>
            }.into_any(),
            None => view! { <li class=class data-rule=finding.rule>{message}</li> }.into_any(),
        }
    };
    view! {
        <h2>{move || format!("待补正 {}", found.with(Vec::len))}</h2>
        <ul class="site-findings">{move || found.get().into_iter().map(line).collect_view()}</ul>
    }
}
