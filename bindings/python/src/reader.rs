//! `bgcopy.Reader`.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use bgcopy_core::Result;
use pyo3::prelude::*;
use uuid::Uuid;

use crate::error;
use crate::owned::Owned;
use crate::records;

/// A look at a store while another process drives it. Its connection to the
/// database is for one thread at a time.
#[pyclass(frozen, module = "bgcopy")]
pub struct Reader {
    reader: Owned<Mutex<bgcopy_core::Reader>>,
}

impl Reader {
    fn call<R: Send>(
        &self,
        py: Python<'_>,
        call: impl FnOnce(&bgcopy_core::Reader) -> Result<R> + Send,
    ) -> PyResult<R> {
        self.reader.call(py, |reader| call(&reader.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

#[pymethods]
impl Reader {
    #[new]
    fn new(py: Python<'_>, store: PathBuf) -> PyResult<Self> {
        let opened = py.detach(|| bgcopy_core::Reader::open(store));
        let reader = opened.map_err(|failure| error::raised(py, &failure))?;
        Ok(Self { reader: Owned::new(Mutex::new(reader)) })
    }

    #[getter]
    fn engine_is_running(&self, py: Python<'_>) -> PyResult<bool> {
        self.call(py, |reader| Ok(reader.engine_is_running()))
    }

    fn jobs<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let jobs = self.call(py, bgcopy_core::Reader::jobs)?;
        jobs.into_iter().map(|job| records::job_record(py, job)).collect()
    }

    fn survey<'py>(&self, py: Python<'py>) -> PyResult<(Vec<Bound<'py, PyAny>>, Vec<String>)> {
        let found = self.call(py, bgcopy_core::Reader::survey)?;
        let jobs = found.jobs.into_iter().map(|job| records::job_record(py, job));
        Ok((jobs.collect::<PyResult<_>>()?, found.damaged))
    }

    fn job<'py>(&self, py: Python<'py>, id: Uuid) -> PyResult<Bound<'py, PyAny>> {
        let (job, _) = self.call(py, |reader| reader.job(id))?;
        records::job_record(py, job)
    }

    fn files<'py>(&self, py: Python<'py>, id: Uuid) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let (_, files) = self.call(py, |reader| reader.job(id))?;
        let files = (0_u32..).zip(files);
        files.map(|(index, file)| records::file_record(py, id, index, file)).collect()
    }

    fn wait_reason<'py>(&self, py: Python<'py>, id: Uuid) -> PyResult<Bound<'py, PyAny>> {
        let reason = self.call(py, |reader| {
            let (job, _) = reader.job(id)?;
            Ok(reader.wait_reason(&job))
        })?;
        records::wait_reason(py, reason)
    }
}
