//! The demonstration as a story finds it: filled once per process and kind of database, then copied. A debug build takes
//! seconds to fill one and milliseconds to copy it.

use crate::world::{Database, World};
use std::fs::{self, Permissions};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// What a stopped demonstration leaves.
pub(crate) struct Seed {
    /// Of its folder. In memory, so that nothing is left behind when the process ends.
    files: Vec<SeedFile>,
    database: String,
}

struct SeedFile {
    /// Below the folder.
    path: PathBuf,
    content: Vec<u8>,
    /// The server refuses a key that others may read.
    permissions: Permissions,
}

/// The demonstration on this kind of database.
pub(crate) fn of(database: Database) -> &'static Seed {
    static SQLITE: OnceLock<Seed> = OnceLock::new();
    static POSTGRES: OnceLock<Seed> = OnceLock::new();
    let seed = match database {
        Database::Sqlite => &SQLITE,
        Database::Postgres => &POSTGRES,
    };
    seed.get_or_init(|| fill(database))
}

fn fill(database: Database) -> Seed {
    let world = World::filled(database);
    world.stop();
    let mut files = Vec::new();
    collect_files(world.folder.path(), Path::new(""), &mut files);
    Seed { files, database: world.settings.database.clone() }
}

impl Seed {
    pub(crate) fn write_files(&self, folder: &Path) {
        for file in &self.files {
            let path = folder.join(&file.path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder of the seed");
            fs::write(&path, &file.content).expect("a file of the seed");
            fs::set_permissions(&path, file.permissions.clone()).expect("its permissions");
        }
    }

    /// Name of the database on the PostgreSQL server.
    pub(crate) fn database_name(&self) -> &str {
        self.database.rsplit('/').next().unwrap_or_default()
    }
}

fn collect_files(root: &Path, under: &Path, files: &mut Vec<SeedFile>) {
    for entry in fs::read_dir(root.join(under)).expect("a folder of the seed") {
        let entry = entry.expect("an entry");
        let path = under.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            collect_files(root, &path, files);
        } else {
            let content = fs::read(entry.path()).expect("a file of the seed");
            let permissions = entry.metadata().expect("a file of the seed").permissions();
            files.push(SeedFile { path, content, permissions });
        }
    }
}
