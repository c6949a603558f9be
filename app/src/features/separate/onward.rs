//! 转为运维服务申请: what lies within central management goes on as the department's request of the year.

use crate::cases::read_page;
use crate::kernel::router::Route;
use crate::kernel::submission::Submission;
use crate::ui::Notice;
use leptos::prelude::*;
use shared::api::requests::OpenRequest;
use shared::api::separates::{Onward, ReadSeparate};
use shared::cases::kernel::{CaseHead, Stage};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;

/// Shown to whoever may fill in requests, once the bureau has said so.
#[component]
pub fn OnwardBanner(head: CaseHead) -> impl IntoView {
    let CaseHead { id, stage, fiscal_year: year, .. } = head;
    (stage == Stage::WithinScope).then(|| {
        let reading = read_page(move || ReadSeparate { separate: id.clone() });
        let onward =
            Memo::new(move |_| reading.view.with(|view| view.as_ref().and_then(|view| view.onward.clone())));
        move || onward.get().map(|onward| view! { <GoOn onward year/> })
    })
}

/// 转为运维服务申请.
#[component]
fn GoOn(onward: Onward, year: FiscalYear) -> impl IntoView {
    let submission = Submission::new("r");
    let Submission { busy, problem, .. } = submission;
    let route = expect_context::<Route>();
    let begin = move |_| {
        let open = |id| OpenRequest { request: CaseId::new(id), fiscal_year: year };
        submission.run(&(), open, move |view| {
            route.go(&format!("/requests/{}", view.case.id));
        });
    };
    view! {
        <div class="notice" data-onward="true">
            <Notice problem/>
            <b>"省局认为该系统属于集中运维管理范畴"</b>
            "请把所需服务列入本部门的年度运维服务申请。"
            {match onward {
                Onward::Open(request) => view! {
                    <a class="button" href=format!("/requests/{request}")>"打开本年度运维服务申请"</a>
                }.into_any(),
                Onward::Begin => view! {
                    <button type="button" disabled=move || busy.get() on:click=begin>"开始填报本年度运维服务申请"</button>
                }.into_any(),
            }}
        </div>
    }
}
