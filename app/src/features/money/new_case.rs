//! 待新建案卷: the id of a case that its first command will open. It stays on this device until the server has accepted the
//! command, so that what was typed is found again and a lost answer opens no second case.

use crate::kernel::local_storage::{self, Key};
use crate::kernel::random_id::new_id;
use shared::cases::execution::registry::ExecutionKindName;
use shared::kernel::ids::{AccountId, CaseId};

/// A case that is not there yet.
#[derive(Clone)]
pub struct NewCase {
    pub case: CaseId,
    key: Key,
}

impl NewCase {
    /// The one this person has begun, or another.
    pub fn find(account: &AccountId, kind: ExecutionKindName) -> NewCase {
        let of_kind = CaseId::new(format!("new-{}", kind.word()));
        let key = Key::Draft { account: account.clone(), case: of_kind, what: "id".to_string() };
        let case = CaseId::new(local_storage::read(&key).unwrap_or_else(|| new_id(kind.word())));
        // Where nothing can be stored the id lasts as long as the page.
        let _ = local_storage::write(&key, case.as_str());
        NewCase { case, key }
    }

    /// The case is there.
    pub fn forget(&self) {
        local_storage::remove(&self.key);
    }
}
