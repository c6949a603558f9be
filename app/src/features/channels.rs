//! 通知方式: by which channels one's notices leave besides the bell.

use crate::kernel::api;
use crate::kernel::submission::Submission;
use crate::ui::Notice;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::outward::{Channel, ChannelLine, Channels, ReadChannels, SetChannel};

#[component]
pub fn OwnChannels() -> impl IntoView {
    let read = RwSignal::new(None::<Channels>);
    let problem = RwSignal::new(None);
    let look = Callback::new(move |()| {
        spawn_local(async move {
            match api::call(ReadChannels {}).await {
                Ok(found) => drop(read.try_set(Some(found))),
                Err(refused) => drop(problem.try_set(Some(refused))),
            }
        });
    });
    look.run(());
    view! {
        <Notice problem/>
        {move || read.get().filter(|read| !read.channels.is_empty()).map(|read| view! { <Lines read look/> })}
    }
}

#[component]
fn Lines(read: Channels, look: Callback<()>) -> impl IntoView {
    let submission = Submission::new("c");
    let Channels { channels, mail } = read;
    let switch = Callback::new(move |(channel, is_on): (Channel, bool)| {
        submission.run(&(channel.word(), is_on), |_| SetChannel { channel, is_on }, move |()| look.run(()));
    });
    let address = move |channel| match (channel, &mail) {
        (Channel::Mail, Some(mail)) => format!("发到 {mail}"),
        (Channel::Mail, None) => "没有登记邮箱，暂不发送；请系统管理员登记".to_string(),
        (Channel::Webhook, _) => "作为提醒发到办公系统".to_string(),
    };
    let lines = channels.into_iter().map(|ChannelLine { channel, is_on }| {
        view! {
            <label class="check" data-channel=channel.word()>
                <input type="checkbox" prop:checked=is_on disabled=submission.busy
                    on:change=move |event| switch.run((channel, event_target_checked(&event)))/>
                {channel.label()}
                <span class="quiet">{address(channel)}</span>
            </label>
        }
    });
    let lines = lines.collect_view();
    view! {
        <section class="card" aria-labelledby="channels-title">
            <h2 id="channels-title">"通知方式"</h2>
            <p class="quiet">"系统内的提醒不受影响；外发内容只有标题和链接。"</p>
            <Notice problem=submission.problem/>
            {lines}
        </section>
    }
}
