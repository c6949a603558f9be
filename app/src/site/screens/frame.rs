//! The bar of every screen of an unlocked tablet: back, title, 存储状态, 同步, 锁定; and under it what a person has to know.

use crate::site::screens::sign_in::SignInAgain;
use crate::site::state::{Screen, SessionState, Site, VisitPage};
use crate::site::update::UpdateOffer;
use crate::site::visit::Visit;
use crate::ui::Notice;
use leptos::prelude::*;
use shared::sync::site::storage_word::StorageWord;

/// 存储状态 of several visits: the worst.
pub fn worst_word(visits: &[Visit]) -> Option<StorageWord> {
    let words = visits.iter().map(|visit| visit.read(|device| device.storage_word()));
    words.min_by_key(|word| match word {
        StorageWord::Unsaved => 0,
        StorageWord::Attention(_) => 1,
        StorageWord::Conflicts(_) => 2,
        StorageWord::Offline => 3,
        StorageWord::Sending { .. } => 4,
        StorageWord::Saved => 5,
        StorageWord::Delivered => 6,
    })
}

/// How a word is coloured.
pub fn word_class(word: StorageWord) -> &'static str {
    match word {
        StorageWord::Unsaved | StorageWord::Attention(_) => "word bad",
        StorageWord::Conflicts(_) => "word conflict",
        StorageWord::Delivered => "word good",
        StorageWord::Saved | StorageWord::Sending { .. } | StorageWord::Offline => "word",
    }
}

/// A screen under its bar; `visit` is the one it is of, `back` where 返回 leads.
#[component]
pub fn Frame(
    title: String,
    #[prop(optional)] visit: Option<Visit>,
    #[prop(optional)] back: Option<Screen>,
    children: Children,
) -> impl IntoView {
    let site = expect_context::<Site>();
    let visits = move || visit.map_or_else(|| site.visits.get(), |visit| vec![visit]);
    let word = Memo::new(move |_| worst_word(&visits()));
    let waiting = move || -> usize {
        visits().iter().map(|visit| visit.read(|device| device.stored().outbox.len())).sum()
    };
    let sync = move |_| match visit {
        Some(visit) => {
            visit.sync_now();
            site.screen.set(Screen::Visit(visit.id(), VisitPage::Sync));
        }
        None => {
            site.visits.with_untracked(|visits| visits.iter().for_each(|visit| visit.sync_now()));
            site.follow_session();
        }
    };
    view! {
        <header class="site-bar">
            {back.map(|back| view! {
                <button data-act="back" aria-label="返回" on:click=move |_| site.screen.set(back.clone())>"‹ 返回"</button>
            })}
            <h1>{title}</h1>
            <span role="status" data-count="storage" class=move || word.get().map_or("word", word_class)>
                {move || word.get().map(StorageWord::text)}
            </span>
            <button data-act="sync" on:click=sync>
                {move || match waiting() { 0 => "同步".to_string(), count => format!("同步 {count}") }}
            </button>
            <button data-act="lock" on:click=move |_| site.lock()>"锁定"</button>
        </header>
        <Banners visit/>
        <main class="site-page">{children()}</main>
    }
}

#[component]
fn Banners(visit: Option<Visit>) -> impl IntoView {
    let site = expect_context::<Site>();
    let is_full = move || {
        let visits = visit.map_or_else(|| site.visits.get(), |visit| vec![visit]);
        visits.iter().any(|visit| visit.read(|device| device.is_storage_full()))
    };
    view! {
        <Show when=is_full>
            <p class="site-banner bad" role="alert">"未存本机：存储已满。请先清理本机空间；在出现“已存本机”之前不要关闭本窗口。"</p>
        </Show>
        {move || site.room.get().text().map(|text| view! { <p class="site-banner" role="status">{text}</p> })}
        <Show when=move || site.session.get() == SessionState::Ended><SignInAgain/></Show>
        <UpdateOffer/>
        <Notice problem=site.problem/>
    }
}
