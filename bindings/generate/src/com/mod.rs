//! The binary interface of BITS, from Microsoft's metadata: the header for C and C++, and the
//! same interfaces for the Rust that implements them. Neither is written by hand, so that no
//! id, slot, number or size is typed by us.

#![allow(clippy::wildcard_enum_match_arm, reason = "what else metadata can hold is not in BITS")]

mod header;
mod metadata;
mod rust;

pub use header::header;
pub use rust::{interfaces, types};
