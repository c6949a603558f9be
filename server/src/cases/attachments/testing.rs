//! A context on a folder of its own, for the unit tests of this folder.

use super::{AttachmentSettings, Attachments};
use crate::context::{Context, Settings};
use crate::documents::forms::Forms;
use crate::identity::passwords::Passwords;
use crate::store::{Database, KeySource};
use shared::cases::money::world::Setting;
use std::path::PathBuf;

/// A context with an empty database and store; the folder is removed by [`end`].
pub async fn context(name: &str) -> (Context, PathBuf) {
    let folder = std::env::temp_dir().join(format!("omfund-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let database = format!("sqlite:{}", folder.join("om.sqlite").display());
    let settings = Settings { database, ..Settings::default() };
    let key = folder.join("audit.key");
    let source = KeySource { tenant: settings.tenant.as_str(), file: &key };
    let context = Context {
        db: Database::open(&settings.database, source).await.unwrap(),
        attachments: Attachments::open(&AttachmentSettings::default(), &settings.database).unwrap(),
        passwords: Passwords::new().unwrap(),
        forms: Forms::new().unwrap(),
        money: Setting::shipped().unwrap(),
        staged_day: std::sync::RwLock::default(),
        case_feeds: Default::default(),
        deadlines: Default::default(),
        settings,
    };
    (context, folder)
}

pub async fn end(context: Context, folder: PathBuf) {
    context.db.close().await;
    std::fs::remove_dir_all(folder).unwrap();
}
