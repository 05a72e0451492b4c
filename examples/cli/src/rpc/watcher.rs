//! Tells clients what happens to downloads, as aria2 does.
//!
//! The queue is compared with how it was a moment before, as long as somebody wants to
//! know: who is notified of a state asks for it and finds it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::sync::broadcast;
use uuid::Uuid;

use super::context::Context;
use super::status::{Status, gid_of};

/// How often the queue is looked at while nothing says that it changed.
const TICK: Duration = Duration::from_millis(250);
/// Looking at the queue may take this part of the time, however long it is.
const SHARE_OF_LOOKING: u32 = 10;
/// Notifications that wait for a client that is slow; it does not get those before them.
const WAITING_MAX: usize = 1024;

/// What clients are notified of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notification {
    Start,
    Pause,
    Stop,
    Complete,
    Error,
}

impl Notification {
    pub const ALL: [Self; 5] = [Self::Start, Self::Pause, Self::Stop, Self::Complete, Self::Error];

    pub fn method(self) -> &'static str {
        match self {
            Self::Start => "aria2.onDownloadStart",
            Self::Pause => "aria2.onDownloadPause",
            Self::Stop => "aria2.onDownloadStop",
            Self::Complete => "aria2.onDownloadComplete",
            Self::Error => "aria2.onDownloadError",
        }
    }
}

pub struct Watcher {
    /// None while nobody wants to know.
    seen: Mutex<Option<Seen>>,
    flags: Mutex<Flags>,
    signal: Condvar,
    listeners: broadcast::Sender<Arc<str>>,
}

#[derive(Default)]
struct Flags {
    is_nudged: bool,
    has_ended: bool,
}

/// The downloads at one moment.
#[derive(Debug, Default)]
struct Seen {
    jobs: BTreeMap<Uuid, Status>,
    past: BTreeMap<Uuid, Status>,
}

impl Default for Watcher {
    fn default() -> Self {
        Self {
            seen: Mutex::default(),
            flags: Mutex::default(),
            signal: Condvar::new(),
            listeners: broadcast::Sender::new(WAITING_MAX),
        }
    }
}

impl Watcher {
    /// The notifications from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<str>> {
        self.listeners.subscribe()
    }

    /// Remembers how the queue is, if that was not done before: a client is notified of what
    /// happens from then on.
    pub fn begin(&self, context: &Context) {
        let mut seen = lock(&self.seen);
        if seen.is_none() {
            *seen = Seen::read(context).ok();
        }
        drop(seen);
        self.nudge();
    }

    /// Something may have changed.
    pub fn nudge(&self) {
        lock(&self.flags).is_nudged = true;
        self.signal.notify_all();
    }

    /// Ends [`Watcher::run`].
    pub fn end(&self) {
        lock(&self.flags).has_ended = true;
        self.signal.notify_all();
    }

    /// Watches the queue until [`Watcher::end`].
    pub fn run(&self, context: &Context) {
        let mut pause = TICK;
        while self.wait(pause) {
            let began = Instant::now();
            self.look(context);
            pause = TICK.max(began.elapsed() * SHARE_OF_LOOKING);
        }
    }

    /// False if it is over. Without listeners only a nudge ends it.
    fn wait(&self, pause: Duration) -> bool {
        let is_quiet = |flags: &mut Flags| !flags.is_nudged && !flags.has_ended;
        let flags = lock(&self.flags);
        let mut flags = if self.listeners.receiver_count() == 0 {
            self.signal.wait_while(flags, is_quiet).unwrap_or_else(PoisonError::into_inner)
        } else {
            let waited = self.signal.wait_timeout_while(flags, pause, is_quiet);
            waited.unwrap_or_else(PoisonError::into_inner).0
        };
        flags.is_nudged = false;
        !flags.has_ended
    }

    fn look(&self, context: &Context) {
        let mut seen = lock(&self.seen);
        if self.listeners.receiver_count() == 0 {
            *seen = None;
            return;
        }
        // A queue that cannot be read now can be later.
        let Ok(now) = Seen::read(context) else {
            return;
        };
        for (notification, id) in seen.as_ref().map_or(Vec::new(), |before| changes(before, &now)) {
            let params = json!([{ "gid": gid_of(id) }]);
            let text =
                json!({ "jsonrpc": "2.0", "method": notification.method(), "params": params });
            // Nobody has to be there.
            _ = self.listeners.send(text.to_string().into());
        }
        *seen = Some(now);
    }
}

impl Seen {
    fn read(context: &Context) -> bgcopy_core::Result<Self> {
        let reader = context.reader()?;
        let jobs = context.downloads(&reader)?;
        let jobs = jobs.iter().map(|job| (job.record.id, context.status(&job.record)));
        let jobs = jobs.collect();
        // After the queue: a job that left it in between is in both, and not in none.
        let past = context.past(&context.reader()?)?;
        let past = past.iter().map(|entry| (entry.id, Status::of_past(entry))).collect();
        Ok(Self { jobs, past })
    }
}

/// What happened between two moments.
fn changes(before: &Seen, now: &Seen) -> Vec<(Notification, Uuid)> {
    let mut changes = Vec::new();
    let gone: BTreeSet<_> = now.past.keys().filter(|id| !before.past.contains_key(id)).collect();
    for (id, status) in &now.jobs {
        let old = before.jobs.get(id);
        if old == Some(status) || gone.contains(id) {
            continue;
        }
        match status {
            Status::Active => changes.push((Notification::Start, *id)),
            Status::Paused if old.is_some() => changes.push((Notification::Pause, *id)),
            Status::Error => changes.push((Notification::Error, *id)),
            Status::Paused | Status::Waiting | Status::Complete | Status::Removed => {}
        }
    }
    for id in gone {
        let is_complete = now.past.get(id) == Some(&Status::Complete);
        if is_complete && before.jobs.get(id) != Some(&Status::Active) {
            changes.push((Notification::Start, *id));
        }
        changes.push((if is_complete { Notification::Complete } else { Notification::Stop }, *id));
    }
    changes
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(jobs: &[(u128, Status)], past: &[(u128, Status)]) -> Seen {
        let map = |all: &[(u128, Status)]| {
            all.iter().map(|(id, status)| (Uuid::from_u128(*id), *status)).collect()
        };
        Seen { jobs: map(jobs), past: map(past) }
    }

    #[test]
    fn each_change_of_state_is_told_once() {
        use Status::{Active, Complete, Error, Paused, Removed, Waiting};
        let cases: [(Option<Status>, Option<Status>, &[Notification]); 14] = [
            (None, Some(Waiting), &[]),
            (None, Some(Paused), &[]),
            (None, Some(Active), &[Notification::Start]),
            (None, Some(Error), &[Notification::Error]),
            (None, Some(Complete), &[Notification::Start, Notification::Complete]),
            (None, Some(Removed), &[Notification::Stop]),
            (Some(Waiting), Some(Active), &[Notification::Start]),
            (Some(Active), Some(Active), &[]),
            (Some(Active), Some(Paused), &[Notification::Pause]),
            (Some(Active), Some(Waiting), &[]),
            (Some(Active), Some(Error), &[Notification::Error]),
            (Some(Active), Some(Complete), &[Notification::Complete]),
            (Some(Paused), Some(Removed), &[Notification::Stop]),
            (Some(Waiting), Some(Complete), &[Notification::Start, Notification::Complete]),
        ];
        for (before, now, expected) in cases {
            let moment = |status: Option<Status>| match status {
                Some(status @ (Complete | Removed)) => seen(&[], &[(1, status), (9, Removed)]),
                Some(status) => seen(&[(1, status)], &[(9, Removed)]),
                None => seen(&[], &[(9, Removed)]),
            };
            let notification: Vec<_> = changes(&moment(before), &moment(now))
                .into_iter()
                .map(|(notification, _)| notification)
                .collect();
            assert_eq!(notification, expected, "{before:?} to {now:?}");
        }
    }
}
