//! When and how fast the queue may transfer: what is stored of it, and what follows when it
//! is set.

use uuid::Uuid;

use crate::model::{LocalTime, Now, Window};
use crate::platform;
use crate::store::{Batch, Durability, Store};
use crate::vocab::{RateLimits, Result};

use super::Engine;
use super::queue::Queue;

/// How often the system is asked how far the local clock is ahead of UTC.
const CLOCK_LOOK_MS: u64 = 60_000;

/// The window of the queue, and what is to be remembered of the windows of its jobs.
pub struct QueuePace {
    window: String,
    /// When the window of a job that is no longer in memory may open, on the monotonic clock.
    opening_ms: Option<u64>,
    /// When the local clock was last looked at.
    looked_ms: Option<u64>,
}

impl QueuePace {
    pub(super) fn new(store: &Store) -> Self {
        Self { window: store.transfer_window(), opening_ms: None, looked_ms: None }
    }

    /// The window of the queue, as it was set.
    pub(super) fn window_text(&self) -> &str {
        &self.window
    }

    /// The same as it is used. One that cannot be read was set by another version.
    pub(super) fn window(&self) -> Option<Window> {
        Window::parse(&self.window).ok().flatten()
    }

    /// When to plan again at the latest: as the plan says, or for a job that is not in memory.
    pub(super) fn wakes_by(&self, plan_ms: Option<u64>) -> Option<u64> {
        [plan_ms, self.opening_ms].into_iter().flatten().min()
    }
}

impl Queue {
    /// A job that waits for a window is let go of: it is looked for when that opens.
    pub(super) fn note_opening(&mut self, id: Uuid, now: Now) {
        let Some(loaded) = self.jobs.get(&id) else {
            return;
        };
        let next_ms = self.holds.next_look_ms(&loaded.job, now);
        self.pace.opening_ms = self.pace.wakes_by(next_ms);
    }

    /// Looks for runnable jobs again once a window of one that is not in memory may be open.
    pub(super) fn look_for_opened(&mut self, now: Now) {
        if self.pace.opening_ms.is_some_and(|opening_ms| opening_ms <= now.monotonic_ms) {
            self.pace.opening_ms = None;
            self.look_again();
        }
    }
}

impl Engine {
    /// Stores the rate limits of all requests together, and keeps to them.
    pub(super) fn set_rate_limits(&mut self, rates: RateLimits, at: Now) -> Result<()> {
        rates.check()?;
        let batch = Batch { rate_limits: Some(rates), ..Batch::default() };
        self.queue.store.save(&batch, Durability::Kill)?;
        self.queue.rate_limits = rates;
        self.unsynced_since_ms.get_or_insert(at.monotonic_ms);
        self.transfers.limit_all(rates);
        Ok(())
    }

    /// Stores when the queue may transfer, and keeps to it.
    pub(super) fn set_transfer_window(&mut self, text: String, at: Now) -> Result<()> {
        let window = Window::parse(&text)?;
        let batch = Batch { transfer_window: Some(&text), ..Batch::default() };
        self.queue.store.save(&batch, Durability::Kill)?;
        self.unsynced_since_ms.get_or_insert(at.monotonic_ms);
        self.queue.pace.window = text;
        self.queue.holds.window = window;
        self.queue.look_again();
        self.queue.replan = true;
        Ok(())
    }

    /// Asks the system how far the local clock is ahead, now and then.
    pub(super) fn read_local_clock(&mut self, at: Now) {
        let pace = &mut self.queue.pace;
        if pace.looked_ms.is_some_and(|looked_ms| at.monotonic_ms < looked_ms + CLOCK_LOOK_MS) {
            return;
        }
        pace.looked_ms = Some(at.monotonic_ms);
        let (offset_s, changes) = match self.settings.local_offset_s {
            Some(offset_s) => (offset_s, Vec::new()),
            None => platform::local_offsets(at.unix_ms),
        };
        self.queue.holds.local = LocalTime { offset_s, changes };
    }
}
