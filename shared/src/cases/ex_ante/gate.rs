//! 报送审核 (Art. 10): which objects of a request need an evaluation, and whether what was concluded covers them.

use super::flow::{ExAnte, ObjectKind, Stage};
use super::form::REFUSED;
use crate::cases::execution::world::ExecutionWorld;
use crate::kernel::calendar::Date;
use crate::kernel::ids::DepartmentId;
use crate::kernel::money::Money;
use crate::kernel::refusal::Refusal;
use crate::policy::editions::parameters::EditionParameters;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A system with what is asked for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmittedSystem {
    pub code: String,
    /// 上线日期.
    pub online: Date,
    pub amount: Money,
}

/// 报送: what the gate reads of a reported request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    pub year: i32,
    pub requested: Money,
    pub last_year_settled: Option<Money>,
    #[serde(default)]
    pub systems: Vec<SubmittedSystem>,
    /// Codes of the last approved request; none when there is none.
    pub prior_systems: Option<Vec<String>>,
}

/// What needs an evaluation: a new system by its code, or the growth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvaluatedObject {
    pub kind: ObjectKind,
    pub system: Option<String>,
    pub amount: Money,
}

/// Objects in the order of the systems, growth last.
pub fn objects_of(submission: &Submission, parameters: &EditionParameters) -> Vec<EvaluatedObject> {
    let is_new = |system: &&SubmittedSystem| match &submission.prior_systems {
        Some(prior) => !prior.contains(&system.code),
        None => system.online.year() >= submission.year - 1,
    };
    let systems = submission.systems.iter().filter(is_new);
    let large = systems.filter(|system| system.amount >= parameters.ex_ante_new_from);
    let new = large.map(|system| EvaluatedObject {
        kind: ObjectKind::NewSystem,
        system: Some(system.code.clone()),
        amount: system.amount,
    });
    let grown = has_grown(submission, parameters).then_some(EvaluatedObject {
        kind: ObjectKind::Growth,
        system: None,
        amount: submission.requested,
    });
    new.chain(grown).collect()
}

/// 经费增长 by both the amount and the share.
fn has_grown(submission: &Submission, parameters: &EditionParameters) -> bool {
    let Some(last) = submission.last_year_settled.filter(|last| *last > Money::ZERO) else { return false };
    let (requested, last_yuan) = (submission.requested.yuan(), last.yuan());
    submission.requested - last >= parameters.ex_ante_growth_from
        && requested * Decimal::ONE_HUNDRED > last_yuan * (Decimal::ONE_HUNDRED + parameters.ex_ante_growth)
}

/// Refuses by the first object whose evaluation is missing or does not cover it.
///
/// # Errors
/// `EXA-01` … `EXA-04`.
pub fn require_evaluations(
    world: &ExecutionWorld,
    department: &DepartmentId,
    year: i32,
    objects: &[EvaluatedObject],
) -> Result<(), Refusal> {
    objects.iter().try_for_each(|object| require_evaluation(world, department, year, object))
}

/// Refuses by the evaluation of one object.
///
/// # Errors
/// `EXA-01` … `EXA-04`.
pub fn require_evaluation(
    world: &ExecutionWorld,
    department: &DepartmentId,
    year: i32,
    object: &EvaluatedObject,
) -> Result<(), Refusal> {
    let name = object.system.as_deref().unwrap_or(object.kind.label());
    let refuse = |code: &str, says: String| Err(Refusal::under(10, code, says));
    let of_object = world.of_kind::<ExAnte>().map(|(_, of)| of).filter(|of| {
        of.is_of(department, year, object.kind, object.system.as_deref()) && of.stage != Stage::Withdrawn
    });
    let all: Vec<&ExAnte> = of_object.collect();
    if all.is_empty() {
        return refuse("EXA-01", format!("“{name}”须事前绩效评估，请先发起评估"));
    }
    let concluded = all.into_iter().filter(|of| of.stage == Stage::Concluded);
    let Some(last) = concluded.max_by_key(|of| of.concluded_as) else {
        return refuse("EXA-02", format!("“{name}”的事前绩效评估尚无结论，请待评估结束"));
    };
    if last.content.header.text("conclusion") == REFUSED {
        return refuse("EXA-03", format!("“{name}”的事前绩效评估结论为不予支持，请调减或重新评估"));
    }
    let supported = last.content.header.number("supported_amount").unwrap_or_default();
    match object.amount.yuan() > supported {
        true => {
            refuse("EXA-04", format!("“{name}”申报 {} 元，超过评估支持金额 {supported} 元", object.amount))
        }
        false => Ok(()),
    }
}
