//! 年度日历 (Art. 4): the year's strip with the window, the deadline and today, and the same in words.

use leptos::prelude::*;
use shared::api::desk::YearCalendar;
use shared::kernel::calendar::{Date, FiscalYear};
use shared::policy::art04_calendar::WindowState;

#[component]
pub fn Year(today: Date, year: FiscalYear, calendar: Option<YearCalendar>) -> impl IntoView {
    let Some(calendar) = calendar else {
        return view! {
            <p class="notice caution">
                {format!(
                    "{} 年度不在任何政策版本的有效期内，不能申报（依据《办法》第十八条）。请由安全管理员录入延续执行文件或新版本，由省财政厅负责人复核。",
                    year.0
                )}
                <a href="/setup">"办到哪一步了"</a>
            </p>
        }
        .into_any();
    };
    let asked = FiscalYear(year.0 - 1);
    let window = calendar.window;
    let from = share(asked, window.first);
    let to = window.last.plus_days(1).map_or(1.0, |day| share(asked, day));
    let is_closed = matches!(calendar.opening, WindowState::Closed { .. });
    let days = |date: Date| format!("{}月{}日", date.month(), date.day());
    view! {
        <section class="card" aria-labelledby="year-title">
            <h2 id="year-title">{format!("{} 年：申报 {} 年度运维经费", asked.0, year.0)}</h2>
            <div class="year" aria-hidden="true">
                <div class="year-track">
                    <div class="year-months">{(1..=12).map(|month| view! { <span>{format!("{month}月")}</span> }).collect_view()}</div>
                    <div class="year-window" style:left=percent(from) style:width=percent(to - from)>
                        {format!("申报期 {}—{}", days(window.first), days(window.last))}
                    </div>
                    <Mark class="year-deadline" asked at=calendar.consolidation_deadline label="汇总截止"/>
                    {calendar.late_until.map(|until| view! { <Mark class="year-late" asked at=until label="延期至"/> })}
                    <Mark class="year-today" asked at=today label="今天"/>
                </div>
            </div>
            <dl class="year-facts">
                <div><dt>"今天"</dt><dd data-today=today.to_string()>{today.to_string()}</dd></div>
                <div>
                    <dt>"申报期"</dt>
                    <dd>{format!("{} 至 {}", window.first, window.last)}"，"<strong data-opening="true" class:late=is_closed>{state_text(calendar.opening)}</strong></dd>
                </div>
                {calendar.late_until.map(|until| view! {
                    <div><dt>"本部门延期"</dt><dd>{format!("至 {until}")}</dd></div>
                })}
                <div><dt>"省局汇总报送截止"</dt><dd>{calendar.consolidation_deadline.to_string()}</dd></div>
                <div><dt>"依据"</dt><dd>{format!("{} 第四条", calendar.edition)}</dd></div>
            </dl>
        </section>
    }
    .into_any()
}

#[component]
fn Mark(class: &'static str, asked: FiscalYear, at: Date, label: &'static str) -> impl IntoView {
    let place = share(asked, at);
    // Near the year's end the words stand on the other side of the line.
    let flipped = place > 0.8;
    view! {
        <div class=format!("year-mark {class}") class:flip=flipped style:left=percent(place)><span>{label}</span></div>
    }
}

/// Where a day is in its year, 0 to 1.
fn share(year: FiscalYear, day: Date) -> f64 {
    let first = year.first_day();
    let length = first.days_until(year.last_day()) + 1;
    (first.days_until(day) as f64 / length as f64).clamp(0.0, 1.0)
}

fn percent(share: f64) -> String {
    format!("{:.2}%", share * 100.0)
}

fn state_text(opening: WindowState) -> String {
    match opening {
        WindowState::NotYet { days_until } => format!("{days_until} 天后开始"),
        WindowState::Open { days_left } => format!("还剩 {days_left} 天"),
        WindowState::Late { days_left } => format!("已延期，还剩 {days_left} 天"),
        WindowState::Closed { days_since } => format!("已截止 {days_since} 天"),
    }
}
