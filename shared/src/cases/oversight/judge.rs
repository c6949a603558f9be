//! 办理判断: the order in which a command is judged before its kind's own guards: role, stage, second person, body.

use super::field::{BodyRule, CommandBody, refusal};
use crate::cases::execution::body::fields_of;
use crate::kernel::calendar::Date;
use crate::kernel::ids::PersonId;
use crate::kernel::people::{Actor, Role};
use crate::kernel::refusal::Refusal;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;

/// 权限 of one command.
#[derive(Clone, Copy, Debug)]
pub struct CommandRule<S: 'static> {
    pub word: &'static str,
    pub label: &'static str,
    pub from: &'static [S],
    pub roles: &'static [Role],
    /// Commands whose signers this one's must differ from.
    pub differs_from: &'static [&'static str],
    pub fields: &'static [BodyRule],
}

/// Who signed which command of a case last.
pub type Signers = BTreeMap<&'static str, PersonId>;

/// A kind of case that watches the others.
pub trait OversightCase: Sized {
    type Stage: Copy + PartialEq + 'static;
    /// What the kind knows of the rest of the world.
    type Facts: DeserializeOwned;
    /// What happened.
    type Event;

    /// 依据条款 of every refusal.
    const ARTICLE: Option<u8>;
    const RULES: &'static [CommandRule<Self::Stage>];

    /// A new case.
    fn open(actor: &Actor, facts: Self::Facts, today: Date) -> Result<Self, Refusal>;
    fn stage(&self) -> Self::Stage;
    /// The stage's word on the wire.
    fn stage_word(&self) -> &'static str;
    fn signers(&self) -> &Signers;

    /// Roles that have the command in this case.
    fn roles(&self, rule: &CommandRule<Self::Stage>) -> Vec<Role> {
        rule.roles.to_vec()
    }

    /// The guards, and what the command leads to.
    fn decide(
        &self,
        actor: &Actor,
        command: &'static str,
        body: &CommandBody,
        today: Date,
    ) -> Result<Self::Event, Refusal>;

    /// The case after the event.
    fn evolve(self, event: Self::Event) -> Self;
}

/// Judges a command; the event it leads to.
pub fn judge<K: OversightCase>(
    case: &K,
    actor: &Actor,
    command: &str,
    with: &Value,
    today: Date,
) -> Result<K::Event, Refusal> {
    let rule = K::RULES.iter().find(|rule| rule.word == command);
    let rule =
        rule.ok_or_else(|| Refusal::new("command.unknown", format!("没有“{command}”这一办理事项。")))?;
    let roles = case.roles(rule);
    if !roles.contains(&actor.role) {
        let labels: Vec<&str> = roles.iter().map(|role| role.label()).collect();
        let message =
            format!("“{}”不由{}办理，请由{}办理。", rule.label, actor.role.label(), labels.join("、"));
        return Err(Refusal::new("authority.role", message));
    }
    if !rule.from.contains(&case.stage()) {
        let message = format!("案卷现在的状态不能“{}”，请刷新页面查看", rule.label);
        return Err(refusal(K::ARTICLE, "authority.stage", message));
    }
    let earlier = rule.differs_from.iter().filter_map(|command| case.signers().get(command));
    if earlier.into_iter().any(|person| person.involves(&actor.person)) {
        let message = format!("您已办理本件的前一环节，“{}”须由另一人办理。", rule.label);
        return Err(Refusal::new("authority.same_person", message));
    }
    let body = CommandBody::read(rule.fields, &fields_of(with)?, K::ARTICLE)?;
    case.decide(actor, rule.word, &body, today)
}
