//! 本机加密: AES-256-GCM and PBKDF2 by the browser's WebCrypto. Keys never leave it: the key of the content is not extractable
//! while the app is unlocked.
//!
//! `crypto.subtle` is called by name: web-sys' typed bindings are features that every dependency would be compiled again for.

use crate::kernel::strict_database::{Trouble, script_trouble};
use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Fewest iterations of PBKDF2-HMAC-SHA-256.
pub const FEWEST_ITERATIONS: u32 = 600_000;
const CIPHER: &str = "AES-GCM";

/// A key as the browser holds it.
#[derive(Clone, Debug)]
pub struct BrowserKey(JsValue);

/// What was encrypted, with its random start value.
#[derive(Clone, Debug)]
pub struct Encrypted {
    /// 96 bits.
    pub iv: Vec<u8>,
    pub text: Vec<u8>,
}

/// Random bytes of the browser.
pub fn random_bytes(count: u32) -> Result<Vec<u8>, Trouble> {
    let bytes = Uint8Array::new_with_length(count);
    let crypto = window().crypto().map_err(script_trouble)?;
    crypto.get_random_values_with_array_buffer_view(&bytes).map_err(script_trouble)?;
    Ok(bytes.to_vec())
}

async fn subtle(method: &str, arguments: &[JsValue]) -> Result<JsValue, Trouble> {
    let run = || -> Result<Promise, JsValue> {
        let crypto = window().crypto()?;
        let subtle = Reflect::get(&crypto, &"subtle".into())?;
        let function: Function = Reflect::get(&subtle, &method.into())?.dyn_into()?;
        function.apply(&subtle, &arguments.iter().collect::<Array>())?.dyn_into()
    };
    JsFuture::from(run().map_err(script_trouble)?).await.map_err(script_trouble)
}

fn object(entries: &[(&str, JsValue)]) -> Result<JsValue, Trouble> {
    let object = Object::new();
    for (name, value) in entries {
        Reflect::set(&object, &(*name).into(), value).map_err(script_trouble)?;
    }
    Ok(object.into())
}

fn bytes(content: &[u8]) -> JsValue {
    Uint8Array::from(content).into()
}

fn usages(words: &[&str]) -> JsValue {
    words.iter().map(|word| JsValue::from_str(word)).collect::<Array>().into()
}

/// SHA-256 of `content`.
pub async fn sha256(content: &[u8]) -> Result<Vec<u8>, Trouble> {
    let digest = subtle("digest", &["SHA-256".into(), bytes(content)]).await?;
    Ok(Uint8Array::new(&digest).to_vec())
}

/// The key that a PIN comes to. It wraps the key of the content and does nothing else.
pub async fn key_of_pin(pin: &str, salt: &[u8], iterations: u32) -> Result<BrowserKey, Trouble> {
    let import = ["raw".into(), bytes(pin.as_bytes()), "PBKDF2".into(), false.into(), usages(&["deriveKey"])];
    let base = subtle("importKey", &import).await?;
    let from = object(&[
        ("name", "PBKDF2".into()),
        ("hash", "SHA-256".into()),
        ("salt", bytes(salt)),
        ("iterations", iterations.into()),
    ])?;
    let to = object(&[("name", CIPHER.into()), ("length", 256.into())])?;
    let derive = [from, base, to, false.into(), usages(&["wrapKey", "unwrapKey"])];
    Ok(BrowserKey(subtle("deriveKey", &derive).await?))
}

/// Makes the key of the content and returns it wrapped by `wrapping` alone.
pub async fn new_wrapped_key(wrapping: &BrowserKey) -> Result<Encrypted, Trouble> {
    let of = object(&[("name", CIPHER.into()), ("length", 256.into())])?;
    let key = subtle("generateKey", &[of, true.into(), usages(&["encrypt", "decrypt"])]).await?;
    let iv = random_bytes(12)?;
    let by = object(&[("name", CIPHER.into()), ("iv", bytes(&iv))])?;
    let wrapped = subtle("wrapKey", &["raw".into(), key, wrapping.0.clone(), by]).await?;
    Ok(Encrypted { iv, text: Uint8Array::new(&wrapped).to_vec() })
}

/// The key of the content, not extractable; nothing when the wrapping key is another, which is what a wrong PIN comes to.
pub async fn unwrap_key(wrapped: &Encrypted, wrapping: &BrowserKey) -> Option<BrowserKey> {
    let by = object(&[("name", CIPHER.into()), ("iv", bytes(&wrapped.iv))]).ok()?;
    let unwrap = [
        "raw".into(),
        bytes(&wrapped.text),
        wrapping.0.clone(),
        by,
        CIPHER.into(),
        false.into(),
        usages(&["encrypt", "decrypt"]),
    ];
    subtle("unwrapKey", &unwrap).await.ok().map(BrowserKey)
}

impl BrowserKey {
    /// Encrypts `content`, bound to the place it is stored at.
    pub async fn encrypt(&self, place: &str, content: &[u8]) -> Result<Encrypted, Trouble> {
        let iv = random_bytes(12)?;
        let text = subtle("encrypt", &[cipher(&iv, place)?, self.0.clone(), bytes(content)]).await?;
        Ok(Encrypted { iv, text: Uint8Array::new(&text).to_vec() })
    }

    /// # Errors
    /// The content was altered, is of another place or of another key.
    pub async fn decrypt(&self, place: &str, content: &Encrypted) -> Result<Vec<u8>, Trouble> {
        let by = cipher(&content.iv, place)?;
        let text = subtle("decrypt", &[by, self.0.clone(), bytes(&content.text)]).await;
        Ok(Uint8Array::new(&text.map_err(|_| "本机内容无法解密".to_string())?).to_vec())
    }
}

fn cipher(iv: &[u8], place: &str) -> Result<JsValue, Trouble> {
    object(&[("name", CIPHER.into()), ("iv", bytes(iv)), ("additionalData", bytes(place.as_bytes()))])
}
