//! 外框: the page of the address with what is around it: the demonstration strip, the top bar, the renewal of a session,
//! and the sign-in in the place of any page while nobody is signed in.

use super::chunks;
use super::not_found::NotFoundPage;
use super::routes::{BarEntry, PAGES, Page, has_business};
use crate::kernel::chunks::rested;
use crate::kernel::router::Route;
use crate::kernel::session::SignedIn;
use crate::sync_client;
use crate::ui::{Toast, ToastLine};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::session::Me;
use shared::kernel::ids::OpId;

const SYSTEM: &str = "运维资金管理系统";

/// The page of the address.
#[component]
pub fn Pages() -> impl IntoView {
    let route = Route::provide(PAGES.iter().map(|page| page.path).collect());
    // Changes only with the page; a page follows the case of its address itself.
    let shown = Memo::new(move |_| route.page());
    let page = move || shown.get().and_then(|at| PAGES.get(at)).copied();
    Effect::new(move |_| {
        let title = page().map_or_else(|| SYSTEM.to_string(), |page| format!("{} · {SYSTEM}", page.title));
        document().set_title(&title);
    });
    let show = move || match page() {
        Some(Page { show, is_open: false, .. }) => show(),
        _ => view! { <NotFoundPage/> }.into_any(),
    };
    let open = Memo::new(move |_| page().filter(|page| page.is_open).map(|page| page.path));
    move || match open.get().and_then(|_| untrack(page)) {
        Some(page) => (page.show)(),
        None => view! { <Shell>{show}</Shell> }.into_any(),
    }
}

/// The frame around the pages for people who have signed in.
#[component]
pub fn Shell(children: ChildrenFn) -> impl IntoView {
    let signed = expect_context::<SignedIn>();
    let toast = expect_context::<Toast>();
    // The pages are built anew for another person or post, not when the same person's session is renewed.
    let who = Memo::new(move |_| {
        signed
            .me
            .with(|me| me.as_ref().map(|me| (me.actor.account.clone(), me.must_change, current_post(me))))
    });
    // A session that is renewed says again what is known: the pages stay as they are.
    let known = Memo::new(move |_| signed.known.get());
    view! {
        {move || match (who.get().and_then(|_| signed.me.get_untracked()), known.get()) {
            (Some(me), _) => {
                let (demo, today, must_change) = (me.demo, me.today, me.must_change);
                let account = StoredValue::new(me.actor.account.clone());
                view! {
                    <div class="shell" class:demo=demo>
                        <a class="skip" href="#content">"跳到正文"</a>
                        {demo.then(|| view! {
                            <aside class="demo-strip" data-demo="true" aria-label="演示环境">
                                {format!("演示环境 · 系统日期按 {today} 计 · 数据仅供演示，可随意填写")}
                            </aside>
                        })}
                        <Bar me/>
                        <div class="content" id="content" tabindex="-1">
                            {if must_change { chunks::own_account_page() } else { children() }}
                        </div>
                        <Show when=move || signed.expired.get() && !signed.locked.get()>{chunks::renewal(account)}</Show>
                        <Show when=move || signed.locked.get()>{chunks::lock(account)}</Show>
                        <ToastLine toast/>
                    </div>
                }.into_any()
            }
            (None, true) => chunks::sign_in(),
            (None, false) => view! { <p id="opening" role="status">"正在连接服务器…"</p> }.into_any(),
        }}
    }
}

/// The post the session acts in; `None` for that of the account.
fn current_post(me: &Me) -> Option<OpId> {
    me.posts.iter().find(|post| post.is_current).and_then(|post| post.post.clone())
}

#[component]
fn Bar(me: Me) -> impl IntoView {
    let business = has_business(&me);
    // Until the account is complete the server answers nothing but what completes it.
    let hears = !me.must_change;
    let rested = rested();
    let place = me.department_name.clone().map(|name| format!("{name} · ")).unwrap_or_default();
    let entries = PAGES.iter().filter_map(|page| page.entry).filter(|entry| (entry.visible_to)(&me));
    view! {
        <header class="bar">
            <a href="/"><span class="bar-name">{SYSTEM}</span></a>
            <nav class="bar-pages" aria-label="主要页面">
                {entries.map(|entry| view! { <BarLink entry/> }).collect_view()}
            </nav>
            <div class="bar-person">
                {business.then(|| view! { <span class="bell-place"><Show when=move || hears && rested.get()>{chunks::bell_button()}</Show></span> })}
                {(me.posts.len() > 1).then(|| chunks::post_choice(StoredValue::new(me.posts.clone())))}
                <a class="bar-who" href="/account" title="账号设置" data-account=me.actor.account.to_string()>
                    {me.actor.name.clone()}" "<small>{place}{me.actor.role.label()}</small>
                </a>
                <Leaving me/>
            </div>
        </header>
    }
}

/// 退出: what is not delivered stays on this device; the person is warned before.
#[component]
fn Leaving(me: Me) -> impl IntoView {
    let signed = expect_context::<SignedIn>();
    let owed = RwSignal::new(0_usize);
    let asking = RwSignal::new(false);
    let account = StoredValue::new(me.actor.account);
    let route = expect_context::<Route>();
    let leave = Callback::new(move |()| {
        spawn_local(async move {
            signed.sign_out().await;
            route.go("/");
        });
    });
    let ask = move |_| {
        spawn_local(async move {
            let waiting = sync_client::pending(&account.get_value()).await;
            owed.set(waiting);
            if waiting == 0 {
                leave.run(());
            } else {
                asking.set(true);
            }
        });
    };
    view! {
        <button type="button" data-act="sign-out" on:click=ask>"退出"</button>
        <Show when={move || owed.get() > 0}>{chunks::leaving_dialog(owed, asking, leave)}</Show>
    }
}

/// A link of the bar, marked while its page is shown.
#[component]
fn BarLink(entry: BarEntry) -> impl IntoView {
    let route = expect_context::<Route>();
    let current = move || if route.is_at(entry.address) { "page" } else { "false" };
    view! { <a href=entry.address aria-current=current>{entry.label}</a> }
}
