//! 启动与停止: prepares the database, listens, and stops after the replies under way.

use crate::cases::attachments::{self, Attachments, Upkeep};
use crate::context::Shared;
use crate::context::{Context, Settings};
use crate::documents::editions::{self, Editions};
use crate::documents::forms::{self, Forms};
use crate::http::listener::serve;
use crate::identity::accounts::{self, Account};
use crate::identity::passwords::Passwords;
use crate::identity::sessions::second_factor;
use crate::identity::sso::Sso;
use crate::kernel::failure::Failure;
use crate::kernel::memory;
use crate::kernel::token;
use crate::notify::outbox;
use crate::ops::adopt;
use crate::ops::backfill;
use crate::ops::demo;
use crate::ops::heads;
use crate::ops::nightly;
use crate::ops::purpose;
use crate::ops::trail_mail;
use crate::read_models::reminders;
use crate::store::audit_trail::AuditRecord;
use crate::store::{Database, KeySource};
use anyhow::Context as _;
use shared::api::accounts::AccountState;
use shared::kernel::ids::PersonId;
use shared::kernel::people::Role;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Account of the first system administrator.
const FIRST_ACCOUNT: &str = "admin";

/// How long a stop waits for the replies under way.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server that listens.
pub struct Running {
    pub address: SocketAddr,
    /// One-time link of the first administrator, until it is accepted.
    pub invitation: Option<String>,
    /// Code of the first security administrator, until there is one.
    pub setup_code: Option<String>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
    context: Shared,
    upkeep: Upkeep,
    heads: JoinHandle<()>,
    memory: JoinHandle<()>,
    /// Verifies the database once a day, where it is asked for.
    nightly: Option<JoinHandle<()>>,
    /// Sends notices by other channels, where there are any.
    sender: Option<JoinHandle<()>>,
    /// Writes the day's reminders for it.
    reminders: Option<JoinHandle<()>>,
    /// Writes the day's mail of the trail for it.
    trail_mail: Option<JoinHandle<()>>,
}

/// Opens the database, prepares it and listens.
pub async fn start(settings: Settings) -> anyhow::Result<Running> {
    let key = settings.audit_key_file();
    let source = KeySource { tenant: settings.tenant.as_str(), file: &key };
    let db = Database::open(&settings.database, source).await.context("打不开数据库")?;
    let attachments = Attachments::open(&settings.attachments, &settings.database)?;
    let (passwords, forms) = (Passwords::new()?, Forms::new()?);
    let editions = Editions::new(settings.demo);
    let sso = Sso::new(&settings.sso, settings.public_url.as_deref())?;
    let mut context = Context::new(db, settings, passwords, forms, editions, attachments);
    context.sso = sso;
    purpose::require(&context).await?;
    context.setup_code = setup_code(&context).await.map_err(|failure| anyhow::anyhow!("{failure:?}"))?;
    second_factor::seal_plain(&context).await.map_err(|failure| anyhow::anyhow!("{failure:?}"))?;
    let context = Arc::new(context);
    let invitation = prepare(&context).await.map_err(|failure| anyhow::anyhow!("{failure:?}"))?;
    let listen = context.settings.listen.clone();
    let listener =
        tokio::net::TcpListener::bind(&listen).await.with_context(|| format!("不能监听 {listen}"))?;
    let upkeep = attachments::upkeep(context.clone()).await;
    let heads = heads::upkeep(context.clone());
    let nightly = nightly::start(context.clone());
    let sender = outbox::sender::start(context.clone())?;
    let reminders = reminders::start(context.clone());
    let trail_mail = trail_mail::start(context.clone());
    let address = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel::<()>();
    let closing = context.clone();
    let connections = context.settings.connections;
    let served = serve(listener, crate::router(context.clone()), connections, context.db.hub().closing());
    let task = tokio::spawn(async move {
        tokio::pin!(served);
        tokio::select! {
            () = &mut served => {}
            // An error means that `Running` was dropped.
            _ = stopped => {
                closing.db.hub().close();
                served.await;
            }
        }
    });
    let setup_code = context.setup_code.clone();
    Ok(Running {
        address,
        invitation,
        setup_code,
        stop,
        task,
        context,
        upkeep,
        heads,
        memory: memory::upkeep(),
        nightly,
        sender,
        reminders,
        trail_mail,
    })
}

impl Running {
    /// Finishes the replies under way, ends the streams, closes the database.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        let _ = self.stop.send(());
        self.upkeep.stop();
        match tokio::time::timeout(PATIENCE, &mut self.task).await {
            Ok(served) => served?,
            // A client neither reads nor closes. Whatever was acknowledged is in the database.
            Err(_) => self.task.abort(),
        }
        self.heads.abort();
        self.memory.abort();
        // What it has not confirmed is leased and sent again after the lease.
        for task in [&self.sender, &self.reminders, &self.trail_mail, &self.nightly].into_iter().flatten() {
            task.abort();
        }
        let heads = heads::append(&self.context).await;
        self.context.db.close().await;
        heads.map_err(|failure| anyhow::anyhow!("{failure:?}"))
    }
}

async fn prepare(context: &Shared) -> Result<Option<String>, Failure> {
    adopt::adopt(context).await?;
    forms::register_definitions(context).await?;
    editions::begin(context).await?;
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
        person: PersonId::new(FIRST_ACCOUNT),
        role: Some(Role::SystemAdministrator),
        department: None,
        provider: None,
        state: AccountState::Invited,
        hash: None,
        password_changed: None,
        code_hash: None,
        created_by: PersonId::new(""),
        mail: None,
        phone: None,
        posts: Vec::new(),
    };
    let link = accounts::invite(context, write.connection(), &first, &all).await?;
    let entry = AuditRecord::of_system(context.tenant(), context.clock().stamp(), "account.first");
    write.commit(AuditRecord { subject: FIRST_ACCOUNT, ..entry }).await?;
    Ok(link)
}

/// A fresh code for the first security administrator, while there has never been one; an account that was given the role
/// before this start needs the new code.
async fn setup_code(context: &Context) -> Result<Option<String>, Failure> {
    if context.settings.demo {
        return Ok(None);
    }
    let mut write = context.db.write("start").await?;
    let all = accounts::all(context, write.connection()).await?;
    if !accounts::lacks_security(&all) {
        return Ok(None);
    }
    let code = token::fresh_code()?;
    for known in all.iter().filter(|known| known.role == Some(Role::SecurityAdministrator)) {
        accounts::renew_code(context, write.connection(), &known.id, &code).await?;
    }
    write
        .commit(AuditRecord::of_system(context.tenant(), context.clock().stamp(), "account.setup_code"))
        .await?;
    Ok(Some(code))
}
