//! 附件: files attached to a case. Uploaded in parts, checked, stored by content hash, scanned, listed and served.
//!
//! Invariant: a row says that an attachment exists only after its content is durable in the store. Content without a row
//! may be left by a crash and is swept; a row without content cannot be.

mod access;
pub mod photos;
mod rows;
mod scan;
pub mod serve;
mod settings;
mod sniff;
mod store;
mod sweep;
pub mod upload;
mod upload_rows;

#[cfg(test)]
mod testing;

pub mod freeze;

pub use settings::{AttachmentSettings, S3Settings};
pub use sweep::{Upkeep, upkeep};

use crate::kernel::failure::Failure;
use scan::Scanner;
use shared::api::problem::{Problem, code};
use shared::kernel::attachment::AttachmentLimits;
use shared::kernel::upload::UploadRefusal;
use store::AttachmentStore;

/// What handlers of attachments work with.
pub struct Attachments {
    store: AttachmentStore,
    scanner: Option<Scanner>,
    limits: AttachmentLimits,
}

impl Attachments {
    pub fn limits(&self) -> &AttachmentLimits {
        &self.limits
    }

    /// Opens the store that the settings name; `database` says where it stands when they name none.
    pub fn open(settings: &AttachmentSettings, database: &str) -> anyhow::Result<Attachments> {
        Ok(Attachments {
            store: AttachmentStore::open(settings, database)?,
            scanner: settings.clamd.clone().map(Scanner::new),
            limits: settings.limits.clone(),
        })
    }
}

impl From<UploadRefusal> for Failure {
    fn from(refusal: UploadRefusal) -> Failure {
        use UploadRefusal as R;
        let (status, code) = match &refusal {
            R::Gap { .. } | R::OtherPart { .. } | R::OtherUpload | R::Incomplete { .. } | R::Held { .. } => {
                (409, code::REFUSED)
            }
            R::TooLarge { .. } => (413, code::TOO_LARGE),
            R::StoreFull => (507, code::STORE_FULL),
            R::TooMany { .. }
            | R::CaseFull { .. }
            | R::TenantFull
            | R::Infected { .. }
            | R::NotScanned { .. } => (403, code::REFUSED),
            R::Name { .. }
            | R::Extension { .. }
            | R::Kind { .. }
            | R::WrongExtension { .. }
            | R::Macros
            | R::Damaged
            | R::Empty
            | R::PartSize { .. }
            | R::AlteredPart { .. }
            | R::AlteredWhole => (422, code::REFUSED),
        };
        let title = match &refusal {
            R::Held { .. } => "附件暂时不能打开",
            R::NotScanned { .. } => "不能办理",
            _ => "附件没有收下",
        };
        let current = refusal.received();
        let problem = Problem::new(status, code, title, refusal.to_string());
        Problem { current, refusal: Some(refusal.into()), ..problem }.into()
    }
}
