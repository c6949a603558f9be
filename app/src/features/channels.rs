//! 通知方式: how notices of each sort reach oneself by each channel besides the bell.

use crate::kernel::api;
use crate::kernel::submission::Submission;
use crate::ui::Notice;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::outward::{Channel, ChannelLine, Channels, ReadChannels, SetManner, TopicManner};
use shared::policy::notices::{Manner, Topic, is_always_at_once};

/// A choice of one's own.
type Choice = (Channel, Topic, Manner);

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
        {move || read.get().filter(|read| !read.channels.is_empty()).map(|read| view! { <Table read look/> })}
    }
}

#[component]
fn Table(read: Channels, look: Callback<()>) -> impl IntoView {
    let submission = Submission::new("c");
    let Channels { channels, mail } = read;
    let choose = Callback::new(move |choice: Choice| {
        let (channel, topic, manner) = choice;
        let words = (channel.word(), topic.word(), manner.word());
        submission.run(&words, |_| SetManner { channel, topic, manner }, move |()| look.run(()));
    });
    let address = move |channel| match (channel, &mail) {
        (Channel::Mail, Some(mail)) => format!("发到 {mail}"),
        (Channel::Mail, None) => "没有登记邮箱，暂不发送；请系统管理员登记".to_string(),
        (Channel::Webhook, _) => "作为提醒发到办公系统".to_string(),
    };
    let heads = channels.iter().map(|line| {
        view! { <th scope="col">{line.channel.label()}<p class="quiet">{address(line.channel)}</p></th> }
    });
    let heads = heads.collect_view();
    let channels = StoredValue::new(channels);
    let rows =
        Topic::ALL.map(|topic| view! { <Row topic channels choose busy=submission.busy/> }).collect_view();
    view! {
        <section class="card" aria-labelledby="channels-title">
            <h2 id="channels-title">"通知方式"</h2>
            <p class="quiet">
                "系统内的提醒不受影响；外发内容只有标题、期限和链接。每日汇总在工作日 8:30 发送；当日到期的提醒即时发送。"
            </p>
            <Notice problem=submission.problem/>
            <div class="table-scroll">
                <table class="list">
                    <thead><tr><th scope="col">"类别"</th>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

#[component]
fn Row(
    topic: Topic,
    channels: StoredValue<Vec<ChannelLine>>,
    choose: Callback<Choice>,
    busy: RwSignal<bool>,
) -> impl IntoView {
    let cell = |line: &ChannelLine| {
        let channel = line.channel;
        let chosen = line.manners.iter().find(|of: &&TopicManner| of.topic == topic).map(|of| of.manner);
        if is_always_at_once(topic) {
            return view! { <td>"即时发送，不能关闭"</td> }.into_any();
        }
        let options = Manner::ALL.map(|manner| {
            view! { <option value=manner.word() selected=chosen == Some(manner)>{manner.label()}</option> }
        });
        let changed = move |event: leptos::ev::Event| {
            let word = event_target_value(&event);
            if let Some(manner) = Manner::ALL.into_iter().find(|manner| manner.word() == word) {
                choose.run((channel, topic, manner));
            }
        };
        view! {
            <td>
                <select data-channel=channel.word() data-topic=topic.word() disabled=busy
                    aria-label=format!("{}：{}", channel.label(), topic.label()) on:change=changed>
                    {options.collect_view()}
                </select>
            </td>
        }
        .into_any()
    };
    let cells = channels.with_value(|channels| channels.iter().map(cell).collect_view());
    view! { <tr><th scope="row">{topic.label()}</th>{cells}</tr> }
}
