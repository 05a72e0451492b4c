//! What the system measures of a TCP connection: not asked for here.

use super::network::Descriptor;
use crate::platform::Measured;

/// Nothing is known.
pub fn measure(_socket: Descriptor) -> Option<Measured> {
    None
}

/// Does nothing.
pub fn limit_window(_socket: Descriptor, _bytes: u32) {}
