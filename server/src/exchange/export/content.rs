//! The content of an exported file: what this person may read, with the definition it was filled in with.

use crate::cases::department_names;
use crate::cases::request_store;
use crate::cases::requests;
use crate::context::Context;
use crate::documents::editions;
use crate::documents::forms;
use crate::documents::versions;
use crate::kernel::failure::Failure;
use shared::cases::authority::permit;
use shared::cases::kernel::Stage;
use shared::cases::kernel::Verb;
use shared::cases::request::RequestCase;
use shared::engine::document::Document;
use shared::engine::plan::Plan;
use shared::engine::session::Session;
use shared::kernel::ids::CaseId;
use shared::kernel::people::Actor;
use shared::policy::editions::Edition;
use sqlx::AnyConnection;
use std::sync::Arc;

pub struct ExportContent {
    pub case: RequestCase,
    pub department: String,
    pub document: Document,
    pub plan: Arc<Plan>,
    /// The edition it is judged by.
    pub edition: Arc<Edition>,
    /// Hash of the form definition.
    pub definition: String,
    /// The frozen version and its SM3; `None` for what is being filled in.
    pub version: Option<(u32, String)>,
}

impl ExportContent {
    /// Reads version `version`; without one, what the person sees on opening the request.
    pub async fn read(
        context: &Context,
        connection: &mut AnyConnection,
        actor: &Actor,
        request: &CaseId,
        version: Option<u32>,
    ) -> Result<ExportContent, Failure> {
        let case = request_store::visible(context, &mut *connection, actor, request.as_str()).await?.case;
        permit(actor, &case, Verb::Read, context.clock().today())?;
        let named = department_names::of_case(context, &mut *connection, &case.id).await?;
        let department = named.unwrap_or_else(|| case.department.to_string());
        let being_filled = matches!(case.stage, Stage::Draft | Stage::Returned);
        let shown = match version {
            Some(version) => Some(version),
            // A request that is with another office is shown as it was submitted, with its version.
            None => requests::showing(actor, &case)
                .or((!being_filled && case.version > 0).then_some(case.version)),
        };
        let running = context.forms.of_request()?.hash.clone();
        let Some(number) = shown else {
            let document = requests::live(context, &mut *connection, &case).await?;
            let edition = editions::serving(context, connection, case.fiscal_year).await?;
            let plan = context.forms.of_request()?.plan(&edition, case.fiscal_year)?;
            return Ok(ExportContent {
                case,
                department,
                document,
                plan,
                edition,
                definition: running,
                version: None,
            });
        };
        if number > versions::newest_for(actor, &case) {
            return Err(Failure::unknown("个版本"));
        }
        let frozen = versions::load(context, &mut *connection, request, number).await?;
        let frozen = frozen.ok_or_else(|| Failure::unknown("个版本"))?;
        let edition = editions::named(context, &mut *connection, &frozen.edition).await?;
        let plan = forms::plan_of(context, connection, &frozen).await?;
        let version = Some((number, frozen.line.hash));
        Ok(ExportContent {
            case,
            department,
            document: frozen.document,
            plan,
            edition,
            definition: frozen.definition,
            version,
        })
    }

    /// The content, computed and validated.
    pub fn session(&self) -> Session {
        Session::open(self.plan.clone(), &self.document)
    }

    /// `省水利厅2024年度运维服务申请（第2版）`.
    pub fn title(&self) -> String {
        let state = match &self.version {
            Some((version, _)) => format!("第{version}版"),
            None => "填报中".to_string(),
        };
        format!("{}{}年度运维服务申请（{state}）", self.department, self.case.fiscal_year.0)
    }
}
