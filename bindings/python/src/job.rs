//! `bgcopy.Job`.

use std::path::PathBuf;
use std::time::Duration;

use bgcopy_core::vocab::code;
use bgcopy_core::{
    AuthScheme, AuthTarget, EventKind, JobPriority, JobPropertyId, JobState, JobType,
    PropertyValue, UploadProtocol, path_of,
};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyIterator};
use uuid::Uuid;

use crate::arguments::{Certificate, LocalName, Proxy, Range, Span, Spec, property_value};
use crate::error;
use crate::file::File;
use crate::manager::Manager;
use crate::owned::Owned;
use crate::records;
use crate::vocab::{Code, Member};
use crate::wait::attentive;

/// One job. It keeps its manager alive, as its handle in the core does.
#[pyclass(frozen, module = "bgcopy")]
pub struct Job {
    job: Owned<bgcopy_core::Job>,
    manager: Py<Manager>,
}

impl Job {
    pub fn new(job: bgcopy_core::Job, manager: &Bound<'_, Manager>) -> Self {
        Self { job: Owned::new(job), manager: manager.clone().unbind() }
    }

    /// The handle itself.
    pub fn core(&self, py: Python<'_>) -> PyResult<&bgcopy_core::Job> {
        self.job.get(py)
    }

    /// Has a function called, on the notifier's thread, at events of a kind.
    fn subscribe<'py>(
        slf: &Bound<'py, Self>,
        kind: EventKind,
        function: Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let subscribe = slf.py().import("bgcopy._events")?.getattr("subscribe")?;
        subscribe.call1((slf, Member(kind), function))
    }
}

#[pymethods]
impl Job {
    fn add_file(&self, py: Python<'_>, remote_name: &str, local_name: LocalName) -> PyResult<()> {
        self.job.call(py, |job| job.add_file(remote_name, &local_name.0))
    }

    fn add_file_set(&self, py: Python<'_>, files: Vec<Spec>) -> PyResult<()> {
        let files = files.into_iter().map(|file| file.0).collect();
        self.job.call(py, |job| job.add_file_set(files))
    }

    fn add_file_with_ranges(
        &self,
        py: Python<'_>,
        remote_name: &str,
        local_name: LocalName,
        ranges: Vec<Range>,
    ) -> PyResult<()> {
        let ranges: Vec<_> = ranges.into_iter().map(|range| range.0).collect();
        self.job.call(py, |job| job.add_file_with_ranges(remote_name, &local_name.0, &ranges))
    }

    fn files(slf: &Bound<'_, Self>) -> PyResult<Vec<File>> {
        let files = slf.get().job.call(slf.py(), bgcopy_core::Job::files)?;
        Ok(files.into_iter().map(|file| File::new(file, slf)).collect())
    }

    fn file(slf: &Bound<'_, Self>, index: u32) -> PyResult<File> {
        let file = slf.get().job.call(slf.py(), |job| job.file(index))?;
        Ok(File::new(file, slf))
    }

    fn suspend(&self, py: Python<'_>) -> PyResult<()> {
        self.job.call(py, bgcopy_core::Job::suspend)
    }

    fn resume(&self, py: Python<'_>) -> PyResult<()> {
        self.job.call(py, bgcopy_core::Job::resume)
    }

    fn cancel(&self, py: Python<'_>) -> PyResult<Code> {
        self.job.call(py, bgcopy_core::Job::cancel).map(Code)
    }

    fn complete(&self, py: Python<'_>) -> PyResult<Code> {
        self.job.call(py, bgcopy_core::Job::complete).map(Code)
    }

    #[pyo3(signature = (states=None, timeout=None))]
    fn wait(
        &self,
        py: Python<'_>,
        states: Option<Vec<Member<JobState>>>,
        timeout: Option<Span>,
    ) -> PyResult<Member<JobState>> {
        let states: Vec<_> = states.into_iter().flatten().map(|state| state.0).collect();
        let timeout = timeout.map(|span| span.0);
        let found = attentive(py, &self.job, timeout, |job, timeout, interrupt| {
            match job.wait_interruptible(&states, timeout, interrupt) {
                Err(over) if over.code == code::E_TIMEOUT => Ok(None),
                found => found.map(Some),
            }
        })?;
        found
            .map(Member)
            .ok_or_else(|| error::of_code(py, code::E_TIMEOUT, "the time to wait is over"))
    }

    #[pyo3(signature = (states=None, timeout=None))]
    fn wait_async<'py>(
        slf: &Bound<'py, Self>,
        states: Option<Bound<'py, PyAny>>,
        timeout: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("bgcopy._events")?.getattr("wait_async")?.call1((slf, states, timeout))
    }

    fn on_transferred<'py>(
        slf: &Bound<'py, Self>,
        function: Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::subscribe(slf, EventKind::JobTransferred, function)
    }

    fn on_error<'py>(
        slf: &Bound<'py, Self>,
        function: Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::subscribe(slf, EventKind::JobError, function)
    }

    fn on_modification<'py>(
        slf: &Bound<'py, Self>,
        function: Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::subscribe(slf, EventKind::JobModification, function)
    }

    fn on_file_transferred<'py>(
        slf: &Bound<'py, Self>,
        function: Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::subscribe(slf, EventKind::FileTransferred, function)
    }

    fn on_file_ranges_transferred<'py>(
        slf: &Bound<'py, Self>,
        function: Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::subscribe(slf, EventKind::FileRangesTransferred, function)
    }

    fn on_file_restarted<'py>(
        slf: &Bound<'py, Self>,
        function: Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::subscribe(slf, EventKind::FileRestarted, function)
    }

    #[getter]
    fn manager(&self, py: Python<'_>) -> Py<Manager> {
        self.manager.clone_ref(py)
    }

    #[getter]
    fn id(&self, py: Python<'_>) -> PyResult<Uuid> {
        Ok(self.job.get(py)?.id())
    }

    #[getter]
    fn job_type(&self, py: Python<'_>) -> PyResult<Member<JobType>> {
        self.job.call(py, bgcopy_core::Job::job_type).map(Member)
    }

    #[getter]
    fn owner(&self, py: Python<'_>) -> PyResult<String> {
        self.job.call(py, bgcopy_core::Job::owner)
    }

    #[getter]
    fn state(&self, py: Python<'_>) -> PyResult<Member<JobState>> {
        self.job.call(py, bgcopy_core::Job::state).map(Member)
    }

    #[getter]
    fn progress<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        records::job_progress(py, self.job.call(py, bgcopy_core::Job::progress)?)
    }

    #[getter]
    fn times<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        records::job_times(py, self.job.call(py, bgcopy_core::Job::times)?)
    }

    fn error<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        records::job_error(py, self.job.call(py, bgcopy_core::Job::error)?)
    }

    #[getter]
    fn error_count(&self, py: Python<'_>) -> PyResult<u32> {
        self.job.call(py, bgcopy_core::Job::error_count)
    }

    #[getter]
    fn wait_reason<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        records::wait_reason(py, self.job.call(py, bgcopy_core::Job::wait_reason)?)
    }

    #[getter]
    fn speed(&self, py: Python<'_>) -> PyResult<u64> {
        self.job.call(py, bgcopy_core::Job::speed)
    }

    #[getter]
    fn time_left(&self, py: Python<'_>) -> PyResult<Option<Duration>> {
        let seconds = self.job.call(py, bgcopy_core::Job::seconds_left)?;
        Ok(seconds.map(Duration::from_secs))
    }

    fn snapshot<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        records::job_snapshot(py, self.job.call(py, bgcopy_core::Job::snapshot)?)
    }

    #[getter]
    fn display_name(&self, py: Python<'_>) -> PyResult<String> {
        self.job.call(py, bgcopy_core::Job::display_name)
    }

    #[setter]
    fn set_display_name(&self, py: Python<'_>, display_name: &str) -> PyResult<()> {
        self.job.call(py, |job| job.set_display_name(display_name))
    }

    #[getter]
    fn key(&self, py: Python<'_>) -> PyResult<Option<String>> {
        self.job.call(py, bgcopy_core::Job::key)
    }

    #[getter]
    fn description(&self, py: Python<'_>) -> PyResult<String> {
        self.job.call(py, bgcopy_core::Job::description)
    }

    #[setter]
    fn set_description(&self, py: Python<'_>, description: &str) -> PyResult<()> {
        self.job.call(py, |job| job.set_description(description))
    }

    #[getter]
    fn priority(&self, py: Python<'_>) -> PyResult<Member<JobPriority>> {
        self.job.call(py, bgcopy_core::Job::priority).map(Member)
    }

    #[setter]
    fn set_priority(&self, py: Python<'_>, priority: Member<JobPriority>) -> PyResult<()> {
        let priority = priority.0;
        self.job.call(py, |job| job.set_priority(priority))
    }

    #[getter]
    fn notify_flags<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        records::notify_flags(py, self.job.call(py, bgcopy_core::Job::notify_flags)?)
    }

    #[setter]
    fn set_notify_flags(&self, py: Python<'_>, flags: u32) -> PyResult<()> {
        self.job.call(py, |job| job.set_notify_flags(flags))
    }

    #[getter]
    fn minimum_retry_delay(&self, py: Python<'_>) -> PyResult<Duration> {
        let seconds = self.job.call(py, bgcopy_core::Job::minimum_retry_delay)?;
        Ok(Duration::from_secs(seconds.into()))
    }

    #[setter]
    fn set_minimum_retry_delay(&self, py: Python<'_>, delay: Span) -> PyResult<()> {
        self.job.call(py, |job| job.set_minimum_retry_delay(delay.whole_seconds()))
    }

    #[getter]
    fn no_progress_timeout(&self, py: Python<'_>) -> PyResult<Duration> {
        let seconds = self.job.call(py, bgcopy_core::Job::no_progress_timeout)?;
        Ok(Duration::from_secs(seconds.into()))
    }

    #[setter]
    fn set_no_progress_timeout(&self, py: Python<'_>, timeout: Span) -> PyResult<()> {
        self.job.call(py, |job| job.set_no_progress_timeout(timeout.whole_seconds()))
    }

    #[getter]
    fn maximum_download_time(&self, py: Python<'_>) -> PyResult<Duration> {
        let seconds = self.job.call(py, bgcopy_core::Job::maximum_download_time)?;
        Ok(Duration::from_secs(seconds.into()))
    }

    #[setter]
    fn set_maximum_download_time(&self, py: Python<'_>, time: Span) -> PyResult<()> {
        self.job.call(py, |job| job.set_maximum_download_time(time.whole_seconds()))
    }

    #[getter]
    fn proxy_settings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        records::proxy_settings(py, self.job.call(py, bgcopy_core::Job::proxy_settings)?)
    }

    #[setter]
    fn set_proxy_settings(&self, py: Python<'_>, proxy: Proxy) -> PyResult<()> {
        self.job.call(py, |job| job.set_proxy_settings(proxy.0))
    }

    fn set_credentials(
        &self,
        py: Python<'_>,
        target: Member<AuthTarget>,
        scheme: Member<AuthScheme>,
        user_name: &str,
        password: &str,
    ) -> PyResult<()> {
        let (target, scheme) = (target.0, scheme.0);
        self.job.call(py, |job| job.set_credentials(target, scheme, user_name, password))
    }

    fn remove_credentials(
        &self,
        py: Python<'_>,
        target: Member<AuthTarget>,
        scheme: Member<AuthScheme>,
    ) -> PyResult<Code> {
        let (target, scheme) = (target.0, scheme.0);
        self.job.call(py, |job| job.remove_credentials(target, scheme)).map(Code)
    }

    #[getter]
    fn client_certificate<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let certificate = self.job.call(py, bgcopy_core::Job::client_certificate)?;
        certificate.map(|certificate| records::client_certificate(py, certificate)).transpose()
    }

    #[setter]
    fn set_client_certificate(
        &self,
        py: Python<'_>,
        certificate: Option<Certificate>,
    ) -> PyResult<()> {
        let certificate = certificate.map(|certificate| certificate.0);
        self.job.call(py, |job| job.set_client_certificate(certificate))
    }

    #[getter]
    fn custom_headers(&self, py: Python<'_>) -> PyResult<Option<String>> {
        self.job.call(py, bgcopy_core::Job::custom_headers)
    }

    #[setter]
    fn set_custom_headers(&self, py: Python<'_>, headers: Option<&str>) -> PyResult<()> {
        self.job.call(py, |job| job.set_custom_headers(headers))
    }

    fn make_custom_headers_write_only(&self, py: Python<'_>) -> PyResult<()> {
        self.job.call(py, bgcopy_core::Job::make_custom_headers_write_only)
    }

    #[getter]
    fn http_method(&self, py: Python<'_>) -> PyResult<String> {
        self.job.call(py, bgcopy_core::Job::http_method)
    }

    #[setter]
    fn set_http_method(&self, py: Python<'_>, method: &str) -> PyResult<()> {
        self.job.call(py, |job| job.set_http_method(method))
    }

    #[getter]
    fn security_flags<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        records::security_flags(py, self.job.call(py, bgcopy_core::Job::security_flags)?)
    }

    #[setter]
    fn set_security_flags(&self, py: Python<'_>, flags: u32) -> PyResult<()> {
        self.job.call(py, |job| job.set_security_flags(flags))
    }

    fn replace_remote_prefix(&self, py: Python<'_>, old: &str, new: &str) -> PyResult<Code> {
        self.job.call(py, |job| job.replace_remote_prefix(old, new)).map(Code)
    }

    fn property<'py>(&self, py: Python<'py>, id: u32) -> PyResult<Bound<'py, PyAny>> {
        records::property_value(py, self.job.call(py, |job| job.property(id))?)
    }

    fn set_property(&self, py: Python<'_>, id: u32, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let present = self.job.call(py, |job| job.property(id))?;
        let value = property_value(value, &present)?;
        self.job.call(py, |job| job.set_property(id, value))
    }

    #[getter]
    fn upload_protocol(&self, py: Python<'_>) -> PyResult<Member<UploadProtocol>> {
        let id = JobPropertyId::UploadProtocol.as_u32();
        let protocol = match self.job.call(py, |job| job.property(id))? {
            PropertyValue::Dword(number) => UploadProtocol::from_u32(number),
            PropertyValue::Guid(_)
            | PropertyValue::Enable(_)
            | PropertyValue::Uint64(_)
            | PropertyValue::Target(_)
            | PropertyValue::Text(_) => None,
        };
        Ok(Member(protocol.unwrap_or_default()))
    }

    #[setter]
    fn set_upload_protocol(
        &self,
        py: Python<'_>,
        protocol: Member<UploadProtocol>,
    ) -> PyResult<()> {
        let id = JobPropertyId::UploadProtocol.as_u32();
        let value = PropertyValue::Dword(protocol.0.as_u32());
        self.job.call(py, |job| job.set_property(id, value))
    }

    #[getter]
    fn reply_progress<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        records::reply_progress(py, self.job.call(py, bgcopy_core::Job::reply_progress)?)
    }

    fn reply_data<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let data = self.job.call(py, bgcopy_core::Job::reply_data)?;
        Ok(data.map(|data| PyBytes::new(py, &data)))
    }

    #[getter]
    fn reply_file_name(&self, py: Python<'_>) -> PyResult<Option<PathBuf>> {
        let name = self.job.call(py, bgcopy_core::Job::reply_file_name)?;
        Ok(name.map(|name| path_of(&name)))
    }

    #[setter]
    fn set_reply_file_name(&self, py: Python<'_>, name: Option<LocalName>) -> PyResult<()> {
        let name = name.map(|name| name.0);
        self.job.call(py, |job| job.set_reply_file_name(name.as_deref()))
    }

    fn __iter__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyIterator>> {
        PyIterator::from_object(&Self::files(slf)?.into_pyobject(slf.py())?)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.manager)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let id = self.job.get(py)?.id();
        let state = self.job.attempt(py, bgcopy_core::Job::state)?;
        Ok(match state {
            Ok(state) => format!("<bgcopy.Job {id} {}>", state.name()),
            Err(error) => format!("<bgcopy.Job {id}: {}>", error.message),
        })
    }
}
