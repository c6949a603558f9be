//! 切换岗位: in the top bar for whoever has several posts, and on the desk where something waits in another one.

use crate::kernel::api;
use crate::kernel::local_storage::{self, Key};
use crate::kernel::router::Route;
use crate::kernel::session::SignedIn;
use crate::sync_client;
use crate::ui::{Toast, show_toast};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::desk::ElsewhereTasks;
use shared::api::posts::{PostLine, SwitchPost};
use shared::kernel::ids::OpId;

/// How this window takes up another post.
#[derive(Clone, Copy)]
struct Switcher {
    signed: SignedIn,
    toast: Toast,
    route: Route,
}

impl Switcher {
    fn here() -> Switcher {
        Switcher { signed: expect_context(), toast: expect_context(), route: expect_context() }
    }

    /// What is typed reaches the server first: it was typed in the post before.
    fn take_up(self, post: Option<OpId>) {
        let Switcher { signed, toast, route } = self;
        let account = signed.me.with_untracked(|me| me.as_ref().map(|me| me.actor.account.clone()));
        spawn_local(async move {
            let pending = match account {
                Some(account) => sync_client::pending(&account).await,
                None => 0,
            };
            if pending > 0 {
                return show_toast(toast, "还有填写的内容没有送达，送达后再切换岗位");
            }
            let word = post.as_ref().map(ToString::to_string).unwrap_or_default();
            match api::call(SwitchPost { post }).await {
                Ok(me) => {
                    local_storage::write(&Key::Post, &word);
                    signed.came(me);
                    route.go("/");
                }
                Err(problem) => {
                    show_toast(toast, format!("{}：{}", problem.title, problem.detail));
                    // The posts shown may be over.
                    drop(signed.look().await);
                }
            }
        });
    }
}

/// The choice in the top bar.
pub fn post_choice(posts: StoredValue<Vec<PostLine>>) -> impl IntoView {
    let switcher = Switcher::here();
    let word = |post: &PostLine| post.post.as_ref().map(ToString::to_string).unwrap_or_default();
    let current =
        posts.with_value(|all| all.iter().find(|post| post.is_current).map(word).unwrap_or_default());
    let chosen = move |event: leptos::ev::Event| {
        let value = event_target_value(&event);
        switcher.take_up(Some(value).filter(|value| !value.is_empty()).map(OpId::new));
    };
    let options = posts.with_value(|all| {
        let option = |post: &PostLine| {
            view! { <option value=word(post) selected=post.is_current>{post.label()}</option> }
        };
        all.iter().map(option).collect_view()
    });
    view! {
        <select class="bar-posts" aria-label="切换岗位" data-act="switch-post" prop:value=current on:change=chosen>
            {options}
        </select>
    }
}

/// 其他岗位的待办.
#[component]
pub fn Elsewhere(lines: Vec<ElsewhereTasks>) -> impl IntoView {
    let switcher = Switcher::here();
    let any = !lines.is_empty();
    let lines = lines.into_iter().map(|line| {
        let post = line.post.post.clone();
        view! {
            <li data-elsewhere=line.count>
                {line.post.label()}"："{line.count}" 件待办"
                <button type="button" class="plain" on:click=move |_| switcher.take_up(post.clone())>"切换岗位"</button>
            </li>
        }
    });
    let lines = lines.collect_view();
    any.then(|| {
        view! {
            <section class="card" aria-labelledby="elsewhere-title">
                <h2 id="elsewhere-title">"其他岗位的待办"</h2>
                <ul class="plain-list">{lines}</ul>
            </section>
        }
    })
}
