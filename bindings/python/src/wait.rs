//! Waiting that Ctrl-C can end.

use std::time::{Duration, Instant};

/// How long a call waits before it looks for signals: a person does not
/// notice a tenth of a second.
const SLICE: Duration = Duration::from_millis(100);

/// The end of a wait.
pub struct Deadline(Option<Instant>);

impl Deadline {
    /// No span, or one beyond the clock, ends never.
    pub fn after(span: Option<Duration>) -> Self {
        Self(span.and_then(|span| Instant::now().checked_add(span)))
    }

    /// How long to wait until the next look for signals.
    pub fn slice(&self) -> Duration {
        self.0.map_or(SLICE, |end| end.saturating_duration_since(Instant::now()).min(SLICE))
    }

    /// True when the time to wait is over.
    pub fn is_over(&self) -> bool {
        self.0.is_some_and(|end| end <= Instant::now())
    }
}
