//! 账号事项: what one administrator asks for an account and another agrees to or declines.

use super::forms::{AccountForm, Buttons};
use super::one_time::{Code, Link};
use crate::ui::Notice;
use leptos::prelude::*;
use shared::api::accounts::{
    AccountLine, AccountState, ActivationCode, AskOrder, DecideOrder, DepartmentLine, Invitation, OrderLine,
};
use shared::cases::account_order::OrderedAct;
use shared::kernel::ids::OpId;

/// What can be asked for an account besides a post; a binding only where a service outside is set up.
pub fn askable(line: &AccountLine, may_bind: bool) -> Vec<OrderedAct> {
    let disabled = line.state == AccountState::Disabled;
    let administrator = line.role.is_some_and(|role| role.is_administrator());
    let offered = [
        (OrderedAct::ResetPassword, line.has_been_active && !disabled),
        (OrderedAct::ResetSecondFactor, line.has_second_factor && !disabled),
        (OrderedAct::LinkSubject, may_bind && line.has_been_active && !disabled),
        (OrderedAct::Enable, line.has_been_active && disabled),
        (OrderedAct::EndPost, line.has_been_active && !disabled && line.role.is_some()),
        (OrderedAct::Disable, line.has_been_active && !disabled && administrator),
    ];
    offered.into_iter().filter(|(_, offered)| *offered).map(|(what, _)| what).collect()
}

/// What follows from an order once another administrator has agreed.
fn consequence(what: OrderedAct) -> &'static str {
    match what {
        OrderedAct::ResetPassword => {
            "同意后原密码立即失效，正在使用的会话结束；本人凭链接和激活码重新设置密码。链接由您交给本人，激活码由同意的管理员交给本人。"
        }
        OrderedAct::ResetSecondFactor => {
            "同意后该账号的动态口令和恢复码作废，正在使用的会话结束；本人凭密码登录后重新启用。请先当面核对本人。"
        }
        OrderedAct::LinkSubject => {
            "同意后本人可凭该认证标识登录这个账号；请先当面或凭文件核对标识属于本人。解除绑定的，其会话立即结束。"
        }
        OrderedAct::Enable => "同意后账号可以登录，岗位与停用前相同。",
        OrderedAct::EndPost => "同意后该账号不再有岗位，正在使用的会话立即结束；办理记录保留。",
        OrderedAct::Disable => "同意后不能再登录，正在使用的会话立即结束；办理记录保留。",
        OrderedAct::Departments => {
            "同意后立即生效：编号与历史案卷不变；合并的，岗位和案卷转入并入的部门，有关人员须重新登录。"
        }
        _ => "同意后立即生效。",
    }
}

/// Asks for something that another administrator must agree to.
#[component]
pub fn AskForm(
    what: OrderedAct,
    line: AccountLine,
    open: RwSignal<bool>,
    look: Callback<()>,
) -> impl IntoView {
    let form = AccountForm::new(open, look);
    let invitation = RwSignal::new(None::<Invitation>);
    let account = line.account;
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let account = account.clone();
        let content = (what.word(), account.clone());
        let order = move |id| AskOrder {
            order: OpId::new(id),
            what,
            account,
            role: None,
            department: None,
            provider: None,
            subject: None,
        };
        form.send_under_id(&content, order, move |asked| match asked.invitation {
            Some(link) => invitation.set(Some(link)),
            None => form.done("已提出，待另一管理员同意".to_string()),
        });
    };
    let submit = StoredValue::new(submit);
    view! {
        <Show when=move || invitation.with(Option::is_none) fallback=move || view! { <Link invitation open/> }>
            <form on:submit=move |event| submit.with_value(|submit| submit(event))>
                <Notice problem=form.submission.problem/>
                <p>{consequence(what)}</p>
                <Buttons form label="提出"/>
            </form>
        </Show>
    }
}

/// Agrees to an order or declines it.
#[component]
pub fn DecideForm(order: OrderLine, open: RwSignal<bool>, look: Callback<()>) -> impl IntoView {
    let form = AccountForm::new(open, look);
    let reason = RwSignal::new(String::new());
    let code = RwSignal::new(None::<ActivationCode>);
    let id = order.order.clone();
    let decide = Callback::new(move |agree: bool| {
        let reason =
            Some(reason.get_untracked().trim().to_string()).filter(|text| !agree && !text.is_empty());
        let request = DecideOrder { order: id.clone(), agree, reason, namesakes: false };
        form.send_under_id(
            &request.clone(),
            |_| request,
            move |reply| match (agree, reply.code.is_some()) {
                (true, true) => code.set(Some(reply)),
                (true, false) => form.done("已同意，立即生效".to_string()),
                (false, _) => form.done("已退回，未作改动".to_string()),
            },
        );
    });
    let may_agree = order.refusal.is_none();
    let refusal = StoredValue::new(order.refusal.map(|refusal| refusal.message));
    view! {
        <Show when=move || code.with(Option::is_none) fallback=move || view! { <Code code open/> }>
            <form on:submit=move |event: leptos::ev::SubmitEvent| { event.prevent_default(); decide.run(true); }>
                <Notice problem=form.submission.problem/>
                {order.detail.clone().map(|detail| view! { <p data-order-detail="true"><b>{detail}</b></p> })}
                <p>{consequence(order.what)}</p>
                {refusal.get_value().map(|message| view! { <p class="notice" data-refusal="true">{message}</p> })}
                <div class="field">
                    <label for="decline-reason">"不同意的理由"</label>
                    <textarea id="decline-reason" name="reason" rows="2" bind:value=reason></textarea>
                    <p class="field-hint">"不同意时填写，10 至 500 个字"</p>
                </div>
                <div class="dialog-buttons">
                    <button type="button" on:click=move |_| open.set(false)>"取消"</button>
                    <button type="button" data-act="decline-order" disabled=form.submission.busy on:click=move |_| decide.run(false)>"不同意"</button>
                    <button class="primary" data-act="agree-order" disabled=move || !may_agree || form.submission.busy.get()>"同意"</button>
                </div>
            </form>
        </Show>
    }
}

/// 待办的账号事项.
#[component]
pub fn OpenOrders(
    orders: Vec<OrderLine>,
    departments: Vec<DepartmentLine>,
    decide: Callback<OrderLine>,
) -> impl IntoView {
    let post = move |line: &OrderLine| {
        let department = departments.iter().find(|d| Some(&d.id) == line.department.as_ref());
        let department = department.map(|d| format!("{} ", d.name)).unwrap_or_default();
        line.role.map(|role| format!("{department}{}", role.label()))
    };
    let any = !orders.is_empty();
    let rows = orders.into_iter().map(|line| {
        let post = post(&line);
        let chosen = line.clone();
        view! {
            <tr data-order=line.order.to_string()>
                <td>{line.what.label()}</td>
                <td>{line.name.clone()}" "<small>{line.account.as_ref().map(ToString::to_string)}</small></td>
                <td>{post}{line.detail.clone()}</td>
                <td>{line.asked_by.clone()}" "<small>{line.asked_as.label()}</small></td>
                <td>{line.asked_on.to_string()}</td>
                <td>{match line.what {
                    OrderedAct::Import => {
                        let address = format!("/accounts/import/{}", line.order);
                        view! { <a href=address data-act="decide-order">"办理"</a> }.into_any()
                    }
                    _ => view! {
                        <button type="button" class="plain" data-act="decide-order" on:click=move |_| decide.run(chosen.clone())>"办理"</button>
                    }.into_any(),
                }}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    any.then(|| {
        view! {
            <section class="card table-scroll" aria-labelledby="orders-title">
                <h2 id="orders-title">"待同意的账号事项"</h2>
                <table class="list">
                    <thead>
                        <tr>
                            <th scope="col">"事项"</th>
                            <th scope="col">"账号"</th>
                            <th scope="col">"岗位"</th>
                            <th scope="col">"提出人"</th>
                            <th scope="col">"提出日期"</th>
                            <th scope="col"><span class="hidden-label">"办理"</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </section>
        }
    })
}
