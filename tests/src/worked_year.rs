//! The worked years of money, and what stands in the line by which a process says where it serves one.

use shared::cases::execution::world::Setting;
use shared::cases::play::{EditionSource, script_of};

/// Begins the line that names the address.
pub const LISTENS: &str = "the money listens on ";

/// A file of a worked year: `script.json`, `expected.json`.
pub fn worked_file(year: &str, file: &str) -> String {
    let path = format!("{}/cases/{year}/{file}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).expect("a worked year")
}

/// What the cases of a worked year are judged by. What was paid elsewhere is not in it: it is recorded over HTTP, as it comes.
pub fn setting_of(year: &str) -> Setting {
    let script = worked_file(year, "script.json");
    let mut setting = script_of(&script, &EditionSource::shipped()).expect("a script").setting;
    setting.surroundings.money.clear();
    setting
}
