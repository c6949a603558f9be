//! 案卷信息: what every case of every kind has, so that lists, search, history and notices know no kind.

use crate::cases::Kind;
use crate::cases::kernel::stage::Stage;
use crate::kernel::calendar::FiscalYear;
use crate::kernel::ids::{CaseId, DepartmentId};
use serde::{Deserialize, Serialize};

/// The part of a case that is stored in columns of its own and shown wherever cases are listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseHead {
    pub id: CaseId,
    pub kind: Kind,
    pub fiscal_year: FiscalYear,
    /// `None` for what belongs to no department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentId>,
    pub stage: Stage,
    /// Counts events: a command names the revision its author saw.
    pub revision: u64,
    /// The latest frozen version, 0 when none.
    pub version: u32,
    /// SM3 of the latest frozen version: what a confirmation binds to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_hash: Option<String>,
    /// 文号, once it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Case title without the department name, `2024 年度单独申请（水资源平台）`.
    pub title: String,
}
