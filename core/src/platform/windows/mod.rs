//! Windows 10 and later.

// Rust's library has no safe way to ask Windows for these things. Each call
// gets handles that are open and buffers that outlive it.
#![allow(unsafe_code, reason = "calls of the system")]

pub mod connection;
pub mod errors;
pub mod files;
pub mod lock;
pub mod machine;
pub mod names;
pub mod network;
mod pipe;
mod security;
pub mod socket;
