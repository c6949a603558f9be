//! 账号事项的办理: asking, agreeing, declining, and their guards ACT-05 … ACT-10.

use crate::cases::oversight::field::{BodyRule, CommandBody, refusal};
use crate::cases::oversight::judge::{CommandRule, OversightCase, Signers};
use crate::kernel::calendar::Date;
use crate::kernel::ids::PersonId;
use crate::kernel::people::{Actor, Role};
use crate::kernel::refusal::Refusal;
use crate::kernel::words::words;
use serde::{Deserialize, Serialize};

words! {
    /// 账号事项的办理状态.
    AccountOrderStage {
        Asked "asked" "待同意",
        Done "done" "已办结",
        Refused "refused" "不同意",
    }
}

words! {
    /// 账号事项.
    OrderedAct {
        GrantPost "grant_post" "授予岗位",
        ChangePost "change_post" "变更岗位",
        EndPost "end_post" "终止岗位",
        Enable "enable" "启用账号",
        Disable "disable" "停用账号",
        ResetPassword "reset_password" "重置口令",
        ResetSecondFactor "reset_second_factor" "重置动态口令",
        LinkSubject "link_subject" "绑定单点登录",
        Import "import" "批量导入",
        Departments "departments" "部门调整",
        Profile "profile" "口令策略",
    }
}

/// Days after which an order that nobody agreed to lapses.
const LAPSES_AFTER_DAYS: i64 = 3;
const ADMINISTRATORS: &[Role] =
    &[Role::SystemAdministrator, Role::SecurityAdministrator, Role::AuditAdministrator];

/// What an order is about and judged by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountOrderFacts {
    pub what: OrderedAct,
    /// The post that is given, changed or ended.
    #[serde(default)]
    pub post: Option<Role>,
    /// The person concerned; none for departments and the profile.
    #[serde(default)]
    pub target: Option<PersonId>,
    /// Post of that person, if one of the three administrators.
    #[serde(default)]
    pub target_role: Option<Role>,
    /// The post is not compatible with those the person has.
    #[serde(default)]
    pub conflict: bool,
    /// The person is the last active holder of one of the three.
    #[serde(default)]
    pub last_of_role: bool,
    /// All three administrators have been active.
    #[serde(default = "yes")]
    pub setup_over: bool,
}

fn yes() -> bool {
    true
}

/// 账号事项.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountOrder {
    stage: AccountOrderStage,
    facts: AccountOrderFacts,
    asked_on: Date,
    asked_as: Role,
    signers: Signers,
}

/// What happened to an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountOrderEvent {
    Agreed { by: PersonId },
    Declined { by: PersonId },
}

impl OversightCase for AccountOrder {
    type Stage = AccountOrderStage;
    type Facts = AccountOrderFacts;
    type Event = AccountOrderEvent;

    const ARTICLE: Option<u8> = None;
    const RULES: &'static [CommandRule<AccountOrderStage>] = &[
        CommandRule {
            word: "agree",
            label: "同意",
            from: &[AccountOrderStage::Asked],
            roles: ADMINISTRATORS,
            differs_from: &["open"],
            fields: &[],
        },
        CommandRule {
            word: "decline",
            label: "不同意",
            from: &[AccountOrderStage::Asked],
            roles: ADMINISTRATORS,
            differs_from: &[],
            fields: &[BodyRule::REASON],
        },
    ];

    fn open(actor: &Actor, facts: AccountOrderFacts, today: Date) -> Result<AccountOrder, Refusal> {
        let about_three = facts.is_about_administrators();
        let may =
            ADMINISTRATORS.contains(&actor.role) && (about_three || actor.role != Role::AuditAdministrator);
        if !may {
            let who = if about_three { "三员" } else { "系统管理员或安全管理员" };
            let message = format!("账号事项不由{}提出，请由{who}提出。", actor.role.label());
            return Err(Refusal::new("authority.role", message));
        }
        let guards = [
            ("ACT-06", facts.concerns(&actor.person), "不能办理本人的账号事项，请由其他管理员提出"),
            ("ACT-08", facts.conflict, "与该人员已任岗位不相容，请另行指定人员"),
            ("ACT-09", facts.last_of_role, "该人员是最后一位在任的管理员，请先授予继任者"),
            ("ACT-10", !facts.setup_over && !about_three, "三员尚未全部启用，此前只能办理三员的账号"),
        ];
        if let Some((code, _, message)) = guards.into_iter().find(|(_, broken, _)| *broken) {
            return Err(refused(code, message));
        }
        let signers = [("open", actor.person.clone())].into_iter().collect();
        let stage = AccountOrderStage::Asked;
        Ok(AccountOrder { stage, facts, asked_on: today, asked_as: actor.role, signers })
    }

    fn stage(&self) -> AccountOrderStage {
        self.stage
    }

    fn stage_word(&self) -> &'static str {
        self.stage.word()
    }

    fn signers(&self) -> &Signers {
        &self.signers
    }

    fn decide(
        &self,
        actor: &Actor,
        command: &'static str,
        _body: &CommandBody,
        today: Date,
    ) -> Result<AccountOrderEvent, Refusal> {
        let by = actor.person.clone();
        if command == "decline" {
            return Ok(AccountOrderEvent::Declined { by });
        }
        let outsider = actor.role == Role::AuditAdministrator && !self.facts.is_about_administrators();
        let guards = [
            ("ACT-05", actor.role == self.asked_as || outsider, "须由另一岗位的管理员同意"),
            ("ACT-06", self.facts.concerns(&by), "不能办理本人的账号事项，请由其他管理员同意"),
            (
                "ACT-07",
                AccountOrder::is_lapsed(self.asked_on, today),
                "该事项超过3天未办理，已失效，请重新提出",
            ),
        ];
        match guards.into_iter().find(|(_, broken, _)| *broken) {
            Some((code, _, message)) => Err(refused(code, message)),
            None => Ok(AccountOrderEvent::Agreed { by }),
        }
    }

    fn evolve(mut self, event: AccountOrderEvent) -> AccountOrder {
        let (command, by, stage) = match event {
            AccountOrderEvent::Agreed { by } => ("agree", by, AccountOrderStage::Done),
            AccountOrderEvent::Declined { by } => ("decline", by, AccountOrderStage::Refused),
        };
        self.signers.insert(command, by);
        self.stage = stage;
        self
    }
}

impl AccountOrder {
    /// Whether an order of that day has lapsed.
    pub fn is_lapsed(asked_on: Date, today: Date) -> bool {
        asked_on.days_until(today) > LAPSES_AFTER_DAYS
    }
}

impl AccountOrderFacts {
    /// Whether the order is about this person, who may act through a deputy.
    fn concerns(&self, person: &PersonId) -> bool {
        self.target.as_ref().is_some_and(|target| target.involves(person))
    }

    /// Whether one of the three administrators is given, changed or concerned.
    fn is_about_administrators(&self) -> bool {
        let roles = self.post.iter().chain(&self.target_role);
        roles.into_iter().any(|role| ADMINISTRATORS.contains(role))
    }
}

fn refused(code: &str, message: &str) -> Refusal {
    refusal(AccountOrder::ARTICLE, code, message)
}
