//! 启动与停止: binds, prepares the database, serves, and ends without cutting anyone off.

use crate::audit::trail::AuditRecord;
use crate::context::{Context, Settings};
use crate::documents::attachments::{self, Attachments, Upkeep};
use crate::documents::forms::{self, Forms};
use crate::http::failure::Failure;
use crate::http::request_body;
use crate::http::routing::{self, Shared};
use crate::identity::accounts::{self, Account};
use crate::identity::passwords::Passwords;
use crate::ops::demo;
use crate::store::Database;
use crate::store::backfill;
use anyhow::Context as _;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use shared::api::accounts::AccountState;
use shared::api::problem::{Problem, code};
use shared::kernel::people::Role;
use std::any::Any;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Account of the first system administrator.
const FIRST_ACCOUNT: &str = "admin";

/// How long a stop waits for answers under way.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server that listens.
pub struct Running {
    pub address: SocketAddr,
    /// One-time link of the first administrator, while nobody has taken it up.
    pub invitation: Option<String>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<std::io::Result<()>>,
    context: Shared,
    upkeep: Upkeep,
}

/// Opens the database, prepares it and listens.
pub async fn start(settings: Settings) -> anyhow::Result<Running> {
    let db = Database::open(&settings.database).await.context("打不开数据库")?;
    let attachments = Attachments::open(&settings.attachments, &settings.database)?;
    let (passwords, forms) = (Passwords::new()?, Forms::new()?);
    let context = Arc::new(Context { db, settings, passwords, forms, attachments });
    let invitation = prepare(&context).await.map_err(|failure| anyhow::anyhow!("{failure:?}"))?;
    let listen = context.settings.listen.clone();
    let listener =
        tokio::net::TcpListener::bind(&listen).await.with_context(|| format!("不能监听 {listen}"))?;
    let upkeep = attachments::upkeep(context.clone()).await;
    let address = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel::<()>();
    let closing = context.clone();
    let service = crate::router(context.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        // Stopped, or whoever could have stopped it is gone.
        let _ = stopped.await;
        closing.db.hub().close();
    });
    let task = tokio::spawn(server.into_future());
    Ok(Running { address, invitation, stop, task, context, upkeep })
}

impl Running {
    /// Answers what is being asked, ends the streams, closes the database.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        let _ = self.stop.send(());
        self.upkeep.stop();
        match tokio::time::timeout(PATIENCE, &mut self.task).await {
            Ok(served) => served??,
            // Somebody's connection neither reads nor ends; what was acknowledged is in the database.
            Err(_) => self.task.abort(),
        }
        self.context.db.close().await;
        Ok(())
    }
}

async fn prepare(context: &Shared) -> Result<Option<String>, Failure> {
    forms::register_definition(context).await?;
    backfill::sums(context).await?;
    if context.settings.demo {
        demo::fill(context).await?;
        return Ok(None);
    }
    let mut write = context.db.write("start").await?;
    let all = accounts::all(context, write.connection()).await?;
    if all.iter().any(|known| known.state == AccountState::Active) {
        return Ok(None);
    }
    let first = Account {
        id: FIRST_ACCOUNT.into(),
        name: context.settings.first_administrator.clone(),
        person: FIRST_ACCOUNT.into(),
        role: Some(Role::SystemAdministrator),
        department: None,
        state: AccountState::Invited,
        hash: None,
        created_by: String::new(),
    };
    let link = accounts::invite(context, write.connection(), &first).await?;
    let entry = AuditRecord {
        tenant: context.tenant(),
        at: context.clock().stamp(),
        account: "",
        name: "",
        role: "",
        act: "account.first".into(),
        subject: FIRST_ACCOUNT,
        detail: String::new(),
    };
    write.commit(entry).await?;
    Ok(link)
}

/// `GET /healthz`: the database answers.
pub async fn health(State(context): State<Shared>) -> Result<Response, Failure> {
    sqlx::query("select 1").execute(context.db.reader()).await?;
    routing::json(&serde_json::json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))
}

pub async fn no_such_endpoint(body: Body) -> Failure {
    request_body::pass_over(body).await;
    Failure::unknown("个接口")
}

pub async fn wrong_method(body: Body) -> Failure {
    request_body::pass_over(body).await;
    Problem::new(405, code::UNKNOWN, "方法不受支持", "请按接口说明使用 GET 或 POST。").into()
}

/// A bug; the connection and everybody else's work go on.
pub fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let said = cause.downcast_ref::<String>().map(String::as_str);
    let said = said.or_else(|| cause.downcast_ref::<&str>().copied()).unwrap_or("panic");
    let mut response = Failure::Internal(anyhow::anyhow!("panic: {said}")).into_response();
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}
