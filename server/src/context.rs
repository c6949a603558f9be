//! 运行环境: what every handler is given. With `lib.rs` the only file that knows all rooms.

use crate::cases::attachments::{AttachmentSettings, Attachments};
use crate::documents::editions::Editions;
use crate::documents::forms::Forms;
use crate::identity::passwords::Passwords;
use crate::kernel::clock::Clock;
use crate::store::Database;
use shared::kernel::calendar::Date;
use shared::kernel::ids::TenantId;
use std::path::PathBuf;
use std::sync::Arc;

/// How the server was asked to run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `address:port`; port 0 takes a free one.
    pub listen: String,
    /// `sqlite:PATH` or `postgres://…`.
    pub database: String,
    pub tenant: TenantId,
    /// Demonstration data, accounts and date.
    pub demo: bool,
    pub clock: Clock,
    /// Folder with the browser app, where it is not embedded.
    pub assets: Option<PathBuf>,
    /// How browsers reach the server, when a proxy stands before it; `https:` makes the cookie Secure.
    pub public_url: Option<String>,
    /// Minutes without a request after which a session ends.
    pub idle_minutes: u32,
    /// Hours after which a session ends in any case.
    pub session_hours: u32,
    /// Name of the first system administrator of an empty database.
    pub first_administrator: String,
    pub attachments: AttachmentSettings,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            listen: "127.0.0.1:8080".into(),
            database: "sqlite:omfund.sqlite".into(),
            tenant: TenantId::new("shanxi"),
            demo: false,
            clock: Clock::default(),
            assets: None,
            public_url: None,
            idle_minutes: 30,
            session_hours: 12,
            first_administrator: "系统管理员".into(),
            attachments: AttachmentSettings::default(),
        }
    }
}

/// The context as handlers share it.
pub type Shared = Arc<Context>;

pub struct Context {
    pub db: Arc<Database>,
    pub settings: Settings,
    pub passwords: Arc<Passwords>,
    pub forms: Arc<Forms>,
    pub editions: Arc<Editions>,
    pub attachments: Arc<Attachments>,
}

impl Context {
    pub fn tenant(&self) -> &str {
        self.settings.tenant.as_str()
    }

    /// The same server on another day: how a demonstration came to be what it is today.
    pub fn on(&self, day: Date) -> Shared {
        Arc::new(Context {
            db: self.db.clone(),
            settings: Settings { clock: Clock { fixed_day: Some(day) }, ..self.settings.clone() },
            passwords: self.passwords.clone(),
            forms: self.forms.clone(),
            editions: self.editions.clone(),
            attachments: self.attachments.clone(),
        })
    }

    pub fn clock(&self) -> Clock {
        self.settings.clock
    }

    /// Browsers speak https to it, so cookies must not travel otherwise.
    pub fn secure(&self) -> bool {
        self.settings.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}
