//! 办理事项的说明: what the command bar and its dialog show of a command, as data. One bar and one dialog serve all kinds.

use super::verb::Verb;

/// What a command does, in one sentence, and what a person fills in for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandSpec {
    pub verb: Verb,
    /// What will follow, as the dialog says it before the command is given.
    pub effect: &'static str,
    pub fields: &'static [FieldSpec],
    pub emphasis: Emphasis,
}

/// How the button stands out: one step onward, a side step, or the end of the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emphasis {
    Onward,
    Aside,
    Ending,
}

/// One field of a command's body; `key` is its name on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldSpec {
    pub key: &'static str,
    pub label: &'static str,
    pub kind: CommandField,
    pub required: bool,
    pub hint: &'static str,
}

/// What a field of a command takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandField {
    /// Text of so many characters, trimmed.
    Text {
        least: usize,
        most: usize,
    },
    /// A list of reasons (`[{text}]`), each of so many characters; the dialog offers one.
    Reasons {
        least: usize,
        most: usize,
    },
    /// 文号, GB/T 9704.
    DocumentNumber,
    /// An amount in 元 with two decimals.
    Amount,
    Date,
    /// A fiscal year.
    Year,
    /// One of two: label for true, label for false.
    Choice {
        yes: &'static str,
        no: &'static str,
    },
    /// SM3 of the content the person read; filled in by the page.
    ContentHash,
}

const fn field(key: &'static str, label: &'static str, kind: CommandField) -> FieldSpec {
    FieldSpec { key, label, kind, required: true, hint: "" }
}

impl FieldSpec {
    /// The reasons of a return.
    pub const REASONS: FieldSpec = field(
        "reasons",
        "退回理由",
        CommandField::Reasons { least: 1, most: super::reasons::LONGEST_REASON },
    );
    /// The reason of a withdrawal.
    pub const REASON: FieldSpec =
        field("reason", "理由", CommandField::Text { least: 1, most: super::reasons::LONGEST_REASON });
    /// What a confirmation binds to.
    pub const CONTENT_HASH: FieldSpec = field("content_hash", "内容摘要", CommandField::ContentHash);

    /// A required field.
    pub const fn of(key: &'static str, label: &'static str, kind: CommandField) -> FieldSpec {
        field(key, label, kind)
    }

    /// The same field, which may be left empty.
    pub const fn optional(self) -> FieldSpec {
        FieldSpec { required: false, ..self }
    }

    /// The same field with a line of help below it.
    pub const fn hint(self, hint: &'static str) -> FieldSpec {
        FieldSpec { hint, ..self }
    }
}

impl CommandSpec {
    /// A step onward that asks for nothing.
    pub const fn onward(verb: Verb, effect: &'static str) -> CommandSpec {
        CommandSpec { verb, effect, fields: &[], emphasis: Emphasis::Onward }
    }

    /// A command that leads away from the way onward.
    pub const fn aside(verb: Verb, effect: &'static str, fields: &'static [FieldSpec]) -> CommandSpec {
        CommandSpec { verb, effect, fields, emphasis: Emphasis::Aside }
    }

    /// A command after which the case is over.
    pub const fn ending(verb: Verb, effect: &'static str, fields: &'static [FieldSpec]) -> CommandSpec {
        CommandSpec { verb, effect, fields, emphasis: Emphasis::Ending }
    }

    /// The same command with fields to fill in.
    pub const fn asking(self, fields: &'static [FieldSpec]) -> CommandSpec {
        CommandSpec { fields, ..self }
    }
}
