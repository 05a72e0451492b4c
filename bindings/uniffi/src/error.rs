//! The one error type.

use bgcopy_core::vocab::code;
use bgcopy_core::{ErrorContext, HResult};

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Error)]
pub enum BgcopyError {
    /// The call failed and changed nothing.
    Failed {
        /// The precise code: see docs/errors.md.
        hresult: HResult,
        /// What kind of thing failed.
        context: ErrorContext,
        /// One readable sentence.
        message: String,
    },
}

/// The result of a call.
pub type Result<T> = std::result::Result<T, BgcopyError>;

impl BgcopyError {
    /// An error of the call itself.
    pub(crate) fn new(hresult: HResult, message: impl Into<String>) -> Self {
        Self::Failed { hresult, context: ErrorContext::None, message: message.into() }
    }
}

impl From<bgcopy_core::Error> for BgcopyError {
    fn from(error: bgcopy_core::Error) -> Self {
        Self::Failed { hresult: error.code, context: error.context, message: error.message }
    }
}

impl From<uniffi::UnexpectedUniFFICallbackError> for BgcopyError {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::new(code::E_UNEXPECTED, error.reason)
    }
}

impl std::fmt::Display for BgcopyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self::Failed { hresult, message, .. } = self;
        write!(f, "{message} ({hresult})")
    }
}

impl std::error::Error for BgcopyError {}
