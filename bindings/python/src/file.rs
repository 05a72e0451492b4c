//! `bgcopy.File`.

use std::path::PathBuf;

use bgcopy_core::path_of;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;

use crate::arguments::{Hash, Range, Span};
use crate::job::Job;
use crate::owned::Owned;
use crate::raw_reader::RawReader;
use crate::records;
use crate::vocab::Code;

/// One file of a job. It keeps its job alive, as its handle in the core does.
#[pyclass(frozen, module = "bgcopy")]
pub struct File {
    file: Owned<bgcopy_core::File>,
    job: Py<Job>,
}

impl File {
    pub fn new(file: bgcopy_core::File, job: &Bound<'_, Job>) -> Self {
        Self { file: Owned::new(file), job: job.clone().unbind() }
    }
}

#[pymethods]
impl File {
    #[getter]
    fn job(&self, py: Python<'_>) -> Py<Job> {
        self.job.clone_ref(py)
    }

    #[getter]
    fn index(&self, py: Python<'_>) -> PyResult<u32> {
        Ok(self.file.get(py)?.index())
    }

    #[getter]
    fn remote_name(&self, py: Python<'_>) -> PyResult<String> {
        self.file.call(py, bgcopy_core::File::remote_name)
    }

    #[getter]
    fn local_name(&self, py: Python<'_>) -> PyResult<PathBuf> {
        self.file.call(py, bgcopy_core::File::local_name).map(|name| path_of(&name))
    }

    #[getter]
    fn temporary_name(&self, py: Python<'_>) -> PyResult<PathBuf> {
        self.file.call(py, bgcopy_core::File::temporary_name).map(|name| path_of(&name))
    }

    #[getter]
    fn progress<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let progress = self.file.call(py, bgcopy_core::File::progress)?;
        records::file_progress(py, progress)
    }

    #[getter]
    fn error<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let error = self.file.call(py, bgcopy_core::File::error)?;
        error.map(|error| records::job_error(py, error)).transpose()
    }

    #[getter]
    fn ranges<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let ranges = self.file.call(py, bgcopy_core::File::ranges)?;
        records::ranges(py, &ranges)
    }

    #[getter]
    fn filled_ranges<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let ranges = self.file.call(py, bgcopy_core::File::filled_ranges)?;
        records::ranges(py, &ranges)
    }

    #[getter]
    fn validation_state(&self, py: Python<'_>) -> PyResult<Option<bool>> {
        self.file.call(py, bgcopy_core::File::validation_state)
    }

    #[getter]
    fn response_headers(&self, py: Python<'_>) -> PyResult<Option<String>> {
        self.file.call(py, bgcopy_core::File::response_headers)
    }

    #[getter]
    fn expected_hash<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let hash = self.file.call(py, bgcopy_core::File::expected_hash)?;
        hash.map(|hash| records::expected_hash(py, hash)).transpose()
    }

    #[getter]
    fn sources<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        records::file_sources(py, self.file.call(py, bgcopy_core::File::sources)?)
    }

    fn add_mirror(&self, py: Python<'_>, url: &str) -> PyResult<Code> {
        self.file.call(py, |file| file.add_mirror(url)).map(Code)
    }

    fn set_remote_name(&self, py: Python<'_>, remote_name: &str) -> PyResult<()> {
        self.file.call(py, |file| file.set_remote_name(remote_name))
    }

    fn set_validation_state(&self, py: Python<'_>, valid: bool) -> PyResult<()> {
        self.file.call(py, |file| file.set_validation_state(valid))
    }

    fn set_expected_hash(&self, py: Python<'_>, hash: Option<Hash>) -> PyResult<()> {
        self.file.call(py, |file| file.set_expected_hash(hash.map(|hash| hash.0)))
    }

    fn request_ranges(&self, py: Python<'_>, ranges: Vec<Range>) -> PyResult<()> {
        let ranges: Vec<_> = ranges.into_iter().map(|range| range.0).collect();
        self.file.call(py, |file| file.request_ranges(&ranges))
    }

    fn update_download_position(&self, py: Python<'_>, offset: u64) -> PyResult<()> {
        self.file.call(py, |file| file.update_download_position(offset))
    }

    #[pyo3(signature = (timeout=None))]
    fn open_reader<'py>(
        &self,
        py: Python<'py>,
        timeout: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        timeout.as_ref().map(|timeout| timeout.extract::<Span>()).transpose()?;
        let raw = RawReader::new(self.file.call(py, bgcopy_core::File::open_reader)?);
        py.import("bgcopy._file_reader")?.getattr("FileReader")?.call1((raw, timeout))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.job)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let file = self.file.get(py)?;
        let name = self.file.attempt(py, bgcopy_core::File::remote_name)?;
        Ok(match name {
            Ok(name) => format!("<bgcopy.File {} {name}>", file.index()),
            Err(error) => format!("<bgcopy.File {}: {}>", file.index(), error.message),
        })
    }
}
