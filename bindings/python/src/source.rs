//! Events for the notifier's thread.

use std::sync::Arc;

use pyo3::prelude::*;

use crate::arguments::Span;
use crate::engine::{Engine, next_event};
use crate::owned::Owned;
use crate::records;

/// Where events of a manager come from, without a reference to the manager:
/// whoever waits here does not keep it from being collected.
#[pyclass(frozen, module = "bgcopy._bgcopy")]
pub struct Source {
    engine: Arc<Owned<Engine>>,
}

impl Source {
    pub fn new(engine: Arc<Owned<Engine>>) -> Self {
        Self { engine }
    }
}

#[pymethods]
impl Source {
    fn next_event<'py>(
        &self,
        py: Python<'py>,
        timeout: Span,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let event = next_event(py, &self.engine, Some(timeout.0))?;
        event.map(|event| records::event(py, event)).transpose()
    }
}
