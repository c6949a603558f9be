//! 评分: one's own score of an item on a pad, with its weight as the top; the other's only after one's own.

use super::entry::is_closed;
use super::pad::{Pad, PadKey};
use crate::site::state::Site;
use crate::site::typing::{VisitCell, add_row, row, rows, text};
use crate::site::visit::{SaveTime, Visit};
use leptos::prelude::*;
use rust_decimal::Decimal;
use shared::cases::site_visit::form::{CHECKLIST, SCORES};
use shared::engine::reading::number_of;
use shared::kernel::hash::sm3_hex;
use shared::kernel::ids::{AccountId, RowId};

/// Characters of the id of a score: the same item and evaluator make the same row on every device.
const ID_LENGTH: usize = 32;

/// Where the score of an evaluator is: the row that is there, else the one that will be.
fn score_row(visit: Visit, item: &RowId, account: &AccountId) -> (RowId, bool) {
    let is_own = |row: &&shared::engine::document::Row| {
        text(row, "item") == item.as_str() && text(row, "evaluator") == account.as_str()
    };
    match rows(visit, SCORES).iter().find(is_own) {
        Some(row) => (row.id.clone(), true),
        None => {
            let digest = sm3_hex(format!("{item}|{account}").as_bytes());
            (RowId::new(&digest[..ID_LENGTH]), false)
        }
    }
}

fn type_score(visit: Visit, item: &RowId, account: &AccountId, score: &str, when: SaveTime) {
    let (id, is_there) = untrack(|| score_row(visit, item, account));
    if is_there {
        VisitCell { table: SCORES, row: id, field: "score" }.type_text(visit, score, when);
    } else if !score.is_empty() {
        let cells = [("item", item.as_str()), ("evaluator", account.as_str()), ("score", score)];
        add_row(visit, SCORES, id, &cells);
    }
}

/// A score as it may be typed: at most two decimals, at most the weight.
fn fits(score: &str, weight: Decimal) -> bool {
    let decimals = score.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let number = number_of(score.trim_end_matches('.'));
    score.is_empty() || score == "." || (decimals <= 2 && number.is_some_and(|number| number <= weight))
}

#[component]
pub fn ScorePad(visit: Visit, item: RowId) -> impl IntoView {
    let site = expect_context::<Site>();
    let account = site.account().unwrap_or_else(|| AccountId::new(""));
    let of = StoredValue::new((item, account));
    let weight = Memo::new(move |_| {
        let item = of.with_value(|(item, _)| row(visit, CHECKLIST, item));
        item.and_then(|row| number_of(text(&row, "weight"))).unwrap_or_default()
    });
    let mine = Memo::new(move |_| {
        of.with_value(|(item, account)| {
            let (id, _) = score_row(visit, item, account);
            row(visit, SCORES, &id).map(|row| text(&row, "score").to_string()).unwrap_or_default()
        })
    });
    let put = move |score: String, when: SaveTime| {
        if fits(&score, weight.get_untracked()) {
            of.with_value(|(item, account)| type_score(visit, item, account, &score, when));
        }
    };
    let press = Callback::new(move |key: PadKey| put(key.applied(mine.get_untracked()), SaveTime::AfterKey));
    let step = move |by: Decimal| {
        let now = number_of(&mine.get_untracked()).unwrap_or_default();
        let next = (now + by).clamp(Decimal::ZERO, weight.get_untracked());
        put(next.normalize().to_string(), SaveTime::AtOnce);
    };
    let half = Decimal::new(5, 1);
    let closed = Signal::derive(move || is_closed(visit));
    view! {
        <section class="site-score" aria-label="评分">
            <p class="site-score-shown"><b data-field="score">{move || match mine.get() { score if score.is_empty() => "未评".to_string(), score => score }}</b>
                <span>{move || format!("/ {} 分", weight.get().normalize())}</span></p>
            <div class="site-steps">
                <button type="button" data-act="minus" disabled=closed on:click=move |_| step(-half)>"− ½"</button>
                <button type="button" data-act="full" disabled=closed
                    on:click=move |_| put(weight.get_untracked().normalize().to_string(), SaveTime::AtOnce)>"满分"</button>
                <button type="button" data-act="plus" disabled=closed on:click=move |_| step(half)>"+ ½"</button>
            </div>
            <Pad label="我的评分" has_point=true disabled=closed press/>
            <p class="site-other" data-count="other">{move || other_scores(visit, of, mine.get().is_empty())}</p>
        </section>
    }
}

/// What others scored, once one's own score is there: a score is one's own judgement.
fn other_scores(visit: Visit, of: StoredValue<(RowId, AccountId)>, is_hidden: bool) -> String {
    if is_hidden {
        return "评分后显示同组的评分".to_string();
    }
    let name = |account: &str| {
        visit.bundle(|bundle| {
            let found = bundle.evaluators.iter().find(|of| of.account.as_str() == account);
            found.map_or_else(|| account.to_string(), |of| of.name.clone())
        })
    };
    let (item, account) = of.get_value();
    let others = rows(visit, SCORES);
    let others = others
        .iter()
        .filter(|row| text(row, "item") == item.as_str() && text(row, "evaluator") != account.as_str());
    let texts: Vec<String> =
        others.map(|row| format!("{}：{} 分", name(text(row, "evaluator")), text(row, "score"))).collect();
    if texts.is_empty() { "同组尚未评分".to_string() } else { texts.join("；") }
}
