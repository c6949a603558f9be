//! 文件往来: a file goes to the server as it is, and bytes made here are saved as a file.

use crate::kernel::api;
use crate::kernel::session;
use gloo_net::http::{Method, RequestBuilder};
use leptos::prelude::document;
use serde::de::DeserializeOwned;
use shared::api::problem::{Problem, code};
use shared::api::{FILE_TYPE, Upload, upload_path};
use wasm_bindgen::JsCast;
use web_sys::{Blob, BlobPropertyBag, File, HtmlAnchorElement, Url};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Sends a file to an upload without fields; a session that ran out is renewed in place, as for every call.
pub async fn upload<U: Upload>(file: File) -> Result<U::Reply, Problem> {
    if file.size() > U::LARGEST_FILE as f64 {
        let detail = format!("文件不能超过 {} MB。{}", U::LARGEST_FILE >> 20, U::TOO_LARGE);
        return Err(Problem::new(413, code::TOO_LARGE, "文件太大", detail));
    }
    sent(U::PATH, &file).await
}

/// Sends content to an upload with fields.
pub async fn upload_as<U: Upload>(request: &U, content: Blob) -> Result<U::Reply, Problem> {
    if content.size() > U::LARGEST_FILE as f64 {
        let detail = format!("内容不能超过 {} MB。{}", U::LARGEST_FILE >> 20, U::TOO_LARGE);
        return Err(Problem::new(413, code::TOO_LARGE, "内容太大", detail));
    }
    sent(&upload_path(request).map_err(api::unreadable)?, &content).await
}

/// Sends a file as often as the session has to be renewed.
async fn sent<Reply: DeserializeOwned>(path: &str, file: &Blob) -> Result<Reply, Problem> {
    loop {
        match once(path, file).await {
            Err(problem) if problem.code == code::SIGN_IN && session::renewed().await => {}
            outcome => return outcome,
        }
    }
}

async fn once<Reply: DeserializeOwned>(path: &str, file: &Blob) -> Result<Reply, Problem> {
    let request = RequestBuilder::new(path)
        .method(Method::POST)
        .header("accept", "application/json")
        .header("content-type", FILE_TYPE)
        .body(file.clone());
    let response = match request {
        Ok(request) => request.send().await,
        Err(error) => Err(error),
    };
    let response = response.map_err(|_| {
        Problem::new(0, code::UNREACHED, "网络不通", "连不上服务器，文件没有上传。请检查网络后重新选择文件。")
    })?;
    api::read(response).await
}

/// Saves a workbook made in the browser or received as bytes; `None` when the browser refuses.
pub fn save(name: &str, bytes: &[u8]) -> Option<()> {
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
    let kind = BlobPropertyBag::new();
    kind.set_type(XLSX);
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &kind).ok()?;
    let address = Url::create_object_url_with_blob(&blob).ok()?;
    let link: HtmlAnchorElement = document().create_element("a").ok()?.dyn_into().ok()?;
    link.set_href(&address);
    link.set_download(name);
    link.click();
    Url::revoke_object_url(&address).ok()
}
