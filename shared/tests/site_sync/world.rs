//! Two tablets, the server and what is between them. Carries out steps; what must hold is in `check.rs`.

use super::disk::Disk;
use super::fault::Defect;
use super::index::LogIndex;
use super::office::{Office, YEAR, visit};
use super::story::{DEVICES, DiskFate, NetFate, Step};
use shared::kernel::ids::{AccountId, DeviceId, OpId};
use shared::sync::site::device::{DeviceMoment, VisitDevice, VisitIdentity};
use shared::sync::site::operation::SiteAct;
use shared::sync::site::package::OfflinePackage;
use shared::sync::site::receipt::DeviceKey;
use shared::sync::site::storage::{SiteStore, SiteTransaction, StoreFault};
use std::collections::{BTreeMap, BTreeSet};

pub struct Tablet {
    pub machine: VisitDevice,
    pub disk: Disk,
    /// The transaction that storage works on.
    pub begun: Option<SiteTransaction>,
    pub key: DeviceKey,
    pub now: DeviceMoment,
    /// Texts on the screen that nothing has called stored, by place: the last of each counts.
    pub pending: BTreeMap<String, String>,
    /// Operations the machine has called stored.
    pub called_stored: BTreeSet<OpId>,
}

pub struct World {
    pub tablets: Vec<Tablet>,
    pub office: Office,
    pub backup: Office,
    pub late: Vec<super::network::Late>,
    pub packages: Vec<OfflinePackage>,
    /// Texts the screen has called stored, with the tablet they were typed on.
    pub expected: BTreeMap<String, usize>,
    /// Operations a restored backup took away and nobody has sent again.
    pub lost_by_server: BTreeSet<OpId>,
    pub index: LogIndex,
    pub defect: Defect,
    /// What occurred, by name.
    pub occurred: BTreeMap<String, usize>,
    /// What an exchange itself has shown to be wrong.
    pub violation: Option<String>,
    count: u64,
}

pub fn identity(device: usize) -> VisitIdentity {
    VisitIdentity {
        device: DeviceId::new(format!("tablet-{device}")),
        account: AccountId::new(format!("evaluator-{device}")),
        visit: visit(),
        form_ver: "site_visit/1".to_string(),
        policy_ver: "2022-51".to_string(),
        app_ver: "1".to_string(),
        year: YEAR,
    }
}

impl World {
    /// A visit that both tablets have downloaded.
    pub fn new(defect: Defect) -> World {
        let office = Office::new(defect);
        let tablet = |device: usize| {
            let (disk, key) = (Disk::new(defect), DeviceKey::new(format!("key of tablet {device}")));
            let machine = VisitDevice::open(identity(device), key.clone(), disk.load());
            let now = DeviceMoment { wall_ms: 1_700_000_000_000, mono_ms: 0 };
            let begun = None;
            Tablet {
                machine,
                disk,
                begun,
                key,
                now,
                pending: BTreeMap::new(),
                called_stored: BTreeSet::new(),
            }
        };
        let mut world = World {
            tablets: (0..DEVICES).map(tablet).collect(),
            backup: office.clone(),
            office,
            late: Vec::new(),
            packages: Vec::new(),
            expected: BTreeMap::new(),
            lost_by_server: BTreeSet::new(),
            index: LogIndex::default(),
            defect,
            occurred: BTreeMap::new(),
            violation: None,
            count: 0,
        };
        for device in 0..DEVICES {
            world.pull(device, NetFate::Sound);
            world.save(device, DiskFate::Sound);
        }
        world
    }

    pub fn step(&mut self, step: Step) {
        match step {
            Step::Save { device, fate } => self.save(device, fate),
            Step::Begin { device } => self.begin(device),
            Step::Restart { device } => self.restart(device),
            Step::Push { device, fate } => self.push(device, fate),
            Step::Pull { device, fate } => self.pull(device, fate),
            Step::Blob { device, fate } => self.blob(device, fate),
            Step::Arrive { which } => self.arrive(which),
            Step::Forge { device } => self.forge(device),
            Step::Export { device } => {
                let tablet = &self.tablets[device];
                let package = OfflinePackage::of(visit(), tablet.disk.durable(), &tablet.key);
                self.packages.push(package);
            }
            Step::Import { which } => self.import(which),
            Step::Wipe { device } => self.wipe(device),
            Step::Image { device } => self.tablets[device].disk.make_image(),
            Step::SetBack { device } => {
                if self.tablets[device].disk.set_back() {
                    self.lose(device);
                    self.note("device set back");
                }
            }
            Step::Clock { device, days } => self.tablets[device].now.wall_ms += days * 86_400_000,
            Step::Tick { ms } => self.tick(ms),
            Step::Desk { .. }
            | Step::DeskResolve
            | Step::Revoke { .. }
            | Step::Admit { .. }
            | Step::Close
            | Step::Reopen
            | Step::Backup
            | Step::RestoreBackup => self.office_step(step),
            typed => self.type_step(typed),
        }
    }

    /// The next number of this story.
    pub fn number(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    pub fn require(&mut self, holds: bool, text: &str) {
        if !holds {
            self.violation = Some(text.to_string());
        }
    }

    pub fn note(&mut self, what: &str) {
        *self.occurred.entry(what.to_string()).or_default() += 1;
    }

    pub fn tick(&mut self, ms: u64) {
        for tablet in &mut self.tablets {
            tablet.now.mono_ms += ms;
            tablet.now.wall_ms += i64::try_from(ms).unwrap();
        }
    }

    /// Storage works; its first transaction ends as `fate` says.
    pub fn save(&mut self, device: usize, fate: DiskFate) {
        let mut number = u128::from(self.number()) << 64;
        let tablet = &mut self.tablets[device];
        tablet.disk.fate = Some(fate);
        let random = || {
            number += 1;
            number
        };
        let begun = tablet.begun.take().map_or(Ok(()), |begun| {
            let ended = tablet.disk.commit(&begun);
            match ended {
                Ok(()) => tablet.machine.committed(),
                Err(fault) => tablet.machine.failed(fault),
            }
            ended
        });
        let result = begun.and_then(|()| tablet.machine.persist(&mut tablet.disk, tablet.now, random));
        tablet.disk.fate = None;
        match (result, fate) {
            (Ok(()), _) => {}
            (Err(StoreFault::Full), _) => {
                self.note("storage full");
                if self.defect == Defect::DroppedOnFull {
                    let tablet = &mut self.tablets[device];
                    tablet.machine =
                        VisitDevice::open(identity(device), tablet.key.clone(), tablet.disk.load());
                }
            }
            (Err(_), DiskFate::ClosedBefore | DiskFate::ClosedAfter) => {
                self.note("storage closed");
                let tablet = &mut self.tablets[device];
                tablet.machine.reload(tablet.disk.load());
            }
            (Err(_), _) => {
                self.note("crash in a transaction");
                self.restart(device);
            }
        }
        self.note_stored(device);
    }

    fn begin(&mut self, device: usize) {
        let number = u128::from(self.number()) << 64;
        let tablet = &mut self.tablets[device];
        if let Some(transaction) = tablet.machine.next_transaction(tablet.now, number) {
            tablet.begun = Some(transaction);
            self.note("transaction in flight");
        }
    }

    pub fn restart(&mut self, device: usize) {
        let tablet = &mut self.tablets[device];
        tablet.begun = None;
        tablet.disk.crash();
        tablet.machine = VisitDevice::open(identity(device), tablet.key.clone(), tablet.disk.load());
        tablet.pending.clear();
        tablet.now.mono_ms = 0;
    }

    /// What the screen calls stored from now on.
    fn note_stored(&mut self, device: usize) {
        let tablet = &mut self.tablets[device];
        let stored = tablet.machine.stored();
        let delivered = stored.delivered.values().map(|delivered| &delivered.op);
        tablet.called_stored.extend(stored.outbox.values().chain(delivered).map(|op| op.op_id.clone()));
        if tablet.machine.is_saved() {
            let texts = std::mem::take(&mut tablet.pending);
            self.expected.extend(texts.into_values().map(|text| (text, device)));
        }
    }

    fn office_step(&mut self, step: Step) {
        let n = usize::try_from(self.number()).unwrap();
        match step {
            Step::Desk { place } => self.office.desk(n, place, &format!("desk{n}")),
            Step::DeskResolve => self.office.desk_resolve(n),
            Step::Revoke { device } => {
                self.office.revoked.insert(identity(device).device);
            }
            Step::Admit { device } => {
                self.office.revoked.remove(&identity(device).device);
            }
            Step::Close => self.office.is_closed = true,
            Step::Reopen => self.office.is_closed = false,
            Step::Backup => self.backup = self.office.clone(),
            Step::RestoreBackup => self.restore(),
            other => unreachable!("{other:?} is none of the office"),
        }
    }

    fn restore(&mut self) {
        let tail = self.office.log.drain(self.backup.log.len().min(self.office.log.len())..);
        let gone = tail.filter_map(|entry| super::index::operation(&entry).map(|op| op.op_id.clone()));
        self.lost_by_server.extend(gone);
        self.office = self.backup.clone();
        self.index = LogIndex::default();
        self.note("backup restored");
    }

    /// Somebody sends an operation that the tablet has, with another body under the same id.
    fn forge(&mut self, device: usize) {
        let stored = self.tablets[device].machine.stored().clone();
        let Some(mut op) = stored.last_operation().cloned() else { return };
        op.act = SiteAct::Cells { changes: Vec::new() };
        op.wall_ms += 1;
        // Before the tablet's own it would take its place: whoever can send for a device has its session.
        if self.office.state.known.contains_key(&op.op_id) {
            let key = self.tablets[device].key.clone();
            let batch = shared::sync::site::transport::PushBatch { ops: vec![op] };
            self.office.push(&identity(device).device, &key, &batch, 1);
            self.note("other body under a known id");
        }
    }

    fn import(&mut self, which: usize) {
        if self.packages.is_empty() {
            return;
        }
        let package = self.packages[which % self.packages.len()].clone();
        let first = self.office.import(&package);
        let again = self.office.import(&package);
        let is_same = again.added == 0 && again.known >= first.added + first.known;
        self.require(is_same, "I2: a second import added something");
        self.note("import");
    }

    pub fn wipe(&mut self, device: usize) {
        self.tablets[device].disk.wipe();
        self.lose(device);
        self.note("wipe");
    }

    /// The device has lost operations. What nobody else has is not expected any more: the device cannot answer for it.
    fn lose(&mut self, device: usize) {
        let tablet = &mut self.tablets[device];
        tablet.called_stored.clear();
        tablet.begun = None;
        tablet.machine = VisitDevice::open(identity(device), tablet.key.clone(), tablet.disk.load());
        tablet.pending.clear();
        tablet.now.mono_ms = 0;
        self.index.read(&self.office.log);
        let elsewhere = self.texts_elsewhere();
        let texts = &self.index.texts;
        self.expected.retain(|text, of| *of != device || texts.contains(text) || elsewhere.contains(text));
    }

    /// Texts in alarms, packages and storage of tablets.
    pub fn texts_elsewhere(&self) -> BTreeSet<String> {
        let packed = self.packages.iter().flat_map(|package| &package.operations).map(|packed| &packed.op);
        let disks = self.tablets.iter().map(|tablet| tablet.disk.durable());
        let stored =
            disks.flat_map(|disk| disk.outbox.values().chain(disk.delivered.values().map(|of| &of.op)));
        self.office.alarms.iter().chain(packed).chain(stored).flat_map(super::index::texts).collect()
    }
}

impl World {
    /// Counts what the operations of the story came to.
    pub fn note_results(&mut self) {
        let results: Vec<_> = self
            .office
            .log
            .iter()
            .filter(|entry| super::index::operation(entry).is_some())
            .map(|e| e.result)
            .collect();
        for result in results {
            let reason = result.reason_word();
            self.note(format!("{} {reason}", result.word()).trim_end());
        }
        if self.office.state.record.is_some() {
            self.note("record");
        }
    }
}
