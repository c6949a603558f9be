//! 案件键: what a case is found by besides its id, as one text per case and key. A store keeps them in a table of its own.

use crate::cases::execution::registry::AnyExecutionCase;
use crate::cases::sanction::{Measure, Stage, TargetKind};
use crate::kernel::ids::{CaseId, DepartmentId, LineId};
use std::collections::BTreeSet;

/// `naming/con-1`: the cases that name contract con-1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CaseKey(String);

impl CaseKey {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_text(self) -> String {
        self.0
    }

    /// Cases that name this one: as their contract, package, provider, original, request.
    pub fn naming(case: &CaseId) -> CaseKey {
        CaseKey(format!("naming/{case}"))
    }

    /// Contracts that serve the line.
    pub fn serving(line: &LineId) -> CaseKey {
        CaseKey(format!("serving/{line}"))
    }

    /// Suspensions of the target that were proposed or are effective.
    pub fn target(kind: TargetKind, target: &str) -> CaseKey {
        CaseKey(format!("target/{}/{target}", kind.word()))
    }

    /// Clearings, cuts, evaluations and applications of a department's year.
    pub fn department_year(department: &DepartmentId, year: i32) -> CaseKey {
        CaseKey(format!("year/{year}/{department}"))
    }

    /// Contracts and clearings of a year.
    pub fn year(year: i32) -> CaseKey {
        CaseKey(format!("year/{year}"))
    }

    /// Approvals of a department.
    pub fn requests(department: &DepartmentId) -> CaseKey {
        CaseKey(format!("requests/{department}"))
    }

    /// Packages of an item of a year.
    pub fn item(year: i32, item: &str) -> CaseKey {
        CaseKey(format!("item/{year}/{item}"))
    }

    /// Contracts of a year under a number.
    pub fn number(year: i32, number: &str) -> CaseKey {
        CaseKey(format!("number/{year}/{number}"))
    }

    pub fn credit_code(code: &str) -> CaseKey {
        CaseKey(format!("credit/{code}"))
    }

    /// Payments of an invoice, whoever wrote it.
    pub fn invoice(invoice: &str) -> CaseKey {
        CaseKey(format!("invoice/{invoice}"))
    }

    /// All evaluations before the budget: a conclusion is numbered after them.
    pub fn ex_antes() -> CaseKey {
        CaseKey("ex_ante".to_string())
    }

    /// Cases of this name, and of this name with `-2`, `-3` …
    pub fn name(base: &str) -> CaseKey {
        CaseKey(format!("name/{base}"))
    }
}

/// A name without the number that makes it free.
fn base_name(id: &CaseId) -> &str {
    let id = id.as_str();
    match id.rsplit_once('-') {
        Some((base, n)) if !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()) => base,
        _ => id,
    }
}

impl AnyExecutionCase {
    /// Cases this one names.
    pub fn named_cases(&self) -> Vec<&CaseId> {
        let subject = self.subject();
        let mut named: Vec<&CaseId> =
            [subject.contract, subject.provider, self.request()].into_iter().flatten().collect();
        match self {
            AnyExecutionCase::Contract(contract) => named.push(&contract.package),
            AnyExecutionCase::Procurement(package) => {
                named.extend(&package.plan.original);
                named.extend(package.award.iter().map(|award| &award.provider));
            }
            AnyExecutionCase::Request(allocation) => {
                named.extend(allocation.form.iter().filter_map(|form| form.supplements.as_ref()));
            }
            _ => {}
        }
        named
    }

    /// Everything the case is found by.
    pub fn keys(&self, id: &CaseId) -> BTreeSet<CaseKey> {
        let mut keys: BTreeSet<CaseKey> = self.named_cases().into_iter().map(CaseKey::naming).collect();
        keys.insert(CaseKey::name(base_name(id)));
        let subject = self.subject();
        let of_year = subject.department.zip(subject.year);
        let of_year = of_year.map(|(department, year)| CaseKey::department_year(department, year));
        match self {
            AnyExecutionCase::Request(_) => keys.extend(subject.department.map(CaseKey::requests)),
            AnyExecutionCase::Provider(provider) => {
                keys.insert(CaseKey::credit_code(&provider.form.credit_code));
            }
            AnyExecutionCase::Procurement(package) => {
                keys.insert(CaseKey::item(package.plan.year, &package.plan.item));
            }
            AnyExecutionCase::Contract(contract) => {
                keys.extend(contract.rows.iter().map(|row| CaseKey::serving(&row.line)));
                keys.insert(CaseKey::year(contract.year));
                keys.insert(CaseKey::number(contract.year, &contract.number));
            }
            AnyExecutionCase::Payment(payment) => {
                keys.insert(CaseKey::invoice(&payment.invoice));
            }
            AnyExecutionCase::Clearing(clearing) => {
                keys.extend(of_year);
                keys.insert(CaseKey::year(clearing.year));
            }
            AnyExecutionCase::Sanction(sanction) => {
                let is_open = matches!(sanction.stage, Stage::Proposed | Stage::Effective);
                if sanction.measure == Measure::Suspend && is_open {
                    keys.insert(CaseKey::target(sanction.target_kind, &sanction.target));
                }
                let cut = sanction.year.filter(|_| sanction.measure == Measure::Cut);
                let department = DepartmentId::new(sanction.target.as_str());
                keys.extend(cut.map(|year| CaseKey::department_year(&department, year)));
            }
            AnyExecutionCase::ExAnte(_) => {
                keys.extend(of_year);
                keys.insert(CaseKey::ex_antes());
            }
            AnyExecutionCase::Application(application) => {
                let department = application.department.as_ref();
                let year = application.apply_year;
                keys.extend(department.map(|department| CaseKey::department_year(department, year)));
            }
            AnyExecutionCase::Advance(_)
            | AnyExecutionCase::Acceptance(_)
            | AnyExecutionCase::Assessment(_)
            | AnyExecutionCase::UserEvaluation(_)
            | AnyExecutionCase::Settlement(_)
            | AnyExecutionCase::YearClose(_)
            | AnyExecutionCase::ChangeOfUse(_)
            | AnyExecutionCase::Monitoring(_)
            | AnyExecutionCase::Correction(_)
            | AnyExecutionCase::SelfEvaluation(_)
            | AnyExecutionCase::KeyEvaluation(_)
            | AnyExecutionCase::SiteVisit(_) => {}
        }
        keys
    }
}
