//! The binary interface of BITS, generated from Microsoft's metadata, and that of Delivery
//! Optimization, which the metadata has not.

#![allow(
    missing_docs,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    clippy::too_many_arguments,
    clippy::missing_safety_doc,
    clippy::ref_as_ptr,
    clippy::borrow_as_ptr,
    reason = "names and forms are Microsoft's"
)]

mod delivery;
#[rustfmt::skip]
mod interfaces;
#[rustfmt::skip]
mod types;

pub use delivery::*;
pub use interfaces::*;
pub use types::*;
