//! 未送达的外发通知: what was given up, with 重发, for the system administrator.

use crate::kernel::api;
use crate::kernel::submission::Submission;
use crate::ui::Notice;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::outward::{ReadUndelivered, SendAgain, Undelivered, UndeliveredLine};

#[component]
pub fn UndeliveredNotices() -> impl IntoView {
    let read = RwSignal::new(None::<Undelivered>);
    let look = Callback::new(move |()| {
        spawn_local(async move {
            if let Ok(found) = api::call(ReadUndelivered {}).await {
                read.try_set(Some(found));
            }
        });
    });
    look.run(());
    let submission = Submission::new("o");
    let again = Callback::new(move |key: String| {
        submission.run(&key.clone(), |_| SendAgain { key }, move |()| look.run(()));
    });
    move || {
        read.get().filter(|read| !read.rows.is_empty()).map(|read| {
            let Undelivered { rows, waiting } = read;
            view! {
                <section class="card table-scroll" aria-labelledby="undelivered-title">
                    <h2 id="undelivered-title">"未送达的外发通知"</h2>
                    <p class="quiet">{format!("另有 {waiting} 条等待下次发送。先排除故障，再重发。")}</p>
                    <Notice problem=submission.problem/>
                    <table class="list">
                        <thead>
                            <tr>
                                <th scope="col">"渠道"</th>
                                <th scope="col">"账号"</th>
                                <th scope="col">"次数"</th>
                                <th scope="col">"对方答复"</th>
                                <th scope="col"><span class="hidden-label">"办理"</span></th>
                            </tr>
                        </thead>
                        <tbody>{rows.into_iter().map(|line| view! { <Line line again/> }).collect_view()}</tbody>
                    </table>
                </section>
            }
        })
    }
}

#[component]
fn Line(line: UndeliveredLine, again: Callback<String>) -> impl IntoView {
    let UndeliveredLine { key, channel, account, attempts, answer } = line;
    let shown = key.clone();
    view! {
        <tr data-undelivered=shown>
            <td>{channel.label()}</td>
            <td>{account}</td>
            <td class="number">{attempts}</td>
            <td>{answer}</td>
            <td><button type="button" class="plain" data-act="send-again" on:click=move |_| again.run(key.clone())>"重发"</button></td>
        </tr>
    }
}
