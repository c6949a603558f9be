//! 政策版本的权限与办理事项: who may do what in which stage, and what the command bar says of it (Art. 18).

use crate::cases::authority::{AuthorityRow, row};
use crate::cases::kernel::{CommandField, CommandSpec, FieldSpec, Stage, Verb};
use crate::kernel::people::Role;

/// Fewest and most characters of a reason.
pub const REASON_LENGTH: (usize, usize) = (10, 500);

const ALL: &[Stage] = &[Stage::Draft, Stage::Proposed, Stage::InForce, Stage::Withdrawn];
const DRAFTER: &[Role] = &[Role::SecurityAdministrator];
/// The bureau confirms working calendars only; see the preconditions.
const CONFIRMERS: &[Role] = &[Role::FinanceLeader, Role::BureauLeader];

/// 权限表 of a change of the register.
pub const AUTHORITY: &[AuthorityRow] = &[
    row(
        Verb::Read,
        18,
        ALL,
        &[
            Role::SecurityAdministrator,
            Role::BureauReviewer,
            Role::BureauLeader,
            Role::BureauTreasurer,
            Role::FinanceReviewer,
            Role::FinanceLeader,
        ],
    ),
    row(Verb::Read, 16, ALL, &[Role::Auditor]),
    row(Verb::Edit, 18, &[Stage::Draft], DRAFTER),
    row(
        Verb::DryRun,
        18,
        &[Stage::Draft, Stage::Proposed],
        &[Role::SecurityAdministrator, Role::FinanceLeader, Role::BureauLeader],
    ),
    row(Verb::ProposeEdition, 18, &[Stage::Draft], DRAFTER),
    row(Verb::ConfirmEdition, 18, &[Stage::Proposed], CONFIRMERS),
    row(Verb::ReturnEdition, 18, &[Stage::Proposed], CONFIRMERS),
    row(Verb::DropEdition, 18, &[Stage::Draft], DRAFTER),
];

const REASON: FieldSpec =
    FieldSpec::of("reason", "理由", CommandField::Text { least: REASON_LENGTH.0, most: REASON_LENGTH.1 });

pub const COMMANDS: &[CommandSpec] = &[
    CommandSpec::onward(Verb::ProposeEdition, "提请省财政厅负责人复核；复核前内容不再能改。")
        .asking(&[REASON]),
    CommandSpec::onward(Verb::ConfirmEdition, "启用后写入政策版本库，不能撤销；此后按它办理。")
        .asking(&[FieldSpec::CONTENT_HASH]),
    CommandSpec::aside(
        Verb::DryRun,
        "按本稿重新校验所选年度已报送的申请，只看差异，不改动任何内容。",
        &[FieldSpec::of("year", "试算年度", CommandField::Year)],
    ),
    CommandSpec::aside(Verb::ReturnEdition, "退回安全管理员修改。", &[REASON]),
    CommandSpec::ending(Verb::DropEdition, "作废后本项变更终止，不能恢复。", &[]),
];
