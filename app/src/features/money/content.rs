//! 案卷内容 on the screen: labelled lines and tables. It follows what it shows, and a row that says the same stays as it is: while
//! a form of many rows is filled in, only what changes is drawn.

use leptos::prelude::*;
use shared::cases::execution::content::{ContentLine, ContentValue};

type Row = Vec<ContentLine>;

/// From so many rows on, a part of a page is laid out and painted only where it is seen: a key typed elsewhere on a page with 300
/// indicators waited 10 ms longer for it on a slow processor.
pub const MANY: usize = 40;

/// One card; none while there is nothing to say.
#[component]
pub fn Content(content: Signal<Vec<ContentLine>>, title: &'static str, name: &'static str) -> impl IntoView {
    let is_empty = Memo::new(move |_| content.with(Vec::is_empty));
    let rows = Memo::new(move |_| content.with(|content| content.iter().map(rows_in).sum::<usize>()));
    let id = format!("{name}-title");
    view! {
        <Show when=move || !is_empty.get()>
            <section class="card" class:of-many=move || { rows.get() >= MANY } style:--rows=move || rows.get().to_string()
                aria-labelledby=id.clone()>
                <h2 id=id.clone()>{title}</h2>
                <Lines content/>
                <Tables content/>
            </section>
        </Show>
    }
}

fn rows_in(line: &ContentLine) -> usize {
    match &line.value {
        ContentValue::Text(_) => 1,
        ContentValue::Rows(rows) => rows.len(),
    }
}

#[component]
fn Lines(content: Signal<Vec<ContentLine>>) -> impl IntoView {
    let text = |of: &ContentLine| match &of.value {
        ContentValue::Text(text) => Some((of.key.clone(), of.label.clone(), text.clone())),
        ContentValue::Rows(_) => None,
    };
    let lines =
        Memo::new(move |_| content.with(|content| content.iter().filter_map(text).collect::<Vec<_>>()));
    let line = |(key, label, text): (String, String, String)| view! { <dt>{label}</dt><dd data-fact=key>{text}</dd> };
    view! { <dl class="of-claim">{move || lines.get().into_iter().map(line).collect_view()}</dl> }
}

#[component]
fn Tables(content: Signal<Vec<ContentLine>>) -> impl IntoView {
    let table = |of: &ContentLine| match &of.value {
        ContentValue::Rows(_) => Some((of.key.clone(), of.label.clone())),
        ContentValue::Text(_) => None,
    };
    let tables =
        Memo::new(move |_| content.with(|content| content.iter().filter_map(table).collect::<Vec<_>>()));
    let one = move |(key, label): (String, String)| {
        let of = key.clone();
        let rows = Memo::new(move |_| content.with(|content| rows_of(content, &of)));
        view! { <h3>{label}</h3><div data-table=key><TableOf rows/></div> }
    };
    view! { <For each=move || tables.get() key=Clone::clone children=one/> }
}

fn rows_of(content: &[ContentLine], key: &str) -> Vec<Row> {
    let found = content.iter().find_map(|line| match &line.value {
        ContentValue::Rows(rows) if line.key == key => Some(rows.clone()),
        ContentValue::Rows(_) | ContentValue::Text(_) => None,
    });
    found.unwrap_or_default()
}

/// Rows under the labels any of them has, so that no value stands under another's label.
#[component]
fn TableOf(rows: Memo<Vec<Row>>) -> impl IntoView {
    let heads = Memo::new(move |_| rows.with(|rows| heads_of(rows)));
    let cells = move |(_, row): (usize, Row)| {
        let cell = move |key: &str| match row.iter().find(|line| line.key == key).map(|line| &line.value) {
            Some(ContentValue::Text(text)) => text.clone(),
            Some(ContentValue::Rows(_)) | None => String::new(),
        };
        let cells = move || {
            heads
                .get()
                .iter()
                .map(|(key, _)| view! { <td data-column=key.clone()>{cell(key)}</td> })
                .collect_view()
        };
        view! { <tr>{cells}</tr> }
    };
    let numbered = move || rows.get().into_iter().enumerate().collect::<Vec<_>>();
    let head = |(_, label): (String, String)| view! { <th scope="col">{label}</th> };
    view! {
        <div class="table-scroll"><table class="list of-table">
            <thead><tr>{move || heads.get().into_iter().map(head).collect_view()}</tr></thead>
            <tbody><For each=numbered key=Clone::clone children=cells/></tbody>
        </table></div>
    }
}

fn heads_of(rows: &[Row]) -> Vec<(String, String)> {
    let mut heads: Vec<(String, String)> = Vec::new();
    for line in rows.iter().flatten() {
        if !heads.iter().any(|(key, _)| *key == line.key) {
            heads.push((line.key.clone(), line.label.clone()));
        }
    }
    heads
}
