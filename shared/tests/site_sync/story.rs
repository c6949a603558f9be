//! What happens in one simulation: a list of steps, each complete in itself, so that a story with steps removed is a story.

use super::random::Random;

/// Devices that work on the visit.
pub const DEVICES: usize = 2;

/// How storage answers a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiskFate {
    Sound,
    /// Nothing is written, and storage says so.
    Full,
    /// The device dies before the transaction is durable.
    CrashBefore,
    /// The device dies after it, before the answer.
    CrashAfter,
    /// The connection closes; the transaction is not durable.
    ClosedBefore,
    /// The connection closes; the transaction is durable.
    ClosedAfter,
}

/// What becomes of one exchange with the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetFate {
    Sound,
    RequestLost,
    /// The request arrives at a later step.
    RequestLate,
    ReplyLost,
    /// The reply arrives at a later step.
    ReplyLate,
    /// The request arrives so many times.
    Repeated(usize),
    Truncated,
    /// A captive portal answers 200 with a page.
    PortalPage,
    /// Something answers 200 with receipts that it made up.
    PortalForgery,
    /// The server commits all operations and answers 500.
    FailsAfter,
    /// The server dies after the first operation.
    FailsMidway,
    /// 503 with a Retry-After of so many seconds.
    Busy(u64),
    SignedOut,
}

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Type {
        device: usize,
        place: usize,
    },
    Clear {
        device: usize,
        place: usize,
    },
    AddRow {
        device: usize,
    },
    RemoveRow {
        device: usize,
    },
    Photo {
        device: usize,
        bytes: usize,
    },
    Sign {
        device: usize,
    },
    Unsign {
        device: usize,
    },
    Finalize {
        device: usize,
        /// Everything is delivered and the visit read anew just before.
        is_ready: bool,
    },
    Correct {
        device: usize,
    },
    Resolve {
        device: usize,
        takes_own: bool,
    },
    Save {
        device: usize,
        fate: DiskFate,
    },
    /// Storage begins a transaction, which ends at the next save; people type on.
    Begin {
        device: usize,
    },
    Restart {
        device: usize,
    },
    Push {
        device: usize,
        fate: NetFate,
    },
    Pull {
        device: usize,
        fate: NetFate,
    },
    Blob {
        device: usize,
        fate: NetFate,
    },
    /// A late request or reply arrives.
    Arrive {
        which: usize,
    },
    Desk {
        place: usize,
    },
    DeskResolve,
    /// Somebody sends an operation of the device again with another body.
    Forge {
        device: usize,
    },
    Revoke {
        device: usize,
    },
    Admit {
        device: usize,
    },
    Close,
    Reopen,
    Backup,
    /// The server comes back from its last backup.
    RestoreBackup,
    Export {
        device: usize,
    },
    Import {
        which: usize,
    },
    /// 清除网站数据: everything on the device is gone.
    Wipe {
        device: usize,
    },
    /// An image of the device's storage is made.
    Image {
        device: usize,
    },
    /// The device comes back from its last image.
    SetBack {
        device: usize,
    },
    Clock {
        device: usize,
        days: i64,
    },
    Tick {
        ms: u64,
    },
}

/// The step without its details.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Type,
    Clear,
    AddRow,
    RemoveRow,
    Photo,
    Sign,
    Unsign,
    Finalize,
    Correct,
    Resolve,
    Save,
    Begin,
    Restart,
    Push,
    Pull,
    Blob,
    Arrive,
    Desk,
    DeskResolve,
    Forge,
    Revoke,
    Admit,
    Close,
    Reopen,
    Backup,
    RestoreBackup,
    Export,
    Import,
    Wipe,
    Image,
    SetBack,
    Clock,
    Tick,
}

/// How often each kind of step occurs in an average story.
const WEIGHTS: [(usize, Kind); 33] = [
    (45, Kind::Type),
    (4, Kind::Clear),
    (4, Kind::AddRow),
    (2, Kind::RemoveRow),
    (5, Kind::Photo),
    (4, Kind::Sign),
    (1, Kind::Unsign),
    (2, Kind::Finalize),
    (5, Kind::Correct),
    (5, Kind::Resolve),
    (40, Kind::Save),
    (8, Kind::Begin),
    (4, Kind::Restart),
    (36, Kind::Push),
    (16, Kind::Pull),
    (8, Kind::Blob),
    (6, Kind::Arrive),
    (5, Kind::Desk),
    (1, Kind::DeskResolve),
    (1, Kind::Forge),
    (1, Kind::Revoke),
    (6, Kind::Admit),
    (1, Kind::Close),
    (8, Kind::Reopen),
    (1, Kind::Backup),
    (1, Kind::RestoreBackup),
    (1, Kind::Export),
    (1, Kind::Import),
    (1, Kind::Wipe),
    (4, Kind::Image),
    (4, Kind::SetBack),
    (2, Kind::Clock),
    (20, Kind::Tick),
];

/// What a story is made of. Stories differ in what occurs often and what never: most faults need others to be absent.
struct Mixture {
    kinds: Vec<(usize, Kind)>,
    /// Weight of an exchange or transaction without a fault; each fault has 1 to 3.
    sound: usize,
    /// Of a hundred steps, those on the first tablet.
    first_tablet: usize,
}

/// The story of a seed.
pub fn story(seed: u64) -> Vec<Step> {
    let mut random = Random::new(seed);
    let mixture = Mixture::random(&mut random);
    let steps = 40 + random.below(160);
    (0..steps).map(|_| mixture.step(&mut random)).collect()
}

impl Mixture {
    fn random(random: &mut Random) -> Mixture {
        // A lost device and a restored backup together lose data on both sides; no protocol answers for that.
        let loses_device = random.below(4) == 0;
        let is_excluded = |kind| match kind {
            Kind::RestoreBackup => loses_device,
            Kind::Wipe | Kind::SetBack => !loses_device,
            _ => false,
        };
        let mut kinds = Vec::new();
        for (weight, kind) in WEIGHTS.into_iter().filter(|(_, kind)| !is_excluded(*kind)) {
            let is_needed = matches!(kind, Kind::Type | Kind::Save | Kind::Push);
            let times = random.weighted(&[(2, 0), (4, 1), (2, 4)]);
            kinds.push((weight * if is_needed { times.max(1) } else { times }, kind));
        }
        Mixture { kinds, sound: [6, 24, 120][random.below(3)], first_tablet: [50, 50, 95][random.below(3)] }
    }

    fn step(&self, random: &mut Random) -> Step {
        let kind = random.weighted(&self.kinds);
        let device = if random.below(100) < self.first_tablet { 0 } else { 1 + random.below(DEVICES - 1) };
        let place = random.below(12);
        match kind {
            Kind::Type => Step::Type { device, place },
            Kind::Clear => Step::Clear { device, place },
            Kind::AddRow => Step::AddRow { device },
            Kind::RemoveRow => Step::RemoveRow { device },
            Kind::Photo => Step::Photo { device, bytes: 1 + random.below(1_800) },
            Kind::Sign => Step::Sign { device },
            Kind::Unsign => Step::Unsign { device },
            Kind::Finalize => Step::Finalize { device, is_ready: random.below(3) > 0 },
            Kind::Correct => Step::Correct { device },
            Kind::Resolve => Step::Resolve { device, takes_own: random.below(2) == 0 },
            Kind::Save => Step::Save { device, fate: self.disk_fate(random) },
            Kind::Begin => Step::Begin { device },
            Kind::Restart => Step::Restart { device },
            Kind::Push => Step::Push { device, fate: self.net_fate(random) },
            Kind::Pull => Step::Pull { device, fate: self.net_fate(random) },
            Kind::Blob => Step::Blob { device, fate: self.net_fate(random) },
            Kind::Arrive => Step::Arrive { which: random.below(8) },
            Kind::Desk => Step::Desk { place },
            Kind::DeskResolve => Step::DeskResolve,
            Kind::Forge => Step::Forge { device },
            Kind::Revoke => Step::Revoke { device },
            Kind::Admit => Step::Admit { device },
            Kind::Close => Step::Close,
            Kind::Reopen => Step::Reopen,
            Kind::Backup => Step::Backup,
            Kind::RestoreBackup => Step::RestoreBackup,
            Kind::Export => Step::Export { device },
            Kind::Import => Step::Import { which: random.below(4) },
            Kind::Wipe => Step::Wipe { device },
            Kind::Image => Step::Image { device },
            Kind::SetBack => Step::SetBack { device },
            Kind::Clock => Step::Clock { device, days: if random.below(2) == 0 { 365 } else { -365 } },
            Kind::Tick => Step::Tick { ms: 100 << random.below(10) },
        }
    }

    fn disk_fate(&self, random: &mut Random) -> DiskFate {
        random.weighted(&[
            (self.sound * 2, DiskFate::Sound),
            (2, DiskFate::Full),
            (2, DiskFate::CrashBefore),
            (2, DiskFate::CrashAfter),
            (1, DiskFate::ClosedBefore),
            (1, DiskFate::ClosedAfter),
        ])
    }

    fn net_fate(&self, random: &mut Random) -> NetFate {
        let (times, seconds) = (2 + random.below(9), 1 + random.below(40) as u64);
        random.weighted(&[
            (self.sound, NetFate::Sound),
            (2, NetFate::RequestLost),
            (2, NetFate::RequestLate),
            (3, NetFate::ReplyLost),
            (2, NetFate::ReplyLate),
            (2, NetFate::Repeated(times)),
            (2, NetFate::Truncated),
            (1, NetFate::PortalPage),
            (2, NetFate::PortalForgery),
            (2, NetFate::FailsAfter),
            (2, NetFate::FailsMidway),
            (1, NetFate::Busy(seconds)),
            (1, NetFate::SignedOut),
        ])
    }
}
