//! 单独申请的权限与办理事项: who may do what in which stage, and what the command bar says of it.

use crate::cases::authority::{AuthorityRow, row};
use crate::cases::kernel::{CommandField, CommandSpec, FieldSpec, LONGEST_REASON, Stage, Verb};
use crate::kernel::people::Role;

/// 权限表 of a separate request.
pub const AUTHORITY: &[AuthorityRow] = &[
    row(Verb::Read, 5, &SEPARATE, DEPARTMENT),
    row(Verb::Read, 5, SEPARATE_AT_BUREAU, BUREAU),
    row(Verb::Read, 5, SEPARATE_AT_FINANCE, FINANCE),
    row(Verb::Read, 16, &SEPARATE, &[Role::Auditor]),
    row(Verb::Edit, 5, &[Stage::Draft], &[Role::DepartmentFiller]),
    row(Verb::Submit, 5, &[Stage::Draft], &[Role::DepartmentFiller]),
    row(Verb::DepartmentReturn, 5, &[Stage::DepartmentCheck], &[Role::DepartmentApprover]),
    row(Verb::DepartmentApprove, 5, &[Stage::DepartmentCheck], &[Role::DepartmentApprover]),
    row(Verb::Withdraw, 5, &[Stage::Draft, Stage::DepartmentCheck, Stage::BureauOpinion], DEPARTMENT),
    row(Verb::BureauReturn, 5, &[Stage::BureauOpinion], &[Role::BureauReviewer]),
    row(Verb::DraftOpinion, 5, &[Stage::BureauOpinion], &[Role::BureauReviewer]),
    row(Verb::SignOpinion, 5, &[Stage::BureauConfirm], &[Role::BureauLeader]),
    row(Verb::LeaderReturn, 5, &[Stage::BureauConfirm], &[Role::BureauLeader]),
    row(Verb::DraftDecision, 5, &[Stage::FinanceDecision], &[Role::FinanceReviewer]),
    row(Verb::SignDecision, 5, &[Stage::FinanceConfirm], &[Role::FinanceLeader]),
    row(Verb::ReturnDecision, 5, &[Stage::FinanceConfirm], &[Role::FinanceLeader]),
];

const DEPARTMENT: &[Role] = &[Role::DepartmentFiller, Role::DepartmentApprover];
const BUREAU: &[Role] = &[Role::BureauReviewer, Role::BureauLeader, Role::BureauTreasurer];
const FINANCE: &[Role] = &[Role::FinanceReviewer, Role::FinanceLeader];
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

/// 审核结论 in the measures' words.
pub const OUTSIDE: &str = "不属于集中运维管理范畴";
pub const WITHIN: &str = "属于集中运维管理范畴";

pub const COMMANDS: &[CommandSpec] = &[
    CommandSpec::onward(Verb::Submit, "提交后由本部门负责人审核，审核前内容不再能改。"),
    CommandSpec::onward(Verb::DepartmentApprove, "审核后报送省局出具意见。"),
    CommandSpec::aside(Verb::DepartmentReturn, "退回填报人修改。", &[FieldSpec::REASONS]),
    CommandSpec::onward(Verb::DraftOpinion, "提请省局负责人签发。").asking(&[
        FieldSpec::of("outside", "审核结论", CommandField::Choice { yes: OUTSIDE, no: WITHIN }),
        FieldSpec::of("number", "意见文号", CommandField::DocumentNumber).hint("如 晋政信函〔2023〕8号"),
        FieldSpec::of("text", "意见", CommandField::Text { least: 1, most: LONGEST_REASON })
            .hint("写明理由与依据"),
    ]),
    CommandSpec::aside(Verb::BureauReturn, "退回部门补正。", &[FieldSpec::REASONS]),
    CommandSpec::onward(Verb::SignOpinion, "签发后意见生效并送达部门；不属于集中运维的转省财政厅办理。"),
    CommandSpec::aside(Verb::LeaderReturn, "退回审核员重新拟定意见。", &[FieldSpec::REASONS]),
    CommandSpec::onward(Verb::DraftDecision, "提请财政负责人签发。").asking(&[
        FieldSpec::of("arrange", "办理结果", CommandField::Choice { yes: "予以安排", no: "不予安排" }),
        FieldSpec::of("amount", "安排金额（元）", CommandField::Amount)
            .optional()
            .hint("予以安排时必填，不超过申请金额"),
        FieldSpec::of("text", "说明", CommandField::Text { least: 1, most: LONGEST_REASON })
            .hint("写明安排或不予安排的理由"),
    ]),
    CommandSpec::onward(Verb::SignDecision, "签发后办理结果生效并送达部门。"),
    CommandSpec::aside(Verb::ReturnDecision, "退回财政审核员重新办理。", &[FieldSpec::REASONS]),
    CommandSpec::ending(Verb::Withdraw, "撤回后本申请终止，不能恢复。", &[FieldSpec::REASON]),
];
