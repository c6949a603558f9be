//! 执行案件种类: the contract of a kind that moves money or judges performance. A kind is data (stages, commands with their fields and
//! authority) and pure functions; `execute.rs` judges and carries out the commands of all of them.

use super::effect::Effect;
use super::facts::Facts;
use super::field::Field;
use super::judge::Judge;
use super::paper::CasePaper;
use super::parameters::MoneyParameters;
use super::survey::Survey;
use super::world::{ExecutionWorld, Party};
use crate::cases::kernel::{CellValue, Column};
use crate::cases::performance::content::Content;
use crate::cases::performance::form::{Form, Part};
use crate::cases::performance::judgement::{FormFacts, JudgeForm, Judgement};
use crate::kernel::calendar::Date;
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::people::{Office, Role};
use crate::kernel::refusal::Refusal;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// One kind of case. The default value is a case that no event has happened to; it is never stored.
pub trait ExecutionKind: Clone + Default + Serialize + DeserializeOwned + 'static {
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
    /// How the form of the kind is judged, where it has one. Reasons for warnings stand in it; a command of another kind may
    /// bring them in `justify`.
    const JUDGE: Option<JudgeForm> = None;
    const COMMANDS: &'static [CommandRow<Self::Stage>];
    /// Columns of the kind's lists besides those of every kind.
    const COLUMNS: &'static [Column] = &[];

    fn stage(&self) -> Self::Stage;

    /// Whom and which year the case is about.
    fn subject(&self) -> Subject<'_>;

    /// Whether the case exists for this person.
    fn is_visible(&self, id: &CaseId, by: &Party, world: &ExecutionWorld) -> bool {
        let subject = self.subject();
        match by.actor.role.office() {
            Office::Bureau | Office::Finance | Office::Audit => true,
            Office::Department => Self::SEEN_BY_DEPARTMENT && by.is_of(subject.department),
            Office::Outside if by.actor.role == Role::Provider => {
                let of_contract = || Some(&world.contract(subject.contract?)?.provider);
                let provider = subject.provider.or_else(of_contract).unwrap_or(id);
                Self::SEEN_BY_PROVIDER && by.actor.provider.as_ref() == Some(provider)
            }
            Office::Outside | Office::Administration => false,
        }
    }

    /// Whether a person of a role that has the command has it in this very case: only one side's reviewer, say.
    fn is_given_to(&self, _verb: &str, _by: &Party) -> bool {
        true
    }

    /// Whether a page offers the command to a person it is given to: it does not where the person was not sent.
    fn is_offered_to(&self, verb: &str, by: &Party) -> bool {
        self.is_given_to(verb, by)
    }

    /// The kind's form with what stands in it, where it has one.
    fn form(&self) -> Option<(&'static Form, &Content)> {
        None
    }

    /// What the form is judged by besides its content and the edition.
    fn form_facts(&self, _world: &ExecutionWorld) -> FormFacts {
        FormFacts::new()
    }

    /// How the command of this word is filled in item by item, where it carries the grades of several people.
    fn survey(_verb: &str, _parameters: &MoneyParameters) -> Option<Survey> {
        None
    }

    /// Parts of the form that `fill` opens to this person now.
    fn open_parts(&self, _by: &Party) -> &'static [Part] {
        &[Part::Whole]
    }

    /// The approved request whose performance the case judges.
    fn request(&self) -> Option<&CaseId> {
        None
    }

    /// What tells the case from others of its kind, where it has no number and no name; of a kind with a form besides its
    /// department and year.
    fn caption(&self, _world: &ExecutionWorld) -> Option<String> {
        None
    }

    /// What `case(ID)` answers.
    fn summary(&self, _id: &CaseId, _world: &ExecutionWorld) -> Value {
        Value::Null
    }

    /// What the case says in the columns of its kind.
    fn cells(&self, _world: &ExecutionWorld) -> Vec<CellValue> {
        Vec::new()
    }

    /// 文书 that the event makes, from the case after it; `facts` is the world before it.
    fn papers(&self, _event: &Self::Event, _facts: &Facts) -> Vec<CasePaper> {
        Vec::new()
    }

    /// Computed cells and findings of the kind's form, where it has one.
    fn judged(&self, _id: &CaseId, _world: &ExecutionWorld) -> Option<Judgement> {
        None
    }

    /// Day the case waits for somebody until, while it does.
    fn due(&self, _world: &ExecutionWorld) -> Option<Date> {
        None
    }

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

        impl $crate::cases::execution::kind::CaseStage for Stage {
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
    /// Article of the command, where it is not that of the kind.
    pub article: Option<u8>,
    /// No page offers it: a request that is filled in here is reported by its own kind.
    pub unlisted: bool,
}

impl<S> CommandRow<S> {
    pub const fn new(
        verb: &'static str,
        label: &'static str,
        who: &'static [(Role, &'static [S])],
        fields: &'static [Field],
    ) -> CommandRow<S> {
        let (differs_from, article): (&[&str], _) = (&[], None);
        CommandRow {
            verb,
            label,
            opens: false,
            who,
            differs_from,
            fields,
            after_closing: false,
            article,
            unlisted: false,
        }
    }

    /// The same command, which opens a case.
    pub const fn opening(self) -> CommandRow<S> {
        CommandRow { opens: true, ..self }
    }

    /// The same command, to be given by another person than gave these.
    pub const fn differing_from(self, verbs: &'static [&'static str]) -> CommandRow<S> {
        CommandRow { differs_from: verbs, ..self }
    }

    /// The same command, which no page offers.
    pub const fn unlisted(self) -> CommandRow<S> {
        CommandRow { unlisted: true, ..self }
    }

    /// The same command under another article than its kind.
    pub const fn under(self, article: u8) -> CommandRow<S> {
        CommandRow { article: Some(article), ..self }
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
    /// 第三方机构评价人员.
    pub const E: Role = Role::Evaluator;
}
