//! 资金案卷一览 `/money-cases?kind=&year=`: the cases of an execution kind or of all, searched, and a new one begun.

use super::dialog::{MoneyDialog, Target};
use crate::cases::{CaseLoader, read_page};
use crate::kernel::local_storage::{self, Key};
use crate::kernel::random_id::new_id;
use crate::kernel::router::Route;
use crate::kernel::session::SignedIn;
use crate::ui::Notice;
use leptos::prelude::*;
use shared::api::money::{MoneyCaseLine, ReadMoneyCases};
use shared::cases::execution::offered::OfferedCommand;
use shared::cases::execution::registry::ExecutionKindName;
use shared::kernel::ids::CaseId;

pub fn money_cases_page() -> AnyView {
    let route = expect_context::<Route>();
    let (kind, year) = (route.text("kind"), route.number::<u16>("year"));
    view! {
        <main class="page">
            {move || {
                let kind = kind.with(|word| word.as_deref().and_then(ExecutionKindName::from_word));
                view! { <List kind year=year.get()/> }
            }}
        </main>
    }
    .into_any()
}

#[component]
fn List(kind: Option<ExecutionKindName>, year: Option<u16>) -> impl IntoView {
    let search = RwSignal::new(String::new());
    let loader = read_page(move || ReadMoneyCases {
        kind,
        fiscal_year: year,
        search: Some(search.get()).filter(|text| !text.trim().is_empty()),
    });
    let CaseLoader { view: read, problem, .. } = loader;
    let opens = Memo::new(move |_| read.with(|read| read.as_ref().and_then(|read| read.opens.clone())));
    let begin = move || Some(view! { <Begin kind=kind? command=opens.get()?/> });
    let of_year = move |kind: ExecutionKindName| match year {
        Some(year) => format!("/money-cases?kind={}&year={year}", kind.word()),
        None => format!("/money-cases?kind={}", kind.word()),
    };
    let kinds = ExecutionKindName::ALL.map(|other| {
        let current = (kind == Some(other)).then_some("page");
        view! { <a href=of_year(other) aria-current=current>{other.label()}</a>" " }
    });
    let count = move || read.with(|read| read.as_ref().map(|read| format!("共 {} 件", read.total)));
    let lines = move || read.with(|read| read.as_ref().map(|read| read.lines.clone())).unwrap_or_default();
    view! {
        <div class="page-head">
            <h1>{kind.map_or("资金案卷", ExecutionKindName::label)}</h1>
            <div class="of-head-right"><a class="button" href="/money">"资金表"</a>{begin}</div>
        </div>
        <Notice problem/>
        <nav class="card" aria-label="案卷种类">{kinds.collect_view()}</nav>
        <section class="card" aria-label="一览">
            <div class="field">
                <label for="money-search">"查找编号、名称、部门或单位"</label>
                <input id="money-search" type="search" bind:value=search/>
            </div>
            <p class="quiet" role="status" data-count="cases">{count}</p>
            <div class="table-scroll"><table class="list of-table">
                <thead><tr>
                    <th scope="col">"案卷"</th><th scope="col">"种类"</th><th scope="col">"年度"</th>
                    <th scope="col">"部门"</th><th scope="col">"运维服务单位"</th><th scope="col">"状态"</th>
                    <th scope="col">"更新"</th>
                </tr></thead>
                <tbody>{move || lines().into_iter().map(row).collect_view()}</tbody>
            </table></div>
        </section>
    }
}

fn row(line: MoneyCaseLine) -> impl IntoView {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "—".to_string());
    view! {
        <tr data-case=line.id.to_string()>
            <th scope="row"><a href=format!("/money-cases/{}", line.id)>{line.title}</a></th>
            <td>{line.kind.label()}</td>
            <td>{or_dash(line.year.map(|year| year.to_string()))}</td>
            <td>{or_dash(line.department_name)}</td>
            <td>{or_dash(line.provider_name)}</td>
            <td><span class="stage" data-stage=line.stage>{line.stage_label}</span></td>
            <td>{line.since.to_string()}</td>
        </tr>
    }
}

/// 新建: the dialog of the opening command; the case exists once the server accepts it. Its id stays on this device until
/// then, so that what was typed is found again and a lost answer opens no second case.
#[component]
fn Begin(kind: ExecutionKindName, command: OfferedCommand) -> impl IntoView {
    let route = expect_context::<Route>();
    let account = expect_context::<SignedIn>().me.get_untracked().map(|me| me.actor.account);
    account.map(|account| {
        let asking = RwSignal::new(None::<OfferedCommand>);
        let key = Key::Draft {
            account: account.clone(),
            case: CaseId::new(format!("new-{}", kind.word())),
            what: "id".to_string(),
        };
        let case = CaseId::new(local_storage::read(&key).unwrap_or_else(|| new_id(kind.word())));
        // Where nothing can be stored the id lasts as long as the page.
        let _ = local_storage::write(&key, case.as_str());
        let address = format!("/money-cases/{case}");
        let done = Callback::new(move |()| {
            local_storage::remove(&key);
            route.go(&address);
        });
        // A case that is there already was opened by an answer that was lost.
        let look = done;
        let target = Target { account, case, kind, seen: 0 };
        let label = format!("新建{}", kind.label());
        view! {
            <MoneyDialog target asking done look/>
            <button type="button" class="primary" data-act=format!("open-{}", kind.word())
                on:click=move |_| asking.set(Some(command.clone()))>{label}</button>
        }
    })
}
