//! 元与万元: one choice for all pages of figures, kept on this device.

use crate::kernel::local_storage::{self, Key};
use leptos::prelude::*;
use rust_decimal::Decimal;
use shared::kernel::money::{Money, in_ten_thousands};

/// Whether figures are shown in 万元.
pub type Unit = RwSignal<bool>;

/// The unit chosen last.
pub fn unit() -> Unit {
    RwSignal::new(local_storage::read(&Key::Unit).as_deref() == Some("wan"))
}

#[component]
pub fn UnitSwitch(unit: Unit) -> impl IntoView {
    let choose = move |wan: bool| {
        unit.set(wan);
        local_storage::write(&Key::Unit, if wan { "wan" } else { "yuan" });
    };
    let button = move |wan: bool, label: &'static str, word: &'static str| {
        let pressed = move || if unit.get() == wan { "true" } else { "false" };
        view! { <button type="button" data-unit=word aria-pressed=pressed on:click=move |_| choose(wan)>{label}</button> }
    };
    view! {
        <div class="of-units" role="group" aria-label="金额单位">
            {button(false, "元", "yuan")}{button(true, "万元", "wan")}
        </div>
    }
}

/// An amount in the chosen unit.
pub fn shown(wan: bool, money: Money) -> String {
    if wan { in_ten_thousands(money.yuan()) } else { money.to_string() }
}

/// A change in percent, with its sign.
pub fn signed_percent(percent: Decimal) -> String {
    let sign = if percent.is_sign_negative() || percent.is_zero() { "" } else { "+" };
    format!("{sign}{percent:.2}%")
}
