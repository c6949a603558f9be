//! BENCHMARKS.md: one marked section per benchmark run; a run rewrites its own section only.

use std::fs;

use anyhow::{Context, Result};

use crate::workspace;

const TITLE: &str = "# Benchmarks\n";

/// Writes `text` as the section `name`: replaces it, or appends it.
pub fn write(name: &str, text: &str) -> Result<()> {
    let path = workspace::root()?.join("BENCHMARKS.md");
    let before = fs::read_to_string(&path).unwrap_or_else(|_| TITLE.to_owned());
    fs::write(&path, with_section(&before, name, text)).context("BENCHMARKS.md")
}

fn with_section(before: &str, name: &str, text: &str) -> String {
    let (from, to) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->\n"));
    let section = format!("{from}\n{}\n\n{to}", text.trim());
    match (before.find(&from), before.find(&to)) {
        (Some(start), Some(end)) if start < end => {
            format!("{}{section}{}", &before[..start], &before[end + to.len()..])
        }
        _ => format!("{}\n\n{section}", before.trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_rewrites_its_own_section_alone() {
        let first = with_section(TITLE, "a", "one");
        let both = with_section(&first, "b", "two");
        let again = with_section(&both, "a", "three");
        assert_eq!(again, both.replace("one", "three"));
        assert_eq!(with_section(&again, "a", "one"), both);
    }
}
