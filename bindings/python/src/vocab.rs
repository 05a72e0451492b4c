//! The words of the core as members of the enumerations in `bgcopy._vocab`.

use bgcopy_core::vocab::HResult;
use bgcopy_core::{
    AuthScheme, AuthTarget, ErrorContext, EventKind, HashAlgorithm, JobPriority, JobPropertyId,
    JobState, JobType, ProxyUsage, SourceKind, SourceState, UploadProtocol, WaitKind,
};
use pyo3::prelude::*;

use crate::error;

/// A word of the vocabulary.
pub trait Word: Copy {
    /// Its class in Python.
    const CLASS: &str;

    fn number(self) -> u32;

    fn of_number(number: u32) -> Option<Self>;
}

// Twelve enumerations with the same two functions: without a macro the
// same six lines would stand here twelve times.
macro_rules! words {
    ($($word:ident)*) => {
        $(impl Word for $word {
            const CLASS: &str = stringify!($word);

            fn number(self) -> u32 {
                self.as_u32()
            }

            fn of_number(number: u32) -> Option<Self> {
                Self::from_u32(number)
            }
        })*
    };
}

words! {
    AuthScheme AuthTarget ErrorContext EventKind HashAlgorithm JobPriority JobPropertyId
    JobState JobType ProxyUsage SourceKind SourceState UploadProtocol WaitKind
}

/// A word on its way to Python or from there.
pub struct Member<W>(pub W);

impl<'py, W: Word> IntoPyObject<'py> for Member<W> {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        py.import("bgcopy._vocab")?.getattr(W::CLASS)?.call1((self.0.number(),))
    }
}

impl<'py, W: Word> FromPyObject<'_, 'py> for Member<W> {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let number: u32 = object.extract()?;
        W::of_number(number).map(Self).ok_or_else(|| {
            error::invalid(object.py(), format!("{number} is not a member of {}", W::CLASS))
        })
    }
}

/// A result code on its way to Python.
pub struct Code(pub HResult);

impl<'py> IntoPyObject<'py> for Code {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        py.import("bgcopy._vocab")?.getattr("HResult")?.call1((self.0.bits(),))
    }
}

/// Bits on their way to Python, as a flag of a class of the vocabulary.
pub fn flags<'py>(py: Python<'py>, class: &str, bits: u32) -> PyResult<Bound<'py, PyAny>> {
    py.import("bgcopy._vocab")?.getattr(class)?.call1((bits,))
}

/// The published name of a code.
#[pyfunction]
pub fn code_name(code: u32) -> Option<String> {
    HResult::new(code).name()
}

/// A readable sentence for a code.
#[pyfunction]
pub fn code_text(code: u32) -> String {
    HResult::new(code).text()
}
