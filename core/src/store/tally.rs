//! How much of the queue was looked at by this thread: tests count it, as time
//! says little on a busy machine.

#[cfg(test)]
thread_local! {
    static TALLY: std::cell::Cell<Tally> = const {
        std::cell::Cell::new(Tally { decoded: 0, scanned: 0, counts: 0 })
    };
}

/// What was done since it was last asked for.
#[cfg(test)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Records of jobs that were decoded.
    pub decoded: u64,
    /// Rows that a search went through without an index.
    pub scanned: u64,
    /// How often all rows were counted.
    pub counts: u64,
}

/// What was done since it was last asked for.
#[cfg(test)]
pub(super) fn take() -> Tally {
    TALLY.take()
}

#[cfg(test)]
fn change(change: impl FnOnce(&mut Tally)) {
    let mut tally = TALLY.get();
    change(&mut tally);
    TALLY.set(tally);
}

/// The record of a job is decoded.
pub(super) fn note_decoded() {
    #[cfg(test)]
    change(|tally| tally.decoded += 1);
}

/// A search went through so many rows.
#[cfg(test)]
pub(super) fn note_scanned(rows: i32) {
    change(|tally| tally.scanned += u64::from(rows.cast_unsigned()));
}

/// All rows are counted.
pub(super) fn note_count() {
    #[cfg(test)]
    change(|tally| tally.counts += 1);
}
