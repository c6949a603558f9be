//! 部门沿革: the departments with their former names, and the forms that ask for a new name or a merger.

use super::OpenForm;
use super::forms::{AccountForm, Buttons};
use crate::ui::{Field, Notice};
use leptos::prelude::*;
use shared::api::accounts::{AskDepartmentChange, DepartmentLine};
use shared::kernel::calendar::Date;
use shared::kernel::ids::{DepartmentId, OpId};
use shared::policy::accounts::departments::{DepartmentChange, OrderedChange};

#[component]
pub fn DepartmentList(
    departments: Vec<DepartmentLine>,
    /// Those that ended without a successor.
    closed: Vec<DepartmentLine>,
    may_change: bool,
    act: RwSignal<Option<OpenForm>>,
) -> impl IntoView {
    let may_merge = may_change && departments.len() > 1;
    let rows = departments.into_iter().map(|department| {
        let of = department.clone();
        let acts = move || {
            let button = |label: &'static str, word: &'static str, form: OpenForm| {
                let spoken = format!("{label}：{}", of.name);
                view! {
                    <button type="button" class="plain" data-act=word aria-label=spoken
                        on:click=move |_| act.set(Some(form.clone()))>{label}</button>
                }
            };
            view! {
                <div class="row-buttons">
                    {button("更名", "rename-department", OpenForm::Rename(of.clone()))}
                    {button("拆分", "split-department", OpenForm::Split(of.clone()))}
                    {button("撤销", "close-department", OpenForm::Close(of.clone()))}
                </div>
            }
        };
        view! {
            <tr data-department=department.id.to_string()>
                <td>{department.id.to_string()}</td>
                <td>{department.name}</td>
                <td>{department.former.into_iter().map(|former| view! { <p data-former="true">{former}</p> }).collect_view()}</td>
                <td>{may_change.then(acts)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let ended = closed.into_iter().map(|department| view! {
        <tr class="quiet" data-closed-department=department.id.to_string()>
            <td>{department.id.to_string()}</td>
            <td>{department.name}</td>
            <td>{department.former.into_iter().map(|former| view! { <p data-former="true">{former}</p> }).collect_view()}</td>
            <td>"已撤销"</td>
        </tr>
    });
    let ended = ended.collect_view();
    view! {
        <section class="card table-scroll" aria-labelledby="departments-title">
            <h2 id="departments-title">"部门"</h2>
            {may_merge.then(|| view! {
                <button type="button" data-act="merge-departments" on:click=move |_| act.set(Some(OpenForm::Merge))>"合并部门"</button>
            })}
            <table class="list">
                <thead>
                    <tr>
                        <th scope="col">"编号"</th>
                        <th scope="col">"名称"</th>
                        <th scope="col">"沿革"</th>
                        <th scope="col"><span class="hidden-label">"办理"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}{ended}</tbody>
            </table>
        </section>
    }
}

/// The document and the day of a change.
#[derive(Clone, Copy)]
pub struct ByDocument {
    document: RwSignal<String>,
    from_day: RwSignal<String>,
}

impl ByDocument {
    pub fn new() -> ByDocument {
        ByDocument { document: RwSignal::new(String::new()), from_day: RwSignal::new(String::new()) }
    }

    pub fn fields(self) -> impl IntoView {
        view! {
            <Field label="文号" name="change-document" value=self.document hint="如 晋编办〔2024〕3号"/>
            <Field label="生效日期" name="change-day" value=self.from_day hint="如 2024-03-01，不晚于今天"/>
        }
    }

    /// The change, where the day is one.
    pub fn order(self, change: DepartmentChange) -> Option<OrderedChange> {
        let from_day = self.from_day.with_untracked(|text| Date::parse(text.trim()))?;
        Some(OrderedChange { change, document: self.document.get_untracked(), from_day })
    }
}

pub fn ask(form: AccountForm, no_day: RwSignal<bool>, change: Option<OrderedChange>) {
    no_day.set(change.is_none());
    let Some(change) = change else { return };
    form.send_under_id(
        &change.clone(),
        |id| AskDepartmentChange { order: OpId::new(id), change },
        move |()| form.done("已提出，待另一管理员同意".to_string()),
    );
}

#[component]
pub fn NoDay(no_day: RwSignal<bool>) -> impl IntoView {
    view! { <p class="notice" role="alert" hidden=move || !no_day.get()>"生效日期应写作 2024-03-01。"</p> }
}

/// 更名.
#[component]
pub fn RenameForm(department: DepartmentLine, open: RwSignal<bool>, look: Callback<()>) -> impl IntoView {
    let form = AccountForm::new(open, look);
    let (name, by) = (RwSignal::new(department.name), ByDocument::new());
    let no_day = RwSignal::new(false);
    let id = department.id;
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let name = name.get_untracked();
        ask(form, no_day, by.order(DepartmentChange::Rename { department: id.clone(), name }));
    };
    view! {
        <form on:submit=submit>
            <Notice problem=form.submission.problem/>
            <NoDay no_day/>
            <p>"编号不变。以前的案卷仍显示当时的名称，写作“新名称（原旧名称）”。"</p>
            <Field label="新名称" name="department-name" value=name/>
            {by.fields()}
            <Buttons form label="提出"/>
        </form>
    }
}

/// 合并.
#[component]
pub fn MergeForm(
    departments: Vec<DepartmentLine>,
    open: RwSignal<bool>,
    look: Callback<()>,
) -> impl IntoView {
    let form = AccountForm::new(open, look);
    let (chosen, into, by) =
        (RwSignal::new(Vec::<DepartmentId>::new()), RwSignal::new(String::new()), ByDocument::new());
    let no_day = RwSignal::new(false);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let change = DepartmentChange::Merge {
            from: chosen.get_untracked(),
            into: DepartmentId::new(into.get_untracked()),
        };
        ask(form, no_day, by.order(change));
    };
    let options = departments.clone().into_iter();
    let options = options.map(|d| view! { <option value=d.id.to_string()>{d.name}</option> }).collect_view();
    let boxes = departments.into_iter().map(|department| {
        let id = department.id.clone();
        let toggle = move |_| {
            chosen.update(|chosen| match chosen.iter().position(|other| *other == id) {
                Some(at) => drop(chosen.remove(at)),
                None => chosen.push(id.clone()),
            });
        };
        view! {
            <label class="check">
                <input type="checkbox" name="merged" value=department.id.to_string() on:change=toggle/>
                {department.name}
            </label>
        }
    });
    view! {
        <form on:submit=submit>
            <Notice problem=form.submission.problem/>
            <NoDay no_day/>
            <p>"同意后，被合并部门的岗位终止，其人员在并入的部门任同样的岗位；在办案卷由并入的部门接着办理，以前的案卷由其查阅，仍显示当时的名称。"</p>
            <fieldset class="field choices"><legend>"被合并的部门"</legend>{boxes.collect_view()}</fieldset>
            <div class="field">
                <label for="merge-into">"并入"</label>
                <select id="merge-into" name="merge-into" required=true bind:value=into>
                    <option value="">"请选择"</option>
                    {options}
                </select>
            </div>
            {by.fields()}
            <Buttons form label="提出"/>
        </form>
    }
}
