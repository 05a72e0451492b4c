//! Every word of the API: states, codes, flags, property ids and limits, with
//! their fixed numbers.
//!
//! The numbers are the published ones of the specification and never change their
//! meaning; our own additions have ranges of their own.

#[macro_use]
mod words;

mod choices;
pub mod code;
mod digest_algorithm;
mod enums;
mod error;
mod flags;
mod hresult;
pub mod limit;
mod local_name;
mod path_text;
mod properties;
mod rates;
mod reports;
mod sources;
#[cfg(test)]
mod tests;
mod upload;

pub use choices::{
    AuthScheme, AuthTarget, BackgroundMode, HashAlgorithm, JobPropertyId, PropertyValue, ProxyUsage,
};
pub(crate) use digest_algorithm::DigestAlgorithm;
pub use enums::{ErrorContext, JobPriority, JobState, JobType};
pub use error::{Error, Result, catch_panic};
pub use flags::{cost, notify, power, security};
pub use hresult::HResult;
pub(crate) use local_name::PATHS;
pub(crate) use path_text::label;
pub use path_text::{bytes_of_path, text_of_path};
pub use properties::{Property, PropertyJobs, Settable};
pub use rates::RateLimits;
pub(crate) use rates::check_rate;
pub use reports::{EventKind, LogLevel, WaitKind};
pub use sources::{SourceKind, SourceState};
pub use upload::UploadProtocol;
pub use words::{EnumTable, Flag, FlagTable, Word};

/// All enumerations, in the order of the documentation.
pub const ENUMS: [EnumTable; 16] = [
    JobState::TABLE,
    JobType::TABLE,
    JobPriority::TABLE,
    ErrorContext::TABLE,
    ProxyUsage::TABLE,
    AuthTarget::TABLE,
    AuthScheme::TABLE,
    JobPropertyId::TABLE,
    BackgroundMode::TABLE,
    HashAlgorithm::TABLE,
    UploadProtocol::TABLE,
    WaitKind::TABLE,
    EventKind::TABLE,
    LogLevel::TABLE,
    SourceKind::TABLE,
    SourceState::TABLE,
];

/// All groups of flags, likewise.
pub const FLAGS: [FlagTable; 4] = [notify::TABLE, security::TABLE, power::TABLE, cost::TABLE];

/// A size that is not known yet (BG_SIZE_UNKNOWN).
pub const SIZE_UNKNOWN: u64 = u64::MAX;

/// A range that reaches to the end of the file (BG_LENGTH_TO_EOF).
pub const LENGTH_TO_EOF: u64 = u64::MAX;

/// True for what a record need not store: it is so in a new one.
pub(crate) fn is_initial<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
