//! 资金案件种类: the contract of a kind that moves or judges money. A kind is data (stages, commands with their fields and
//! authority) and pure functions; `execute.rs` judges and carries out the commands of all of them.

use super::effect::Effect;
use super::facts::Facts;
use super::field::Field;
use super::judge::Judge;
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::people::Role;
use crate::kernel::refusal::Refusal;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// One kind of case. The default value is a case that no event has happened to; it is never stored.
pub trait MoneyKind: Clone + Default + Serialize + DeserializeOwned + 'static {
    /// What a person tells the case; read from a body that broke no field rule, tagged with `do`.
    type Command: DeserializeOwned;
    /// What happened; the events of a case are its history.
    type Event: Clone + Serialize + DeserializeOwned;
    /// 办理状态, one enumeration per kind.
    type Stage: CaseStage;

    /// Article of all commands of the kind.
    const ARTICLE: u8;
    /// Whether LED-04 spares the kind: a sanction acts in a closed year too.
    const ACTS_IN_CLOSED_YEAR: bool = false;
    const SEEN_BY_DEPARTMENT: bool = false;
    const SEEN_BY_PROVIDER: bool = false;
    const COMMANDS: &'static [CommandRow<Self::Stage>];

    fn stage(&self) -> Self::Stage;

    /// Whom and which year the case is about.
    fn subject(&self) -> Subject<'_>;

    /// The events a command leads to, or the first rule it breaks.
    fn decide(
        &self,
        command: &Self::Command,
        facts: &Facts,
        judge: &mut Judge,
    ) -> Result<Vec<Self::Event>, Refusal>;

    /// The case after the event.
    fn evolve(self, event: &Self::Event) -> Self;

    /// What the event causes elsewhere; `self` is the case before it, `facts` the world before it.
    fn effects(&self, event: &Self::Event, facts: &Facts) -> Vec<Effect>;
}

/// A stage knows its word and its label.
pub trait CaseStage: Copy + PartialEq + 'static {
    /// Every stage of the kind.
    fn all() -> Vec<Self>;
    fn word(self) -> &'static str;
    fn label(self) -> &'static str;
}

/// 办理状态 of a kind: as `words!`, and the first is the one its opening command leads to.
macro_rules! stages {
    ($($(#[$doc:meta])* $value:ident $word:literal $label:literal),+ $(,)?) => {
        $crate::kernel::words::words! {
            /// 办理状态.
            Stage { $($(#[$doc])* $value $word $label),+ }
        }

        impl Default for Stage {
            fn default() -> Stage {
                Stage::ALL[0]
            }
        }

        impl $crate::cases::money::kind::CaseStage for Stage {
            fn all() -> Vec<Stage> {
                Stage::ALL.to_vec()
            }

            fn word(self) -> &'static str {
                Stage::word(self)
            }

            fn label(self) -> &'static str {
                Stage::label(self)
            }
        }
    };
}

pub(crate) use stages;

/// 权限表 and form of one command: who may give it in which stages, from whose signatures it must differ, what it carries.
#[derive(Clone, Copy, Debug)]
pub struct CommandRow<S: 'static> {
    pub verb: &'static str,
    pub label: &'static str,
    /// It opens the case, or starts a returned one anew.
    pub opens: bool,
    pub who: &'static [(Role, &'static [S])],
    /// Commands whose signer must be another person.
    pub differs_from: &'static [&'static str],
    pub fields: &'static [Field],
    /// The closing of its year does not stop it.
    pub after_closing: bool,
}

impl<S> CommandRow<S> {
    pub const fn new(
        verb: &'static str,
        label: &'static str,
        who: &'static [(Role, &'static [S])],
        fields: &'static [Field],
    ) -> CommandRow<S> {
        CommandRow { verb, label, opens: false, who, differs_from: &[], fields, after_closing: false }
    }

    /// The same command, which opens a case.
    pub const fn opening(self) -> CommandRow<S> {
        CommandRow { opens: true, ..self }
    }

    /// The same command, to be given by another person than gave these.
    pub const fn differing_from(self, verbs: &'static [&'static str]) -> CommandRow<S> {
        CommandRow { differs_from: verbs, ..self }
    }

    /// The same command, which the closing of its year does not stop.
    pub const fn after_closing(self) -> CommandRow<S> {
        CommandRow { after_closing: true, ..self }
    }
}

/// Whom and what a case is about: its visibility and its year follow from it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Subject<'a> {
    pub year: Option<i32>,
    pub department: Option<&'a DepartmentId>,
    pub provider: Option<&'a CaseId>,
    pub contract: Option<&'a CaseId>,
}

/// The roles as money.md abbreviates them.
pub mod role {
    use crate::kernel::people::Role;

    /// 省局采购支付岗.
    pub const T: Role = Role::BureauTreasurer;
    /// 省局审核员.
    pub const R: Role = Role::BureauReviewer;
    /// 省局负责人.
    pub const L: Role = Role::BureauLeader;
    /// 财政审核员.
    pub const FR: Role = Role::FinanceReviewer;
    /// 财政负责人.
    pub const FL: Role = Role::FinanceLeader;
    /// 部门填报人.
    pub const DF: Role = Role::DepartmentFiller;
    /// 部门负责人.
    pub const DA: Role = Role::DepartmentApprover;
    /// 运维服务单位.
    pub const P: Role = Role::Provider;
}
