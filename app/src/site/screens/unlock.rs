//! 解锁: the PIN on an own key pad. No name of a visit or project is shown before it.

use super::pad::{Pad, PadKey};
use crate::site::moment::now;
use crate::site::state::{Screen, Site};
use crate::site::vault::{Unlocking, Vault};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::sync::site::pin::PinGate;

/// Most digits of a PIN.
const MOST_DIGITS: usize = 12;

#[component]
pub fn UnlockScreen(vault: Vault) -> impl IntoView {
    let site = expect_context::<Site>();
    let vault = StoredValue::new_local(vault);
    let (pin, busy, is_wrong) = (RwSignal::new(String::new()), RwSignal::new(false), RwSignal::new(false));
    let gate = RwSignal::new(vault.with_value(|vault| vault.attempts.gate(now().wall_ms)));
    wait_for_gate(gate, vault);
    let unlock = move || {
        if busy.get_untracked() || pin.with_untracked(String::is_empty) {
            return;
        }
        busy.set(true);
        let typed = pin.get_untracked();
        pin.set(String::new());
        spawn_local(async move {
            match vault.get_value().unlock(&typed, now().wall_ms).await {
                Unlocking::Open(unlocked) => site.enter(*unlocked).await,
                Unlocking::Wrong(after) => {
                    gate.set(after.attempts.gate(now().wall_ms));
                    vault.set_value(after);
                    is_wrong.set(true);
                    wait_for_gate(gate, vault);
                }
                Unlocking::Trouble(trouble) => site.screen.set(Screen::Unusable(trouble)),
            }
            busy.try_set(false);
        });
    };
    let press = Callback::new(move |key: PadKey| {
        is_wrong.set(false);
        pin.update(|pin| *pin = key.applied(std::mem::take(pin)).chars().take(MOST_DIGITS).collect());
    });
    let is_closed = Signal::derive(move || busy.get() || !matches!(gate.get(), PinGate::Open { .. }));
    view! {
        <main class="site-alone site-unlock">
            <h1>"解锁"</h1>
            <p class="quiet">{vault.with_value(|vault| vault.account.to_string())}</p>
            <p class="site-dots" role="img" aria-label=move || format!("已输入 {} 位", pin.with(String::len))>
                {move || "●".repeat(pin.with(String::len))}
            </p>
            <p role="status" data-count="attempts">{move || gate_text(gate.get(), is_wrong.get())}</p>
            <Pad label="解锁码" disabled=is_closed press/>
            <button class="primary" data-act="unlock" disabled=is_closed on:click=move |_| unlock()>"解锁"</button>
            <button data-act="other" on:click=move |_| spawn_local(site.sign_in_or_enrol())>"其他人使用本机"</button>
        </main>
    }
}

/// Looks again when the pause is over.
fn wait_for_gate(gate: RwSignal<PinGate>, vault: StoredValue<Vault, LocalStorage>) {
    if let PinGate::Wait { ms } = gate.get_untracked() {
        let ms = u32::try_from(ms).unwrap_or(u32::MAX);
        Timeout::new(ms, move || {
            // The screen may be gone.
            if let Some(now_open) = vault.try_with_value(|vault| vault.attempts.gate(now().wall_ms)) {
                gate.try_set(now_open);
            }
        })
        .forget();
    }
}

fn gate_text(gate: PinGate, is_wrong: bool) -> String {
    let wrong = if is_wrong { "解锁码不对。" } else { "" };
    match gate {
        PinGate::Open { left } if is_wrong => format!("{wrong}再错 {left} 次须等待"),
        PinGate::Open { .. } => String::new(),
        PinGate::Wait { ms } => format!("{wrong}请在 {} 秒后再试", ms.div_euclid(1_000) + 1),
    }
}
