//! 填写项: one labelled input with its hint and its error.

use leptos::prelude::*;

#[component]
pub fn Field(
    label: &'static str,
    /// Name of the input; unique on the page.
    name: &'static str,
    value: RwSignal<String>,
    #[prop(default = "text")] kind: &'static str,
    #[prop(default = "off")] autocomplete: &'static str,
    #[prop(default = "")] hint: &'static str,
    /// What is wrong with the value; `None` while nothing is known to be.
    #[prop(into, optional)]
    error: Signal<Option<String>>,
    #[prop(optional)] readonly: bool,
    #[prop(optional)] autofocus: bool,
    /// Earliest and latest day of a date.
    #[prop(into, optional)]
    between: Option<(String, String)>,
) -> impl IntoView {
    let (hint_id, error_id) = (format!("{name}-hint"), format!("{name}-error"));
    let described = format!("{hint_id} {error_id}");
    let (min, max) = between.unzip();
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input id=name name=name type=kind autocomplete=autocomplete readonly=readonly autofocus=autofocus
                min=min max=max spellcheck="false" autocapitalize="off"
                aria-invalid=move || if error.with(Option::is_some) { "true" } else { "false" }
                aria-describedby=described bind:value=value/>
            {(!hint.is_empty()).then(|| view! { <p class="field-hint" id=hint_id>{hint}</p> })}
            <p class="field-error" id=error_id>{move || error.get()}</p>
        </div>
    }
}
