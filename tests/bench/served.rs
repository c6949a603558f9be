//! The release binary as a process of its own, on a fresh database.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// A server process, its database and the folder of its files.
pub struct Served {
    process: Child,
    pub host: String,
    /// The address of the database.
    pub database: String,
    _folder: TempDir,
}

impl Served {
    /// The demonstration on a day of its own, on SQLite in `folder`, or in this database of PostgreSQL.
    pub fn start(
        folder: TempDir,
        today: &str,
        postgres: Option<String>,
        settings: impl FnOnce(&mut Command),
    ) -> Served {
        let database = postgres.unwrap_or_else(|| sqlite(folder.path()));
        let mut command = Command::new(program());
        command.args(["serve", "--demo", "--today", today, "--listen", "127.0.0.1:0"]);
        command.args(["--database", &database]);
        // What one account may save is bounded; the bench is a few who stand for many.
        command.args(["--saves-per-minute", "1000000"]);
        settings(&mut command);
        let mut process = command
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", program().display()));
        let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        let host = lines
            .find_map(|line| Some(line.ok()?.strip_prefix("listening on http://")?.to_string()))
            .expect("the server listens");
        // Read on, or a full pipe would hold the server up.
        std::thread::spawn(move || lines.for_each(drop));
        Served { process, host, database, _folder: folder }
    }

    pub fn process(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn sqlite(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("bench.sqlite").display())
}

/// The server's binary: the one given, or the one that was built with this program.
fn program() -> PathBuf {
    let built = || std::env::current_exe().expect("this program").with_file_name("omfund");
    std::env::var_os("OMFUND_BIN").map_or_else(built, PathBuf::from)
}
