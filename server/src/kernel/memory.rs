//! 内存: the allocator of every program that serves. The system's own held on to what a start had used: 69 MB of an idle server
//! (BENCHMARKS.md).

use mimalloc::MiMalloc;
use std::time::Duration;
use tokio::task::JoinHandle;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// How often what is free goes back.
const INTERVAL: Duration = Duration::from_secs(2);

/// Gives what is free back to the system for as long as the server runs. The allocator does so by itself a second after memory was
/// freed, but only when more is asked for, which an idle server does not.
pub fn upkeep() -> JoinHandle<()> {
    tokio::spawn(async {
        loop {
            give_back();
            tokio::time::sleep(INTERVAL).await;
        }
    })
}

#[expect(unsafe_code, reason = "calls of C that take nothing which could be wrong; they have no safe name")]
fn give_back() {
    // SAFETY: `mi_collect` may be called at any time, from any thread.
    unsafe { libmimalloc_sys::mi_collect(true) }
    // SQLite is C and asks the system's allocator.
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: `malloc_trim` may be called at any time, from any thread.
    unsafe {
        libc::malloc_trim(0);
    }
}
