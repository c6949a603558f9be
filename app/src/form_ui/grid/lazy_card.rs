//! 卡片的分块: the card comes when it is first shown.

// The split points are foreign imports and exports; the macro writes them.
#![allow(unsafe_code)]

use super::Handle;
use super::card::Card;
use crate::kernel::chunks::split;
use leptos::prelude::*;

split! {
    request / fetch_card / build_card => card(grid: Handle) view! { <Card grid/> };
}
