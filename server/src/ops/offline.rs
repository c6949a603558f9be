//! 离线命令: what the command line does with files alone, without a database or a running server.

use anyhow::{Context, anyhow};
use serde::Serialize;
use serde_json::{Value, json};
use shared::cases::performance::check::{check as check_form, is_about as is_form};
use shared::cases::play::{EditionSource, play_under};
use shared::forms::case::check_case;
use shared::policy::editions::Edition;
use shared::policy::editions::check::{CheckContext, faults};
use shared::policy::editions::json;
use shared::vectors::{VectorFile, evaluate, shipped_files};
use std::io::Write;
use std::path::Path;

/// An edition file that passes its check; else every fault, each on a line with its path.
pub fn read_edition(path: &Path, demonstration: bool) -> anyhow::Result<Edition> {
    let text = read(path)?;
    let context = CheckContext { demonstration, today: None };
    let faults: Vec<String> = json::parse(&text)
        .map_or_else(|fault| vec![fault], |file| faults(&file, context))
        .iter()
        .map(ToString::to_string)
        .collect();
    anyhow::ensure!(faults.is_empty(), "{} 不能使用：\n{}", path.display(), faults.join("\n"));
    Ok(Edition::read(&text)?)
}

/// The figures and findings of a request under an edition, or under the one of its fiscal year; without a request the
/// name and hash of the edition.
pub fn check_offline(request: Option<&Path>, edition: Option<&Edition>) -> anyhow::Result<String> {
    match (request, edition) {
        (Some(request), edition) => {
            let text = read(request)?;
            match performance_form(&text) {
                Some(file) => Ok(serde_json::to_string_pretty(&check_form(&file, edition)?)?),
                None => Ok(check_case(&text, edition)?),
            }
        }
        (None, Some(edition)) => {
            Ok(json!({ "edition": edition.code(), "hash": edition.hash()? }).to_string())
        }
        (None, None) => Err(anyhow!("请给出申请文件或政策版本文件")),
    }
}

/// The file, if it is one of a performance form instead of a request.
fn performance_form(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().filter(is_form)
}

/// How a file of vectors came out.
#[derive(Debug, Default)]
pub struct VectorReport {
    /// Vectors whose answer is not the expected one.
    pub different: usize,
    /// Vectors without an answer, and why.
    pub unevaluated: Vec<String>,
}

/// Evaluates every vector of a file and writes its answer on a line. Editions a vector names are read from a folder
/// `editions` beside the file or above it, else they are those the program ships.
pub fn evaluate_vectors(path: &Path, out: &mut impl Write) -> anyhow::Result<VectorReport> {
    #[derive(Serialize)]
    struct Line<'a> {
        id: &'a str,
        got: &'a Value,
    }
    let text = read(path)?;
    let file: VectorFile =
        serde_json::from_str(&text).with_context(|| format!("{} 不是检验用例文件", path.display()))?;
    let files = |name: &str| sibling(path, name).or_else(|| shipped_files(name));
    let mut report = VectorReport::default();
    for vector in &file.vectors {
        match evaluate(&vector.call, &vector.with, &files) {
            Ok(got) => {
                writeln!(out, "{}", serde_json::to_string(&Line { id: &vector.id, got: &got })?)?;
                report.different += usize::from(vector.expect.as_ref().is_some_and(|expect| *expect != got));
            }
            Err(reason) => report.unevaluated.push(format!("{}：{reason}", vector.id)),
        }
    }
    Ok(report)
}

/// Plays a script. An edition it names is shipped, or a file: by its path from the script's folder, or by its id in a folder
/// `editions` next to the script or above it.
///
/// # Errors
/// The script cannot be read or played.
pub fn play_script(path: &Path, demonstration: bool) -> anyhow::Result<String> {
    let text = read(path)?;
    let own = |name: &str| std::fs::read_to_string(path.with_file_name("").join(name)).ok();
    let files = |name: &str| {
        let shipped = || shipped_files(name).filter(|_| demonstration);
        own(name).or_else(|| sibling(path, name)).or_else(shipped)
    };
    play_under(&text, &EditionSource { files: &files, demonstration })
        .map_err(|error| anyhow!("脚本不能推演：{error}"))
}

fn sibling(path: &Path, name: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let path = std::fs::canonicalize(path).ok().filter(|_| name.chars().all(plain))?;
    let mut folders = path.ancestors().skip(1);
    folders
        .find_map(|folder| std::fs::read_to_string(folder.join("editions").join(format!("{name}.json"))).ok())
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("读不到 {}", path.display()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_script_is_played_under_an_edition_of_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("script.json");
        let named = |edition: &str| {
            let people = json!({ "rev": { "role": "bureau_reviewer" } });
            let script = json!({ "title": "下年", "edition": edition, "today": "2027-03-01", "departments": {},
                "people": people, "steps": [], "ask": ["year(2027)"] });
            script.to_string()
        };
        std::fs::write(&script, named("own.json")).unwrap();
        let missing = play_script(&script, true).unwrap_err().to_string();
        assert!(missing.contains("edition：没有政策版本“own.json”"), "{missing}");
        let edition = shipped_files("2027-demo").unwrap();
        std::fs::write(folder.path().join("own.json"), &edition).unwrap();
        assert!(play_script(&script, true).is_ok());
        assert!(play_script(&script, false).unwrap_err().to_string().contains("EDN-12"));
        std::fs::create_dir(folder.path().join("editions")).unwrap();
        std::fs::write(folder.path().join("editions/next.json"), edition).unwrap();
        std::fs::write(&script, named("next")).unwrap();
        assert!(play_script(&script, true).is_ok());
    }
}
