//! 信息公开的办理: stages, commands and guards PUB-01 … PUB-10.

use crate::cases::oversight::field::{BodyField, BodyRule, CommandBody, refusal};
use crate::cases::oversight::judge::{CommandRule, OversightCase, Signers};
use crate::kernel::calendar::Date;
use crate::kernel::ids::PersonId;
use crate::kernel::people::{Actor, Office, Role};
use crate::kernel::refusal::Refusal;
use crate::kernel::words::words;
use crate::policy::written_reasons::LATE_PUBLICATION;
use serde::{Deserialize, Serialize};

words! {
    /// 信息公开的办理状态.
    PublicationStage {
        ToPrepare "to_prepare" "待整理",
        SecrecyReview "secrecy_review" "保密审查",
        SecrecyConfirm "secrecy_confirm" "待审定",
        Referred "referred" "提请确定密级",
        Ready "ready" "待发布",
        Published "published" "已公开",
        Withdrawn "withdrawn" "已撤下",
        ExemptProposed "exempt_proposed" "拟不予公开",
        Exempt "exempt" "不予公开",
    }
}

use PublicationStage as Stage;

/// What a publication is judged by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicationFacts {
    /// The office that publishes.
    pub office: Office,
    /// Hash of the public document.
    pub hash: String,
    /// Last day.
    #[serde(default)]
    pub due: Option<Date>,
    /// The trigger that has no date yet.
    #[serde(default)]
    pub waits_for: Option<String>,
    /// The source version is no longer the one in force.
    #[serde(default)]
    pub source_changed: bool,
    /// A classified element is left.
    #[serde(default)]
    pub secret_left: bool,
    /// A mark is not ticked.
    #[serde(default)]
    pub unticked: bool,
    /// A mark is kept without a reason.
    #[serde(default)]
    pub kept_without_reason: bool,
    /// A published figure lets a classified amount be worked out.
    #[serde(default)]
    pub reveals: bool,
    /// A page of a file is not ticked.
    #[serde(default)]
    pub page_unticked: bool,
}

/// 信息公开事项.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    stage: Stage,
    /// Version that is prepared or public, from 1.
    version: u32,
    facts: PublicationFacts,
    signers: Signers,
}

/// What happened to a publication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicationEvent {
    ReviewSubmitted { by: PersonId },
    SecrecyPassed { by: PersonId },
    SecrecyConfirmed { by: PersonId },
    Returned,
    Referred,
    ReferralAnswered { publish: bool },
    Published { on: Date },
    ExemptProposed { by: PersonId },
    ExemptConfirmed { by: PersonId },
    CorrectionBegun,
    Withdrawn,
}

const REVIEWER: &[Role] = &[Role::BureauReviewer, Role::FinanceReviewer];
const LEADER: &[Role] = &[Role::BureauLeader, Role::FinanceLeader];
const EITHER: &[Role] =
    &[Role::BureauReviewer, Role::BureauLeader, Role::FinanceReviewer, Role::FinanceLeader];
/// 不予公开的依据.
const EXEMPTIONS: &[&str] = &[
    "state_secret",
    "forbidden_by_law",
    "endangers_safety",
    "trade_secret",
    "privacy",
    "internal_affairs",
    "in_process",
];

const fn rule(
    word: &'static str,
    label: &'static str,
    from: &'static [Stage],
    roles: &'static [Role],
    fields: &'static [BodyRule],
) -> CommandRule<Stage> {
    CommandRule { word, label, from, roles, differs_from: &[], fields }
}

impl OversightCase for Publication {
    type Stage = Stage;
    type Facts = PublicationFacts;
    type Event = PublicationEvent;

    const ARTICLE: Option<u8> = Some(15);
    const RULES: &'static [CommandRule<Stage>] = &[
        rule("submit_review", "提请保密审查", &[Stage::ToPrepare], REVIEWER, &[]),
        CommandRule {
            differs_from: &["submit_review"],
            ..rule(
                "pass_secrecy",
                "审查通过",
                &[Stage::SecrecyReview],
                REVIEWER,
                &[BodyRule::required("opinion", "审查意见", BodyField::Text { least: 2, most: 500 })],
            )
        },
        CommandRule {
            differs_from: &["submit_review", "pass_secrecy"],
            ..rule("confirm_secrecy", "审定", &[Stage::SecrecyConfirm], LEADER, &[BodyRule::CONTENT_HASH])
        },
        rule("return", "退回", &[Stage::SecrecyReview, Stage::SecrecyConfirm], EITHER, &[BodyRule::REASON]),
        rule(
            "refer",
            "提请确定密级",
            &[Stage::ToPrepare, Stage::SecrecyReview, Stage::SecrecyConfirm],
            EITHER,
            &[BodyRule::REASON],
        ),
        rule(
            "answer_referral",
            "登记答复",
            &[Stage::Referred],
            LEADER,
            &[
                BodyRule::required("answer", "答复", BodyField::Choice(&["publish", "withhold"])),
                BodyRule::required("number", "文号", BodyField::DocumentNumber),
            ],
        ),
        rule(
            "publish",
            "公开",
            &[Stage::Ready],
            EITHER,
            &[
                BodyRule::optional("on", "公开日期", BodyField::Day),
                BodyRule::optional("late_reason", "逾期原因", BodyField::Text { least: 1, most: 500 }),
            ],
        ),
        rule(
            "propose_exempt",
            "拟不予公开",
            &[Stage::ToPrepare, Stage::SecrecyReview],
            REVIEWER,
            &[
                BodyRule::required("basis", "依据", BodyField::Choice(EXEMPTIONS)),
                BodyRule::required("reason", "理由", BodyField::Text { least: 20, most: 500 }),
            ],
        ),
        CommandRule {
            differs_from: &["propose_exempt"],
            ..rule("confirm_exempt", "同意不予公开", &[Stage::ExemptProposed], LEADER, &[])
        },
        rule("correct", "更正", &[Stage::Published, Stage::Withdrawn], REVIEWER, &[BodyRule::REASON]),
        rule("withdraw", "撤下", &[Stage::Published], LEADER, &[BodyRule::REASON]),
    ];

    /// Opened by effect, for the office responsible.
    fn open(_actor: &Actor, facts: PublicationFacts, _today: Date) -> Result<Publication, Refusal> {
        if facts.waits_for.is_some() {
            return Err(refused("PUB-02", "触发事项还没有日期，暂不产生公开任务"));
        }
        Ok(Publication { stage: Stage::ToPrepare, version: 1, facts, signers: Signers::new() })
    }

    fn stage(&self) -> Stage {
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
        body: &CommandBody,
        today: Date,
    ) -> Result<PublicationEvent, Refusal> {
        if actor.role.office() != self.facts.office {
            return Err(refused("PUB-01", "该事项由另一单位负责公开"));
        }
        let by = actor.person.clone();
        Ok(match command {
            "submit_review" => {
                self.facts.hold(&["PUB-03", "PUB-04"])?;
                PublicationEvent::ReviewSubmitted { by }
            }
            "pass_secrecy" => {
                self.facts.hold(&["PUB-03", "PUB-05", "PUB-06", "PUB-07", "PUB-08"])?;
                PublicationEvent::SecrecyPassed { by }
            }
            "confirm_secrecy" => {
                self.facts.hold(&["PUB-03", "PUB-05", "PUB-06", "PUB-07", "PUB-08"])?;
                if body.text("content_hash") != self.facts.hash {
                    return Err(refused("PUB-09", "内容与您所阅读的不一致，请重新打开阅读"));
                }
                PublicationEvent::SecrecyConfirmed { by }
            }
            "return" => PublicationEvent::Returned,
            "refer" => PublicationEvent::Referred,
            "answer_referral" => {
                PublicationEvent::ReferralAnswered { publish: body.text("answer") == "publish" }
            }
            "publish" => {
                self.facts.hold(&["PUB-03"])?;
                let on = body.day("on").unwrap_or(today);
                let late = self.facts.due.is_some_and(|due| on > due);
                let unexplained = body.text("late_reason").chars().count() < LATE_PUBLICATION;
                if on < today || (late && unexplained) {
                    let message = format!(
                        "公开日期不得早于今天；超过期限的，须写明逾期原因（不少于{LATE_PUBLICATION}字）"
                    );
                    return Err(refused("PUB-10", &message));
                }
                PublicationEvent::Published { on }
            }
            "propose_exempt" => PublicationEvent::ExemptProposed { by },
            "confirm_exempt" => PublicationEvent::ExemptConfirmed { by },
            "correct" => PublicationEvent::CorrectionBegun,
            _ => PublicationEvent::Withdrawn,
        })
    }

    fn evolve(mut self, event: PublicationEvent) -> Publication {
        self.stage = match event {
            PublicationEvent::ReviewSubmitted { by } => self.sign("submit_review", by, Stage::SecrecyReview),
            PublicationEvent::SecrecyPassed { by } => self.sign("pass_secrecy", by, Stage::SecrecyConfirm),
            PublicationEvent::SecrecyConfirmed { by } => self.sign("confirm_secrecy", by, Stage::Ready),
            PublicationEvent::ExemptProposed { by } => self.sign("propose_exempt", by, Stage::ExemptProposed),
            PublicationEvent::ExemptConfirmed { by } => self.sign("confirm_exempt", by, Stage::Exempt),
            PublicationEvent::Returned | PublicationEvent::ReferralAnswered { publish: true } => {
                self.prepare_anew()
            }
            PublicationEvent::CorrectionBegun => {
                self.version += 1;
                self.prepare_anew()
            }
            PublicationEvent::ReferralAnswered { publish: false } => Stage::Exempt,
            PublicationEvent::Referred => Stage::Referred,
            PublicationEvent::Published { .. } => Stage::Published,
            PublicationEvent::Withdrawn => Stage::Withdrawn,
        };
        self
    }
}

impl Publication {
    /// Version that is prepared or public.
    pub fn version(&self) -> u32 {
        self.version
    }

    fn sign(&mut self, command: &'static str, by: PersonId, stage: Stage) -> Stage {
        self.signers.insert(command, by);
        stage
    }

    /// Going back voids the signatures.
    fn prepare_anew(&mut self) -> Stage {
        self.signers.clear();
        Stage::ToPrepare
    }
}

impl PublicationFacts {
    /// Refuses by the first of the guards, which are asked in the order of their numbers.
    fn hold(&self, asked: &[&str]) -> Result<(), Refusal> {
        let unexplained = format!("保留的标记须写明理由（不少于{LATE_PUBLICATION}字），请补充");
        let guards = [
            ("PUB-03", self.source_changed, "来源已有新的版本，请重新整理"),
            ("PUB-04", self.secret_left, "仍含涉密内容，请移除后再提请审查"),
            ("PUB-05", self.unticked, "尚有脱敏标记未逐项核对，请核对"),
            ("PUB-06", self.kept_without_reason, unexplained.as_str()),
            ("PUB-07", self.reveals, "已公开的合计可推算出涉密金额，请调整公开粒度"),
            ("PUB-08", self.page_unticked, "文件尚有页面未核对，请逐页核对"),
        ];
        match guards.into_iter().find(|(code, broken, _)| *broken && asked.contains(code)) {
            Some((code, _, message)) => Err(refused(code, message)),
            None => Ok(()),
        }
    }
}

fn refused(code: &str, message: &str) -> Refusal {
    refusal(Publication::ARTICLE, code, message)
}
