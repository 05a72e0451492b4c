//! `bgcopy._bgcopy.RawReader`, on which `bgcopy.FileReader` is built.

use bgcopy_core::vocab::code;
use bgcopy_core::{FileReader, seek_from};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::arguments::Span;
use crate::error;
use crate::owned::Owned;
use crate::wait::attentive;

/// A reader of the core. `bgcopy.FileReader` makes one call at a time.
#[pyclass(frozen, module = "bgcopy._bgcopy")]
pub struct RawReader {
    reader: Owned<FileReader>,
}

impl RawReader {
    pub fn new(reader: FileReader) -> Self {
        Self { reader: Owned::new(reader) }
    }
}

#[pymethods]
impl RawReader {
    fn read<'py>(
        &self,
        py: Python<'py>,
        length: usize,
        timeout: Option<Span>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let timeout = timeout.map(|span| span.0);
        let found = attentive(py, &self.reader, timeout, |reader, timeout, interrupt| {
            let mut buffer = vec![0; length];
            match reader.read_interruptible(&mut buffer, timeout, interrupt) {
                Err(over) if over.code == code::E_TIMEOUT => Ok(None),
                Err(failure) => Err(failure),
                Ok(read) => {
                    buffer.truncate(read);
                    Ok(Some(buffer))
                }
            }
        })?;
        found
            .map(|bytes| PyBytes::new(py, &bytes))
            .ok_or_else(|| error::of_code(py, code::E_TIMEOUT, "the time to wait is over"))
    }

    fn seek(&self, py: Python<'_>, offset: i64, whence: u32) -> PyResult<u64> {
        self.reader.call(py, |reader| reader.move_to(seek_from(offset, whence)?))
    }

    #[getter]
    fn position(&self, py: Python<'_>) -> PyResult<u64> {
        self.reader.call(py, |reader| Ok(reader.position()))
    }

    #[getter]
    fn size(&self, py: Python<'_>) -> PyResult<Option<u64>> {
        self.reader.call(py, FileReader::size)
    }

    #[getter]
    fn verified(&self, py: Python<'_>) -> PyResult<bool> {
        self.reader.call(py, FileReader::is_verified)
    }
}
