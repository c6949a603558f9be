//! 单独申请一览 of a year, as far as this person may see them.

use crate::cases::{UnitSwitch, current_year, read_page, shown, unit};
use crate::kernel::random_id::new_id;
use crate::kernel::router::Route;
use crate::kernel::submission::Submission;
use crate::ui::Notice;
use leptos::prelude::*;
use shared::api::matters::OpenMatter;
use shared::api::separates::{ReadSeparates, SeparateLine, SeparatesView};
use shared::cases::Kind;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;

/// The page.
pub fn separates_page() -> AnyView {
    let asked = expect_context::<Route>().number::<u16>("year");
    let current = current_year();
    let request = move || ReadSeparates { fiscal_year: asked.get().unwrap_or(current) };
    let unit = unit();
    read_page(request).page(move |view| {
        let SeparatesView { fiscal_year, lines, may_open } = view;
        let row = move |line: SeparateLine| {
            let system = if line.system.is_empty() { "（未填系统）".to_string() } else { line.system };
            view! {
                <tr data-separate=line.separate.to_string()>
                    <th scope="row"><a href=format!("/separate/{}", line.separate)>{system}</a></th>
                    <td>{line.department_name}</td>
                    <td><span class="stage" data-stage=line.stage.word()>{line.stage.label()}</span></td>
                    <td class="number">{move || line.amount.map_or_else(|| "—".to_string(), |amount| shown(unit.get(), amount))}</td>
                    <td>{line.number.unwrap_or_else(|| "—".to_string())}</td>
                    <td>{line.since.to_minute()}</td>
                </tr>
            }
        };
        view! {
            <div class="page-head">
                <h1>{format!("{} 年度单独申请", fiscal_year.0)}</h1>
                <div class="of-head-right">
                    <UnitSwitch unit/>
                    {may_open.then(|| view! { <Begin year=fiscal_year/> })}
                </div>
            </div>
            <section class="card" aria-label="单独申请">
                <p class="of-sealed of-first">"原则上不再单独安排运维资金；确需单独申请的，先由省局出具不属于集中运维管理范畴的意见，再由省财政厅办理（依据第5条）。"</p>
                {if lines.is_empty() {
                    view! { <p class="empty">"没有单独申请。"</p> }.into_any()
                } else {
                    view! {
                        <div class="table-scroll"><table class="list of-table">
                            <thead><tr>
                                <th scope="col">"系统"</th><th scope="col">"部门"</th><th scope="col">"状态"</th>
                                <th scope="col" class="number">"申请金额"</th><th scope="col">"意见文号"</th><th scope="col">"到达时间"</th>
                            </tr></thead>
                            <tbody>{lines.into_iter().map(row).collect_view()}</tbody>
                        </table></div>
                    }.into_any()
                }}
            </section>
        }
        .into_any()
    })
}

/// 新建单独申请.
#[component]
fn Begin(year: FiscalYear) -> impl IntoView {
    let submission = Submission::new("o");
    let Submission { busy, problem, .. } = submission;
    let route = expect_context::<Route>();
    let id = CaseId::new(new_id("s"));
    let begin = move |_| {
        let (matter, id) = (id.clone(), id.clone());
        let open = |_| OpenMatter { matter, kind: Kind::Separate, fiscal_year: year };
        submission.run(&(), open, move |()| route.go(&format!("/separate/{id}")));
    };
    view! {
        <Notice problem/>
        <button type="button" class="primary" data-act="open-separate" disabled=move || busy.get() on:click=begin>"新建单独申请"</button>
    }
}
