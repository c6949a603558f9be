//! 我的任务: a card for each visit, the first window that ends first.

use super::frame::{Frame, word_class};
use crate::site::state::{Screen, SessionState, Site, VisitPage};
use crate::site::visit::Visit;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::kernel::calendar::Date;
use shared::kernel::ids::CaseId;
use shared::sync::site::api::SiteEvaluator;

/// What a card shows, of the server's list or of a bundle.
#[derive(Clone, PartialEq, Eq)]
struct Card {
    visit: CaseId,
    unit: String,
    department: String,
    from: Date,
    to: Date,
    evaluators: String,
    stage: String,
}

fn names(evaluators: &[SiteEvaluator]) -> String {
    evaluators.iter().map(|of| of.name.as_str()).collect::<Vec<_>>().join("、")
}

/// The server's list, which is in the order of the windows' ends, and what is on this tablet and not in it.
fn cards(site: Site) -> Vec<Card> {
    let mut cards: Vec<Card> = site.tasks.with(|tasks| {
        let card = |task: &shared::sync::site::api::SiteTask| Card {
            visit: task.visit.clone(),
            unit: task.unit.clone(),
            department: task.department.clone(),
            from: task.from,
            to: task.to,
            evaluators: names(&task.evaluators),
            stage: task.stage_label.clone(),
        };
        tasks.iter().map(card).collect()
    });
    for visit in site.visits.get() {
        let card = visit.bundle(|bundle| Card {
            visit: bundle.visit.clone(),
            unit: bundle.unit.clone(),
            department: bundle.department.clone(),
            from: bundle.from,
            to: bundle.to,
            evaluators: names(&bundle.evaluators),
            stage: String::new(),
        });
        if !cards.iter().any(|other| other.visit == card.visit) {
            let at = cards.partition_point(|other| other.to <= card.to);
            cards.insert(at, card);
        }
    }
    cards
}

#[component]
pub fn TasksScreen() -> impl IntoView {
    let site = expect_context::<Site>();
    let cards = Memo::new(move |_| cards(site));
    let person = site.unlocked().map(|unlocked| unlocked.person.clone()).unwrap_or_default();
    let empty = move || match site.session.get() {
        SessionState::Ours => "没有派给您的现场评价。",
        SessionState::Unknown | SessionState::Ended => "联网并登录后显示派给您的现场评价。",
    };
    view! {
        <Frame title=format!("我的任务 · {person}")>
            <Show when=move || cards.with(Vec::is_empty)><p class="quiet">{empty}</p></Show>
            <div class="site-cards">
                {move || cards.get().into_iter().map(|card| view! { <TaskCard card/> }).collect_view()}
            </div>
        </Frame>
    }
}

#[component]
fn TaskCard(card: Card) -> impl IntoView {
    let site = expect_context::<Site>();
    let id = StoredValue::new(card.visit.clone());
    let here = Memo::new(move |_| id.with_value(|id| site.visit(id).is_some()));
    let busy = RwSignal::new(false);
    let download = move |_| {
        busy.set(true);
        site.problem.set(None);
        spawn_local(async move {
            if let Err(problem) = site.download(id.get_value()).await {
                site.problem.set(Some(problem));
            }
            busy.try_set(false);
        });
    };
    let open = move |_| site.screen.set(Screen::Visit(id.get_value(), VisitPage::Home));
    let state = move || match id.with_value(|id| site.visit(id)) {
        Some(visit) => here_state(visit).into_any(),
        None => view! { <span class="word" data-count="bundle">"未下载"</span> }.into_any(),
    };
    view! {
        <article class="site-card" data-visit=card.visit.to_string()>
            <h2>{card.unit}</h2>
            <p>{card.department}</p>
            <p>{format!("{} 至 {}", card.from, card.to)}</p>
            <p class="quiet">{format!("同组：{}", card.evaluators)}</p>
            <p class="quiet">{card.stage}</p>
            <p class="site-states">{state}</p>
            {move || if here.get() {
                view! { <button class="primary" data-act="open" on:click=open>"打开"</button> }.into_any()
            } else {
                view! {
                    <button class="primary" data-act="download" disabled=busy on:click=download>
                        {move || if busy.get() { "下载中…" } else { "下载" }}
                    </button>
                }.into_any()
            }}
        </article>
    }
}

/// Whether the visit opens without network, how far it is, and where its content is.
fn here_state(visit: Visit) -> impl IntoView {
    let bundle = move || {
        let is_here = visit.read(|device| device.stored().base.is_some());
        if is_here { "可离线" } else { "下载中" }
    };
    let progress = move || {
        let (done, all) = super::home::checked(visit);
        format!("清单 {done}/{all}")
    };
    let word = move || visit.read(|device| device.storage_word());
    view! {
        <span class="word" data-count="bundle">{bundle}</span>
        <span class="word">{progress}</span>
        <span class=move || word_class(word()) data-count="storage">{move || word().text()}</span>
    }
}
