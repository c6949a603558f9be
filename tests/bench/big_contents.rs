//! 大账的内容: the contracts and the evaluated cases of the departments' years, made from those of one department of the
//! demonstration.

use crate::big_ledger::{DEPARTMENTS, DepartmentYear, leg};
use shared::cases::contract::{Contract, ContractRow, Stage};
use shared::cases::execution::registry::ExecutionKindName;
use shared::cases::execution::world::CaseEntry;
use shared::cases::listed_kind::ListedKind;
use shared::kernel::ids::{CaseId, LineId, PackageRowId};
use shared::kernel::money::Money;
use shared::ledger::account::{AccountCode, LedgerAccount};
use shared::ledger::transfer::{Instruction, TransferCode};
use sqlx::{AnyConnection, Connection};

/// Contracts of a department's year, each signed for two lines and paid once a line.
const CONTRACTS: usize = 20;
/// Of so many departments one is chosen for a 重点评价, with the visit that goes with it.
const EVALUATED: usize = 5;
/// The department a template is of; its requests are one request of every department's year.
const OF_TEMPLATES: &str = "agriculture";
const REQUESTS: [&str; 2] = ["approved-agriculture-2023", "approved-agriculture"];

/// What the years hold besides money that moves between lines.
#[derive(Default)]
pub struct Contents {
    /// Cases that every year of every department has.
    cases: Vec<Template>,
    /// Whether money is also advanced, contracted and paid.
    pub contracts: bool,
}

/// A case of one department's year, from which those of all the others are made.
struct Template {
    id: String,
    kind: String,
    body: String,
}

impl Contents {
    /// Contracts, and what the demonstration judges of one department's performance, all of it again for every department's
    /// year.
    pub async fn of_demonstration(url: &str) -> Contents {
        let mut connection = AnyConnection::connect(url).await.expect("the database");
        let sql = "select id, kind, body from cases where id like '%agriculture%' and kind in ('money.request', \
                   'money.monitoring', 'money.correction', 'money.self_evaluation', 'money.key_evaluation', \
                   'money.site_visit', 'money.application') and (kind <> 'money.request' or \
                   id = 'approved-agriculture-2023') order by length(id) desc";
        let rows: Vec<(String, String, String)> =
            sqlx::query_as(sql).fetch_all(&mut connection).await.expect("the cases of a department");
        connection.close().await.expect("the connection closes");
        let template = |(id, kind, body)| Template { id, kind, body };
        Contents { cases: rows.into_iter().map(template).collect(), contracts: true }
    }

    /// The departments themselves.
    pub fn departments() -> String {
        let row = |n| format!("('shanxi', 'd{n}', '省第{n}厅', {})", 100 + n);
        let rows: Vec<String> = (0..DEPARTMENTS).map(row).collect();
        format!("insert into departments (tenant, id, name, position) values {}", rows.join(", "))
    }

    /// The inserts of what a department's year holds. Nothing in them comes from outside the demonstration.
    pub fn statements(&self, of: &DepartmentYear) -> Vec<String> {
        let mut statements = Vec::new();
        let is_evaluated = of.department.is_multiple_of(EVALUATED);
        let has = |kind: &str| is_evaluated || !matches!(kind, "money.key_evaluation" | "money.site_visit");
        for template in self.cases.iter().filter(|template| has(&template.kind)) {
            let body = self.again(&template.body, of);
            let kind = template.kind.strip_prefix("money.").expect("a kind that moves or judges money");
            let kind = ExecutionKindName::from_word(kind).expect("a kind");
            let entry = CaseEntry::read(kind, &body).expect("a case");
            if kind == ExecutionKindName::Request {
                // The ledger wrote it without anything in it.
                statements.extend(stored(&of.case, of.year, &entry));
            } else {
                statements.extend(stored(&CaseId::new(self.again(&template.id, of)), of.year, &entry));
            }
        }
        if self.contracts {
            statements.extend(contract_rows(of));
        }
        statements
    }

    /// A text of a template as the department's year has it.
    fn again(&self, text: &str, of: &DepartmentYear) -> String {
        let mut text = text.to_string();
        for request in REQUESTS {
            // A name that goes on is of another case.
            text = text.replace(&format!("\"{request}\""), &format!("\"{}\"", of.case));
        }
        let ids = self.cases.iter().map(|case| case.id.as_str()).filter(|id| !REQUESTS.contains(id));
        for (n, id) in ids.enumerate() {
            text = text.replace(id, &format!("bench-case-{n}-{}-{}", of.year, of.department));
        }
        for year in [2023, 2024] {
            text = text.replace(&format!("\"year\":{year}"), &format!("\"year\":{}", of.year));
        }
        text.replace(OF_TEMPLATES, &format!("d{}", of.department))
    }
}

/// A case with the keys it is found by.
fn stored(id: &CaseId, year: i32, entry: &CaseEntry) -> [String; 2] {
    let case = &entry.case;
    let (kind, stage) = (ListedKind::from(case.kind()).word(), case.stage());
    let department = case.subject().department.map_or("null".to_string(), |of| format!("'{of}'"));
    let body = entry.body().expect("a body").replace('\'', "''");
    let row = format!(
        "insert into cases (tenant, id, kind, fiscal_year, department, stage, revision, opened, since, body, keyed) \
         values ('shanxi', '{id}', '{kind}', {year}, {department}, '{stage}', 1, '{year}-03-01 00:00:00', \
         '{year}-03-01 00:00:00', '{body}', 1) on conflict (tenant, id) do update set body = excluded.body, keyed = 1"
    );
    let keys: Vec<String> =
        case.keys(id).iter().map(|key| format!("('shanxi', '{}', '{id}')", key.as_str())).collect();
    let keys = format!("insert into case_keys (tenant, key, case_id) values {}", keys.join(", "));
    [row, keys]
}

/// The contracts of a department's year with the two lines each serves.
fn contracts<'a>(
    request: &CaseId,
    lines: &'a [LineId],
) -> impl Iterator<Item = (CaseId, [(PackageRowId, &'a LineId); 2])> {
    let request = request.clone();
    (0..CONTRACTS).map(move |n| {
        let contract = CaseId::new(format!("{request}-con-{n}"));
        let row = |m: usize| (PackageRowId::new(format!("{contract}/r{m}")), &lines[(n + m) % lines.len()]);
        let rows = [row(0), row(1)];
        (contract, rows)
    })
}

/// Money advanced, contracted and paid.
pub fn contract_legs(request: &CaseId, lines: &[LineId]) -> Vec<Instruction> {
    let of_line = LedgerAccount::of_line;
    let advance = lines.iter().map(|line| {
        let (from, to) = (of_line(AccountCode::Unadvanced, line), of_line(AccountCode::Unspent, line));
        leg(TransferCode::Advance, from, to, 100_000)
    });
    let rows: Vec<_> = contracts(request, lines).flat_map(|(_, rows)| rows).collect();
    let sign = rows.iter().map(|(row, line)| {
        let to = LedgerAccount::of_row(AccountCode::Payable, row);
        leg(TransferCode::Commit, of_line(AccountCode::Uncontracted, line), to, 10_000)
    });
    let pay = rows.iter().map(|(row, line)| {
        let to = LedgerAccount::of_row(AccountCode::Paid, row);
        leg(TransferCode::Pay, of_line(AccountCode::Unspent, line), to, 5_000)
    });
    advance.chain(sign).chain(pay).map(Instruction::Transfer).collect()
}

fn contract_rows(of: &DepartmentYear) -> Vec<String> {
    let (mut statements, mut package_rows) = (Vec::new(), Vec::new());
    for (id, rows) in contracts(&of.case, &of.lines) {
        package_rows.extend(rows.iter().map(|(row, line)| format!("('shanxi', '{row}', '{line}')")));
        let row = |(row, line): (PackageRowId, &LineId)| ContractRow {
            id: row.to_string(),
            row,
            line: line.clone(),
            quantity: 1.into(),
            unit: None,
            price: Money::from_fen(1_000_000),
            added: 0.into(),
            added_amount: Money::ZERO,
        };
        let contract = Contract {
            stage: Stage::InForce,
            provider: CaseId::new("provider-jinyun"),
            year: of.year,
            number: id.to_string(),
            rows: rows.into_iter().map(row).collect(),
            ..Contract::default()
        };
        let entry = CaseEntry { case: contract.into(), signed: Vec::new(), passed: Vec::new() };
        statements.extend(stored(&id, of.year, &entry));
    }
    statements
        .push(format!("insert into package_rows (tenant, id, line) values {}", package_rows.join(", ")));
    statements
}
