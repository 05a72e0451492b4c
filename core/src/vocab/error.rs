//! The error of a call.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::{Deserialize, Serialize};

use super::{ErrorContext, HResult, code};

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Error {
    /// The precise code.
    pub code: HResult,
    /// What kind of thing failed.
    pub context: ErrorContext,
    /// One readable sentence.
    pub message: String,
}

/// The result of a call.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error of the call itself.
    pub fn new(code: HResult, message: impl Into<String>) -> Self {
        Self::with_context(code, ErrorContext::None, message)
    }

    /// An error of something the call touched.
    pub fn with_context(code: HResult, context: ErrorContext, message: impl Into<String>) -> Self {
        Self { code, context, message: message.into() }
    }

    /// An error that its code says all about.
    pub fn of(code: HResult) -> Self {
        Self::new(code, code.text())
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.message, self.code)
    }
}

impl std::error::Error for Error {}

/// Runs something that must not unwind into its caller: a panic becomes E_UNEXPECTED with the text of
/// the panic. What the body changed before it panicked stays changed.
pub fn catch_panic<T>(body: impl FnOnce() -> T) -> Result<T> {
    catch_unwind(AssertUnwindSafe(body)).map_err(|panic| {
        let text = format!("internal error: {}", panic_text(panic.as_ref()));
        Error::new(code::E_UNEXPECTED, text)
    })
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
}
