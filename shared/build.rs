//! Stops the build when a shipped edition lacks a parameter of the catalogue or has one too many. Reads the files by
//! their layout, one name a line, so that the build needs no JSON parser of its own.

use std::collections::BTreeSet;
use std::fs;
use std::io::Result;

const ROOM: &str = "src/policy/editions";

fn main() -> Result<()> {
    println!("cargo::rerun-if-changed={ROOM}");
    let catalogue = fs::read_to_string(format!("{ROOM}/parameters.json"))?;
    let known: BTreeSet<&str> =
        catalogue.lines().filter_map(|line| quoted(line.strip_prefix("   \"name\": ")?)).collect();
    for edition in ["2022-51", "2027-demo"] {
        let text = fs::read_to_string(format!("{ROOM}/{edition}.json"))?;
        let inside = text.lines().skip_while(|line| *line != " \"parameters\": {").skip(1);
        let named: BTreeSet<&str> = inside
            .take_while(|line| !line.starts_with(" }"))
            .filter_map(|line| quoted(line.strip_prefix("  ")?))
            .collect();
        for name in known.symmetric_difference(&named) {
            println!("cargo::error={edition}.json and the catalogue disagree on the parameter `{name}`");
        }
    }
    Ok(())
}

/// The text in the quotation marks a line begins with.
fn quoted(line: &str) -> Option<&str> {
    line.strip_prefix('"')?.split('"').next()
}
