//! 清算: computed, approved by another person; it may be repeated, and what is level stays level.

use super::listing;
use super::paper;
use super::table::{ClearedLine, supply_and_return, table, unsettled};
use crate::cases::execution::effect::Effect;
use crate::cases::execution::facts::Facts;
use crate::cases::execution::field::{FieldKind, REASON, VOUCHER, YEAR, required};
use crate::cases::execution::judge::{Judge, refuse_if};
use crate::cases::execution::kind::role::{FL, FR};
use crate::cases::execution::kind::{CommandRow, ExecutionKind, Subject, stages};
use crate::cases::execution::paper::CasePaper;
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};
use crate::kernel::ids::DepartmentId;
use crate::kernel::money::Money;
use crate::kernel::refusal::Refusal;
use crate::ledger::account::{AccountCode, LedgerAccount};
use crate::ledger::reconcile::CashDirection;
use crate::ledger::transfer::{Leg, TransferCode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

stages! {
    Computed "computed" "待财政负责人批准",
    Returned "returned" "已退回",
    Cleared "cleared" "已清算",
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clearing {
    pub stage: Stage,
    pub year: i32,
    pub department: DepartmentId,
    pub lines: Vec<ClearedLine>,
}

impl Default for Clearing {
    fn default() -> Clearing {
        let department = DepartmentId::new("");
        Clearing { stage: Stage::default(), year: 0, department, lines: Vec::new() }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    Compute { year: i32, department: DepartmentId },
    Return { reason: String },
    Approve { voucher: String },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Computed { year: i32, department: DepartmentId, lines: Vec<ClearedLine> },
    Returned { reason: String },
    Cleared { voucher: String },
}

fn compute(year: i32, department: &DepartmentId, facts: &Facts) -> Result<Event, Refusal> {
    let none = facts.lines_of(year, Some(department)).next().is_none();
    refuse_if(none, 7, "F-04", "该部门本年度没有批复行，请核对部门和年度")?;
    refuse_if(!facts.is_after(year), 7, "CLR-01", "运维年度未结束，年度结束后清算")?;
    nothing_open(year, department, facts)?;
    let mut others = facts.of_kind::<Clearing>().filter(|(id, _)| *id != facts.case);
    let again = others.any(|(_, other)| {
        other.stage == Stage::Computed && (other.year, &other.department) == (year, department)
    });
    refuse_if(again, 7, "CLR-05", "该部门本年度另有清算待批准")?;
    let lines = table(facts, year, department);
    Ok(Event::Computed { year, department: department.clone(), lines })
}

/// CLR-02, CLR-03 and CLR-04.
fn nothing_open(year: i32, department: &DepartmentId, facts: &Facts) -> Result<(), Refusal> {
    let lines: Vec<_> = facts.lines_of(year, Some(department)).collect();
    let open = unsettled(facts, lines.iter().copied());
    refuse_if(open, 7, "CLR-02", "有合同未结算，请先办理结算")?;
    let line_keys: BTreeSet<&str> = lines.iter().map(|line| line.as_str()).collect();
    let rows: Vec<_> = lines.iter().flat_map(|line| facts.rows_of(line)).collect();
    let row_keys: BTreeSet<&str> = rows.iter().map(|row| row.as_str()).collect();
    let open = facts.has_reservation_on(&[AccountCode::Unadvanced, AccountCode::Unspent], &line_keys)
        || facts.has_reservation_on(&[AccountCode::Paid, AccountCode::RefundDue], &row_keys);
    refuse_if(open, 7, "CLR-03", "有未办结的预拨、支付或收回")?;
    let due = rows.iter().any(|row| facts.row_posted(AccountCode::RefundDue, row) != Money::ZERO);
    refuse_if(due, 7, "CLR-04", "单位尚未退款")
}

impl Clearing {
    fn approve(&self, facts: &Facts) -> Result<(), Refusal> {
        nothing_open(self.year, &self.department, facts)?;
        let anew = table(facts, self.year, &self.department);
        refuse_if(anew != self.lines, 7, "CLR-06", "数额已变动，请退回重算")?;
        let mut supplied = self.lines.iter().filter(|line| line.difference().is_positive());
        let suspended = supplied.find_map(|line| facts.line_suspended(&line.line));
        let says = suspended.map(|case| format!("已暂停拨付（{case}），解除后办理")).unwrap_or_default();
        refuse_if(suspended.is_some(), 17, "CLR-07", says)
    }

    fn level(&self, voucher: &str) -> Vec<Effect> {
        let leg = |line: &ClearedLine| {
            let account = |code| LedgerAccount::of_line(code, &line.line);
            let unspent = account(AccountCode::Unspent);
            let (code, debit, credit) = match line.difference().is_negative() {
                false => (TransferCode::Supply, account(AccountCode::Unadvanced), unspent),
                true => (TransferCode::Return, unspent, account(AccountCode::Returned)),
            };
            Effect::transfer(Leg::new(code, debit, credit, line.difference().max(-line.difference())))
        };
        let (supply, returned) = supply_and_return(&self.lines);
        let movements = [(CashDirection::In, supply), (CashDirection::Out, returned)];
        let movements = movements.map(|(direction, amount)| Effect::Movement {
            voucher: voucher.to_string(),
            direction,
            amount,
            account: None,
        });
        self.lines.iter().map(leg).chain(movements).collect()
    }
}

impl ExecutionKind for Clearing {
    type Command = Command;
    type Event = Event;
    type Stage = Stage;

    const ARTICLE: u8 = 7;
    const COLUMNS: &'static [Column] = listing::COLUMNS;
    const COMMANDS: &'static [CommandRow<Stage>] = &[
        CommandRow::new(
            "compute",
            "计算清算",
            &[(FR, &[Stage::Returned])],
            &[required("year", YEAR), required("department", FieldKind::Reference)],
        )
        .opening(),
        CommandRow::new("return", "退回", &[(FL, &[Stage::Computed])], &[REASON]),
        CommandRow::new("approve", "批准清算", &[(FL, &[Stage::Computed])], &[VOUCHER])
            .differing_from(&["compute"]),
    ];

    fn stage(&self) -> Stage {
        self.stage
    }

    fn subject(&self) -> Subject<'_> {
        Subject { year: Some(self.year), department: Some(&self.department), ..Subject::default() }
    }

    fn cells(&self, world: &ExecutionWorld) -> Vec<CellValue> {
        listing::cells(self, world)
    }

    fn papers(&self, event: &Event, facts: &Facts) -> Vec<CasePaper> {
        paper::papers(self, event, facts)
    }

    fn decide(&self, command: &Command, facts: &Facts, _: &mut Judge) -> Result<Vec<Event>, Refusal> {
        Ok(vec![match command {
            Command::Compute { year, department } => compute(*year, department, facts)?,
            Command::Return { reason } => Event::Returned { reason: reason.clone() },
            Command::Approve { voucher } => {
                self.approve(facts)?;
                Event::Cleared { voucher: voucher.clone() }
            }
        }])
    }

    fn evolve(self, event: &Event) -> Clearing {
        match event {
            Event::Computed { year, department, lines } => Clearing {
                stage: Stage::Computed,
                year: *year,
                department: department.clone(),
                lines: lines.clone(),
            },
            Event::Returned { .. } => Clearing { stage: Stage::Returned, ..self },
            Event::Cleared { .. } => Clearing { stage: Stage::Cleared, ..self },
        }
    }

    fn effects(&self, event: &Event, _: &Facts) -> Vec<Effect> {
        match event {
            Event::Cleared { voucher } => self.level(voucher),
            Event::Computed { .. } | Event::Returned { .. } => Vec::new(),
        }
    }
}
