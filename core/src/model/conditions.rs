//! What the application tells of the machine, and which jobs may not move
//! because of it.

use serde::{Deserialize, Serialize};

use crate::protocol::Scheme;
use crate::vocab::{Error, JobPropertyId, PropertyValue, Result, code, cost};

use super::job::Job;

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
}

/// What holds for the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conditions {
    /// A process has paused it.
    pub paused: bool,
    /// What was said last of the network.
    pub network: Network,
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
}

impl Conditions {
    /// What keeps the job from moving, if anything. The file that would be next
    /// decides whether it needs a network.
    pub fn hold(&self, job: &Job) -> Option<Hold> {
        if self.paused {
            return Some(Hold::Paused);
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
