//! The laws of the ledger: a broken law is named with the first place that breaks it.

use super::account::{AccountCode, LedgerAccount};
use super::log::{ChainEnd, Ledger, LedgerFault, Turnover};
use super::reconcile::{CashDirection, CashMovement, StatementRow, net, reconcile};
use super::transfer::{Instruction, Leg, Origin, Transfer, TransferCode};
use super::verify::{Books, SettledRow, SignaturePair, verify};
use crate::kernel::calendar::Date;
use crate::kernel::ids::{CaseId, LineId, PackageRowId, PersonId};
use crate::kernel::money::Money;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn line() -> LineId {
    LineId::new("req/a")
}

fn row() -> PackageRowId {
    PackageRowId::new("prc/a")
}

fn account(code: AccountCode) -> LedgerAccount {
    let of_row = [AccountCode::Paid, AccountCode::RefundDue, AccountCode::Payable];
    match code {
        _ if code.is_source() => LedgerAccount::of_year(code, 2024),
        _ if of_row.contains(&code) => LedgerAccount::of_row(code, &row()),
        _ => LedgerAccount::of_line(code, &line()),
    }
}

fn leg(code: TransferCode, debit: AccountCode, credit: AccountCode, fen: i64) -> Leg {
    Leg::new(code, account(debit), account(credit), Money::from_fen(fen))
}

fn origin(command: &str) -> Origin {
    let day = Date::parse("2024-03-01").unwrap();
    Origin { day, case: CaseId::new("case"), command: command.to_string(), version: "0".repeat(64) }
}

fn write(ledger: &mut Ledger, instructions: &[Instruction]) {
    ledger.write(instructions, &origin("act")).unwrap();
}

/// A line of 1 000.00 advanced, contracted for 600.00 and paid 250.00.
fn paid() -> Ledger {
    use AccountCode::{ContractSource, Paid, Payable, Source, Unadvanced, Uncontracted, Unspent};
    let mut ledger = Ledger::default();
    write(
        &mut ledger,
        &[
            Instruction::Transfer(leg(TransferCode::Approve, Source, Unadvanced, 100_000)),
            Instruction::Transfer(leg(TransferCode::Approve, ContractSource, Uncontracted, 100_000)),
        ],
    );
    write(&mut ledger, &[Instruction::Transfer(leg(TransferCode::Advance, Unadvanced, Unspent, 100_000))]);
    write(&mut ledger, &[Instruction::Reserve(leg(TransferCode::Commit, Uncontracted, Payable, 70_000))]);
    write(&mut ledger, &[Instruction::Post { reservation: 4, amount: Money::from_fen(60_000) }]);
    write(
        &mut ledger,
        &[
            Instruction::Transfer(leg(TransferCode::Pay, Unspent, Paid, 25_000)),
            Instruction::Transfer(leg(TransferCode::Pay, Payable, ContractSource, 25_000)),
        ],
    );
    ledger
}

fn movements() -> Vec<CashMovement> {
    let of = |direction, fen, voucher: &str| CashMovement {
        day: Date::parse("2024-03-01").unwrap(),
        direction,
        amount: Money::from_fen(fen),
        voucher: voucher.to_string(),
        account: None,
    };
    vec![of(CashDirection::In, 100_000, "in-1"), of(CashDirection::Out, 25_000, "out-1")]
}

fn books(ledger: &Ledger, movements: &[CashMovement]) -> Books {
    Books {
        stored: ledger.balances().clone(),
        lines: BTreeMap::from([(line(), 2024)]),
        rows: BTreeMap::from([(row(), line())]),
        cash: net(movements.iter().map(|of| (of.direction, of.amount))),
        ..Books::default()
    }
}

fn laws(books: Books, log: &[Transfer]) -> Vec<&'static str> {
    verify(books, log).into_iter().map(|breach| breach.law).collect()
}

#[test]
fn a_sound_ledger_breaks_no_law() {
    let (ledger, movements) = (paid(), movements());
    assert!(verify(books(&ledger, &movements), ledger.rows()).is_empty());
    let payable = ledger.balance(&account(AccountCode::Payable));
    assert_eq!(payable.posted(&account(AccountCode::Payable)), Money::from_fen(35_000));
    assert_eq!(ledger.posted(&account(AccountCode::Uncontracted)), Money::from_fen(40_000));
}

#[test]
fn what_is_reserved_cannot_be_drawn_again_and_a_refused_command_writes_nothing() {
    let mut ledger = paid();
    let reserve = |fen| {
        Instruction::Reserve(leg(TransferCode::Move, AccountCode::Uncontracted, AccountCode::Payable, fen))
    };
    write(&mut ledger, &[reserve(30_000)]);
    let before = ledger.rows().len();
    let refused = ledger.write(&[reserve(10_000), reserve(1)], &origin("act"));
    assert_eq!(refused, Err(LedgerFault::Overdrawn(account(AccountCode::Uncontracted))));
    assert_eq!(ledger.rows().len(), before);
    assert_eq!(ledger.available(&account(AccountCode::Uncontracted)), Money::from_fen(10_000));
}

#[test]
fn a_reservation_is_closed_once_and_a_row_is_mirrored_once() {
    let mut ledger = paid();
    let again = ledger.write(&[Instruction::Void { reservation: 4 }], &origin("act"));
    assert_eq!(again, Err(LedgerFault::NotOpen(4)));
    let mirror = Instruction::Mirror { of: 6, code: TransferCode::Bounce };
    write(&mut ledger, std::slice::from_ref(&mirror));
    assert_eq!(ledger.write(&[mirror], &origin("act")), Err(LedgerFault::NotMirrored(6)));
    assert_eq!(ledger.posted(&account(AccountCode::Paid)), Money::ZERO);
}

#[test]
fn every_changed_row_breaks_the_chain_and_is_named() {
    let (ledger, movements) = (paid(), movements());
    let mut log = ledger.rows().to_vec();
    log[2].amount = Money::from_fen(99_999);
    let breaches = verify(books(&ledger, &movements), &log);
    assert_eq!(laws(books(&ledger, &movements), &log), ["L7", "L10", "L12"]);
    assert!(breaches[0].at.starts_with("第 3 笔"), "{breaches:?}");
}

#[test]
fn a_row_taken_out_or_overdrawn_is_found() {
    let (ledger, movements) = (paid(), movements());
    let mut log = ledger.rows().to_vec();
    log.remove(2);
    let found = laws(books(&ledger, &movements), &log);
    assert_eq!(found, ["L3", "L7", "L10", "L12"]);
    let mut log = ledger.rows().to_vec();
    log[1].amount = Money::ZERO;
    let found = laws(books(&ledger, &movements), &log);
    assert_eq!(found, ["L2", "L3", "L7", "L10"]);
    let mut log = ledger.rows().to_vec();
    log[0].debit = LedgerAccount::of_year(AccountCode::Source, 2025);
    assert!(laws(books(&ledger, &movements), &log).contains(&"L1"));
    let mut log = ledger.rows().to_vec();
    log[4].amount = Money::from_fen(70_001);
    assert!(laws(books(&ledger, &movements), &log).contains(&"L5"));
    let mut log = ledger.rows().to_vec();
    log[0].origin.version = String::new();
    assert!(laws(books(&ledger, &movements), &log).contains(&"L9"));
}

#[test]
fn laws_of_payments_settlements_signatures_and_closed_years_are_checked() {
    let (ledger, movements) = (paid(), movements());
    let log = ledger.rows();
    let payment = |case: &str| ("con".to_string(), 1, case.to_string());
    let twice = Books { live_payments: vec![payment("p1"), payment("p2")], ..books(&ledger, &movements) };
    assert_eq!(laws(twice, log), ["L4"]);
    let settled = |fen| SettledRow { row: row(), settled: Money::from_fen(fen), after: 7 };
    assert!(laws(Books { settled: vec![settled(60_000)], ..books(&ledger, &movements) }, log).is_empty());
    assert_eq!(laws(Books { settled: vec![settled(60_001)], ..books(&ledger, &movements) }, log), ["L6"]);
    let person = |id: &str| PersonId::new(id);
    let pair = SignaturePair { place: "pay-1".into(), first: person("a"), second: person("a") };
    assert_eq!(laws(Books { signatures: vec![pair], ..books(&ledger, &movements) }, log), ["L8"]);
    let closed = BTreeMap::from([(2024, 7)]);
    assert_eq!(laws(Books { closed, ..books(&ledger, &movements) }, log), ["L11"]);
    assert_eq!(laws(books(&ledger, &movements[..1]), log), ["L12"]);
}

#[test]
fn a_statement_is_matched_by_voucher_then_amount_then_day() {
    let day = |text: &str| Date::parse(text).unwrap();
    let movement = |on: &str, fen, voucher: &str| CashMovement {
        day: day(on),
        direction: CashDirection::Out,
        amount: Money::from_fen(fen),
        voucher: voucher.to_string(),
        account: Some("62".to_string()),
    };
    let stated = |on: &str, fen, voucher: Option<&str>| StatementRow {
        date: day(on),
        direction: CashDirection::Out,
        amount: Money::from_fen(fen),
        voucher: voucher.map(str::to_string),
        account: Some("62".to_string()),
    };
    let held = [
        movement("2024-03-01", 100, "v1"),
        movement("2024-03-02", 200, "v2"),
        movement("2024-03-05", 300, "v3"),
        movement("2024-03-09", 40, "v4"),
        movement("2024-03-09", 60, "v5"),
        movement("2024-03-20", 7, "v6"),
        movement("2024-03-21", 7, "v7"),
    ];
    let rows = [
        stated("2024-03-01", 100, Some("v1")),
        stated("2024-03-02", 201, Some("v2")),
        stated("2024-03-10", 300, None),
        stated("2024-03-09", 100, None),
        stated("2024-03-20", 7, None),
        stated("2024-03-01", 100, Some("v1")),
    ];
    let found = reconcile(&rows, &held, 5);
    let vouchers = |all: &[&str]| all.iter().map(|v| v.to_string()).collect::<Vec<_>>();
    let wanted =
        vec![(1, "R1", vouchers(&["v1"])), (3, "R2", vouchers(&["v3"])), (4, "R3", vouchers(&["v4", "v5"]))];
    assert_eq!(found.matched, wanted);
    assert_eq!(found.differs.len(), 1);
    assert_eq!(found.statement_only, [5, 6], "two candidates decide nothing; a voucher is matched once");
    assert_eq!(found.ledger_only.len(), 2);
    assert_eq!(reconcile(&rows[2..3], &held, 4).matched, []);
}

/// An instruction out of few accounts, often refused.
fn instruction() -> impl Strategy<Value = Instruction> {
    use AccountCode::{ContractSource, Paid, Payable, Source, Unadvanced, Uncontracted, Unspent};
    let pairs = [
        (TransferCode::Approve, Source, Unadvanced),
        (TransferCode::Approve, ContractSource, Uncontracted),
        (TransferCode::Advance, Unadvanced, Unspent),
        (TransferCode::Commit, Uncontracted, Payable),
        (TransferCode::Pay, Unspent, Paid),
        (TransferCode::Pay, Payable, ContractSource),
    ];
    let leg = move |(of, fen): (usize, i64)| {
        let (code, debit, credit) = pairs[of];
        leg(code, debit, credit, fen)
    };
    prop_oneof![
        (0..6usize, 0..300i64).prop_map(leg).prop_map(Instruction::Transfer),
        (0..6usize, 0..300i64).prop_map(leg).prop_map(Instruction::Reserve),
        (1..40u64, 0..300i64)
            .prop_map(|(reservation, fen)| Instruction::Post { reservation, amount: Money::from_fen(fen) }),
        (1..40u64).prop_map(|reservation| Instruction::Void { reservation }),
        (1..40u64).prop_map(|of| Instruction::Mirror { of, code: TransferCode::Bounce }),
    ]
}

proptest! {
    #[test]
    fn whatever_is_asked_the_written_log_holds_its_laws(
        commands in prop::collection::vec(prop::collection::vec(instruction(), 1..4), 1..40)
    ) {
        let mut ledger = Ledger::default();
        for command in &commands {
            let before = ledger.rows().len();
            if ledger.write(command, &origin("act")).is_err() {
                prop_assert_eq!(ledger.rows().len(), before);
            }
        }
        let found = laws(books(&ledger, &[]), ledger.rows());
        // Random legs move money without a bank, and one chain without the other: L12 and the second half of L3 alone.
        prop_assert!(found.iter().all(|law| ["L3", "L12"].contains(law)), "{:?}", found);
        for (account, balance) in ledger.balances() {
            prop_assert!(account.code.is_source() || !balance.available(account).is_negative());
        }
    }
}

/// A store hands over the end, the balances and the open reservations; the log goes on as if all of it were at hand.
#[test]
fn a_stored_log_goes_on_where_it_ended() {
    let mut whole = Ledger::default();
    let approve = leg(TransferCode::Approve, AccountCode::Source, AccountCode::Unadvanced, 1_000);
    let reserve = leg(TransferCode::Advance, AccountCode::Unadvanced, AccountCode::Unspent, 400);
    write(&mut whole, &[Instruction::Transfer(approve)]);
    write(&mut whole, &[Instruction::Reserve(reserve)]);
    let last = whole.rows().last().unwrap().clone();
    let end = ChainEnd { number: last.number, hash: last.hash.clone() };
    let mut resumed = Ledger::resume(end, whole.balances().clone(), Turnover::new(), vec![last], Vec::new());
    let post = [Instruction::Post { reservation: 2, amount: Money::from_fen(300) }];
    write(&mut whole, &post);
    write(&mut resumed, &post);
    assert_eq!(resumed.rows().last(), whole.rows().last());
    assert_eq!(resumed.balances(), whole.balances());
    assert_eq!((resumed.last_number(), resumed.open().count()), (3, 0));
    let again = resumed.write(&post, &origin("approve"));
    assert_eq!(again, Err(LedgerFault::NotOpen(2)));
}
