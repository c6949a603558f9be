//! 批复 `/batches/:id`: drafted by one person, read and issued by another.

use super::drafting::Drafting;
use super::notice::NoticeSheet;
use super::overview::stage;
use crate::cases::{CaseCommands, CommandBar, History, UnitSwitch, hash_note, read_page, unit};
use crate::kernel::router::Route;
use leptos::prelude::*;
use shared::api::finance::{BatchView, ReadBatch};
use shared::cases::approval::Notice;
use shared::cases::kernel::{CaseKind, Stage, Verb};

/// The page.
pub fn batch_page() -> AnyView {
    let batch = expect_context::<Route>().case("batch");
    let request = move || ReadBatch { batch: batch.get() };
    let reading = read_page(request);
    let look = reading.look;
    let unit = unit();
    reading.page(move |view| {
        let BatchView { today, batch, frozen, candidates, offers, history } = view;
        let may_draft = offers.iter().any(|offer| offer.verb == Verb::DraftBatch);
        let sent = frozen.as_ref().map(|(_, notice)| notice.clone());
        let mut notes: Vec<String> = sent.iter().map(summary).collect();
        notes.extend(batch.content_hash.as_deref().map(hash_note));
        let commands = CaseCommands { head: batch.head(), available: offers, notes, live: None, look };
        let title = batch.number.clone().unwrap_or_else(|| "批复拟稿".to_string());
        view! {
            <div class="page-head">
                <a href=format!("/finance/{}", batch.fiscal_year.0)>"财政审核与批复"</a>
                <h1>{title}</h1>
                <span class="stage" data-stage=batch.stage.word()>{stage(batch.stage)}</span>
                <div class="of-head-right"><UnitSwitch unit/><CommandBar commands/></div>
            </div>
            {may_draft.then(|| view! { <Drafting batch=batch.clone() before=sent.clone() today candidates unit look/> })}
            {frozen.filter(|_| batch.stage != Stage::Draft).map(|(line, notice)| view! { <NoticeSheet batch=batch.id.clone() line notice unit/> })}
            <History lines=history/>
        }
        .into_any()
    })
}

/// What the batch comes to, for the person who signs it.
fn summary(notice: &Notice) -> String {
    let (number, count, total) = (&notice.number, notice.lines.len(), notice.total());
    format!("{number} 对 {count} 份申请一并批复预算与绩效目标，批复数 {total} 元。")
}
