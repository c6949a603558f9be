//! 等待: a pause that an event may end before its time. Used for what is tried again after a while or as soon as the
//! network is back; nothing looks at a flag again and again.

use futures_channel::oneshot;
use gloo_timers::callback::Timeout;
use std::cell::RefCell;
use std::rc::Rc;

/// One pause at a time; copies end the same pause.
#[derive(Clone, Default)]
pub struct Pause(Rc<RefCell<Option<oneshot::Sender<()>>>>);

impl Pause {
    /// Returns after `ms` milliseconds, or at once when [`Pause::end`] is called.
    pub async fn wait(&self, ms: u32) {
        let (sender, receiver) = oneshot::channel();
        self.0.replace(Some(sender));
        let pause = self.clone();
        // Dropped after the wait, which cancels it.
        let _timer = Timeout::new(ms, move || pause.end());
        // The sender is dropped only when a later pause took its place.
        let _ = receiver.await;
    }

    /// Ends the pause; without one it does nothing.
    pub fn end(&self) {
        if let Some(sender) = self.0.take() {
            // The caller may be gone with its page.
            let _ = sender.send(());
        }
    }
}
