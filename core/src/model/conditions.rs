//! What the application tells of the machine, and which jobs may not move
//! because of it.

use serde::{Deserialize, Serialize};

use crate::protocol::Scheme;
use crate::vocab::{Error, JobPropertyId, PropertyValue, Result, code, cost, power};

use super::deadline::Now;
use super::job::Job;
use super::record::JobRecord;
use super::window::{LocalTime, Window, all_open_ms};

/// While a window decides about a job, it is looked at anew after this time: somebody may
/// have set the clock, or its zone.
const CLOCK_CHECK_MS: u64 = 600_000;

/// The network as the operating system describes it. Nobody asks the system what it
/// costs: the application says so, and until it does there is a network that costs
/// nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// False if there is no way to any server.
    pub is_connected: bool,
    /// What it costs: one or more of [`cost::UNRESTRICTED`] to
    /// [`cost::ROAMING`] (specification, section 6.7).
    pub cost: u32,
}

impl Default for Network {
    fn default() -> Self {
        Self { is_connected: true, cost: cost::UNRESTRICTED }
    }
}

impl Network {
    /// E_INVALIDARG if the cost is none, or has bits that are no cost.
    pub fn check(self) -> Result<()> {
        if self.cost == 0 || self.cost & !cost::ALL_STATES != 0 {
            let text = format!("{:#x} is no cost of a network", self.cost);
            return Err(Error::new(code::E_INVALIDARG, text));
        }
        Ok(())
    }
}

/// What one process says, as long as it has the queue open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedConditions {
    /// Nothing is to be transferred.
    pub paused: bool,
    /// None = it said nothing.
    pub network: Option<Network>,
    /// Likewise, flags of [`power`].
    #[serde(default)]
    pub power: Option<u32>,
}

/// What holds for the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conditions {
    /// A process has paused it.
    pub paused: bool,
    /// What was said last of the network.
    pub network: Network,
    /// What was said last of the power, flags of [`power`].
    #[serde(default = "external_power")]
    pub power: u32,
}

/// What a machine has unless somebody says otherwise.
fn external_power() -> u32 {
    power::EXTERNAL
}

impl Default for Conditions {
    fn default() -> Self {
        Self { paused: false, network: Network::default(), power: external_power() }
    }
}

/// E_INVALIDARG for what is no state of power: the machine has external power or runs on its
/// battery, and may save power with either.
pub fn check_power(state: u32) -> Result<()> {
    match state & !power::SAVER {
        power::EXTERNAL | power::BATTERY => Ok(()),
        _ => Err(Error::new(code::E_INVALIDARG, format!("{state:#x} is no state of power"))),
    }
}

/// Why a job may not move now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// The queue is paused.
    Paused,
    /// There is no network.
    NoNetwork,
    /// The network costs more than the job allows.
    Cost,
    /// The job may not transfer with the power that there is.
    Power,
    /// The window of the queue, or else that of the job, is closed.
    Window,
}

/// All that may keep jobs from moving.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holds {
    /// What the processes say.
    pub conditions: Conditions,
    /// When the queue may transfer; None for always.
    pub window: Option<Window>,
    /// The local clock, by which windows open.
    pub local: LocalTime,
}

impl Holds {
    /// What keeps the job from moving, if anything.
    pub fn of(&self, job: &Job, now: Now) -> Option<Hold> {
        self.conditions.hold(job).or_else(|| self.closed_window(&job.record, now))
    }

    /// The same as far as windows decide, which are stored.
    pub fn closed_window(&self, record: &JobRecord, now: Now) -> Option<Hold> {
        let own = Self::own_window(record);
        let windows = self.windows(record, own.as_ref());
        let is_closed = |window: &&Window| !window.is_open(now.unix_ms, &self.local);
        windows.iter().any(is_closed).then_some(Hold::Window)
    }

    /// When all windows that decide about the job are open: milliseconds since 1970. None if
    /// that is not within two weeks.
    pub fn opens_ms(&self, record: &JobRecord, now: Now) -> Option<i64> {
        let own = Self::own_window(record);
        all_open_ms(&self.windows(record, own.as_ref()), now.unix_ms, &self.local)
    }

    /// When a window that decides about the job opens or closes next, or the clock is to be
    /// looked at: on the monotonic clock.
    pub fn next_look_ms(&self, job: &Job, now: Now) -> Option<u64> {
        let own = Self::own_window(&job.record);
        let windows = self.windows(&job.record, own.as_ref());
        let left_ms = |window: &&Window| {
            let change_ms = window.next_change(now.unix_ms, &self.local)?;
            u64::try_from(change_ms.saturating_sub(now.unix_ms)).ok()
        };
        let next = windows.iter().filter_map(left_ms).chain([CLOCK_CHECK_MS]).min();
        next.filter(|_| !windows.is_empty()).map(|left_ms| now.monotonic_ms.saturating_add(left_ms))
    }

    /// The window of the job. One that cannot be read was set by another version.
    fn own_window(record: &JobRecord) -> Option<Window> {
        match record.properties.get(&JobPropertyId::TransferWindow.as_u32()) {
            Some(PropertyValue::Text(text)) => Window::parse(text).ok().flatten(),
            Some(
                PropertyValue::Dword(_)
                | PropertyValue::Guid(_)
                | PropertyValue::Enable(_)
                | PropertyValue::Uint64(_)
                | PropertyValue::Target(_),
            )
            | None => None,
        }
    }

    /// The windows that decide about the job. A server hears at any time that an upload is
    /// cancelled.
    fn windows<'a>(&'a self, record: &JobRecord, own: Option<&'a Window>) -> Vec<&'a Window> {
        let has_any = !record.has_server_cleanup();
        self.window.iter().chain(own).filter(|_| has_any).collect()
    }
}

impl Conditions {
    /// What the processes say that keeps the job from moving, if anything. The file that
    /// would be next decides whether it needs a network.
    fn hold(&self, job: &Job) -> Option<Hold> {
        if self.paused {
            return Some(Hold::Paused);
        }
        let flags = job.record.properties.get(&JobPropertyId::PowerFlags.as_u32());
        if let Some(PropertyValue::Dword(allowed)) = flags
            && self.power & !allowed != 0
            && !job.record.has_server_cleanup()
        {
            return Some(Hold::Power);
        }
        if *self == Self::default() {
            return None;
        }
        let next = job.next_file().and_then(|index| job.files.get(index as usize));
        if next.is_some_and(|file| Scheme::of(&file.remote_name) != Scheme::Http) {
            return None;
        }
        if !self.network.is_connected {
            return Some(Hold::NoNetwork);
        }
        let property = job.record.properties.get(&JobPropertyId::CostFlags.as_u32());
        let Some(PropertyValue::Dword(allowed)) = property else {
            return None;
        };
        (self.network.cost & !allowed != 0).then_some(Hold::Cost)
    }

    /// True if transfers that failed for want of a network may go well now. The
    /// end of a pause brings no other network.
    pub fn reconnects(&self, before: &Self) -> bool {
        self.network.is_connected && self.network != before.network
    }
}
