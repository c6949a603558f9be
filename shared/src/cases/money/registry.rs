//! 资金案件登记: the kinds that move or judge money, one line each.

use super::execute::execute;
use super::kind::{CaseStage, MoneyKind, Subject};
use super::world::{MoneyWorld, Sent};
use crate::kernel::refusal::Refusal;
use crate::kernel::words::words;
use serde_json::Value;

/// Lists the kinds: variant, type, word on the wire, official name.
macro_rules! money_kinds {
    ($dollar:tt $($(#[$doc:meta])* $kind:ident($case:ty) $word:literal $label:literal;)+) => {
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
            pub fn execute(self, world: &mut MoneyWorld, sent: &Sent) -> Result<&'static str, Refusal> {
                match self { $(MoneyKindName::$kind => execute::<$case>(world, sent)),+ }
            }
        }

        /// `with_money_kind!(kind, Case => expression)`: evaluates the expression with the type of the kind as `Case`.
        macro_rules! with_money_kind {
            ($dollar kind:expr, $dollar case:ident => $dollar body:expr) => {
                match $dollar kind {
                    $($crate::cases::money::registry::MoneyKindName::$kind => {
                        type $dollar case = $case;
                        $dollar body
                    }),+
                }
            };
        }

        impl AnyMoneyCase {
            /// Reads a stored case of this kind.
            ///
            /// # Errors
            /// The body is not the JSON of such a case.
            pub fn read(kind: MoneyKindName, body: Value) -> serde_json::Result<AnyMoneyCase> {
                Ok(match kind {
                    $(MoneyKindName::$kind => AnyMoneyCase::$kind(Box::new(serde_json::from_value(body)?))),+
                })
            }

            /// The case as it is stored.
            ///
            /// # Errors
            /// The state cannot be written as JSON, which only a defect of its type can cause.
            pub fn body(&self) -> serde_json::Result<Value> {
                match self { $(AnyMoneyCase::$kind(case) => serde_json::to_value(case)),+ }
            }

            /// What the screen calls the stage.
            pub fn stage_label(&self) -> &'static str {
                match self { $(AnyMoneyCase::$kind(case) => CaseStage::label(case.stage())),+ }
            }
        }
    };
}

money_kinds! { $
    /// 批复资金 (money.md § 4.1).
    Request(crate::cases::allocation::Allocation) "request" "批复资金";
    /// 运维服务单位 (money.md § 4.2).
    Provider(crate::cases::provider::Provider) "provider" "运维服务单位";
    /// 预拨申请 (money.md § 4.3).
    Advance(crate::cases::advance::Advance) "advance" "预拨申请";
    /// 采购包 (money.md § 4.4).
    Procurement(crate::cases::procurement::Procurement) "procurement" "采购包";
    /// 合同 (money.md § 4.5).
    Contract(crate::cases::contract::Contract) "contract" "合同";
    /// 拨付 (money.md § 4.6).
    Payment(crate::cases::payment::Payment) "payment" "拨付";
    /// 验收 (money.md § 4.7).
    Acceptance(crate::cases::acceptance::Acceptance) "acceptance" "验收";
    /// 服务单位考核 (money.md § 4.8).
    Assessment(crate::cases::assessment::Assessment) "assessment" "服务单位考核";
    /// 用户评价 (money.md § 4.9).
    UserEvaluation(crate::cases::user_evaluation::UserEvaluation) "user_evaluation" "用户评价";
    /// 结算评审 (money.md § 4.10).
    Settlement(crate::cases::settlement::Settlement) "settlement" "结算评审";
    /// 清算 (money.md § 4.11).
    Clearing(crate::cases::clearing::Clearing) "clearing" "清算";
    /// 年度关账 (money.md § 4.12).
    YearClose(crate::cases::year_close::YearClose) "year_close" "年度关账";
    /// 变更用途、追减 (money.md § 4.13).
    ChangeOfUse(crate::cases::change_of_use::ChangeOfUse) "change_of_use" "变更用途";
    /// 处理处分 (money.md § 4.14).
    Sanction(crate::cases::sanction::Sanction) "sanction" "处理处分";
}

impl MoneyKindName {
    /// The kind of this word on the wire.
    pub fn from_word(word: &str) -> Option<MoneyKindName> {
        MoneyKindName::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

pub(crate) use with_money_kind;
