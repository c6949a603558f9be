//! 预览: a picture or a PDF in the page. The server sends both under a sandbox of their own; everything else is downloaded.

use super::Board;
use crate::ui::Dialog;
use leptos::prelude::*;
use shared::api::attachments::{FILE, PREVIEW, file_path};

#[component]
pub fn Preview(board: Board) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(board.shown.with(Option::is_some)));
    Effect::new(move |_| {
        if !open.get() && board.shown.with_untracked(Option::is_some) {
            board.shown.set(None);
        }
    });
    let title = Signal::derive(move || board.shown.get().map(|line| line.name).unwrap_or_default());
    view! {
        <Dialog title name="preview-attachment" open>
            {move || {
                let Some(line) = board.shown.get() else { return ().into_any() };
                let (shown, saved) = board.case.with_value(|case| {
                    (file_path(PREVIEW, case, &line.id), file_path(FILE, case, &line.id))
                });
                let content = match line.kind.is_picture() {
                    true => view! { <img class="at-picture" src=shown alt=line.name data-preview="picture"/> }.into_any(),
                    false => view! { <iframe class="at-frame" src=shown title=line.name data-preview="pdf"></iframe> }.into_any(),
                };
                view! {
                    <div class="at-preview">{content}</div>
                    <div class="dialog-buttons">
                        <span class="quiet">"不能显示时请下载后打开。"</span>
                        <a class="button" href=saved data-file="attachment" download="">"下载"</a>
                        <button type="button" class="primary" on:click=move |_| open.set(false)>"关闭"</button>
                    </div>
                }
                .into_any()
            }}
        </Dialog>
    }
}
