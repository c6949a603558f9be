//! 照片: decoded, made smaller and encoded anew by the browser, which leaves place and device out of it.
//!
//! `createImageBitmap` and `OffscreenCanvas` are called by name: web-sys' typed bindings are features that every dependency would be
//! compiled again for.

use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File};

const KINDS: [&str; 3] = ["image/jpeg", "image/png", "image/webp"];
/// Most pixels that are decoded: more would take the memory of a tablet.
const MOST_PIXELS: u64 = 40_000_000;
/// Longest side of what is stored, in pixels.
const LONGEST_SIDE: u32 = 2_048;
const QUALITY: f64 = 0.82;

/// A photo as it is stored: JPEG.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub content: Vec<u8>,
    pub width: u32,
    pub height: u32,
}

/// Encodes a file anew.
///
/// # Errors
/// Why the file is not taken, for the person.
pub async fn encode(file: &File) -> Result<Picture, &'static str> {
    if file.size() < 1.0 {
        return Err("照片文件是空的，请重拍");
    }
    if !KINDS.contains(&file.type_().as_str()) {
        return Err("只接受 JPEG、PNG、WebP 照片；请在相机设置中改为“兼容性最佳”");
    }
    let bitmap = bitmap(file).await.map_err(|_| "照片已损坏，无法打开，请重拍")?;
    let side = |name: &str| {
        let side = Reflect::get(&bitmap, &name.into()).ok().and_then(|side| side.as_f64());
        side.unwrap_or_default() as u32
    };
    let (width, height) = (side("width"), side("height"));
    if width == 0 || height == 0 {
        return Err("照片已损坏，无法打开，请重拍");
    }
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err("照片超过 4000 万像素，请调低相机分辨率");
    }
    let (width, height) = fitted(width, height);
    let content = draw(&bitmap, width, height).await.map_err(|_| "照片处理失败，请关闭其他程序后重试")?;
    Ok(Picture { content, width, height })
}

/// Both sides within [`LONGEST_SIDE`], in proportion.
fn fitted(width: u32, height: u32) -> (u32, u32) {
    let longest = width.max(height);
    if longest <= LONGEST_SIDE {
        return (width, height);
    }
    let scaled = |side: u32| {
        let side = u64::from(side) * u64::from(LONGEST_SIDE) / u64::from(longest);
        u32::try_from(side).unwrap_or(LONGEST_SIDE).max(1)
    };
    (scaled(width), scaled(height))
}

async fn promised(promise: JsValue) -> Result<JsValue, JsValue> {
    JsFuture::from(promise.dyn_into::<Promise>()?).await
}

async fn bitmap(file: &File) -> Result<JsValue, JsValue> {
    let create: Function = Reflect::get(&window(), &"createImageBitmap".into())?.dyn_into()?;
    promised(create.call1(&window(), file)?).await
}

async fn draw(bitmap: &JsValue, width: u32, height: u32) -> Result<Vec<u8>, JsValue> {
    let class: Function = Reflect::get(&window(), &"OffscreenCanvas".into())?.dyn_into()?;
    let canvas = Reflect::construct(&class, &Array::of2(&width.into(), &height.into()))?;
    let method = |of: &JsValue, name: &str| Reflect::get(of, &name.into())?.dyn_into::<Function>();
    let context = method(&canvas, "getContext")?.call1(&canvas, &"2d".into())?;
    let drawn = [bitmap.clone(), 0.into(), 0.into(), width.into(), height.into()];
    method(&context, "drawImage")?.apply(&context, &drawn.iter().collect::<Array>())?;
    let options = Object::new();
    Reflect::set(&options, &"type".into(), &"image/jpeg".into())?;
    Reflect::set(&options, &"quality".into(), &QUALITY.into())?;
    let blob = promised(method(&canvas, "convertToBlob")?.call1(&canvas, &options)?).await?;
    let bytes = JsFuture::from(blob.dyn_into::<Blob>()?.array_buffer()).await?;
    Ok(Uint8Array::new(&bytes).to_vec())
}
