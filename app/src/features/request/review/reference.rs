//! 评审参考 (Art. 14): last year's grade, what is still to be corrected, and the cuts that were decided or proposed, at
//! the review of a request.

use crate::features::request::context::RequestContext;
use crate::kernel::api;
use crate::kernel::session::SignedIn;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::performance::{ReadReviewReference, ReviewReferenceView};
use shared::api::problem::Problem;
use shared::cases::performance::result::ReviewReference;
use shared::kernel::money::Money;
use shared::kernel::people::Office;

/// Read once with the panel, for the offices that review.
pub fn reference(work: RequestContext) -> AnyView {
    let office = expect_context::<SignedIn>().me.with_untracked(|me| Some(me.as_ref()?.actor.role.office()));
    if !matches!(office, Some(Office::Bureau | Office::Finance | Office::Audit)) {
        return ().into_any();
    }
    let read = RwSignal::new(None::<Result<ReviewReferenceView, Problem>>);
    let request = work.view().case.id.clone();
    spawn_local(async move {
        read.try_set(Some(api::call(ReadReviewReference { request }).await));
    });
    let part = move || match read.get() {
        None => without("正在读取…".to_string()),
        Some(Err(problem)) => without(format!("没有读到：{}", problem.detail)),
        Some(Ok(view)) => shown(view),
    };
    part.into_any()
}

/// Its room while there is nothing to read, so that the remarks below do not move.
fn without(word: String) -> AnyView {
    view! {
        <details class="rv-reference" open=true>
            <summary>"上年绩效"</summary>
            <ul><li>{word}</li><li>"…"</li><li>"…"</li></ul>
            <a>"…"</a>
        </details>
    }
    .into_any()
}

fn shown(view: ReviewReferenceView) -> AnyView {
    let ReviewReferenceView { department, fiscal_year, reference, proposed } = view;
    let ReviewReference { year, source, score, grade, open_corrections, overdue_corrections, cut } =
        reference;
    let result = match (year, grade, score, source) {
        (Some(year), Some(grade), Some(score), Some(source)) => {
            format!("{year} 年度{source}：{grade}（{score} 分）")
        }
        _ => "没有已评价的年度".to_string(),
    };
    let corrections = match (open_corrections, overdue_corrections) {
        (0, _) => "没有未完成的整改".to_string(),
        (open, 0) => format!("未完成整改 {open} 件"),
        (open, overdue) => format!("未完成整改 {open} 件，其中逾期 {overdue} 件"),
    };
    let before = year.unwrap_or(fiscal_year.0 - 1);
    let proposed = (proposed > Money::ZERO)
        .then(|| view! { <li data-figure="proposed">{format!("拟调减 {proposed} 元，待财政决定")}</li> });
    view! {
        <details class="rv-reference" data-review-reference="" open=true>
            <summary>"上年绩效"</summary>
            <ul>
                <li data-figure="grade">{result}</li>
                <li data-figure="corrections">{corrections}</li>
                <li data-figure="cut">{format!("已决定调减 {cut} 元")}</li>
                {proposed}
            </ul>
            <a href=format!("/performance/{before}?department={department}")>"查看绩效"</a>
        </details>
    }
    .into_any()
}
