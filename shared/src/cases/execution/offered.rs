//! 可办事项: the commands of an execution case as a person is offered them, with what each carries, so that one dialog serves
//! all of them.

use super::body::LARGEST_NUMBER;
use super::field::{Field, FieldKind, YEARS};
use super::kind::{CaseStage, CommandRow, ExecutionKind};
use super::labels::{field_label, word_label, words_of};
use super::parameters::MoneyParameters;
use super::registry::{AnyExecutionCase, ExecutionKindName, with_execution_kind};
use super::survey::Survey;
use super::world::{CaseEntry, ExecutionWorld, Party};
use crate::cases::performance::shown::{self, OfferedForm};
use crate::engine::definition::{FieldKind as Takes, Measure};
use crate::kernel::money::Money;
use crate::kernel::people::{Office, Role};
use crate::kernel::refusal::Refusal;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A command this person may give, or why another person must.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedCommand {
    pub verb: String,
    pub label: String,
    /// Article of the command.
    pub article: u8,
    /// It fills in the whole case: a new one, or one that was returned.
    pub opens: bool,
    /// The case waits for it, rather than merely allowing it.
    pub is_due: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
    pub fields: Vec<OfferedField>,
    /// How it is filled in item by item on a narrow screen, where it carries the grades of several people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub survey: Option<Box<Survey>>,
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

/// What a field takes, and how it travels in the body of the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FieldInput {
    /// Travels as its text.
    Text {
        takes: Takes,
    },
    /// A whole number, as a JSON number.
    Count {
        least: i64,
        most: i64,
    },
    /// A year of four digits, as a JSON number.
    Year,
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
        form: Box<OfferedForm>,
    },
    Table {
        columns: Vec<OfferedField>,
    },
}

impl FieldInput {
    /// A text of so many characters; a paragraph where many are allowed.
    pub fn text(least: usize, most: usize) -> FieldInput {
        let length = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let lines = most > LONGEST_LINE;
        FieldInput::Text { takes: Takes::Text { shortest: length(least), longest: length(most), lines } }
    }

    /// A number of two decimals, at least 0, or above it.
    pub fn number(measure: Measure, above: bool, most: Option<Decimal>) -> FieldInput {
        FieldInput::Text { takes: Takes::Number { measure, least: Some(Decimal::ZERO), above, most } }
    }
}

/// Most characters that are typed into one line.
const LONGEST_LINE: usize = 200;

/// A word with what the screen says for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordOption {
    pub word: String,
    pub label: String,
}

impl OfferedField {
    pub(super) fn of(kind: ExecutionKindName, field: &Field, parameters: &MoneyParameters) -> OfferedField {
        let options = || {
            let words = words_of(field, parameters).into_iter();
            words
                .map(|word| WordOption { word: word.to_string(), label: word_label(word).to_string() })
                .collect()
        };
        let number = |measure, above, most| FieldInput::number(measure, above, Some(most));
        let input = match field.kind {
            FieldKind::Text(least, most) | FieldKind::Digits(least, most) => FieldInput::text(least, most),
            FieldKind::Reason(most) => FieldInput::text(parameters.reason_min, most),
            FieldKind::Money => number(Measure::Money, false, Money::LARGEST_FIELD.yuan()),
            FieldKind::PositiveMoney => number(Measure::Money, true, Money::LARGEST_FIELD.yuan()),
            FieldKind::Number => number(Measure::Plain, false, LARGEST_NUMBER),
            FieldKind::PositiveNumber => number(Measure::Plain, true, LARGEST_NUMBER),
            FieldKind::Share => number(Measure::Percent, true, Decimal::ONE_HUNDRED),
            FieldKind::Percent => number(Measure::Percent, false, Decimal::ONE_HUNDRED),
            FieldKind::Count(least, most) if (least, most) == YEARS => FieldInput::Year,
            FieldKind::Count(least, most) => FieldInput::Count { least, most },
            FieldKind::Date => FieldInput::Text { takes: Takes::Date },
            FieldKind::Choice(_) | FieldKind::Listed(_) => FieldInput::Choice { options: options() },
            FieldKind::Flag => FieldInput::Flag,
            FieldKind::Reference => FieldInput::text(1, 80),
            FieldKind::Id => FieldInput::text(1, 40),
            FieldKind::DocumentNumber => FieldInput::text(1, 60),
            FieldKind::Phone => FieldInput::Text { takes: Takes::Phone },
            FieldKind::CreditCode => FieldInput::Text { takes: Takes::CreditCode },
            FieldKind::Codes(_) => FieldInput::Codes { options: options() },
            FieldKind::Names | FieldKind::Hashes => FieldInput::Texts,
            FieldKind::Hash => FieldInput::text(64, 64),
            // Shown as the form it is typed into where the case is known.
            FieldKind::Document => FieldInput::text(0, 2000),
            FieldKind::Table(columns) | FieldKind::Rows(columns) => FieldInput::Table {
                columns: columns.iter().map(|column| OfferedField::of(kind, column, parameters)).collect(),
            },
        };
        let (key, label) = (field.key.to_string(), field_label(kind, field.key).to_string());
        OfferedField { key, label, required: field.required, input }
    }
}

fn offered<K: ExecutionKind>(
    kind: ExecutionKindName,
    row: &CommandRow<K::Stage>,
    refusal: Option<Refusal>,
    parameters: &MoneyParameters,
) -> OfferedCommand {
    OfferedCommand {
        verb: row.verb.to_string(),
        label: row.label.to_string(),
        article: row.article.unwrap_or(K::ARTICLE),
        opens: row.opens,
        is_due: refusal.is_none() && !OPTIONAL.contains(&row.verb),
        refusal,
        fields: row.fields.iter().map(|field| OfferedField::of(kind, field, parameters)).collect(),
        survey: K::survey(row.verb, parameters).map(Box::new),
    }
}

impl ExecutionWorld {
    /// The commands this person has on a case in its stage; those another person must give carry the refusal.
    pub fn offered(&self, by: &Party, entry: &CaseEntry) -> Vec<OfferedCommand> {
        with_execution_kind!(entry.case.kind(), K => offered_of::<K>(self, by, entry))
    }

    /// Whether one of these commands waits for this person.
    pub fn is_due(&self, by: &Party, entry: &CaseEntry) -> bool {
        with_execution_kind!(entry.case.kind(), K => due_of::<K>(by, entry))
    }

    /// The same, with the form as this person types into it now.
    pub fn offered_with_form(&self, by: &Party, entry: &CaseEntry) -> Vec<OfferedCommand> {
        let mut commands = self.offered(by, entry);
        let Some((form, content)) = entry.case.form() else { return commands };
        let Some(mut judging) = entry.case.judging(self) else { return commands };
        let lines = shown::lines(form, content, None, self.edition());
        let mut named = lines.clone();
        self.name_ids(entry, &mut named);
        judging.learn_names(&lines, &named);
        let open = with_execution_kind!(entry.case.kind(), K => {
            <&K>::try_from(&entry.case).map_or(&[][..], |case| case.open_parts(by))
        });
        for command in commands.iter_mut().filter(|command| command.verb == "fill") {
            for field in &mut command.fields {
                let form = OfferedForm::of(form, content, open, judging.clone());
                field.input = FieldInput::Form { form: Box::new(form) };
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
    let offer = |row: &CommandRow<K::Stage>| {
        let says = || format!("您已办理本件的前一环节，“{}”须由另一人办理。", row.label);
        let refusal = has_own_part(row, by, entry).then(|| Refusal::new("authority.same_person", says()));
        offered::<K>(entry.case.kind(), row, refusal, world.parameters())
    };
    K::COMMANDS.iter().filter(|row| is_open_to(*row, case, by)).map(offer).collect()
}

fn due_of<K>(by: &Party, entry: &CaseEntry) -> bool
where
    K: ExecutionKind,
    for<'a> &'a K: TryFrom<&'a AnyExecutionCase>,
{
    let Ok(case) = <&K>::try_from(&entry.case) else { return false };
    let mut open = K::COMMANDS.iter().filter(|row| is_open_to(*row, case, by));
    open.any(|row| !OPTIONAL.contains(&row.verb) && !has_own_part(row, by, entry))
}

/// Whether the role of this person has the command in the stage of the case.
fn is_open_to<K: ExecutionKind>(row: &CommandRow<K::Stage>, case: &K, by: &Party) -> bool {
    let mut who = row.who.iter();
    let of_role = who.any(|(role, stages)| *role == by.actor.role && stages.contains(&case.stage()));
    of_role && !row.unlisted && case.is_offered_to(row.verb, by)
}

/// Whether this person gave a command that another must have given.
fn has_own_part<S>(row: &CommandRow<S>, by: &Party, entry: &CaseEntry) -> bool {
    let mut signed = row.differs_from.iter().filter_map(|verb| entry.signer(verb));
    signed.any(|person| person.involves(&by.actor.person))
}

impl AnyExecutionCase {
    /// Whether the case waits for somebody, whoever that is.
    pub fn is_waiting(&self) -> bool {
        with_execution_kind!(self.kind(), K => <&K>::try_from(self).is_ok_and(waits))
    }
}

fn waits<K: ExecutionKind>(case: &K) -> bool {
    let mut commands = K::COMMANDS.iter().filter(|row| !row.unlisted && !OPTIONAL.contains(&row.verb));
    commands.any(|row| row.who.iter().any(|(_, stages)| stages.contains(&case.stage())))
}

impl ExecutionKindName {
    /// The command by which this person opens a case of the kind, if they may.
    pub fn opening(self, by: &Party, parameters: &MoneyParameters) -> Option<OfferedCommand> {
        with_execution_kind!(self, K => {
            let opens = |row: &&CommandRow<<K as ExecutionKind>::Stage>| {
                row.opens && !row.unlisted && row.who.iter().any(|(role, _)| *role == by.actor.role)
            };
            K::COMMANDS.iter().find(opens).map(|row| offered::<K>(self, row, None, parameters))
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
