//! 图: plain SVG beside the figures it draws. A chart never says what its table does not.

use leptos::prelude::*;
use shared::kernel::money::Money;

/// A part of a whole, for drawing only.
fn ratio(part: Money, whole: Money) -> f64 {
    if whole.is_positive() { (part.fen() as f64 / whole.fen() as f64).clamp(0.0, 1.0) } else { 0.0 }
}

/// 占比条: the parts of a whole in their order, each with its own tone.
pub fn stack(parts: &[(String, Money)]) -> AnyView {
    let whole = parts.iter().map(|(_, money)| *money).sum();
    let mut from = 0.0;
    let pieces = parts.iter().enumerate().map(|(tone, (name, money))| {
        let (x, width) = (from, ratio(*money, whole) * 1000.0);
        from += width;
        view! {
            <rect class=format!("of-tone-{tone}") x=format!("{x:.2}") y="0" width=format!("{width:.2}") height="28">
                <title>{name.clone()}</title>
            </rect>
        }
    });
    let pieces = pieces.collect_view();
    view! { <svg class="of-stack" viewBox="0 0 1000 28" preserveAspectRatio="none" aria-hidden="true">{pieces}</svg> }
        .into_any()
}

/// 条: what was reviewed, what was cut of it, and a line where last year stood, against the largest of the list.
pub fn bar(reviewed: Money, cut: Money, last_year: Option<Money>, largest: Money) -> AnyView {
    let wide = |money: Money| ratio(money, largest) * 200.0;
    let (own, off) = (wide(reviewed), wide(cut));
    let last = last_year.map(|last| format!("{:.2}", wide(last).min(199.0)));
    view! {
        <svg class="of-bar" viewBox="0 0 200 14" preserveAspectRatio="none" aria-hidden="true">
            <rect class="of-bar-own" x="0" y="2" width=format!("{own:.2}") height="10"/>
            <rect class="of-bar-cut" x=format!("{own:.2}") y="2" width=format!("{off:.2}") height="10"/>
            {last.map(|x| view! { <line class="of-bar-last" x1=x.clone() x2=x y1="0" y2="14" vector-effect="non-scaling-stroke"/> })}
        </svg>
    }
    .into_any()
}
