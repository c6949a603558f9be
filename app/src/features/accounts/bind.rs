//! 绑定单点登录: asks that a subject of a service outside is bound to an account, or that its binding ends.

use super::forms::{AccountForm, Buttons};
use crate::ui::{Field, Notice};
use leptos::prelude::*;
use shared::api::accounts::{AccountLine, AskOrder};
use shared::api::sso::{SsoOffer, SsoProtocol, SsoSubject};
use shared::cases::account_order::OrderedAct;
use shared::kernel::ids::OpId;

#[component]
pub fn BindForm(
    line: AccountLine,
    offers: Vec<SsoOffer>,
    open: RwSignal<bool>,
    look: Callback<()>,
) -> impl IntoView {
    let form = AccountForm::new(open, look);
    let first = offers.first().map(|offer| offer.protocol.word()).unwrap_or_default();
    let protocol = RwSignal::new(first.to_string());
    let bound = line.subjects.iter().find(|bound| bound.protocol.word() == first);
    let subject = RwSignal::new(bound.map(|bound| bound.subject.clone()).unwrap_or_default());
    let account = line.account;
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let chosen = protocol.with_untracked(|word| {
            SsoProtocol::ALL.into_iter().find(|protocol| protocol.word() == word.as_str())
        });
        let Some(protocol) = chosen else { return };
        let subject =
            SsoSubject { protocol, subject: subject.with_untracked(|text| text.trim().to_string()) };
        let account = account.clone();
        let what = OrderedAct::LinkSubject;
        let content = (what.word(), account.clone(), subject.clone());
        let order = move |id| AskOrder {
            order: OpId::new(id),
            what,
            account,
            role: None,
            department: None,
            provider: None,
            subject: Some(subject),
        };
        form.send_under_id(&content, order, move |_| form.done("已提出，待另一管理员同意".to_string()));
    };
    let options = offers.into_iter().map(|offer| {
        view! { <option value=offer.protocol.word()>{offer.label}</option> }
    });
    view! {
        <form on:submit=submit>
            <Notice problem=form.submission.problem/>
            <div class="field">
                <label for="sso-protocol">"认证服务"</label>
                <select id="sso-protocol" name="sso-protocol" bind:value=protocol>{options.collect_view()}</select>
            </div>
            <Field label="认证标识" name="sso-subject" value=subject
                hint="认证服务给该人员的唯一标识，一字不差；本人未绑定时单点登录，页面会显示它。留空为解除绑定，解除后其会话立即结束"/>
            <Buttons form label="提出"/>
        </form>
    }
}
