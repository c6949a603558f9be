//! 重点评价的权限与办理事项: who may do what in which stage, and what each command carries.

use super::flow::Stage;
use crate::cases::execution::field::{Field, FieldKind, OPTIONAL_REASON, REASON, optional, required, unique};
use crate::cases::execution::kind::CommandRow;
use crate::cases::execution::kind::role::{DA, E, FL, FR, L, R};

const OPENING: &[Field] =
    &[required("request", FieldKind::Reference), optional("institution", FieldKind::Reference)];
const FILL: &[Field] = &[required("document", FieldKind::Document)];
const DRAW: &[Field] = &[required("count", FieldKind::Count(1, 10_000))];
const DRAFT: &[Field] = &[optional("lead", FieldKind::Text(2, 20)), optional("seal", FieldKind::Hash)];
const COMMENT: &[Field] = &[
    unique("id", FieldKind::Text(1, 40)),
    required("text", FieldKind::Text(5, 1000)),
    optional("leaf", FieldKind::Text(1, 40)),
];
const ANSWER: &[Field] =
    &[required("item", FieldKind::Text(1, 40)), required("adopted", FieldKind::Flag), OPTIONAL_REASON];
/// Stages in which the work is typed.
const WORKING: &[Stage] = &[Stage::Fieldwork, Stage::Answering];
const TYPED: &[Stage] = &[Stage::Plan, Stage::Fieldwork, Stage::Answering];
const BEFORE_ISSUE: &[Stage] =
    &[Stage::Plan, Stage::PlanCheck, Stage::Fieldwork, Stage::Comment, Stage::Answering, Stage::Review];
const AT_LEADER: &[Stage] = &[Stage::PlanCheck, Stage::Review];

pub const COMMANDS: &[CommandRow<Stage>] = &[
    CommandRow::new("open", "建立重点评价", &[(R, &[]), (FR, &[])], OPENING).opening(),
    CommandRow::new("fill", "填写", &[(R, TYPED), (FR, TYPED), (E, WORKING)], FILL),
    CommandRow::new("submit_plan", "提交方案", &[(R, &[Stage::Plan]), (FR, &[Stage::Plan])], &[]),
    CommandRow::new("approve_plan", "审定方案", &[(L, &[Stage::PlanCheck]), (FL, &[Stage::PlanCheck])], &[])
        .differing_from(&["submit_plan"]),
    CommandRow::new("return", "退回", &[(L, AT_LEADER), (FL, AT_LEADER)], &[REASON]),
    CommandRow::new(
        "draw",
        "抽样",
        &[(R, &[Stage::Fieldwork]), (FR, &[Stage::Fieldwork]), (E, &[Stage::Fieldwork])],
        DRAW,
    ),
    CommandRow::new(
        "draft_report",
        "提交报告初稿",
        &[(R, &[Stage::Fieldwork]), (FR, &[Stage::Fieldwork]), (E, &[Stage::Fieldwork])],
        DRAFT,
    ),
    CommandRow::new(
        "comment",
        "提出意见",
        &[(DA, &[Stage::Comment])],
        &[required("items", FieldKind::Rows(COMMENT))],
    ),
    CommandRow::new("agree", "无意见", &[(DA, &[Stage::Comment])], &[]),
    CommandRow::new("proceed", "期满继续", &[(R, &[Stage::Comment]), (FR, &[Stage::Comment])], &[]),
    CommandRow::new(
        "answer",
        "答复意见",
        &[(R, &[Stage::Answering]), (FR, &[Stage::Answering]), (E, &[Stage::Answering])],
        ANSWER,
    ),
    CommandRow::new(
        "finish",
        "答复完毕",
        &[(R, &[Stage::Answering]), (FR, &[Stage::Answering]), (E, &[Stage::Answering])],
        &[],
    ),
    CommandRow::new(
        "issue",
        "印发",
        &[(L, &[Stage::Review]), (FL, &[Stage::Review])],
        &[required("number", FieldKind::DocumentNumber)],
    )
    .differing_from(&["draft_report", "finish"]),
    CommandRow::new("cancel", "取消", &[(L, BEFORE_ISSUE), (FL, BEFORE_ISSUE)], &[REASON]),
];
