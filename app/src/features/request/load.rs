//! 打开: reads a request and opens its document, live through the sync client or as a frozen version.

use super::chunks;
use crate::form_ui::sheet::store::FormSheet;
use crate::kernel::api;
use crate::kernel::chunks::not_downloaded;
use crate::sync_client::{self, FormView, Opened};
use leptos::prelude::Owner;
use shared::api::problem::Problem;
use shared::api::requests::{ReadRequest, RequestView, VersionLine};
use shared::engine::parameters::Parameters;
use shared::engine::plan::Plan;
use shared::forms::{OM_REQUEST_SM3, om_request};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::{AccountId, CaseId};
use std::sync::Arc;

/// A request as it was read, and its document in a sheet.
pub struct LoadedRequest {
    pub view: Arc<RequestView>,
    pub sheet: FormSheet,
    /// `None` for a frozen version: nothing of it is sent or received.
    pub live: Option<Opened>,
    /// The frozen version shown instead of the current content.
    pub frozen: Option<VersionLine>,
    /// Signals and streams of this opening end with it.
    _owner: Owner,
}

impl LoadedRequest {
    /// Delivers what is typed; what cannot be delivered stays on this device and is sent later.
    pub async fn flush(&self) {
        if let Some(live) = self.live {
            let _ = live.flush().await;
        }
    }
}

/// Reads and opens a request, or one of its frozen versions.
pub async fn open(
    request: CaseId,
    version: Option<u32>,
    account: AccountId,
    page: Owner,
) -> Result<LoadedRequest, Problem> {
    let owner = page.child();
    let Some(version) = version else {
        let (view, document) = sync_client::load::<RequestView>(request, account.clone()).await?;
        chunks::banners(&view).await;
        let plan = plan(&view.definition, &view.parameters, view.case.fiscal_year).await?;
        let live = owner.with(|| sync_client::open(view.subject(), plan, document, account)).await;
        chunks::conflicts_banner(live.sheet).await;
        let view = Arc::new(view);
        let sheet = live.sheet;
        return Ok(LoadedRequest { view, sheet, live: Some(live), frozen: None, _owner: owner });
    };
    let view = api::call(ReadRequest { request: request.clone() }).await?;
    chunks::banners(&view).await;
    let frozen = chunks::version(request, version).await.map_err(not_downloaded)?.await?;
    let plan = plan(&frozen.definition, &frozen.parameters, view.case.fiscal_year).await?;
    let sheet = owner.with(|| sync_client::open_frozen(plan, frozen.document));
    Ok(LoadedRequest { view: Arc::new(view), sheet, live: None, frozen: Some(frozen.line), _owner: owner })
}

/// The form that content is written in: the running definition, or the earlier one that it was frozen with.
async fn plan(definition: &str, parameters: &Parameters, year: FiscalYear) -> Result<Plan, Problem> {
    let definition = match definition == OM_REQUEST_SM3 {
        true => om_request(),
        false => chunks::definition(definition.to_string()).await.map_err(not_downloaded)?.await?,
    };
    sync_client::plan(definition, parameters, year)
}
