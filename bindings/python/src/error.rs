//! From the core's error to the exception that Python raises.

use bgcopy_core::Error;
use bgcopy_core::vocab::{HResult, code};
use pyo3::prelude::*;

/// The exception for an error; `bgcopy.errors` knows its class.
pub fn raised(py: Python<'_>, error: &Error) -> PyErr {
    let made = py.import("bgcopy.errors").and_then(|errors| {
        let arguments = (error.code.bits(), error.context.as_u32(), &error.message);
        errors.call_method1("error_of", arguments)
    });
    match made {
        Ok(exception) => PyErr::from_value(exception),
        Err(failure) => failure,
    }
}

/// An argument that no call can take.
pub fn invalid(py: Python<'_>, message: impl Into<String>) -> PyErr {
    of_code(py, code::E_INVALIDARG, message)
}

/// An error that arises in this layer.
pub fn of_code(py: Python<'_>, code: HResult, message: impl Into<String>) -> PyErr {
    raised(py, &Error::new(code, message))
}

/// Reports an exception that there is nobody to raise to.
#[pyfunction]
pub fn report_unraisable(exception: Bound<'_, PyAny>, object: Option<Bound<'_, PyAny>>) {
    let py = exception.py();
    PyErr::from_value(exception).write_unraisable(py, object.as_ref());
}
