//! Linux, Android, macOS, iOS.

pub mod connection;
pub mod errors;
pub mod files;
pub mod lock;
pub mod machine;
pub mod names;
pub mod network;
pub mod socket;
