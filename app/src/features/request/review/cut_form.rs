//! 核减: the form of a cut by amount or share, on the selected line or all lines shown, with reason and article. The
//! three columns follow every key.

use super::actions;
use super::columns::MUCH;
use super::state::{ActDraft, PanelTab};
use crate::cases::{StoredDraft, keep_words};
use crate::features::request::context::RequestContext;
use crate::kernel::random_id::new_id;
use leptos::prelude::*;
use shared::cases::review::anchor::row_name;
use shared::cases::review::cut::{CutLine, CutReason, HowMuch, Share};
use shared::cases::review::language::Act;
use shared::cases::review::sums::{AmountColumns, Cuts, amount, columns, cuts};
use shared::forms::budget_request::CATEGORIES;
use shared::kernel::ids::{OpId, RowId, ThreadId};
use shared::kernel::money::Money;
use shared::kernel::people::Office;
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Clone, Copy)]
struct CutForm {
    work: RequestContext,
    /// All lines shown instead of the selected one.
    all: RwSignal<bool>,
    share: RwSignal<bool>,
    much: RwSignal<String>,
    reason: RwSignal<CutReason>,
    article: RwSignal<String>,
    text: RwSignal<String>,
    /// The cuts in force before this one.
    line_cuts: Memo<Arc<Cuts>>,
    /// The pending cut being rewritten.
    pending: StoredValue<Option<(OpId, Vec<CutLine>)>>,
    /// The threads of a new cut; they stay the same over all tries.
    threads: StoredValue<BTreeMap<Line, ThreadId>>,
    /// Where the words of a new cut are stored while they are written.
    unsaid: StoredValue<Vec<StoredDraft>>,
}

/// A pending cut to rewrite: its lines stay, amount and reason may change.
pub struct StoredCut {
    pub id: OpId,
    pub lines: Vec<CutLine>,
    pub how_much: HowMuch,
    pub reason: CutReason,
    pub article: u8,
    pub text: String,
}

type Line = (String, RowId);

impl CutForm {
    /// The selected line of a category.
    fn selected(&self) -> Option<Line> {
        if let Some((_, lines)) = self.pending.get_value() {
            return lines.into_iter().next().map(|line| (line.table, line.row));
        }
        let cell = self.work.sheet.selected.get()?;
        self.work.sheet.read(|session| {
            let at = session.cell_at(cell);
            CATEGORIES.contains(&&*at.table).then(|| (at.table.to_string(), at.row))
        })
    }

    /// The lines of the part shown, as they are filtered.
    fn filtered(&self) -> Vec<Line> {
        let sheet = self.work.sheet;
        let shown = sheet.rows_shown.get();
        let crate::features::request::section::Section::Table(table) = self.work.section.get() else {
            return Vec::new();
        };
        sheet.read(|session| {
            let key = session.plan().tables[table].table.key.clone();
            if !CATEGORIES.contains(&key.as_str()) {
                return Vec::new();
            }
            let rows = match shown {
                Some((of, rows)) if of == table => rows,
                _ => session.rows(table).to_vec(),
            };
            rows.into_iter().map(|slot| (key.clone(), RowId::new(session.row_id(table, slot)))).collect()
        })
    }

    /// The lines to cut, with the amount left of each.
    fn lines(&self) -> Vec<(Line, Money)> {
        let lines = match (self.pending.get_value(), self.all.get()) {
            (Some((_, lines)), _) => lines.into_iter().map(|line| (line.table, line.row)).collect(),
            (None, true) => self.filtered(),
            (None, false) => self.selected().into_iter().collect(),
        };
        let line_cuts = self.line_cuts.get();
        let left =
            |key: &Line| self.columns(&line_cuts, key).map(|columns| columns.approved(Office::Finance));
        let with = lines.into_iter().filter_map(|key| left(&key).map(|left| (key, left)));
        with.filter(|(_, left)| left.is_positive()).collect()
    }

    /// The figures of a line before this cut.
    fn columns(&self, line_cuts: &Cuts, key: &Line) -> Option<AmountColumns> {
        let amount = self.work.sheet.read(|session| amount(session, &key.0, &key.1))?;
        Some(columns(amount, line_cuts.get(key).copied().unwrap_or_default()))
    }

    /// The thread of a line's cut; a cut that is rewritten keeps its threads.
    fn thread(&self, key: &Line) -> ThreadId {
        let own = self.pending.with_value(|pending| {
            let lines = pending.as_ref().map(|(_, lines)| lines)?;
            let line = lines.iter().find(|line| line.table == key.0 && line.row == key.1)?;
            Some(line.thread.clone())
        });
        own.unwrap_or_else(|| {
            let mut thread = ThreadId::new("");
            self.threads.update_value(|threads| {
                let made = || ThreadId::new(new_id("t"));
                thread.clone_from(threads.entry(key.clone()).or_insert_with(made));
            });
            thread
        })
    }

    fn how_much(&self) -> Option<HowMuch> {
        let typed = self.much.get().replace([',', '，', ' '], "");
        if self.share.get() {
            return Share::parse(&typed).map(HowMuch::Share);
        }
        typed
            .parse()
            .ok()
            .and_then(Money::from_yuan)
            .filter(|money| money.is_positive() && money.fits_field())
            .map(HowMuch::Amount)
    }

    /// The act as it stands, `None` while something is missing.
    fn act(&self) -> Option<Act> {
        let (lines, how_much) = (self.lines(), self.how_much()?);
        let cut = |left: &Money| how_much.of(*left);
        let lines: Vec<_> = lines.into_iter().filter(|(_, left)| cut(left).is_positive()).collect();
        let total = lines.iter().map(|(_, left)| cut(left)).sum();
        let line = |(key, _): (Line, Money)| CutLine { thread: self.thread(&key), table: key.0, row: key.1 };
        (!lines.is_empty()).then(|| Act::Cut {
            lines: lines.into_iter().map(line).collect(),
            how_much,
            total,
            reason: self.reason.get(),
            article: self.article.get().parse().unwrap_or(0),
            text: self.text.get(),
        })
    }

    /// Closes the form and forgets its words.
    fn close(&self) {
        self.text.set(String::new());
        self.unsaid.with_value(|unsaid| unsaid.iter().for_each(StoredDraft::forget));
        self.work.reviewing.shown.set(PanelTab::List);
    }

    fn keep(&self) {
        let reviewing = self.work.reviewing;
        let Some(act) = untrack(|| self.act()) else {
            let text = "请选中要核减的明细行，并填写金额或比例（比例大于 0、不超过 100%）。";
            reviewing.fault.set(Some(text.to_string()));
            return;
        };
        // The pending act counts from now on; the draft would count it twice.
        reviewing.draft.set(None);
        let form = *self;
        let done = move || form.close();
        match self.pending.get_value() {
            Some((id, _)) => actions::replace(self.work, id, act, done),
            None => actions::keep(self.work, act, done),
        }
    }
}

fn form(work: RequestContext, pending: Option<StoredCut>) -> CutForm {
    let id = pending.as_ref().map(|pending| pending.id.clone());
    let line_cuts = Memo::new(move |_| {
        Arc::new(match &id {
            Some(id) => cuts(&actions::met_by(work, id)),
            None => work.reviewing.preview.with(|preview| cuts(&preview.review)),
        })
    });
    let reason = pending.as_ref().map_or(CutReason::OverStandard, |pending| pending.reason);
    let article = pending.as_ref().map_or(reason.article(), |pending| pending.article);
    let (share, much) = match pending.as_ref().map(|pending| pending.how_much) {
        None => (false, String::new()),
        Some(HowMuch::Amount(amount)) => (false, amount.yuan().to_string()),
        Some(HowMuch::Share(share)) => (true, share.to_string().trim_end_matches('%').to_string()),
    };
    let text = RwSignal::new(pending.as_ref().map(|pending| pending.text.clone()).unwrap_or_default());
    let much = RwSignal::new(much);
    let case = work.view().case.id.clone();
    let what =
        pending.as_ref().map_or_else(|| "cut".to_string(), |pending| format!("rewrite/{}", pending.id));
    let unsaid = vec![keep_words(&case, &what, text), keep_words(&case, &format!("{what}/amount"), much)];
    CutForm {
        work,
        all: RwSignal::new(false),
        share: RwSignal::new(share),
        much,
        reason: RwSignal::new(reason),
        article: RwSignal::new(article.to_string()),
        text,
        line_cuts,
        pending: StoredValue::new(pending.map(|pending| (pending.id, pending.lines))),
        threads: StoredValue::default(),
        unsaid: StoredValue::new(unsaid),
    }
}

/// `pending`: a pending cut to rewrite, instead of a new one.
pub fn cutting(work: RequestContext, pending: Option<StoredCut>) -> AnyView {
    let rewriting = pending.is_some();
    let form = form(work, pending);
    let reviewing = work.reviewing;
    Effect::new(move |_| {
        let instead = form.pending.with_value(|pending| pending.as_ref().map(|(id, _)| id.clone()));
        reviewing.draft.set(form.act().map(|act| ActDraft { instead, act }));
    });
    on_cleanup(move || {
        reviewing.draft.try_set(None);
    });
    view! {
        <h3 class="rq-subheading">{if rewriting { "修改尚未发送的核减" } else { "核减" }}</h3>
        <p class="rv-place">{move || subject(form)}</p>
        {(!rewriting).then(|| scope(form))}
        {how(form)}
        <label class="rv-field">
            "事由"
            <select class="rq-entry" aria-label="事由" on:change=move |event| {
                let reason = CutReason::from_word(&event_target_value(&event)).unwrap_or(CutReason::Other);
                form.reason.set(reason);
                form.article.set(reason.article().to_string());
            }>
                {CutReason::ALL.map(|reason| view! {
                    <option value=reason.word() selected=move || form.reason.get() == reason>{reason.label()}</option>
                })}
            </select>
        </label>
        <label class="rv-field rv-inline">
            "依据《办法》第"
            <input class="rq-entry rv-article" aria-label="依据条款" inputmode="numeric" prop:value=move || form.article.get()
                on:input=move |event| form.article.set(event_target_value(&event))/>
            "条"
        </label>
        <label class="rv-field">
            "说明"
            <textarea class="rq-entry" rows="3" aria-label="说明" prop:value=move || form.text.get()
                on:input=move |event| form.text.set(event_target_value(&event))></textarea>
        </label>
        <p class="rv-outcome" role="status" data-cut="outcome">{move || outcome(form)}</p>
        <div class="rv-buttons">
            <button type="button" class="primary" data-review="keep" disabled=move || reviewing.busy.get()
                on:click=move |_| form.keep()>{if rewriting { "保存修改" } else { "暂存（稍后一并发送）" }}</button>
            <button type="button" on:click=move |_| form.close()>"取消"</button>
        </div>
    }
    .into_any()
}

fn subject(form: CutForm) -> String {
    if form.all.get() {
        return "当前表中显示的全部明细".to_string();
    }
    if let Some(count) =
        form.pending.with_value(|pending| pending.as_ref().map(|(_, lines)| lines.len())).filter(|n| *n > 1)
    {
        return format!("原来选定的 {count} 行");
    }
    let Some((table, row)) = form.selected() else {
        return "请在五类费用的表中选中一行".to_string();
    };
    let columns = form.columns(&form.line_cuts.get(), &(table.clone(), row.clone())).unwrap_or_default();
    let name = form.work.sheet.read(|session| {
        session.plan().table(&table).map(|at| row_name(session, at, row.as_str())).unwrap_or_default()
    });
    format!("{name}：申报 {} 元，可核减 {} 元", columns.requested, columns.approved(Office::Finance))
}

fn scope(form: CutForm) -> AnyView {
    view! {
        <fieldset class="rv-choice">
            <legend>"范围"</legend>
            <label>
                <input type="radio" name="rv-scope" prop:checked=move || !form.all.get() on:change=move |_| form.all.set(false)/>
                "所选的一行"
            </label>
            <label>
                <input type="radio" name="rv-scope" data-cut="all" prop:checked=move || form.all.get()
                    on:change=move |_| {
                        form.all.set(true);
                        form.share.set(true);
                    }/>
                {move || {
                    let of = if form.work.sheet.rows_shown.with(Option::is_some) { "筛选后的" } else { "本表全部" };
                    format!("{of} {} 行", form.filtered().len())
                }}
            </label>
        </fieldset>
    }
    .into_any()
}

fn how(form: CutForm) -> AnyView {
    view! {
        <div class="rv-field rv-inline">
            <select class="rq-entry" aria-label="核减方式"
                on:change=move |event| form.share.set(event_target_value(&event) == "share")>
                <option value="amount" selected=move || !form.share.get()>"金额（元）"</option>
                <option value="share" selected=move || form.share.get()>"比例（%）"</option>
            </select>
            <input id=MUCH class="rq-entry rv-amount" aria-label="核减多少" inputmode="decimal" data-cut="much"
                prop:value=move || form.much.get()
                on:input=move |event| form.much.set(event_target_value(&event))/>
        </div>
    }
    .into_any()
}

/// The result of the act, before it is stored.
fn outcome(form: CutForm) -> String {
    match form.act() {
        Some(Act::Cut { lines, total, .. }) => {
            let before: Money = form.lines().iter().map(|(_, left)| *left).sum();
            format!("共 {} 行，核减 {total} 元，核减后 {} 元", lines.len(), before - total)
        }
        _ => String::new(),
    }
}
