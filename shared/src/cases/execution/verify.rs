//! 账务核验: hands the laws of the ledger what only the cases know.

use super::world::{CaseEntry, ExecutionWorld};
use crate::cases::settlement;
use crate::kernel::ids::CaseId;
use crate::ledger::balance::Balances;
use crate::ledger::reconcile::{CashMovement, net};
use crate::ledger::verify::{Books, LawBreach, SettledRow, SignaturePair, verify};

impl ExecutionWorld {
    /// What the laws are held against: the cases of this world, with balances that are stored elsewhere.
    pub fn books(&self, stored: Balances, movements: &[CashMovement]) -> Books {
        let settlements = self.of_kind::<settlement::Settlement>().map(|(_, settlement)| settlement);
        let settled = settlements.filter(|settlement| settlement.stage == settlement::Stage::Settled);
        let settled = settled.flat_map(|settlement| {
            settlement.table.iter().map(|line| SettledRow {
                row: line.row.clone(),
                settled: line.settled,
                after: settlement.settled_after,
            })
        });
        let live = self.live_payments().filter(|(_, payment)| !payment.is_final);
        let live = live.map(|(id, of)| (of.contract.to_string(), of.term, id.to_string()));
        Books {
            stored,
            lines: self.lines.iter().map(|(id, line)| (id.clone(), line.year)).collect(),
            rows: self.rows.clone(),
            closed: self.closed.clone(),
            settled: settled.collect(),
            live_payments: live.collect(),
            signatures: self.cases.iter().flat_map(|(id, entry)| signature_pairs(id, entry)).collect(),
            cash: net(movements.iter().map(|of| (of.direction, of.amount))),
        }
    }

    /// Broken laws of § 5.3.
    pub fn verify(&self) -> Vec<LawBreach> {
        verify(self.books(self.ledger.balances().clone(), &self.movements), self.ledger.rows())
    }
}

/// Every command with the last signature before it that it must differ from.
fn signature_pairs(id: &CaseId, entry: &CaseEntry) -> Vec<SignaturePair> {
    let rules = entry.case.kind().second_persons();
    let mut pairs = Vec::new();
    for (at, (verb, second)) in entry.signed.iter().enumerate() {
        let differs = rules.iter().find(|(of, _)| of == verb).map_or(&[][..], |(_, differs)| *differs);
        for earlier in differs {
            let before = entry.signed[..at].iter().rev().find(|(signed, _)| signed == earlier);
            if let Some((_, first)) = before {
                let place = format!("{id} {verb}");
                pairs.push(SignaturePair { place, first: first.clone(), second: second.clone() });
            }
        }
    }
    pairs
}
