//! Public type names that two places define.

use std::collections::BTreeMap;

use crate::layers::sources::{Crate, File};

/// Folders below `cases/` that are not a kind of case.
const NOT_KINDS: [&str; 3] = ["authority", "kernel", "registry"];

/// One line per public struct, enum, union, trait or alias whose name occurs more than once over all crates.
///
/// Each kind of case owns its names (`payment::Command`, `contract::Command`), so its folder does not count.
pub fn defined_twice(crates: &[Crate]) -> Vec<String> {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in crates.iter().flat_map(|sources| &sources.files).filter(|file| !is_of_a_kind(file)) {
        for (name, line) in public_types(file) {
            places.entry(name).or_default().push(format!("{}:{line}", file.name));
        }
    }
    let twice = places.into_iter().filter(|(_, places)| places.len() > 1);
    twice
        .map(|(name, places)| format!("公开类型 {name} 有 {} 处定义：{}", places.len(), places.join(" ")))
        .collect()
}

/// A file in `cases/<kind>/`.
fn is_of_a_kind(file: &File) -> bool {
    let mut parts = file.name.split('/').skip(2);
    let (first, folder, below) = (parts.next(), parts.next(), parts.next());
    first == Some("cases") && below.is_some() && folder.is_some_and(|folder| !NOT_KINDS.contains(&folder))
}

/// Name and line of each type that a file defines as `pub`; a narrower visibility is the module's own affair.
fn public_types(file: &File) -> Vec<(String, usize)> {
    let tokens = file.product_tokens();
    let mut types = Vec::new();
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.text == "pub") {
        let after = &tokens[at + 1..];
        let modifiers = after.iter().take_while(|token| ["unsafe", "auto"].contains(&token.text)).count();
        if let [kind, name, ..] = &after[modifiers..]
            && ["struct", "enum", "union", "trait", "type"].contains(&kind.text)
            && name.text.starts_with(char::is_alphabetic)
        {
            types.push((name.text.to_owned(), token.line));
        }
    }
    types
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::sources::tests::file;

    #[test]
    fn a_name_of_two_public_types_is_listed_with_both_places() {
        let one = "pub struct Event;\npub enum Stage {}\npub(crate) struct Hidden;\nstruct Own;";
        let two = "pub trait Stage {}\npub type Event = u8;\nstruct Hidden;\npub fn Own() {}";
        let shared = Crate::of("shared", vec![file("a.rs", one), file("b/c.rs", two)]);
        assert_eq!(
            defined_twice(&[shared]),
            [
                "公开类型 Event 有 2 处定义：shared/src/a.rs:1 shared/src/b/c.rs:2",
                "公开类型 Stage 有 2 处定义：shared/src/a.rs:2 shared/src/b/c.rs:1",
            ]
        );
    }

    #[test]
    fn a_kind_of_case_owns_its_names() {
        let twice = |path: &str| {
            let files = vec![file("forms.rs", "pub enum Command {}"), file(path, "pub enum Command {}")];
            defined_twice(&[Crate::of("shared", files)]).len()
        };
        assert_eq!(twice("cases/payment/flow.rs"), 0);
        assert_eq!(twice("cases/payment/mod.rs"), 0);
        assert_eq!(twice("cases/kernel/head.rs"), 1);
        assert_eq!(twice("cases/registry.rs"), 1);
        assert_eq!(twice("policy/cases/flow.rs"), 1);
    }

    #[test]
    fn what_only_looks_like_a_type_is_none() {
        let text = "macro_rules! a { () => { pub struct $name; } } // pub struct A;\n#[cfg(test)] pub struct B; pub unsafe trait C {}";
        let names: Vec<String> =
            public_types(&file("a.rs", text)).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["C"]);
    }
}
