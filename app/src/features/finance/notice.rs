//! 批复内容 as it was frozen: what each request gets, by line and by economic code.

use crate::cases::{Unit, shown};
use leptos::prelude::*;
use shared::api::export::batch_path;
use shared::api::requests::VersionLine;
use shared::cases::approval::{Economic, Notice, NoticeLine};
use shared::kernel::ids::CaseId;
use shared::kernel::money::Money;

#[component]
pub fn NoticeSheet(batch: CaseId, line: VersionLine, notice: Notice, unit: Unit) -> impl IntoView {
    let printed = batch_path(&batch);
    let (total, economics) = (notice.total(), notice.economics());
    let money = move |money: Money| move || shown(unit.get(), money);
    let row = move |line: NoticeLine| {
        let codes = line.economics.iter().map(|part| part.code.clone()).collect::<Vec<_>>().join("、");
        view! {
            <tr data-answer=line.request.to_string()>
                <th scope="row"><a href=format!("/requests/{}/result", line.request)>{line.name.clone()}</a></th>
                <td class="number">{money(line.requested)}</td>
                <td class="number">{money(line.bureau_cut)}</td>
                <td class="number">{money(line.finance_cut)}</td>
                <td class="number"><b>{money(line.approved())}</b></td>
                <td>{format!("第 {} 版，等次 {}", line.version, line.targets)}</td>
                <td>{codes}</td>
            </tr>
        }
    };
    let code = move |part: Economic| {
        view! { <div><dt>{format!("{} {}", part.code, part.name)}</dt><dd>{money(part.amount)}</dd></div> }
    };
    view! {
        <section class="card" aria-labelledby="notice-title">
            <h2 id="notice-title">{format!("{} · {}", notice.number, notice.date)}</h2>
            <p><a href=printed data-file="pdf" download="">"打印批复通知（PDF）"</a></p>
            <p class="of-sealed">
                {format!("依据 {}；第 {} 稿，{} {} 拟定，内容摘要（SM3）", notice.edition, line.version, line.by, line.at)}
                <code title=line.hash.clone() data-hash=line.hash.clone()>{format!("{}…", line.hash.get(..16).unwrap_or(&line.hash))}</code>
            </p>
            <div class="table-scroll">
                <table class="list of-table">
                    <thead><tr>
                        <th scope="col">"部门"</th>
                        <th scope="col" class="number">"申报数"</th><th scope="col" class="number">"省局核减"</th>
                        <th scope="col" class="number">"财政核减"</th><th scope="col" class="number">"批复数"</th>
                        <th scope="col">"一同批复的绩效目标"</th><th scope="col">"经济分类"</th>
                    </tr></thead>
                    <tbody>{notice.lines.into_iter().map(row).collect_view()}</tbody>
                    <tfoot><tr>
                        <th scope="row">"合计"</th><td></td><td></td><td></td>
                        <td class="number" data-total="approved"><b>{money(total)}</b></td><td></td><td></td>
                    </tr></tfoot>
                </table>
            </div>
            <dl class="of-figures">{economics.into_iter().map(code).collect_view()}</dl>
        </section>
    }
}
