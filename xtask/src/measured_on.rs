//! Description of the machine a benchmark ran on, without its name.

use std::fs;
use std::process::Command;

use crate::machine;
use crate::workspace;

/// Processor, cores, memory, system, browser, compiler and load average as a Markdown line.
pub fn described(load_before: Option<&str>) -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let chromium = machine::chromium().and_then(|path| version(Command::new(path).arg("--version")));
    let parts = [
        processor().map(|model| format!("{model}, {cores} cores")),
        memory(),
        system(),
        // Debian appends its own build description to the version.
        chromium.map(|line| line.split(" built ").next().unwrap_or_default().trim().to_owned()),
        version(Command::new("node").arg("--version")).map(|version| format!("Node {version}")),
        version(Command::new("rustc").arg("--version")),
    ];
    let named: Vec<String> = parts.into_iter().flatten().collect();
    let busy = load_before.zip(load()).map(|(before, after)| format!(" Load average {before} → {after}."));
    format!("Measured on: {}.{}\n", named.join(" · "), busy.unwrap_or_default())
}

/// Load average of the last minute.
pub fn load() -> Option<String> {
    let text = fs::read_to_string("/proc/loadavg").ok()?;
    text.split_whitespace().next().map(str::to_owned)
}

fn processor() -> Option<String> {
    field("/proc/cpuinfo", "model name", ':')
}

fn memory() -> Option<String> {
    let text = field("/proc/meminfo", "MemTotal", ':')?;
    let kilobytes: u64 = text.trim_end_matches(" kB").trim().parse().ok()?;
    Some(format!("{} GB", kilobytes.div_ceil(1 << 20)))
}

fn system() -> Option<String> {
    field("/etc/os-release", "PRETTY_NAME", '=').map(|name| name.trim_matches('"').to_owned())
}

/// The first `name: value` of a file.
fn field(path: &str, name: &str, between: char) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let values = text.lines().filter_map(|line| line.split_once(between));
    let mut named = values.filter(|(key, _)| key.trim() == name);
    named.next().map(|(_, value)| value.trim().to_owned())
}

fn version(command: &mut Command) -> Option<String> {
    workspace::output(command.stderr(std::process::Stdio::null())).ok().map(|text| text.trim().to_owned())
}
