//! 外框: what is around every page: the demonstration strip, the top bar, the renewal of a session, and the sign-in
//! in the place of any page while nobody is signed in.

use crate::kernel::chunks;
use crate::kernel::router::{BarLink, Page, Route};
use crate::kernel::session::SignedIn;
use crate::sync_client;
use crate::ui::{SaidLine, Toast, part, when};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::session::Me;
use shared::cases::authority::{Capability, may};
use shared::kernel::people::{Office, Role};

/// Around the pages for people who have signed in.
#[component]
pub fn Shell(children: ChildrenFn) -> impl IntoView {
    let signed = expect_context::<SignedIn>();
    let said = expect_context::<Toast>();
    // The pages are made anew only for another person, not when the same one's session is renewed.
    let who = Memo::new(move |_| signed.me.with(|me| me.as_ref().map(|me| me.actor.account.clone())));
    view! {
        {part(move || match (who.get().and_then(|_| signed.me.get_untracked()), signed.known.get()) {
            (Some(me), _) => {
                let (demo, today) = (me.demo, me.today);
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
                        <div class="content" id="content" tabindex="-1">{children()}</div>
                        {when(move || signed.expired.get(), move || chunks::renewal(account))}
                        <SaidLine said/>
                    </div>
                }.into_any()
            }
            (None, true) => chunks::sign_in(),
            (None, false) => view! { <p id="opening" role="status">"正在连接服务器…"</p> }.into_any(),
        })}
    }
}

#[component]
fn Bar(me: Me) -> impl IntoView {
    let administers = matches!(me.actor.role, Role::SystemAdministrator | Role::SecurityAdministrator);
    let business = me.actor.role.office() != Office::Administration;
    let rested = chunks::rested();
    let place = me.department_name.clone().map(|name| format!("{name} · ")).unwrap_or_default();
    view! {
        <header class="bar">
            <a href="/"><span class="bar-name">"运维资金管理系统"</span></a>
            <nav class="bar-pages" aria-label="主要页面">
                {business.then(|| view! { <BarLink page=Page::Desk label="待办"/> })}
                {may(&me.actor, Capability::SeeConsolidation).is_ok().then(|| view! {
                    <BarLink page=Page::Consolidation { year: None, number: None } label="整体预算"/>
                })}
                {may(&me.actor, Capability::SeeFinance).is_ok().then(|| view! {
                    <BarLink page=Page::Finance { year: None } label="财政审核"/>
                })}
                {may(&me.actor, Capability::SeeSeparate).is_ok().then(|| view! {
                    <BarLink page=Page::Separates { year: None } label="单独申请"/>
                })}
                {administers.then(|| view! { <BarLink page=Page::Accounts label="账号"/> })}
            </nav>
            <div class="bar-person">
                {business.then(|| view! { <span class="bell-place">{when(move || rested.get(), chunks::bell)}</span> })}
                <span class="bar-who" data-account=me.actor.account.to_string()>
                    {me.actor.name.clone()}" "<small>{place}{me.actor.role.label()}</small>
                </span>
                <Leaving me/>
            </div>
        </header>
    }
}

/// 退出: what is not delivered stays on this device, and the person is told before.
#[component]
fn Leaving(me: Me) -> impl IntoView {
    let signed = expect_context::<SignedIn>();
    let owed = RwSignal::new(0_usize);
    let asking = RwSignal::new(false);
    let account = StoredValue::new(me.actor.account);
    let route = expect_context::<Route>();
    let leave = Callback::new(move |()| {
        spawn_local(async move {
            let account = account.get_value();
            signed.sign_out().await;
            sync_client::forget_read(&account).await;
            route.go(Page::Desk);
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
        {when(move || owed.get() > 0, move || chunks::leaving(owed, asking, leave))}
    }
}
