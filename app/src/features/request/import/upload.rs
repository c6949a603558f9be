//! 上传: the file goes to the server as it is and comes back as raw cells.

use crate::kernel::api;
use crate::kernel::session;
use gloo_net::http::{Method, RequestBuilder};
use shared::api::problem::{Problem, code};
use shared::api::workbook::{LARGEST, PATH};
use shared::exchange::import::workbook::Workbook;
use web_sys::File;

/// Sends the file; a session that ran out is renewed in place, as for every call.
pub async fn send(file: File) -> Result<Workbook, Problem> {
    if file.size() > LARGEST as f64 {
        let detail = format!("文件不能超过 {} MB，请删去无关的工作表后再选。", LARGEST >> 20);
        return Err(Problem::new(413, code::TOO_LARGE, "文件太大", detail));
    }
    loop {
        match once(&file).await {
            Err(problem) if problem.code == code::SIGN_IN && session::renewed().await => {}
            outcome => return outcome,
        }
    }
}

async fn once(file: &File) -> Result<Workbook, Problem> {
    let request = RequestBuilder::new(PATH)
        .method(Method::POST)
        .header("accept", "application/json")
        .header("content-type", "application/octet-stream")
        .body(file.clone());
    let response = match request {
        Ok(request) => request.send().await,
        Err(error) => Err(error),
    };
    let response = response.map_err(|_| {
        Problem::new(0, api::UNREACHED, "网络不通", "连不上服务器，文件没有上传。请检查网络后重新选择文件。")
    })?;
    api::read(response).await
}
