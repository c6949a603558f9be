//! 合同: its approval turns the package's reservation into what the bureau owes.

use super::{listing, paper, rules};
use crate::cases::execution::effect::Effect;
use crate::cases::execution::facts::Facts;
use crate::cases::execution::field::{Field, FieldKind, REASON, is_word, optional, required, unique};
use crate::cases::execution::judge::Judge;
use crate::cases::execution::kind::role::{L, T};
use crate::cases::execution::kind::{CommandRow, ExecutionKind, Subject, stages};
use crate::cases::execution::paper::CasePaper;
use crate::cases::execution::parameters::{percent_of, to_fen};
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};
use crate::cases::procurement::{self, Method};
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::{CaseId, LineId, PackageRowId};
use crate::kernel::money::Money;
use crate::kernel::refusal::Refusal;
use crate::kernel::words::words;
use crate::ledger::account::{AccountCode, LedgerAccount};
use crate::ledger::transfer::{Instruction, Leg, Transfer, TransferCode};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

stages! {
    Signed "signed" "待审核",
    Returned "returned" "已退回",
    Approved "approved" "待公告备案",
    InForce "in_force" "履行中",
    SupplementCheck "supplement_check" "补充合同待审核",
    Terminated "terminated" "已终止",
    Settled "settled" "已结算",
}

words! {
    /// 付款条件.
    Needs {
        Signature "签约" "签约",
        Acceptance "验收" "验收",
        Settlement "结算" "结算",
    }
}

/// 付款条款.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    pub no: i64,
    /// % of the contract.
    pub share: Decimal,
    pub needs: Needs,
}

/// A row as it is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedRow {
    pub row: String,
    pub quantity: Decimal,
    pub unit: Option<String>,
    pub price: Money,
}

/// A quantity added to a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddedRow {
    pub row: String,
    pub quantity: Decimal,
}

/// A row of the contract with the line it serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractRow {
    /// Its id within the package.
    pub id: String,
    pub row: PackageRowId,
    pub line: LineId,
    pub quantity: Decimal,
    pub unit: Option<String>,
    pub price: Money,
    /// Approved supplements.
    pub added: Decimal,
    pub added_amount: Money,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    pub package: CaseId,
    pub number: String,
    pub signed_on: Date,
    pub start: Date,
    pub end: Date,
    pub lines: Vec<SignedRow>,
    pub terms: Vec<Term>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    pub stage: Stage,
    pub package: CaseId,
    pub provider: CaseId,
    pub year: i32,
    pub number: String,
    pub signed_on: Date,
    /// First and last day of service.
    pub start: Date,
    pub end: Date,
    pub rows: Vec<ContractRow>,
    pub terms: Vec<Term>,
    /// The supplement under check.
    pub pending: Vec<AddedRow>,
}

impl Default for Contract {
    fn default() -> Contract {
        let unset = FiscalYear(1901).first_day();
        Contract {
            stage: Stage::default(),
            package: CaseId::new(""),
            provider: CaseId::new(""),
            year: 0,
            number: String::new(),
            signed_on: unset,
            start: unset,
            end: unset,
            rows: Vec::new(),
            terms: Vec::new(),
            pending: Vec::new(),
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    Sign(Form),
    Return { reason: String },
    Approve {},
    Publish { published_on: Date, filed_on: Date },
    Supplement { number: String, lines: Vec<AddedRow> },
    ApproveSupplement {},
    ReturnSupplement { reason: String },
    Terminate { reason: String },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Signed {
        form: Form,
        provider: CaseId,
        year: i32,
        rows: Vec<ContractRow>,
    },
    Returned {
        reason: String,
    },
    /// `in_force` when it need not be published.
    Approved {
        in_force: bool,
    },
    Published {
        published_on: Date,
        filed_on: Date,
    },
    Supplemented {
        number: String,
        lines: Vec<AddedRow>,
    },
    SupplementApproved,
    SupplementReturned {
        reason: String,
    },
    Terminated {
        reason: String,
    },
    /// Its settlement was approved.
    Settled,
}

const ROW: &[Field] = &[
    unique("row", FieldKind::Reference),
    required("quantity", FieldKind::PositiveNumber),
    optional("unit", FieldKind::Text(1, 20)),
    required("price", FieldKind::PositiveMoney),
];
const TERM: &[Field] = &[
    unique("no", FieldKind::Count(1, 20)),
    required("share", FieldKind::Share),
    required("needs", FieldKind::Choice(is_word::<Needs>)),
];
const FORM: &[Field] = &[
    required("package", FieldKind::Reference),
    required("number", FieldKind::Text(1, 40)),
    required("signed_on", FieldKind::Date),
    required("start", FieldKind::Date),
    required("end", FieldKind::Date),
    required("lines", FieldKind::Table(ROW)),
    required("terms", FieldKind::Table(TERM)),
];
const ADDED: &[Field] =
    &[unique("row", FieldKind::Reference), required("quantity", FieldKind::PositiveNumber)];
const SUPPLEMENT: &[Field] =
    &[required("number", FieldKind::Text(1, 40)), required("lines", FieldKind::Table(ADDED))];

impl SignedRow {
    pub fn amount(&self) -> Money {
        to_fen(self.quantity * self.price.yuan())
    }
}

impl ContractRow {
    /// As signed.
    pub fn signed_amount(&self) -> Money {
        to_fen(self.quantity * self.price.yuan())
    }

    /// Amount of a quantity at the row's price.
    pub fn amount_of(&self, quantity: Decimal) -> Money {
        to_fen(quantity * self.price.yuan())
    }
}

impl Contract {
    pub fn row(&self, id: &str) -> Option<&ContractRow> {
        self.rows.iter().find(|row| row.id == id)
    }

    /// Σ row amounts as signed.
    pub fn signed_amount(&self) -> Money {
        self.rows.iter().map(ContractRow::signed_amount).sum()
    }

    /// Σ approved supplements.
    pub fn added_amount(&self) -> Money {
        self.rows.iter().map(|row| row.added_amount).sum()
    }

    /// What the payments of a term may come to.
    pub fn term_cap(&self, term: &Term) -> Money {
        percent_of(self.signed_amount() + self.added_amount(), term.share)
    }

    pub fn term(&self, no: i64) -> Option<&Term> {
        self.terms.iter().find(|term| term.no == no)
    }

    /// Service is rendered or was ended early: it can be accepted, assessed, evaluated.
    pub fn is_performed(&self) -> bool {
        matches!(self.stage, Stage::InForce | Stage::SupplementCheck | Stage::Terminated)
    }

    /// Posts the package's reservations at the contract's amounts; what is over is released.
    fn post(&self, reservation: &Transfer) -> Instruction {
        let row = self.rows.iter().find(|row| row.row.as_str() == reservation.credit.key);
        let amount = row.map_or(Money::ZERO, ContractRow::signed_amount);
        Instruction::Post { reservation: reservation.number, amount }
    }

    fn reserve(&self, added: &AddedRow) -> Option<Effect> {
        let row = self.row(&added.row)?;
        let debit = LedgerAccount::of_line(AccountCode::Uncontracted, &row.line);
        let credit = LedgerAccount::of_row(AccountCode::Payable, &row.row);
        let amount = row.amount_of(added.quantity);
        Some(Effect::reserve(Leg::new(TransferCode::Supplement, debit, credit, amount)))
    }

    /// With the supplement under check added.
    fn supplemented(mut self) -> Contract {
        for added in std::mem::take(&mut self.pending) {
            if let Some(row) = self.rows.iter_mut().find(|row| row.id == added.row) {
                row.added_amount += row.amount_of(added.quantity);
                row.added += added.quantity;
            }
        }
        self
    }
}

impl ExecutionKind for Contract {
    type Command = Command;
    type Event = Event;
    type Stage = Stage;

    const ARTICLE: u8 = 6;
    const SEEN_BY_PROVIDER: bool = true;
    const COLUMNS: &'static [Column] = listing::COLUMNS;
    const COMMANDS: &'static [CommandRow<Stage>] = &[
        CommandRow::new("sign", "登记合同", &[(T, &[Stage::Returned])], FORM).opening(),
        CommandRow::new("return", "退回", &[(L, &[Stage::Signed])], &[REASON]),
        CommandRow::new("approve", "审核合同", &[(L, &[Stage::Signed])], &[]).differing_from(&["sign"]),
        CommandRow::new(
            "publish",
            "登记公告备案",
            &[(T, &[Stage::Approved])],
            &[required("published_on", FieldKind::Date), required("filed_on", FieldKind::Date)],
        ),
        CommandRow::new("supplement", "补充合同", &[(T, &[Stage::InForce])], SUPPLEMENT),
        CommandRow::new("approve_supplement", "审核补充合同", &[(L, &[Stage::SupplementCheck])], &[])
            .differing_from(&["supplement"]),
        CommandRow::new("return_supplement", "退回补充合同", &[(L, &[Stage::SupplementCheck])], &[REASON]),
        CommandRow::new("terminate", "终止合同", &[(L, &[Stage::InForce])], &[REASON]),
    ];

    fn stage(&self) -> Stage {
        self.stage
    }

    fn subject(&self) -> Subject<'_> {
        Subject { year: Some(self.year), provider: Some(&self.provider), ..Subject::default() }
    }

    fn cells(&self, world: &ExecutionWorld) -> Vec<CellValue> {
        listing::cells(self, world)
    }

    fn papers(&self, event: &Event, facts: &Facts) -> Vec<CasePaper> {
        paper::papers(self, event, facts)
    }

    fn decide(&self, command: &Command, facts: &Facts, judge: &mut Judge) -> Result<Vec<Event>, Refusal> {
        Ok(vec![match command {
            Command::Sign(form) => rules::sign(form, facts, judge)?,
            Command::Return { reason } => Event::Returned { reason: reason.clone() },
            Command::Approve {} => {
                rules::in_year(self.year, facts)?;
                let package = facts.package(&self.package);
                let in_force = package.is_some_and(|package| package.plan.method == Method::BelowLimit);
                Event::Approved { in_force }
            }
            Command::Publish { published_on, filed_on } => {
                rules::publish(self, *published_on, *filed_on, facts, judge)?;
                Event::Published { published_on: *published_on, filed_on: *filed_on }
            }
            Command::Supplement { number, lines } => {
                rules::supplement(self, lines, facts)?;
                Event::Supplemented { number: number.clone(), lines: lines.clone() }
            }
            Command::ApproveSupplement {} => {
                rules::in_year(self.year, facts)?;
                Event::SupplementApproved
            }
            Command::ReturnSupplement { reason } => Event::SupplementReturned { reason: reason.clone() },
            Command::Terminate { reason } => Event::Terminated { reason: reason.clone() },
        }])
    }

    fn evolve(self, event: &Event) -> Contract {
        match event {
            Event::Signed { form, provider, year, rows } => Contract {
                stage: Stage::Signed,
                package: form.package.clone(),
                provider: provider.clone(),
                year: *year,
                number: form.number.clone(),
                signed_on: form.signed_on,
                start: form.start,
                end: form.end,
                rows: rows.clone(),
                terms: form.terms.clone(),
                pending: Vec::new(),
            },
            Event::Returned { .. } => Contract { stage: Stage::Returned, ..self },
            Event::Approved { in_force: false } => Contract { stage: Stage::Approved, ..self },
            Event::Approved { in_force: true } | Event::Published { .. } => {
                Contract { stage: Stage::InForce, ..self }
            }
            Event::Supplemented { lines, .. } => {
                Contract { stage: Stage::SupplementCheck, pending: lines.clone(), ..self }
            }
            Event::SupplementApproved => Contract { stage: Stage::InForce, ..self.supplemented() },
            Event::SupplementReturned { .. } => {
                Contract { stage: Stage::InForce, pending: Vec::new(), ..self }
            }
            Event::Terminated { .. } => Contract { stage: Stage::Terminated, ..self },
            Event::Settled => Contract { stage: Stage::Settled, ..self },
        }
    }

    fn effects(&self, event: &Event, facts: &Facts) -> Vec<Effect> {
        match event {
            Event::Approved { .. } => {
                let reserved = facts.reservations_of(&self.package);
                let mut effects: Vec<Effect> =
                    reserved.map(|row| self.post(row)).map(Effect::Ledger).collect();
                effects.push(Effect::MoveProcurement(self.package.clone(), procurement::Event::Contracted));
                effects
            }
            Event::Supplemented { lines, .. } => {
                lines.iter().filter_map(|added| self.reserve(added)).collect()
            }
            Event::SupplementApproved => facts.post_own(),
            Event::SupplementReturned { .. } => facts.void_own(),
            Event::Signed { .. }
            | Event::Returned { .. }
            | Event::Published { .. }
            | Event::Terminated { .. }
            | Event::Settled => Vec::new(),
        }
    }
}
