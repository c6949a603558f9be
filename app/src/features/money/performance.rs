//! 绩效页 `/performance/:year?department=`: lamps, results and corrections of the departments a person sees; of one department
//! also the cases by kind.

use super::performance_charts::{GradeCounts, Progress, Scores, share_bar};
use crate::cases::{current_year, read_page};
use crate::kernel::router::Route;
use crate::kernel::session::SignedIn;
use leptos::prelude::*;
use shared::api::money::MoneyCaseLine;
use shared::api::performance::{
    PerformanceCase, PerformanceDepartment, PerformanceYearView, ReadPerformanceYear,
};
use shared::cases::execution::registry::ExecutionKindName;
use shared::cases::listed_kind::ListedKind;
use shared::cases::performance::year::{ShownLamp, ShownResult, WeakIndicator};
use shared::kernel::ids::DepartmentId;
use shared::kernel::people::Office;

pub fn performance_page() -> AnyView {
    let route = expect_context::<Route>();
    let (year, department) = (route.number::<u16>("year"), route.text("department"));
    let now = current_year();
    let grade = route.text("grade");
    let loader = read_page(move || ReadPerformanceYear {
        fiscal_year: year.get().unwrap_or(now),
        department: department.get().map(DepartmentId::new),
    });
    loader.page(move |view| {
        // The page is made anew for another grade, which the server is not asked about.
        grade.track();
        view! { <YearPage view/> }.into_any()
    })
}

fn address(year: i32, department: Option<&DepartmentId>) -> String {
    match department {
        Some(department) => format!("/performance/{year}?department={department}"),
        None => format!("/performance/{year}"),
    }
}

#[component]
fn YearPage(view: PerformanceYearView) -> impl IntoView {
    let PerformanceYearView { fiscal_year, department, years, departments, cases, coverage, weakest, today } =
        view;
    let year = i32::from(fiscal_year);
    let others = years.into_iter().map(|other| {
        let current = (other == year).then_some("page");
        let to = address(other, department.as_ref());
        view! { <a href=to aria-current=current>{format!("{other} 年度")}</a>" " }
    });
    let others = others.collect_view();
    let named = department.as_ref().and_then(|_| departments.first()).map(|of| of.name.clone());
    let title = match named {
        Some(name) => format!("{name} {fiscal_year} 年度绩效"),
        None => format!("{fiscal_year} 年度绩效"),
    };
    let kinds = ExecutionKindName::ALL.into_iter().filter(|kind| kind.has_form()).map(|kind| {
        view! { <a href=format!("/cases?kind={}&year={year}", ListedKind::from(kind).word())>{kind.label()}</a>" " }
    });
    let coverage = coverage.map(|share| {
        view! {
            <section class="card" aria-label="重点评价覆盖率">
                <p data-figure="coverage">{format!("重点评价覆盖率（按批复数）：{share}%")}</p>
                {share_bar(&share)}
            </section>
        }
    });
    let me = expect_context::<SignedIn>().me.get_untracked();
    let office = me.is_some_and(|me| me.actor.role.office() != Office::Department);
    let empty = departments.is_empty();
    let one = department.as_ref().and_then(|_| departments.first()).map(|of| of.year.clone());
    let chosen = expect_context::<Route>().text("grade").get_untracked().filter(|_| department.is_none());
    let shown: Vec<PerformanceDepartment> = departments
        .iter()
        .filter(|of| chosen.as_ref().is_none_or(|grade| grade_of(of) == *grade))
        .cloned()
        .collect();
    view! {
        <div class="page-head">
            <h1>{title}</h1>
            <div class="of-head-right">
                {department.is_some().then(|| view! { <a class="button" href=address(year, None)>"全部"</a> })}
                <a class="button" href=format!("/money/{year}")>"资金表"</a>
                {office.then(|| view! { <a class="button" href="/evaluators" data-link="evaluators">"第三方机构与设备"</a> })}
                <a class="button" href="/check-table" data-link="check-table">"公开绩效表核对"</a>
            </div>
        </div>
        <nav class="card" aria-label="年度">{others}</nav>
        <nav class="card" aria-label="案卷种类">{kinds.collect_view()}</nav>
        {empty.then(|| view! { <p class="quiet" role="status">"本年度没有已批复的申请。"</p> })}
        {match one {
            Some(of) => view! { <Scores trend=of.trend/><Progress lamps=of.lamps/> }.into_any(),
            None if empty => ().into_any(),
            None => view! { <GradeCounts year departments=departments.clone()/> }.into_any(),
        }}
        {chosen.map(|grade| view! {
            <p role="status" data-filter=grade.clone()>
                {format!("只看 {year} 年度等次为“{grade}”的部门。")}<a href=address(year, None)>"看全部"</a>
            </p>
        })}
        {(!empty).then(|| view! { <Departments year departments=shown/> })}
        {coverage}
        <Weakest weakest/>
        <Cases cases today/>
    }
}

#[component]
fn Departments(year: i32, departments: Vec<PerformanceDepartment>) -> impl IntoView {
    let back: Vec<i32> = departments
        .first()
        .map(|of| of.year.trend.iter().map(|(year, _)| *year).collect())
        .unwrap_or_default();
    let heads =
        back.iter().map(|year| view! { <th scope="col">{format!("{year} 等次")}</th> }).collect_view();
    let line = move |PerformanceDepartment { name, year: of }: PerformanceDepartment| {
        let open = of.open_corrections.len();
        let overdue = (of.overdue_corrections > 0)
            .then(|| view! { <span class="overdue">{format!("（逾期 {}）", of.overdue_corrections)}</span> });
        let results =
            of.trend.into_iter().map(|(_, result)| view! { <td>{graded(result)}</td> }).collect_view();
        view! {
            <tr data-department=of.department.to_string()>
                <th scope="row"><a href=address(year, Some(&of.department))>{name}</a></th>
                <td class="number">{of.approved.to_string()}</td>
                <td>{of.lamps.into_iter().map(lamp).collect_view()}</td>
                {results}
                <td data-count="open-corrections">{open}{overdue}</td>
                <td>{of.key_evaluations}</td>
                <td class="number">{of.proposed_cut.to_string()}</td>
                <td class="number">{of.decided_cut.to_string()}</td>
            </tr>
        }
    };
    view! {
        <section class="card" aria-labelledby="departments-title">
            <h2 id="departments-title">"部门绩效"</h2>
            <div class="table-scroll"><table class="list of-table">
                <thead><tr>
                    <th scope="col">"部门"</th><th scope="col" class="number">"批复数（元）"</th>
                    <th scope="col">"监控"</th>{heads}<th scope="col">"未完成整改"</th>
                    <th scope="col">"重点评价"</th><th scope="col" class="number">"拟调减（元）"</th>
                    <th scope="col" class="number">"决定调减（元）"</th>
                </tr></thead>
                <tbody>{departments.into_iter().map(line).collect_view()}</tbody>
            </table></div>
        </section>
    }
}

/// 等次 of the year itself.
fn grade_of(of: &PerformanceDepartment) -> String {
    let result = of.year.trend.first().and_then(|(_, result)| result.as_ref());
    result.map_or_else(|| "未评".to_string(), |result| result.grade.clone())
}

fn graded(result: Option<ShownResult>) -> AnyView {
    match result {
        Some(ShownResult { source, score, grade }) => view! {
            <b data-grade=grade.clone()>{grade.clone()}</b>" "{score}" "<span class="quiet">{source}</span>
        }
        .into_any(),
        None => view! { <span class="quiet">"—"</span> }.into_any(),
    }
}

/// A lamp says its colour in words too.
fn lamp(of: ShownLamp) -> impl IntoView {
    let ShownLamp { case, period, side, stage_label, overall, execution, .. } = of;
    let word = overall.clone().unwrap_or_else(|| "未定".to_string());
    let says = match execution {
        Some(execution) => format!("{side} {period} 月 {stage_label}：总体{word}，预算执行{execution}"),
        None => format!("{side} {period} 月 {stage_label}：总体{word}"),
    };
    view! {
        <a class="lamp" href=format!("/money-cases/{case}") data-lamp=overall title=says>
            {format!("{side}{period} {word}")}
        </a>" "
    }
}

#[component]
fn Weakest(weakest: Vec<WeakIndicator>) -> impl IntoView {
    let line = |of: WeakIndicator| {
        view! {
            <tr data-case=of.case.to_string()>
                <th scope="row"><a href=format!("/money-cases/{}", of.case)>{of.name}</a></th>
                <td>{of.department_name}</td>
                <td class="number">{of.score}</td>
                <td class="number">{of.weight}</td>
                <td class="number">{format!("{}%", of.share)}</td>
                <td>{share_bar(&of.share)}</td>
            </tr>
        }
    };
    (!weakest.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="weakest-title">
                <h2 id="weakest-title">"得分率最低的指标"</h2>
                <div class="table-scroll"><table class="list of-table">
                    <thead><tr>
                        <th scope="col">"指标"</th><th scope="col">"部门"</th><th scope="col" class="number">"得分"</th>
                        <th scope="col" class="number">"分值"</th><th scope="col" class="number">"得分率"</th>
                        <th scope="col">"图"</th>
                    </tr></thead>
                    <tbody>{weakest.into_iter().map(line).collect_view()}</tbody>
                </table></div>
            </section>
        }
    })
}

/// The cases of one department, a section for each kind.
#[component]
fn Cases(cases: Vec<PerformanceCase>, today: shared::kernel::calendar::Date) -> impl IntoView {
    let line = move |PerformanceCase { line, note }: PerformanceCase| {
        let MoneyCaseLine { id, stage, stage_label, title, due, .. } = line;
        let due = due.map(|due| match today > due {
            true => view! { <span class="overdue">{format!("{due} 已逾期")}</span> }.into_any(),
            false => due.to_string().into_any(),
        });
        view! {
            <tr data-case=id.to_string()>
                <th scope="row"><a href=format!("/money-cases/{id}")>{title}</a></th>
                <td><span class="stage" data-stage=stage>{stage_label}</span></td>
                <td>{due}</td>
                <td>{note}</td>
            </tr>
        }
    };
    let sections = ExecutionKindName::ALL.into_iter().filter_map(|kind| {
        let own: Vec<PerformanceCase> = cases.iter().filter(|case| case.line.kind == kind).cloned().collect();
        (!own.is_empty()).then(|| {
            view! {
                <section class="card" aria-label=kind.label() data-kind=kind.word()>
                    <h2>{kind.label()}" "<span class="quiet">{own.len()}</span></h2>
                    <div class="table-scroll"><table class="list of-table">
                        <thead><tr>
                            <th scope="col">"案卷"</th><th scope="col">"状态"</th><th scope="col">"期限"</th>
                            <th scope="col">"摘要"</th>
                        </tr></thead>
                        <tbody>{own.into_iter().map(line).collect_view()}</tbody>
                    </table></div>
                </section>
            }
        })
    });
    sections.collect_view()
}
