//! A context on a folder of its own, for the unit tests of this folder.

use super::{AttachmentSettings, Attachments};
use crate::context::{Context, Settings};
use crate::documents::forms::Forms;
use crate::identity::passwords::Passwords;
use crate::store::{Database, KeySource};
use shared::cases::execution::world::Setting;
use std::path::PathBuf;

/// A context with an empty database and store; the folder is removed by [`end`].
pub async fn context(name: &str) -> (Context, PathBuf) {
    let folder = std::env::temp_dir().join(format!("omfund-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let database = format!("sqlite:{}", folder.join("om.sqlite").display());
    let settings = Settings { database, ..Settings::default() };
    let key = folder.join("audit.key");
    let source = KeySource { tenant: settings.tenant.as_str(), file: &key };
    let db = Database::open(&settings.database, source).await.unwrap();
    let attachments = Attachments::open(&AttachmentSettings::default(), &settings.database).unwrap();
    let (passwords, forms) = (Passwords::new().unwrap(), Forms::new().unwrap());
    let context = Context::new(db, settings, passwords, forms, attachments, Setting::shipped().unwrap());
    (context, folder)
}

pub async fn end(context: Context, folder: PathBuf) {
    context.db.close().await;
    std::fs::remove_dir_all(folder).unwrap();
}
