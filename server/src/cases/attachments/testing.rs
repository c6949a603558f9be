//! A context on a folder of its own, for the unit tests of this folder.

use super::{AttachmentSettings, Attachments};
use crate::context::{Context, Settings};
use crate::documents::editions::Editions;
use crate::documents::forms::Forms;
use crate::identity::passwords::Passwords;
use crate::store::Database;
use std::path::PathBuf;

/// A context with an empty database and store; the folder is removed by [`end`].
pub async fn context(name: &str) -> (Context, PathBuf) {
    let folder = std::env::temp_dir().join(format!("omfund-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let database = format!("sqlite:{}", folder.join("om.sqlite").display());
    let settings = Settings { database, ..Settings::default() };
    let context = Context {
        db: Database::open(&settings.database).await.unwrap().into(),
        attachments: Attachments::open(&AttachmentSettings::default(), &settings.database).unwrap().into(),
        passwords: Passwords::new().unwrap().into(),
        forms: Forms::new().unwrap().into(),
        editions: Editions::new(false).into(),
        settings,
    };
    (context, folder)
}

pub async fn end(context: Context, folder: PathBuf) {
    context.db.close().await;
    std::fs::remove_dir_all(folder).unwrap();
}
