//! `bgcopy._bgcopy.RawReader`, on which `bgcopy.FileReader` is built.

use std::io::SeekFrom;
use std::sync::{Mutex, PoisonError};

use bgcopy_core::vocab::code;
use bgcopy_core::{FileReader, Result};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::arguments::Span;
use crate::error;
use crate::owned::Owned;
use crate::wait::attentive;

/// A reader of the core. `bgcopy.FileReader` makes one call at a time.
#[pyclass(frozen, module = "bgcopy._bgcopy")]
pub struct RawReader {
    reader: Owned<Mutex<FileReader>>,
}

impl RawReader {
    pub fn new(reader: FileReader) -> Self {
        Self { reader: Owned::new(Mutex::new(reader)) }
    }

    fn call<R: Send>(
        &self,
        py: Python<'_>,
        call: impl FnOnce(&mut FileReader) -> Result<R> + Send,
    ) -> PyResult<R> {
        self.reader
            .call(py, |reader| call(&mut reader.lock().unwrap_or_else(PoisonError::into_inner)))
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
            let mut reader = reader.lock().unwrap_or_else(PoisonError::into_inner);
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
        let to = match whence {
            0 => u64::try_from(offset).map(SeekFrom::Start).map_err(|_| {
                error::invalid(py, format!("{offset} is in front of the first byte"))
            })?,
            1 => SeekFrom::Current(offset),
            2 => SeekFrom::End(offset),
            _ => return Err(error::invalid(py, format!("{whence} is no origin of a seek"))),
        };
        self.call(py, |reader| reader.move_to(to))
    }

    #[getter]
    fn position(&self, py: Python<'_>) -> PyResult<u64> {
        self.call(py, |reader| Ok(reader.position()))
    }

    #[getter]
    fn size(&self, py: Python<'_>) -> PyResult<Option<u64>> {
        self.call(py, FileReader::size)
    }

    #[getter]
    fn verified(&self, py: Python<'_>) -> PyResult<bool> {
        self.call(py, FileReader::is_verified)
    }
}
