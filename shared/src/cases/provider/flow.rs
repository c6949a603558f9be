//! 运维服务单位: registered, confirmed by a second person, changed, blocked.

use super::listing;
use super::paper;
use crate::cases::execution::effect::Effect;
use crate::cases::execution::facts::Facts;
use crate::cases::execution::field::{Field, FieldKind, REASON, required};
use crate::cases::execution::judge::{Judge, refuse_if};
use crate::cases::execution::kind::role::{L, T};
use crate::cases::execution::kind::{CommandRow, ExecutionKind, Subject, stages};
use crate::cases::execution::paper::CasePaper;
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};
use crate::kernel::refusal::Refusal;
use serde::{Deserialize, Serialize};

stages! {
    Registered "registered" "待确认",
    Active "active" "在册",
    Blocked "blocked" "停用",
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    pub name: String,
    pub credit_code: String,
    pub contact: String,
    pub phone: String,
    #[serde(flatten)]
    pub bank: BankDetails,
}

/// 收款账户.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankDetails {
    pub bank: String,
    pub account: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    pub stage: Stage,
    pub form: Form,
    /// The account that counts: the last one a second person confirmed.
    pub confirmed: Option<BankDetails>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    Register(Form),
    Confirm {},
    Change(BankDetails),
    Block { reason: String },
    Unblock { reason: String },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Registered(Form),
    Confirmed,
    Changed(BankDetails),
    Blocked { reason: String },
    Unblocked { reason: String },
}

const BANK: Field = required("bank", FieldKind::Text(2, 60));
const ACCOUNT: Field = required("account", FieldKind::Digits(8, 30));

const FORM: &[Field] = &[
    required("name", FieldKind::Text(2, 60)),
    required("credit_code", FieldKind::CreditCode),
    required("contact", FieldKind::Text(2, 20)),
    required("phone", FieldKind::Phone),
    BANK,
    ACCOUNT,
];

impl Provider {
    /// The confirmed account number.
    pub fn account(&self) -> Option<&str> {
        self.confirmed.as_ref().map(|details| details.account.as_str())
    }
}

impl ExecutionKind for Provider {
    type Command = Command;
    type Event = Event;
    type Stage = Stage;

    const ARTICLE: u8 = 6;
    const SEEN_BY_PROVIDER: bool = true;
    const COLUMNS: &'static [Column] = listing::COLUMNS;
    const COMMANDS: &'static [CommandRow<Stage>] = &[
        CommandRow::new("register", "登记", &[(T, &[])], FORM).opening(),
        CommandRow::new("confirm", "确认", &[(L, &[Stage::Registered])], &[])
            .differing_from(&["register", "change"]),
        CommandRow::new("change", "变更账户", &[(T, &[Stage::Active])], &[BANK, ACCOUNT]),
        CommandRow::new("block", "停用", &[(L, &[Stage::Active, Stage::Registered])], &[REASON]),
        CommandRow::new("unblock", "恢复", &[(L, &[Stage::Blocked])], &[REASON]),
    ];

    fn stage(&self) -> Stage {
        self.stage
    }

    fn subject(&self) -> Subject<'_> {
        Subject::default()
    }

    fn cells(&self, world: &ExecutionWorld) -> Vec<CellValue> {
        listing::cells(self, world)
    }

    fn papers(&self, event: &Event, facts: &Facts) -> Vec<CasePaper> {
        paper::papers(self, event, facts)
    }

    fn decide(&self, command: &Command, facts: &Facts, _: &mut Judge) -> Result<Vec<Event>, Refusal> {
        Ok(vec![match command {
            Command::Register(form) => {
                let mut others = facts.of_kind::<Provider>().filter(|(id, _)| *id != facts.case);
                let taken = others.any(|(_, other)| other.form.credit_code == form.credit_code);
                refuse_if(taken, 6, "PVD-01", "该信用代码已登记，请使用已登记的单位")?;
                Event::Registered(form.clone())
            }
            Command::Confirm {} => Event::Confirmed,
            Command::Change(details) => Event::Changed(details.clone()),
            Command::Block { reason } => Event::Blocked { reason: reason.clone() },
            Command::Unblock { reason } => Event::Unblocked { reason: reason.clone() },
        }])
    }

    fn evolve(self, event: &Event) -> Provider {
        match event {
            Event::Registered(form) => {
                Provider { stage: Stage::Registered, form: form.clone(), confirmed: None }
            }
            Event::Confirmed => {
                Provider { stage: Stage::Active, confirmed: Some(self.form.bank.clone()), ..self }
            }
            Event::Changed(details) => {
                let form = Form { bank: details.clone(), ..self.form };
                Provider { stage: Stage::Registered, form, ..self }
            }
            Event::Blocked { .. } => Provider { stage: Stage::Blocked, ..self },
            Event::Unblocked { .. } => Provider { stage: Stage::Registered, ..self },
        }
    }

    /// None: nothing else moves when the register changes; payments ask for the stage.
    fn effects(&self, _: &Event, _: &Facts) -> Vec<Effect> {
        Vec::new()
    }
}
