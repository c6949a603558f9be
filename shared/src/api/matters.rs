//! 其他案卷: opening one. What is then done to it goes through the one endpoint of all commands.

use super::{Endpoint, Method};
use crate::cases::Kind;
use crate::cases::authority::Capability;
use crate::kernel::calendar::FiscalYear;
use crate::kernel::ids::CaseId;
use serde::{Deserialize, Serialize};
use validator::Validate;

/// 新建案卷, under an id the client makes; repeating it answers the same. Requests are opened by their own endpoint.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct OpenMatter {
    #[validate(custom(function = "super::request_id"))]
    pub matter: CaseId,
    pub kind: Kind,
    pub fiscal_year: FiscalYear,
}

impl Endpoint for OpenMatter {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/matters";
    const REQUIRES: Option<Capability> = Some(Capability::TakePart);
    type Reply = ();
}
