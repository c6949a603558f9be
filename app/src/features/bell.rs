//! 铃: the number of unread notices, as the server reports it, and their list by case.

use crate::kernel::api;
use crate::kernel::router::Route;
use crate::sync_client::live::{Live, listen};
use crate::ui::{Toast, show_toast};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::notices::{MarkNoticesRead, Notice, NoticeEvent, Notices, NotifiedCase, ReadNotices};
use shared::kernel::ids::NoticeId;

#[derive(Clone, Copy)]
struct Bell {
    unread: RwSignal<usize>,
    open: RwSignal<bool>,
    /// Read when the list is opened, and at every event while it is open.
    listed: RwSignal<Option<Notices>>,
}

/// The bell in the top bar.
pub fn bell() -> AnyView {
    let bell = Bell { unread: RwSignal::new(0), open: RwSignal::new(false), listed: RwSignal::new(None) };
    let toast = expect_context::<Toast>();
    let live: Live = listen(|| None, move |data| bell.hear(toast, data));
    // Dropped with the bar, which ends the stream.
    StoredValue::new_local(live);
    let name = move || match bell.unread.get() {
        0 => "通知，没有未读".to_string(),
        unread => format!("通知，{unread} 条未读"),
    };
    let close = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" {
            bell.open.set(false);
        }
    };
    bell.follow_the_case(expect_context::<Route>());
    view! {
        <div class="bell" on:keydown=close>
            <button type="button" class="bell-button" data-act="notices" aria-label=name
                aria-expanded=move || bell.open.get().to_string() aria-controls="bell-list"
                on:click=move |_| bell.toggle()>
                <svg viewBox="0 0 20 20" aria-hidden="true">
                    <path d="M10 2a5 5 0 0 0-5 5v3.5L3.5 13v1h13v-1L15 10.5V7a5 5 0 0 0-5-5Zm-2 13a2 2 0 0 0 4 0Z"/>
                </svg>
                <Show when={move || bell.unread.get() > 0}>
                    <b class="bell-count" data-count="unread">{move || bell.unread.get()}</b>
                </Show>
            </button>
            <Show when=move || bell.open.get()>{bell.list()}</Show>
        </div>
    }
    .into_any()
}

impl Bell {
    /// Whoever has a case open has seen what its notices tell of it: they are read.
    fn follow_the_case(self, route: Route) {
        Effect::new(move |_| {
            let Some(shown) = route.shown_case().filter(|_| self.unread.get() > 0) else { return };
            spawn_local(async move {
                let Ok(Notices { notices, .. }) = api::call(ReadNotices {}).await else { return };
                let of_it = |notice: &&Notice| notice.case.as_ref().is_some_and(|case| case.id == shown);
                let unread = notices.iter().filter(|notice| !notice.read).filter(of_it);
                self.mark(unread.map(|notice| notice.id.clone()).collect());
            });
        });
    }

    fn hear(self, toast: Toast, data: &str) {
        match serde_json::from_str(data) {
            Ok(NoticeEvent::Arrived { notice }) => {
                show_toast(toast, format!("{}：{}", notice.about, notice.text))
            }
            Ok(NoticeEvent::Unread { unread }) => self.unread.set(unread),
            // Other events are about the request.
            Err(_) => return,
        }
        if self.open.get_untracked() {
            self.read();
        }
    }

    fn toggle(self) {
        let open = !self.open.get_untracked();
        self.open.set(open);
        if open {
            self.read();
        }
    }

    fn read(self) {
        spawn_local(async move {
            // While the server is away the list stays as it is; the page says so elsewhere.
            if let Ok(notices) = api::call(ReadNotices {}).await {
                self.listed.try_set(Some(notices));
            }
        });
    }

    fn mark(self, notices: Vec<NoticeId>) {
        if notices.is_empty() {
            return;
        }
        self.listed.update(|listed| {
            for notice in listed.iter_mut().flat_map(|listed| &mut listed.notices) {
                notice.read |= notices.contains(&notice.id);
            }
        });
        spawn_local(async move {
            if let Ok(unread) = api::call(MarkNoticesRead { notices }).await {
                self.unread.try_set(unread);
            }
        });
    }

    fn unread_ids(self) -> Vec<NoticeId> {
        self.listed.with_untracked(|listed| {
            let all = listed.iter().flat_map(|listed| &listed.notices);
            all.filter(|notice| !notice.read).map(|notice| notice.id.clone()).collect()
        })
    }

    fn list(self) -> AnyView {
        view! {
            <section class="bell-list" id="bell-list" aria-label="通知">
                <header>
                    <h2>"通知"</h2>
                    <button type="button" data-act="notices-read"
                        on:click=move |_| self.mark(self.unread_ids())>"全部标为已读"</button>
                    <button type="button" on:click=move |_| self.open.set(false)>"关闭"</button>
                </header>
                {move || match self.listed.with(|listed| listed.as_ref().map(|l| l.notices.is_empty())) {
                    None => view! { <p class="quiet" role="status">"正在读取…"</p> }.into_any(),
                    Some(true) => view! { <p class="quiet">"还没有通知。"</p> }.into_any(),
                    Some(false) => view! {
                        <For each=move || self.listed.with(by_case) key=|group| group_key(group)
                            children=move |group| self.group(group)/>
                    }.into_any(),
                }}
            </section>
        }
        .into_any()
    }

    /// The notices of one case, newest first.
    fn group(self, notices: Vec<Notice>) -> AnyView {
        let about = notices.first().map(|notice| (notice.about.clone(), notice.case.clone()));
        let Some((about, case)) = about else { return ().into_any() };
        let ids: Vec<NoticeId> = notices.iter().map(|notice| notice.id.clone()).collect();
        let heading = match case {
            Some(case) => view! {
                <a href=address(&case) on:click=move |_| {
                    self.open.set(false);
                    self.mark(ids.clone());
                }>{about}</a>
            }
            .into_any(),
            None => about.into_any(),
        };
        let lines = notices.into_iter().map(|notice| self.line(notice)).collect_view();
        view! { <div class="bell-group"><h3>{heading}</h3><ul>{lines}</ul></div> }.into_any()
    }

    fn line(self, notice: Notice) -> AnyView {
        let Notice { id, at, by, text, read, .. } = notice;
        let quiet = [at.map(|at| at.to_string()), Some(by).filter(|by| !by.is_empty())]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · ");
        let key = id.to_string();
        let read_it = (!read).then(|| view! {
            <button type="button" class="rq-link" on:click=move |_| self.mark(vec![id.clone()])>"标为已读"</button>
        });
        view! {
            <li data-notice=key data-read=read.to_string()>
                <p>{text}</p>
                <p class="quiet">{quiet}{read_it}</p>
            </li>
        }
        .into_any()
    }
}

/// A key that changes with the group's notices and with which of them are read.
fn group_key(group: &[Notice]) -> String {
    group.iter().map(|notice| format!("{}{} ", notice.id, notice.read)).collect()
}

/// Cases by their newest notice; reminders come first, as the server sends them.
fn by_case(listed: &Option<Notices>) -> Vec<Vec<Notice>> {
    let mut groups: Vec<Vec<Notice>> = Vec::new();
    for notice in listed.iter().flat_map(|listed| &listed.notices) {
        let same = |group: &&mut Vec<Notice>| {
            notice.case.is_some() && group.first().is_some_and(|first| first.case == notice.case)
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(notice.clone()),
            None => groups.push(vec![notice.clone()]),
        }
    }
    groups
}

/// The page of the case a notice is about.
fn address(case: &NotifiedCase) -> String {
    match case.kind {
        Some(kind) => kind.address(&case.id, case.fiscal_year),
        None => format!("/money-cases/{}", case.id),
    }
}
