//! 附件设置: where content is stored, who scans it, and how much there may be.

use shared::kernel::attachment::AttachmentLimits;
use std::fmt;

#[derive(Clone, Debug, Default)]
pub struct AttachmentSettings {
    /// A folder, or `s3://BUCKET` with an optional `/PREFIX`. `None` is a folder next to the SQLite file, or
    /// `omfund-attachments` in the working folder.
    pub store: Option<String>,
    /// Needed for a store of `s3://`.
    pub s3: Option<S3Settings>,
    /// `host:port` of a clamd; every attachment is held until it was scanned.
    pub clamd: Option<String>,
    pub limits: AttachmentLimits,
}

/// An S3 service and its credentials.
#[derive(Clone)]
pub struct S3Settings {
    /// `https://…`; plain `http://` only where the network is trusted.
    pub endpoint: String,
    pub region: String,
    pub access_key: String,
    pub secret_key: String,
}

impl fmt::Debug for S3Settings {
    /// Leaves out the secret, because settings may be logged.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Settings")
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .field("access_key", &self.access_key)
            .finish_non_exhaustive()
    }
}
