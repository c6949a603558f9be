//! 问题清单: every error and warning in the order of the page, each leading to its place; F8 goes from one to the next.

use super::needs::EvaluationNeeds;
use crate::features::request::context::RequestContext;
use crate::features::request::section::Section;
use crate::form_ui::sheet::follow::rests;
use crate::form_ui::sheet::words;
use leptos::prelude::*;
use shared::engine::plan::{Slot, TableIx};
use shared::engine::session::{Cell, Session};
use shared::kernel::finding::{Finding, Severity};
use std::collections::HashMap;

/// Id of the list's heading: the focus goes there after a refused submit.
pub const PROBLEMS_HEADING: &str = "rq-problems-heading";
/// Delay after the last change before the list follows, in milliseconds.
const BEHIND_MS: u32 = 250;
/// Number of problems shown at first, and added at a time.
const PAGE: usize = 50;

/// A place in the order of the page: section, row and field; 0 for a table as a whole.
pub type ProblemPos = (usize, usize, usize);

#[derive(Clone, Debug, PartialEq)]
struct Problem {
    spot: ProblemPos,
    table: TableIx,
    finding: Finding,
    /// `第 3 行 核心交换机 · 费率%`.
    words: String,
    justified: bool,
}

/// Row numbers, from 1, of the tables asked about.
#[derive(Default)]
struct Positions(HashMap<TableIx, HashMap<Slot, usize>>);

impl Positions {
    fn spot(&mut self, session: &Session, table: TableIx, cell: Option<Cell>) -> ProblemPos {
        let section = Section::of(session.plan(), table).position();
        let Some(cell) = cell else { return (section, 0, 0) };
        let rows =
            self.0.entry(table).or_insert_with(|| session.rows(table).iter().copied().zip(1..).collect());
        (section, rows.get(&cell.slot).copied().unwrap_or(0), cell.field + 1)
    }
}

/// Findings in the order of the page, without their words.
pub fn in_order(
    session: &Session,
    findings: Vec<Finding>,
) -> impl Iterator<Item = (ProblemPos, TableIx, Finding)> {
    let mut positions = Positions::default();
    let mut found: Vec<(ProblemPos, TableIx, Finding)> = findings
        .into_iter()
        .filter_map(|finding| {
            let table = session.place_table(&finding.place)?;
            let spot = positions.spot(session, table, session.place_cell(&finding.place));
            Some((spot, table, finding))
        })
        .collect();
    found.sort_by(|(a, _, x), (b, _, y)| (a, &x.rule).cmp(&(b, &y.rule)));
    found.into_iter()
}

/// Goes to the next place with an error (with a warning when there are no errors), around the end.
pub fn jump_to_next(work: RequestContext, forward: bool) {
    let sheet = work.sheet;
    sheet.end_typing();
    let (target, spot) = {
        let now = current(work);
        let found = sheet.read(|session| {
            let all: Vec<_> = in_order(session, session.findings()).collect();
            let worst = all.iter().map(|(_, _, f)| f.severity).min();
            let mut places: Vec<(ProblemPos, Finding)> = all
                .into_iter()
                .filter(|(_, _, f)| Some(f.severity) == worst)
                .map(|(s, _, f)| (s, f))
                .collect();
            places.dedup_by(|(later, _), (first, _)| later == first);
            places
        });
        let ahead = if forward {
            found.iter().find(|(spot, _)| *spot > now).or(found.first())
        } else {
            found.iter().rev().find(|(spot, _)| *spot < now).or(found.last())
        };
        match ahead {
            Some((spot, finding)) => (finding.place.clone(), *spot),
            None => return work.lasting.tell(false, "没有错误，也没有提醒。"),
        }
    };
    work.problem.set(spot);
    work.go_to(&target);
}

/// Where the person is.
fn current(work: RequestContext) -> ProblemPos {
    let sheet = work.sheet;
    let section = work.section.get_untracked().position();
    match sheet.selected.get_untracked() {
        Some(cell) => {
            let spot = sheet.read(|session| Positions::default().spot(session, cell.table, Some(cell)));
            if spot.0 == section { spot } else { (section, 0, 0) }
        }
        None => {
            Some(work.problem.get_untracked()).filter(|spot| spot.0 == section).unwrap_or((section, 0, 0))
        }
    }
}

#[component]
pub fn ProblemList(work: RequestContext) -> impl IntoView {
    let sheet = work.sheet;
    let rested = rests(sheet, BEHIND_MS);
    let only = work.only;
    let limit = RwSignal::new(PAGE);
    let all = Memo::new(move |_| {
        rested.track();
        sheet.read(|session| in_order(session, session.findings()).collect::<Vec<_>>())
    });
    let counts = move || {
        all.with(|all| {
            let errors = all.iter().filter(|(_, _, f)| f.severity == Severity::Error).count();
            (errors, all.len() - errors)
        })
    };
    let wanted = move |finding: &Finding| only.get().is_none_or(|severity| finding.severity == severity);
    let groups = move || {
        let shown: Vec<Problem> = all.with(|all| {
            let chosen = all.iter().filter(|(_, _, f)| wanted(f)).take(limit.get());
            sheet.read(|session| chosen.map(|(spot, table, f)| problem(session, *spot, *table, f)).collect())
        });
        let mut groups: Vec<(TableIx, Vec<Problem>)> = Vec::new();
        for problem in shown {
            match groups.last_mut() {
                Some((table, group)) if *table == problem.table => group.push(problem),
                _ => groups.push((problem.table, vec![problem])),
            }
        }
        groups
    };
    let hidden =
        move || all.with(|all| all.iter().filter(|(_, _, f)| wanted(f)).count()).saturating_sub(limit.get());
    view! {
        <h2 class="rq-side-heading" id=PROBLEMS_HEADING tabindex="-1" aria-live="polite">
            {move || match counts() {
                (0, 0) => "没有问题".to_string(),
                (errors, warnings) => format!("{errors} 处错误，{warnings} 条提醒"),
            }}
        </h2>
        <p class="rq-fault" role="alert">{move || work.alert.get()}</p>
        <ServerFindings work/>
        <EvaluationNeeds work/>
        <div class="rv-buttons" role="group" aria-label="查看">
            {[(None, "全部"), (Some(Severity::Error), "错误"), (Some(Severity::Warning), "提醒")].map(|(which, label)| view! {
                <button type="button" aria-pressed=move || (only.get() == which).to_string()
                    on:click=move |_| only.set(which)>{label}</button>
            }).collect_view()}
        </div>
        {move || groups().into_iter().map(|(table, problems)| group(work, table, problems)).collect_view()}
        <Show when={move || hidden() > 0}>
            <button type="button" on:click=move |_| limit.update(|limit| *limit += PAGE)>
                {move || format!("再显示 {PAGE} 条（还有 {} 条）", hidden())}
            </button>
        </Show>
    }
}

fn problem(session: &Session, spot: ProblemPos, table: TableIx, finding: &Finding) -> Problem {
    let warning = finding.severity == Severity::Warning;
    Problem {
        spot,
        table,
        words: words::within(session, &finding.place),
        justified: warning && session.justification(finding).is_some(),
        finding: finding.clone(),
    }
}

fn group(work: RequestContext, table: TableIx, problems: Vec<Problem>) -> impl IntoView {
    let title = work.sheet.read(|session| Section::of(session.plan(), table).title(session.plan()));
    view! {
        <section>
            <h3 class="rq-subheading">{title}</h3>
            <ul class="rq-problems">
                {problems.into_iter().map(|problem| view! { <li>{line(work, problem)}</li> }).collect_view()}
            </ul>
        </section>
    }
}

fn line(work: RequestContext, problem: Problem) -> impl IntoView {
    let Problem { spot, finding, words, justified, .. } = problem;
    let place = finding.place.clone();
    view! {
        <button type="button" class="rq-problem" data-severity=finding.severity.word() data-rule=finding.rule.clone()
            on:click=move |_| {
                work.problem.set(spot);
                work.go_to(&place);
            }>
            <span class="rq-problem-place">
                {(!words.is_empty()).then(|| format!("{words} "))}
                <span class="rq-quiet">{finding.rule.clone()}</span>
                {justified.then(|| view! { <span class="rq-badge" data-severity="justified">"已说明"</span> })}
            </span>
            <span>{finding.message}</span>
        </button>
    }
}

/// The findings for which the server refused a submit; normally the same as the list below.
#[component]
fn ServerFindings(work: RequestContext) -> impl IntoView {
    view! {
        <Show when=move || !work.refused.with(Vec::is_empty)>
            <section>
                <h3 class="rq-subheading">"提交时服务器核对的结果"</h3>
                <ul class="rq-problems">
                    {move || work.refused.get().into_iter().take(PAGE).map(|finding| {
                        let words = work.words_of(&finding.place);
                        let table = work.sheet.read(|s| s.place_table(&finding.place)).unwrap_or_default();
                        let problem = Problem { spot: (0, 0, 0), table, finding, words, justified: false };
                        view! { <li>{line(work, problem)}</li> }
                    }).collect_view()}
                </ul>
            </section>
        </Show>
    }
}
