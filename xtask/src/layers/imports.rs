//! Which module directly below `src/` imports which, read from `use` items and from paths in code.

use std::collections::BTreeMap;

use crate::layers::sources::{Crate, File};
use crate::layers::tokens::Token;

/// A use of something of another top-level module of the same crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    pub from: String,
    pub to: String,
    /// As `shared/src/engine/plan.rs:12`.
    pub place: String,
}

/// Every import of a crate across its top-level modules, in the order of files and lines.
pub fn of(sources: &Crate) -> Vec<Import> {
    let roots = reexports(sources);
    let mut imports: Vec<Import> = Vec::new();
    for file in &sources.files {
        // `lib.rs` and `main.rs` put the crate together.
        let Some(from) = file.module.first() else { continue };
        for path in absolute_paths(file) {
            let Some(first) = path.segments.first() else { continue };
            let to = sources.modules.get(first).or_else(|| roots.get(first));
            let Some(to) = to.filter(|to| *to != from) else { continue };
            let place = format!("{}:{}", file.name, path.line);
            let import = Import { from: from.clone(), to: to.clone(), place };
            if !imports.contains(&import) {
                imports.push(import);
            }
        }
    }
    imports
}

/// Names that `lib.rs` re-exports, each with the top-level module it comes from.
fn reexports(sources: &Crate) -> BTreeMap<String, String> {
    let roots = sources.files.iter().filter(|file| file.module.is_empty());
    let paths = roots.flat_map(absolute_paths);
    let named = paths.filter_map(|path| {
        let (first, last) = (path.segments.first()?, path.name.or_else(|| path.segments.last().cloned())?);
        sources.modules.contains(first).then(|| (last, first.clone()))
    });
    named.collect()
}

/// A path as written, from the root of the crate.
struct Absolute {
    segments: Vec<String>,
    /// The name after `as`.
    name: Option<String>,
    line: usize,
}

/// Every path of a file that lies in its own crate. In `lib.rs`, `use a::b` counts: `a` may be a module of the root.
fn absolute_paths(file: &File) -> Vec<Absolute> {
    let tokens = file.product_tokens();
    let mut reader =
        Reader { tokens: &tokens, at: 0, module: file.module.clone(), open: Vec::new(), paths: Vec::new() };
    reader.file();
    reader.paths
}

struct Reader<'a> {
    tokens: &'a [Token<'a>],
    at: usize,
    /// The module being read: the file's, then its inline modules.
    module: Vec<String>,
    /// For each open brace, whether it is that of an inline module.
    open: Vec<bool>,
    paths: Vec<Absolute>,
}

impl<'a> Reader<'a> {
    fn text(&self, ahead: usize) -> &'a str {
        self.tokens.get(self.at + ahead).map_or("", |token| token.text)
    }

    fn file(&mut self) {
        while self.at < self.tokens.len() {
            match (self.text(0), self.text(1), self.text(2)) {
                // `use<'a>` of a return type is no import.
                ("use", next, _) if next != "<" => {
                    self.at += 1;
                    self.tree(&[]);
                }
                ("mod", name, "{") => {
                    self.module.push(name.to_owned());
                    self.open.push(true);
                    self.at += 3;
                }
                ("crate" | "self" | "super", "::", _) => {
                    let line = self.tokens[self.at].line;
                    let path = self.segments();
                    self.push(&path, None, line);
                }
                ("{", ..) => {
                    self.open.push(false);
                    self.at += 1;
                }
                ("}", ..) => {
                    if self.open.pop() == Some(true) {
                        self.module.pop();
                    }
                    self.at += 1;
                }
                _ => self.at += 1,
            }
        }
    }

    /// One tree of a `use`: `a::b`, `a as b`, `a::*`, `a::{b, c::{d}}`.
    fn tree(&mut self, prefix: &[&'a str]) {
        let line = self.tokens.get(self.at).map_or(0, |token| token.line);
        let path = [prefix, &self.segments()].concat();
        match self.text(0) {
            "{" => {
                self.at += 1;
                while !["}", ";", ""].contains(&self.text(0)) {
                    self.tree(&path);
                    if self.text(0) == "," {
                        self.at += 1;
                    }
                }
                if self.text(0) == "}" {
                    self.at += 1;
                }
            }
            "*" => {
                self.at += 1;
                self.push(&path, None, line);
            }
            "as" => {
                let name = self.text(1);
                self.at += 2;
                self.push(&path, Some(name), line);
            }
            "," | "}" | ";" => self.push(&path, None, line),
            // Not a `use` tree after all: leave the token to the caller, but never stand still.
            _ => self.at += 1,
        }
    }

    /// Words joined by `::`, with a trailing `::` consumed.
    fn segments(&mut self) -> Vec<&'a str> {
        let mut segments = Vec::new();
        // `::name` is another crate's.
        if self.text(0) == "::" {
            self.at += 1;
            segments.push("");
        }
        while self.text(0).starts_with(|c: char| c.is_alphanumeric() || c == '_') && self.text(0) != "as" {
            segments.push(self.text(0));
            self.at += 1;
            if self.text(0) != "::" {
                break;
            }
            self.at += 1;
        }
        segments
    }

    /// Resolves a path as written in the current module; one that may be another crate's counts only at the root.
    fn push(&mut self, path: &[&str], name: Option<&str>, line: usize) {
        let (base, rest) = match path {
            ["crate", rest @ ..] => (Vec::new(), rest),
            ["self", rest @ ..] => (self.module.clone(), rest),
            ["super", ..] => {
                let ups = path.iter().take_while(|segment| **segment == "super").count();
                let own = self.module.len().saturating_sub(ups);
                (self.module[..own].to_vec(), &path[ups..])
            }
            rest if self.module.is_empty() => (Vec::new(), rest),
            _ => return,
        };
        let rest = rest.iter().filter(|segment| **segment != "self").map(|segment| (*segment).to_owned());
        let segments = base.into_iter().chain(rest).collect();
        self.paths.push(Absolute { segments, name: name.map(str::to_owned), line });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::sources::tests::file;

    /// The imports of `text` as the file `engine/plan/rows.rs` of a crate with some modules.
    fn imports_of(text: &str) -> Vec<String> {
        let files = vec![
            file(
                "lib.rs",
                "pub mod engine; pub mod policy; pub mod kernel; pub use kernel::Money; pub use policy::Rate as R;",
            ),
            file("engine/mod.rs", ""),
            file("engine/plan/rows.rs", text),
            file("policy/art04.rs", ""),
            file("kernel.rs", ""),
        ];
        let imports = of(&Crate::of("shared", files));
        imports
            .iter()
            .map(|import| {
                format!("{} → {} {}", import.from, import.to, import.place.rsplit(':').next().unwrap())
            })
            .collect()
    }

    #[test]
    fn nested_braces_are_followed() {
        let text = "use crate::{\n  kernel::{self, Money as M},\n  policy::{art04::{Window, days}, *},\n  engine::Plan,\n};";
        assert_eq!(imports_of(text), ["engine → kernel 2", "engine → policy 3"]);
    }

    #[test]
    fn super_is_resolved_from_the_module_it_stands_in() {
        assert_eq!(imports_of("use super::super::super::policy::art04;"), ["engine → policy 1"]);
        assert!(imports_of("use super::super::Plan; use super::policy;").is_empty());
        assert!(imports_of("mod inner { use super::super::super::policy; }").is_empty());
        let inner = "mod inner { fn f() { {} } use super::super::super::super::policy; } use self::policy;";
        assert_eq!(imports_of(inner), ["engine → policy 1"]);
    }

    #[test]
    fn paths_in_code_count_like_imports() {
        assert_eq!(
            imports_of("fn f() -> crate::kernel::Money {\n crate::policy::rate::<u8>() }"),
            ["engine → kernel 1", "engine → policy 2"]
        );
        assert_eq!(
            imports_of("pub(in crate::engine) fn f() {} pub(crate) use crate::policy::A;"),
            ["engine → policy 1"]
        );
    }

    #[test]
    fn names_of_the_root_lead_to_where_they_come_from() {
        assert_eq!(imports_of("use crate::Money;"), ["engine → kernel 1"]);
        assert_eq!(imports_of("use crate::R;"), ["engine → policy 1"]);
        assert!(imports_of("use crate::Unknown;").is_empty());
    }

    #[test]
    fn other_crates_and_tests_and_comments_do_not_count() {
        assert!(imports_of("use policy::A; use ::policy::B; use std::{fmt, kernel};").is_empty());
        assert!(imports_of("#[cfg(test)] mod tests { use crate::policy::A; }").is_empty());
        assert!(imports_of("// use crate::policy::A;\nconst A: &str = \"crate::policy\";").is_empty());
        assert!(imports_of("fn f<'a>(x: &'a str) -> impl Sized + use<'a> { x }").is_empty());
    }

    #[test]
    fn broken_code_ends() {
        imports_of("use crate::{policy::{");
        imports_of("use + use crate::{a::{+}; }");
        imports_of("use");
    }
}
