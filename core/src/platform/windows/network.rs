//! Changes of the machine's network: nobody listens to them here yet.

use crate::platform::NetworkChange;

/// What the system has for a socket.
pub type Descriptor = usize;

/// Hears nothing.
pub struct NetworkWatch;

impl NetworkWatch {
    pub fn start() -> Self {
        Self
    }

    pub fn descriptor(&self) -> Option<Descriptor> {
        None
    }

    pub fn take(&mut self) -> NetworkChange {
        NetworkChange::default()
    }
}
