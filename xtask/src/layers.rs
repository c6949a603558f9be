//! Which folder may import which, and that no two public types share a name.
//!
//! Reads the sources with a small lexer rather than `syn`: xtask is compiled first on every fresh machine, and
//! paths and item heads need no syntax tree.

mod circles;
mod imports;
mod sources;
mod tokens;
mod types;

use anyhow::{Result, bail};

use crate::layers::imports::Import;
use crate::layers::sources::Crate;
use crate::workspace;

/// A folder directly below `src/`, and the folders it may import.
type Row = (&'static str, &'static str);

/// The layers of each crate from the bottom up: a row may name only folders of rows above it.
///
/// `lib.rs`, the entries (`main.rs`, `site_main.rs`) and the server's `context.rs` put all rooms together: they belong to no layer and may import
/// everything. Every other file lies in a folder listed here.
const LAYERS: [(&str, &[Row]); 3] = [
    (
        "shared",
        &[
            ("kernel", ""),
            ("engine", "kernel"),
            ("policy", "kernel"),
            ("search", "kernel"),
            ("forms", "kernel engine policy"),
            ("ledger", "kernel engine policy"),
            ("exchange", "kernel engine policy"),
            ("cases", "kernel engine policy forms ledger exchange"),
            ("vectors", "kernel engine policy search forms ledger exchange cases"),
            ("api", "kernel engine policy forms ledger exchange cases"),
            ("sync", "kernel engine policy forms ledger exchange cases api"),
        ],
    ),
    (
        "server",
        &[
            ("kernel", ""),
            ("store", "kernel"),
            ("identity", "kernel store"),
            ("http", "kernel store identity"),
            ("audit", "kernel store identity http"),
            ("notify", "kernel store identity http"),
            ("documents", "kernel store identity http"),
            ("cases", "kernel store identity http notify documents"),
            ("read_models", "kernel store identity http notify documents cases"),
            ("exchange", "kernel store identity http notify documents cases read_models"),
            ("ops", "kernel store identity http audit notify documents cases read_models exchange"),
        ],
    ),
    (
        "app",
        &[
            ("kernel", ""),
            ("ui", "kernel"),
            ("form_ui", "kernel ui"),
            ("sync_client", "kernel ui form_ui"),
            ("cases", "kernel ui form_ui sync_client"),
            ("features", "kernel ui form_ui sync_client cases"),
            ("site", "kernel ui"),
        ],
    ),
];

/// Fails with every import against the table, every circle of folders and every public type name defined twice.
pub fn check() -> Result<()> {
    let root = workspace::root()?;
    let mut crates = Vec::new();
    let mut violations = Vec::new();
    for (name, rows) in LAYERS {
        let sources = Crate::read(&root, name)?;
        let imports = imports::of(&sources);
        violations.extend(unlisted(&sources, rows));
        violations.extend(forbidden(&imports, rows));
        violations.extend(circles::among(name, &imports));
        crates.push(sources);
    }
    violations.extend(types::defined_twice(&crates));
    if !violations.is_empty() {
        bail!("违反分层约定 {} 处：\n  {}", violations.len(), violations.join("\n  "));
    }
    println!("  分层与类型名称符合约定");
    Ok(())
}

/// Modules directly below `src/` that the table does not know.
fn unlisted(sources: &Crate, rows: &[Row]) -> Vec<String> {
    let known = |module: &&String| rows.iter().any(|(folder, _)| folder == module);
    let unlisted = sources.modules.iter().filter(|module| !known(module));
    unlisted
        .map(|module| format!("{}/src/{module} 不在分层表中（xtask/src/layers.rs）", sources.name))
        .collect()
}

/// Imports between folders of the table that the table does not allow.
fn forbidden(imports: &[Import], rows: &[Row]) -> Vec<String> {
    let row = |folder: &str| rows.iter().find(|(of, _)| *of == folder);
    let breaks = |import: &&Import| {
        let (Some((_, allowed)), Some(_)) = (row(&import.from), row(&import.to)) else { return false };
        !allowed.split_whitespace().any(|folder| folder == import.to)
    };
    let line = |import: &Import| format!("{} {} 不得引用 {}", import.place, import.from, import.to);
    imports.iter().filter(breaks).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_names_only_folders_above_it() {
        for (name, rows) in LAYERS {
            for (at, (folder, allowed)) in rows.iter().enumerate() {
                for import in allowed.split_whitespace() {
                    let is_above = rows[..at].iter().any(|(above, _)| *above == import);
                    assert!(is_above, "{name}: {folder} may not name {import}");
                }
            }
        }
    }

    #[test]
    fn an_import_against_the_table_is_named_with_its_place() {
        let rows: &[Row] = &[("kernel", ""), ("engine", "kernel"), ("policy", "kernel")];
        let import = |from: &str, to: &str| Import {
            from: from.to_owned(),
            to: to.to_owned(),
            place: "shared/src/engine/plan.rs:3".to_owned(),
        };
        let imports = [import("engine", "kernel"), import("engine", "policy"), import("engine", "unlisted")];
        assert_eq!(forbidden(&imports, rows), ["shared/src/engine/plan.rs:3 engine 不得引用 policy"]);
    }
}
