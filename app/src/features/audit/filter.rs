//! 筛选: the filter of the page, read from its address and written into it.

use crate::kernel::router::Route;
use crate::kernel::session::SignedIn;
use leptos::prelude::*;
use shared::api::audit::{ActGroup, AuditFormat, AuditOutcome, DEFAULT_DAYS, ReadAuditTrail};
use shared::api::{Download, Endpoint, address};
use shared::kernel::calendar::Date;
use shared::kernel::people::Role;

/// Address of the page.
const PAGE: &str = "/audit";

/// The filter in the address. Without a period the last [`DEFAULT_DAYS`] days are shown.
pub fn filter_of_address(route: Route) -> Memo<ReadAuditTrail> {
    let (from, until) = (route.text("from"), route.text("until"));
    let (person, post, group) = (route.text("person"), route.text("post"), route.text("group"));
    let (subject, outcome) = (route.text("subject"), route.text("outcome"));
    let (network, text) = (route.text("network"), route.text("text"));
    let before = route.number::<u64>("before");
    let today = expect_context::<SignedIn>().me.with_untracked(|me| me.as_ref().map(|me| me.today));
    let recent = today.and_then(|today| today.plus_days(1 - i64::from(DEFAULT_DAYS)));
    let day = |text: Option<String>| text.and_then(|text| Date::parse(&text));
    Memo::new(move |_| {
        let (from, until) = (day(from.get()), day(until.get()));
        ReadAuditTrail {
            before: before.get(),
            from: if until.is_none() { from.or(recent) } else { from },
            until,
            person: person.get(),
            post: post.get().as_deref().and_then(Role::from_word),
            group: group.get().as_deref().and_then(group_of),
            subject: subject.get(),
            outcome: outcome.get().as_deref().and_then(outcome_of),
            network: network.get(),
            text: text.get(),
            format: None,
        }
    })
}

fn group_of(word: &str) -> Option<ActGroup> {
    ActGroup::ALL.into_iter().find(|known| known.word() == word)
}

fn outcome_of(word: &str) -> Option<AuditOutcome> {
    AuditOutcome::ALL.into_iter().find(|known| known.word() == word)
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

/// What stands in the form and is not asked for yet.
#[derive(Clone, Copy)]
struct Fields {
    from: RwSignal<String>,
    until: RwSignal<String>,
    person: RwSignal<String>,
    post: RwSignal<String>,
    group: RwSignal<String>,
    subject: RwSignal<String>,
    outcome: RwSignal<String>,
    network: RwSignal<String>,
    text: RwSignal<String>,
}

impl Fields {
    fn new() -> Fields {
        let [from, until, person, post, group, subject, outcome, network, text] =
            std::array::from_fn(|_| RwSignal::new(String::new()));
        Fields { from, until, person, post, group, subject, outcome, network, text }
    }

    fn show(self, filter: &ReadAuditTrail) {
        let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let word = |word: Option<&str>| word.unwrap_or_default().to_string();
        self.from.set(day(filter.from));
        self.until.set(day(filter.until));
        self.person.set(text(&filter.person));
        self.post.set(word(filter.post.map(Role::word)));
        self.group.set(word(filter.group.map(ActGroup::word)));
        self.subject.set(text(&filter.subject));
        self.outcome.set(word(filter.outcome.map(AuditOutcome::word)));
        self.network.set(text(&filter.network));
        self.text.set(text(&filter.text));
    }

    fn filter(self) -> ReadAuditTrail {
        let given = |field: RwSignal<String>| {
            let text = field.with_untracked(|text| text.trim().to_string());
            (!text.is_empty()).then_some(text)
        };
        let day = |field| given(field).and_then(|text| Date::parse(&text));
        ReadAuditTrail {
            before: None,
            from: day(self.from),
            until: day(self.until),
            person: given(self.person),
            post: given(self.post).as_deref().and_then(Role::from_word),
            group: given(self.group).as_deref().and_then(group_of),
            subject: given(self.subject),
            outcome: given(self.outcome).as_deref().and_then(outcome_of),
            network: given(self.network),
            text: given(self.text),
            format: None,
        }
    }
}

/// The form of the filter. It stays while the address changes, so that the focus stays in it.
#[component]
pub fn FilterForm(filter: Memo<ReadAuditTrail>) -> impl IntoView {
    let route = expect_context::<Route>();
    let fields = Fields::new();
    Effect::new(move |_| filter.with(|filter| fields.show(filter)));
    let apply = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        route.go(&page_address(&fields.filter()));
    };
    let posts = Role::ALL.map(|role| (role.word(), role.label()));
    let groups = ActGroup::ALL.map(|group| (group.word(), group.label()));
    let outcomes = AuditOutcome::ALL.map(|outcome| (outcome.word(), outcome.label()));
    view! {
        <form class="au-fields" role="search" aria-label="筛选审计日志" on:submit=apply>
            <label>"自"<input type="date" name="from" bind:value=fields.from/></label>
            <label>"至"<input type="date" name="until" bind:value=fields.until/></label>
            {entered("person", "人员", "账号或姓名", fields.person)}
            {choice("post", "岗位", &posts, fields.post)}
            {choice("group", "行为类别", &groups, fields.group)}
            {entered("subject", "对象", "编号，如 water-2024", fields.subject)}
            {choice("outcome", "结果", &outcomes, fields.outcome)}
            {entered("network", "网络", "如 10.1.2.3", fields.network)}
            {entered("text", "查找文字", "行为、姓名、对象或说明", fields.text)}
            <span class="au-buttons">
                <button class="primary" data-act="filter">"筛选"</button>
                <a class="button" data-act="reset" href=PAGE>"重置"</a>
            </span>
        </form>
    }
}

fn entered(
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    text: RwSignal<String>,
) -> impl IntoView {
    view! { <label>{label}<input name=name placeholder=hint maxlength="64" bind:value=text/></label> }
}

fn choice(
    name: &'static str,
    label: &'static str,
    choices: &[(&'static str, &'static str)],
    chosen: RwSignal<String>,
) -> impl IntoView + use<> {
    let option = |(word, label): &(&'static str, &'static str)| {
        let (word, label) = (*word, *label);
        view! { <option value=word>{label}</option> }
    };
    let options = choices.iter().map(option).collect_view();
    view! {
        <label>
            {label}
            <select name=name prop:value=move || chosen.get() on:change=move |event| chosen.set(event_target_value(&event))>
                <option value="">"全部"</option>
                {options}
            </select>
        </label>
    }
}
