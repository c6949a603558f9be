//! 对应关系: the addresses of a platform and where its user information has number and name of the person.

use super::{Decryption, JsonPath};
use anyhow::Context;
use serde_json::Value;
use std::fmt;

#[derive(Clone)]
pub struct Oauth2Settings {
    pub authorize: String,
    pub token: String,
    /// Also the address that subjects are stored under: it is the one that names them.
    pub userinfo: String,
    /// Where the platform's own session ends.
    pub logout: Option<String>,
    pub client_id: String,
    /// `None` for a public client.
    pub client_secret: Option<String>,
    /// Scopes with spaces between them.
    pub scope: Option<String>,
    /// Where the 人员编号 is.
    pub person_id: JsonPath,
    /// Where the 姓名 is.
    pub name: JsonPath,
    pub decryption: Option<Decryption>,
    /// Off only for a platform that refuses what it does not know.
    pub pkce: bool,
    /// Its word alone opens an account at the first use, without the local password.
    pub authoritative: bool,
    /// What the office calls it.
    pub label: Option<String>,
}

impl fmt::Debug for Oauth2Settings {
    /// Leaves out the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Oauth2Settings").field("userinfo", &self.userinfo).finish_non_exhaustive()
    }
}

/// A person as the platform writes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPerson {
    pub id: String,
    pub name: String,
}

impl Oauth2Settings {
    /// Every address of the platform.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        [&self.authorize, &self.token, &self.userinfo].into_iter().chain(&self.logout).map(String::as_str)
    }

    /// The person in an answer of the user information.
    ///
    /// # Errors
    /// It does not fit the mapping; the error names the path.
    pub fn person(&self, answer: &[u8]) -> anyhow::Result<NamedPerson> {
        let mut document: Value = serde_json::from_slice(answer).context("用户信息不是 JSON")?;
        if let Some(decryption) = &self.decryption {
            decryption.replace(&mut document)?;
        }
        let id = self.person_id.text(&document).context("person_id")?;
        let name = self.name.text(&document).context("name")?;
        Ok(NamedPerson { id, name })
    }
}
