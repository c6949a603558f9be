//! 新建: begins a case from the list of its kind.

use crate::features::money::{MoneyDialog, NewCase, Target, survey_address};
use crate::kernel::random_id::new_id;
use crate::kernel::router::Route;
use crate::kernel::session::SignedIn;
use crate::kernel::submission::Submission;
use crate::ui::Notice;
use leptos::prelude::*;
use shared::api::cases::{OpenCase, Opening};
use shared::cases::Kind;
use shared::cases::execution::offered::OfferedCommand;
use shared::cases::execution::registry::ExecutionKindName;
use shared::cases::listed_kind::ListedKind;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;

#[component]
pub fn Begin(kind: ListedKind, opening: Opening) -> impl IntoView {
    match (kind, opening) {
        (ListedKind::Office(kind), Opening::Form(year)) => view! { <BeginForm kind year/> }.into_any(),
        (ListedKind::Execution(kind), Opening::Command(command)) => {
            view! { <BeginByCommand kind command/> }.into_any()
        }
        // An answer of another version of the server, which this page cannot follow.
        (ListedKind::Office(_), Opening::Command(_)) | (ListedKind::Execution(_), Opening::Form(_)) => {
            ().into_any()
        }
    }
}

/// Opens an empty form of the year.
#[component]
fn BeginForm(kind: Kind, year: FiscalYear) -> impl IntoView {
    let submission = Submission::new("o");
    let Submission { busy, problem, .. } = submission;
    let route = expect_context::<Route>();
    let id = CaseId::new(new_id("s"));
    let begin = move |_| {
        let (case, id) = (id.clone(), id.clone());
        let open = |_| OpenCase { case, kind, fiscal_year: year };
        submission.run(&(), open, move |()| route.go(&kind.address(&id, year)));
    };
    view! {
        <Notice problem/>
        <button type="button" class="primary" data-act=format!("open-{}", kind.word()) disabled=move || busy.get()
            on:click=begin>{format!("新建 {} 年度{}", year.0, kind.label())}</button>
    }
}

/// Asks by the dialog of the opening command, or item by item where the screen is narrow and the command can be filled in so.
#[component]
fn BeginByCommand(kind: ExecutionKindName, command: OfferedCommand) -> impl IntoView {
    let route = expect_context::<Route>();
    let account = expect_context::<SignedIn>().me.get_untracked().map(|me| me.actor.account);
    account.map(|account| {
        let asking = RwSignal::new(None::<OfferedCommand>);
        let new = NewCase::find(&account, kind);
        let case = new.case.clone();
        let address = format!("/money-cases/{case}");
        let done = Callback::new(move |()| {
            new.forget();
            route.go(&address);
        });
        // A case that is there already was opened by an answer that was lost.
        let look = done;
        let target = Target { account, case, kind, seen: 0 };
        let label = format!("新建{}", kind.label());
        let begin = move |_| match survey_address(&command, None) {
            Some(address) => route.go(&address),
            None => asking.set(Some(command.clone())),
        };
        view! {
            <MoneyDialog target asking done look/>
            <button type="button" class="primary" data-act=format!("open-{}", kind.word()) on:click=begin>{label}</button>
        }
    })
}
