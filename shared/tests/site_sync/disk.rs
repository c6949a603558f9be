//! The storage of one tablet: what is durable, and how it fails.

use super::fault::Defect;
use super::story::DiskFate;
use shared::sync::site::storage::{SiteStore, SiteTransaction, StoreFault, StoreWrite, StoredVisit};
use std::collections::BTreeMap;

#[derive(Default)]
pub struct Disk {
    durable: StoredVisit,
    /// Bytes of photos, by hash.
    pub contents: BTreeMap<String, Vec<u8>>,
    /// Before the last transaction, for a storage with relaxed durability.
    before: StoredVisit,
    /// What the device can be set back to.
    image: Option<(StoredVisit, BTreeMap<String, Vec<u8>>)>,
    defect: Option<Defect>,
    /// How the next transaction ends.
    pub fate: Option<DiskFate>,
}

impl Disk {
    pub fn new(defect: Defect) -> Disk {
        Disk { defect: Some(defect), ..Disk::default() }
    }

    /// The device dies: what was not durable is gone.
    pub fn crash(&mut self) {
        if self.defect == Some(Defect::RelaxedDurability) {
            self.durable = self.before.clone();
        }
    }

    /// 清除网站数据.
    pub fn wipe(&mut self) {
        (self.durable, self.before) = Default::default();
        self.contents.clear();
    }

    /// Makes an image of everything.
    pub fn make_image(&mut self) {
        self.image = Some((self.durable.clone(), self.contents.clone()));
    }

    /// Everything is as it was when the last image was made, if there is one.
    pub fn set_back(&mut self) -> bool {
        let Some((stored, contents)) = self.image.clone() else { return false };
        (self.durable, self.before, self.contents) = (stored.clone(), stored, contents);
        true
    }

    pub fn durable(&self) -> &StoredVisit {
        &self.durable
    }

    /// A write past the rules of the protocol, for defects.
    pub fn force(&mut self, write: &StoreWrite) {
        self.durable.write(write);
        self.before = self.durable.clone();
    }

    fn write(&mut self, writes: &[StoreWrite]) {
        for write in writes {
            if let StoreWrite::Blob { record, content: Some(content) } = write {
                self.contents.insert(record.hash.clone(), content.clone());
            }
            self.durable.write(write);
        }
    }
}

impl SiteStore for Disk {
    fn commit(&mut self, transaction: &SiteTransaction) -> Result<(), StoreFault> {
        let fate = self.fate.take().unwrap_or(DiskFate::Sound);
        if fate == DiskFate::Full {
            return Err(StoreFault::Full);
        }
        self.before = self.durable.clone();
        let is_durable = !matches!(fate, DiskFate::CrashBefore | DiskFate::ClosedBefore);
        match (is_durable, self.defect) {
            (true, _) => self.write(&transaction.writes),
            (false, Some(Defect::SplitTransactions)) => {
                self.write(&transaction.writes[..transaction.writes.len() / 2]);
            }
            (false, _) => {}
        }
        if fate == DiskFate::Sound { Ok(()) } else { Err(StoreFault::Unknown) }
    }

    fn load(&self) -> StoredVisit {
        self.durable.clone()
    }
}
