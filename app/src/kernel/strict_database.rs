//! 严格写入: transactions of IndexedDB that survive a power cut once they are complete. Which stores there are and what lies in them is
//! their owner's.

use idb::{Database, DatabaseEvent, Factory, Transaction};
use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbDatabase, IdbTransaction};

/// Why the device does not store, in the browser's own words, for an administrator.
pub type Trouble = String;

pub fn store_trouble(error: idb::Error) -> Trouble {
    error.to_string()
}

pub fn script_trouble(error: JsValue) -> Trouble {
    let message = Reflect::get(&error, &JsValue::from_str("message")).ok().and_then(|m| m.as_string());
    message.unwrap_or_else(|| format!("{error:?}"))
}

/// Opens a database; `create` adds the stores it lacks. `forget` takes the owner's connection from where it is held, when a newer page
/// adds stores or the browser closed it: the next use opens it again.
pub async fn open(
    name: &str,
    version: u32,
    create: fn(&Database) -> Result<(), idb::Error>,
    forget: fn() -> Option<IdbDatabase>,
) -> Result<IdbDatabase, Trouble> {
    let mut opening =
        Factory::new().and_then(|factory| factory.open(name, Some(version))).map_err(store_trouble)?;
    opening.on_upgrade_needed(move |event| {
        // A failure here aborts the upgrade, and opening answers with it.
        let _ = event.database().and_then(|database| create(&database));
    });
    let mut database = opening.await.map_err(store_trouble)?;
    database.on_version_change(move |_| forget().iter().for_each(IdbDatabase::close));
    database.on_close(move |_| drop(forget()));
    database.forget_callbacks();
    Ok(database.into())
}

/// A transaction over `stores`. A completed write survives a power cut (durability `strict`).
pub fn begin(database: &IdbDatabase, stores: &[&str], write: bool) -> Result<Transaction, JsValue> {
    // web-sys has no stable binding for `durability`; browsers that do not know it ignore it.
    let begin: Function = Reflect::get(database, &JsValue::from_str("transaction"))?.dyn_into()?;
    let stores: Array = stores.iter().map(|store| JsValue::from_str(store)).collect();
    let options = Object::new();
    Reflect::set(&options, &"durability".into(), &"strict".into())?;
    let mode = if write { "readwrite" } else { "readonly" };
    let transaction: IdbTransaction = begin.call3(database, &stores, &mode.into(), &options)?.dyn_into()?;
    Ok(transaction.into())
}

/// Waits until a transaction is durable.
pub async fn complete(transaction: Transaction) -> Result<(), Trouble> {
    let result = transaction.commit().map_err(store_trouble)?.await.map_err(store_trouble)?;
    if result.is_committed() { Ok(()) } else { Err("存储空间不足".to_string()) }
}
