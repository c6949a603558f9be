//! The rows of the authority table, kind by kind.

use crate::cases::language::{Kind, Stage, Verb};
use crate::kernel::people::Role;

pub struct Row {
    pub kind: Kind,
    pub verb: Verb,
    /// 依据条款.
    pub article: u8,
    pub stages: &'static [Stage],
    pub roles: &'static [Role],
}

const DEPARTMENT: &[Role] = &[Role::DepartmentFiller, Role::DepartmentApprover];
const AT_BUREAU: &[Stage] = &[Stage::Submitted, Stage::BureauReview, Stage::BureauConfirm, Stage::Accepted];
const AT_FINANCE: &[Stage] =
    &[Stage::Consolidated, Stage::FinanceReview, Stage::FinanceReturned, Stage::Approved, Stage::Rejected];
/// Stages in which a department may answer remarks and cuts.
const ANSWERED: &[Stage] =
    &[Stage::BureauReview, Stage::Returned, Stage::FinanceReview, Stage::FinanceReturned];

const FINANCE: &[Role] = &[Role::FinanceReviewer, Role::FinanceLeader];

const fn row(verb: Verb, article: u8, stages: &'static [Stage], roles: &'static [Role]) -> Row {
    Row { kind: Kind::Request, verb, article, stages, roles }
}

const fn compilation(verb: Verb, article: u8, stages: &'static [Stage], roles: &'static [Role]) -> Row {
    Row { kind: Kind::Compilation, verb, article, stages, roles }
}

const fn batch(verb: Verb, article: u8, stages: &'static [Stage], roles: &'static [Role]) -> Row {
    Row { kind: Kind::Batch, verb, article, stages, roles }
}

const fn separate(verb: Verb, article: u8, stages: &'static [Stage], roles: &'static [Role]) -> Row {
    Row { kind: Kind::Separate, verb, article, stages, roles }
}

const fn plan(verb: Verb, article: u8, stages: &'static [Stage], roles: &'static [Role]) -> Row {
    Row { kind: Kind::Plan, verb, article, stages, roles }
}

pub const TABLE: &[Row] = &[
    row(Verb::Read, 3, &REQUEST, DEPARTMENT),
    row(Verb::Read, 3, &REQUEST, BUREAU),
    row(Verb::Read, 3, AT_FINANCE, FINANCE),
    row(Verb::Read, 16, &REQUEST, &[Role::Auditor]),
    row(Verb::Edit, 4, &[Stage::Draft, Stage::Returned], &[Role::DepartmentFiller]),
    row(Verb::Review, 3, &[Stage::BureauReview], &[Role::BureauReviewer]),
    row(Verb::Review, 3, &[Stage::FinanceReview], &[Role::FinanceReviewer]),
    row(Verb::Answer, 4, ANSWERED, DEPARTMENT),
    row(Verb::Submit, 4, &[Stage::Draft, Stage::Returned], &[Role::DepartmentFiller]),
    row(Verb::DepartmentReturn, 4, &[Stage::DepartmentCheck], &[Role::DepartmentApprover]),
    row(Verb::DepartmentApprove, 4, &[Stage::DepartmentCheck], &[Role::DepartmentApprover]),
    row(Verb::BureauTake, 3, &[Stage::Submitted, Stage::FinanceReturned], &[Role::BureauReviewer]),
    row(Verb::BureauReturn, 4, &[Stage::BureauReview], &[Role::BureauReviewer]),
    row(Verb::BureauPass, 4, &[Stage::BureauReview], &[Role::BureauReviewer]),
    row(Verb::BureauConfirm, 4, &[Stage::BureauConfirm], &[Role::BureauLeader]),
    row(Verb::LeaderReturn, 4, &[Stage::BureauConfirm], &[Role::BureauLeader]),
    row(Verb::Withdraw, 4, &[Stage::Draft], &[Role::DepartmentFiller]),
    row(
        Verb::Withdraw,
        4,
        &[Stage::Draft, Stage::DepartmentCheck, Stage::Returned],
        &[Role::DepartmentApprover],
    ),
    row(Verb::Withdraw, 4, AT_BUREAU, &[Role::DepartmentApprover]),
    row(Verb::FinanceReturn, 4, &[Stage::FinanceReview], &[Role::FinanceReviewer]),
    row(Verb::FinancePass, 4, &[Stage::FinanceReview], &[Role::FinanceReviewer]),
    row(Verb::FinanceObject, 4, &[Stage::FinanceReview], &[Role::FinanceReviewer]),
    row(Verb::FinanceReject, 4, &[Stage::FinanceReview], &[Role::FinanceLeader]),
    compilation(Verb::Read, 3, &COMPILATION, BUREAU),
    compilation(Verb::Read, 4, &[Stage::Reported], FINANCE),
    compilation(Verb::Read, 16, &COMPILATION, &[Role::Auditor]),
    compilation(Verb::Compile, 4, &[Stage::Compiling], &[Role::BureauReviewer]),
    compilation(Verb::ConfirmCompilation, 4, &[Stage::BureauConfirm], &[Role::BureauLeader]),
    compilation(Verb::Recompile, 4, &[Stage::BureauConfirm, Stage::Confirmed], &[Role::BureauLeader]),
    compilation(Verb::SubmitToFinance, 4, &[Stage::Confirmed], &[Role::BureauLeader]),
    batch(Verb::Read, 4, &BATCH, FINANCE),
    batch(Verb::Read, 4, &[Stage::Issued], BUREAU),
    batch(Verb::Read, 16, &BATCH, &[Role::Auditor]),
    batch(Verb::DraftBatch, 11, &[Stage::Draft], &[Role::FinanceReviewer]),
    batch(Verb::DropBatch, 4, &[Stage::Draft], &[Role::FinanceReviewer]),
    batch(Verb::IssueBatch, 11, &[Stage::FinanceConfirm], &[Role::FinanceLeader]),
    batch(Verb::ReturnBatch, 4, &[Stage::FinanceConfirm], &[Role::FinanceLeader]),
    plan(Verb::Read, 3, &PLAN, BUREAU),
    plan(Verb::Read, 3, &[Stage::Confirmed], FINANCE),
    plan(Verb::Read, 16, &PLAN, &[Role::Auditor]),
    plan(Verb::PlanYears, 3, &[Stage::Compiling, Stage::Confirmed], &[Role::BureauReviewer]),
    plan(Verb::ConfirmPlan, 3, &[Stage::BureauConfirm], &[Role::BureauLeader]),
    plan(Verb::LeaderReturn, 3, &[Stage::BureauConfirm], &[Role::BureauLeader]),
    separate(Verb::Read, 5, &SEPARATE, DEPARTMENT),
    separate(Verb::Read, 5, SEPARATE_AT_BUREAU, BUREAU),
    separate(Verb::Read, 5, SEPARATE_AT_FINANCE, FINANCE),
    separate(Verb::Read, 16, &SEPARATE, &[Role::Auditor]),
    separate(Verb::FillClaim, 5, &[Stage::Draft], &[Role::DepartmentFiller]),
    separate(Verb::Submit, 5, &[Stage::Draft], &[Role::DepartmentFiller]),
    separate(Verb::DepartmentReturn, 5, &[Stage::DepartmentCheck], &[Role::DepartmentApprover]),
    separate(Verb::DepartmentApprove, 5, &[Stage::DepartmentCheck], &[Role::DepartmentApprover]),
    separate(Verb::Withdraw, 5, &[Stage::Draft, Stage::DepartmentCheck, Stage::BureauOpinion], DEPARTMENT),
    separate(Verb::BureauReturn, 5, &[Stage::BureauOpinion], &[Role::BureauReviewer]),
    separate(Verb::DraftOpinion, 5, &[Stage::BureauOpinion], &[Role::BureauReviewer]),
    separate(Verb::SignOpinion, 5, &[Stage::BureauConfirm], &[Role::BureauLeader]),
    separate(Verb::LeaderReturn, 5, &[Stage::BureauConfirm], &[Role::BureauLeader]),
    separate(Verb::DraftDecision, 5, &[Stage::FinanceDecision], &[Role::FinanceReviewer]),
    separate(Verb::SignDecision, 5, &[Stage::FinanceConfirm], &[Role::FinanceLeader]),
    separate(Verb::ReturnDecision, 5, &[Stage::FinanceConfirm], &[Role::FinanceLeader]),
];

const BUREAU: &[Role] = &[Role::BureauReviewer, Role::BureauLeader, Role::BureauTreasurer];
const SEPARATE: [Stage; 10] = [
    Stage::Draft,
    Stage::DepartmentCheck,
    Stage::BureauOpinion,
    Stage::BureauConfirm,
    Stage::WithinScope,
    Stage::FinanceDecision,
    Stage::FinanceConfirm,
    Stage::Arranged,
    Stage::NotArranged,
    Stage::Withdrawn,
];
const SEPARATE_AT_BUREAU: &[Stage] = &[
    Stage::BureauOpinion,
    Stage::BureauConfirm,
    Stage::WithinScope,
    Stage::FinanceDecision,
    Stage::FinanceConfirm,
    Stage::Arranged,
    Stage::NotArranged,
    Stage::Withdrawn,
];
/// Reached only with the bureau's signed opinion (Art. 5).
const SEPARATE_AT_FINANCE: &[Stage] =
    &[Stage::FinanceDecision, Stage::FinanceConfirm, Stage::Arranged, Stage::NotArranged];

const REQUEST: [Stage; 13] = [
    Stage::Draft,
    Stage::DepartmentCheck,
    Stage::Submitted,
    Stage::BureauReview,
    Stage::Returned,
    Stage::BureauConfirm,
    Stage::Accepted,
    Stage::Consolidated,
    Stage::FinanceReview,
    Stage::FinanceReturned,
    Stage::Approved,
    Stage::Rejected,
    Stage::Withdrawn,
];
const COMPILATION: [Stage; 4] = [Stage::Compiling, Stage::BureauConfirm, Stage::Confirmed, Stage::Reported];
const PLAN: [Stage; 3] = [Stage::Compiling, Stage::BureauConfirm, Stage::Confirmed];
const BATCH: [Stage; 4] = [Stage::Draft, Stage::FinanceConfirm, Stage::Issued, Stage::Withdrawn];
