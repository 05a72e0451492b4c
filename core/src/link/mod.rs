//! How other processes reach the engine: through a local socket in the store's
//! folder that carries the engine's own requests and replies.
//!
//! The process that has the store's lock is the [`Host`]; the others are
//! [`Guest`]s of it. A connection begins with a greeting whose form no version
//! ever changes, and then carries frames: a length, and a message in
//! MessagePack with named fields, so that a field with a default can be added
//! without a new version of the protocol. Every frame, queue and silence has a
//! limit; a guest that keeps to none of them loses its connection and nothing
//! else happens.

mod frame;
mod greeting;
mod guest;
mod host;
mod load;
#[cfg(test)]
mod memory_tests;
mod shares;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::engine::{Answered, ApiCall};

pub use guest::{Guest, GuestReader, Refusal};
pub use host::Host;

/// The version of what the frames carry. It rises with every change of requests
/// or replies that the version before cannot read.
pub const PROTOCOL: u32 = 2;

/// What a guest sends: a request, and the ticket its answer will have.
#[derive(Serialize, Deserialize)]
struct CallFrame {
    ticket: u64,
    request: ApiCall,
}

/// The same to be sent.
#[derive(Serialize)]
#[serde(rename = "CallFrame")]
struct CallOut<'a> {
    ticket: u64,
    request: &'a ApiCall,
}

/// What a host sends.
type AnswerFrame = Answered;
