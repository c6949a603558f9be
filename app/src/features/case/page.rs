//! 案卷: title and stage, what can be done now, the form, what the case says, its papers, versions and history.

use super::LoadedCase;
use super::form::FormPart;
use crate::cases::{AttachmentBox, CaseCommands, CommandBar, History, Papers, Saved, conflicts};
use crate::features::separate::OnwardBanner;
use leptos::prelude::*;
use shared::api::requests::VersionLine;
use shared::cases::kernel::{CaseHead, SummaryLine};
use std::sync::Arc;

#[component]
pub fn CasePage(open: Arc<LoadedCase>, look: Callback<()>) -> impl IntoView {
    follow_the_case(&open, look);
    let view = open.view.clone();
    let CaseHead { id, kind, fiscal_year, stage, title, .. } = view.head.clone();
    let title = match &view.department_name {
        Some(department) => format!("{department} {title}"),
        None => title,
    };
    let commands = open.frozen.is_none().then(|| CaseCommands {
        head: view.head.clone(),
        available: view.commands.clone(),
        notes: Vec::new(),
        live: open.live,
        look,
    });
    let locked = match (&open.frozen, &view.locked) {
        (Some(line), _) => {
            Some(format!("这是 {} 于 {} 提交的第 {} 版，只能查看。", line.by, line.at, line.version))
        }
        (None, Some(refusal)) => Some(refusal.message.clone()),
        (None, None) => None,
    };
    let shown = view.form.as_ref().and_then(|form| form.tables.clone());
    let back = open.frozen.is_some().then(|| view! { <a href=format!("/cases/{id}")>"回到当前稿"</a> });
    let collided = open.live.map(|live| {
        let sheet = live.sheet;
        view! { <Show when=move || !sheet.conflicts.with(Vec::is_empty)>{conflicts(sheet, live)}</Show> }
    });
    view! {
        <div class="page-head">
            <a href=format!("/cases?kind={}&year={}", kind.word(), fiscal_year.0)>{kind.label()}</a>
            <h1>{title}</h1>
            <span class="stage" data-stage=stage.word()>{stage.label()}</span>
            {open.live.filter(|live| live.sheet.editable.get_untracked()).map(|live| view! { <Saved live/> })}
            <div class="of-head-right">{commands.map(|commands| view! { <CommandBar commands/> })}</div>
        </div>
        <OnwardBanner head=view.head.clone()/>
        {collided}
        {open.sheet.map(|sheet| view! { <FormPart sheet shown locked back/> })}
        <Facts lines=view.facts/>
        <Papers papers=view.papers/>
        <Versions head=view.head.clone() versions=view.versions/>
        <History lines=view.history/>
        // Its list is read on its own: it stands last, so that nothing moves when it comes.
        <AttachmentBox case=view.head.id can_edit={open.frozen.is_none()}/>
    }
}

/// Reads the case again when the stream tells that it has moved on from what is shown.
fn follow_the_case(open: &LoadedCase, look: Callback<()>) {
    let Some(live) = open.live else { return };
    let shown = open.view.head.revision;
    Effect::new(move |_| {
        if live.moved.get() > shown {
            look.run(());
        }
    });
}

#[component]
fn Facts(lines: Vec<SummaryLine>) -> impl IntoView {
    let line = |SummaryLine { key, label, text }: SummaryLine| {
        view! { <dt>{label}</dt><dd data-fact=key>{text}</dd> }
    };
    (!lines.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="facts-title">
                <h2 id="facts-title">"办理情况"</h2>
                <dl class="of-claim">{lines.into_iter().map(line).collect_view()}</dl>
            </section>
        }
    })
}

#[component]
fn Versions(head: CaseHead, versions: Vec<VersionLine>) -> impl IntoView {
    let line = move |VersionLine { version, at, by, hash, total }: VersionLine| {
        let address = format!("/cases/{}?version={version}", head.id);
        let judged = format!("/cases/{}/versions/{version}", head.id);
        view! {
            <tr data-version=version.to_string()>
                <th scope="row"><a href=address>{format!("第 {version} 版")}</a></th>
                <td>{by}</td>
                <td>{at.to_string()}</td>
                <td class="number">{total.unwrap_or_else(|| "—".to_string())}</td>
                <td class="quiet">{format!("{}…", hash.get(..12).unwrap_or(&hash))}</td>
                <td><a href=judged data-act="replay">"当时的判定"</a></td>
            </tr>
        }
    };
    (!versions.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="versions-title">
                <h2 id="versions-title">"版本"</h2>
                <div class="table-scroll"><table class="list of-table">
                    <thead><tr>
                        <th scope="col">"版本"</th><th scope="col">"提交人"</th><th scope="col">"提交时间"</th>
                        <th scope="col" class="number">"金额（元）"</th><th scope="col">"内容摘要（SM3）"</th><th scope="col"><span class="hidden-label">"判定"</span></th>
                    </tr></thead>
                    <tbody>{versions.into_iter().map(line).collect_view()}</tbody>
                </table></div>
            </section>
        }
    })
}
