//! 目标评分: the score sheet of the performance targets, its total and grade as the points are given (Art. 11).

use super::actions;
use super::marks::office;
use super::state::PanelTab;
use crate::features::request::context::RequestContext;
use crate::kernel::editions;
use leptos::prelude::*;
use shared::cases::review::language::Act;
use shared::policy::art11_target_review::{ScoreSheet, consequence_text, grade_of};
use shared::policy::editions::Edition;

fn outcome(edition: &Edition, total: u32, complete: bool) -> String {
    if !complete {
        return format!("合计 {total} 分，尚未打全");
    }
    let grade = grade_of(edition, total);
    format!("合计 {total} 分，等次“{}”：{}", grade.label(), consequence_text(edition, grade))
}

pub fn score(work: RequestContext) -> AnyView {
    let Some(edition) = editions::known(&work.view().edition) else { return ().into_any() };
    let criteria = edition.parameters.review_criteria.clone();
    let count = criteria.len();
    let reviewing = work.reviewing;
    let scored = reviewing.preview.with_untracked(|preview| {
        preview.review.scored_by(office(work.view().case.stage)).map(|scored| scored.sheet.clone())
    });
    let typed = |at: usize| {
        let points = scored.as_ref().and_then(|sheet| sheet.points.get(at));
        points.map(u8::to_string).unwrap_or_default()
    };
    let points: Vec<RwSignal<String>> = (0..count).map(|at| RwSignal::new(typed(at))).collect();
    let points = StoredValue::new(points);
    let points_of = move |at: usize| points.with_value(|points| points[at]);
    let opinion = RwSignal::new(scored.as_ref().map(|sheet| sheet.opinion.clone()).unwrap_or_default());
    let given = move |at: usize| points_of(at).get().trim().parse::<u8>().ok();
    let total = move || (0..count).map(|at| u32::from(given(at).unwrap_or(0))).sum::<u32>();
    let complete = move || (0..count).all(|at| given(at).is_some());
    let save = move || {
        let points: Option<Vec<u8>> = untrack(|| (0..count).map(given).collect());
        let Some(points) = points else {
            let text = format!("请给全部 {count} 项打分，分值为整数。");
            return reviewing.fault.set(Some(text));
        };
        let sheet = ScoreSheet { points, opinion: opinion.get_untracked() };
        actions::send(work, vec![Act::Score { sheet }], move || reviewing.shown.set(PanelTab::List));
    };
    let rows: Vec<AnyView> = criteria.iter().enumerate().map(|(at, criterion)| {
        let first = at == 0 || criteria[at - 1].part != criterion.part;
        let part: u32 = criteria.iter().filter(|other| other.part == criterion.part).map(|other| other.most).sum();
        let most = criterion.most;
        let over = move || given(at).is_none_or(|points| u32::from(points) > most) && !points_of(at).get().is_empty();
        view! {
            <tr>
                <th>{first.then(|| format!("{} {part}", criterion.part))}</th>
                <td>{criterion.name.clone()}</td>
                <td>
                    <input class="rq-entry rv-points" inputmode="numeric" aria-label=format!("{}·{}", criterion.part, criterion.name)
                        data-score=at.to_string() aria-invalid=move || over().to_string()
                        prop:value=move || points_of(at).get()
                        on:input=move |event| points_of(at).set(event_target_value(&event))/>
                    <span class="rq-quiet">{format!("/ {}", criterion.most)}</span>
                </td>
            </tr>
        }
        .into_any()
    }).collect();
    view! {
        <h3 class="rq-subheading">"绩效目标审核评分（依据《办法》第十一条）"</h3>
        <table class="rv-score"><tbody>{rows}</tbody></table>
        <p class="rv-outcome" role="status" data-score="total">
            {move || outcome(&edition, total(), complete())}
        </p>
        <label class="rv-field">
            "审核意见"
            <textarea class="rq-entry" rows="3" aria-label="审核意见" prop:value=move || opinion.get()
                on:input=move |event| opinion.set(event_target_value(&event))></textarea>
        </label>
        <div class="rv-buttons">
            <button type="button" class="primary" data-review="score" disabled=move || reviewing.busy.get()
                on:click=move |_| save()>"保存评分"</button>
            <button type="button" on:click=move |_| reviewing.shown.set(PanelTab::List)>"取消"</button>
        </div>
    }
    .into_any()
}
