//! Who hosts: at the start, and again when the host is gone.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use crate::engine::{self, Settings};
use crate::link::{Guest, GuestReader, Refusal};
use crate::store::{self, Damage, Sharing};
use crate::vocab::{Error, Result, code};

use super::hosting::Hosting;
use super::shared::{Connection, Shared};

/// How long an opener waits for a holder of the lock that neither lets it join
/// nor lets go: it is about to do one of the two.
const OPEN_PATIENCE: Duration = Duration::from_secs(10);

/// Between two tries; it doubles, with jitter, so that many processes that lost
/// their host do not try in step.
const PAUSE_MIN: Duration = Duration::from_millis(2);
const PAUSE_MAX: Duration = Duration::from_millis(64);

/// Between two tries once there was no host for so long that something other
/// than a change of hosts must be the reason.
const PAUSE_LONG: Duration = Duration::from_secs(1);

/// How a manager wants its store.
#[derive(Clone, Debug)]
pub(super) struct OpenSettings {
    pub settings: Settings,
    pub exclusive: bool,
    pub replace_older: bool,
}

impl OpenSettings {
    /// What this process takes away from the mode of new files, where that can
    /// be read without changing it.
    pub(super) fn umask(&self) -> Option<u32> {
        engine::umask()
    }
}

/// A side that was found.
enum Found {
    Host(Hosting, Option<Damage>),
    Guest(Arc<Guest>, GuestReader),
}

/// Why none was found.
enum Missing {
    /// It may be otherwise in a moment.
    Now(Error),
    /// It will stay so.
    For(Error),
}

/// Hosts the queue or joins its host.
pub(super) fn open(terms: OpenSettings) -> Result<Arc<Shared>> {
    let deadline = Instant::now() + OPEN_PATIENCE;
    let mut pause = PAUSE_MIN;
    let found = loop {
        match find(&terms) {
            Ok(found) => break found,
            Err(Missing::Now(error)) if Instant::now() >= deadline => return Err(error),
            Err(Missing::For(error)) => return Err(error),
            Err(Missing::Now(_)) => rest(&mut pause),
        }
    };
    match found {
        Found::Host(hosting, damage) => {
            Ok(Arc::new(Shared::new(terms, Connection::Host(Arc::new(hosting)), damage)))
        }
        Found::Guest(guest, reader) => {
            let shared = Arc::new(Shared::new(terms, Connection::Guest(guest), None));
            let weak = Arc::downgrade(&shared);
            std::thread::Builder::new()
                .name("bgcopy-link".to_owned())
                .spawn(move || follow(&weak, reader))
                .map_err(|error| Error::new(code::E_OUTOFMEMORY, format!("no thread: {error}")))?;
            Ok(shared)
        }
    }
}

fn find(terms: &OpenSettings) -> std::result::Result<Found, Missing> {
    let folder = &terms.settings.folder;
    if !terms.exclusive {
        match Guest::connect(folder, terms.replace_older) {
            Ok((guest, reader)) => return Ok(Found::Guest(guest, reader)),
            Err(Refusal::Told(error)) => return Err(Missing::For(error)),
            Err(Refusal::Nobody) => {}
        }
    }
    match Hosting::start(terms) {
        Ok((hosting, damage)) => Ok(Found::Host(hosting, damage)),
        Err(error) if error.code == code::E_SHARING_VIOLATION && !terms.exclusive => {
            match store::sharing(folder) {
                Sharing::Starting | Sharing::Shared => Err(Missing::Now(error)),
                Sharing::Exclusive | Sharing::Impossible(_) => Err(Missing::For(error)),
            }
        }
        // Damage was met once the store was open: the next open saves what it can.
        Err(error) if error.code == code::BG_E_DATABASE_CORRUPT => Err(Missing::Now(error)),
        Err(error) => Err(Missing::For(error)),
    }
}

/// Takes the answers of the host, and of the next one when it is gone, until
/// this process hosts itself or closes.
fn follow(weak: &Weak<Shared>, mut reader: GuestReader) {
    loop {
        reader.run();
        let minds = weak.upgrade().is_some_and(|shared| shared.lose(reader.guest()));
        reader.guest().lose();
        if !minds {
            return;
        }
        match take_over(weak) {
            Some(next) => reader = next,
            None => return,
        }
    }
}

/// Hosts the queue, or joins whoever was faster: then the reader of its
/// answers.
fn take_over(weak: &Weak<Shared>) -> Option<GuestReader> {
    let began = Instant::now();
    let mut pause = PAUSE_MIN;
    loop {
        let shared = weak.upgrade().filter(|shared| !shared.is_closed())?;
        match find(&shared.terms) {
            Ok(Found::Host(hosting, damage)) => {
                shared.note_damage(damage);
                if let Err(Connection::Host(hosting)) =
                    shared.go_on(Connection::Host(Arc::new(hosting)))
                {
                    hosting.close();
                }
                return None;
            }
            Ok(Found::Guest(guest, reader)) => {
                if shared.go_on(Connection::Guest(Arc::clone(&guest))).is_ok() {
                    return Some(reader);
                }
                guest.close();
                return None;
            }
            Err(Missing::Now(_)) => {}
            Err(Missing::For(error)) => shared.still_lost(error),
        }
        // A manager that is dropped meanwhile must not live on here.
        drop(shared);
        if began.elapsed() < OPEN_PATIENCE {
            rest(&mut pause);
        } else {
            std::thread::sleep(PAUSE_LONG);
        }
    }
}

/// Waits a little, and longer the next time.
fn rest(pause: &mut Duration) {
    std::thread::sleep(pause.mul_f64(0.5 + fastrand::f64()));
    *pause = (*pause * 2).min(PAUSE_MAX);
}
