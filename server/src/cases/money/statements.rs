//! 对账: the statements that were taken, matched with the movements of the bureau's money whenever they are read. Nothing
//! here posts; what stays open is work of the treasurer.

use super::statement_rows::{self, HandMatch, NewStatement, StoredStatement};
use super::{rows, world};
use crate::context::{Context, Shared};
use crate::kernel::failure::Failure;
use crate::store::audit_trail::AuditRecord;
use shared::api::statements::{
    LEAST_REASON, MatchStatementRow, MovementLine, ReadStatement, ReadStatements, RowMatch, StatementHead,
    StatementRowView, StatementsView,
};
use shared::cases::statement::StatementLine;
use shared::kernel::ids::{CaseId, OpId};
use shared::kernel::people::{Actor, Office, Role};
use shared::kernel::refusal::Refusal;
use shared::ledger::reconcile::{CashMovement, Reconciliation, StatementRow, net, reconcile_rest};
use sqlx::AnyConnection;
use std::collections::BTreeMap;

/// Only the bureau's treasurer takes statements and matches them.
///
/// # Errors
/// Another role.
pub fn require_treasurer(actor: &Actor) -> Result<(), Failure> {
    match actor.role {
        Role::BureauTreasurer => Ok(()),
        role => {
            let says = format!("对账不由{}办理，请由{}办理。", role.label(), Role::BureauTreasurer.label());
            Err(Refusal::new("authority.role", says).into())
        }
    }
}

fn require_reader(actor: &Actor) -> Result<(), Failure> {
    match actor.role.office() {
        Office::Bureau | Office::Finance | Office::Audit => Ok(()),
        Office::Department | Office::Outside | Office::Administration => Err(Failure::unknown("份对账单")),
    }
}

/// Everything that is matched, in the order the statements were taken.
struct Matched {
    statements: Vec<StoredStatement>,
    /// Statement and number of each row.
    places: Vec<(CaseId, u64)>,
    lines: Vec<StatementLine>,
    movements: Vec<CashMovement>,
    by_hand: BTreeMap<(CaseId, u64), HandMatch>,
    found: Reconciliation,
}

impl Matched {
    async fn read(context: &Context, connection: &mut AnyConnection) -> Result<Matched, Failure> {
        let tenant = context.tenant();
        let statements = statement_rows::all(&mut *connection, tenant).await?;
        let mut by_statement = statement_rows::lines(&mut *connection, tenant).await?;
        let by_hand = statement_rows::matches(&mut *connection, tenant).await?;
        let movements = rows::movements(&mut *connection, tenant).await?;
        let setting = world::setting(context, connection, None).await?;
        let (mut places, mut lines) = (Vec::new(), Vec::new());
        for statement in &statements {
            let own = by_statement.remove(&statement.id).unwrap_or_default();
            places.extend((1..).zip(&own).map(|(number, _)| (statement.id.clone(), number)));
            lines.extend(own);
        }
        let pairs = places.iter().enumerate().filter_map(|(at, place)| {
            let movement = usize::try_from(by_hand.get(place)?.movement).ok()?;
            Some((at, movement.checked_sub(1)?))
        });
        let pairs: Vec<(usize, usize)> = pairs.collect();
        let rows: Vec<StatementRow> = lines.iter().map(StatementLine::row).collect();
        let found = reconcile_rest(&rows, &movements, setting.parameters.match_days, &pairs);
        Ok(Matched { statements, places, lines, movements, by_hand, found })
    }

    /// What became of the row at this place, from 0.
    fn of_row(&self, at: usize) -> RowMatch {
        if let Some(by_hand) = self.by_hand.get(&self.places[at]) {
            let movement =
                usize::try_from(by_hand.movement).ok().and_then(|n| self.movements.get(n.checked_sub(1)?));
            return RowMatch::ByHand {
                voucher: movement.map(|of| of.voucher.clone()).unwrap_or_default(),
                reason: by_hand.reason.clone(),
                by: by_hand.by.clone(),
            };
        }
        let number = at + 1;
        if let Some((_, rule, vouchers)) = self.found.matched.iter().find(|(row, ..)| *row == number) {
            return RowMatch::Matched { rule: (*rule).to_string(), vouchers: vouchers.clone() };
        }
        match self.found.differs.iter().find(|(row, ..)| *row == number) {
            Some((.., ledger)) => RowMatch::Differs { ledger: *ledger },
            None => RowMatch::Open,
        }
    }

    fn is_open(&self, at: usize) -> bool {
        matches!(self.of_row(at), RowMatch::Open | RowMatch::Differs { .. })
    }

    /// Movements that no row shows, and those shown under another amount.
    fn open_movements(&self) -> Vec<MovementLine> {
        let is_open = |movement: &CashMovement| {
            let left = self.found.ledger_only.iter().any(|(voucher, direction, _)| {
                (voucher, *direction) == (&movement.voucher, movement.direction)
            });
            left || self.found.differs.iter().any(|(row, voucher, ..)| {
                let direction = self.lines.get(row - 1).map(|line| line.direction);
                *voucher == movement.voucher && direction == Some(movement.direction)
            })
        };
        let all = (1..).zip(&self.movements).filter(|(_, movement)| is_open(movement));
        let line = |(number, of): (u64, &CashMovement)| MovementLine {
            number,
            day: of.day,
            direction: of.direction,
            amount: of.amount,
            voucher: of.voucher.clone(),
        };
        all.map(line).collect()
    }
}

/// `GET /api/statements`.
pub async fn list(context: Shared, actor: Actor, _: ReadStatements) -> Result<StatementsView, Failure> {
    require_reader(&actor)?;
    let mut connection = context.db.reader().acquire().await?;
    let matched = Matched::read(&context, &mut connection).await?;
    let head = |statement: &StoredStatement| {
        let own = || (0..matched.places.len()).filter(|at| matched.places[*at].0 == statement.id);
        StatementHead {
            statement: statement.id.clone(),
            name: statement.name.clone(),
            by: statement.by.clone(),
            at: statement.at,
            rows: own().count(),
            open: own().filter(|at| matched.is_open(*at)).count(),
        }
    };
    Ok(StatementsView {
        statements: matched.statements.iter().rev().map(head).collect(),
        ledger_only: matched.open_movements(),
        ledger_balance: net(matched.movements.iter().map(|of| (of.direction, of.amount))),
        statement_balance: net(matched.lines.iter().map(|of| (of.direction, of.amount))),
        may_take: require_treasurer(&actor).is_ok(),
    })
}

/// `GET /api/statements/{statement}`.
pub async fn read(
    context: Shared,
    actor: Actor,
    request: ReadStatement,
) -> Result<Vec<StatementRowView>, Failure> {
    require_reader(&actor)?;
    let mut connection = context.db.reader().acquire().await?;
    let matched = Matched::read(&context, &mut connection).await?;
    let own = (0..matched.places.len()).filter(|at| matched.places[*at].0 == request.statement);
    let rows: Vec<StatementRowView> = own
        .map(|at| StatementRowView {
            number: matched.places[at].1,
            line: matched.lines[at].clone(),
            found: matched.of_row(at),
        })
        .collect();
    if rows.is_empty() { Err(Failure::unknown("份对账单")) } else { Ok(rows) }
}

/// Stores what was read of a file, once; repeated under the same operation it answers the same.
pub async fn take(
    context: &Context,
    actor: &Actor,
    operation: &OpId,
    (name, digest): (&str, &str),
    lines: &[StatementLine],
) -> Result<CaseId, Failure> {
    let (id, tenant) = (CaseId::new(operation.as_str()), context.tenant());
    let mut write = context.db.write(&format!("money {tenant}")).await?;
    match statement_rows::of_digest(write.connection(), tenant, digest).await? {
        Some(taken) if taken == id.as_str() => return Ok(id),
        Some(_) => return Err(Failure::exists("这份对账单已经导入过，同一文件只导入一次。")),
        None => {}
    }
    let at = context.clock().stamp();
    let new = NewStatement {
        id: &id,
        name,
        digest,
        by_account: actor.account.as_str(),
        by_name: &actor.name,
        at: at.to_string(),
        lines,
    };
    statement_rows::insert(write.connection(), tenant, &new).await?;
    let entry = AuditRecord::by(actor, at, "statement.take", id.as_str());
    write.commit(entry.detail(format!("{name}，{} 行", lines.len()))).await?;
    Ok(id)
}

/// `POST /api/statements/{statement}/matches`.
pub async fn match_row(context: Shared, actor: Actor, request: MatchStatementRow) -> Result<(), Failure> {
    require_treasurer(&actor)?;
    let MatchStatementRow { statement, row, movement, reason } = request;
    let (reason, tenant) = (reason.trim().to_string(), context.tenant());
    if reason.chars().count() < LEAST_REASON {
        let says = format!("人工核对须写明理由（不少于{LEAST_REASON}个字）");
        return Err(Refusal::under(7, "REC-01", says).into());
    }
    let mut write = context.db.write(&format!("money {tenant}")).await?;
    let matched = Matched::read(&context, write.connection()).await?;
    let at = matched.places.iter().position(|(of, number)| (of, *number) == (&statement, row));
    let at = at.ok_or_else(|| Failure::unknown("行对账单"))?;
    let open = matched.open_movements().into_iter().find(|of| of.number == movement);
    let same_way = open.is_some_and(|of| of.direction == matched.lines[at].direction);
    if !matched.is_open(at) || !same_way {
        let says = "该行已核对，或所选账务不是同方向的未核对收付，请刷新后重选";
        return Err(Refusal::under(7, "REC-02", says).into());
    }
    let (stamp, by) = (context.clock().stamp(), actor.name.clone());
    let found = HandMatch { movement, reason, by };
    let author = (actor.account.as_str(), stamp.to_string());
    statement_rows::insert_match(write.connection(), tenant, (&statement, row), &found, author).await?;
    let entry = AuditRecord::by(&actor, stamp, "statement.match", statement.as_str());
    write.commit(entry.detail(format!("第 {row} 行：{}", found.reason))).await
}
