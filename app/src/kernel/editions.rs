//! 政策版本 on this device: the editions that content was judged by. What the program ships is here already; any other is
//! read from the server once and stored, because a revision never changes and a form must open while the server is away.

use crate::kernel::api;
use crate::kernel::local_storage::{self, Key};
use shared::api::editions::ReadEdition;
use shared::api::problem::{Problem, code};
use shared::policy::editions::Edition;
use shared::policy::editions::register::Register;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

thread_local! {
    static READ: RefCell<BTreeMap<String, Arc<Edition>>> = const { RefCell::new(BTreeMap::new()) };
}

/// The edition of a name, if it is shipped or was read before.
pub fn known(name: &str) -> Option<Arc<Edition>> {
    let read = READ.with_borrow(|read| read.get(name).cloned());
    read.or_else(|| Register::shipped().find(name).cloned()).or_else(|| stored(name))
}

fn stored(name: &str) -> Option<Arc<Edition>> {
    let text = local_storage::read(&Key::Edition(name.to_string()))?;
    let edition = Arc::new(Edition::read(&text).ok()?);
    READ.with_borrow_mut(|read| read.insert(name.to_string(), edition.clone()));
    Some(edition)
}

/// Reads the edition of a name, so that [`known`] has it from then on.
pub async fn load(name: &str) -> Result<Arc<Edition>, Problem> {
    if let Some(edition) = known(name) {
        return Ok(edition);
    }
    let unknown = || Problem::new(500, code::INTERNAL, "政策版本有误", format!("没有政策版本“{name}”"));
    let edition = Arc::new(api::call(ReadEdition::of(name).ok_or_else(unknown)?).await?);
    if let Ok(text) = serde_json::to_string(&*edition) {
        // Where nothing can be stored it is read again next time.
        let _ = local_storage::write(&Key::Edition(name.to_string()), &text);
    }
    READ.with_borrow_mut(|read| read.insert(name.to_string(), edition.clone()));
    Ok(edition)
}
