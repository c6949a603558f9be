//! 一次现场评价的本机存储: carries out the machine's transactions in the browser's database, as `StoredVisit::apply` defines them.

use super::database::{self, Cipher, EncryptedWrite, StoreName};
use crate::kernel::strict_database::Trouble;
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::kernel::ids::{CaseId, RowId};
use shared::sync::site::api::SiteBundle;
use shared::sync::site::blob::BlobRecord;
use shared::sync::site::storage::{SiteTransaction, StoreFault, StoreWrite, StoredVisit};

const BASE: &str = "base";
const BUNDLE: &str = "bundle";
const ADOPTED: &str = "adopted";
/// Bytes of a photo have a key of their own behind its record's.
const CONTENT: &str = "/content";

/// Where the content of one visit is.
#[derive(Clone, Debug)]
pub struct VisitStore {
    cipher: Cipher,
    prefix: String,
}

/// Visits whose bundle is on this tablet.
pub async fn downloaded(cipher: &Cipher) -> Result<Vec<SiteBundle>, Trouble> {
    let all = cipher.read_all(StoreName::Bundle, &format!("{}/", cipher.account)).await?;
    let bundles = all.iter().filter(|(key, _)| key.ends_with(BUNDLE));
    bundles.map(|(_, content)| read(content)).collect()
}

fn read<T: DeserializeOwned>(content: &[u8]) -> Result<T, Trouble> {
    // By way of a text, as replies are read: a second kind of reader would double the code of every type.
    let text = str::from_utf8(content).map_err(|error| error.to_string())?;
    serde_json::from_str(text).map_err(|error| error.to_string())
}

impl VisitStore {
    pub fn new(cipher: Cipher, visit: &CaseId) -> VisitStore {
        let prefix = format!("{}/{visit}/", cipher.account);
        VisitStore { cipher, prefix }
    }

    /// Makes the transaction durable as a whole.
    pub async fn commit(&self, transaction: &SiteTransaction) -> Result<(), StoreFault> {
        let mut writes = Vec::new();
        for write in &transaction.writes {
            self.add(write, &mut writes).await.map_err(|_| StoreFault::Unknown)?;
        }
        // A browser aborts a transaction as a whole; only after a lost connection it is open whether it was written.
        match database::write_all(&writes).await {
            Ok(()) => Ok(()),
            Err(trouble) if trouble.contains("存储空间不足") => Err(StoreFault::Full),
            Err(_) => Err(StoreFault::Unknown),
        }
    }

    async fn add(&self, write: &StoreWrite, writes: &mut Vec<EncryptedWrite>) -> Result<(), Trouble> {
        let added = match write {
            StoreWrite::Base(base) => self.put(StoreName::Bundle, BASE, base).await?,
            StoreWrite::Draft { table, row, content } => {
                let key = format!("{table}/{row}");
                match content {
                    Some(content) => self.put(StoreName::Draft, &key, content).await?,
                    None => self.remove(StoreName::Draft, &key).await?,
                }
            }
            StoreWrite::PutOutbox(op) => self.put(StoreName::Outbox, &position(op.seq), op).await?,
            StoreWrite::RemoveOutbox(seq) => self.remove(StoreName::Outbox, &position(*seq)).await?,
            StoreWrite::PutDelivered(delivered) => {
                self.put(StoreName::Receipt, &position(delivered.op.seq), delivered).await?
            }
            StoreWrite::RemoveDelivered(seq) => self.remove(StoreName::Receipt, &position(*seq)).await?,
            StoreWrite::Blob { record, content } => {
                if let Some(content) = content {
                    let key = format!("{}{}{CONTENT}", self.prefix, record.hash);
                    writes.push(self.cipher.write(StoreName::Blob, key, Some(content)).await?);
                }
                self.put(StoreName::Blob, &record.hash, record).await?
            }
            StoreWrite::Adopted(head) => self.put(StoreName::Meta, ADOPTED, head).await?,
        };
        writes.push(added);
        Ok(())
    }

    async fn put(
        &self,
        store: StoreName,
        key: &str,
        content: &impl Serialize,
    ) -> Result<EncryptedWrite, Trouble> {
        let content = serde_json::to_vec(content).map_err(|error| error.to_string())?;
        self.cipher.write(store, format!("{}{key}", self.prefix), Some(&content)).await
    }

    async fn remove(&self, store: StoreName, key: &str) -> Result<EncryptedWrite, Trouble> {
        self.cipher.write(store, format!("{}{key}", self.prefix), None).await
    }

    /// Stores a bundle as it was received, in place of an earlier one.
    pub async fn put_bundle(&self, received: &str) -> Result<(), Trouble> {
        let key = format!("{}{BUNDLE}", self.prefix);
        let write = self.cipher.write(StoreName::Bundle, key, Some(received.as_bytes())).await?;
        database::write_all(&[write]).await
    }

    /// What is durable.
    pub async fn load(&self) -> Result<StoredVisit, Trouble> {
        let mut stored = StoredVisit::default();
        if let Some(base) = self.cipher.read(StoreName::Bundle, &format!("{}{BASE}", self.prefix)).await? {
            stored.base = Some(read(&base)?);
        }
        for (key, content) in self.cipher.read_all(StoreName::Draft, &self.prefix).await? {
            let (table, row) = key.split_once('/').ok_or("本机内容的编号有误")?;
            stored.draft.insert((table.to_string(), RowId::new(row)), read(&content)?);
        }
        for (_, content) in self.cipher.read_all(StoreName::Outbox, &self.prefix).await? {
            stored.write(&StoreWrite::PutOutbox(read(&content)?));
        }
        for (_, content) in self.cipher.read_all(StoreName::Receipt, &self.prefix).await? {
            stored.write(&StoreWrite::PutDelivered(read(&content)?));
        }
        for (key, content) in self.cipher.read_all(StoreName::Blob, &self.prefix).await? {
            if !key.ends_with(CONTENT) {
                let record: BlobRecord = read(&content)?;
                stored.blobs.insert(record.hash.clone(), record);
            }
        }
        if let Some(head) = self.cipher.read(StoreName::Meta, &format!("{}{ADOPTED}", self.prefix)).await? {
            stored.adopted = Some(read(&head)?);
        }
        Ok(stored)
    }

    /// Bytes of a photo.
    pub async fn blob(&self, hash: &str) -> Result<Option<Vec<u8>>, Trouble> {
        self.cipher.read(StoreName::Blob, &format!("{}{hash}{CONTENT}", self.prefix)).await
    }
}

/// Positions in the order of their text.
fn position(seq: u64) -> String {
    format!("{seq:016}")
}
