//! 筛选: the filter of the page, read from its address and written into it.

use crate::kernel::router::Route;
use crate::kernel::session::SignedIn;
use leptos::prelude::*;
use shared::api::audit::{ActGroup, AuditFormat, AuditOutcome, DEFAULT_DAYS, ReadAuditTrail};
use shared::api::{Download, Endpoint, address};
use shared::kernel::calendar::Date;

/// Address of the page.
const PAGE: &str = "/audit";

/// The filter in the address. Without a period the last [`DEFAULT_DAYS`] days are shown.
pub fn filter_of_address(route: Route) -> Memo<ReadAuditTrail> {
    let (from, until) = (route.text("from"), route.text("until"));
    let (person, group, subject) = (route.text("person"), route.text("group"), route.text("subject"));
    let (outcome, network, text) = (route.text("outcome"), route.text("network"), route.text("text"));
    let before = route.number::<u64>("before");
    let today = expect_context::<SignedIn>().me.with_untracked(|me| me.as_ref().map(|me| me.today));
    let recent = today.and_then(|today| today.plus_days(1 - i64::from(DEFAULT_DAYS)));
    let day = |text: Option<String>| text.and_then(|text| Date::parse(&text));
    let word = |text: Option<String>| text.unwrap_or_default();
    Memo::new(move |_| {
        let (group, outcome) = (word(group.get()), word(outcome.get()));
        let (from, until) = (day(from.get()), day(until.get()));
        ReadAuditTrail {
            before: before.get(),
            from: if until.is_none() { from.or(recent) } else { from },
            until,
            person: person.get(),
            group: ActGroup::ALL.into_iter().find(|known| known.word() == group),
            subject: subject.get(),
            outcome: AuditOutcome::ALL.into_iter().find(|known| known.word() == outcome),
            network: network.get(),
            text: text.get(),
            format: None,
        }
    })
}

/// The page with this filter.
pub fn page_address(filter: &ReadAuditTrail) -> String {
    // Writing plain fields cannot fail; without them the page shows everything.
    let path = address(filter).map(|address| address.path).unwrap_or_default();
    path.replacen(<ReadAuditTrail as Endpoint>::PATH, PAGE, 1)
}

/// The page with this filter and one thing more.
pub fn address_with(filter: &ReadAuditTrail, name: &str, seq: u64) -> String {
    let before = if name == "before" { None } else { filter.before };
    let base = page_address(&ReadAuditTrail { before, ..filter.clone() });
    let mark = if base.contains('?') { '&' } else { '?' };
    format!("{base}{mark}{name}={seq}")
}

/// The file of everything the filter finds.
pub fn export_address(filter: &ReadAuditTrail, format: AuditFormat) -> String {
    let whole = ReadAuditTrail { before: None, format: Some(format), ..filter.clone() };
    let path = address(&whole).map(|address| address.path).unwrap_or_default();
    path.replacen(<ReadAuditTrail as Endpoint>::PATH, <ReadAuditTrail as Download>::PATH, 1)
}

#[component]
pub fn FilterForm(filter: ReadAuditTrail) -> impl IntoView {
    let route = expect_context::<Route>();
    let text = |given: &Option<String>| RwSignal::new(given.clone().unwrap_or_default());
    let day = |given: Option<Date>| RwSignal::new(given.map(|day| day.to_string()).unwrap_or_default());
    let (from, until) = (day(filter.from), day(filter.until));
    let (person, subject) = (text(&filter.person), text(&filter.subject));
    let (network, words) = (text(&filter.network), text(&filter.text));
    let group = RwSignal::new(filter.group.map(ActGroup::word).unwrap_or_default().to_string());
    let outcome = RwSignal::new(filter.outcome.map(AuditOutcome::word).unwrap_or_default().to_string());
    let given = |signal: RwSignal<String>| {
        let text = signal.with_untracked(|text| text.trim().to_string());
        (!text.is_empty()).then_some(text)
    };
    let apply = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (act, result) = (group.get_untracked(), outcome.get_untracked());
        let filter = ReadAuditTrail {
            before: None,
            from: given(from).and_then(|text| Date::parse(&text)),
            until: given(until).and_then(|text| Date::parse(&text)),
            person: given(person),
            group: ActGroup::ALL.into_iter().find(|known| known.word() == act),
            subject: given(subject),
            outcome: AuditOutcome::ALL.into_iter().find(|known| known.word() == result),
            network: given(network),
            text: given(words),
            format: None,
        };
        route.go(&page_address(&filter));
    };
    let groups = ActGroup::ALL.map(|group| (group.word(), group.label()));
    let outcomes = AuditOutcome::ALL.map(|outcome| (outcome.word(), outcome.label()));
    view! {
        <form class="of-filter" role="search" on:submit=apply>
            <label>"自"<input type="date" name="from" bind:value=from/></label>
            <label>"至"<input type="date" name="until" bind:value=until/></label>
            <input name="person" aria-label="人员" placeholder="账号或姓名" maxlength="64" bind:value=person/>
            {choice("group", "行为类别", "全部行为", &groups, group)}
            <input name="subject" aria-label="对象" placeholder="对象" maxlength="64" bind:value=subject/>
            {choice("outcome", "结果", "全部结果", &outcomes, outcome)}
            <input name="network" aria-label="网络" placeholder="网络，如 10.1.2" maxlength="64" bind:value=network/>
            <input type="search" name="text" aria-label="查找" placeholder="查找文字" maxlength="64" bind:value=words/>
            <button class="primary" data-act="filter">"筛选"</button>
            <a class="button" data-act="reset" href=PAGE>"重置"</a>
        </form>
    }
}

fn choice(
    name: &'static str,
    label: &'static str,
    all: &'static str,
    choices: &[(&'static str, &'static str)],
    chosen: RwSignal<String>,
) -> impl IntoView + use<> {
    let option = |(word, label): &(&'static str, &'static str)| {
        let (word, label) = (*word, *label);
        view! { <option value=word selected=move || chosen.with(|chosen| chosen == word)>{label}</option> }
    };
    let options = choices.iter().map(option).collect_view();
    view! {
        <select name=name aria-label=label on:change=move |event| chosen.set(event_target_value(&event))>
            <option value="" selected=move || chosen.with(String::is_empty)>{all}</option>
            {options}
        </select>
    }
}
