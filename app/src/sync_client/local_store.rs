//! 本机存储: the IndexedDB of this browser. What a person types is written here first, by account and request, and is
//! deleted only after the server's receipt. No other file knows the layout.

use crate::kernel::strict_database::{self, Trouble, begin, complete, script_trouble, store_trouble};
use idb::{Database, IndexParams, KeyPath, ObjectStore, ObjectStoreParams, Query, Transaction};
use js_sys::{Object, Reflect};
use leptos::prelude::window;
use serde::{Deserialize, Serialize};
use shared::engine::op::{Conflict, Op};
use shared::kernel::ids::{AccountId, CaseId};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use wasm_bindgen::JsValue;
use web_sys::IdbDatabase;

const NAME: &str = "omfund";
/// Raised only to add stores: what older pages stored is never rebuilt.
const VERSION: u32 = 1;
const OPS: &str = "ops";
const CONFLICTS: &str = "conflicts";
const SNAPSHOTS: &str = "snapshots";
const STORES: [&str; 3] = [OPS, CONFLICTS, SNAPSHOTS];
const SCOPE: &str = "scope";
const BODY: &str = "body";

/// Account and request: one person's typing is never read or sent by another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scope {
    pub account: AccountId,
    pub request: CaseId,
}

impl Scope {
    /// Ids contain no `/`.
    fn key(&self) -> JsValue {
        JsValue::from_str(&format!("{}/{}", self.account, self.request))
    }

    fn read(key: &str) -> Option<Scope> {
        let (account, request) = key.split_once('/')?;
        Some(Scope { account: AccountId::new(account), request: CaseId::new(request) })
    }
}

/// State of an operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationState {
    /// 待送.
    Pending,
    /// 已送达 as entry `seq`; kept until a later reading of the request contains it.
    Delivered { seq: u64 },
    /// 未被接受, and why.
    Refused { reason: String },
}

/// An operation on this device.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoredOperation {
    pub op: Op,
    pub mark: OperationState,
}

/// What this device stores of a scope: operations in the order they were typed, under their keys.
#[derive(Debug, Default)]
pub struct StoredScope {
    pub ops: Vec<(u64, StoredOperation)>,
    pub conflicts: Vec<Conflict>,
}

/// Changes to a scope, all in one transaction.
#[derive(Debug, Default)]
pub struct ScopeWrite {
    pub put: Vec<(u64, StoredOperation)>,
    pub add: Vec<StoredOperation>,
    pub delete: Vec<u64>,
    pub conflicts: Option<Vec<Conflict>>,
}

thread_local! {
    static OPENED: RefCell<Option<IdbDatabase>> = const { RefCell::new(None) };
    static ASKED_TO_PERSIST: Cell<bool> = const { Cell::new(false) };
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
    let lacks = |name: &str| !there.iter().any(|store| store == name);
    if lacks(OPS) {
        let mut by_number = ObjectStoreParams::new();
        by_number.auto_increment(true);
        let ops = database.create_object_store(OPS, by_number)?;
        ops.create_index(SCOPE, KeyPath::new_single(SCOPE), Some(IndexParams::new()))?;
    }
    for name in [CONFLICTS, SNAPSHOTS] {
        if lacks(name) {
            database.create_object_store(name, ObjectStoreParams::new())?;
        }
    }
    Ok(())
}

/// A transaction over all stores. A completed write survives a power cut (durability `strict`).
async fn transaction(write: bool) -> Result<Transaction, Trouble> {
    if let Ok(transaction) = begin(&database().await?, &STORES, write) {
        return Ok(transaction);
    }
    // The browser closed the connection in the background: try once more on a new one.
    OPENED.take();
    begin(&database().await?, &STORES, write).map_err(script_trouble)
}

fn record(scope: &Scope, stored: &StoredOperation) -> Result<JsValue, Trouble> {
    let body = serde_json::to_string(stored).map_err(|error| error.to_string())?;
    let record = Object::new();
    Reflect::set(&record, &SCOPE.into(), &scope.key()).map_err(script_trouble)?;
    Reflect::set(&record, &BODY.into(), &JsValue::from_str(&body)).map_err(script_trouble)?;
    Ok(record.into())
}

fn stored(record: &JsValue) -> Option<StoredOperation> {
    let body = Reflect::get(record, &BODY.into()).ok()?.as_string()?;
    serde_json::from_str(&body).ok()
}

/// The store counts its keys up from 1: exact as a float far beyond any use.
fn number(key: &JsValue) -> u64 {
    key.as_f64().unwrap_or_default() as u64
}

fn key(number: u64) -> JsValue {
    JsValue::from_f64(number as f64)
}

/// Writes all of it or nothing; returns the keys of what was added.
pub async fn write(scope: &Scope, writing: ScopeWrite) -> Result<Vec<u64>, Trouble> {
    ask_to_persist();
    let transaction = transaction(true).await?;
    let ops = transaction.object_store(OPS).map_err(store_trouble)?;
    for (at, stored) in &writing.put {
        ops.put(&record(scope, stored)?, Some(&key(*at))).map_err(store_trouble)?;
    }
    for at in &writing.delete {
        ops.delete(key(*at)).map_err(store_trouble)?;
    }
    if let Some(open_conflicts) = &writing.conflicts {
        let store = transaction.object_store(CONFLICTS).map_err(store_trouble)?;
        if open_conflicts.is_empty() {
            store.delete(scope.key()).map_err(store_trouble)?;
        } else {
            let text = serde_json::to_string(open_conflicts).map_err(|error| error.to_string())?;
            store.put(&JsValue::from_str(&text), Some(&scope.key())).map_err(store_trouble)?;
        }
    }
    let mut keys = Vec::new();
    for stored in &writing.add {
        keys.push(number(
            &ops.add(&record(scope, stored)?, None).map_err(store_trouble)?.await.map_err(store_trouble)?,
        ));
    }
    complete(transaction).await?;
    Ok(keys)
}

async fn of_scope(ops: &ObjectStore, scope: &Scope) -> Result<Vec<(u64, StoredOperation)>, Trouble> {
    let index = ops.index(SCOPE).map_err(store_trouble)?;
    let whole = || Some(Query::Key(scope.key()));
    // One after the other: `idb` listens to a request only from its `await` on.
    let keys = index.get_all_keys(whole(), None).map_err(store_trouble)?.await.map_err(store_trouble)?;
    let records = index.get_all(whole(), None).map_err(store_trouble)?.await.map_err(store_trouble)?;
    let both = keys.iter().zip(&records);
    Ok(both.filter_map(|(key, record)| Some((number(key), stored(record)?))).collect())
}

/// Reads what this device stores of a scope.
pub async fn find(scope: &Scope) -> Result<StoredScope, Trouble> {
    let transaction = transaction(false).await?;
    let store = transaction.object_store(CONFLICTS).map_err(store_trouble)?;
    let open_conflicts = store.get(scope.key()).map_err(store_trouble)?.await.map_err(store_trouble)?;
    let ops = of_scope(&transaction.object_store(OPS).map_err(store_trouble)?, scope).await?;
    let open_conflicts = open_conflicts.and_then(|text| text.as_string());
    let conflicts = open_conflicts.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    Ok(StoredScope { ops, conflicts })
}

/// Stores the request as it was read and deletes the delivered operations it contains.
pub async fn keep_snapshot(scope: &Scope, seq: u64, text: &str) -> Result<(), Trouble> {
    let transaction = transaction(true).await?;
    let snapshots = transaction.object_store(SNAPSHOTS).map_err(store_trouble)?;
    snapshots.put(&JsValue::from_str(text), Some(&scope.key())).map_err(store_trouble)?;
    let ops = transaction.object_store(OPS).map_err(store_trouble)?;
    for (at, stored) in of_scope(&ops, scope).await? {
        if matches!(stored.mark, OperationState::Delivered { seq: delivered } if delivered <= seq) {
            ops.delete(key(at)).map_err(store_trouble)?;
        }
    }
    complete(transaction).await
}

/// The request as it was last read here.
pub async fn snapshot(scope: &Scope) -> Result<Option<String>, Trouble> {
    let transaction = transaction(false).await?;
    let snapshots = transaction.object_store(SNAPSHOTS).map_err(store_trouble)?;
    let found = snapshots.get(scope.key()).map_err(store_trouble)?.await.map_err(store_trouble)?;
    Ok(found.and_then(|text| text.as_string()))
}

/// The requests for which an account has undelivered operations, with their number.
pub async fn owing(account: &AccountId) -> Result<BTreeMap<CaseId, usize>, Trouble> {
    let transaction = transaction(false).await?;
    let ops = transaction.object_store(OPS).map_err(store_trouble)?;
    let records = ops.get_all(None, None).map_err(store_trouble)?.await.map_err(store_trouble)?;
    let mut owing = BTreeMap::new();
    for record in &records {
        let scope = Reflect::get(record, &SCOPE.into()).ok().and_then(|scope| scope.as_string());
        let Some(scope) = scope.as_deref().and_then(Scope::read) else { continue };
        let owed = stored(record).is_some_and(|stored| stored.mark == OperationState::Pending);
        if owed && scope.account == *account {
            *owing.entry(scope.request).or_default() += 1;
        }
    }
    Ok(owing)
}

/// Deletes what was read and delivered by everybody but the account, never what is undelivered or undecided.
pub async fn forget_read_but(account: Option<&AccountId>) -> Result<(), Trouble> {
    let transaction = transaction(true).await?;
    let snapshots = transaction.object_store(SNAPSHOTS).map_err(store_trouble)?;
    let scopes = snapshots.get_all_keys(None, None).map_err(store_trouble)?.await.map_err(store_trouble)?;
    let ops = transaction.object_store(OPS).map_err(store_trouble)?;
    for scope in scopes.iter().filter_map(|key| Scope::read(&key.as_string()?)) {
        if account == Some(&scope.account) {
            continue;
        }
        let found = of_scope(&ops, &scope).await?;
        if found.iter().any(|(_, stored)| !matches!(stored.mark, OperationState::Delivered { .. })) {
            continue;
        }
        snapshots.delete(scope.key()).map_err(store_trouble)?;
        for (at, _) in found {
            ops.delete(key(at)).map_err(store_trouble)?;
        }
    }
    complete(transaction).await
}

/// Asks the browser, once, not to clear this storage by itself; it may refuse.
fn ask_to_persist() {
    if !ASKED_TO_PERSIST.replace(true) {
        let _ = window().navigator().storage().persist();
    }
}
