//! 目标评分: the score sheet of the performance targets, its total and grade as the points are given (Art. 11).

use super::actions;
use super::marks::office;
use super::state::PanelTab;
use crate::features::request::context::RequestContext;
use leptos::prelude::*;
use shared::cases::review::language::Act;
use shared::policy::art11_target_review::{CRITERIA, Grade, ScoreSheet};

pub fn score(work: RequestContext) -> AnyView {
    let reviewing = work.reviewing;
    let scored = reviewing.preview.with_untracked(|preview| {
        preview.review.scored_by(office(work.view().case.stage)).map(|scored| scored.sheet.clone())
    });
    let typed = |at: usize| scored.as_ref().map(|sheet| sheet.points[at].to_string()).unwrap_or_default();
    let points: [RwSignal<String>; CRITERIA.len()] = std::array::from_fn(|at| RwSignal::new(typed(at)));
    let opinion = RwSignal::new(scored.as_ref().map(|sheet| sheet.opinion.clone()).unwrap_or_default());
    let given = move |at: usize| points[at].get().trim().parse::<u8>().ok();
    let total = move || (0..CRITERIA.len()).map(|at| u32::from(given(at).unwrap_or(0))).sum::<u32>();
    let complete = move || (0..CRITERIA.len()).all(|at| given(at).is_some());
    let save = move || {
        let points: Option<Vec<u8>> = untrack(|| (0..CRITERIA.len()).map(given).collect());
        let Some(Ok(points)) = points.map(<[u8; CRITERIA.len()]>::try_from) else {
            return reviewing.fault.set(Some("请给全部八项打分，分值为整数。".to_string()));
        };
        let sheet = ScoreSheet { points, opinion: opinion.get_untracked() };
        actions::send(work, vec![Act::Score { sheet }], move || reviewing.shown.set(PanelTab::List));
    };
    let rows: Vec<AnyView> = CRITERIA.iter().enumerate().map(|(at, criterion)| {
        let first = at == 0 || CRITERIA[at - 1].part != criterion.part;
        let part: u8 = CRITERIA.iter().filter(|other| other.part == criterion.part).map(|other| other.most).sum();
        let over = move || given(at).is_none_or(|points| points > criterion.most) && !points[at].get().is_empty();
        view! {
            <tr>
                <th>{first.then(|| format!("{} {part}", criterion.part))}</th>
                <td>{criterion.name}</td>
                <td>
                    <input class="rq-entry rv-points" inputmode="numeric" aria-label=format!("{}·{}", criterion.part, criterion.name)
                        data-score=at.to_string() aria-invalid=move || over().to_string()
                        prop:value=move || points[at].get()
                        on:input=move |event| points[at].set(event_target_value(&event))/>
                    <span class="rq-quiet">{format!("/ {}", criterion.most)}</span>
                </td>
            </tr>
        }
        .into_any()
    }).collect();
    view! {
        <h3 class="rq-subheading">"绩效目标审核评分（依据第 11 条）"</h3>
        <table class="rv-score"><tbody>{rows}</tbody></table>
        <p class="rv-outcome" role="status" data-score="total">
            {move || {
                let grade = Grade::of(total());
                match complete() {
                    true => format!("合计 {} 分，等次“{}”：{}", total(), grade.label(), grade.consequence()),
                    false => format!("合计 {} 分，尚未打全", total()),
                }
            }}
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
