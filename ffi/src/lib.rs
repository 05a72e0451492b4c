//! The C interface: `libbgcopy` and `bgcopy.h`.
//!
//! Each function has three beats: [`guard`], check and convert, one call of the
//! core. Nothing is decided here. One file per kind of handle; the manual of
//! the functions is their documentation, which cbindgen copies into the header.

#![allow(unsafe_code, reason = "C passes pointers; the pointer rules of the header cover them")]
#![allow(
    unsafe_op_in_unsafe_fn,
    clippy::missing_safety_doc,
    reason = "every exported function rests on the pointer rules at the top of the header"
)]
#![allow(non_camel_case_types, reason = "types are written as C sees them")]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod call;
mod callback;
mod checksums;
mod enum_files;
mod enum_jobs;
mod enumerator;
mod error;
mod event;
mod event_queue;
mod file;
mod file_reader;
mod file_sources;
mod guard;
mod guid;
mod hub;
mod interrupt;
mod job;
mod job_callbacks;
mod job_facts;
mod job_settings;
mod job_snapshot;
mod job_transport;
mod log;
mod manager;
mod notifier;
mod oneshot;
mod options;
mod reader;
mod signal;
mod string;
mod table;
mod time;
mod uploads;
mod version;
mod wait_reason;

pub use checksums::*;
pub use enum_files::*;
pub use enum_jobs::*;
pub use error::*;
pub use event::*;
pub use file::*;
pub use file_reader::*;
pub use guard::{
    bgcopy_hresult, bgcopy_hresult_to_string, bgcopy_last_error_context, bgcopy_last_error_message,
};
pub use guid::*;
pub use interrupt::*;
pub use job::*;
pub use job_callbacks::*;
pub use job_facts::*;
pub use job_settings::*;
pub use job_snapshot::*;
pub use job_transport::*;
pub use log::*;
pub use manager::*;
pub use options::{bgcopy_default_store_path, bgcopy_limits, bgcopy_options};
pub use reader::*;
pub use string::bgcopy_string_free;
pub use time::*;
pub use uploads::*;
pub use version::*;
pub use wait_reason::*;
