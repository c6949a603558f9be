//! 存储余量: how much room the browser says is left. It can be wrong; a write that fails shows as 未存本机 by itself.

use js_sys::Reflect;
use leptos::prelude::window;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// Left room below which no photo is taken, in bytes.
const LEAST_LEFT: u64 = 40 << 20;

/// What the screen warns of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StorageRoom {
    #[default]
    Enough,
    /// 存储将满: 80 % are used.
    Low,
    /// 存储已近上限: 90 % are used or less than 40 MiB are left.
    Exhausted,
}

impl StorageRoom {
    fn of(usage: u64, quota: u64) -> StorageRoom {
        let used = |percent: u64| u128::from(usage) * 100 >= u128::from(quota) * u128::from(percent);
        match () {
            () if quota == 0 => StorageRoom::Enough,
            () if used(90) || quota.saturating_sub(usage) < LEAST_LEFT => StorageRoom::Exhausted,
            () if used(80) => StorageRoom::Low,
            () => StorageRoom::Enough,
        }
    }

    /// What the banner says.
    pub fn text(self) -> Option<&'static str> {
        match self {
            StorageRoom::Enough => None,
            StorageRoom::Low => Some("存储将满：请清理本机空间，并尽快联网送达。"),
            StorageRoom::Exhausted => Some("存储已近上限：只能填写文字，请尽快联网送达并清理本机空间。"),
        }
    }
}

/// Asks the browser not to clear this storage by itself, and how much room is left.
pub async fn ask() -> StorageRoom {
    let storage = window().navigator().storage();
    if let Ok(asked) = storage.persist() {
        // The browser may refuse; then it may clear the storage when the disk is full.
        let _ = JsFuture::from(asked).await;
    }
    let estimate = match storage.estimate() {
        Ok(estimate) => JsFuture::from(estimate).await.unwrap_or(JsValue::NULL),
        Err(_) => return StorageRoom::Enough,
    };
    let bytes = |name: &str| {
        let value = Reflect::get(&estimate, &name.into()).ok().and_then(|value| value.as_f64());
        value.unwrap_or_default() as u64
    };
    StorageRoom::of(bytes("usage"), bytes("quota"))
}
