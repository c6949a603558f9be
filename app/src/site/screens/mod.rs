//! The screens of the tablet's app.

mod assets;
mod conclusion;
mod conflicts;
mod enrol;
mod entry;
mod frame;
mod home;
mod item;
mod pad;
mod photos;
mod score;
mod sign_in;
mod sync;
mod tasks;
mod unlock;

use crate::site::state::{Screen, Site, VisitPage};
use crate::site::visit::Visit;
use leptos::prelude::*;

#[component]
pub fn Screens() -> impl IntoView {
    let site = expect_context::<Site>();
    let screen = Memo::new(move |_| site.screen.get());
    move || {
        match screen.get() {
        Screen::Opening => view! { <main class="site-alone"><p role="status">"正在打开…"</p></main> }.into_any(),
        Screen::OtherWindow => {
            view! {
                <main class="site-alone">
                    <h1>"已在另一窗口打开"</h1>
                    <p>"为避免内容错乱，同一时间只在一个窗口填写。请回到那个窗口；关闭它后，这里会自动打开。"</p>
                </main>
            }
            .into_any()
        }
        Screen::Unusable(why) => {
            view! {
                <main class="site-alone">
                    <h1>"本机暂不能使用"</h1>
                    <p role="alert">{format!("浏览器没有提供本机存储或加密：{why}。请关闭无痕模式、清理空间后重新打开。")}</p>
                </main>
            }
            .into_any()
        }
        Screen::SignIn => view! { <sign_in::SignInScreen/> }.into_any(),
        Screen::Enrol => view! { <enrol::EnrolScreen/> }.into_any(),
        Screen::Unlock(vault) => view! { <unlock::UnlockScreen vault=*vault/> }.into_any(),
        Screen::Tasks => view! { <tasks::TasksScreen/> }.into_any(),
        Screen::Visit(id, page) => match untrack(|| site.visit(&id)) {
            Some(visit) => page_of(visit, page),
            None => view! { <tasks::TasksScreen/> }.into_any(),
        },
    }
    }
}

fn page_of(visit: Visit, page: VisitPage) -> AnyView {
    match page {
        VisitPage::Home => view! { <home::HomeScreen visit/> }.into_any(),
        VisitPage::Item(at) => view! { <item::ItemScreen visit at/> }.into_any(),
        VisitPage::Assets => view! { <assets::AssetsScreen visit/> }.into_any(),
        VisitPage::Photos => view! { <photos::PhotosScreen visit/> }.into_any(),
        VisitPage::Conclusion => view! { <conclusion::ConclusionScreen visit/> }.into_any(),
        VisitPage::Sync => view! { <sync::SyncScreen visit/> }.into_any(),
        VisitPage::Conflicts => view! { <conflicts::ConflictsScreen visit/> }.into_any(),
    }
}
