//! Circles of top-level modules that import each other.

use std::collections::{BTreeMap, BTreeSet};

use crate::layers::imports::Import;

/// One line per circle: its modules, and for each import between them its first place and how often it occurs.
pub fn among(crate_name: &str, imports: &[Import]) -> Vec<String> {
    let mut edges: BTreeMap<(&str, &str), Vec<&Import>> = BTreeMap::new();
    for import in imports {
        edges.entry((&import.from, &import.to)).or_default().push(import);
    }
    let reachable = |from: &str| {
        let (mut reached, mut pending) = (BTreeSet::new(), vec![from.to_owned()]);
        while let Some(module) = pending.pop() {
            for (_, to) in edges.keys().filter(|(of, _)| *of == module) {
                if reached.insert((*to).to_owned()) {
                    pending.push((*to).to_owned());
                }
            }
        }
        reached
    };
    let modules: BTreeSet<&str> = edges.keys().flat_map(|(from, to)| [*from, *to]).collect();
    let reach: BTreeMap<&str, BTreeSet<String>> =
        modules.iter().map(|module| (*module, reachable(module))).collect();
    let mut seen = BTreeSet::new();
    let mut lines = Vec::new();
    for module in &modules {
        // Modules that reach each other are in one circle.
        let circle: Vec<&str> = modules
            .iter()
            .copied()
            .filter(|other| reach[module].contains(*other) && reach[other].contains(*module))
            .collect();
        if circle.is_empty() || !seen.insert(circle.clone()) {
            continue;
        }
        let inside = edges.iter().filter(|((from, to), _)| circle.contains(from) && circle.contains(to));
        let shown =
            inside.map(|((from, to), all)| format!("{from} → {to}（{}，共 {} 处）", all[0].place, all.len()));
        lines.push(format!(
            "{crate_name} 循环引用 {}：\n    {}",
            circle.join("、"),
            shown.collect::<Vec<_>>().join("\n    ")
        ));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imports(edges: &[(&str, &str)]) -> Vec<Import> {
        let import = |(from, to): &(&str, &str)| Import {
            from: (*from).to_owned(),
            to: (*to).to_owned(),
            place: format!("{from}.rs:1"),
        };
        edges.iter().map(import).collect()
    }

    #[test]
    fn a_circle_lists_its_modules_and_imports() {
        let found = among("app", &imports(&[("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("b", "c")]));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("app 循环引用 a、b、c："), "{}", found[0]);
        assert!(found[0].contains("b → c（b.rs:1，共 2 处）") && !found[0].contains('d'), "{}", found[0]);
    }

    #[test]
    fn two_circles_are_two_lines_and_an_order_is_none() {
        assert_eq!(
            among("app", &imports(&[("a", "b"), ("b", "a"), ("c", "d"), ("d", "c"), ("a", "c")])).len(),
            2
        );
        assert!(among("app", &imports(&[("a", "b"), ("a", "c"), ("b", "c")])).is_empty());
    }
}
