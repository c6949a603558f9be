//! Conventions of single files that neither the compiler nor clippy checks.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::workspace;

/// Lines of a source file; a longer one has more than one subject, or a reason below.
const LONGEST: usize = 400;

/// Longer files with one subject, each with the reason for its length.
const LONG_WITH_REASON: [(&str, &str); 0] = [];

/// Extensions of the files that are checked.
const TEXT: [&str; 9] = ["rs", "mjs", "css", "sql", "toml", "md", "svg", "json", "sh"];

/// Checks every file of the workspace; all violations are listed at once.
pub fn tidy() -> Result<()> {
    let root = workspace::root()?;
    let files = files(&root)?;
    let machine_paths = machine_paths(&root);
    let mut violations = Vec::new();
    for file in &files {
        let name = file.strip_prefix(&root).unwrap_or(file).to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(file).with_context(|| name.clone())?;
        inspect(&name, &text, &machine_paths, &mut violations);
    }
    if !violations.is_empty() {
        bail!("违反约定：\n  {}", violations.join("\n  "));
    }
    println!("  {} 个文件符合约定", files.len());
    Ok(())
}

fn inspect(name: &str, text: &str, machine_paths: &[String], violations: &mut Vec<String>) {
    if name.ends_with(".rs") && !text.starts_with("//!") {
        violations.push(format!("{name}:1 首行不是 `//!` 说明"));
    }
    let lines = text.lines().count();
    let excused = LONG_WITH_REASON.iter().any(|(long, _)| *long == name);
    let is_source = [".rs", ".mjs", ".css", ".sql"].iter().any(|ending| name.ends_with(ending));
    if is_source && lines > LONGEST && !excused {
        violations
            .push(format!("{name} 有 {lines} 行，超过 {LONGEST} 行：请按主题拆分，或在 tidy.rs 写明理由"));
    }
    for (index, line) in text.lines().enumerate() {
        let at = index + 1;
        if name.starts_with("shared/src/") && has_float(line) {
            violations.push(format!("{name}:{at} 出现浮点类型；金额与比例一律用十进制"));
        }
        if let Some(path) = machine_paths.iter().find(|path| line.contains(path.as_str())) {
            violations.push(format!("{name}:{at} 含有本机路径 {path}"));
        }
        if name.ends_with("package-lock.json") && line.contains("\"resolved\"") {
            violations.push(format!("{name}:{at} 锁文件含有下载地址；请用 tests/e2e/.npmrc 的设置重新生成"));
        }
    }
}

/// A float type, or a call that yields one (`as_f64`), outside a comment.
fn has_float(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    ["f32", "f64"].iter().any(|float| {
        code.match_indices(float).any(|(at, _)| {
            let before = code[..at].chars().next_back();
            let after = code[at + float.len()..].chars().next();
            !before.is_some_and(char::is_alphabetic)
                && !after.is_some_and(|c| c.is_alphanumeric() || c == '_')
        })
    })
}

/// Paths of folders that exist on one person's machine only.
fn machine_paths(root: &Path) -> Vec<String> {
    let mut paths = vec![concat!("/ho", "me/").to_owned(), concat!("/Us", "ers/").to_owned()];
    // A root of one component, as in a container, occurs in ordinary text.
    if root.components().count() > 2 {
        paths.push(format!("{}/", root.display()));
    }
    if let Some(home) = std::env::var_os("HOME").filter(|home| home.len() > 1) {
        paths.push(format!("{}/", home.to_string_lossy()));
    }
    paths
}

/// Every text file below `folder`, in order.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    Ok(files)
}

/// Every text file below `folder`, except in build output and fetched dependencies.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if entry.file_type()?.is_dir() {
            if !["target", "node_modules", ".git"].contains(&name.as_str()) {
                collect(&path, files)?;
            }
            continue;
        }
        let extension = path.extension().unwrap_or_default().to_string_lossy().into_owned();
        if TEXT.contains(&extension.as_str()) {
            files.push(path);
        }
    }
    files.sort();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_found_where_they_are_code() {
        for line in ["let a: f64 = 1.0;", "value.as_f64()", "1.0_f32", "fn f(x:f64)", "2f64"] {
            assert!(has_float(line), "{line}");
        }
        for line in ["//! no f64 near money", "let a = 1; // f32", "buf64", "f64x2"] {
            assert!(!has_float(line), "{line}");
        }
    }

    #[test]
    fn each_violation_names_its_place() {
        let mut violations = Vec::new();
        inspect("shared/src/a.rs", "use x;\nlet y: f64;\n", &[], &mut violations);
        inspect("style/a.css", &"a\n".repeat(LONGEST + 1), &[], &mut violations);
        inspect("README.md", "see /mine/here", &["/mine/".to_owned()], &mut violations);
        assert_eq!(violations.len(), 4);
        assert!(violations[1].starts_with("shared/src/a.rs:2 "), "{violations:?}");
    }
}
