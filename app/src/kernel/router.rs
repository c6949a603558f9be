//! 路由: the address of this window, matched against the paths of the pages and followed without loading the app
//! again. Which pages there are is `features::routes`; links are ordinary links to their paths.

use leptos::ev::{self, MouseEvent};
use leptos::prelude::*;
use shared::kernel::ids::CaseId;
use std::str::FromStr;
use wasm_bindgen::{JsCast, JsValue};

/// Where this window is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Place {
    /// Index of the page among all paths; `None` for an address of none of them.
    page: Option<usize>,
    /// What the path and the query name, the path first.
    values: Vec<(String, String)>,
    /// Path and query as the browser writes them.
    address: String,
}

impl Place {
    /// The first of `paths` that fits. `{name}` stands for one step of the path, `{name?}` for one that may be left
    /// out at the end.
    fn find(paths: &[&str], path: &str, query: &str) -> Place {
        let steps: Vec<&str> = path.split('/').filter(|step| !step.is_empty()).collect();
        let found = paths.iter().enumerate().find_map(|(page, pattern)| Some((page, fit(pattern, &steps)?)));
        let (page, mut values) = found.map_or((None, Vec::new()), |(page, values)| (Some(page), values));
        let pairs = query.trim_start_matches('?').split('&').filter_map(|pair| pair.split_once('='));
        values.extend(pairs.map(|(name, value)| (name.to_string(), decoded(value))));
        Place { page, values, address: format!("{path}{query}") }
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

/// The values of a path's names, where the steps fit it.
fn fit(pattern: &str, steps: &[&str]) -> Option<Vec<(String, String)>> {
    let mut values = Vec::new();
    let mut steps = steps.iter();
    for wanted in pattern.split('/').filter(|step| !step.is_empty()) {
        match (wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')), steps.next()) {
            (Some(name), Some(step)) => values.push((name.trim_end_matches('?').to_string(), decoded(step))),
            (Some(name), None) if name.ends_with('?') => {}
            (None, Some(step)) if *step == wanted => {}
            _ => return None,
        }
    }
    steps.next().is_none().then_some(values)
}

fn decoded(text: &str) -> String {
    let decoded = js_sys::decode_uri_component(text).ok().and_then(|text| text.as_string());
    decoded.unwrap_or_else(|| text.to_string())
}

/// The address of this window; provided as a context.
#[derive(Clone, Copy)]
pub struct Route {
    paths: StoredValue<Vec<&'static str>>,
    place: RwSignal<Place>,
}

impl Route {
    /// Makes the context, follows the browser's own buttons and presses on links. Pages are known by the place of
    /// their path in `paths`.
    pub fn provide(paths: Vec<&'static str>) -> Route {
        let route = Route { paths: StoredValue::new(paths), place: RwSignal::default() };
        route.read();
        provide_context(route);
        window_event_listener(ev::popstate, move |_| route.read());
        window_event_listener(ev::click, move |press| {
            if let Some(address) = own_link(&press) {
                press.prevent_default();
                route.go(&address);
            }
        });
        route
    }

    /// Index of the page shown; follows it.
    pub fn page(self) -> Option<usize> {
        self.place.with(|place| place.page)
    }

    /// Whether the window is exactly at `address`; follows it.
    pub fn is_at(self, address: &str) -> bool {
        self.place.with(|place| place.address == address)
    }

    /// The case a page's address names.
    pub fn case(self, name: &'static str) -> Memo<CaseId> {
        self.value(name, |value| CaseId::new(value.unwrap_or_default()))
    }

    /// The case whose page is shown, whatever its kind; follows it.
    pub fn shown_case(self) -> Option<CaseId> {
        self.place.with(|place| {
            ["request", "case", "batch"].iter().find_map(|name| place.value(name)).map(CaseId::new)
        })
    }

    /// A number a page's address names, `None` where it names none.
    pub fn number<N>(self, name: &'static str) -> Memo<Option<N>>
    where
        N: FromStr + Copy + PartialEq + Send + Sync + 'static,
    {
        self.value(name, |value| value?.parse().ok())
    }

    /// A text a page's address names, `None` where it names none.
    pub fn text(self, name: &'static str) -> Memo<Option<String>> {
        self.value(name, |value| value.map(str::to_string))
    }

    /// Follows a value of the address while its page is shown, and keeps it while another page takes its place.
    fn value<T>(self, name: &'static str, read: fn(Option<&str>) -> T) -> Memo<T>
    where
        T: Clone + PartialEq + Send + Sync + 'static,
    {
        let own = untrack(|| self.page());
        Memo::new(move |before: Option<&T>| {
            self.place.with(|place| match before.filter(|_| place.page != own) {
                Some(before) => before.clone(),
                None => read(place.value(name)),
            })
        })
    }

    /// Goes to an address of ours, which the browser's back button undoes.
    pub fn go(self, address: &str) {
        // It fails only for another origin's address, which none of ours is.
        let pushed = window()
            .history()
            .and_then(|history| history.push_state_with_url(&JsValue::NULL, "", Some(address)));
        if pushed.is_ok() {
            self.read();
            window().scroll_to_with_x_and_y(0.0, 0.0);
        }
    }

    /// Puts another value of the query into the address, without a step for the browser's back button.
    pub fn note(self, name: &str, value: &str) {
        let location = window().location();
        let (path, query) = (location.pathname().unwrap_or_default(), location.search().unwrap_or_default());
        let pairs = query.trim_start_matches('?').split('&').filter(|pair| !pair.is_empty());
        let others = pairs.filter(|pair| pair.split('=').next() != Some(name)).map(str::to_string);
        let query: Vec<String> = others.chain([format!("{name}={value}")]).collect();
        let address = format!("{path}?{}", query.join("&"));
        // It fails only for another origin's address, which none of ours is.
        let noted = window()
            .history()
            .and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(&address)));
        if noted.is_ok() {
            self.read();
        }
    }

    fn read(self) {
        let location = window().location();
        let (path, query) = (location.pathname().unwrap_or_default(), location.search().unwrap_or_default());
        let place = self.paths.with_value(|paths| Place::find(paths, &path, &query));
        if self.place.with_untracked(|shown| *shown != place) {
            self.place.set(place);
        }
    }
}

/// The address of a link of ours that was pressed plainly. Other presses, downloads and what the server itself
/// answers are left to the browser.
fn own_link(press: &MouseEvent) -> Option<String> {
    let plain = press.button() == 0
        && !press.default_prevented()
        && !(press.ctrl_key() || press.meta_key() || press.shift_key() || press.alt_key());
    let pressed = press.target().filter(|_| plain)?.dyn_into::<web_sys::Element>().ok()?;
    let link = pressed.closest("a[href^='/']:not([download],[target])").ok()??;
    link.get_attribute("href").filter(|address| !address.starts_with("/api/"))
}
