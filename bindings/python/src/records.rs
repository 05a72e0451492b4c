//! Plain data of the core as the data classes of `bgcopy.records`.

use std::time::Duration;

use bgcopy_core::vocab::{LENGTH_TO_EOF, SIZE_UNKNOWN};
use bgcopy_core::{
    ClientCertificate, Damage, Event, ExpectedHash, FileProgress, FileRange, FileRecord,
    FileSource, JobError, JobProgress, JobRecord, JobSnapshot, JobTimes, Limits, ListedChecksum,
    Network, PropertyValue, ProxySettings, RateLimits, ReplyProgress, WaitReason, path_of,
    progress_of,
};
use pyo3::IntoPyObjectExt;
use pyo3::call::PyCallArgs;
use pyo3::prelude::*;
use pyo3::types::{PyDateTime, PyTuple, PyTzInfo};
use uuid::Uuid;

use crate::vocab::{Code, Member, flags};

type Made<'py> = PyResult<Bound<'py, PyAny>>;

fn make<'py>(py: Python<'py>, class: &str, arguments: impl PyCallArgs<'py>) -> Made<'py> {
    py.import("bgcopy.records")?.getattr(class)?.call1(arguments)
}

/// A moment, as an aware `datetime`.
fn moment(py: Python<'_>, unix_ms: i64) -> PyResult<Bound<'_, PyDateTime>> {
    #[allow(clippy::cast_precision_loss)] // Milliseconds fit for 285,000 years.
    let seconds = unix_ms as f64 / 1000.0;
    PyDateTime::from_timestamp(py, seconds, Some(&PyTzInfo::utc(py)?.to_owned()))
}

fn moment_if(py: Python<'_>, unix_ms: Option<i64>) -> PyResult<Option<Bound<'_, PyDateTime>>> {
    unix_ms.map(|unix_ms| moment(py, unix_ms)).transpose()
}

fn size(bytes: u64) -> Option<u64> {
    (bytes != SIZE_UNKNOWN).then_some(bytes)
}

pub fn job_progress(py: Python<'_>, progress: JobProgress) -> Made<'_> {
    let arguments = (
        size(progress.bytes_total),
        progress.bytes_transferred,
        progress.files_total,
        progress.files_transferred,
    );
    make(py, "JobProgress", arguments)
}

pub fn reply_progress(py: Python<'_>, progress: ReplyProgress) -> Made<'_> {
    make(py, "ReplyProgress", (size(progress.bytes_total), progress.bytes_transferred))
}

pub fn file_progress(py: Python<'_>, progress: FileProgress) -> Made<'_> {
    let arguments = (size(progress.bytes_total), progress.bytes_transferred, progress.completed);
    make(py, "FileProgress", arguments)
}

/// The places of a file, as a tuple.
pub fn file_sources(py: Python<'_>, sources: Vec<FileSource>) -> Made<'_> {
    let made = sources.into_iter().map(|source| {
        let failed_at = source.failure.as_ref().map(|_| source.failed_at_ms);
        let arguments = (
            source.url,
            Member(source.kind),
            Member(source.state),
            source.failure.as_ref().map(|failure| Code(failure.code)),
            source.failure.as_ref().map(|failure| failure.message.clone()),
            moment_if(py, failed_at)?,
        );
        make(py, "FileSource", arguments)
    });
    Ok(PyTuple::new(py, made.collect::<PyResult<Vec<_>>>()?)?.into_any())
}

pub fn job_times(py: Python<'_>, times: JobTimes) -> Made<'_> {
    let arguments = (
        moment(py, times.creation_ms)?,
        moment(py, times.modification_ms)?,
        moment_if(py, times.transfer_completion_ms)?,
    );
    make(py, "JobTimes", arguments)
}

pub fn job_error(py: Python<'_>, error: JobError) -> Made<'_> {
    let arguments = (
        Code(error.code),
        Member(error.context),
        error.file,
        error.protocol,
        error.message,
        moment(py, error.at_ms)?,
    );
    make(py, "JobError", arguments)
}

pub fn wait_reason(py: Python<'_>, reason: WaitReason) -> Made<'_> {
    let arguments = (
        Member(reason.kind),
        moment(py, reason.since_ms)?,
        moment_if(py, reason.next_try_ms)?,
        reason.code.map(Code),
        reason.message,
        reason.unblock,
    );
    make(py, "WaitReason", arguments)
}

/// What is stored of a job.
pub fn job_record(py: Python<'_>, record: JobRecord) -> Made<'_> {
    let times = JobTimes {
        creation_ms: record.created_ms,
        modification_ms: record.modified_ms,
        transfer_completion_ms: record.transferred_ms,
    };
    let progress = progress_of(&record);
    // More than a tuple of Rust can be converted with.
    let arguments = [
        record.id.into_bound_py_any(py)?,
        Member(record.job_type).into_bound_py_any(py)?,
        record.owner.into_bound_py_any(py)?,
        record.display_name.into_bound_py_any(py)?,
        record.key.into_bound_py_any(py)?,
        record.description.into_bound_py_any(py)?,
        Member(record.priority).into_bound_py_any(py)?,
        Member(record.state).into_bound_py_any(py)?,
        moment(py, record.state_since_ms)?.into_any(),
        record.closing.is_some().into_bound_py_any(py)?,
        job_progress(py, progress)?,
        job_times(py, times)?,
        record.error.map(|error| job_error(py, error)).transpose()?.into_bound_py_any(py)?,
        record.error_count.into_bound_py_any(py)?,
    ];
    make(py, "JobRecord", PyTuple::new(py, arguments)?)
}

pub fn job_snapshot(py: Python<'_>, snapshot: JobSnapshot) -> Made<'_> {
    let arguments = (
        job_record(py, snapshot.record)?,
        snapshot.bytes_per_second,
        snapshot.seconds_left.map(Duration::from_secs),
        wait_reason(py, snapshot.wait_reason)?,
    );
    make(py, "JobSnapshot", arguments)
}

/// What is stored of a file.
pub fn file_record(py: Python<'_>, job: Uuid, index: u32, file: FileRecord) -> Made<'_> {
    let temporary_name = file.temporary_name(job, index);
    let arguments = (
        index,
        file.remote_name.as_str(),
        path_of(&file.local_name),
        path_of(&temporary_name),
        file.bytes_total(),
        file.written,
        file.is_transferred(),
        file.expected_hash.map(|hash| expected_hash(py, hash)).transpose()?,
    );
    make(py, "FileRecord", arguments)
}

pub fn ranges<'py>(py: Python<'py>, ranges: &[FileRange]) -> Made<'py> {
    let made: Vec<_> = ranges
        .iter()
        .map(|range| {
            let length = (range.length != LENGTH_TO_EOF).then_some(range.length);
            make(py, "FileRange", (range.initial_offset, length))
        })
        .collect::<PyResult<_>>()?;
    Ok(PyTuple::new(py, made)?.into_any())
}

pub fn event(py: Python<'_>, event: Event) -> Made<'_> {
    let arguments = (
        event.job,
        Member(event.kind),
        event.file,
        event.error.map(|error| job_error(py, error)).transpose()?,
        ranges(py, &event.ranges)?,
    );
    make(py, "Event", arguments)
}

pub fn listed_checksum(py: Python<'_>, line: ListedChecksum) -> Made<'_> {
    make(py, "ListedChecksum", (line.name, Member(line.algorithm), line.digest))
}

pub fn expected_hash(py: Python<'_>, hash: ExpectedHash) -> Made<'_> {
    make(py, "ExpectedHash", (Member(hash.algorithm), hash.digest))
}

pub fn proxy_settings(py: Python<'_>, proxy: ProxySettings) -> Made<'_> {
    make(py, "ProxySettings", (Member(proxy.usage), proxy.list, proxy.bypass))
}

pub fn client_certificate(py: Python<'_>, certificate: ClientCertificate) -> Made<'_> {
    make(py, "ClientCertificate", (certificate.certificate, certificate.key))
}

pub fn limits(py: Python<'_>, limits: Limits) -> Made<'_> {
    let arguments = (
        limits.simultaneous_files,
        limits.connections_total,
        limits.connections_per_host,
        limits.connections_per_file,
        limits.jobs,
        limits.files_per_job,
    );
    make(py, "Limits", arguments)
}

pub fn rate_limits(py: Python<'_>, rates: RateLimits) -> Made<'_> {
    make(py, "RateLimits", (rates.download, rates.upload))
}

pub fn network(py: Python<'_>, network: Network) -> Made<'_> {
    make(py, "Network", (network.is_connected, network.cost))
}

pub fn damage<'py>(py: Python<'py>, damage: &Damage) -> Made<'py> {
    let arguments =
        (damage.kept_at.as_path(), damage.jobs_saved, damage.jobs_lost, damage.message.as_str());
    make(py, "Damage", arguments)
}

pub fn property_value(py: Python<'_>, value: PropertyValue) -> Made<'_> {
    match value {
        PropertyValue::Dword(number) | PropertyValue::Target(number) => {
            Ok(number.into_pyobject(py)?.into_any())
        }
        PropertyValue::Uint64(number) => Ok(number.into_pyobject(py)?.into_any()),
        PropertyValue::Enable(enabled) => Ok(enabled.into_pyobject(py)?.to_owned().into_any()),
        PropertyValue::Guid(id) => Ok(id.into_pyobject(py)?.into_any()),
        PropertyValue::Text(text) => Ok(text.into_pyobject(py)?.into_any()),
    }
}

pub fn notify_flags(py: Python<'_>, bits: u32) -> Made<'_> {
    flags(py, "NotifyFlags", bits)
}

pub fn security_flags(py: Python<'_>, bits: u32) -> Made<'_> {
    flags(py, "SecurityFlags", bits)
}
