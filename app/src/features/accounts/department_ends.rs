//! 部门拆分与撤销: the forms that ask for the end of a department.

use super::departments::{ByDocument, NoDay, ask};
use super::forms::{AccountForm, Buttons};
use crate::ui::Notice;
use leptos::prelude::*;
use shared::api::accounts::DepartmentLine;
use shared::kernel::ids::DepartmentId;
use shared::policy::accounts::departments::{DepartmentChange, PartDepartment};

/// A department that comes out of a split, as it is typed.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Part {
    /// Number of the row, the same for as long as the form is open.
    number: usize,
    id: RwSignal<String>,
    name: RwSignal<String>,
}

impl Part {
    fn new(number: usize) -> Part {
        Part { number, id: RwSignal::new(String::new()), name: RwSignal::new(String::new()) }
    }

    fn typed(self) -> PartDepartment {
        PartDepartment {
            id: DepartmentId::new(self.id.get_untracked().trim()),
            name: self.name.get_untracked(),
        }
    }
}

/// Fewest departments that one is split into.
const FEWEST: usize = 2;

/// 拆分.
#[component]
pub fn SplitForm(department: DepartmentLine, open: RwSignal<bool>, look: Callback<()>) -> impl IntoView {
    let form = AccountForm::new(open, look);
    let parts = RwSignal::new((1..=FEWEST).map(Part::new).collect::<Vec<Part>>());
    let (last, carrier) = (RwSignal::new(FEWEST), RwSignal::new(None::<usize>));
    let (by, no_day) = (ByDocument::new(), RwSignal::new(false));
    let id = department.id;
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let parts = parts.get_untracked();
        let carrier = parts.iter().find(|part| Some(part.number) == carrier.get_untracked());
        let change = DepartmentChange::Split {
            department: id.clone(),
            successor: carrier.map_or_else(|| DepartmentId::new(""), |part| part.typed().id),
            into: parts.into_iter().map(Part::typed).collect(),
        };
        ask(form, no_day, by.order(change));
    };
    let add = move |_| {
        last.update(|last| *last += 1);
        parts.update(|parts| parts.push(Part::new(last.get_untracked())));
    };
    view! {
        <form on:submit=submit>
            <Notice problem=form.submission.problem/>
            <NoDay no_day/>
            <p>"同意后，原部门终止。岗位和在办案卷由选定的一个新部门承接，上年数随之归它；其余新部门从零开始，其岗位另行授予。已办结的案卷各新部门都可查阅，仍显示当时的名称。"</p>
            <For each=move || parts.get() key=|part| part.number let:part>
                <PartFields part parts carrier/>
            </For>
            <button type="button" class="plain" data-act="add-part" on:click=add>"增加一个新部门"</button>
            {by.fields()}
            <Buttons form label="提出"/>
        </form>
    }
}

#[component]
fn PartFields(part: Part, parts: RwSignal<Vec<Part>>, carrier: RwSignal<Option<usize>>) -> impl IntoView {
    let number = part.number;
    let (id, name) = (format!("part-id-{number}"), format!("part-name-{number}"));
    let position = move || {
        let at = parts.with(|parts| parts.iter().position(|other| other.number == number));
        format!("新部门 {}", at.map_or(number, |at| at + 1))
    };
    let remove = move |_| {
        parts.update(|parts| parts.retain(|other| other.number != number));
        carrier.update(|carrier| *carrier = carrier.filter(|carried| *carried != number));
    };
    view! {
        <fieldset class="field department-part" data-part=number.to_string()>
            <legend>{position}</legend>
            <div class="field">
                <label for=id.clone()>"编号"</label>
                <input id=id.clone() name=id required=true autocomplete="off" spellcheck="false" autocapitalize="off" bind:value=part.id/>
            </div>
            <div class="field">
                <label for=name.clone()>"名称"</label>
                <input id=name.clone() name=name required=true autocomplete="off" bind:value=part.name/>
            </div>
            <label class="check">
                <input type="radio" name="split-successor" required=true prop:checked=move || carrier.get() == Some(number)
                    on:change=move |_| carrier.set(Some(number))/>
                "承接岗位和在办案卷"
            </label>
            <Show when=move || parts.with(|parts| parts.len() > FEWEST)>
                <button type="button" class="plain" data-act="remove-part" on:click=remove>"删去"</button>
            </Show>
        </fieldset>
    }
}

/// 撤销.
#[component]
pub fn CloseForm(department: DepartmentLine, open: RwSignal<bool>, look: Callback<()>) -> impl IntoView {
    let form = AccountForm::new(open, look);
    let (by, no_day) = (ByDocument::new(), RwSignal::new(false));
    let id = department.id;
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        ask(form, no_day, by.order(DepartmentChange::Close { department: id.clone() }));
    };
    view! {
        <form on:submit=submit>
            <Notice problem=form.submission.problem/>
            <NoDay no_day/>
            <p>"同意后，该部门及其岗位终止，没有部门承接；省局、财政和审计仍可查阅以前的案卷。还有在办事项的部门不能撤销，应合并或拆分。"</p>
            {by.fields()}
            <Buttons form label="提出"/>
        </form>
    }
}
