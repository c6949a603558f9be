//! 一次现场评价 in the browser: runs the machine of `shared::sync::site` against storage and network. Two loops, because typing is
//! stored while a request is on its way; each waits for an event and looks at nothing again and again.

use super::moment::{now, random_u64, random_u128};
use super::net;
use super::state::{SessionState, Site};
use super::vault::Unlocked;
use super::visit_store::VisitStore;
use crate::kernel::pause::Pause;
use crate::kernel::strict_database::Trouble;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::upload_path;
use shared::kernel::content_hash::ContentHash;
use shared::kernel::ids::CaseId;
use shared::sync::site::api::{
    AnnounceSiteBlob, AskSiteBlob, PushSiteOperations, ReadVisitSnapshot, SendSiteChunk, SiteBundle,
};
use shared::sync::site::blob::{BlobRequest, CHUNK_BYTES};
use shared::sync::site::device::{VisitDevice, VisitIdentity};
use shared::sync::site::drafting::DraftRefusal;
use shared::sync::site::storage::{StoreFault, StoredVisit};
use shared::sync::site::transport::{DeliveryFault, PushBatch, RawReply};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// How long after a key the text is stored, in milliseconds.
const AFTER_KEY_MS: u64 = 300;
/// Before storage that failed is tried again, in milliseconds.
const AFTER_FAULT_MS: u32 = 2_000;
/// A wait that only an event ends, in milliseconds.
const UNTIL_CALLED_MS: u32 = 3_600_000;

/// A visit of this tablet; copies are the same visit.
#[derive(Clone, Copy)]
pub struct Visit {
    running: StoredValue<Rc<Running>, LocalStorage>,
    /// Rises with everything that changes what the screen shows.
    version: RwSignal<u64>,
}

struct Running {
    device: RefCell<VisitDevice>,
    bundle: SiteBundle,
    store: VisitStore,
    storing: Pause,
    delivering: Pause,
    /// Typing goes on until then, by the clock of the machine.
    hold_until_ms: Cell<u64>,
    /// A reply is on its way into storage.
    is_settling: Cell<bool>,
    /// The person asked to read the visit anew.
    reads_anew: Cell<bool>,
    is_closed: Cell<bool>,
    /// Wall clock of the last reply that confirmed something, in milliseconds since 1970.
    reached_ms: Cell<Option<i64>>,
}

/// When an act is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveTime {
    /// A little after the last key.
    AfterKey,
    AtOnce,
}

/// What is sent next.
enum Delivery {
    Push(PushBatch),
    Snapshot,
    Blob(BlobRequest),
}

impl Visit {
    /// Opens what storage has of a visit and starts its loops.
    pub async fn open(site: Site, unlocked: &Unlocked, bundle: SiteBundle) -> Result<Visit, Trouble> {
        let store = VisitStore::new(unlocked.cipher.clone(), &bundle.visit);
        let stored = store.load().await?;
        Ok(Visit::start(site, unlocked, bundle, (store, stored)))
    }

    /// Stores a bundle as it came from the server and opens it: only what is in storage is 可离线.
    pub async fn download(
        site: Site,
        unlocked: &Unlocked,
        bundle: SiteBundle,
        received: &str,
    ) -> Result<Visit, Trouble> {
        VisitStore::new(unlocked.cipher.clone(), &bundle.visit).put_bundle(received).await?;
        let visit = Visit::open(site, unlocked, bundle).await?;
        let reply = visit.running.with_value(|running| RawReply::of(200, &running.bundle.snapshot));
        visit.running.with_value(|running| {
            running.is_settling.set(true);
            running.device.borrow_mut().snapshot_answered(&reply, now(), random_u64());
        });
        visit.save_now();
        Ok(visit)
    }

    fn start(site: Site, unlocked: &Unlocked, bundle: SiteBundle, of: (VisitStore, StoredVisit)) -> Visit {
        let (store, stored) = of;
        let identity = VisitIdentity {
            device: unlocked.device.clone(),
            account: unlocked.account.clone(),
            visit: bundle.visit.clone(),
            form_ver: bundle.form_ver.clone(),
            policy_ver: bundle.policy_ver.clone(),
            app_ver: env!("CARGO_PKG_VERSION").to_string(),
            year: bundle.year,
        };
        let device = VisitDevice::open(identity, unlocked.key.clone(), stored);
        let running = Rc::new(Running {
            device: RefCell::new(device),
            bundle,
            store,
            storing: Pause::default(),
            delivering: Pause::default(),
            hold_until_ms: Cell::new(0),
            is_settling: Cell::new(false),
            reads_anew: Cell::new(false),
            is_closed: Cell::new(false),
            reached_ms: Cell::new(None),
        });
        // Owned by the app: it outlives the screen that opened it.
        let visit = site.own(|| Visit {
            running: StoredValue::new_local(Rc::clone(&running)),
            version: RwSignal::new(0),
        });
        spawn_local(store_loop(Rc::clone(&running), visit.version));
        spawn_local(delivery_loop(site, running, visit.version));
        visit
    }

    /// Reads the machine; a view that does is drawn anew when it changes.
    pub fn read<T>(self, read: impl FnOnce(&VisitDevice) -> T) -> T {
        self.version.track();
        self.read_once(read)
    }

    pub fn read_once<T>(self, read: impl FnOnce(&VisitDevice) -> T) -> T {
        self.running.with_value(|running| read(&running.device.borrow()))
    }

    /// Reads what the visit was downloaded with.
    pub fn bundle<T>(self, read: impl FnOnce(&SiteBundle) -> T) -> T {
        self.running.with_value(|running| read(&running.bundle))
    }

    pub fn id(self) -> CaseId {
        self.bundle(|bundle| bundle.visit.clone())
    }

    /// Wall clock of the last reply that confirmed something, in milliseconds since 1970.
    pub fn reached_ms(self) -> Option<i64> {
        self.version.track();
        self.running.with_value(|running| running.reached_ms.get())
    }

    /// Carries out an act of the person.
    pub fn act(
        self,
        when: SaveTime,
        act: impl FnOnce(&mut VisitDevice) -> Result<(), DraftRefusal>,
    ) -> Result<(), DraftRefusal> {
        let done = self.running.with_value(|running| act(&mut running.device.borrow_mut()));
        self.changed();
        let hold = if when == SaveTime::AfterKey { now().mono_ms + AFTER_KEY_MS } else { 0 };
        self.running.with_value(|running| {
            running.hold_until_ms.set(hold);
            running.storing.end();
        });
        done
    }

    /// Stores what is typed without waiting for further keys.
    pub fn save_now(self) {
        self.running.with_value(|running| {
            running.hold_until_ms.set(0);
            running.storing.end();
        });
    }

    /// 同步: sends what waits and reads the visit anew.
    pub fn sync_now(self) {
        self.running.with_value(|running| running.reads_anew.set(true));
        self.send_now();
    }

    /// Sends what waits, unless the server asked for a pause.
    pub fn send_now(self) {
        self.save_now();
        self.running.with_value(|running| {
            running.device.borrow_mut().try_now();
            running.delivering.end();
        });
    }

    /// Bytes of a photo that is in storage, or on its way there.
    pub async fn photo(self, hash: &str) -> Option<Vec<u8>> {
        let running = self.running.get_value();
        let unsaved = running.device.borrow().unsaved_content().get(hash).map(|content| content.to_vec());
        match unsaved {
            Some(content) => Some(content),
            None => running.store.blob(hash).await.ok().flatten(),
        }
    }

    /// Ends the loops.
    pub fn close(self) {
        self.running.with_value(|running| {
            running.is_closed.set(true);
            running.storing.end();
            running.delivering.end();
        });
    }

    fn changed(self) {
        self.version.update(|version| *version += 1);
    }
}

/// Stores one transaction after the other, until the visit is closed.
async fn store_loop(running: Rc<Running>, version: RwSignal<u64>) {
    while !running.is_closed.get() {
        let hold = running.hold_until_ms.get().saturating_sub(now().mono_ms);
        let wait = match hold {
            0 => store_waiting(&running, version).await,
            hold => u32::try_from(hold).unwrap_or(AFTER_FAULT_MS),
        };
        if wait > 0 {
            running.storing.wait(wait).await;
        }
    }
}

/// Stores what waits; returns how long to wait then, in milliseconds.
async fn store_waiting(running: &Running, version: RwSignal<u64>) -> u32 {
    let Some(random) = random_u128() else { return AFTER_FAULT_MS };
    let Some(transaction) = running.device.borrow_mut().next_transaction(now(), random) else {
        running.is_settling.set(false);
        running.delivering.end();
        return UNTIL_CALLED_MS;
    };
    let stored = running.store.commit(&transaction).await;
    match stored {
        Ok(()) => running.device.borrow_mut().committed(),
        Err(fault) => running.device.borrow_mut().failed(fault),
    }
    let wait = match stored {
        Ok(()) => 0,
        Err(StoreFault::Full) => AFTER_FAULT_MS,
        Err(StoreFault::Unknown) => reload(running).await,
    };
    // The screen may be gone with its visit.
    version.try_update(|version| *version += 1);
    wait
}

async fn reload(running: &Running) -> u32 {
    match running.store.load().await {
        Ok(stored) => {
            running.device.borrow_mut().reload(stored);
            0
        }
        // Still in the machine's hands: storage is asked again.
        Err(_) => {
            running.storing.wait(AFTER_FAULT_MS).await;
            0
        }
    }
}

/// Delivers one step after the other, until the visit is closed.
async fn delivery_loop(site: Site, running: Rc<Running>, version: RwSignal<u64>) {
    while !running.is_closed.get() {
        let Some(step) = next_delivery(site, &running) else {
            let pause = running.device.borrow().pause_left_ms(now());
            let waits = running.device.borrow().has_delivery() && pause > 0;
            let pause = if waits { u32::try_from(pause).unwrap_or(UNTIL_CALLED_MS) } else { UNTIL_CALLED_MS };
            running.delivering.wait(pause.max(1_000)).await;
            continue;
        };
        version.try_update(|version| *version += 1);
        deliver(&running, step).await;
        let fault = running.device.borrow().delivery_fault();
        match fault {
            None => running.reached_ms.set(Some(now().wall_ms)),
            Some(DeliveryFault::SignedOut) => {
                site.session.try_set(SessionState::Ended);
            }
            Some(_) => {}
        }
        version.try_update(|version| *version += 1);
        running.is_settling.set(true);
        running.storing.end();
    }
}

fn next_delivery(site: Site, running: &Running) -> Option<Delivery> {
    let is_ours = site.session.try_get_untracked().is_some_and(|session| session != SessionState::Ended);
    let mut device = running.device.borrow_mut();
    if !is_ours || running.is_settling.get() || device.pause_left_ms(now()) > 0 {
        return None;
    }
    if let Some(batch) = device.next_batch(now()) {
        return Some(Delivery::Push(batch));
    }
    if running.reads_anew.take() || device.wants_snapshot() {
        return Some(Delivery::Snapshot);
    }
    device.next_blob(now(), CHUNK_BYTES).map(Delivery::Blob)
}

async fn deliver(running: &Running, step: Delivery) {
    let identity = running.device.borrow().identity().clone();
    match step {
        Delivery::Push(batch) => {
            let push = PushSiteOperations { visit: identity.visit, ops: batch.ops };
            let reply = net::raw(&push).await;
            running.device.borrow_mut().push_answered(&reply, now(), random_u64());
        }
        Delivery::Snapshot => {
            let read = ReadVisitSnapshot { visit: identity.visit, device: identity.device };
            let reply = net::raw(&read).await;
            running.device.borrow_mut().snapshot_answered(&reply, now(), random_u64());
        }
        Delivery::Blob(request) => {
            let reply = send_blob(running, identity, request).await;
            running.device.borrow_mut().blob_answered(&reply, now(), random_u64());
        }
    }
}

/// One step of the upload of a photo.
async fn send_blob(running: &Running, identity: VisitIdentity, request: BlobRequest) -> RawReply {
    let VisitIdentity { device, visit, .. } = identity;
    match request {
        BlobRequest::Announce { hash, bytes } => {
            net::raw(&AnnounceSiteBlob { visit, device, hash, bytes }).await
        }
        BlobRequest::AskOffset { hash } => net::raw(&AskSiteBlob { visit, device, hash }).await,
        BlobRequest::Chunk { hash, offset, length } => {
            // Without the bytes nothing is sent, and the step is tried again after the pause.
            let Ok(Some(content)) = running.store.blob(&hash).await else { return RawReply::nothing() };
            let (from, length) = (usize::try_from(offset), usize::try_from(length));
            let (Ok(from), Ok(length)) = (from, length) else { return RawReply::nothing() };
            let Some(chunk) = content.get(from..from + length) else { return RawReply::nothing() };
            let send = SendSiteChunk { visit, hash, offset, device, sm3: ContentHash::of(chunk) };
            match upload_path(&send) {
                Ok(path) => net::upload(&path, chunk).await,
                Err(_) => RawReply::nothing(),
            }
        }
    }
}
