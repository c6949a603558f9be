//! 运行环境: what every handler is given. With `lib.rs` the only file that knows all rooms.

use crate::cases::attachments::{AttachmentSettings, Attachments};
use crate::cases::money::commands::{self, MoneyCommands};
use crate::cases::open_cases;
use crate::cases::operations::{MOST_TOGETHER, Saves};
use crate::documents::editions::Editions;
use crate::documents::forms::Forms;
use crate::http::listener::ConnectionLimits;
use crate::identity::accounts::department_changes::OpenCases;
use crate::identity::passwords::Passwords;
use crate::identity::sessions::lookups::{self, Lookups};
use crate::identity::sso::{Sso, SsoSettings};
use crate::kernel::clock::Clock;
use crate::kernel::failure::Failure;
use crate::kernel::places::Places;
use crate::kernel::rates::Rates;
use crate::notify::outbox::OutwardSettings;
use crate::read_models::deadlines::Deadlines;
use crate::read_models::live::feed::CaseFeeds;
use crate::store::Database;
use crate::store::audit_key;
use crate::store::audit_trail::{self, AuditRecord};
use shared::cases::execution::world::Setting;
use shared::kernel::calendar::Date;
use shared::kernel::ids::{AccountId, TenantId};
use shared::policy::accounts::address::AddressRange;
use shared::policy::accounts::password::PasswordProfile;
use shared::policy::art16_trail::TrailKey;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

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
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<AddressRange>,
    /// Most sign-ins tried from one network in a minute.
    pub sign_ins_per_minute: u32,
    /// What a password must be; by default 等保三级, and for the demonstration the plain one.
    pub password_profile: Option<PasswordProfile>,
    /// Minutes without a request after which a session ends.
    pub idle_minutes: u32,
    /// Hours after which a session ends in any case.
    pub session_hours: u32,
    /// Name of the first system administrator of an empty database.
    pub first_administrator: String,
    pub attachments: AttachmentSettings,
    /// File of the key that makes the codes of the logs; next to the SQLite file, or in the working folder, where none is
    /// named.
    pub audit_key: Option<PathBuf>,
    /// The file with the key of the secrets in the database; next to the database when not named.
    pub secret_key: Option<PathBuf>,
    /// File the heads of the logs are appended to.
    pub heads: Option<PathBuf>,
    /// Hour of the day from which the database is verified, once a day; `None`: never.
    pub verify_from: Option<u32>,
    /// What the money kinds are judged by instead of the register of editions: for a script with parameters of its own.
    pub money: Option<Setting>,
    /// Longest a write may take from its first byte read to its commit; then it is undone and answered 503.
    pub write_limit: Duration,
    pub connections: ConnectionLimits,
    /// By which channels notices leave.
    pub outward: OutwardSettings,
    /// 公开绩效表核对 is open to people who have not signed in.
    pub public_checker: bool,
    /// 单点登录.
    pub sso: SsoSettings,
    /// 频次, each of one account.
    pub rates: RateLimits,
}

/// How often one account may do what keeps the server busy.
#[derive(Clone, Copy, Debug)]
pub struct RateLimits {
    pub exports_per_hour: u32,
    pub uploads_per_hour: u32,
    pub saves_per_minute: u32,
}

impl Default for RateLimits {
    fn default() -> RateLimits {
        RateLimits { exports_per_hour: 120, uploads_per_hour: 300, saves_per_minute: 3_000 }
    }
}

impl Settings {
    /// The key of the secrets in the database; made when there is none yet.
    ///
    /// # Errors
    /// The file cannot be read or written, or others may read it.
    pub fn secret_key(&self) -> anyhow::Result<TrailKey> {
        let file = self.secret_key.clone().unwrap_or_else(|| audit_key::default_secret_file(&self.database));
        match audit_key::read(&file)? {
            Some(key) => Ok(key),
            None => audit_key::make(&file),
        }
    }

    /// Where the key of the logs lies.
    pub fn audit_key_file(&self) -> PathBuf {
        self.audit_key.clone().unwrap_or_else(|| audit_key::default_file(&self.database))
    }
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
            trusted_proxies: Vec::new(),
            sign_ins_per_minute: 50,
            password_profile: None,
            idle_minutes: 30,
            session_hours: 12,
            first_administrator: "系统管理员".into(),
            attachments: AttachmentSettings::default(),
            audit_key: None,
            secret_key: None,
            heads: None,
            verify_from: None,
            money: None,
            write_limit: Duration::from_secs(15),
            connections: ConnectionLimits::default(),
            outward: OutwardSettings::default(),
            sso: SsoSettings::default(),
            rates: RateLimits::default(),
            public_checker: false,
        }
    }
}

/// The context as handlers share it.
pub type Shared = Arc<Context>;

pub struct Context {
    pub db: Database,
    pub settings: Settings,
    pub passwords: Passwords,
    pub forms: Forms,
    pub editions: Editions,
    pub attachments: Attachments,
    /// 激活码 of the first security administrator, until there is one: shown where the server was started, so that the
    /// first system administrator alone cannot become the second.
    pub setup_code: Option<String>,
    pub sso: Sso,
    /// How it is found what keeps a department from being closed.
    pub open_cases: OpenCases,
    /// See [`Context::stage_day`].
    pub staged_day: RwLock<Option<Date>>,
    pub case_feeds: CaseFeeds,
    pub deadlines: Deadlines,
    /// Operations that wait to be written.
    pub saves: Arc<Saves>,
    /// Commands of execution kinds that wait to be carried out.
    pub money_commands: Arc<MoneyCommands>,
    /// Tokens whose sessions wait to be looked up.
    pub lookups: Arc<Lookups>,
    /// 实时更新 streams; a browser opens a few, however many windows it has.
    pub streams: Places,
    /// Files being written or waiting for their turn.
    pub exports: Places,
    /// 频次 of files written, files received and saves.
    pub export_rate: Rates,
    pub upload_rate: Rates,
    pub save_rate: Rates,
    /// Published tables being checked, by network.
    pub table_checks: Places,
}

/// Most streams and most exports of one account, and most table checks of one network, at a time.
const MOST_STREAMS: usize = 16;
const MOST_EXPORTS: usize = 3;
const MOST_TABLE_CHECKS: usize = 4;

impl Context {
    pub fn new(
        db: Database,
        settings: Settings,
        passwords: Passwords,
        forms: Forms,
        editions: Editions,
        attachments: Attachments,
    ) -> Context {
        let saves = Arc::new(Saves::new(db.writers(), MOST_TOGETHER));
        let lookups = Arc::new(Lookups::new(lookups::AT_ONCE, lookups::MOST_TOGETHER));
        let rates = settings.rates;
        Context {
            db,
            settings,
            passwords,
            forms,
            editions,
            attachments,
            staged_day: RwLock::default(),
            case_feeds: CaseFeeds::default(),
            deadlines: Deadlines::default(),
            saves,
            money_commands: Arc::new(commands::commands()),
            lookups,
            setup_code: None,
            sso: Sso::default(),
            open_cases: open_cases::of_department,
            streams: Places::new(MOST_STREAMS),
            exports: Places::new(MOST_EXPORTS),
            export_rate: Rates::new(rates.exports_per_hour, 3600),
            upload_rate: Rates::new(rates.uploads_per_hour, 3600),
            save_rate: Rates::new(rates.saves_per_minute, 60),
            table_checks: Places::new(MOST_TABLE_CHECKS),
        }
    }

    /// Counts an act of an account.
    ///
    /// # Errors
    /// Problem 429 when there were too many; the same may be asked again after the time it names.
    pub fn count(&self, rates: &Rates, account: &AccountId, what: &str) -> Result<(), Failure> {
        rates
            .count(account.as_str(), self.clock().seconds())
            .map_err(|wait| Failure::too_many(wait, format!("本账号{what}过于频繁，请 {wait} 秒后再试。")))
    }

    pub fn tenant(&self) -> &str {
        self.settings.tenant.as_str()
    }

    pub fn profile(&self) -> PasswordProfile {
        let usual = if self.settings.demo { PasswordProfile::Plain } else { PasswordProfile::Mlps3 };
        self.settings.password_profile.unwrap_or(usual)
    }

    pub fn clock(&self) -> Clock {
        let staged = *self.staged_day.read().unwrap_or_else(PoisonError::into_inner);
        match staged {
            Some(day) => Clock { fixed_day: Some(day) },
            None => self.settings.clock,
        }
    }

    /// The day handlers see while demonstration data are made, before anyone is served.
    pub fn stage_day(&self, day: Option<Date>) {
        *self.staged_day.write().unwrap_or_else(PoisonError::into_inner) = day;
    }

    /// Whether demonstration data are being made: no notice of them leaves.
    pub fn is_staging(&self) -> bool {
        self.staged_day.read().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Writes an entry about an act that stores nothing else: an export, a reading of the trail.
    pub async fn audit(&self, entry: AuditRecord<'_>) -> Result<(), Failure> {
        self.db.write(&format!("audit {}", self.tenant())).await?.commit(entry).await
    }

    /// Writes an entry about a refusal, once for the same person, act, subject and code in a minute, so that nobody fills
    /// the trail by trying again.
    pub async fn audit_refusal(&self, entry: AuditRecord<'_>, code: &str) -> Result<(), Failure> {
        let mut write = self.db.write(&format!("audit {}", self.tenant())).await?;
        if audit_trail::is_noted(write.connection(), &entry, code).await? {
            return Ok(());
        }
        write.commit_refused(entry, code).await
    }

    /// Browsers speak https to it, so cookies must not travel otherwise.
    pub fn secure(&self) -> bool {
        self.settings.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}
