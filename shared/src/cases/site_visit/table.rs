//! 现场评价的权限与办理事项: who may do what in which stage, and what each command carries.

use super::flow::Stage;
use crate::cases::execution::field::{Field, FieldKind, REASON, optional, required, unique};
use crate::cases::execution::kind::CommandRow;
use crate::cases::execution::kind::role::{E, FL, FR, L, R};
use crate::kernel::people::Role;

const ITEM: &[Field] = &[
    unique("id", FieldKind::Text(1, 40)),
    optional("leaf", FieldKind::Text(1, 40)),
    required("matter", FieldKind::Text(2, 200)),
    optional("method", FieldKind::Text(1, 20)),
    required("weight", FieldKind::PositiveNumber),
];
const OPENING: &[Field] = &[
    required("request", FieldKind::Reference),
    required("unit", FieldKind::Text(2, 60)),
    optional("evaluators", FieldKind::Names),
    required("from", FieldKind::Date),
    required("to", FieldKind::Date),
    required("form", FieldKind::Text(1, 20)),
    required("checklist", FieldKind::Rows(ITEM)),
];
const REASSIGN: &[Field] = &[optional("remove", FieldKind::Names), optional("add", FieldKind::Names), REASON];
const SIGNATURE: &[Field] = &[
    unique("who", FieldKind::Reference),
    required("hash", FieldKind::Hash),
    required("content", FieldKind::Hash),
];
const MANIFEST: &[Field] = &[
    required("manifest", FieldKind::Reference),
    required("device", FieldKind::Reference),
    required("form", FieldKind::Text(1, 20)),
    required("fields", FieldKind::Hash),
    optional("blobs", FieldKind::Hashes),
    optional("signatures", FieldKind::Rows(SIGNATURE)),
    optional("refused", FieldKind::Text(1, 500)),
    optional("supersedes", FieldKind::Reference),
    required("made_at", FieldKind::Text(1, 40)),
];
const NAMED: &[Field] = &[required("manifest", FieldKind::Reference), REASON];
const FILL: &[Field] = &[required("document", FieldKind::Document)];
const BLOB: &[Field] = &[required("hash", FieldKind::Hash)];

const ANY: &[Stage] = &[Stage::Assigned, Stage::Received, Stage::Complete, Stage::Accepted, Stage::Closed];
const OUT: &[Stage] = &[Stage::Assigned, Stage::Received];
/// Who may be sent, at any stage.
const SENT: &[(Role, &[Stage])] = &[(E, ANY), (R, ANY), (FR, ANY)];
const LEADERS: &[(Role, &[Stage])] = &[(L, ANY), (FL, ANY)];

pub const COMMANDS: &[CommandRow<Stage>] = &[
    CommandRow::new("open", "派出现场评价", &[(R, &[]), (FR, &[])], OPENING).opening(),
    CommandRow::new("reassign", "改派", &[(R, OUT), (FR, OUT)], REASSIGN),
    CommandRow::new("close", "关闭", &[(R, OUT), (FR, OUT), (L, OUT), (FL, OUT)], &[REASON]),
    CommandRow::new(
        "fill",
        "填写",
        &[(E, &[Stage::Assigned]), (R, &[Stage::Assigned]), (FR, &[Stage::Assigned])],
        FILL,
    ),
    CommandRow::new("finalize", "定稿", SENT, MANIFEST),
    CommandRow::new("blob", "上传附件", SENT, BLOB),
    CommandRow::new("adopt", "采用", LEADERS, NAMED),
    CommandRow::new("set_aside", "搁置", LEADERS, NAMED),
    CommandRow::new("accept", "验收", &[(R, &[Stage::Complete]), (FR, &[Stage::Complete])], &[]),
];
