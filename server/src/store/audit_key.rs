//! 审计密钥: the file with the secret of the codes in the trail. It is made once, for a database that has no codes yet, and
//! never enters the database.

use anyhow::{Context, bail, ensure};
use shared::kernel::hash::{from_hex, hex};
use shared::policy::art16_trail::TrailKey;
use std::fmt;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Bytes of a key.
const LENGTH: usize = 32;

/// Why a server does not start: entries carry codes and their key is not there, or another one is.
#[derive(Debug)]
pub struct AuditKeyMissing {
    file: PathBuf,
    /// The key of the last entry.
    expected: String,
    /// The key in the file, if there is one.
    found: Option<String>,
}

impl AuditKeyMissing {
    pub fn new(file: &Path, expected: &str, found: Option<&Seal>) -> AuditKeyMissing {
        let found = found.map(|seal| seal.id().to_string());
        AuditKeyMissing { file: file.to_path_buf(), expected: expected.to_string(), found }
    }
}

impl fmt::Display for AuditKeyMissing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (file, expected) = (self.file.display(), &self.expected);
        match &self.found {
            None => write!(
                f,
                "审计日志已由密钥 {expected} 加校验码，但读不到密钥文件 {file}。请用 --audit-key 指明该密钥文件后再启动。"
            ),
            Some(found) => write!(
                f,
                "审计日志最近一条由密钥 {expected} 加校验码，而 {file} 中是密钥 {found}。请换用原密钥文件；\
                 更换密钥须用 omfund rotate-audit-key。"
            ),
        }
    }
}

impl std::error::Error for AuditKeyMissing {}

/// Makes the codes of new entries.
pub struct Seal {
    key: TrailKey,
    id: String,
}

impl Seal {
    pub fn new(key: TrailKey) -> Seal {
        Seal { id: key.id(), key }
    }

    pub fn key(&self) -> &TrailKey {
        &self.key
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    /// The code of a link.
    pub fn mac(&self, link: &str) -> String {
        self.key.mac(&[link])
    }
}

impl fmt::Debug for Seal {
    /// Leaves out the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seal").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Where the key lies when no file is named: next to the SQLite file, else in the working folder.
pub fn default_file(database: &str) -> PathBuf {
    file_beside(database, "audit-key")
}

/// Where the key of the secrets in the database lies when no file is named.
pub fn default_secret_file(database: &str) -> PathBuf {
    file_beside(database, "secret-key")
}

fn file_beside(database: &str, extension: &str) -> PathBuf {
    let path = database.strip_prefix("sqlite:").map(|path| path.trim_start_matches("//"));
    let path = path.and_then(|path| path.split('?').next()).filter(|path| !path.is_empty());
    let name = path.unwrap_or("omfund");
    PathBuf::from(format!("{name}.{extension}"))
}

/// The key in a file: 32 bytes, or their 64 hexadecimal digits. `None` when there is no file.
///
/// # Errors
/// The file holds something else, or others may read it.
pub fn read(file: &Path) -> anyhow::Result<Option<TrailKey>> {
    let bytes = match std::fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("读不到审计密钥文件 {}", file.display())),
    };
    require_private(file)?;
    if bytes.len() == LENGTH {
        return Ok(Some(TrailKey::new(bytes)));
    }
    let text = std::str::from_utf8(&bytes).unwrap_or_default().trim();
    match from_hex(text).filter(|bytes| bytes.len() == LENGTH) {
        Some(bytes) => Ok(Some(TrailKey::new(bytes))),
        None => bail!("{} 不是审计密钥文件：应为 {LENGTH} 字节，或其 64 位十六进制文本", file.display()),
    }
}

/// Makes a key and its file, which only its owner may read. A file that is there already is not touched.
pub fn make(file: &Path) -> anyhow::Result<TrailKey> {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("系统随机数不可用：{error}"))?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(file).and_then(|mut new| {
        new.write_all(format!("{}\n", hex(&bytes)).as_bytes())?;
        new.sync_all()
    });
    written.with_context(|| format!("不能写审计密钥文件 {}", file.display()))?;
    Ok(TrailKey::new(bytes))
}

#[cfg(unix)]
fn require_private(file: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(file)?.permissions().mode();
    ensure!(mode & 0o037 == 0, "审计密钥文件 {} 其他用户可以读取，请先执行 chmod 600", file.display());
    Ok(())
}

#[cfg(not(unix))]
fn require_private(file: &Path) -> anyhow::Result<()> {
    ensure!(file.is_file(), "{} 不是文件", file.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_was_made_and_never_made_twice() {
        let file = std::env::temp_dir().join(format!("omfund-key-{}", std::process::id()));
        assert!(read(&file).unwrap().is_none());
        let made = make(&file).unwrap();
        assert_eq!(read(&file).unwrap().unwrap().id(), made.id());
        assert!(make(&file).is_err());
        std::fs::write(&file, "secret").unwrap();
        assert!(read(&file).is_err());
        std::fs::write(&file, [7; 32]).unwrap();
        assert_eq!(read(&file).unwrap().unwrap().id(), TrailKey::new([7; 32]).id());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
            assert!(read(&file).is_err(), "everybody could read it");
        }
        std::fs::remove_file(&file).unwrap();
    }

    #[test]
    fn the_default_file_lies_next_to_the_database() {
        assert_eq!(default_file("sqlite:a/b.sqlite?mode=rw"), PathBuf::from("a/b.sqlite.audit-key"));
        assert_eq!(default_file("sqlite:///a/b.sqlite"), PathBuf::from("/a/b.sqlite.audit-key"));
        assert_eq!(default_file("postgres://u@h/d"), PathBuf::from("omfund.audit-key"));
    }
}
