//! Calls about documents: redaction, search, take-over, dry run, played flows.

use super::editions::edition_file;
use super::{Answer, EditionFiles, answer, arguments};
use crate::cases::play;
use crate::engine::document::{Document, RANK_STEP, Row};
use crate::exchange::take_over::{TakenOver, take_over};
use crate::kernel::calendar::FiscalYear;
use crate::kernel::ids::RowId;
use crate::policy::editions::Edition;
use crate::policy::editions::dry_run::{DryRunRequest, DryRunSettlement, dry_run};
use crate::policy::editions::parameters::EditionParameters;
use crate::policy::redaction::{redact, redact_text};
use crate::search::{SearchSubject, find};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// `None` for a call this file does not know.
pub fn evaluate(call: &str, with: &Value, files: EditionFiles) -> Option<Answer> {
    Some(match call {
        "redact_text" => text(with),
        "redact" => document(with),
        "find" => search(with),
        "take_over" => over(with),
        "dry_run" => dry(with, files),
        "play" => played(with, files),
        _ => return None,
    })
}

fn text(with: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct With {
        text: String,
    }
    let With { text } = arguments(with)?;
    answer(&redact_text(&text))
}

fn document(with: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct With {
        document: Value,
    }
    let With { document } = arguments(with)?;
    answer(&redact(&document).map_err(|error| error.to_string())?)
}

fn search(with: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct With {
        query: String,
        things: Vec<SearchSubject>,
        /// Ids the person may see; everything when absent.
        sees: Option<BTreeSet<String>>,
    }
    let With { query, mut things, sees } = arguments(with)?;
    things.retain(|thing| sees.as_ref().is_none_or(|sees| sees.contains(&thing.id)));
    answer(&find(&query, &things))
}

/// Rows by table.
type Tables = BTreeMap<String, Vec<TableRow>>;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TableRow {
    id: String,
    cells: BTreeMap<String, String>,
}

fn over(with: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct With {
        source: Tables,
        target: Tables,
        #[serde(default)]
        left_out: BTreeSet<String>,
    }
    let With { source, target, left_out } = arguments(with)?;
    let TakenOver { document, look_at } = take_over(&read(source), &read(target), &left_out);
    let tables: Tables = document.tables.into_iter().map(|(table, rows)| (table, written(rows))).collect();
    Ok(json!({ "document": tables, "look_at": look_at }))
}

fn read(tables: Tables) -> Document {
    let rows = |rows: Vec<TableRow>| {
        let ranked = rows.into_iter().zip(1..);
        ranked.map(|(row, n)| Row { id: RowId::new(row.id), rank: RANK_STEP * n, cells: row.cells }).collect()
    };
    let tables = tables.into_iter().map(|(table, of)| (table, rows(of))).collect();
    // Taking over does not depend on the year.
    Document { fiscal_year: FiscalYear(2024), tables }
}

fn written(rows: Vec<Row>) -> Vec<TableRow> {
    rows.into_iter().map(|row| TableRow { id: row.id.to_string(), cells: row.cells }).collect()
}

fn dry(with: &Value, files: EditionFiles) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct With {
        base: Value,
        draft: Value,
        requests: Vec<DryRunRequest>,
        #[serde(default)]
        settlements: Vec<DryRunSettlement>,
    }
    let With { base, draft, requests, settlements } = arguments(with)?;
    let parameters = |edition: &Value| -> Result<EditionParameters, String> {
        let file = edition_file(edition, files)?;
        Ok(Edition::read(&file.to_string()).map_err(|error| error.to_string())?.parameters)
    };
    let report = dry_run(&parameters(&base)?, &parameters(&draft)?, &requests, &settlements);
    answer(&report.ok_or("金额超出范围")?)
}

fn played(with: &Value, files: EditionFiles) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct With {
        script: Value,
    }
    let With { script } = arguments(with)?;
    let editions = play::EditionSource { files, demonstration: true };
    play::answer(&script.to_string(), &editions).map_err(|error| error.to_string())
}
