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
    Clock {
        device: usize,
        days: i64,
    },
    Tick {
        ms: u64,
    },
}

/// The story of a seed.
pub fn story(seed: u64) -> Vec<Step> {
    let mut random = Random::new(seed);
    // A wipe and a restored backup together lose data on both sides; no protocol answers for that.
    let has_wipe = random.below(4) == 0;
    let steps = 40 + random.below(80);
    (0..steps).map(|_| step(&mut random, has_wipe)).collect()
}

/// One random step.
fn step(random: &mut Random, has_wipe: bool) -> Step {
    let device = random.below(DEVICES);
    let place = random.below(12);
    match random.below(200) {
        0..50 => Step::Type { device, place },
        50..54 => Step::Clear { device, place },
        54..58 => Step::AddRow { device },
        58..60 => Step::RemoveRow { device },
        60..65 => Step::Photo { device, bytes: 1 + random.below(1_800) },
        65..69 => Step::Sign { device },
        69..70 => Step::Unsign { device },
        70..73 => Step::Finalize { device },
        73..75 => Step::Correct { device },
        75..80 => Step::Resolve { device, takes_own: random.below(2) == 0 },
        80..115 => Step::Save { device, fate: disk_fate(random) },
        115..120 => Step::Restart { device },
        120..150 => Step::Push { device, fate: net_fate(random) },
        150..160 => Step::Pull { device, fate: net_fate(random) },
        160..168 => Step::Blob { device, fate: net_fate(random) },
        168..174 => Step::Arrive { which: random.below(8) },
        174..180 => Step::Desk { place },
        180..181 => Step::DeskResolve,
        181..182 => Step::Forge { device },
        182..183 => Step::Revoke { device },
        183..185 => Step::Admit { device },
        185..186 => Step::Close,
        186..188 => Step::Reopen,
        188..189 => Step::Backup,
        189..190 if !has_wipe => Step::RestoreBackup,
        189..190 => Step::Wipe { device },
        190..191 => Step::Export { device },
        191..192 => Step::Import { which: random.below(4) },
        192..194 => Step::Clock { device, days: if random.below(2) == 0 { 365 } else { -365 } },
        _ => Step::Tick { ms: 100 << random.below(10) },
    }
}

fn disk_fate(random: &mut Random) -> DiskFate {
    random.weighted(&[
        (24, DiskFate::Sound),
        (2, DiskFate::Full),
        (2, DiskFate::CrashBefore),
        (2, DiskFate::CrashAfter),
        (1, DiskFate::ClosedBefore),
        (1, DiskFate::ClosedAfter),
    ])
}

fn net_fate(random: &mut Random) -> NetFate {
    let (times, seconds) = (2 + random.below(9), 1 + random.below(40) as u64);
    random.weighted(&[
        (16, NetFate::Sound),
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
