//! 路由: every page of the app with its address. An address is read once into a [`Page`]; links are ordinary links, and
//! a press on one of ours changes the page without loading the program again.

use crate::features::not_found::NotFoundPage;
use crate::features::request::RequestPage;
use crate::features::shell::Shell;
use crate::kernel::chunks;
use crate::ui::{part, wording};
use leptos::ev::{self, MouseEvent};
use leptos::prelude::*;
use shared::kernel::ids::CaseId;
use wasm_bindgen::{JsCast, JsValue};

/// 页面.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// 待办.
    Desk,
    /// 申请, as it is now or one of its frozen versions.
    Request { request: CaseId, version: Option<u32> },
    /// 批复结果 of a request.
    Result { request: CaseId },
    /// 整体预算 of a year, the current one when none is named, or one of its earlier compilations.
    Consolidation { year: Option<u16>, number: Option<u32> },
    /// 中期财政规划 of a year, or one of its versions.
    Plan { year: Option<u16>, version: Option<u32> },
    /// 财政审核与批复 of a year.
    Finance { year: Option<u16> },
    /// 批复批次.
    Batch { batch: CaseId },
    /// 单独申请一览 of a year.
    Separates { year: Option<u16> },
    /// 一份单独申请.
    Separate { separate: CaseId },
    /// 账号管理.
    Accounts,
    /// 激活账号: open to people without an account in use.
    Invitation,
    /// An address of none of them.
    Unknown,
}

impl Page {
    /// The page at an address: its path and its query with the question mark, as the browser writes them.
    fn at(path: &str, query: &str) -> Page {
        let id = |text: &str| CaseId::new(decoded(text));
        let year = |text: Option<&&str>| text.and_then(|text| text.parse().ok());
        let steps: Vec<&str> = path.split('/').filter(|step| !step.is_empty()).collect();
        match steps.as_slice() {
            [] | ["sign-in"] => Page::Desk,
            ["accounts"] => Page::Accounts,
            ["invitation"] => Page::Invitation,
            ["requests", request] => {
                Page::Request { request: id(request), version: named(query, "version=") }
            }
            ["requests", request, "result"] => Page::Result { request: id(request) },
            ["consolidation", rest @ ..] if rest.len() < 2 => {
                Page::Consolidation { year: year(rest.first()), number: named(query, "number=") }
            }
            ["plan", rest @ ..] if rest.len() < 2 => {
                Page::Plan { year: year(rest.first()), version: named(query, "version=") }
            }
            ["finance", rest @ ..] if rest.len() < 2 => Page::Finance { year: year(rest.first()) },
            ["separates", rest @ ..] if rest.len() < 2 => Page::Separates { year: year(rest.first()) },
            ["separate", separate] => Page::Separate { separate: id(separate) },
            ["batches", batch] => Page::Batch { batch: id(batch) },
            _ => Page::Unknown,
        }
    }

    /// Where the page is found.
    pub fn address(&self) -> String {
        let year = |year: &Option<u16>| year.map_or_else(String::new, |year| format!("/{year}"));
        let named = |name: &str, number: &Option<u32>| {
            number.map_or_else(String::new, |number| format!("?{name}{number}"))
        };
        match self {
            Page::Desk | Page::Unknown => "/".to_string(),
            Page::Request { request, version } => {
                format!("/requests/{request}{}", named("version=", version))
            }
            Page::Result { request } => format!("/requests/{request}/result"),
            Page::Consolidation { year: of, number } => {
                format!("/consolidation{}{}", year(of), named("number=", number))
            }
            Page::Plan { year: of, version } => format!("/plan{}{}", year(of), named("version=", version)),
            Page::Finance { year: of } => format!("/finance{}", year(of)),
            Page::Batch { batch } => format!("/batches/{batch}"),
            Page::Separates { year: of } => format!("/separates{}", year(of)),
            Page::Separate { separate } => format!("/separate/{separate}"),
            Page::Accounts => "/accounts".to_string(),
            Page::Invitation => "/invitation".to_string(),
        }
    }

    /// What the window and the history call it.
    fn title(&self) -> &'static str {
        match self {
            Page::Desk => "待办 · 运维资金管理系统",
            Page::Request { .. } => "运维服务申请 · 运维资金管理系统",
            Page::Result { .. } => "批复结果 · 运维资金管理系统",
            Page::Consolidation { .. } => "整体预算 · 运维资金管理系统",
            Page::Plan { .. } => "中期财政规划 · 运维资金管理系统",
            Page::Finance { .. } | Page::Batch { .. } => "财政审核与批复 · 运维资金管理系统",
            Page::Separates { .. } | Page::Separate { .. } => "单独申请 · 运维资金管理系统",
            Page::Accounts => "账号管理 · 运维资金管理系统",
            Page::Invitation => "激活账号 · 运维资金管理系统",
            Page::Unknown => "运维资金管理系统",
        }
    }
}

fn decoded(text: &str) -> String {
    js_sys::decode_uri_component(text)
        .ok()
        .and_then(|text| text.as_string())
        .unwrap_or_else(|| text.to_string())
}

/// A number of a query by its name with the equals sign.
fn named(query: &str, name: &str) -> Option<u32> {
    query.trim_start_matches('?').split('&').find_map(|pair| pair.strip_prefix(name))?.parse().ok()
}

/// The page being shown.
#[derive(Clone, Copy)]
pub struct Route(RwSignal<Page>);

impl Route {
    /// What a page's address says, kept as it was while another page takes its place; `nothing` if it says nothing.
    pub fn says<T>(self, nothing: T, read: fn(Page) -> Option<T>) -> Memo<T>
    where
        T: Clone + PartialEq + Send + Sync + 'static,
    {
        Memo::new(move |before: Option<&T>| {
            read(self.0.get()).or(before.cloned()).unwrap_or_else(|| nothing.clone())
        })
    }

    /// Goes to a page, which the browser's own back button undoes.
    pub fn go(self, page: Page) {
        self.follow(&page.address());
    }

    fn follow(self, address: &str) {
        // It fails only for another origin's address, which none of ours is.
        let pushed = window()
            .history()
            .and_then(|history| history.push_state_with_url(&JsValue::NULL, "", Some(address)));
        if pushed.is_ok() {
            self.look();
            window().scroll_to_with_x_and_y(0.0, 0.0);
        }
    }

    /// Reads the address again.
    fn look(self) {
        let page = here();
        if self.0.with_untracked(|shown| *shown != page) {
            self.0.set(page);
        }
    }
}

fn here() -> Page {
    let location = window().location();
    Page::at(&location.pathname().unwrap_or_default(), &location.search().unwrap_or_default())
}

#[component]
pub fn Pages() -> impl IntoView {
    let route = Route(RwSignal::new(here()));
    provide_context(route);
    Effect::new(move |_| document().set_title(route.0.with(Page::title)));
    window_event_listener(ev::popstate, move |_| route.look());
    window_event_listener(ev::click, move |press| {
        if let Some(address) = ours(&press) {
            press.prevent_default();
            route.follow(&address);
        }
    });
    let invited = Memo::new(move |_| route.0.with(|page| *page == Page::Invitation));
    part(move || match invited.get() {
        true => chunks::invitation_page(),
        false => view! { <Shell><Inside/></Shell> }.into_any(),
    })
}

/// The address of a link of ours that was pressed plainly. Other presses, downloads and what the server itself
/// answers are the browser's.
fn ours(press: &MouseEvent) -> Option<String> {
    let plain = press.button() == 0
        && !press.default_prevented()
        && !(press.ctrl_key() || press.meta_key() || press.shift_key() || press.alt_key());
    let pressed = press.target().filter(|_| plain)?.dyn_into::<web_sys::Element>().ok()?;
    let link = pressed.closest("a[href^='/']:not([download],[target])").ok()??;
    link.get_attribute("href").filter(|address| !address.starts_with("/api/"))
}

/// For whoever is signed in; others find the sign-in in the place of any of these.
#[component]
fn Inside() -> impl IntoView {
    let route = expect_context::<Route>();
    // Another version of a request, or another request, is read by the page itself.
    let kind = Memo::new(move |_| route.0.with(std::mem::discriminant));
    part(move || {
        // Read, not only followed: a memo nobody has read yet knows nothing to follow itself.
        kind.get();
        match route.0.get_untracked() {
            Page::Desk => chunks::desk_page(),
            Page::Request { .. } => view! { <RequestPage/> }.into_any(),
            Page::Result { .. } => chunks::result_page(),
            Page::Consolidation { .. } => chunks::consolidation_page(),
            Page::Plan { .. } => chunks::plan_page(),
            Page::Finance { .. } => chunks::finance_page(),
            Page::Batch { .. } => chunks::batch_page(),
            Page::Separates { .. } => chunks::separates_page(),
            Page::Separate { .. } => chunks::separate_page(),
            Page::Accounts => chunks::accounts_page(),
            Page::Invitation | Page::Unknown => view! { <NotFoundPage/> }.into_any(),
        }
    })
}

/// A link of the bar, marked while its page is shown.
#[component]
pub fn BarLink(page: Page, label: &'static str) -> impl IntoView {
    let route = expect_context::<Route>();
    let address = page.address();
    let current = wording(move || if route.0.with(|shown| *shown == page) { "page" } else { "false" });
    view! { <a href=address aria-current=current>{label}</a> }
}
