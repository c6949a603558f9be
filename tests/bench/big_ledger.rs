//! 大账: three years of a hundred departments with 5 000 transfers each, reserved and posted in commands of two legs, written as
//! rows; on request with the contracts and the evaluated cases such years have.

use crate::big_contents::{Contents, contract_legs};
use shared::cases::allocation::Allocation;
use shared::cases::execution::world::CaseEntry;
use shared::kernel::calendar::Date;
use shared::kernel::ids::{CaseId, LineId};
use shared::kernel::money::Money;
use shared::ledger::account::{AccountCode, LedgerAccount};
use shared::ledger::log::{ChainEnd, Ledger};
use shared::ledger::transfer::{Instruction, Leg, Origin, Transfer, TransferCode};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};
use std::fmt::Write;

pub const DEPARTMENTS: usize = 100;
pub const YEARS: [i32; 3] = [2022, 2023, 2024];
const TRANSFERS: usize = 5_000;
/// Lines of a department's year, between which money moves.
const LINES: usize = 10;
/// Rows of one insert.
const ROWS: usize = 1_000;

/// Writes the departments' years one after the other; how many transfers there are.
pub async fn fill(url: &str, contents: &Contents) -> usize {
    let mut connection = AnyConnection::connect(url).await.expect("the database");
    let last = "select number, hash from transfers order by number desc limit 1";
    let last: Option<(i64, String)> =
        sqlx::query_as(last).fetch_optional(&mut connection).await.expect("rows");
    let mut end = last.map_or_else(ChainEnd::default, |(number, hash)| {
        let number = u64::try_from(number).expect("a number");
        ChainEnd { number, hash }
    });
    let mut written = 0;
    for year in YEARS {
        for department in 0..DEPARTMENTS {
            let filled = department_year(year, department, end, contents);
            let mut transaction = connection.begin().await.expect("a transaction");
            for sql in filled.statements().into_iter().chain(contents.statements(&filled)) {
                transaction.execute(AssertSqlSafe(sql)).await.expect("the rows");
            }
            transaction.commit().await.expect("a commit");
            written += filled.ledger.rows().len();
            let last = filled.ledger.rows().last().expect("rows");
            end = ChainEnd { number: last.number, hash: last.hash.clone() };
        }
    }
    connection.close().await.expect("the connection closes");
    written
}

/// A department's year in memory.
pub struct DepartmentYear {
    /// Its request.
    pub case: CaseId,
    pub year: i32,
    pub department: usize,
    pub lines: Vec<LineId>,
    ledger: Ledger,
}

fn department_year(year: i32, department: usize, end: ChainEnd, contents: &Contents) -> DepartmentYear {
    let case = CaseId::new(format!("bench-{year}-{department}"));
    let lines: Vec<LineId> = (0..LINES).map(|n| LineId::new(format!("{case}/l{n}"))).collect();
    let mut ledger = Ledger::resume(end, Default::default(), Default::default(), Vec::new(), Vec::new());
    let origin = |command: &str| Origin {
        day: Date::new(year, 3, 1).expect("a day"),
        case: case.clone(),
        command: command.to_string(),
        version: "0".repeat(64),
    };
    let of_line = |code, line: &LineId| LedgerAccount::of_line(code, line);
    let approve = lines.iter().flat_map(|line| {
        [
            (AccountCode::Source, AccountCode::Unadvanced),
            (AccountCode::ContractSource, AccountCode::Uncontracted),
        ]
        .map(|(source, account)| {
            let debit = LedgerAccount::of_year(source, year);
            Instruction::Transfer(leg(TransferCode::Approve, debit, of_line(account, line), 1_000_000))
        })
    });
    ledger.write(&approve.collect::<Vec<_>>(), &origin("approve")).expect("approved");
    if contents.contracts {
        let legs = contract_legs(&case, &lines);
        ledger.write(&legs, &origin("pay")).expect("contracted and paid");
    }
    let mut n = 0;
    while ledger.rows().len() < TRANSFERS {
        let (from, to) = (&lines[n % LINES], &lines[(n + 1) % LINES]);
        let moves = [AccountCode::Unadvanced, AccountCode::Uncontracted].map(|code| {
            Instruction::Reserve(leg(TransferCode::Move, of_line(code, from), of_line(code, to), 100))
        });
        ledger.write(&moves, &origin("apply")).expect("reserved");
        let open = ledger.open().map(|row| Instruction::Post { reservation: row.number, amount: row.amount });
        let open: Vec<_> = open.collect();
        ledger.write(&open, &origin("approve")).expect("posted");
        n += 1;
    }
    DepartmentYear { case, year, department, lines, ledger }
}

pub fn leg(code: TransferCode, from: LedgerAccount, to: LedgerAccount, yuan: i64) -> Leg {
    Leg::new(code, from, to, Money::from_fen(yuan * 100))
}

impl DepartmentYear {
    /// The inserts of its rows. Nothing in them comes from outside this file.
    fn statements(&self) -> Vec<String> {
        let DepartmentYear { case, year, department, lines, ledger } = self;
        let entry = CaseEntry { case: Allocation::default().into(), signed: Vec::new(), passed: Vec::new() };
        let body = entry.body().expect("a body");
        let mut statements = vec![format!(
            "insert into cases (tenant, id, kind, fiscal_year, department, stage, revision, opened, since, body) \
             values ('shanxi', '{case}', 'money.request', {year}, 'd{department}', 'approved', 1, \
             '{year}-03-01 00:00:00', '{year}-03-01 00:00:00', '{body}')"
        )];
        let line = |line: &LineId| format!("('shanxi', '{line}', {year}, 'd{department}', 'other', 'x', 0)");
        let lines: Vec<String> = lines.iter().map(line).collect();
        statements.push(format!(
            "insert into approved_lines (tenant, id, fiscal_year, department, category, name, carried) values {}",
            lines.join(", ")
        ));
        let accounts = ledger.balances().iter().map(|(account, of)| {
            let (debits, credits, reserved) = (of.debits.fen(), of.credits.fen(), of.reserved.fen());
            format!(
                "('shanxi', '{}', '{}', {debits}, {credits}, {reserved})",
                account.code.word(),
                account.key
            )
        });
        let accounts: Vec<String> = accounts.collect();
        statements.push(format!(
            "insert into ledger_accounts (tenant, code, key, debits, credits, reserved) values {} \
             on conflict (tenant, code, key) do update set debits = ledger_accounts.debits + excluded.debits, \
             credits = ledger_accounts.credits + excluded.credits",
            accounts.join(", ")
        ));
        statements.extend(ledger.rows().chunks(ROWS).map(inserted));
        statements
    }
}

fn inserted(rows: &[Transfer]) -> String {
    let mut sql = "insert into transfers (tenant, number, command_group, code, mode, debit_code, debit_key, credit_code, \
                   credit_key, amount, reservation, day, case_id, command, version, hash) values "
        .to_string();
    for (at, row) in rows.iter().enumerate() {
        let joint = if at == 0 { "" } else { ", " };
        let reservation = row.reservation.map_or("null".to_string(), |number| number.to_string());
        write!(
            sql,
            "{joint}('shanxi', {}, {}, '{}', '{}', '{}', '{}', '{}', '{}', {}, {reservation}, '{}', '{}', '{}', '{}', '{}')",
            row.number,
            row.group,
            row.code.word(),
            row.mode.word(),
            row.debit.code.word(),
            row.debit.key,
            row.credit.code.word(),
            row.credit.key,
            row.amount.fen(),
            row.origin.day,
            row.origin.case,
            row.origin.command,
            row.origin.version,
            row.hash,
        )
        .expect("text");
    }
    sql
}
