//! Statements over HTTP: taken once from csv and xlsx, matched by rule and by hand, and posting nothing.

use crate::account_book::workbook;
use crate::money::{on_both, verified};
use crate::money_races::small_until;
use serde_json::json;
use shared::api::statements::{
    MatchStatementRow, ReadStatement, ReadStatements, RowMatch, StatementRowView, TAKE, TakenStatement,
};
use shared::api::{FILE_TYPE, Method};
use shared::kernel::ids::CaseId;
use tests::office::{Year, year};
use tests::{Answer, Desk};

/// Sends a file; with an operation it is taken.
fn send(desk: &Desk, name: &str, file: &[u8], columns: &str, operation: Option<&str>) -> Answer {
    let taken = operation.map(|operation| format!("&operation={operation}")).unwrap_or_default();
    let path = format!("{TAKE}?name={name}&columns={columns}{taken}");
    desk.raw(
        Method::Post,
        &path,
        Some(file),
        &[("content-type", FILE_TYPE), ("sec-fetch-site", "same-origin")],
    )
}

fn read(answer: &Answer) -> TakenStatement {
    assert_eq!(answer.status, 200, "{}", answer.text);
    serde_json::from_str(&answer.text).expect("what was read")
}

const FEBRUARY: &str = "日期,收付,金额,凭证号,对方账号,对方户名,摘要\n\
    2024-02-05,收,60000.00,国拨2024-001,,省财政厅,预拨\n\
    2024-02-21,付,54901.50,,040211000930100001,晋云信息服务有限公司,第一期\n\
    2024-02-22,付,12.00,,,开户银行,手续费\n";

/// The small year after its first payment.
fn paid(year: &Year, story: impl Fn(&tests::World, &Desk, &Desk)) {
    on_both(year, |world| {
        let office = small_until(world, year, 14);
        let before = world.count("select count(*) from transfers");
        story(world, &office.desks["cash"], &office.desks["lead"]);
        assert_eq!(world.count("select count(*) from transfers"), before, "nothing posts by itself");
        verified(world);
    });
}

fn rows(desk: &Desk, statement: &str) -> Vec<StatementRowView> {
    desk.call(&ReadStatement { statement: CaseId::new(statement) })
}

#[test]
fn a_statement_is_read_taken_once_and_matched_by_rule() {
    let year = year("money-small");
    paid(&year, |_, cash, lead| {
        let shown = read(&send(cash, "feb.csv", FEBRUARY.as_bytes(), "", None));
        assert_eq!((shown.rows, shown.faults.len(), shown.statement), (3, 0, None));
        assert!(cash.call(&ReadStatements {}).statements.is_empty(), "what is only read is not taken");

        let taken = send(cash, "feb.csv", FEBRUARY.as_bytes(), "", Some("st-feb"));
        assert_eq!(read(&taken).statement, Some(CaseId::new("st-feb")));
        let again = send(cash, "feb.csv", FEBRUARY.as_bytes(), "", Some("st-feb"));
        assert_eq!(again.text, taken.text, "the same operation is answered the same");
        let other = send(cash, "copy.csv", FEBRUARY.as_bytes(), "", Some("st-copy"));
        assert_eq!((other.status, other.problem().code.as_str()), (409, "exists"));

        let found: Vec<RowMatch> = rows(lead, "st-feb").into_iter().map(|row| row.found).collect();
        let by_rule = |rule: &str, voucher: &str| RowMatch::Matched {
            rule: rule.to_string(),
            vouchers: vec![voucher.to_string()],
        };
        assert_eq!(found, [by_rule("R1", "国拨2024-001"), by_rule("R2", "省支2024-001"), RowMatch::Open]);
        let list = lead.call(&ReadStatements {});
        assert_eq!((list.statements[0].rows, list.statements[0].open), (3, 1));
        assert_eq!((list.ledger_only.len(), list.may_take), (0, false));
        assert_eq!((list.ledger_balance.fen(), list.statement_balance.fen()), (509_850, 508_650));
        assert_eq!(send(lead, "x.csv", FEBRUARY.as_bytes(), "", None).status, 403);
    });
}

#[test]
fn a_file_with_a_fault_is_not_taken_and_says_where() {
    let year = year("money-small");
    paid(&year, |_, cash, _| {
        let faulty = FEBRUARY.replace("54901.50", "五万多").replace("2024-02-22", "2024-02-31");
        let read = read(&send(cash, "feb.csv", faulty.as_bytes(), "", Some("st-1")));
        let places: Vec<&str> =
            read.faults.iter().map(|fault| fault.address.rsplit('!').next().unwrap_or_default()).collect();
        assert_eq!(places, ["C3", "A4"]);
        assert_eq!(read.statement, None);
        assert!(cash.call(&ReadStatements {}).statements.is_empty());
        let unknown = send(cash, "feb.csv", FEBRUARY.as_bytes(), "1:colour", None);
        assert_eq!(unknown.status, 422);
    });
}

#[test]
fn a_workbook_is_mapped_by_hand_and_what_differs_is_matched_with_a_reason() {
    let year = year("money-small");
    paid(&year, |_, cash, lead| {
        let cells = [
            ["日期", "收付", "金额", "流水号"],
            ["2024-02-05", "收", "60000.00", "国拨2024-001"],
            ["2024-02-20", "付", "54900.00", "省支2024-001"],
        ];
        let cells = cells.map(|row| row.map(str::to_string).to_vec()).to_vec();
        let file = workbook(&cells, &Vec::new());
        let taken = read(&send(cash, "feb.xlsx", &file, "3:voucher", Some("st-2")));
        assert_eq!((taken.rows, taken.faults.len()), (2, 0));
        let found = rows(lead, "st-2");
        assert_eq!(
            found[1].found,
            RowMatch::Differs { ledger: shared::kernel::money::Money::from_fen(5_490_150) }
        );
        let open = lead.call(&ReadStatements {}).ledger_only;
        assert_eq!((open.len(), open[0].voucher.as_str()), (1, "省支2024-001"));

        let by_hand = |desk: &Desk, row: u64, reason: &str| {
            desk.ask(&MatchStatementRow {
                statement: CaseId::new("st-2"),
                row,
                movement: open[0].number,
                reason: reason.to_string(),
            })
        };
        let reason = "银行另扣手续费一元五角，回单已核对。";
        assert_eq!(by_hand(lead, 2, reason).status, 403);
        let refusal = |answer: Answer| answer.problem().refusal.map(|refusal| refusal.code);
        assert_eq!(refusal(by_hand(cash, 2, "手续费")).as_deref(), Some("REC-01"));
        assert_eq!(refusal(by_hand(cash, 1, reason)).as_deref(), Some("REC-02"));
        assert_eq!(by_hand(cash, 2, reason).status, 200);
        assert_eq!(refusal(by_hand(cash, 2, reason)).as_deref(), Some("REC-02"));
        let found = serde_json::to_value(&rows(lead, "st-2")[1].found).expect("JSON");
        assert_eq!((&found["state"], &found["reason"]), (&json!("by_hand"), &json!(reason)));
        assert!(lead.call(&ReadStatements {}).ledger_only.is_empty());
    });
}
