//! 筛选与视图: what narrows a list, and the views saved for it.

use super::list_view::{ListView, StoredViews};
use crate::kernel::local_storage::Key;
use crate::kernel::router::Route;
use leptos::prelude::*;
use shared::api::cases::CasesView;
use shared::cases::listed_kind::ListedKind;
use shared::kernel::calendar::FiscalYear;

/// One thing a select offers: its value and what it says.
type Choice = (String, String);

/// Search, kind, year, stage and department. The stages are those of one kind.
#[component]
pub fn Filter(
    kind: Option<ListedKind>,
    view: RwSignal<ListView>,
    read: RwSignal<Option<CasesView>>,
) -> impl IntoView {
    let kinds = Memo::new(move |_| {
        let offered = read.with(|read| read.as_ref().map(|read| read.kinds.clone()).unwrap_or_default());
        let offered = offered.into_iter().map(|kind| (kind.word(), kind.label().to_string()));
        let chosen = kind.map(ListedKind::word).unwrap_or_default();
        with_chosen(offered.collect(), &chosen, kind.map(|kind| kind.label().to_string()))
    });
    let route = expect_context::<Route>();
    let go_to = move |word: String| {
        let year = view.with_untracked(year_word);
        route.go(&format!("/cases?kind={word}&year={year}"));
    };
    let stages = Memo::new(move |_| {
        let offered = read.with(|read| read.as_ref().map(|read| read.stages.clone()).unwrap_or_default());
        offered.into_iter().map(|stage| (stage.word, stage.label)).collect::<Vec<Choice>>()
    });
    let departments = Memo::new(move |_| {
        let offered =
            read.with(|read| read.as_ref().map(|read| read.departments.clone()).unwrap_or_default());
        let offered = offered.into_iter().map(|department| (department.id.to_string(), department.name));
        let chosen = view.with(|view| view.department.clone());
        with_chosen(offered.collect(), &chosen, Some(chosen.clone()))
    });
    let years = Memo::new(move |_| {
        let offered = read.with(|read| read.as_ref().map(|read| read.years.clone()).unwrap_or_default());
        let offered = offered.into_iter().map(|FiscalYear(year)| (year.to_string(), format!("{year} 年度")));
        let chosen = view.with(year_word);
        with_chosen(offered.collect(), &chosen, Some(format!("{chosen} 年度")))
    });
    let search = move |text: String| view.update(|view| view.search = text);
    view! {
        <div class="of-filter" role="search">
            <input type="search" name="search" aria-label="查找" placeholder="查找名称、部门、单位或编号，按回车"
                maxlength="100" prop:value=move || view.with(|view| view.search.clone())
                on:change=move |event| search(event_target_value(&event))/>
            <Select name="kind" label="种类" all="全部种类" choices=kinds
                chosen=Signal::derive(move || kind.map(ListedKind::word).unwrap_or_default())
                choose=Callback::new(go_to)/>
            <Select name="year" label="年度" all="全部年度" choices=years chosen=Signal::derive(move || view.with(year_word))
                choose=Callback::new(move |word: String| view.update(|view| view.year = word.parse().ok()))/>
            {kind.is_some().then(|| view! {
                <Select name="stage" label="状态" all="全部状态" choices=stages
                    chosen=Signal::derive(move || view.with(|view| view.stage.clone()))
                    choose=Callback::new(move |word| view.update(|view| view.stage = word))/>
            })}
            <Select name="department" label="部门" all="全部部门" choices=departments
                chosen=Signal::derive(move || view.with(|view| view.department.clone()))
                choose=Callback::new(move |word| view.update(|view| view.department = word))/>
        </div>
    }
}

fn year_word(view: &ListView) -> String {
    view.year.map(|year| year.to_string()).unwrap_or_default()
}

/// The choices with the chosen one among them, though no case of the list has it now.
fn with_chosen(mut offered: Vec<Choice>, chosen: &str, label: Option<String>) -> Vec<Choice> {
    let missing = !chosen.is_empty() && offered.iter().all(|(word, _)| word != chosen);
    if let Some(label) = label.filter(|_| missing) {
        offered.push((chosen.to_string(), label));
    }
    offered
}

#[component]
fn Select(
    name: &'static str,
    label: &'static str,
    /// What the empty choice says.
    all: &'static str,
    choices: Memo<Vec<Choice>>,
    chosen: Signal<String>,
    choose: Callback<String>,
) -> impl IntoView {
    let option = move |(word, label): Choice| {
        let own = word.clone();
        view! { <option value=word selected=move || chosen.with(|chosen| *chosen == own)>{label}</option> }
    };
    view! {
        <select name=name aria-label=label on:change=move |event| choose.run(event_target_value(&event))>
            <option value="" selected=move || chosen.with(String::is_empty)>{all}</option>
            {move || choices.get().into_iter().map(option).collect_view()}
        </select>
    }
}

/// 已存视图: applied by a press, saved under a name, removed again.
#[component]
pub fn Views(
    view: RwSignal<ListView>,
    stored: RwSignal<StoredViews>,
    place: StoredValue<Key>,
) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let problem = RwSignal::new("");
    let change = move |change: &dyn Fn(&mut StoredViews)| {
        stored.update(|stored| change(stored));
        let written = place.with_value(|place| stored.with_untracked(|stored| stored.write(place)));
        problem.set(if written { "" } else { "浏览器不允许保存，视图只在本页有效。" });
    };
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let named = name.with_untracked(|name| name.trim().to_string());
        if named.is_empty() {
            problem.set("请先写下视图的名称。");
            return;
        }
        change(&|stored| stored.save(&named, view.get_untracked()));
        name.set(String::new());
    };
    let button = move |saved: super::list_view::SavedView| {
        let (title, removed) = (saved.name.clone(), saved.name.clone());
        view! {
            <span class="of-view" data-view=saved.name.clone()>
                <button type="button" on:click=move |_| view.set(saved.view.clone())>{title}</button>
                <button type="button" class="rq-link" aria-label=format!("删除视图 {removed}")
                    on:click=move |_| change(&|stored| stored.remove(&removed))>"×"</button>
            </span>
        }
    };
    view! {
        <form class="of-filter of-views" on:submit=save aria-label="视图">
            {move || stored.with(|stored| stored.saved.clone()).into_iter().map(button).collect_view()}
            <input name="view-name" aria-label="视图名称" placeholder="视图名称" maxlength="20" bind:value=name/>
            <button data-act="save-view">"保存为视图"</button>
            <span class="field-error" role="status">{move || problem.get()}</span>
        </form>
    }
}
