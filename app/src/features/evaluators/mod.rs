//! 第三方机构与设备 `/evaluators`: whom the offices engage for evaluations, whom each serves and who evaluates for it, and the
//! tablets that are revoked.

mod devices;
mod institution;

use crate::cases::{CaseLoader, read_page};
use devices::Devices;
use institution::InstitutionForm;
use leptos::prelude::*;
use shared::api::performance::{EvaluationRegister, InstitutionLine, NamedId, ReadEvaluationRegister};

pub fn evaluators_page() -> AnyView {
    let loader = read_page(|| ReadEvaluationRegister {});
    let CaseLoader { look, .. } = loader;
    loader.page(move |register| view! { <Register register look/> }.into_any())
}

/// The name of an id, the id itself where nobody knows it any more.
fn name_of(known: &[NamedId], id: &str) -> String {
    known.iter().find(|one| one.id == id).map_or_else(|| id.to_string(), |one| one.name.clone())
}

#[component]
fn Register(register: EvaluationRegister, look: Callback<()>) -> impl IntoView {
    let EvaluationRegister { today, refusal, institutions, devices, evaluators, served } = register;
    let may = refusal.is_none();
    let editing = RwSignal::new(None::<InstitutionLine>);
    let (evaluators, served) = (StoredValue::new(evaluators), StoredValue::new(served));
    let rows = institutions.into_iter().map(|of| row(of, evaluators, served, may, editing)).collect_view();
    let read_only = refusal.map(|refusal| view! { <p class="quiet" role="status">{refusal.message}</p> });
    view! {
        <div class="page-head">
            <h1>"第三方机构与设备"</h1>
            <div class="of-head-right"><a class="button" href="/performance">"绩效"</a></div>
        </div>
        {read_only}
        <section class="card" aria-labelledby="institutions-title">
            <h2 id="institutions-title">"第三方机构"</h2>
            <div class="table-scroll"><table class="list of-table">
                <thead><tr>
                    <th scope="col">"机构"</th><th scope="col">"服务过的部门和单位"</th>
                    <th scope="col">"评价人员"</th><th scope="col"></th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table></div>
            {may.then(|| view! {
                <button type="button" class="primary" data-act="add-institution" on:click=move |_| {
                    editing.set(Some(InstitutionLine {
                        name: String::new(),
                        served: Default::default(),
                        evaluators: Default::default(),
                    }));
                }>"登记机构"</button>
            })}
        </section>
        {move || editing.get().map(|line| view! { <InstitutionForm line editing evaluators served look/> })}
        <Devices devices today may look/>
    }
}

fn row(
    of: InstitutionLine,
    evaluators: StoredValue<Vec<NamedId>>,
    served: StoredValue<Vec<NamedId>>,
    may: bool,
    editing: RwSignal<Option<InstitutionLine>>,
) -> impl IntoView {
    let people = evaluators.with_value(|known| {
        of.evaluators.iter().map(|id| name_of(known, id.as_str())).collect::<Vec<_>>().join("、")
    });
    let own = served
        .with_value(|known| of.served.iter().map(|id| name_of(known, id)).collect::<Vec<_>>().join("、"));
    let (name, shown) = (of.name.clone(), of.name.clone());
    let edit = move |_| editing.set(Some(of.clone()));
    view! {
        <tr data-institution=name>
            <th scope="row">{shown}</th>
            <td>{own}</td>
            <td>{people}</td>
            <td>{may.then(|| view! { <button type="button" data-act="edit-institution" on:click=edit>"修改"</button> })}</td>
        </tr>
    }
}
