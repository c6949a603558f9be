//! 问答: what a script may ask of the money after its last step (money.md § 2). Money is text in 元; what does not exist is null.

use super::facts::ApprovedLine;
use super::parameters::{printed, quotient};
use super::world::ExecutionWorld;
use crate::cases::clearing::{self, Clearing, supply_and_return};
use crate::cases::contract;
use crate::cases::procurement::clock;
use crate::cases::sanction::TargetKind;
use crate::cases::settlement::{self, Scores, SettledLine, Settlement, missing_materials};
use crate::cases::{assessment, user_evaluation};
use crate::kernel::ids::{CaseId, DepartmentId, LineId};
use crate::kernel::money::Money;
use crate::ledger::account::AccountCode;
use crate::ledger::figures::MoneyFigures;
use crate::ledger::reconcile::{StatementRow, net, reconcile};
use crate::ledger::sankey::flows;
use crate::ledger::transfer::TransferCode;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Statements of a script by name.
pub type Statements = BTreeMap<String, Vec<StatementRow>>;

/// `1234.50`.
fn yuan(amount: Money) -> Value {
    Value::from(format!("{:.2}", amount.yuan()))
}

fn number(value: Option<Decimal>) -> Value {
    value.map_or(Value::Null, |value| Value::from(printed(value)))
}

impl ExecutionWorld {
    /// The answer to `NAME(ARGUMENTS)`; `None` for a question nobody knows.
    pub fn answer(&self, question: &str, statements: &Statements) -> Option<Value> {
        let (name, arguments) = question.strip_suffix(')')?.split_once('(')?;
        let arguments: Vec<&str> = match arguments.trim() {
            "" => Vec::new(),
            given => given.split(',').map(str::trim).collect(),
        };
        let case = |id: &str| CaseId::new(id);
        let in_year = |year: &str| year.parse::<i32>().ok();
        Some(match (name, &arguments[..]) {
            ("line", [line]) => {
                let id = LineId::new(*line);
                self.columns(self.lines.keys().filter(|line| **line == id))
            }
            ("department", [department, year]) => {
                let year = in_year(year)?;
                self.columns_where(|line| line.year == year && line.department.as_str() == *department)
            }
            ("category", [category, year]) => {
                let year = in_year(year)?;
                self.columns_where(|line| line.year == year && line.category == *category)
            }
            ("year", [year]) => {
                let year = in_year(year)?;
                self.columns_where(|line| line.year == year)
            }
            ("scores", [contract]) => self.ask_scores(&case(contract)),
            ("score", [id]) => self.ask_score(&case(id)),
            ("settlement", [id]) => self.ask_settlement(&case(id)),
            ("clearing", [id]) => self.ask_clearing(&case(id)),
            ("sanction_cut", [department, year]) => {
                self.ask_cut(&DepartmentId::new(*department), in_year(year)?)
            }
            ("suspended", [contract]) => self.ask_suspended(&case(contract)),
            ("feeds", [department, year]) => self.feeds(&DepartmentId::new(*department), in_year(year)?),
            ("clock", [package]) => {
                let id = case(package);
                self.package(&id).map_or(Value::Null, |package| json!(clock(self, &id, package)))
            }
            ("warnings", [id]) => self.cases.get(&case(id)).map_or(Value::Null, |entry| {
                entry.passed.iter().map(|warning| warning.code.as_str()).collect()
            }),
            ("transfers", [id]) => self.ask_transfers(&case(id)),
            ("sankey", [department, year]) => {
                self.ask_sankey(&DepartmentId::new(*department), in_year(year)?)
            }
            ("reconcile", [name]) => statements.get(*name).map_or(Value::Null, |rows| self.reconciled(rows)),
            ("verify", []) => {
                let laws: BTreeSet<&str> = self.verify().iter().map(|breach| breach.law).collect();
                json!(laws)
            }
            _ => return None,
        })
    }

    fn figures<'a>(&self, lines: impl Iterator<Item = &'a LineId>) -> MoneyFigures {
        lines.map(|line| MoneyFigures::of_line(&self.ledger, line, self.rows_of(line))).sum()
    }

    fn columns<'a>(&self, lines: impl Iterator<Item = &'a LineId>) -> Value {
        let mut lines = lines.peekable();
        if lines.peek().is_none() {
            return Value::Null;
        }
        let columns = self.figures(lines).columns();
        Value::Object(columns.into_iter().map(|(name, amount)| (name.to_string(), yuan(amount))).collect())
    }

    fn columns_where(&self, counts: impl Fn(&ApprovedLine) -> bool) -> Value {
        self.columns(self.lines.iter().filter(|(_, line)| counts(line)).map(|(id, _)| id))
    }

    fn ask_scores(&self, contract: &CaseId) -> Value {
        match self.contract(contract) {
            Some(_) => Value::Object(printed_scores(&settlement::scores(self, contract))),
            None => Value::Null,
        }
    }

    fn ask_score(&self, id: &CaseId) -> Value {
        let parameters = self.parameters();
        if let Some(assessment) = self.find::<assessment::Assessment>(id) {
            return number(Some(assessment.score(parameters)));
        }
        let evaluation = self.find::<user_evaluation::UserEvaluation>(id);
        number(evaluation.and_then(|evaluation| evaluation.score(parameters)))
    }

    fn ask_settlement(&self, id: &CaseId) -> Value {
        let Some(settlement) = self.find::<Settlement>(id) else { return Value::Null };
        let scores = settlement.scores.unwrap_or_else(|| settlement::scores(self, &settlement.contract));
        let missing = self
            .contract(&settlement.contract)
            .map(|contract| missing_materials(self, contract, &settlement.in_hand));
        let lines: Vec<Value> = settlement.table.iter().map(|line| printed_line(line, true)).collect();
        let total = settlement::total(&settlement.table);
        let mut answer = printed_scores(&scores);
        answer.insert("contract".to_string(), json!(settlement.contract));
        answer.insert("missing".to_string(), json!(missing.unwrap_or_default()));
        answer.insert("lines".to_string(), json!(lines));
        answer.insert("total".to_string(), total.map_or(Value::Null, |total| printed_line(&total, false)));
        Value::Object(answer)
    }

    fn ask_clearing(&self, id: &CaseId) -> Value {
        let Some(clearing) = self.find::<Clearing>(id) else { return Value::Null };
        let line = |line: &clearing::ClearedLine| {
            json!({
                "line": line.line, "advanced": yuan(line.advanced), "settled": yuan(line.settled),
                "paid": yuan(line.paid), "difference": yuan(line.difference()),
            })
        };
        let lines: Vec<Value> = clearing.lines.iter().map(line).collect();
        let (supply, returned) = supply_and_return(&clearing.lines);
        json!({ "lines": lines, "supply": yuan(supply), "return": yuan(returned) })
    }

    fn ask_cut(&self, department: &DepartmentId, year: i32) -> Value {
        match self.setting.departments.contains_key(department) {
            true => yuan(self.sanction_cut(department, year)),
            false => Value::Null,
        }
    }

    fn ask_suspended(&self, id: &CaseId) -> Value {
        let Some(contract) = self.contract(id) else { return Value::Null };
        let departments = self.departments_of(contract);
        let lines = contract.rows.iter().map(|row| (TargetKind::Line, row.line.as_str()));
        let departments = departments.iter().map(|of| (TargetKind::Department, of.as_str()));
        let mut targets: Vec<(TargetKind, &str)> = lines.chain(departments).collect();
        targets.push((TargetKind::Contract, id.as_str()));
        targets.push((TargetKind::Provider, contract.provider.as_str()));
        let cases: BTreeSet<&CaseId> = self.suspensions(&targets).into_iter().collect();
        json!(cases)
    }

    /// What the review of a year sees of the year before (Art. 4, 14, 17).
    fn feeds(&self, department: &DepartmentId, year: i32) -> Value {
        if !self.setting.departments.contains_key(department) {
            return Value::Null;
        }
        let Some(before) = year.checked_sub(1) else { return Value::Null };
        let lines: BTreeSet<&LineId> = self.lines_of(before, Some(department)).collect();
        let figures = self.figures(lines.iter().copied());
        let settlements = self.of_kind::<Settlement>().map(|(_, settlement)| settlement);
        let settled = settlements.filter(|settlement| settlement.stage == settlement::Stage::Settled);
        let settled = settled.flat_map(|settlement| &settlement.table);
        let settled = settled.filter(|line| self.rows.get(&line.row).is_some_and(|of| lines.contains(of)));
        let settled: Vec<Money> = settled.map(|line| line.settled).collect();
        let rate = quotient(figures.paid.yuan() * Decimal::ONE_HUNDRED, figures.approved().yuan());
        let of_year: BTreeSet<String> =
            self.lines_of(year, Some(department)).map(|line| line.to_string()).collect();
        let carried = self.ledger.rows().iter().filter(|row| {
            row.code == TransferCode::CarryIn
                && row.credit.code == AccountCode::Unadvanced
                && of_year.contains(&row.credit.key)
        });
        let last_settled = (!settled.is_empty()).then(|| yuan(settled.into_iter().sum()));
        json!({
            "last_settled": last_settled,
            "execution_rate": number(rate),
            "sanction_cut": yuan(self.sanction_cut(department, year)),
            "carried_in": yuan(carried.map(|row| row.amount).sum()),
        })
    }

    fn ask_transfers(&self, id: &CaseId) -> Value {
        if !self.cases.contains_key(id) {
            return Value::Null;
        }
        let own = self.ledger.rows().iter().filter(|row| row.origin.case == *id);
        own.map(|row| json!([row.code.word(), row.mode.word(), row.debit, row.credit, row.amount.fen()]))
            .collect()
    }

    fn ask_sankey(&self, department: &DepartmentId, year: i32) -> Value {
        if !self.setting.departments.contains_key(department) {
            return Value::Null;
        }
        let lines: Vec<&LineId> = self.lines_of(year, Some(department)).collect();
        let figures = self.figures(lines.iter().copied());
        let contracts = self.of_kind::<contract::Contract>();
        let by_contract: Vec<(String, Money, Money)> = contracts
            .map(|(id, contract)| {
                let rows = || contract.rows.iter().filter(|row| lines.contains(&&row.line));
                let sum = |code| rows().map(|row| self.row_posted(code, &row.row)).sum();
                (id.to_string(), sum(AccountCode::Paid), sum(AccountCode::RefundDue))
            })
            .collect();
        let flows = flows(&figures, &by_contract);
        flows.into_iter().map(|(from, to, amount)| json!([from, to, amount.fen()])).collect()
    }

    fn reconciled(&self, rows: &[StatementRow]) -> Value {
        let found = reconcile(rows, &self.movements, self.parameters().match_days);
        let differs = found.differs.into_iter();
        let differs = differs.map(|(n, voucher, stated, held)| json!([n, voucher, yuan(stated), yuan(held)]));
        let left = found.ledger_only.into_iter();
        let left = left.map(|(voucher, direction, amount)| json!([voucher, direction, yuan(amount)]));
        json!({
            "matched": found.matched,
            "differs": differs.collect::<Vec<_>>(),
            "statement_only": found.statement_only,
            "ledger_only": left.collect::<Vec<_>>(),
            "ledger_balance": yuan(self.ledger.cash()),
            "statement_balance": yuan(net(rows.iter().map(|row| (row.direction, row.amount)))),
        })
    }
}

fn printed_scores(scores: &Scores) -> Map<String, Value> {
    let all = [
        ("assessment", scores.assessment),
        ("user", scores.user),
        ("score", scores.score),
        ("coefficient", scores.coefficient),
    ];
    all.into_iter().map(|(name, value)| (name.to_string(), number(value))).collect()
}

fn printed_line(line: &SettledLine, of_row: bool) -> Value {
    let mut printed = json!({
        "claimed": yuan(line.claimed), "verified": yuan(line.verified), "cut": yuan(line.cut()),
        "cut_rate": number(line.cut_rate()), "penalty": yuan(line.penalty), "settled": yuan(line.settled),
        "paid": yuan(line.paid), "due": yuan(line.due()),
    });
    if of_row {
        printed["row"] = json!(line.row);
        printed["quantity"] = number(Some(line.quantity));
    }
    printed
}
