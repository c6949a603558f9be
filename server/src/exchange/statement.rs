//! 导入对账单: a file is read as workbooks are, shown, and taken when a person says so and no cell is at fault.

use super::workbook::route::read_file;
use crate::cases::money::statements;
use crate::context::Shared;
use crate::kernel::failure::Failure;
use shared::api::statements::{TakeStatement, TakenStatement};
use shared::cases::statement::{self, StatementReading};
use shared::kernel::hash::sm3_hex;
use shared::kernel::people::Actor;
use std::collections::BTreeMap;

/// Rows shown of a file.
const SHOWN: usize = 20;

/// `POST /api/statements/files`.
pub async fn upload(
    context: Shared,
    actor: Actor,
    request: TakeStatement,
    file: Vec<u8>,
) -> Result<TakenStatement, Failure> {
    statements::require_treasurer(&actor)?;
    let chosen = columns(&request.columns)?;
    let digest = sm3_hex(&file);
    let workbook = read_file(file).await?;
    let StatementReading { columns, lines, faults } = statement::read(&workbook, &chosen);
    let mut taken = TakenStatement {
        columns,
        rows: lines.len(),
        first: lines.iter().take(SHOWN).cloned().collect(),
        faults,
        statement: None,
    };
    if let Some(operation) = request.operation.filter(|_| taken.faults.is_empty() && !lines.is_empty()) {
        let named = (request.name.trim(), digest.as_str());
        taken.statement = Some(statements::take(&context, &actor, &operation, named, &lines).await?);
    }
    Ok(taken)
}

/// `4:voucher,5:`: the columns a person mapped.
fn columns(text: &str) -> Result<BTreeMap<u32, Option<String>>, Failure> {
    let pair = |pair: &str| {
        let (column, field) = pair.split_once(':')?;
        let known = statement::fields().any(|(known, _)| known == field);
        (known || field.is_empty()).then_some(())?;
        Some((column.parse().ok()?, (!field.is_empty()).then(|| field.to_string())))
    };
    let pairs = text.split(',').filter(|text| !text.is_empty()).map(pair);
    pairs.collect::<Option<_>>().ok_or_else(|| Failure::malformed(422, "`columns`：应为“列号:字段”。"))
}
