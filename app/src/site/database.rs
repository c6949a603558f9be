//! 本机数据库: the IndexedDB of the tablet's app. Keys (ids and positions) are plain, values are encrypted; each is bound to its
//! store, key and account. No other file knows the layout.

use super::crypto::{BrowserKey, Encrypted};
use crate::kernel::strict_database::{self, Trouble, begin, complete, script_trouble, store_trouble};
use idb::{Database, KeyRange, ObjectStoreParams, Query, Transaction};
use js_sys::{Object, Reflect, Uint8Array};
use std::cell::RefCell;
use wasm_bindgen::JsValue;
use web_sys::IdbDatabase;

const NAME: &str = "omfund-site";
/// Raised only to add stores: what older versions stored is never rebuilt.
const VERSION: u32 = 1;

/// A store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreName {
    /// Vaults and what is known of a visit besides its content.
    Meta,
    /// The visit as it was read from the server.
    Bundle,
    Draft,
    Outbox,
    Receipt,
    Blob,
}

const STORES: [StoreName; 6] = [
    StoreName::Meta,
    StoreName::Bundle,
    StoreName::Draft,
    StoreName::Outbox,
    StoreName::Receipt,
    StoreName::Blob,
];

impl StoreName {
    fn name(self) -> &'static str {
        match self {
            StoreName::Meta => "meta",
            StoreName::Bundle => "bundle",
            StoreName::Draft => "draft",
            StoreName::Outbox => "outbox",
            StoreName::Receipt => "receipt",
            StoreName::Blob => "blob",
        }
    }
}

/// One encrypted change.
#[derive(Debug)]
pub struct EncryptedWrite {
    store: StoreName,
    key: String,
    /// `None` removes it.
    content: Option<Encrypted>,
}

/// Whose values: the key of the content and the account it is of.
#[derive(Clone, Debug)]
pub struct Cipher {
    pub key: BrowserKey,
    pub account: String,
}

thread_local! {
    static OPENED: RefCell<Option<IdbDatabase>> = const { RefCell::new(None) };
}

async fn database() -> Result<IdbDatabase, Trouble> {
    if let Some(database) = OPENED.with_borrow(Clone::clone) {
        return Ok(database);
    }
    let database = strict_database::open(NAME, VERSION, create, || OPENED.take()).await?;
    OPENED.set(Some(database.clone()));
    Ok(database)
}

fn create(database: &Database) -> Result<(), idb::Error> {
    let there = database.store_names();
    for store in STORES {
        if !there.iter().any(|name| name == store.name()) {
            database.create_object_store(store.name(), ObjectStoreParams::new())?;
        }
    }
    Ok(())
}

async fn transaction(write: bool) -> Result<Transaction, Trouble> {
    let stores = STORES.map(StoreName::name);
    if let Ok(transaction) = begin(&database().await?, &stores, write) {
        return Ok(transaction);
    }
    // The browser closed the connection in the background: try once more on a new one.
    OPENED.take();
    begin(&database().await?, &stores, write).map_err(script_trouble)
}

impl Cipher {
    fn place(&self, store: StoreName, key: &str) -> String {
        format!("{}|{key}|{}", store.name(), self.account)
    }

    /// A write of `content`, `None` to remove it.
    pub async fn write(
        &self,
        store: StoreName,
        key: String,
        content: Option<&[u8]>,
    ) -> Result<EncryptedWrite, Trouble> {
        let content = match content {
            Some(content) => Some(self.key.encrypt(&self.place(store, &key), content).await?),
            None => None,
        };
        Ok(EncryptedWrite { store, key, content })
    }

    /// Everything of a store whose key begins with `prefix`, with the rest of the key.
    pub async fn read_all(&self, store: StoreName, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, Trouble> {
        let transaction = transaction(false).await?;
        let stored = transaction.object_store(store.name()).map_err(store_trouble)?;
        let range = || {
            let end = JsValue::from_str(&format!("{prefix}\u{ffff}"));
            KeyRange::bound(&JsValue::from_str(prefix), &end, None, None)
                .map(Query::KeyRange)
                .map_err(store_trouble)
        };
        // One after the other: `idb` listens to a request only from its `await` on.
        let keys =
            stored.get_all_keys(Some(range()?), None).map_err(store_trouble)?.await.map_err(store_trouble)?;
        let values =
            stored.get_all(Some(range()?), None).map_err(store_trouble)?.await.map_err(store_trouble)?;
        let mut read = Vec::new();
        for (key, value) in keys.iter().zip(&values) {
            let key = key.as_string().unwrap_or_default();
            let content = encrypted(value)?;
            let content = self.key.decrypt(&self.place(store, &key), &content).await?;
            read.push((key[prefix.len()..].to_string(), content));
        }
        Ok(read)
    }

    /// One value.
    pub async fn read(&self, store: StoreName, key: &str) -> Result<Option<Vec<u8>>, Trouble> {
        let transaction = transaction(false).await?;
        let stored = transaction.object_store(store.name()).map_err(store_trouble)?;
        let found =
            stored.get(JsValue::from_str(key)).map_err(store_trouble)?.await.map_err(store_trouble)?;
        match found {
            Some(value) => Ok(Some(self.key.decrypt(&self.place(store, key), &encrypted(&value)?).await?)),
            None => Ok(None),
        }
    }
}

/// Makes all writes durable together, or none.
pub async fn write_all(writes: &[EncryptedWrite]) -> Result<(), Trouble> {
    let transaction = transaction(true).await?;
    for write in writes {
        let store = transaction.object_store(write.store.name()).map_err(store_trouble)?;
        let key = JsValue::from_str(&write.key);
        match &write.content {
            Some(content) => store.put(&record(content)?, Some(&key)).map(drop),
            None => store.delete(key).map(drop),
        }
        .map_err(store_trouble)?;
    }
    complete(transaction).await
}

/// What the app reads before it is unlocked: nothing of a visit, of a project or a person's work.
pub async fn read_plain(prefix: &str) -> Result<Vec<(String, String)>, Trouble> {
    let transaction = transaction(false).await?;
    let stored = transaction.object_store(StoreName::Meta.name()).map_err(store_trouble)?;
    let keys = stored.get_all_keys(None, None).map_err(store_trouble)?.await.map_err(store_trouble)?;
    let values = stored.get_all(None, None).map_err(store_trouble)?.await.map_err(store_trouble)?;
    let texts = keys.iter().zip(&values).filter_map(|(key, value)| {
        let key = key.as_string()?;
        Some((key.strip_prefix(prefix)?.to_string(), value.as_string()?))
    });
    Ok(texts.collect())
}

/// Writes what is read before the app is unlocked.
pub async fn write_plain(key: &str, text: &str) -> Result<(), Trouble> {
    let transaction = transaction(true).await?;
    let stored = transaction.object_store(StoreName::Meta.name()).map_err(store_trouble)?;
    stored.put(&JsValue::from_str(text), Some(&JsValue::from_str(key))).map_err(store_trouble)?;
    complete(transaction).await
}

/// `{v, alg, iv, ct}`.
fn record(content: &Encrypted) -> Result<JsValue, Trouble> {
    let record = Object::new();
    let entries: [(&str, JsValue); 4] = [
        ("v", 1.into()),
        ("alg", "A256GCM".into()),
        ("iv", Uint8Array::from(content.iv.as_slice()).into()),
        ("ct", Uint8Array::from(content.text.as_slice()).into()),
    ];
    for (name, value) in entries {
        Reflect::set(&record, &name.into(), &value).map_err(script_trouble)?;
    }
    Ok(record.into())
}

fn encrypted(record: &JsValue) -> Result<Encrypted, Trouble> {
    let part = |name: &str| {
        let part = Reflect::get(record, &name.into()).map_err(script_trouble)?;
        Ok::<_, Trouble>(Uint8Array::new(&part).to_vec())
    };
    Ok(Encrypted { iv: part("iv")?, text: part("ct")? })
}
