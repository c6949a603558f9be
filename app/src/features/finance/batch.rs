//! 批复 `/batches/:id`: drafted by one person, read and issued by another.

use super::drafting::Drafting;
use super::notice::NoticeSheet;
use super::overview::stage;
use crate::cases::{Acts, Ask, CommandBar, History, UnitSwitch, Writing, read_page, unit};
use crate::kernel::router::Route;
use leptos::prelude::*;
use shared::api::finance::{BatchView, ReadBatch};
use shared::cases::approval::Notice;
use shared::cases::language::{Command, Reason, Stage, Verb};
use std::sync::Arc;

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
        let told = frozen.as_ref().map(|(_, notice)| notice.clone());
        let hash = batch.content_hash.clone().unwrap_or_default();
        let acts = Acts {
            id: batch.id.clone(),
            revision: batch.revision,
            offers,
            ask: {
                let told = told.clone();
                Arc::new(move |verb| ask(verb, told.as_ref(), &hash))
            },
            look,
        };
        let title = batch.number.clone().unwrap_or_else(|| "批复拟稿".to_string());
        view! {
            <div class="page-head">
                <a href=format!("/finance/{}", batch.fiscal_year.0)>"财政审核与批复"</a>
                <h1>{title}</h1>
                <span class="stage" data-stage=batch.stage.word()>{stage(batch.stage)}</span>
                <div class="of-head-right"><UnitSwitch unit/><CommandBar acts/></div>
            </div>
            {may_draft.then(|| view! { <Drafting batch=batch.clone() before=told.clone() today candidates unit look/> })}
            {frozen.filter(|_| batch.stage != Stage::Draft).map(|(line, notice)| view! { <NoticeSheet batch=batch.id.clone() line notice unit/> })}
            <History lines=history/>
        }
        .into_any()
    })
}

/// What a command will do; drafting has its own place on the page.
fn ask(verb: Verb, notice: Option<&Notice>, hash: &str) -> Option<Ask> {
    let content_hash = hash.to_string();
    Some(match verb {
        Verb::IssueBatch => {
            let notice = notice?;
            Ask {
                lines: vec![
                    format!(
                        "{} 对 {} 份申请一并批复预算与绩效目标，批复数 {} 元。",
                        notice.number,
                        notice.lines.len(),
                        notice.total()
                    ),
                    format!(
                        "签发的是您看到的这一稿，内容摘要（SM3）{}…；签发后不能撤回。",
                        hash.get(..16).unwrap_or(hash)
                    ),
                ],
                writing: None,
                command: Arc::new(move |_| Command::IssueBatch { content_hash: content_hash.clone() }),
            }
        }
        Verb::ReturnBatch => Ask {
            lines: vec!["退回后由财政审核员重拟，原稿保留。".to_string()],
            writing: Some(Writing { label: "理由", least: 1 }),
            command: Arc::new(|text| Command::ReturnBatch { reasons: vec![Reason { text, place: None }] }),
        },
        Verb::DropBatch => Ask {
            lines: vec!["作废后本拟稿终止，列入的申请可另行批复。".to_string()],
            writing: None,
            command: Arc::new(|_| Command::DropBatch {}),
        },
        _ => return None,
    })
}
