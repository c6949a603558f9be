//! 数字键盘: digits typed on the screen or on a keyboard, without the one of the system.

use leptos::prelude::*;

/// A key of the pad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PadKey {
    Digit(char),
    /// Decimal point.
    Point,
    Erase,
}

impl PadKey {
    fn label(self) -> String {
        match self {
            PadKey::Digit(digit) => digit.to_string(),
            PadKey::Point => ".".to_string(),
            PadKey::Erase => "⌫".to_string(),
        }
    }

    /// `text` after this key.
    pub fn applied(self, mut text: String) -> String {
        match self {
            PadKey::Digit(digit) => text.push(digit),
            PadKey::Point if !text.contains('.') => text.push('.'),
            PadKey::Point => {}
            PadKey::Erase => drop(text.pop()),
        }
        text
    }

    fn of_keyboard(key: &str) -> Option<PadKey> {
        match key {
            "Backspace" => Some(PadKey::Erase),
            "." => Some(PadKey::Point),
            _ => key
                .parse::<u8>()
                .ok()
                .filter(|digit| *digit < 10)
                .map(|digit| PadKey::Digit(char::from(b'0' + digit))),
        }
    }
}

/// 3 × 4 keys; without `has_point` the place of the point stays empty.
#[component]
pub fn Pad(
    label: &'static str,
    #[prop(optional)] has_point: bool,
    #[prop(into)] disabled: Signal<bool>,
    press: Callback<PadKey>,
) -> impl IntoView {
    let digits = "123456789".chars().map(PadKey::Digit);
    let last = [PadKey::Point, PadKey::Digit('0'), PadKey::Erase];
    let keys = digits.chain(last).map(move |key| {
        let name = if key == PadKey::Erase { "退格".to_string() } else { key.label() };
        if key == PadKey::Point && !has_point {
            return view! { <span></span> }.into_any();
        }
        view! {
            <button type="button" data-key=key.label() aria-label=name disabled=disabled
                on:click=move |_| press.run(key)>{key.label()}</button>
        }
        .into_any()
    });
    let typed = move |event: leptos::ev::KeyboardEvent| {
        if let Some(key) = PadKey::of_keyboard(&event.key())
            && !disabled.get_untracked()
        {
            event.prevent_default();
            press.run(key);
        }
    };
    view! { <div class="site-pad" role="group" aria-label=label tabindex="0" on:keydown=typed>{keys.collect_view()}</div> }
}
