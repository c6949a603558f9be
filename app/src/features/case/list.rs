//! 案卷一览 of a kind or of all kinds, as far as this person may see them: searched, filtered, sorted, exported, begun from.

use super::begin::Begin;
use super::list_filter::{Filter, Views};
use super::list_view::{ListView, StoredViews, key};
use crate::cases::{CaseLoader, Unit, UnitSwitch, current_year, read_page, shown, unit};
use crate::kernel::router::Route;
use crate::kernel::session::SignedIn;
use crate::ui::Notice;
use leptos::prelude::*;
use shared::api::cases::{CasesView, MOST_LINES, ReadCases, list_workbook_path};
use shared::cases::kernel::{CellValue, Column};
use shared::cases::listed_kind::ListedKind;
use shared::cases::listing::{CaseLine, columns};
use shared::kernel::ids::AccountId;

/// 案卷一览 `/cases?kind=&year=`.
pub fn cases_page() -> AnyView {
    let route = expect_context::<Route>();
    let signed = expect_context::<SignedIn>();
    let (kind, year) = (route.text("kind"), route.number::<u16>("year"));
    view! {
        <main class="page">
            {move || {
                let kind = kind.with(|word| word.as_deref().and_then(ListedKind::from_word));
                let me = signed.me.get_untracked()?;
                Some(view! { <List account=me.actor.account kind year=year.get()/> })
            }}
        </main>
    }
    .into_any()
}

#[component]
fn List(account: AccountId, kind: Option<ListedKind>, year: Option<u16>) -> impl IntoView {
    let place = StoredValue::new(key(account, kind));
    let stored = RwSignal::new(place.with_value(StoredViews::read));
    // Requests are of the year in hand; the money of earlier years is still under way.
    let of_office = matches!(kind, Some(ListedKind::Office(_)));
    let first = move || ListView { year: of_office.then(current_year), ..ListView::default() };
    let mut last = stored.with_untracked(|stored| stored.last.clone()).unwrap_or_else(first);
    last.year = year.or(last.year);
    let view = RwSignal::new(last);
    Effect::new(move |_| {
        stored.update_untracked(|stored| stored.last = Some(view.get()));
        // Where nothing can be stored the next visit begins with the whole year.
        let _ = place.with_value(|place| stored.with_untracked(|stored| stored.write(place)));
    });
    let page = RwSignal::new(1_u16);
    Effect::new(move |before: Option<()>| {
        view.track();
        // Another view begins at its first page.
        if before.is_some() {
            page.set(1);
        }
    });
    let query = move || ReadCases { page: Some(page.get()), ..view.with(|view| view.query(kind)) };
    let CaseLoader { view: read, problem, is_reading, .. } = read_page(query);
    let unit = unit();
    let opens = Memo::new(move |_| read.with(|read| read.as_ref().and_then(|read| read.opens.clone())));
    let begin = move || Some(view! { <Begin kind=kind? opening=opens.get()?/> });
    let workbook = move || view.with(|view| list_workbook_path(&view.query(kind))).unwrap_or_default();
    view! {
        <div class="page-head">
            <h1>{kind.map_or("案卷", ListedKind::label)}</h1>
            <div class="of-head-right">
                <UnitSwitch unit/>
                <a class="button" data-file="list" href=workbook download="">"导出（xlsx）"</a>
                {begin}
            </div>
        </div>
        <Notice problem/>
        <section class="card" aria-label="一览" aria-busy=move || is_reading.get().to_string()>
            {kind.and_then(ListedKind::note).map(|text| view! { <p class="of-sealed of-first">{text}</p> })}
            <Filter kind view read/>
            <Views view stored place/>
            <Lines kind view read page unit/>
        </section>
    }
}

#[component]
fn Lines(
    kind: Option<ListedKind>,
    view: RwSignal<ListView>,
    read: RwSignal<Option<CasesView>>,
    page: RwSignal<u16>,
    unit: Unit,
) -> impl IntoView {
    let columns = StoredValue::new(columns(kind));
    let count = move || {
        read.with(|read| match read.as_ref().map(|read| read.total) {
            None => "正在读取…".to_string(),
            Some(0) => "没有符合条件的案卷。".to_string(),
            Some(total) => format!("共 {total} 件"),
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
        <Pages read page/>
    }
}

/// 翻页, where one page does not show all of the list.
#[component]
fn Pages(read: RwSignal<Option<CasesView>>, page: RwSignal<u16>) -> impl IntoView {
    let last = Memo::new(move |_| {
        let total = read.with(|read| read.as_ref().map_or(0, |read| read.total));
        u16::try_from(total.div_ceil(MOST_LINES)).unwrap_or(u16::MAX)
    });
    view! {
        <Show when=move || { last.get() > 1 }>
            <nav class="of-filter" aria-label="翻页">
                <button type="button" data-act="page-before" disabled=move || page.get() <= 1
                    on:click=move |_| page.update(|page| *page -= 1)>"上一页"</button>
                <span role="status" data-page=move || page.get().to_string()>
                    {move || format!("第 {} 页，共 {} 页", page.get(), last.get())}
                </span>
                <button type="button" data-act="page-after" disabled=move || page.get() >= last.get()
                    on:click=move |_| page.update(|page| *page += 1)>"下一页"</button>
            </nav>
        </Show>
    }
}

fn row(line: &CaseLine, columns: &[Column], unit: Unit) -> impl IntoView + use<> {
    let cells = columns.iter().map(|column| match (column.key, line.cell(column.key)) {
        ("title", title) => {
            let address = line.kind.address(&line.id, line.fiscal_year);
            view! { <th scope="row"><a href=address>{text(title)}</a></th> }.into_any()
        }
        ("stage", stage) => {
            let nudges = (line.nudges > 0).then(|| {
                view! { " "<small data-nudges=line.nudges>{format!("催报 {} 次", line.nudges)}</small> }
            });
            view! { <td><span class="stage" data-stage=line.stage.word.clone()>{text(stage)}</span>{nudges}</td> }
                .into_any()
        }
        (key, CellValue::Amount(amount)) => {
            view! { <td class="number" data-column=key>{move || shown(unit.get(), amount)}</td> }.into_any()
        }
        (key, value) => {
            view! { <td class:number=column.is_amount data-column=key>{text(value)}</td> }.into_any()
        }
    });
    view! { <tr data-case=line.id.to_string()>{cells.collect_view()}</tr> }
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
