//! 执行案件登记: the kinds that move money or judge performance, one line each.

use super::execute::{Executed, execute};
use super::kind::{CaseStage, ExecutionKind, Subject};
use super::world::{ExecutionWorld, Party, Sent};
use crate::cases::kernel::{CellValue, Column};
use crate::cases::performance::content::Content;
use crate::cases::performance::form::Form;
use crate::cases::performance::judgement::{JudgeForm, Judgement};
use crate::cases::performance::live::FormJudging;
use crate::kernel::calendar::Date;
use crate::kernel::ids::CaseId;
use crate::kernel::refusal::Refusal;
use crate::kernel::words::words;
use serde_json::Value;

/// Lists the kinds: variant, type, word on the wire, official name.
macro_rules! execution_kinds {
    ($dollar:tt $($(#[$doc:meta])* $kind:ident($case:ty) $word:literal $label:literal;)+) => {
        words! {
            /// 执行案件种类.
            ExecutionKindName { $($(#[$doc])* $kind $word $label),+ }
        }

        /// A case of whatever execution kind.
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
        #[serde(untagged)]
        pub enum AnyExecutionCase { $($kind(Box<$case>)),+ }

        $(impl From<$case> for AnyExecutionCase {
            fn from(case: $case) -> AnyExecutionCase {
                AnyExecutionCase::$kind(Box::new(case))
            }
        }

        impl<'a> TryFrom<&'a AnyExecutionCase> for &'a $case {
            type Error = ExecutionKindName;

            /// The case inside, or the kind it is of instead.
            fn try_from(any: &'a AnyExecutionCase) -> Result<&'a $case, ExecutionKindName> {
                match any {
                    AnyExecutionCase::$kind(case) => Ok(case),
                    other => Err(other.kind()),
                }
            }
        })+

        impl AnyExecutionCase {
            pub fn kind(&self) -> ExecutionKindName {
                match self { $(AnyExecutionCase::$kind(_) => ExecutionKindName::$kind),+ }
            }

            /// Word of the stage.
            pub fn stage(&self) -> &'static str {
                match self { $(AnyExecutionCase::$kind(case) => CaseStage::word(case.stage())),+ }
            }

            /// Whether the case exists for this person.
            pub fn is_visible(&self, id: &CaseId, by: &Party, world: &ExecutionWorld) -> bool {
                match self { $(AnyExecutionCase::$kind(case) => case.is_visible(id, by, world)),+ }
            }

            /// What `case(ID)` answers.
            pub fn summary(&self, id: &CaseId, world: &ExecutionWorld) -> Value {
                match self { $(AnyExecutionCase::$kind(case) => case.summary(id, world)),+ }
            }

            /// What the case says in the columns of its kind.
            pub fn cells(&self, world: &ExecutionWorld) -> Vec<CellValue> {
                match self { $(AnyExecutionCase::$kind(case) => case.cells(world)),+ }
            }

            /// Computed cells and findings of the kind's form, where it has one.
            pub fn judged(&self, id: &CaseId, world: &ExecutionWorld) -> Option<Judgement> {
                match self { $(AnyExecutionCase::$kind(case) => case.judged(id, world)),+ }
            }

            /// Day the case waits for somebody until, while it does.
            pub fn due(&self, world: &ExecutionWorld) -> Option<Date> {
                match self { $(AnyExecutionCase::$kind(case) => case.due(world)),+ }
            }

            /// What the form of the case is judged by, where its kind has one.
            pub fn judging(&self, world: &ExecutionWorld) -> Option<FormJudging> {
                let (_, content) = self.form()?;
                let facts = match self { $(AnyExecutionCase::$kind(case) => case.form_facts(world)),+ };
                Some(FormJudging::of(self.kind(), content, facts, world.edition()))
            }

            /// The kind's form with what stands in it, where it has one.
            pub fn form(&self) -> Option<(&'static Form, &Content)> {
                match self { $(AnyExecutionCase::$kind(case) => case.form()),+ }
            }

            /// The approved request whose performance the case judges.
            pub fn request(&self) -> Option<&CaseId> {
                match self { $(AnyExecutionCase::$kind(case) => case.request()),+ }
            }

            /// What tells the case from others of its kind, where it has no number and no name.
            pub fn caption(&self, world: &ExecutionWorld) -> Option<String> {
                match self { $(AnyExecutionCase::$kind(case) => case.caption(world)),+ }
            }

            pub fn subject(&self) -> Subject<'_> {
                match self { $(AnyExecutionCase::$kind(case) => case.subject()),+ }
            }
        }

        impl ExecutionKindName {
            /// The form of the kind and how it is judged, where it has one.
            pub fn judged_form(self) -> Option<(&'static Form, JudgeForm)> {
                match self {
                    $(ExecutionKindName::$kind => {
                        let judge = <$case>::JUDGE?;
                        <$case>::default().form().map(|(form, _)| (form, judge))
                    })+
                }
            }

            /// Whether the kind judges performance: it has a form.
            pub fn has_form(self) -> bool {
                match self { $(ExecutionKindName::$kind => <$case>::JUDGE.is_some()),+ }
            }

            /// Whether the kind has this command.
            pub fn has_command(self, verb: &str) -> bool {
                match self {
                    $(ExecutionKindName::$kind => <$case>::COMMANDS.iter().any(|row| row.verb == verb)),+
                }
            }

            /// Columns of the kind's lists besides those of every kind.
            pub fn columns(self) -> &'static [Column] {
                match self { $(ExecutionKindName::$kind => <$case>::COLUMNS),+ }
            }

            /// Who must differ from whom: each command with the commands whose signer it must differ from.
            pub fn second_persons(self) -> Vec<(&'static str, &'static [&'static str])> {
                match self {
                    $(ExecutionKindName::$kind => {
                        <$case>::COMMANDS.iter().map(|row| (row.verb, row.differs_from)).collect()
                    })+
                }
            }

            /// Judges one command and carries it out; the stage it leads to.
            ///
            /// # Errors
            /// The first rule it breaks; the world is as before then.
            pub fn execute(self, world: &mut ExecutionWorld, sent: &Sent) -> Result<Executed, Refusal> {
                match self { $(ExecutionKindName::$kind => execute::<$case>(world, sent)),+ }
            }
        }

        /// `with_execution_kind!(kind, Case => expression)`: evaluates the expression with the type of the kind as `Case`.
        macro_rules! with_execution_kind {
            ($dollar kind:expr, $dollar case:ident => $dollar body:expr) => {
                match $dollar kind {
                    $($crate::cases::execution::registry::ExecutionKindName::$kind => {
                        type $dollar case = $case;
                        $dollar body
                    }),+
                }
            };
        }

        impl AnyExecutionCase {
            /// The case as it is stored.
            ///
            /// # Errors
            /// The state cannot be written as JSON, which only a defect of its type can cause.
            pub fn body(&self) -> serde_json::Result<Value> {
                match self { $(AnyExecutionCase::$kind(case) => serde_json::to_value(case)),+ }
            }

            /// What the screen calls the stage.
            pub fn stage_label(&self) -> &'static str {
                match self { $(AnyExecutionCase::$kind(case) => CaseStage::label(case.stage())),+ }
            }
        }
    };
}

execution_kinds! { $
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
    /// 事前绩效评估 (Art. 10).
    ExAnte(crate::cases::ex_ante::ExAnte) "ex_ante" "事前绩效评估";
    /// 绩效监控 (Art. 12).
    Monitoring(crate::cases::monitoring::Monitoring) "monitoring" "绩效监控";
    /// 整改 (Art. 12, 17).
    Correction(crate::cases::correction::Correction) "correction" "整改";
    /// 绩效自评 (Art. 13).
    SelfEvaluation(crate::cases::self_evaluation::SelfEvaluation) "self_evaluation" "绩效自评";
    /// 重点评价 (Art. 13).
    KeyEvaluation(crate::cases::key_evaluation::KeyEvaluation) "key_evaluation" "重点评价";
    /// 现场评价 (Art. 13).
    SiteVisit(crate::cases::site_visit::SiteVisit) "site_visit" "现场评价";
    /// 结果应用 (Art. 14).
    Application(crate::cases::application::Application) "application" "结果应用";
}

impl ExecutionKindName {
    /// The kind of this word.
    pub fn from_word(word: &str) -> Option<ExecutionKindName> {
        ExecutionKindName::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

pub(crate) use with_execution_kind;
