//! Bytes of the web app by crate, from the function names the linker leaves.

use std::collections::BTreeMap;

use anyhow::Result;
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

use crate::table;

/// Crates listed; the rest is one line.
const LISTED: usize = 14;

/// Prints the crates whose functions take the most bytes.
pub fn print(wasm: &[u8]) -> Result<()> {
    let mut of_crates: Vec<(String, (usize, usize))> = by_crate(wasm)?.into_iter().collect();
    of_crates.sort_by_key(|(_, (bytes, _))| std::cmp::Reverse(*bytes));
    let all: usize = of_crates.iter().map(|(_, (bytes, _))| bytes).sum();
    let rest = of_crates.split_off(of_crates.len().min(LISTED));
    let others = rest.iter().fold((0, 0), |sum, (_, (bytes, count))| (sum.0 + bytes, sum.1 + count));
    of_crates.push(("其余".to_owned(), others));
    let mut rows = vec![["库（函数属于）", "字节", "占比", "函数"].map(String::from).to_vec()];
    for (name, (bytes, count)) in of_crates {
        let share = format!("{} %", bytes * 100 / all.max(1));
        rows.push(vec![name, format!("{} KB", bytes / 1000), share, count.to_string()]);
    }
    table::print(&rows);
    Ok(())
}

/// Bytes and number of the functions of each crate.
fn by_crate(wasm: &[u8]) -> Result<BTreeMap<String, (usize, usize)>> {
    let (mut imported, mut bodies, mut names) = (0, Vec::new(), BTreeMap::new());
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += usize::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes().len()),
            Payload::CustomSection(section) => {
                let KnownCustom::Name(sections) = section.as_known() else { continue };
                for section in sections {
                    let Name::Function(functions) = section? else { continue };
                    for naming in functions {
                        let naming = naming?;
                        names.insert(naming.index as usize, crate_of(naming.name));
                    }
                }
            }
            _ => {}
        }
    }
    let mut of_crates: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (at, bytes) in bodies.into_iter().enumerate() {
        let name = names.remove(&(at + imported)).unwrap_or_else(|| "（无名）".to_owned());
        let sum = of_crates.entry(name).or_default();
        *sum = (sum.0 + bytes, sum.1 + 1);
    }
    Ok(of_crates)
}

/// The crate of a mangled name; for a trait implementation, the crate of its type.
fn crate_of(mangled: &str) -> String {
    let name = format!("{:#}", rustc_demangle::demangle(mangled));
    let first = name.split("::").next().unwrap_or_default();
    first.trim_start_matches(['<', '&', '*', '(', '[']).rsplit(' ').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_belongs_to_the_crate_it_is_named_after() {
        assert_eq!(crate_of("_ZN6shared6engine7session5apply17h0123456789abcdefE"), "shared");
        let of_an_implementation =
            "_ZN58_$LT$app..grid..Wires$u20$as$u20$core..ops..drop..Drop$GT$4drop17h0123456789abcdefE";
        assert_eq!(crate_of(of_an_implementation), "app");
        assert_eq!(crate_of("main"), "main");
    }
}
