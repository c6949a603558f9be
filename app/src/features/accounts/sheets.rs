//! 激活清单: what an import left for this administrator to hand out, each once.

use crate::kernel::file_transfer::save;
use crate::kernel::submission::Submission;
use crate::ui::Notice;
use leptos::prelude::*;
use shared::api::account_imports::{HandoutFile, SheetHalf, SheetLine, TakeSheet};
use shared::kernel::ids::OpId;

#[component]
pub fn WaitingSheets(sheets: Vec<SheetLine>, look: Callback<()>) -> impl IntoView {
    let submission = Submission::new("h");
    let unsaved = RwSignal::new(false);
    let take = Callback::new(move |order: OpId| {
        let site = window().location().origin().unwrap_or_default();
        let request = TakeSheet { order, site };
        submission.run(
            &request.order.clone(),
            |_| request,
            move |file| {
                unsaved.try_set(saved(&file).is_none());
                look.run(());
            },
        );
    });
    let any = !sheets.is_empty();
    let duty = |half| match half {
        SheetHalf::Links => "逐一交给本人，不与激活码一起交",
        SheetHalf::Codes => "当面逐一交给本人，不交给持有链接的管理员",
    };
    let rows = sheets.into_iter().map(|line| {
        let order = line.order.clone();
        view! {
            <tr data-sheet=line.half.word()>
                <td>{line.half.label()}"清单"</td>
                <td class="number">{line.accounts}</td>
                <td>{duty(line.half)}</td>
                <td><button type="button" class="plain" data-act="take-sheet" disabled=submission.busy
                    on:click=move |_| take.run(order.clone())>"下载"</button></td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let failed = "浏览器没有保存清单。清单只能下载一次，请为有关账号逐个重新邀请。";
    view! {
        <Show when=move || unsaved.get()><p class="notice bad" role="alert">{failed}</p></Show>
        <Notice problem=submission.problem/>
        {any.then(|| view! {
            <section class="card table-scroll" aria-labelledby="sheets-title">
                <h2 id="sheets-title">"待下载的激活清单"</h2>
                <p class="quiet">"每份只能下载一次，同意后 72 小时内有效。"</p>
                <table class="list">
                    <thead>
                        <tr>
                            <th scope="col">"清单"</th>
                            <th scope="col">"账号数"</th>
                            <th scope="col">"交付"</th>
                            <th scope="col"><span class="hidden-label">"办理"</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </section>
        })}
    }
}

fn saved(file: &HandoutFile) -> Option<()> {
    // Each character of the decoded text is one byte.
    let text = window().atob(&file.content).ok()?;
    let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or_default()).collect();
    save(&file.name, &bytes)
}
