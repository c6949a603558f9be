//! 办理记录与版本: what happened to the request, and every version that was handed over.

use super::context::RequestContext;
use super::files::{files, link};
use super::section::Section;
use leptos::prelude::*;
use shared::api::export::REVIEW;
use shared::api::requests::{HistoryLine, VersionLine};
use shared::kernel::money::grouped;

#[component]
pub fn Record(work: RequestContext) -> impl IntoView {
    let view = work.view();
    let versions = view.versions.clone();
    let id = view.case.id.to_string();
    view! {
        <div class="rq-scroll">
            <h3 class="rq-subheading">"已提交的版本"</h3>
            {if versions.is_empty() {
                view! { <p class="rq-quiet">"还没有提交过。每次提交冻结一个版本，以后不再改变。"</p> }.into_any()
            } else {
                view! {
                    <table class="rq-list">
                        <thead><tr>
                            <th>"版本"</th><th>"提交时间"</th><th>"提交人"</th><th>"申报总额（元）"</th>
                            <th>"内容摘要（SM3）"</th><th>"查看"</th>
                        </tr></thead>
                        <tbody>
                            {versions.into_iter().rev().map(|line| version(work, &id, line)).collect_view()}
                        </tbody>
                    </table>
                }.into_any()
            }}
            {(view.case.reported_version > 0).then(|| view! {
                <p>{link(work, REVIEW, None, "review", "打印审核意见书（PDF）")}</p>
            })}
            <h3 class="rq-subheading">"办理记录"</h3>
            <ol class="rq-history">
                {view.history.iter().rev().cloned().map(|line| step(work, line)).collect_view()}
            </ol>
            {view.history.is_empty().then(|| view! { <p class="rq-quiet">"还没有办理记录。"</p> })}
        </div>
    }
}

fn version(work: RequestContext, id: &str, line: VersionLine) -> impl IntoView + use<> {
    let number = line.version;
    let shown = work.frozen == Some(number);
    let compare = move |_| {
        work.compared.set(Some((number.saturating_sub(1), Some(number))));
        work.open(Section::Changes);
    };
    view! {
        <tr>
            <td>{format!("第 {number} 版")}</td>
            <td>{line.at.to_string()}</td>
            <td>{line.by}</td>
            <td class="rq-number">{line.total.map(|total| grouped(&total))}</td>
            <td><code title=line.hash.clone()>{format!("{}…", line.hash.get(..12).unwrap_or(&line.hash))}</code></td>
            <td>
                {if shown {
                    view! { <span class="rq-quiet">"正在查看"</span> }.into_any()
                } else {
                    view! { <a href=format!("/requests/{id}?version={number}")>"查看"</a> }.into_any()
                }}
                {(number > 1).then(|| view! {
                    <button type="button" class="rq-link" on:click=compare>"与上一版比较"</button>
                })}
                {files(work, Some(number))}
            </td>
        </tr>
    }
}

fn step(work: RequestContext, line: HistoryLine) -> impl IntoView {
    let about = (line.version > 0).then(|| format!("（第 {} 版）", line.version));
    view! {
        <li>
            <p>
                <time>{line.at.to_string()}</time>" "
                <b>{line.verb.label()}</b>{about}
                <span class="rq-quiet">{format!(" {} {} → {}", line.role.label(), line.by, line.stage.label())}</span>
            </p>
            {(!line.reasons.is_empty()).then(|| view! {
                <ol>
                    {line.reasons.into_iter().map(|reason| view! {
                        <li>
                            {reason.text}
                            {reason.place.map(|place| {
                                let words = work.words_of(&place);
                                view! {
                                    <button type="button" class="rq-link" on:click=move |_| work.go_to(&place)>{words}</button>
                                }
                            })}
                        </li>
                    }).collect_view()}
                </ol>
            })}
        </li>
    }
}
