//! 政策版本的办理: stages, commands and guards EDN-01 … EDN-16 of a change of the register.

use crate::cases::oversight::field::{BodyField, BodyRule, CommandBody, refusal};
use crate::cases::oversight::judge::{CommandRule, OversightCase, Signers};
use crate::kernel::calendar::Date;
use crate::kernel::ids::PersonId;
use crate::kernel::people::{Actor, Role};
use crate::kernel::refusal::Refusal;
use crate::kernel::words::words;
use serde::{Deserialize, Serialize};

words! {
    /// 政策版本的办理状态.
    EditionStage {
        Draft "draft" "拟订中",
        Proposed "proposed" "待复核",
        InForce "in_force" "已启用",
        Withdrawn "withdrawn" "已作废",
    }
}

words! {
    /// 变更种类.
    RegisterChange {
        New "new" "新版本",
        Revision "revision" "修订",
        Extension "extension" "延续",
        Calendar "calendar" "工作日历",
    }
}

/// Groups of parameters that requests of an approved year were judged by.
const REQUEST_GROUPS: [&str; 4] = ["year", "request", "targets", "ex_ante"];

/// What a change is judged by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditionFacts {
    pub change: RegisterChange,
    /// Hash of the draft.
    pub hash: String,
    /// Years with frozen versions.
    #[serde(default)]
    pub years_frozen: Vec<i32>,
    /// Years whose approvals are issued.
    #[serde(default)]
    pub years_approved: Vec<i32>,
    /// Hash of the draft that was run dry for the latest frozen year.
    #[serde(default)]
    pub dry_run: Option<String>,
    #[serde(default)]
    pub from_year: Option<i32>,
    /// Groups of the parameters that change.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Laws the draft breaks.
    #[serde(default)]
    pub inconsistent: Vec<String>,
    /// Nothing differs from the base.
    #[serde(default)]
    pub unchanged: bool,
    /// The id is taken, the base unknown, or the revision not the next.
    #[serde(default)]
    pub taken: bool,
    /// The edition whose force begins on the same day.
    #[serde(default)]
    pub begins_with: Option<String>,
    /// Parts of the file that this sort of change must not touch.
    #[serde(default)]
    pub exceeds: Vec<String>,
    /// Another change of the edition is open.
    #[serde(default)]
    pub other_open: bool,
    /// People who typed in the draft.
    #[serde(default)]
    pub typed_by: Vec<PersonId>,
}

/// 政策版本变更.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditionChange {
    stage: EditionStage,
    facts: EditionFacts,
    signers: Signers,
}

/// What happened to a change of the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditionEvent {
    DryRun { hash: String },
    Proposed { by: PersonId },
    Returned,
    Confirmed { by: PersonId },
    Dropped,
}

const DRAFTER: &[Role] = &[Role::SecurityAdministrator];
const CONFIRMER: &[Role] = &[Role::FinanceLeader];

const fn rule(
    word: &'static str,
    label: &'static str,
    from: &'static [EditionStage],
    roles: &'static [Role],
    fields: &'static [BodyRule],
) -> CommandRule<EditionStage> {
    CommandRule { word, label, from, roles, differs_from: &[], fields }
}

impl OversightCase for EditionChange {
    type Stage = EditionStage;
    type Facts = EditionFacts;
    type Event = EditionEvent;

    const ARTICLE: Option<u8> = Some(18);
    const RULES: &'static [CommandRule<EditionStage>] = &[
        rule(
            "dry_run",
            "试算",
            &[EditionStage::Draft, EditionStage::Proposed],
            &[Role::SecurityAdministrator, Role::FinanceLeader, Role::BureauLeader],
            &[BodyRule::required("year", "年度", BodyField::Year)],
        ),
        rule("propose", "提请复核", &[EditionStage::Draft], DRAFTER, &[BodyRule::REASON]),
        rule("return", "退回", &[EditionStage::Proposed], CONFIRMER, &[BodyRule::REASON]),
        CommandRule {
            differs_from: &["open", "propose"],
            ..rule("confirm", "启用", &[EditionStage::Proposed], CONFIRMER, &[BodyRule::CONTENT_HASH])
        },
        rule("drop", "作废", &[EditionStage::Draft], DRAFTER, &[]),
    ];

    fn open(actor: &Actor, facts: EditionFacts, _today: Date) -> Result<EditionChange, Refusal> {
        if !DRAFTER.contains(&actor.role) {
            let message = format!("政策版本不由{}拟订，请由安全管理员拟订。", actor.role.label());
            return Err(Refusal::new("authority.role", message));
        }
        if facts.other_open {
            return Err(refused("EDN-16", "该版本另有一项变更尚未办结，请先办结或作废它"));
        }
        let signers = [("open", actor.person.clone())].into_iter().collect();
        Ok(EditionChange { stage: EditionStage::Draft, facts, signers })
    }

    fn stage(&self) -> EditionStage {
        self.stage
    }

    fn stage_word(&self) -> &'static str {
        self.stage.word()
    }

    fn signers(&self) -> &Signers {
        &self.signers
    }

    /// A calendar may be confirmed by the bureau as well.
    fn roles(&self, rule: &CommandRule<EditionStage>) -> Vec<Role> {
        let bureau_too =
            self.facts.change == RegisterChange::Calendar && matches!(rule.word, "return" | "confirm");
        let bureau = bureau_too.then_some(Role::BureauLeader);
        rule.roles.iter().copied().chain(bureau).collect()
    }

    fn decide(
        &self,
        actor: &Actor,
        command: &'static str,
        body: &CommandBody,
        _today: Date,
    ) -> Result<EditionEvent, Refusal> {
        let by = actor.person.clone();
        Ok(match command {
            "dry_run" => {
                let latest = self.facts.years_frozen.iter().max().copied().map(i64::from);
                let hash = if latest.is_none_or(|latest| body.year("year") == Some(latest)) {
                    self.facts.hash.clone()
                } else {
                    self.facts.dry_run.clone().unwrap_or_default()
                };
                EditionEvent::DryRun { hash }
            }
            "propose" => {
                self.facts.may_propose()?;
                EditionEvent::Proposed { by }
            }
            "return" => EditionEvent::Returned,
            "confirm" => {
                if self.facts.typed_by.iter().any(|typist| typist.involves(&by)) {
                    return Err(refused("EDN-06", "您在本稿中填写过内容，请由另一位负责人启用"));
                }
                if body.text("content_hash") != self.facts.hash {
                    return Err(refused("EDN-07", "内容与您所阅读的不一致，请重新打开阅读"));
                }
                EditionEvent::Confirmed { by }
            }
            _ => EditionEvent::Dropped,
        })
    }

    fn evolve(mut self, event: EditionEvent) -> EditionChange {
        match event {
            EditionEvent::DryRun { hash } => self.facts.dry_run = Some(hash),
            EditionEvent::Proposed { by } => {
                self.signers.insert("propose", by);
                self.stage = EditionStage::Proposed;
            }
            EditionEvent::Returned => self.stage = EditionStage::Draft,
            EditionEvent::Confirmed { by } => {
                self.signers.insert("confirm", by);
                self.stage = EditionStage::InForce;
            }
            EditionEvent::Dropped => self.stage = EditionStage::Withdrawn,
        }
        self
    }
}

impl RegisterChange {
    /// Whether it may change parameters.
    pub fn has_numbers(self) -> bool {
        matches!(self, RegisterChange::New | RegisterChange::Revision)
    }
}

impl EditionFacts {
    /// Facts of a draft about which nothing is known yet.
    pub fn unjudged(change: RegisterChange) -> EditionFacts {
        EditionFacts {
            change,
            hash: String::new(),
            years_frozen: Vec::new(),
            years_approved: Vec::new(),
            dry_run: None,
            from_year: None,
            groups: Vec::new(),
            inconsistent: Vec::new(),
            unchanged: false,
            taken: false,
            begins_with: None,
            exceeds: Vec::new(),
            other_open: false,
            typed_by: Vec::new(),
        }
    }

    /// The guards of `propose`, in the order of their numbers.
    pub(super) fn may_propose(&self) -> Result<(), Refusal> {
        let unrun = !self.years_frozen.is_empty() && self.dry_run.as_ref() != Some(&self.hash);
        let approved = self.years_approved.iter().any(|year| self.from_year.is_none_or(|from| *year >= from));
        let of_request = self.groups.iter().any(|group| REQUEST_GROUPS.contains(&group.as_str()));
        let guards = [
            ("EDN-01", self.taken, "版本编号已被使用、所据版本不存在或修订号不连续，请改正"),
            ("EDN-03", self.begins_with.is_some(), "另一版本的效力自同一天开始，请改正起始日期"),
            ("EDN-08", !self.inconsistent.is_empty(), "参数之间不一致，请按页面所列改正"),
            ("EDN-09", self.change.has_numbers() && unrun, "尚未以本稿对最近一个已报送年度试算，请先试算"),
            (
                "EDN-13",
                self.change == RegisterChange::Revision && of_request && approved,
                "所改参数涉及已下达批复的年度，请改为自以后年度起执行",
            ),
            ("EDN-14", !self.exceeds.is_empty(), "本类变更不得改动其他部分，请撤去这些改动或另行办理"),
            ("EDN-15", self.unchanged, "与所据版本没有差别，无须办理"),
        ];
        match guards.into_iter().find(|(_, broken, _)| *broken) {
            Some((code, _, message)) => Err(refused(code, message)),
            None => Ok(()),
        }
    }
}

/// A refusal of the guards, under Art. 18.
pub(super) fn refused(code: &str, message: &str) -> Refusal {
    refusal(EditionChange::ARTICLE, code, message)
}
