//! 试算 (Art. 18): every reported request of a year judged by the edition it was frozen with and by a draft. Reads stored
//! versions and writes nothing.

use crate::cases::request_store;
use crate::context::Context;
use crate::documents::{forms, versions};
use crate::kernel::failure::Failure;
use shared::engine::plan::Plan;
use shared::engine::session::Session;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::finding::Severity;
use shared::kernel::money::Money;
use shared::kernel::refusal::Refusal;
use shared::policy::editions::Edition;
use shared::policy::editions::dry_run::{DryRunChange, DryRunReport, DryRunRow};
use sqlx::AnyConnection;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Errors by rule and place.
type Errors = BTreeSet<(String, String)>;

/// Runs a draft over the latest reported version of every request of a year.
pub async fn run(
    context: &Context,
    connection: &mut AnyConnection,
    draft: &Edition,
    year: FiscalYear,
) -> Result<DryRunReport, Failure> {
    let totals = versions::totals_of_year(context, &mut *connection, year).await?;
    let mut report = DryRunReport::empty();
    let mut plans: BTreeMap<String, Arc<Plan>> = BTreeMap::new();
    for stored in request_store::of_year(context, &mut *connection, year).await? {
        let case = stored.case;
        if case.reported_version == 0 {
            continue;
        }
        let frozen = versions::load(context, &mut *connection, &case.id, case.reported_version).await?;
        let frozen = frozen.ok_or_else(|| Failure::unknown("个版本"))?;
        let before = forms::plan_of(context, &mut *connection, &frozen).await?;
        let after = match plans.get(&frozen.definition) {
            Some(plan) => plan.clone(),
            None => {
                let plan = forms::plan_under(&mut *connection, &frozen.definition, draft, year).await?;
                plans.insert(frozen.definition.clone(), plan.clone());
                plan
            }
        };
        let document = Arc::new(frozen.document);
        let (was, now) = (
            forms::with_plan(before, document.clone(), errors).await?,
            forms::with_plan(after, document, errors).await?,
        );
        let total = totals.get(&(case.id.clone(), case.reported_version)).cloned().flatten();
        let total =
            total.and_then(|text| text.parse().ok()).and_then(Money::from_yuan).unwrap_or(Money::ZERO);
        count(&mut report, case.id.as_str(), total, &was, &now)?;
    }
    Ok(report)
}

fn errors(session: &Session) -> Errors {
    let findings = session.findings().into_iter().filter(|finding| finding.severity == Severity::Error);
    findings.map(|finding| (finding.rule.clone(), finding.key())).collect()
}

/// Adds what one request comes to.
fn count(
    report: &mut DryRunReport,
    case: &str,
    total: Money,
    before: &Errors,
    after: &Errors,
) -> Result<(), Failure> {
    let too_large = || Refusal::under(18, "trial.amount", "申报金额之和超过系统能保存的最大金额，不能试算");
    let add = |sum: Money| sum.checked_add(total).ok_or_else(too_large);
    report.requests += 1;
    report.requested = add(report.requested)?;
    report.newly_passing += usize::from(!before.is_empty() && after.is_empty());
    if before.is_empty() && !after.is_empty() {
        report.newly_failing += 1;
        report.requested_newly_failing = add(report.requested_newly_failing)?;
    }
    report.rows.extend(before.symmetric_difference(after).map(|error| DryRunRow {
        case: case.to_string(),
        rule: error.0.clone(),
        about: error.1.clone(),
        change: if after.contains(error) { DryRunChange::Appears } else { DryRunChange::Goes },
    }));
    Ok(())
}
