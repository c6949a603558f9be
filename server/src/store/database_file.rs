//! 数据库文件: the SQLite file belongs to the account that runs the server and to nobody else. It holds password hashes and
//! everything people typed.

use anyhow::Context;
use std::fs::OpenOptions;
use std::path::Path;

/// Creates the file readable by its owner alone, or takes the rights of all others away. SQLite gives its journal files the
/// rights of the database.
pub fn keep_private(url: &str, create: bool) -> anyhow::Result<()> {
    let Some(path) = path_of(url) else { return Ok(()) };
    if !create && !path.exists() {
        // Opening says so in its own words.
        return Ok(());
    }
    let mut options = OpenOptions::new();
    options.write(true).create(create);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).with_context(|| format!("打不开数据库文件 {}", path.display()))?;
    #[cfg(unix)]
    restrict(&file, path)?;
    drop(file);
    Ok(())
}

/// The file of `sqlite:PATH` or `sqlite://PATH`; `None` in memory.
fn path_of(url: &str) -> Option<&Path> {
    let rest = url.strip_prefix("sqlite:")?;
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let path = rest.split('?').next().unwrap_or(rest);
    (!path.is_empty() && path != ":memory:").then(|| Path::new(path))
}

#[cfg(unix)]
fn restrict(file: &std::fs::File, path: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata()?.permissions().mode();
    if mode & 0o077 != 0 {
        let private = std::fs::Permissions::from_mode(mode & 0o700);
        file.set_permissions(private)
            .with_context(|| format!("不能收紧数据库文件 {} 的访问权限，请由文件属主执行", path.display()))?;
    }
    for suffix in ["-wal", "-shm"] {
        let mut journal = path.as_os_str().to_owned();
        journal.push(suffix);
        let journal = Path::new(&journal);
        if let Ok(found) = journal.metadata()
            && found.permissions().mode() & 0o077 != 0
        {
            let private = std::fs::Permissions::from_mode(found.permissions().mode() & 0o700);
            std::fs::set_permissions(journal, private)?;
        }
    }
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn only_the_owner_reads_the_database() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("om.sqlite");
        let url = format!("sqlite:{}?mode=rwc", path.display());
        keep_private(&url, true).unwrap();
        assert_eq!(mode(&path), 0o600);
        let journal = folder.path().join("om.sqlite-wal");
        std::fs::write(&journal, "").unwrap();
        for file in [&path, &journal] {
            std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o644)).unwrap();
        }
        keep_private(&url, false).unwrap();
        assert_eq!((mode(&path), mode(&journal)), (0o600, 0o600));
        assert!(path_of("sqlite::memory:").is_none());
    }
}
