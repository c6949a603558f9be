//! 对应关系文件: how the operator describes an OAuth2 platform. Its secrets are in files of their own, named from the folder of
//! the mapping.

use crate::identity::sso::{
    CipherAlgorithm, CipherMode, CipherText, Decryption, JsonPath, Oauth2Settings, require_encrypted,
};
use anyhow::{Context, ensure};
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};

/// What is encrypted where the mapping names nothing else.
const ENCRYPTED_FIELD: &str = "data";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MappingFile {
    authorize: String,
    token: String,
    userinfo: String,
    logout: Option<String>,
    client_id: String,
    client_secret_file: Option<PathBuf>,
    scope: Option<String>,
    person_id: JsonPath,
    name: JsonPath,
    decrypt: Option<CipherAlgorithm>,
    decrypt_mode: Option<CipherMode>,
    decrypt_text: Option<CipherText>,
    decrypt_field: Option<JsonPath>,
    decrypt_key_file: Option<PathBuf>,
    #[serde(default = "is_on")]
    pkce: bool,
    #[serde(default)]
    authoritative: bool,
    label: Option<String>,
}

fn is_on() -> bool {
    true
}

/// The settings in a mapping file.
///
/// # Errors
/// It cannot be read, or says what cannot be used; the error names the field.
pub(super) fn read(file: &Path) -> anyhow::Result<Oauth2Settings> {
    let settings = settings_in(file).with_context(|| format!("OAuth2 对应关系文件 {}", file.display()))?;
    settings.addresses().try_for_each(require_encrypted)?;
    Ok(settings)
}

fn settings_in(file: &Path) -> anyhow::Result<Oauth2Settings> {
    let text = fs::read_to_string(file).context("读不到")?;
    let mut json = serde_json::Deserializer::from_str(&text);
    let mapping: MappingFile = serde_path_to_error::deserialize(&mut json)?;
    json.end()?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let decryption = decryption(&mapping, folder)?;
    let secret = |file: PathBuf| read_secret(&folder.join(file)).context("client_secret_file");
    Ok(Oauth2Settings {
        authorize: mapping.authorize,
        token: mapping.token,
        userinfo: mapping.userinfo,
        logout: mapping.logout,
        client_id: mapping.client_id,
        client_secret: mapping.client_secret_file.map(secret).transpose()?,
        scope: mapping.scope,
        person_id: mapping.person_id,
        name: mapping.name,
        decryption,
        pkce: mapping.pkce,
        authoritative: mapping.authoritative,
        label: mapping.label,
    })
}

fn decryption(mapping: &MappingFile, folder: &Path) -> anyhow::Result<Option<Decryption>> {
    let Some(algorithm) = mapping.decrypt else {
        let is_unused = mapping.decrypt_mode.is_none()
            && mapping.decrypt_text.is_none()
            && mapping.decrypt_field.is_none()
            && mapping.decrypt_key_file.is_none();
        ensure!(is_unused, "写了 decrypt_… 的，须以 decrypt 写明算法（sm4 或 aes）");
        return Ok(None);
    };
    let key = mapping.decrypt_key_file.as_ref().context("写了 decrypt 的，须写明 decrypt_key_file")?;
    let key = read_secret(&folder.join(key)).context("decrypt_key_file")?;
    let field = mapping.decrypt_field.clone().map_or_else(|| ENCRYPTED_FIELD.parse(), Ok)?;
    let (mode, text) = (mapping.decrypt_mode.unwrap_or_default(), mapping.decrypt_text.unwrap_or_default());
    Ok(Some(Decryption::new(algorithm, mode, text, field, &key).context("decrypt_key_file")?))
}

/// The secret in a file, without the line end after it.
pub(super) fn read_secret(file: &Path) -> anyhow::Result<String> {
    let text = fs::read_to_string(file);
    let text = text.with_context(|| format!("读不到密钥文件 {}", file.display()))?;
    Ok(text.trim().to_string())
}
