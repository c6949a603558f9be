//! 申请页.

use leptos::prelude::*;

#[component]
pub fn RequestPage() -> impl IntoView {}
