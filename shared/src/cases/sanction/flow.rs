//! 处理处分: proposed, decided by another person and in force from that instant; lifted, collected or applied.

use super::listing;
use super::paper;
use super::rules;
use crate::cases::execution::effect::Effect;
use crate::cases::execution::facts::Facts;
use crate::cases::execution::field::{Field, FieldKind, REASON, VOUCHER, YEAR, is_word, optional, required};
use crate::cases::execution::judge::Judge;
use crate::cases::execution::kind::role::{FL, FR};
use crate::cases::execution::kind::{CommandRow, ExecutionKind, Subject, stages};
use crate::cases::execution::paper::CasePaper;
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};
use crate::kernel::calendar::Date;
use crate::kernel::ids::{DepartmentId, LineId, PackageRowId};
use crate::kernel::money::Money;
use crate::kernel::refusal::Refusal;
use crate::kernel::words::words;
use crate::ledger::account::{AccountCode, LedgerAccount};
use crate::ledger::reconcile::CashDirection;
use crate::ledger::transfer::{Leg, TransferCode};
use serde::{Deserialize, Serialize};

stages! {
    Proposed "proposed" "待财政负责人决定",
    Effective "effective" "生效",
    Dropped "dropped" "不予处理",
    Lifted "lifted" "已解除",
    Collected "collected" "已收回",
    /// A cut that was taken off a budget.
    Applied "applied" "已调减",
}

words! {
    /// 处理措施.
    #[derive(Default)]
    Measure {
        #[default]
        Suspend "暂停拨付" "暂停拨付",
        Recover "收回资金" "收回资金",
        Cut "调减以后年度预算" "调减以后年度预算",
    }
}

words! {
    /// 处理对象.
    #[derive(Default)]
    TargetKind {
        #[default]
        Department "department" "部门",
        Provider "provider" "运维服务单位",
        Contract "contract" "合同",
        Line "line" "批复行",
        Row "row" "合同行",
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sanction {
    #[serde(default)]
    pub stage: Stage,
    pub measure: Measure,
    pub target_kind: TargetKind,
    pub target: String,
    pub amount: Option<Money>,
    pub year: Option<i32>,
    pub deadline: Option<Date>,
    pub basis: String,
    pub facts: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    Propose(Sanction),
    Decide {},
    Drop { reason: String },
    Lift { reason: String },
    Collect { voucher: String },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Proposed(Sanction),
    Decided,
    Dropped {
        reason: String,
    },
    Lifted {
        reason: String,
    },
    Collected {
        voucher: String,
    },
    /// A budget was approved with the cut taken off.
    Applied,
}

const FORM: &[Field] = &[
    required("measure", FieldKind::Choice(is_word::<Measure>)),
    required("target_kind", FieldKind::Choice(is_word::<TargetKind>)),
    required("target", FieldKind::Reference),
    optional("amount", FieldKind::PositiveMoney),
    optional("year", YEAR),
    optional("deadline", FieldKind::Date),
    required("basis", FieldKind::Text(4, 200)),
    required("facts", FieldKind::Text(20, 2000)),
];

impl Sanction {
    /// Whether it cuts this department's year.
    pub fn cuts(&self, department: &DepartmentId, year: i32) -> bool {
        self.measure == Measure::Cut
            && self.stage == Stage::Effective
            && self.target == department.as_str()
            && self.year == Some(year)
    }

    /// The line whose money is taken back at the bureau.
    fn line(&self) -> LineId {
        LineId::new(self.target.as_str())
    }

    fn reserve(&self, facts: &Facts) -> Vec<Effect> {
        let amount = self.amount.unwrap_or_default();
        let recovered = |line: &LineId| LedgerAccount::of_line(AccountCode::Recovered, line);
        let leg =
            |debit, credit, amount| Effect::reserve(Leg::new(TransferCode::Recover, debit, credit, amount));
        if self.target_kind == TargetKind::Row {
            let row = PackageRowId::new(self.target.as_str());
            let paid = LedgerAccount::of_row(AccountCode::Paid, &row);
            let line = facts.rows.get(&row).map(recovered);
            return line.map(|line| leg(paid, line, amount)).into_iter().collect();
        }
        let line = self.line();
        let mut effects =
            vec![leg(LedgerAccount::of_line(AccountCode::Unspent, &line), recovered(&line), amount)];
        if let Some(approved) = facts.line(&line) {
            let uncontracted = LedgerAccount::of_line(AccountCode::Uncontracted, &line);
            let freed = amount.min(facts.available(AccountCode::Uncontracted, &line));
            let source = LedgerAccount::of_year(AccountCode::ContractSource, approved.year);
            effects.push(leg(uncontracted, source, freed));
        }
        effects
    }
}

impl ExecutionKind for Sanction {
    type Command = Command;
    type Event = Event;
    type Stage = Stage;

    const ARTICLE: u8 = 17;
    const ACTS_IN_CLOSED_YEAR: bool = true;
    const COLUMNS: &'static [Column] = listing::COLUMNS;
    const COMMANDS: &'static [CommandRow<Stage>] = &[
        CommandRow::new("propose", "提出处理", &[(FR, &[])], FORM).opening(),
        CommandRow::new("decide", "决定", &[(FL, &[Stage::Proposed])], &[]).differing_from(&["propose"]),
        CommandRow::new("drop", "不予处理", &[(FL, &[Stage::Proposed])], &[REASON]),
        CommandRow::new("lift", "解除", &[(FL, &[Stage::Effective])], &[REASON]),
        CommandRow::new("collect", "登记收回", &[(FR, &[Stage::Effective])], &[VOUCHER]),
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
            Command::Propose(sanction) => {
                rules::propose(sanction, facts)?;
                Event::Proposed(Sanction { stage: Stage::Proposed, ..sanction.clone() })
            }
            Command::Decide {} => {
                rules::recoverable(self, facts)?;
                Event::Decided
            }
            Command::Drop { reason } => Event::Dropped { reason: reason.clone() },
            Command::Lift { reason } => Event::Lifted { reason: reason.clone() },
            Command::Collect { voucher } => {
                rules::collect(self)?;
                Event::Collected { voucher: voucher.clone() }
            }
        }])
    }

    fn evolve(self, event: &Event) -> Sanction {
        match event {
            Event::Proposed(sanction) => sanction.clone(),
            Event::Decided => Sanction { stage: Stage::Effective, ..self },
            Event::Dropped { .. } => Sanction { stage: Stage::Dropped, ..self },
            Event::Lifted { .. } => Sanction { stage: Stage::Lifted, ..self },
            Event::Collected { .. } => Sanction { stage: Stage::Collected, ..self },
            Event::Applied => Sanction { stage: Stage::Applied, ..self },
        }
    }

    fn effects(&self, event: &Event, facts: &Facts) -> Vec<Effect> {
        match event {
            Event::Decided if self.measure == Measure::Recover => self.reserve(facts),
            Event::Collected { voucher } => {
                let mut effects = facts.post_own();
                // What a provider pays back goes to the treasury directly.
                if self.target_kind == TargetKind::Line {
                    effects.push(Effect::Movement {
                        voucher: voucher.clone(),
                        direction: CashDirection::Out,
                        amount: self.amount.unwrap_or_default(),
                        account: None,
                    });
                }
                effects
            }
            Event::Lifted { .. } => facts.void_own(),
            Event::Proposed(_) | Event::Decided | Event::Dropped { .. } | Event::Applied => Vec::new(),
        }
    }
}
