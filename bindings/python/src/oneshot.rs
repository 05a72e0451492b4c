//! The one-shot transfers of the core, for `bgcopy.download`, `bgcopy.upload` and their like.

use std::ops::ControlFlow;

use bgcopy_core::vocab::code;
use bgcopy_core::{
    JobError, JobPriority, JobProgress, ListedChecksum, TransferOptions, TransferredFile,
    UploadProtocol, download, parse_checksum_list as core_parse, upload,
};
use pyo3::prelude::*;

use crate::arguments::{LocalName, Span, Spec};
use crate::error;
use crate::manager::Manager;
use crate::records;
use crate::vocab::Member;

/// A file's URL, whether it is in its place, and why not.
type Ended<'py> = (String, bool, Option<Bound<'py, PyAny>>);

/// Transfers files; `report` is called with the progress. What it raises, and what a signal
/// raises, ends the transfer.
#[pyfunction]
#[pyo3(signature = (manager, files, *, uploads, priority, no_progress_timeout, custom_headers,
                    credentials, timeout, cancel_unfinished, upload_protocol, reply_file_name,
                    checksums, minisign_key, signature, report))]
#[allow(clippy::too_many_arguments, reason = "they have names in Python")]
pub fn transfer<'py>(
    py: Python<'py>,
    manager: &Bound<'py, Manager>,
    files: Vec<Spec>,
    uploads: bool,
    priority: Member<JobPriority>,
    no_progress_timeout: Span,
    custom_headers: Option<String>,
    credentials: Option<(String, String)>,
    timeout: Option<Span>,
    cancel_unfinished: bool,
    upload_protocol: Option<Member<UploadProtocol>>,
    reply_file_name: Option<LocalName>,
    checksums: Option<LocalName>,
    minisign_key: Option<String>,
    signature: Option<LocalName>,
    report: Option<Py<PyAny>>,
) -> PyResult<Vec<Ended<'py>>> {
    let files: Vec<_> = files.into_iter().map(|file| file.0).collect();
    let options = TransferOptions {
        priority: Some(priority.0),
        no_progress_timeout_s: Some(no_progress_timeout.whole_seconds()),
        custom_headers,
        credentials,
        timeout: timeout.map(|span| span.0),
        partial: false,
        cancel_unfinished,
        upload_protocol: upload_protocol.map(|protocol| protocol.0),
        reply_file_name: reply_file_name.map(|name| name.0),
        checksums: checksums.map(|source| source.0),
        minisign_key,
        signature: signature.map(|source| source.0),
    };
    let mut raised = None;
    let mut on_progress = |progress: JobProgress| match look_up(report.as_ref(), progress) {
        Ok(()) => ControlFlow::Continue(()),
        Err(exception) => {
            raised = Some(exception);
            ControlFlow::Break(())
        }
    };
    let run = if uploads { upload } else { download };
    let ended = manager
        .get()
        .call(py, |manager| Ok(run(manager, &files, &options, None, Some(&mut on_progress))))?;
    if let Some(exception) = raised {
        return Err(exception);
    }
    let ended = ended.map_err(|failure| match failure.code {
        code::E_TIMEOUT => error::of_code(py, code::E_TIMEOUT, "the time to wait is over"),
        _ => error::raised(py, &failure),
    })?;
    ended.into_iter().map(|file| ended_file(py, file)).collect()
}

/// The lines of a list of checksums, as `bgcopy.records.ListedChecksum`.
#[pyfunction]
pub fn parse_checksum_list<'py>(
    py: Python<'py>,
    text: &Bound<'py, PyAny>,
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let list = match text.extract::<&str>() {
        Ok(text) => core_parse(text.as_bytes()),
        Err(_) => core_parse(text.extract::<&[u8]>()?),
    };
    let list = list.map_err(|failure| error::raised(py, &failure))?;
    list.into_iter().map(|line: ListedChecksum| records::listed_checksum(py, line)).collect()
}

fn ended_file(py: Python<'_>, file: TransferredFile) -> PyResult<Ended<'_>> {
    let error = file.error.map(|error: JobError| records::job_error(py, error)).transpose()?;
    Ok((file.remote_name, file.is_done, error))
}

/// Lets the interpreter act on signals, and tells how far it is.
fn look_up(report: Option<&Py<PyAny>>, progress: JobProgress) -> PyResult<()> {
    Python::attach(|py| {
        py.check_signals()?;
        if let Some(report) = report {
            report.call1(py, (records::job_progress(py, progress)?,))?;
        }
        Ok(())
    })
}
