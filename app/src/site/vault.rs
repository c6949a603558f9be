//! 本机登记: what a person of this tablet unlocks with the PIN. Before that, nothing of visits and projects is readable, not even
//! their number.

use super::crypto::{self, Encrypted, FEWEST_ITERATIONS};
use super::database::{self, Cipher, StoreName};
use crate::kernel::strict_database::Trouble;
use serde::{Deserialize, Serialize};
use shared::kernel::hash::{from_hex, hex};
use shared::kernel::ids::{AccountId, DeviceId};
use shared::sync::site::api::EnrolledDevice;
use shared::sync::site::pin::{PinAttempts, PinGate};
use shared::sync::site::receipt::DeviceKey;

const PREFIX: &str = "vault/";

/// 登记 of one account on this tablet, readable before it is unlocked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vault {
    v: u32,
    pub account: AccountId,
    pub device: DeviceId,
    salt: String,
    iterations: u32,
    wrapped_iv: String,
    wrapped: String,
    pub attempts: PinAttempts,
    /// Milliseconds since 1970 of the last unlocking.
    pub used_ms: i64,
}

/// What is stored of the enrolment behind the PIN.
#[derive(Debug, Serialize, Deserialize)]
struct Secrets {
    key: String,
    person: String,
}

/// An unlocked vault.
#[derive(Debug)]
pub struct Unlocked {
    pub account: AccountId,
    pub device: DeviceId,
    /// Name of the person.
    pub person: String,
    /// Checks what the server answers.
    pub key: DeviceKey,
    pub cipher: Cipher,
}

/// What came of a PIN.
pub enum Unlocking {
    Open(Box<Unlocked>),
    Wrong(Vault),
    Trouble(Trouble),
}

/// The vaults of this tablet.
pub async fn list() -> Result<Vec<Vault>, Trouble> {
    let texts = database::read_plain(PREFIX).await?;
    Ok(texts.iter().filter_map(|(_, text)| serde_json::from_str(text).ok()).collect())
}

/// 登记: makes the key of the content and stores the device's secret under it.
pub async fn create(enrolled: &EnrolledDevice, pin: &str, now_ms: i64) -> Result<Unlocked, Trouble> {
    let salt = crypto::random_bytes(16)?;
    let wrapping = crypto::key_of_pin(pin, &salt, FEWEST_ITERATIONS).await?;
    let wrapped = crypto::new_wrapped_key(&wrapping).await?;
    let vault = Vault {
        v: 1,
        account: enrolled.account.clone(),
        device: enrolled.device.clone(),
        salt: hex(&salt),
        iterations: FEWEST_ITERATIONS,
        wrapped_iv: hex(&wrapped.iv),
        wrapped: hex(&wrapped.text),
        attempts: PinAttempts::default(),
        used_ms: now_ms,
    };
    let key = crypto::unwrap_key(&wrapped, &wrapping).await.ok_or("本机加密不可用")?;
    let cipher = Cipher { key, account: enrolled.account.to_string() };
    let secrets = Secrets { key: enrolled.key.clone(), person: enrolled.name.clone() };
    let secrets = serde_json::to_vec(&secrets).map_err(|error| error.to_string())?;
    let write = cipher.write(StoreName::Meta, secrets_key(&vault.account), Some(&secrets)).await?;
    database::write_all(&[write]).await?;
    vault.store().await?;
    vault.opened(cipher).await
}

fn secrets_key(account: &AccountId) -> String {
    format!("secrets/{account}")
}

impl Vault {
    async fn store(&self) -> Result<(), Trouble> {
        let text = serde_json::to_string(self).map_err(|error| error.to_string())?;
        database::write_plain(&format!("{PREFIX}{}", self.account), &text).await
    }

    /// Tries a PIN. The attempt is counted in storage before it is judged, so that closing the window takes none back.
    pub async fn unlock(mut self, pin: &str, now_ms: i64) -> Unlocking {
        if !matches!(self.attempts.gate(now_ms), PinGate::Open { .. }) {
            return Unlocking::Wrong(self);
        }
        self.attempts = self.attempts.after_wrong(now_ms);
        match self.try_pin(pin, now_ms).await {
            Ok(Some(unlocked)) => Unlocking::Open(Box::new(unlocked)),
            Ok(None) => Unlocking::Wrong(self),
            Err(trouble) => Unlocking::Trouble(trouble),
        }
    }

    async fn try_pin(&self, pin: &str, now_ms: i64) -> Result<Option<Unlocked>, Trouble> {
        self.store().await?;
        let bytes = |text: &str| from_hex(text).ok_or_else(|| "本机登记已损坏".to_string());
        let wrapping = crypto::key_of_pin(pin, &bytes(&self.salt)?, self.iterations).await?;
        let wrapped = Encrypted { iv: bytes(&self.wrapped_iv)?, text: bytes(&self.wrapped)? };
        let Some(key) = crypto::unwrap_key(&wrapped, &wrapping).await else { return Ok(None) };
        let right = Vault { attempts: PinAttempts::default(), used_ms: now_ms, ..self.clone() };
        right.store().await?;
        let cipher = Cipher { key, account: self.account.to_string() };
        right.opened(cipher).await.map(Some)
    }

    async fn opened(&self, cipher: Cipher) -> Result<Unlocked, Trouble> {
        let damaged = || "本机登记已损坏".to_string();
        let secrets = cipher.read(StoreName::Meta, &secrets_key(&self.account)).await?.ok_or_else(damaged)?;
        let secrets = str::from_utf8(&secrets).map_err(|_| damaged())?;
        let secrets: Secrets = serde_json::from_str(secrets).map_err(|_| damaged())?;
        let key = DeviceKey::new(from_hex(&secrets.key).ok_or_else(damaged)?);
        let (account, device) = (self.account.clone(), self.device.clone());
        Ok(Unlocked { account, device, person: secrets.person, key, cipher })
    }
}
