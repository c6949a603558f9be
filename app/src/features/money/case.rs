//! 资金案卷页: what an execution case says, what can be done now, what it wrote to the ledger and its history.

use super::content::Content;
use super::dialog::{MoneyDialog, Target};
use super::evaluation_file::EvaluationFile;
use super::filling::{Filling, FillingPart};
use super::provider::provider_money;
use super::survey::survey_address;
use super::typed::TypedForm;
use crate::cases::{CaseLoader, Papers, current_year, read_page};
use crate::kernel::router::Route;
use crate::kernel::session::SignedIn;
use crate::ui::Notice;
use leptos::prelude::*;
use shared::api::money::{MoneyCaseView, MoneyHistoryLine, ReadMoneyCase, TransferLine};
use shared::api::problem::Problem;
use shared::cases::correction::FollowUp;
use shared::cases::execution::command_form::CommandForm;
use shared::cases::execution::judge::PassedWarning;
use shared::cases::execution::offered::OfferedCommand;
use shared::cases::execution::registry::ExecutionKindName;
use shared::cases::listed_kind::ListedKind;
use shared::cases::performance::shown::ShownFinding;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::{AccountId, CaseId};
use std::collections::BTreeMap;

/// `/money-cases/:case`.
pub fn money_case_page() -> AnyView {
    let case = expect_context::<Route>().case("case");
    let loader = read_page(move || ReadMoneyCase { case: case.get() });
    let CaseLoader { look, .. } = loader;
    loader.page(move |view| view! { <CasePage view look/> }.into_any())
}

#[component]
fn CasePage(view: MoneyCaseView, look: Callback<()>) -> impl IntoView {
    let MoneyCaseView {
        line,
        commands,
        follow_up,
        content,
        form,
        findings,
        warnings,
        history,
        transfers,
        papers,
        today,
    } = view;
    let account = expect_context::<SignedIn>().me.get_untracked().map(|me| me.actor.account);
    let asking = RwSignal::new(None::<OfferedCommand>);
    let follow_up = account.clone().zip(follow_up).map(|(account, of)| follow(account, of, look));
    let target = account.map(|account| Target {
        account,
        case: line.id.clone(),
        kind: line.kind,
        seen: line.revision,
    });
    let due = line.due.map(|due| match today > due {
        true => view! { <p class="overdue" data-due=due.to_string()>{format!("期限 {due}，已逾期")}</p> }
            .into_any(),
        false => view! { <p class="quiet" data-due=due.to_string()>{format!("期限 {due}")}</p> }.into_any(),
    });
    let list = ListedKind::from(line.kind).word();
    let back = match line.year {
        Some(year) => format!("/cases?kind={list}&year={year}"),
        None => format!("/cases?kind={list}"),
    };
    let owner = line.department_name.clone().or(line.provider_name.clone());
    let is_open = |command: &OfferedCommand| command.verb == "fill" && command.refusal.is_none();
    let fill = commands.iter().find(|command| is_open(command)).cloned();
    let file = (line.kind == ExecutionKindName::SelfEvaluation)
        .then(|| view! { <EvaluationFile case=line.id.clone() may_fill=fill.is_some() look/> });
    let filling = target.as_ref().zip(fill).map(|(target, fill)| filling(target, fill, line.year));
    let (filling, defect) = match filling.transpose() {
        Ok(filling) => (filling, None),
        Err(defect) => (None, Some(defect)),
    };
    // The form is filled in on the page itself.
    let buttons = commands.into_iter().filter(|command| command.verb != "fill");
    let case = line.id.clone();
    let buttons = buttons.map(|command| button(command, &case, asking)).collect_view();
    // Another app: a link that this one leaves to the browser.
    let on_tablet = (filling.is_some() && line.kind == ExecutionKindName::SiteVisit).then(|| {
        view! { <a class="button" href="/site" target="_blank" rel="noopener">"用平板填写"</a> }
    });
    let of_form = match filling {
        Some(filling) => {
            let lines = Memo::new(move |_| filling.judged.with(|judged| judged.lines.clone()));
            view! {
                <FillingPart filling look/>
                <Content content=lines.into() title="计算结果" name="form"/>
            }
            .into_any()
        }
        None => {
            let content = Signal::stored(form);
            view! { <Findings findings/><Content content title="表单" name="form"/> }.into_any()
        }
    };
    view! {
        <div class="page-head">
            <a href=back>{line.kind.label()}</a>
            <h1>{line.title.clone()}</h1>
            <span class="stage" data-stage=line.stage.clone()>{line.stage_label.clone()}</span>
            <div class="of-head-right">{on_tablet}{buttons}{follow_up}</div>
        </div>
        {owner.map(|owner| view! { <p class="quiet">{owner}</p> })}
        {due}
        {target.map(|target| view! { <MoneyDialog target asking filling done=look look/> })}
        <Notice problem=RwSignal::new(defect)/>
        {file}
        {of_form}
        <Content content=Signal::stored(content) title="内容" name="content"/>
        <Warnings warnings/>
        <Papers papers/>
        <Transfers transfers/>
        <HistoryLines history/>
        // Comes after everything else, because it is read after it.
        {(line.kind == ExecutionKindName::Provider).then(|| provider_money(line.id.clone()))}
    }
}

/// What is to be done in another case: opened by its dialog, or a link to it.
fn follow(account: AccountId, of: FollowUp, look: Callback<()>) -> AnyView {
    let FollowUp { label, kind, case, command, given } = of;
    let to = format!("/money-cases/{case}");
    let Some(command) = command else {
        return view! { <a class="button primary" data-follow-up=kind.word() href=to>{label}</a> }.into_any();
    };
    let (asking, route) = (RwSignal::new(None::<OfferedCommand>), expect_context::<Route>());
    let target = Target { account, case, kind, seen: 0 };
    let done = Callback::new(move |()| route.go(&to));
    view! {
        <MoneyDialog target asking given done look/>
        <button type="button" class="primary" data-follow-up=kind.word()
            on:click=move |_| asking.set(Some(command.clone()))>{label}</button>
    }
    .into_any()
}

fn button(
    command: OfferedCommand,
    case: &CaseId,
    asking: RwSignal<Option<OfferedCommand>>,
) -> impl IntoView + use<> {
    let (route, case) = (expect_context::<Route>(), case.clone());
    let why = command.refusal.as_ref().map(|refusal| refusal.message.clone());
    let (verb, label, disabled) = (command.verb.clone(), command.label.clone(), why.is_some());
    let press = move |_| match survey_address(&command, Some(&case)) {
        Some(address) => route.go(&address),
        None => asking.set(Some(command.clone())),
    };
    view! {
        <button type="button" class="primary" data-command=verb disabled=disabled title=why
            on:click=press>{label}</button>
    }
}

/// Opens the form of the case for typing.
fn filling(target: &Target, fill: OfferedCommand, year: Option<i32>) -> Result<Filling, Problem> {
    let year = FiscalYear(year.unwrap_or_else(|| i32::from(current_year())));
    let form = CommandForm::new(fill, year, &BTreeMap::new());
    let typed = TypedForm::open(target.account.clone(), &target.case, form)?;
    Ok(Filling::new(typed, target.clone()))
}

/// What breaks a rule of the form, in its order.
#[component]
fn Findings(findings: Vec<ShownFinding>) -> impl IntoView {
    let line = |ShownFinding { rule, is_error, place, message, reason, .. }: ShownFinding| {
        let severity = if is_error { "错误" } else { "提醒" };
        let reason = reason.map(|reason| view! { <p class="quiet">{format!("说明：{reason}")}</p> });
        view! { <li data-rule=rule.clone()>{format!("{severity} {rule} {place}：{message}")}{reason}</li> }
    };
    (!findings.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="findings-title">
                <h2 id="findings-title">"校验 "<span class="quiet" data-count="findings">{findings.len()}</span></h2>
                <ul>{findings.into_iter().map(line).collect_view()}</ul>
            </section>
        }
    })
}

#[component]
fn Warnings(warnings: Vec<PassedWarning>) -> impl IntoView {
    let line =
        |PassedWarning { code, reason }: PassedWarning| view! { <li>{format!("{code}：{reason}")}</li> };
    (!warnings.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="warnings-title">
                <h2 id="warnings-title">"已说明的提醒"</h2>
                <ul>{warnings.into_iter().map(line).collect_view()}</ul>
            </section>
        }
    })
}

/// Rows of the ledger, oldest first.
#[component]
pub fn Transfers(transfers: Vec<TransferLine>) -> impl IntoView {
    let line = |TransferLine { number, day, code, mode, debit, credit, amount, case, .. }: TransferLine| {
        view! {
            <tr data-transfer=number.to_string()>
                <th scope="row">{number}</th>
                <td>{day.to_string()}</td>
                <td>{code}</td>
                <td>{mode}</td>
                <td>{debit}</td>
                <td>{credit}</td>
                <td class="number">{amount.to_string()}</td>
                <td><a href=format!("/money-cases/{case}")>{case.to_string()}</a></td>
            </tr>
        }
    };
    (!transfers.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="transfers-title">
                <h2 id="transfers-title">"账务"</h2>
                <div class="table-scroll"><table class="list of-table">
                    <thead><tr>
                        <th scope="col">"序号"</th><th scope="col">"日期"</th><th scope="col">"业务"</th>
                        <th scope="col">"方式"</th><th scope="col">"借方"</th><th scope="col">"贷方"</th>
                        <th scope="col" class="number">"金额（元）"</th><th scope="col">"案卷"</th>
                    </tr></thead>
                    <tbody>{transfers.into_iter().map(line).collect_view()}</tbody>
                </table></div>
            </section>
        }
    })
}

#[component]
fn HistoryLines(history: Vec<MoneyHistoryLine>) -> impl IntoView {
    let line = |line: MoneyHistoryLine| {
        let reasons = line.reasons.into_iter().map(|reason| view! { <p>{reason}</p> }).collect_view();
        view! {
            <li data-history=line.verb>
                <p>{format!("{} {}（{}）{}，现为“{}”", line.at, line.by, line.role.label(), line.verb_label, line.stage_label)}</p>
                {reasons}
            </li>
        }
    };
    view! {
        <section class="card" aria-labelledby="history-title">
            <h2 id="history-title">"办理记录"</h2>
            <ol>{history.into_iter().map(line).collect_view()}</ol>
        </section>
    }
}
