//! 案卷的地址: the page of a case of any kind.

use shared::api::notices::CaseTold;
use shared::cases::Kind;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;

/// Kinds without a page of their own are shown by the general case page.
pub fn address_of(kind: Kind, id: &CaseId, year: FiscalYear) -> String {
    match kind {
        Kind::Request => format!("/requests/{id}"),
        Kind::Compilation => format!("/consolidation/{}", year.0),
        Kind::Plan => format!("/plan/{}", year.0),
        Kind::Batch => format!("/batches/{id}"),
        _ => format!("/cases/{id}"),
    }
}

/// The page of the case a notice is about.
pub fn address_of_told(case: &CaseTold) -> String {
    match case.kind {
        Some(kind) => address_of(kind, &case.id, case.fiscal_year),
        None => format!("/money-cases/{}", case.id),
    }
}
