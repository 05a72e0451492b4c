//! BITS under its own names, off Windows: `libbgcopy_bits`, whose interfaces, ids and codes are
//! those of `bits.h`, over the jobs of `bgcopy_core`.
//!
//! Each method has the three beats of the C library: [`call::answer`], check and convert, one
//! call of the core. `abi` is generated from Microsoft's metadata together with
//! `include/com/bits.h`. docs/com.md is the guide.
//!
//! On Windows, which has the service itself, the crate is empty.

#![cfg(not(windows))]
#![allow(unsafe_code, reason = "programs pass pointers; the rules of COM cover them")]
#![allow(
    unsafe_op_in_unsafe_fn,
    clippy::missing_safety_doc,
    reason = "every method and function rests on the rules of COM for its pointers"
)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod abi;
mod call;
mod callback;
mod codes;
mod download;
mod download_manager;
mod download_properties;
mod enum_files;
mod enum_jobs;
mod enumerator;
mod error;
mod exports;
mod file;
mod file_more;
mod http;
mod job;
mod job_more;
mod job_reply;
mod manager;
mod memory;
mod notifier;
mod pending_events;
mod runtime;
mod service;
mod text;
mod variant;

pub use exports::*;
pub use variant::{
    bgcopy_SysAllocString, bgcopy_SysAllocStringLen, bgcopy_SysFreeString, bgcopy_SysStringLen,
    bgcopy_VariantClear, bgcopy_VariantInit,
};
