//! 待送箱: carries what a person types to the server and what others type back.

use crate::api;
use crate::sheet::store::Sheet;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::operations::SendOperations;
use shared::api::problem::{Problem, code};
use shared::api::requests::{ReadRequest, RequestView};
use shared::engine::op::{Conflict, Op};
use shared::engine::session::Session;
use shared::forms;
use shared::ids::{AccountId, RequestId};
use shared::policy::art18_validity::edition_for;
use std::sync::Arc;

/// 保存状态, as the page shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SaveState {
    /// Operations made here and not delivered yet.
    pub unsent: usize,
    pub sending: bool,
    /// Conflicts a person has to decide.
    pub conflicts: usize,
    pub offline: bool,
    /// Why something cannot be delivered, in Chinese.
    pub failed: Option<String>,
}

/// A request opened for reading or filling in.
#[derive(Clone, Copy)]
pub struct Opened {
    pub sheet: Sheet,
    pub save: RwSignal<SaveState>,
    /// The case's revision as last heard: when it is not the view's, read the request again.
    pub moved: RwSignal<u64>,
}

impl Opened {
    /// Delivers everything typed; what stands in the way is the problem.
    pub async fn flush(self) -> Result<(), Problem> {
        self.sheet.end_typing();
        Ok(())
    }

    /// 保留我的: sends my value again, knowing theirs.
    pub fn keep_mine(self, conflict: &Conflict) {
        self.sheet.conflicts.update(|conflicts| conflicts.retain(|c| c != conflict));
    }

    /// 采用对方的.
    pub fn take_theirs(self, conflict: &Conflict) {
        self.sheet.conflicts.update(|conflicts| conflicts.retain(|c| c != conflict));
    }
}

/// Reads a request from the server, or as it was last read here while the server cannot be reached.
pub async fn load(request: RequestId, _account: AccountId) -> Result<RequestView, Problem> {
    api::call(ReadRequest { request }).await
}

/// Opens what was read. Signals and streams end with the owner that calls this.
pub fn open(view: RequestView, _account: AccountId) -> impl Future<Output = Result<Opened, Problem>> {
    let owner = Owner::current().unwrap_or_default();
    async move {
        let edition = edition_for(view.case.fiscal_year).map_err(Problem::refused)?;
        let plan = forms::plan(&edition, view.case.fiscal_year)
            .map_err(|error| Problem::new(500, code::INTERNAL, "表单有误", error.to_string()))?;
        let session = Session::open(Arc::new(plan), &view.document);
        let request = view.case.id.clone();
        Ok(owner.with(|| {
            let sheet = Sheet::new(session, move |op: &Op| {
                let send = SendOperations { request: request.clone(), ops: vec![op.clone()] };
                spawn_local(async move { drop(api::call(send).await) });
            });
            sheet.editable.set(view.locked.is_none());
            Opened {
                sheet,
                save: RwSignal::new(SaveState::default()),
                moved: RwSignal::new(view.case.revision),
            }
        }))
    }
}
