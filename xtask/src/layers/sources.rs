//! The source files of a crate without their tests, each under its module path.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::layers::tokens::{Token, tokens};

/// Files that put all rooms together and belong to no layer.
const ROOT_FILES: [&str; 4] = ["lib", "main", "site_main", "context"];

/// A crate of the workspace.
pub struct Crate {
    pub name: String,
    pub files: Vec<File>,
    /// Modules directly below `src/`, folders and single files alike.
    pub modules: BTreeSet<String>,
}

/// A source file.
pub struct File {
    /// As `shared/src/engine/plan.rs`.
    pub name: String,
    /// As `engine`, `plan`; empty for the files that put all rooms together.
    pub module: Vec<String>,
    pub text: String,
}

impl File {
    /// The tokens outside `#[cfg(test)]` items.
    pub fn product_tokens(&self) -> Vec<Token<'_>> {
        without_tests(&tokens(&self.text)).0
    }
}

impl Crate {
    /// Reads the files below `name/src`, except those that only tests declare.
    pub fn read(root: &Path, name: &str) -> Result<Self> {
        let source = root.join(name).join("src");
        let mut paths = Vec::new();
        collect(&source, &mut paths)?;
        let mut files = Vec::new();
        for path in paths {
            let below = path.strip_prefix(&source).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            files.push(File { name: format!("{name}/src/{below}"), module: module_path(&below), text });
        }
        Ok(Self::of(name, files))
    }

    /// A crate of the given files.
    pub fn of(name: &str, mut files: Vec<File>) -> Self {
        let tests: Vec<Vec<String>> = files.iter().flat_map(test_modules).collect();
        files.retain(|file| !tests.iter().any(|test| file.module.starts_with(test)));
        let modules = files.iter().filter_map(|file| file.module.first().cloned()).collect();
        Self { name: name.to_owned(), files, modules }
    }
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, paths)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(())
}

/// `engine/plan.rs` → `engine`, `plan`; `engine/mod.rs` → `engine`; `lib.rs` → nothing.
fn module_path(below: &str) -> Vec<String> {
    let stem = below.trim_end_matches(".rs");
    let mut path: Vec<String> = stem.split('/').map(str::to_owned).collect();
    let is_root = path.len() == 1 && ROOT_FILES.contains(&stem);
    if is_root || path.last().is_some_and(|last| last == "mod") {
        path.pop();
    }
    path
}

/// Paths of the modules that a file declares as `#[cfg(test)] mod name;`.
fn test_modules(file: &File) -> Vec<Vec<String>> {
    let tokens = tokens(&file.text);
    let (_, names) = without_tests(&tokens);
    names.into_iter().map(|name| [file.module.clone(), vec![name.to_owned()]].concat()).collect()
}

const CFG_TEST: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];

/// The tokens outside items marked `#[cfg(test)]`, and the names of the modules so marked.
fn without_tests<'a>(tokens: &[Token<'a>]) -> (Vec<Token<'a>>, Vec<&'a str>) {
    let (mut product, mut modules) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < tokens.len() {
        if starts_with(&tokens[at..], &CFG_TEST) {
            let item = &tokens[at + CFG_TEST.len()..];
            if let Some(name) = item.windows(2).find(|pair| pair[0].text == "mod").map(|pair| pair[1].text)
                && item.iter().take_while(|token| token.text != "mod").all(|token| is_before_item(token.text))
            {
                modules.push(name);
            }
            at += CFG_TEST.len() + item_length(item);
        } else {
            product.push(tokens[at]);
            at += 1;
        }
    }
    (product, modules)
}

fn starts_with(tokens: &[Token<'_>], texts: &[&str]) -> bool {
    tokens.len() >= texts.len() && tokens.iter().zip(texts).all(|(token, text)| token.text == *text)
}

/// Visibility, which may stand between an attribute and its item.
fn is_before_item(text: &str) -> bool {
    ["pub", "(", ")", "crate", "super"].contains(&text)
}

/// Tokens of the item, field or arm that `tokens` begins with, further attributes included.
fn item_length(tokens: &[Token<'_>]) -> usize {
    let is_attribute = |at: usize| starts_with(&tokens[at..], &["#", "["]);
    let mut at = 0;
    while is_attribute(at) {
        at += 1 + group_length(&tokens[at + 1..]);
    }
    let head = tokens[at..].iter().find(|token| !is_before_item(token.text)).map_or("", |token| token.text);
    // The braces of `use a::{b, c};` do not end it; a comma ends only what is no item.
    let is_use = head == "use";
    let is_item = is_use
        || [
            "mod",
            "fn",
            "struct",
            "enum",
            "impl",
            "const",
            "static",
            "trait",
            "type",
            "unsafe",
            "async",
            "macro_rules",
        ]
        .contains(&head);
    while let Some(token) = tokens.get(at) {
        match token.text {
            ";" => return at + 1,
            "," if !is_item => return at + 1,
            // The end of what encloses it.
            "}" => return at,
            "{" if !is_use => return at + group_length(&tokens[at..]),
            "(" | "[" | "{" => at += group_length(&tokens[at..]),
            _ => at += 1,
        }
    }
    at
}

/// Tokens from an opening bracket to its closing one, both included.
fn group_length(tokens: &[Token<'_>]) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A file of a crate named `shared`.
    pub fn file(below: &str, text: &str) -> File {
        File { name: format!("shared/src/{below}"), module: module_path(below), text: text.to_owned() }
    }

    fn product(text: &str) -> String {
        let file = file("a.rs", text);
        file.product_tokens().iter().map(|token| token.text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_file_has_the_path_of_its_module() {
        let path = |below: &str| module_path(below).join("::");
        assert_eq!(path("lib.rs"), "");
        assert_eq!(path("main.rs"), "");
        assert_eq!(path("money.rs"), "money");
        assert_eq!(path("engine/mod.rs"), "engine");
        assert_eq!(path("engine/plan.rs"), "engine::plan");
        assert_eq!(path("engine/main.rs"), "engine::main");
    }

    #[test]
    fn items_of_tests_are_left_out() {
        assert_eq!(product("a; #[cfg(test)] mod tests { use b; fn c() { d } } e"), "a ; e");
        assert_eq!(product("#[cfg(test)] #[allow(x)] use a::{b, c}; d"), "d");
        assert_eq!(product("#[cfg(test)] pub(crate) fn a<B, C>(d: [E; 2]) -> F { g } h"), "h");
        assert_eq!(product("#[cfg(test)] mod tests; a"), "a");
        assert_eq!(product("struct A { #[cfg(test)] b: C<D>, e: F }"), "struct A { e : F }");
        assert_eq!(product("struct A { e: F, #[cfg(test)] b: C }"), "struct A { e : F , }");
        assert_eq!(product("#[cfg(not(test))] mod a;"), "# [ cfg ( not ( test ) ) ] mod a ;");
    }

    #[test]
    fn files_that_only_tests_declare_are_left_out() {
        let files = vec![
            file("lib.rs", "mod a;"),
            file("a/mod.rs", "#[cfg(test)]\npub mod tests;\nmod b;"),
            file("a/b.rs", ""),
            file("a/tests.rs", ""),
            file("a/tests/deep.rs", ""),
        ];
        let shared = Crate::of("shared", files);
        let names: Vec<&str> = shared.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["shared/src/lib.rs", "shared/src/a/mod.rs", "shared/src/a/b.rs"]);
        assert_eq!(shared.modules, BTreeSet::from(["a".to_owned()]));
    }
}
