//! 案卷一览 of a kind and year, as far as this person may see them: searched, filtered, sorted, and begun from.

use super::list_view::{Column, ListView, key};
use crate::cases::{Unit, UnitSwitch, current_year, read_page, shown, unit};
use crate::features::address::address_of;
use crate::kernel::random_id::new_id;
use crate::kernel::router::Route;
use crate::kernel::session::SignedIn;
use crate::kernel::submission::Submission;
use crate::ui::Notice;
use leptos::prelude::*;
use shared::api::cases::{CaseLine, CasesView, ReadCases};
use shared::api::matters::OpenMatter;
use shared::cases::Kind;
use shared::cases::kernel::Stage;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;

/// 案卷一览 `/cases?kind=&year=`.
pub fn cases_page() -> AnyView {
    let kind = expect_context::<Route>().text("kind");
    list_page(Signal::derive(move || kind.with(|word| word.as_deref().and_then(Kind::from_word))))
}

/// 单独申请一览, by its own address in the top bar.
pub fn separates_page() -> AnyView {
    list_page(Signal::stored(Some(Kind::Separate)))
}

fn list_page(kind: Signal<Option<Kind>>) -> AnyView {
    let asked = expect_context::<Route>().number::<u16>("year");
    let current = current_year();
    let unit = unit();
    let request = move || ReadCases { kind: kind.get(), fiscal_year: asked.get().unwrap_or(current) };
    read_page(request).page(move |view| {
        let title = view.kind.map(Kind::label).unwrap_or("案卷");
        let (year, kind) = (view.fiscal_year, view.kind.filter(|_| view.may_open));
        view! {
            <div class="page-head">
                <h1>{format!("{} 年度{title}", year.0)}</h1>
                <div class="of-head-right">
                    <UnitSwitch unit/>
                    {kind.map(|kind| view! { <Begin kind year/> })}
                </div>
            </div>
            <List view unit/>
        }
        .into_any()
    })
}

/// What must be known before one of a kind is begun.
fn note(kind: Option<Kind>) -> Option<&'static str> {
    (kind == Some(Kind::Separate)).then_some(
        "原则上不再单独安排运维资金；确需单独申请的，先由省局出具不属于集中运维管理范畴的意见，再由省财政厅办理（依据第5条）。",
    )
}

#[component]
fn List(view: CasesView, unit: Unit) -> impl IntoView {
    let account =
        expect_context::<SignedIn>().me.with_untracked(|me| me.as_ref().map(|me| me.actor.account.clone()));
    let stored = account.map(|account| key(account, view.kind));
    let look = RwSignal::new(stored.as_ref().map(ListView::read).unwrap_or_default());
    Effect::new(move |_| {
        look.with(|look| {
            if let Some(stored) = &stored {
                look.write(stored);
            }
        });
    });
    let stages: Vec<Stage> = Stage::ALL
        .into_iter()
        .filter(|stage| view.lines.iter().any(|line| line.head.stage == *stage))
        .collect();
    let amounts = view.lines.iter().any(|line| line.amount.is_some());
    let (lines, all) = (StoredValue::new(view.lines), view.kind.is_none());
    let listed = Memo::new(move |_| lines.with_value(|lines| look.with(|look| look.apply(lines))));
    view! {
        <section class="card" aria-label="一览">
            {note(view.kind).map(|text| view! { <p class="of-sealed of-first">{text}</p> })}
            <Filter look stages/>
            {move || if listed.with(Vec::is_empty) {
                view! { <p class="empty">{if lines.with_value(Vec::is_empty) { "没有案卷。" } else { "没有符合条件的案卷。" }}</p> }.into_any()
            } else {
                let rows = listed.get().into_iter().map(|line| row(line, amounts, all, unit)).collect_view();
                view! {
                    <div class="table-scroll"><table class="list of-table">
                        <thead><tr>
                            <Heading look column=Column::Title label="名称" number=false/>
                            <Heading look column=Column::Department label="部门" number=false/>
                            <Heading look column=Column::Stage label="状态" number=false/>
                            {amounts.then(|| view! { <Heading look column=Column::Amount label="金额" number=true/> })}
                            <Heading look column=Column::Number label="文号" number=false/>
                            <Heading look column=Column::Since label="到达时间" number=false/>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table></div>
                }.into_any()
            }}
        </section>
    }
}

fn row(line: CaseLine, amounts: bool, all: bool, unit: Unit) -> impl IntoView {
    let CaseLine { head, label, department_name, amount, since } = line;
    let title = if all { head.title.clone() } else { label };
    view! {
        <tr data-case=head.id.to_string()>
            <th scope="row"><a href=address_of(head.kind, &head.id, head.fiscal_year)>{title}</a></th>
            <td>{department_name.unwrap_or_else(|| "—".to_string())}</td>
            <td><span class="stage" data-stage=head.stage.word()>{head.stage.label()}</span></td>
            {amounts.then(|| view! {
                <td class="number">{move || amount.map_or_else(|| "—".to_string(), |amount| shown(unit.get(), amount))}</td>
            })}
            <td>{head.number.unwrap_or_else(|| "—".to_string())}</td>
            <td>{since.get(..16).unwrap_or(&since).to_string()}</td>
        </tr>
    }
}

/// The search text and the stage shown.
#[component]
fn Filter(look: RwSignal<ListView>, stages: Vec<Stage>) -> impl IntoView {
    let stage = move |stage: Stage| {
        let chosen = move || look.with(|look| look.stage == stage.word());
        view! { <option value=stage.word() selected=chosen>{stage.label()}</option> }
    };
    view! {
        <div class="of-filter" role="search">
            <input type="search" name="search" aria-label="查找" placeholder="查找名称、部门或文号"
                prop:value=move || look.with(|look| look.search.clone())
                on:input=move |event| look.update(|look| look.search = event_target_value(&event))/>
            <select name="stage" aria-label="状态"
                on:change=move |event| look.update(|look| look.stage = event_target_value(&event))>
                <option value="" selected=move || look.with(|look| look.stage.is_empty())>"全部状态"</option>
                {stages.into_iter().map(stage).collect_view()}
            </select>
        </div>
    }
}

/// The heading of a column, which sorts by it.
#[component]
fn Heading(look: RwSignal<ListView>, column: Column, label: &'static str, number: bool) -> impl IntoView {
    let order = move || {
        look.with(|look| match (look.by == column, look.descending) {
            (false, _) => "none",
            (true, false) => "ascending",
            (true, true) => "descending",
        })
    };
    view! {
        <th scope="col" class:number=number aria-sort=order>
            <button type="button" class="rq-link" on:click=move |_| look.update(|look| look.sort_by(column))>
                {label}
                {move || match order() { "ascending" => " ▲", "descending" => " ▼", _ => "" }}
            </button>
        </th>
    }
}

/// 新建.
#[component]
fn Begin(kind: Kind, year: FiscalYear) -> impl IntoView {
    let submission = Submission::new("o");
    let Submission { busy, problem, .. } = submission;
    let route = expect_context::<Route>();
    let id = CaseId::new(new_id("s"));
    let begin = move |_| {
        let (matter, id) = (id.clone(), id.clone());
        let open = |_| OpenMatter { matter, kind, fiscal_year: year };
        submission.run(&(), open, move |()| route.go(&format!("/cases/{id}")));
    };
    view! {
        <Notice problem/>
        <button type="button" class="primary" data-act=format!("open-{}", kind.word()) disabled=move || busy.get()
            on:click=begin>{format!("新建{}", kind.label())}</button>
    }
}
