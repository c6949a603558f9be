//! 导出与打印: links the browser saves as files. What is typed is delivered before a file is fetched, so that it is never of
//! the moment before.

use super::context::RequestContext;
use crate::kernel::api;
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::export::{APPROVAL, PRINT, WORKBOOK, path};
use shared::api::problem::Problem;
use shared::api::session::ReadMe;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;

/// 导出 and 打印 of what is shown, or of a frozen version.
pub fn files(work: RequestContext, version: Option<u32>) -> AnyView {
    view! {
        <span class="rq-files">
            {link(work, WORKBOOK, version, "xlsx", "导出 Excel")}
            {link(work, PRINT, version, "pdf", "打印 PDF")}
        </span>
    }
    .into_any()
}

/// 已批复: the answer, the way to it line by line, and the department's own copy of the notice.
pub fn approved(work: RequestContext) -> AnyView {
    let view = work.view();
    let Some(approval) = view.case.approval.clone() else { return ().into_any() };
    let id = &view.case.id;
    view! {
        <p class="rq-banner rq-good" data-approval=approval.number.clone()>
            {format!("已批复：{}（{}），批复数 {} 元。", approval.number, approval.date, approval.amount)}
            <a href=format!("/requests/{id}/result")>"逐行查看批复结果"</a>" "
            {link(work, APPROVAL, None, "approval", "打印批复通知（PDF）")}
        </p>
    }
    .into_any()
}

/// A link to one of the request's files.
pub fn link(
    work: RequestContext,
    file: &str,
    version: Option<u32>,
    kind: &'static str,
    words: &'static str,
) -> AnyView {
    let href = path(file, &work.view().case.id, version);
    let current = version.is_none();
    let ready = Rc::new(Cell::new(false));
    let take = move |press: MouseEvent| {
        // Pressed again below, it is the browser's to carry out.
        if ready.replace(false) {
            return;
        }
        press.prevent_default();
        let anchor = press.current_target().and_then(|link| link.dyn_into::<web_sys::HtmlElement>().ok());
        let ready = ready.clone();
        spawn_local(async move {
            match at_rest(work, current).await {
                Ok(()) => {
                    ready.set(true);
                    anchor.iter().for_each(web_sys::HtmlElement::click);
                }
                Err(problem) => work.lasting.tell(true, format!("没有导出：{}", problem.detail)),
            }
        });
    };
    view! { <a href=href data-file=kind download="" on:click=take>{words}</a> }.into_any()
}

/// Everything typed is with the server, the server answers and the session lasts.
async fn at_rest(work: RequestContext, current: bool) -> Result<(), Problem> {
    if let Some(live) = work.live.filter(|_| current) {
        live.flush().await?;
    }
    api::call(ReadMe {}).await.map(drop)
}
