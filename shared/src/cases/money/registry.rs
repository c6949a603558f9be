//! 资金案件登记: the kinds that move or judge money, one line each.

use super::execute::{Executed, execute};
use super::kind::{CaseStage, MoneyKind, Subject};
use super::world::{MoneyWorld, Sent};
use crate::cases::performance::judgement::Judgement;
use crate::cases::{
    acceptance, advance, allocation, application, assessment, change_of_use, clearing, contract, correction,
    ex_ante, key_evaluation, monitoring, payment, procurement, provider, sanction, self_evaluation,
    settlement, site_visit, user_evaluation, year_close,
};
use crate::kernel::calendar::Date;
use crate::kernel::ids::CaseId;
use crate::kernel::refusal::Refusal;
use crate::kernel::words::words;
use serde_json::Value;

/// Lists the kinds: variant, type, word on the wire, official name.
macro_rules! money_kinds {
    ($($(#[$doc:meta])* $kind:ident($case:ty) $word:literal $label:literal;)+) => {
        words! {
            /// 资金案件种类.
            MoneyKindName { $($(#[$doc])* $kind $word $label),+ }
        }

        /// A case of whatever money kind.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum AnyMoneyCase { $($kind(Box<$case>)),+ }

        $(impl From<$case> for AnyMoneyCase {
            fn from(case: $case) -> AnyMoneyCase {
                AnyMoneyCase::$kind(Box::new(case))
            }
        }

        impl<'a> TryFrom<&'a AnyMoneyCase> for &'a $case {
            type Error = MoneyKindName;

            /// The case inside, or the kind it is of instead.
            fn try_from(any: &'a AnyMoneyCase) -> Result<&'a $case, MoneyKindName> {
                match any {
                    AnyMoneyCase::$kind(case) => Ok(case),
                    other => Err(other.kind()),
                }
            }
        })+

        impl AnyMoneyCase {
            pub fn kind(&self) -> MoneyKindName {
                match self { $(AnyMoneyCase::$kind(_) => MoneyKindName::$kind),+ }
            }

            /// Word of the stage.
            pub fn stage(&self) -> &'static str {
                match self { $(AnyMoneyCase::$kind(case) => CaseStage::word(case.stage())),+ }
            }

            /// What `case(ID)` answers.
            pub fn summary(&self, id: &CaseId, world: &MoneyWorld) -> Value {
                match self { $(AnyMoneyCase::$kind(case) => case.summary(id, world)),+ }
            }

            /// Computed cells and findings of the kind's form, where it has one.
            pub fn judged(&self, id: &CaseId, world: &MoneyWorld) -> Option<Judgement> {
                match self { $(AnyMoneyCase::$kind(case) => case.judged(id, world)),+ }
            }

            /// Day the case waits for somebody until, while it does.
            pub fn due(&self, world: &MoneyWorld) -> Option<Date> {
                match self { $(AnyMoneyCase::$kind(case) => case.due(world)),+ }
            }

            pub fn subject(&self) -> Subject<'_> {
                match self { $(AnyMoneyCase::$kind(case) => case.subject()),+ }
            }
        }

        impl MoneyKindName {
            /// Whether the kind has this command.
            pub fn has_command(self, verb: &str) -> bool {
                match self {
                    $(MoneyKindName::$kind => <$case>::COMMANDS.iter().any(|row| row.verb == verb)),+
                }
            }

            /// Who must differ from whom: each command with the commands whose signer it must differ from.
            pub fn second_persons(self) -> Vec<(&'static str, &'static [&'static str])> {
                match self {
                    $(MoneyKindName::$kind => {
                        <$case>::COMMANDS.iter().map(|row| (row.verb, row.differs_from)).collect()
                    })+
                }
            }

            /// Judges one command and carries it out; the stage it leads to.
            ///
            /// # Errors
            /// The first rule it breaks; the world is as before then.
            pub fn execute(self, world: &mut MoneyWorld, sent: &Sent) -> Result<Executed, Refusal> {
                match self { $(MoneyKindName::$kind => execute::<$case>(world, sent)),+ }
            }
        }
    };
}

money_kinds! {
    /// 批复资金 (money.md § 4.1).
    Request(allocation::Allocation) "request" "批复资金";
    /// 运维服务单位 (money.md § 4.2).
    Provider(provider::Provider) "provider" "运维服务单位";
    /// 预拨申请 (money.md § 4.3).
    Advance(advance::Advance) "advance" "预拨申请";
    /// 采购包 (money.md § 4.4).
    Procurement(procurement::Procurement) "procurement" "采购包";
    /// 合同 (money.md § 4.5).
    Contract(contract::Contract) "contract" "合同";
    /// 拨付 (money.md § 4.6).
    Payment(payment::Payment) "payment" "拨付";
    /// 验收 (money.md § 4.7).
    Acceptance(acceptance::Acceptance) "acceptance" "验收";
    /// 服务单位考核 (money.md § 4.8).
    Assessment(assessment::Assessment) "assessment" "服务单位考核";
    /// 用户评价 (money.md § 4.9).
    UserEvaluation(user_evaluation::UserEvaluation) "user_evaluation" "用户评价";
    /// 结算评审 (money.md § 4.10).
    Settlement(settlement::Settlement) "settlement" "结算评审";
    /// 清算 (money.md § 4.11).
    Clearing(clearing::Clearing) "clearing" "清算";
    /// 年度关账 (money.md § 4.12).
    YearClose(year_close::YearClose) "year_close" "年度关账";
    /// 变更用途、追减 (money.md § 4.13).
    ChangeOfUse(change_of_use::ChangeOfUse) "change_of_use" "变更用途";
    /// 处理处分 (money.md § 4.14).
    Sanction(sanction::Sanction) "sanction" "处理处分";
    /// 事前绩效评估 (Art. 10).
    ExAnte(ex_ante::ExAnte) "ex_ante" "事前绩效评估";
    /// 绩效监控 (Art. 12).
    Monitoring(monitoring::Monitoring) "monitoring" "绩效监控";
    /// 整改 (Art. 12, 17).
    Correction(correction::Correction) "correction" "整改";
    /// 绩效自评 (Art. 13).
    SelfEvaluation(self_evaluation::SelfEvaluation) "self_evaluation" "绩效自评";
    /// 重点评价 (Art. 13).
    KeyEvaluation(key_evaluation::KeyEvaluation) "key_evaluation" "重点评价";
    /// 现场评价 (Art. 13).
    SiteVisit(site_visit::SiteVisit) "site_visit" "现场评价";
    /// 结果应用 (Art. 14).
    Application(application::Application) "application" "结果应用";
}

impl MoneyKindName {
    /// The kind of this word on the wire.
    pub fn from_word(word: &str) -> Option<MoneyKindName> {
        MoneyKindName::ALL.into_iter().find(|kind| kind.word() == word)
    }
}
