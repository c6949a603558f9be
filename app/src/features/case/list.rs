//! 案卷一览 of a kind or of all kinds, as far as this person may see them: searched, filtered, sorted, exported, begun from.

use super::list_filter::{Filter, Views};
use super::list_view::{ListView, StoredViews, key};
use crate::cases::{CaseLoader, Unit, UnitSwitch, current_year, read_page, shown, unit};
use crate::kernel::random_id::new_id;
use crate::kernel::router::Route;
use crate::kernel::session::SignedIn;
use crate::kernel::submission::Submission;
use crate::ui::Notice;
use leptos::prelude::*;
use shared::api::cases::{CasesView, OpenCase, list_workbook_path};
use shared::cases::Kind;
use shared::cases::kernel::{CellValue, Column};
use shared::cases::listing::{CaseLine, columns};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::{AccountId, CaseId};

/// 案卷一览 `/cases?kind=&year=`.
pub fn cases_page() -> AnyView {
    let route = expect_context::<Route>();
    let signed = expect_context::<SignedIn>();
    let (kind, year) = (route.text("kind"), route.number::<u16>("year"));
    view! {
        <main class="page">
            {move || {
                let kind = kind.with(|word| word.as_deref().and_then(Kind::from_word));
                let me = signed.me.get_untracked()?;
                Some(view! { <List account=me.actor.account kind year=year.get()/> })
            }}
        </main>
    }
    .into_any()
}

#[component]
fn List(account: AccountId, kind: Option<Kind>, year: Option<u16>) -> impl IntoView {
    let place = StoredValue::new(key(account, kind));
    let stored = RwSignal::new(place.with_value(StoredViews::read));
    let first = || ListView { year: Some(current_year()), ..ListView::default() };
    let mut last = stored.with_untracked(|stored| stored.last.clone()).unwrap_or_else(first);
    last.year = year.or(last.year);
    let view = RwSignal::new(last);
    Effect::new(move |_| {
        stored.update_untracked(|stored| stored.last = Some(view.get()));
        // Where nothing can be stored the next visit begins with the whole year.
        let _ = place.with_value(|place| stored.with_untracked(|stored| stored.write(place)));
    });
    let CaseLoader { view: read, problem, .. } = read_page(move || view.with(|view| view.query(kind)));
    let unit = unit();
    let opens = Memo::new(move |_| read.with(|read| read.as_ref().and_then(|read| read.opens)));
    let begin = move || Some(view! { <Begin kind=kind? year=opens.get()?/> });
    let workbook = move || view.with(|view| list_workbook_path(&view.query(kind))).unwrap_or_default();
    view! {
        <div class="page-head">
            <h1>{kind.map_or("案卷", Kind::label)}</h1>
            <div class="of-head-right">
                <UnitSwitch unit/>
                <a class="button" data-file="list" href=workbook download="">"导出（xlsx）"</a>
                {begin}
            </div>
        </div>
        <Notice problem/>
        <section class="card" aria-label="一览">
            {kind.and_then(Kind::note).map(|text| view! { <p class="of-sealed of-first">{text}</p> })}
            <Filter view read/>
            <Views view stored place/>
            <Lines kind view read unit/>
        </section>
    }
}

#[component]
fn Lines(
    kind: Option<Kind>,
    view: RwSignal<ListView>,
    read: RwSignal<Option<CasesView>>,
    unit: Unit,
) -> impl IntoView {
    let columns = StoredValue::new(columns(kind));
    let count = move || {
        read.with(|read| match read.as_ref().map(|read| (read.total, read.lines.len())) {
            None => "正在读取…".to_string(),
            Some((0, _)) => "没有符合条件的案卷。".to_string(),
            Some((total, shown)) if shown < total => {
                format!("共 {total} 件，列出前 {shown} 件；请缩小范围，或导出全部。")
            }
            Some((total, _)) => format!("共 {total} 件"),
        })
    };
    let lines = Memo::new(move |_| {
        read.with(|read| read.as_ref().map(|read| read.lines.clone())).unwrap_or_default()
    });
    view! {
        <p class="quiet" role="status" data-count="cases">{count}</p>
        <Show when=move || !lines.with(Vec::is_empty)>
            <div class="table-scroll"><table class="list of-table">
                <thead><tr>
                    {columns.get_value().into_iter().map(|column| view! { <Heading view column/> }).collect_view()}
                </tr></thead>
                <tbody>{move || {
                    let row = |line| columns.with_value(|columns| row(&line, columns, unit).into_any());
                    lines.get().into_iter().map(row).collect_view()
                }}</tbody>
            </table></div>
        </Show>
    }
}

fn row(line: &CaseLine, columns: &[Column], unit: Unit) -> impl IntoView + use<> {
    let head = &line.head;
    let cells = columns.iter().map(|column| match (column.key, line.cell(column.key)) {
        ("title", title) => {
            let address = head.kind.address(&head.id, head.fiscal_year);
            view! { <th scope="row"><a href=address>{text(title)}</a></th> }.into_any()
        }
        ("stage", stage) => {
            view! { <td><span class="stage" data-stage=head.stage.word()>{text(stage)}</span></td> }
                .into_any()
        }
        (key, CellValue::Amount(amount)) => {
            view! { <td class="number" data-column=key>{move || shown(unit.get(), amount)}</td> }.into_any()
        }
        (key, value) => {
            view! { <td class:number=column.is_amount data-column=key>{text(value)}</td> }.into_any()
        }
    });
    view! { <tr data-case=head.id.to_string()>{cells.collect_view()}</tr> }
}

fn text(value: CellValue) -> String {
    match value {
        CellValue::Empty => "—".to_string(),
        CellValue::Text(text) => text,
        CellValue::Amount(amount) => amount.to_string(),
    }
}

/// The heading of a column, which sorts by it.
#[component]
fn Heading(view: RwSignal<ListView>, column: Column) -> impl IntoView {
    let Column { key, label, is_amount } = column;
    let order = move || view.with(|view| view.order_of(key));
    view! {
        <th scope="col" class:number=is_amount aria-sort=order>
            <button type="button" class="rq-link" data-sort=key on:click=move |_| view.update(|view| view.sort_by(key))>
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
        let (case, id) = (id.clone(), id.clone());
        let open = |_| OpenCase { case, kind, fiscal_year: year };
        submission.run(&(), open, move |()| route.go(&kind.address(&id, year)));
    };
    view! {
        <Notice problem/>
        <button type="button" class="primary" data-act=format!("open-{}", kind.word()) disabled=move || busy.get()
            on:click=begin>{format!("新建 {} 年度{}", year.0, kind.label())}</button>
    }
}
