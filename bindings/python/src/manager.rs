//! `bgcopy.Manager`.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use bgcopy_core::vocab::HResult;
use bgcopy_core::{
    AuthScheme, AuthTarget, JobPriority, JobPropertyId, JobSetup, JobType, Options, PropertyValue,
    Result, UploadProtocol,
};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyIterator;
use uuid::Uuid;

use crate::arguments::{LocalName, QueueLimits, Rates, Span, Spec, ToldNetwork};
use crate::engine::{Engine, next_event};
use crate::error;
use crate::job::Job;
use crate::owned::Owned;
use crate::records;
use crate::source::Source;
use crate::vocab::{Code, Member, flags};

/// An open queue.
#[pyclass(frozen, weakref, module = "bgcopy")]
pub struct Manager {
    engine: Arc<Owned<Engine>>,
    store: PathBuf,
    /// Who calls the callbacks of its jobs; made with the first of them. It
    /// belongs to the manager, so that both can be collected together.
    notifier: OnceLock<Py<PyAny>>,
}

impl Manager {
    pub fn call<R: Send>(
        &self,
        py: Python<'_>,
        call: impl FnOnce(&bgcopy_core::Manager) -> Result<R> + Send,
    ) -> PyResult<R> {
        self.engine.call(py, |engine| call(engine.manager()))
    }

    fn end_all(
        &self,
        py: Python<'_>,
        jobs: &[Py<Job>],
        end: fn(&bgcopy_core::Manager, &[&bgcopy_core::Job]) -> Vec<Result<HResult>>,
    ) -> PyResult<Vec<Code>> {
        let jobs = jobs.iter().map(|job| job.get().core(py)).collect::<PyResult<Vec<_>>>()?;
        let results = self.call(py, |manager| Ok(end(manager, &jobs)))?;
        let code = |result: Result<HResult>| Code(result.unwrap_or_else(|error| error.code));
        Ok(results.into_iter().map(code).collect())
    }
}

#[pymethods]
impl Manager {
    #[new]
    #[allow(clippy::too_many_arguments, reason = "arguments by keyword in Python")]
    #[pyo3(signature = (
        store, *, limits=None, rate_limits=None, transfer_window=None, user_agent=None,
        ca_file=None, ca_pem=None, exclusive=false, replace_older=false, stores_only=false
    ))]
    fn new(
        py: Python<'_>,
        store: PathBuf,
        limits: Option<QueueLimits>,
        rate_limits: Option<Rates>,
        transfer_window: Option<String>,
        user_agent: Option<String>,
        ca_file: Option<PathBuf>,
        ca_pem: Option<String>,
        exclusive: bool,
        replace_older: bool,
        stores_only: bool,
    ) -> PyResult<Self> {
        let mut options = Options {
            ca_file,
            ca_pem,
            exclusive,
            replace_older,
            stores_only,
            rate_limits: rate_limits.map(|rates| rates.0),
            transfer_window,
            ..Options::new(store.clone())
        };
        if let Some(limits) = limits {
            options.limits = limits.0;
        }
        if let Some(user_agent) = user_agent {
            options.user_agent = user_agent;
        }
        let opened = py.detach(|| Engine::open(options));
        let engine = opened.map_err(|failure| error::raised(py, &failure))?;
        Ok(Self { engine: Arc::new(Owned::new(engine)), store, notifier: OnceLock::new() })
    }

    #[getter]
    fn store(&self) -> PathBuf {
        self.store.clone()
    }

    #[getter]
    fn is_host(&self, py: Python<'_>) -> PyResult<bool> {
        Ok(self.engine.get(py)?.manager().is_host())
    }

    #[getter]
    fn host_process(&self, py: Python<'_>) -> PyResult<Option<u32>> {
        Ok(self.engine.get(py)?.manager().host_process())
    }

    #[getter]
    fn is_idle(&self, py: Python<'_>) -> PyResult<bool> {
        self.call(py, bgcopy_core::Manager::is_idle)
    }

    #[getter]
    fn damage<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let damage = self.engine.get(py)?.manager().damage();
        damage.map(|damage| records::damage(py, damage)).transpose()
    }

    #[pyo3(signature = (display_name, job_type=Member(JobType::Download)))]
    fn create_job(
        slf: &Bound<'_, Self>,
        display_name: &str,
        job_type: Member<JobType>,
    ) -> PyResult<Job> {
        let job_type = job_type.0;
        let job = slf.get().call(slf.py(), |manager| manager.create_job(display_name, job_type))?;
        Ok(Job::new(job, slf))
    }

    #[pyo3(signature = (key, display_name, job_type=Member(JobType::Download)))]
    fn create_job_with_key(
        slf: &Bound<'_, Self>,
        key: &str,
        display_name: &str,
        job_type: Member<JobType>,
    ) -> PyResult<(Job, bool)> {
        let job_type = job_type.0;
        let make = |manager: &bgcopy_core::Manager| {
            manager.create_job_with_key(key, display_name, job_type)
        };
        let (job, is_new) = slf.get().call(slf.py(), make)?;
        Ok((Job::new(job, slf), is_new))
    }

    fn job_by_key(slf: &Bound<'_, Self>, key: &str) -> PyResult<Job> {
        let job = slf.get().call(slf.py(), |manager| manager.job_by_key(key))?;
        Ok(Job::new(job, slf))
    }

    /// A job with all it needs, made in one step and resumed.
    #[pyo3(signature = (display_name, job_type, files, *, description=None, upload_protocol=None,
                        reply_file_name=None, priority=None, no_progress_timeout=None,
                        custom_headers=None, credentials=None))]
    #[allow(clippy::too_many_arguments, reason = "they have names in Python")]
    fn _start_job(
        slf: &Bound<'_, Self>,
        display_name: &str,
        job_type: Member<JobType>,
        files: Vec<Spec>,
        description: Option<&str>,
        upload_protocol: Option<Member<UploadProtocol>>,
        reply_file_name: Option<LocalName>,
        priority: Option<Member<JobPriority>>,
        no_progress_timeout: Option<Span>,
        custom_headers: Option<&str>,
        credentials: Option<(String, String)>,
    ) -> PyResult<Job> {
        let mut setup = JobSetup::new(display_name, job_type.0);
        if let Some(description) = description {
            setup = setup.description(description);
        }
        if let Some(protocol) = upload_protocol {
            let (id, value) = (JobPropertyId::UploadProtocol, protocol.0.as_u32());
            setup = setup.property(id.as_u32(), PropertyValue::Dword(value));
        }
        if let Some(name) = reply_file_name {
            setup = setup.reply_file_name(Some(&name.0));
        }
        setup = setup.files(files.into_iter().map(|file| file.0).collect());
        if let Some(priority) = priority {
            setup = setup.priority(priority.0);
        }
        if let Some(timeout) = no_progress_timeout {
            setup = setup.no_progress_timeout(timeout.whole_seconds());
        }
        if custom_headers.is_some() {
            setup = setup.custom_headers(custom_headers);
        }
        if let Some((name, password)) = credentials {
            setup = setup.credentials(AuthTarget::Server, AuthScheme::Basic, &name, &password);
        }
        let job = slf.get().call(slf.py(), |manager| setup.resumed().create(manager))?;
        Ok(Job::new(job, slf))
    }

    fn create_uploads(slf: &Bound<'_, Self>, files: Vec<Spec>) -> PyResult<Vec<Job>> {
        let files = files.into_iter().map(|file| file.0).collect();
        let jobs = slf.get().call(slf.py(), |manager| manager.create_uploads(files))?;
        Ok(jobs.into_iter().map(|job| Job::new(job, slf)).collect())
    }

    #[pyo3(signature = (files, like=None))]
    fn start_uploads(
        slf: &Bound<'_, Self>,
        files: Vec<Spec>,
        like: Option<PyRef<'_, Job>>,
    ) -> PyResult<Vec<Job>> {
        let py = slf.py();
        let files = files.into_iter().map(|file| file.0).collect();
        let like = like.as_ref().map(|like| like.core(py)).transpose()?;
        let jobs = slf.get().call(py, |manager| manager.start_uploads(files, like))?;
        Ok(jobs.into_iter().map(|job| Job::new(job, slf)).collect())
    }

    fn complete_all(&self, py: Python<'_>, jobs: Vec<Py<Job>>) -> PyResult<Vec<Code>> {
        self.end_all(py, &jobs, bgcopy_core::Manager::complete_all)
    }

    fn cancel_all(&self, py: Python<'_>, jobs: Vec<Py<Job>>) -> PyResult<Vec<Code>> {
        self.end_all(py, &jobs, bgcopy_core::Manager::cancel_all)
    }

    fn get_job(slf: &Bound<'_, Self>, id: Uuid) -> PyResult<Job> {
        let job = slf.get().call(slf.py(), |manager| manager.get_job(id))?;
        Ok(Job::new(job, slf))
    }

    fn jobs(slf: &Bound<'_, Self>) -> PyResult<Vec<Job>> {
        let jobs = slf.get().call(slf.py(), bgcopy_core::Manager::jobs)?;
        Ok(jobs.into_iter().map(|job| Job::new(job, slf)).collect())
    }

    fn error_description(&self, py: Python<'_>, code: u32) -> PyResult<String> {
        Ok(self.engine.get(py)?.manager().error_description(HResult::new(code)))
    }

    #[pyo3(signature = (timeout=None))]
    fn next_event<'py>(
        &self,
        py: Python<'py>,
        timeout: Option<Span>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let event = next_event(py, &self.engine, timeout.map(|span| span.0))?;
        event.map(|event| records::event(py, event)).transpose()
    }

    #[pyo3(signature = (timeout=None))]
    fn events<'py>(
        slf: &Bound<'py, Self>,
        timeout: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("bgcopy._events")?.getattr("Events")?.call1((slf, timeout))
    }

    /// Makes it unless it is there. Of two made at once, one ends by itself.
    fn _notifier<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let notifier = &slf.get().notifier;
        if let Some(made) = notifier.get() {
            return Ok(made.bind(slf.py()).clone());
        }
        let class = slf.py().import("bgcopy._events")?.getattr("Notifier")?;
        let made = class.call1((slf,))?;
        Ok(match notifier.set(made.clone().unbind()) {
            Ok(()) => made,
            Err(_) => notifier.get().map_or(made, |first| first.bind(slf.py()).clone()),
        })
    }

    fn _source(&self) -> Source {
        Source::new(Arc::clone(&self.engine))
    }

    fn _has_notifier(&self) -> bool {
        self.notifier.get().is_some()
    }

    #[getter]
    fn limits<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let limits = self.call(py, bgcopy_core::Manager::limits)?;
        records::limits(py, limits)
    }

    #[setter]
    fn set_limits(&self, py: Python<'_>, limits: QueueLimits) -> PyResult<()> {
        self.call(py, |manager| manager.set_limits(limits.0))
    }

    #[getter]
    fn rate_limits<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let rates = self.call(py, bgcopy_core::Manager::rate_limits)?;
        records::rate_limits(py, rates)
    }

    #[setter]
    fn set_rate_limits(&self, py: Python<'_>, rates: Rates) -> PyResult<()> {
        self.call(py, |manager| manager.set_rate_limits(rates.0))
    }

    #[getter]
    fn power<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let state = self.call(py, bgcopy_core::Manager::power)?;
        flags(py, "PowerState", state)
    }

    #[setter]
    fn set_power(&self, py: Python<'_>, state: u32) -> PyResult<()> {
        self.call(py, |manager| manager.set_power(state))
    }

    #[getter]
    fn transfer_window(&self, py: Python<'_>) -> PyResult<String> {
        self.call(py, bgcopy_core::Manager::transfer_window)
    }

    #[setter]
    fn set_transfer_window(&self, py: Python<'_>, window: &str) -> PyResult<()> {
        self.call(py, |manager| manager.set_transfer_window(window))
    }

    #[getter]
    fn network<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let network = self.call(py, bgcopy_core::Manager::network)?;
        records::network(py, network)
    }

    #[setter]
    fn set_network(&self, py: Python<'_>, network: ToldNetwork) -> PyResult<()> {
        self.call(py, |manager| manager.set_network(network.0))
    }

    fn pause(&self, py: Python<'_>) -> PyResult<()> {
        self.call(py, bgcopy_core::Manager::pause)
    }

    fn unpause(&self, py: Python<'_>) -> PyResult<()> {
        self.call(py, bgcopy_core::Manager::unpause)
    }

    #[getter]
    fn is_paused(&self, py: Python<'_>) -> PyResult<bool> {
        self.call(py, bgcopy_core::Manager::is_paused)
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        if !self.engine.is_at_home() {
            // Its engine is the parent's to close.
            return Ok(());
        }
        self.engine.call(py, |engine| {
            engine.close();
            Ok(())
        })
    }

    fn __enter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, py: Python<'_>, _exception: &Bound<'_, PyAny>) -> PyResult<()> {
        self.close(py)
    }

    fn __iter__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyIterator>> {
        PyIterator::from_object(&Self::jobs(slf)?.into_pyobject(slf.py())?)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> std::result::Result<(), PyTraverseError> {
        visit.call(self.notifier.get())
    }

    fn __repr__(&self) -> String {
        format!("<bgcopy.Manager {}>", self.store.display())
    }
}
