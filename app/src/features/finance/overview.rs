//! 财政审核总览: every request that reached finance, with what each office cut and what is known of the years before,
//! and the batches it is answered in.

use crate::cases::{Unit, UnitSwitch, current_year, read_page, shown, unit};
use crate::kernel::random_id::new_id;
use crate::kernel::router::Route;
use crate::kernel::submission::Submission;
use crate::ui::Notice;
use leptos::prelude::*;
use shared::api::cases::OpenCase;
use shared::api::finance::{BatchLine, Feed, FinanceLine, FinanceView, ReadFinance};
use shared::cases::Kind;
use shared::cases::kernel::Stage;
use shared::cases::request::FinanceOpinion;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;
use shared::kernel::money::Money;

/// The page.
pub fn finance_page() -> AnyView {
    let asked = expect_context::<Route>().number::<u16>("year");
    let current = current_year();
    let request = move || ReadFinance { fiscal_year: asked.get().unwrap_or(current) };
    let unit = unit();
    read_page(request).page(move |view| {
        let FinanceView { fiscal_year, requests, batches, may_open, .. } = view;
        view! {
            <div class="page-head">
                <h1>{format!("{} 年度财政审核与批复", fiscal_year.0)}</h1>
                <div class="of-head-right">
                    <UnitSwitch unit/>
                    {may_open.then(|| view! { <Begin year=fiscal_year/> })}
                </div>
            </div>
            <Requests requests unit/>
            <Batches batches/>
        }
        .into_any()
    })
}

#[component]
fn Requests(requests: Vec<FinanceLine>, unit: Unit) -> impl IntoView {
    if requests.is_empty() {
        return view! {
            <section class="card"><p class="empty">"省局尚未报送本年度整体预算。"</p></section>
        }
        .into_any();
    }
    let feeds: Vec<Feed> = requests.first().map(|line| line.feeds.clone()).unwrap_or_default();
    // A column nobody has a value for would only take the room of the others; its source is named below.
    let is_known = |name: &str| {
        let has =
            |line: &FinanceLine| line.feeds.iter().any(|feed| feed.name == name && feed.value.is_some());
        requests.iter().any(has)
    };
    let known: Vec<String> =
        feeds.iter().filter(|feed| is_known(&feed.name)).map(|feed| feed.name.clone()).collect();
    let heads = feeds.iter().filter(|feed| known.contains(&feed.name)).map(|feed| {
        view! { <th scope="col" title=format!("来源：{}", feed.source)>{feed.name.clone()}</th> }
    });
    let heads = heads.collect_view();
    let without: Vec<String> = feeds
        .iter()
        .filter(|feed| !known.contains(&feed.name))
        .map(|feed| format!("{}（{}）", feed.name, feed.source))
        .collect();
    let count = requests.len();
    view! {
        <section class="card" aria-labelledby="requests-title">
            <h2 id="requests-title">{format!("部门申请 {count}")}</h2>
            <div class="table-scroll">
                <table class="list of-table">
                    <thead><tr>
                        <th scope="col">"部门"</th><th scope="col">"状态"</th>
                        <th scope="col" class="number">"申报数"</th><th scope="col" class="number">"省局核减"</th>
                        <th scope="col" class="number">"财政核减"</th><th scope="col" class="number">"拟批复数"</th>
                        <th scope="col">"绩效目标"</th><th scope="col">"财政意见"</th>
                        <th scope="col" class="number">"上年度结算（部门填报）"</th>
                        {heads}
                    </tr></thead>
                    <tbody>{requests.into_iter().map(|mut line| {
                        line.feeds.retain(|feed| known.contains(&feed.name));
                        view! { <Line line unit/> }
                    }).collect_view()}</tbody>
                </table>
            </div>
            {(!without.is_empty()).then(|| view! {
                <p class="of-sealed">{format!("尚无数据的参考信息：{}；有数据后自动列出。", without.join("、"))}</p>
            })}
        </section>
    }
    .into_any()
}

#[component]
fn Line(line: FinanceLine, unit: Unit) -> impl IntoView {
    let (amounts, last) = (line.amounts, line.last_year);
    let cell = move |money: Money| view! { <td class="number">{move || shown(unit.get(), money)}</td> };
    let known = |feed: Feed| {
        let none = feed.value.is_none();
        view! { <td class:quiet=none>{feed.value.unwrap_or_else(|| "尚无数据".to_string())}</td> }
    };
    let answered = line.approval.as_ref().map(|approval| {
        view! { <a href=format!("/requests/{}/result", line.request)>{approval.number.clone()}</a> }
    });
    view! {
        <tr data-request=line.request.to_string()>
            <th scope="row"><a href=format!("/requests/{}", line.request)>{line.name.clone()}</a></th>
            <td><span class="stage" data-stage=line.stage.word()>{line.stage.label()}</span></td>
            {cell(amounts.requested)}{cell(amounts.bureau_cut)}{cell(amounts.finance_cut)}{cell(amounts.approved())}
            <td>{line.targets.unwrap_or_else(|| "未评".to_string())}</td>
            <td>{match answered {
                Some(answered) => answered.into_any(),
                None => opinion(line.opinion.as_ref()).into_any(),
            }}</td>
            <td class="number">{move || last.map_or_else(|| "—".to_string(), |last| shown(unit.get(), last))}</td>
            {line.feeds.into_iter().map(known).collect_view()}
        </tr>
    }
}

fn opinion(opinion: Option<&FinanceOpinion>) -> String {
    match opinion {
        None => "待审核".to_string(),
        Some(FinanceOpinion { arrange: true, by, .. }) => format!("通过（{}）", by.name),
        Some(FinanceOpinion { by, .. }) => format!("拟不予安排（{}）", by.name),
    }
}

#[component]
fn Batches(batches: Vec<BatchLine>) -> impl IntoView {
    let line = |line: BatchLine| {
        view! {
            <tr data-batch=line.batch.to_string()>
                <th scope="row">{line.number.unwrap_or_else(|| "（未编文号）".to_string())}</th>
                <td><span class="stage" data-stage=line.stage.word()>{stage(line.stage)}</span></td>
                <td>{line.since.to_minute()}</td>
                <td class="number"><a href=format!("/batches/{}", line.batch)>"打开"</a></td>
            </tr>
        }
    };
    view! {
        <section class="card" aria-labelledby="batches-title">
            <h2 id="batches-title">{format!("批复 {}", batches.len())}</h2>
            {if batches.is_empty() {
                view! { <p class="empty">"还没有批复。审核通过的申请可列入批复，预算与绩效目标一同下达（依据《办法》第十一条）。"</p> }.into_any()
            } else {
                view! {
                    <table class="list of-table">
                        <thead><tr>
                            <th scope="col">"文号"</th><th scope="col">"状态"</th><th scope="col">"流转时间"</th>
                            <th scope="col"><span class="hidden-label">"打开"</span></th>
                        </tr></thead>
                        <tbody>{batches.into_iter().map(line).collect_view()}</tbody>
                    </table>
                }.into_any()
            }}
        </section>
    }
}

/// A batch being drafted is not being filled in by a department.
pub fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Draft => "拟稿中",
        Stage::Withdrawn => "已作废",
        other => other.label(),
    }
}

/// 新建批复.
#[component]
fn Begin(year: FiscalYear) -> impl IntoView {
    let submission = Submission::new("o");
    let Submission { busy, problem, .. } = submission;
    let route = expect_context::<Route>();
    let id = CaseId::new(new_id("b"));
    let begin = move |_| {
        let (case, id) = (id.clone(), id.clone());
        let open = |_| OpenCase { case, kind: Kind::Batch, fiscal_year: year };
        submission.run(&(), open, move |()| route.go(&format!("/batches/{id}")));
    };
    view! {
        <Notice problem/>
        <button type="button" class="primary" data-act="open-batch" disabled=move || busy.get() on:click=begin>"新建批复"</button>
    }
}
