//! 可办事项: the commands of an execution case as a person is offered them, with what each carries, so that one dialog serves
//! all of them.

use super::field::{Field, FieldKind};
use super::kind::{CaseStage, CommandRow, ExecutionKind};
use super::labels::{field_label, word_label, words_of};
use super::parameters::MoneyParameters;
use super::registry::{AnyExecutionCase, ExecutionKindName, with_execution_kind};
use super::world::{CaseEntry, ExecutionWorld, Party};
use crate::cases::performance::shown::OfferedForm;
use crate::kernel::ids::CaseId;
use crate::kernel::people::{Office, Role};
use crate::kernel::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// A command this person may give, or why another person must.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedCommand {
    pub verb: String,
    pub label: String,
    /// It fills in the whole case: a new one, or one that was returned.
    pub opens: bool,
    /// The case waits for it, rather than merely allowing it.
    pub is_due: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
    pub fields: Vec<OfferedField>,
}

/// What a case allows and does not wait for.
const OPTIONAL: [&str; 28] = [
    "adjust",
    "adopt",
    "archive",
    "blob",
    "block",
    "bounce",
    "cancel",
    "change",
    "check",
    "close",
    "contest",
    "draw",
    "escalate",
    "extend",
    "fail",
    "finalize",
    "lift",
    "object",
    "reassign",
    "refund",
    "return",
    "reverse",
    "send_back",
    "set_aside",
    "supplement",
    "terminate",
    "unblock",
    "withdraw",
];

/// A field as the dialog asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedField {
    pub key: String,
    pub label: String,
    pub required: bool,
    pub input: FieldInput,
}

/// What a field takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FieldInput {
    Text {
        most: usize,
    },
    LongText {
        most: usize,
    },
    /// An amount in 元 or a number, as text.
    Number,
    /// A whole number, as a JSON number.
    Count {
        least: i64,
        most: i64,
    },
    Date,
    Flag,
    Choice {
        options: Vec<WordOption>,
    },
    /// Several of a list.
    Codes {
        options: Vec<WordOption>,
    },
    /// Several texts, one a line.
    Texts,
    /// The open parts of the kind's form.
    Form {
        form: OfferedForm,
    },
    Table {
        columns: Vec<OfferedField>,
    },
}

/// A word with what the screen says for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordOption {
    pub word: String,
    pub label: String,
}

impl OfferedField {
    fn of(kind: ExecutionKindName, field: &Field, parameters: &MoneyParameters) -> OfferedField {
        let options = || {
            let words = words_of(field, parameters).into_iter();
            words
                .map(|word| WordOption { word: word.to_string(), label: word_label(word).to_string() })
                .collect()
        };
        let input = match field.kind {
            FieldKind::Text(_, most) | FieldKind::Reason(most) if most > 200 => FieldInput::LongText { most },
            FieldKind::Text(_, most) | FieldKind::Reason(most) | FieldKind::Digits(_, most) => {
                FieldInput::Text { most }
            }
            FieldKind::Money
            | FieldKind::PositiveMoney
            | FieldKind::Number
            | FieldKind::PositiveNumber
            | FieldKind::Share
            | FieldKind::Percent => FieldInput::Number,
            FieldKind::Count(least, most) => FieldInput::Count { least, most },
            FieldKind::Date => FieldInput::Date,
            FieldKind::Choice(_) | FieldKind::Listed(_) => FieldInput::Choice { options: options() },
            FieldKind::Flag => FieldInput::Flag,
            FieldKind::Reference => FieldInput::Text { most: 80 },
            FieldKind::Id => FieldInput::Text { most: 40 },
            FieldKind::DocumentNumber | FieldKind::Phone | FieldKind::CreditCode => {
                FieldInput::Text { most: 60 }
            }
            FieldKind::Codes(_) => FieldInput::Codes { options: options() },
            FieldKind::Names | FieldKind::Hashes => FieldInput::Texts,
            FieldKind::Hash => FieldInput::Text { most: 64 },
            // Shown as the form it is typed into where the case is known.
            FieldKind::Document => FieldInput::LongText { most: 2000 },
            FieldKind::Table(columns) | FieldKind::Rows(columns) => FieldInput::Table {
                columns: columns.iter().map(|column| OfferedField::of(kind, column, parameters)).collect(),
            },
        };
        let (key, label) = (field.key.to_string(), field_label(kind, field.key).to_string());
        OfferedField { key, label, required: field.required, input }
    }
}

fn offered<S>(
    kind: ExecutionKindName,
    row: &CommandRow<S>,
    refusal: Option<Refusal>,
    parameters: &MoneyParameters,
) -> OfferedCommand {
    OfferedCommand {
        verb: row.verb.to_string(),
        label: row.label.to_string(),
        opens: row.opens,
        is_due: refusal.is_none() && !OPTIONAL.contains(&row.verb),
        refusal,
        fields: row.fields.iter().map(|field| OfferedField::of(kind, field, parameters)).collect(),
    }
}

impl ExecutionWorld {
    /// The commands this person has on a case in its stage; those another person must give carry the refusal.
    pub fn offered(&self, by: &Party, entry: &CaseEntry) -> Vec<OfferedCommand> {
        with_execution_kind!(entry.case.kind(), K => offered_of::<K>(self, by, entry))
    }

    /// The same, with the form as this person types into it now.
    pub fn offered_with_form(&self, by: &Party, id: &CaseId, entry: &CaseEntry) -> Vec<OfferedCommand> {
        let mut commands = self.offered(by, entry);
        let Some((form, content)) = entry.case.form() else { return commands };
        let judged = entry.case.judged(id, self);
        let open = with_execution_kind!(entry.case.kind(), K => {
            <&K>::try_from(&entry.case).map_or(&[][..], |case| case.open_parts(by))
        });
        for command in commands.iter_mut().filter(|command| command.verb == "fill") {
            for field in &mut command.fields {
                field.input =
                    FieldInput::Form { form: OfferedForm::of(form, content, open, judged.as_ref()) };
            }
        }
        commands
    }
}

fn offered_of<K>(world: &ExecutionWorld, by: &Party, entry: &CaseEntry) -> Vec<OfferedCommand>
where
    K: ExecutionKind,
    for<'a> &'a K: TryFrom<&'a AnyExecutionCase>,
{
    let Ok(case) = <&K>::try_from(&entry.case) else { return Vec::new() };
    let has = |row: &&CommandRow<K::Stage>| {
        let of_role =
            row.who.iter().any(|(role, stages)| *role == by.actor.role && stages.contains(&case.stage()));
        of_role && !row.unlisted && case.is_offered_to(row.verb, by)
    };
    let offer = |row: &CommandRow<K::Stage>| {
        let signed = row.differs_from.iter().filter_map(|verb| entry.signer(verb));
        let own = signed.into_iter().any(|person| person.involves(&by.actor.person));
        let says = format!("您已办理本件的前一环节，“{}”须由另一人办理。", row.label);
        let refusal = own.then(|| Refusal::new("authority.same_person", says));
        offered(entry.case.kind(), row, refusal, world.parameters())
    };
    K::COMMANDS.iter().filter(has).map(offer).collect()
}

impl ExecutionKindName {
    /// The command by which this person opens a case of the kind, if they may.
    pub fn opening(self, by: &Party, parameters: &MoneyParameters) -> Option<OfferedCommand> {
        with_execution_kind!(self, K => {
            let opens = |row: &&CommandRow<<K as ExecutionKind>::Stage>| {
                row.opens && !row.unlisted && row.who.iter().any(|(role, _)| *role == by.actor.role)
            };
            K::COMMANDS.iter().find(opens).map(|row| offered(self, row, None, parameters))
        })
    }

    /// What the screen calls a command of the kind by its word.
    pub fn command_label(self, verb: &str) -> Option<&'static str> {
        with_execution_kind!(self, K => K::COMMANDS.iter().find(|row| row.verb == verb).map(|row| row.label))
    }

    /// The words of the commands of the kind.
    pub fn verbs(self) -> Vec<&'static str> {
        with_execution_kind!(self, K => K::COMMANDS.iter().map(|row| row.verb).collect())
    }

    /// Every stage of the kind, its word with what the screen says.
    pub fn stages(self) -> Vec<(&'static str, &'static str)> {
        with_execution_kind!(self, K => {
            let stages = <<K as ExecutionKind>::Stage as CaseStage>::all();
            stages.into_iter().map(|stage| (stage.word(), stage.label())).collect()
        })
    }

    /// What the screen calls a stage of the kind by its word.
    pub fn stage_label(self, word: &str) -> Option<&'static str> {
        self.stages().into_iter().find(|(other, _)| *other == word).map(|(_, label)| label)
    }

    /// Whether a person of this role may see cases of the kind, or open one.
    pub fn is_for(self, role: Role) -> bool {
        with_execution_kind!(self, K => {
            let acts = K::COMMANDS.iter().flat_map(|row| row.who).any(|(who, _)| *who == role);
            acts || match role.office() {
                Office::Bureau | Office::Finance | Office::Audit => true,
                Office::Department => K::SEEN_BY_DEPARTMENT,
                Office::Outside => role == Role::Provider && K::SEEN_BY_PROVIDER,
                Office::Administration => false,
            }
        })
    }
}

#[cfg(test)]
mod tests;
