//! The HTTP method of a download, and headers that cannot be read: specification, section 3.6.

use crate::protocol::Failure;
use crate::vocab::{
    Error, ErrorContext, JobPriority, JobPropertyId, PropertyValue, Result, code, limit,
};

use super::job::{Change, Job};
use super::record::JobRecord;
use super::upload::is_upload;

/// The method of a download unless another one is set.
const DEFAULT_METHOD: &str = "GET";

/// Methods whose answer is no file.
const METHODS_WITHOUT_FILE: [&str; 3] = ["CONNECT", "HEAD", "TRACE"];

impl JobRecord {
    /// The HTTP method of its requests (GetHttpMethod): E_NOTIMPL for an upload.
    pub fn method(&self) -> Result<&str> {
        refuse_upload(self)?;
        Ok(self.http_method.as_deref().unwrap_or(DEFAULT_METHOD))
    }

    /// True for a download whose requests have another method than GET: each is made once, and
    /// what it brings cannot be joined with the bytes of another one.
    pub fn has_own_method(&self) -> bool {
        self.http_method.is_some()
    }

    /// What of the record may be shown: headers that are write-only are left out.
    pub fn shown(mut self) -> Self {
        if self.headers_are_write_only {
            self.custom_headers = None;
        }
        self
    }
}

/// Sets the method. The one that the job has changes nothing, in any state.
pub fn set_method(record: &mut JobRecord, method: &str) -> Result<()> {
    refuse_upload(record)?;
    check_method(method)?;
    if record.method()? == method {
        return Ok(());
    }
    if record.resumed_once {
        return Err(Error::of(code::BG_E_READ_ONLY_PROPERTY_AFTER_RESUME));
    }
    record.http_method = Some(method.to_owned()).filter(|method| method != DEFAULT_METHOD);
    if record.has_own_method() {
        record.priority = JobPriority::Foreground;
    }
    Ok(())
}

fn refuse_upload(record: &JobRecord) -> Result<()> {
    if is_upload(record) {
        let text = "an upload has the methods of its protocol: set UPLOAD_PROTOCOL";
        return Err(Error::new(code::E_NOTIMPL, text));
    }
    Ok(())
}

fn check_method(method: &str) -> Result<()> {
    let is_of_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if method.is_empty() || !method.chars().all(is_of_token) {
        let text = "an HTTP method is a word of letters, digits and !#$%&'*+-.^_`|~";
        return Err(Error::new(code::E_INVALIDARG, text));
    }
    if method.len() > limit::HTTP_METHOD_CHARS_MAX {
        let most = limit::HTTP_METHOD_CHARS_MAX;
        let text = format!("an HTTP method has at most {most} characters");
        return Err(Error::new(code::BG_E_STRING_TOO_LONG, text));
    }
    if METHODS_WITHOUT_FILE.iter().any(|without| method.eq_ignore_ascii_case(without)) {
        let text = format!("the answer to {method} is no file");
        return Err(Error::new(code::E_NOTIMPL, text));
    }
    Ok(())
}

/// Refuses what a job with a method of its own cannot have, whichever of them was set last.
pub fn check(change: &Change, job: &Job) -> Result<()> {
    let record = &change.record;
    if !record.has_own_method() {
        return Ok(());
    }
    let method = record.http_method.as_deref().unwrap_or(DEFAULT_METHOD);
    if record.priority != JobPriority::Foreground {
        let text = format!("a job with the method {method} keeps the priority FOREGROUND");
        return Err(Error::new(code::DO_E_READ_ONLY_PROPERTY, text));
    }
    let is_on = Some(&PropertyValue::Enable(true));
    for mode in [JobPropertyId::DynamicContent, JobPropertyId::OnDemandMode] {
        if record.properties.get(&mode.as_u32()) == is_on {
            let text = format!("{} is for requests by GET, not by {method}", mode.name());
            return Err(Error::new(code::E_INVALIDARG, text));
        }
    }
    let indices = 0..u32::try_from(job.files.len()).unwrap_or(u32::MAX);
    let mut files = indices.filter_map(|index| change.file(job, index).ok()).chain(&change.added);
    let unfit = files.find_map(|file| {
        let is_mirrored = file.sources.as_ref().is_some_and(|sources| sources.mirror_count() > 0);
        (!file.ranges.is_empty()).then_some("ranges of files").or(is_mirrored.then_some("mirrors"))
    });
    unfit.map_or(Ok(()), |what| {
        let text = format!("{what} are for requests by GET, not by {method}");
        Err(Error::new(code::E_INVALIDARG, text))
    })
}

/// What a request leads to that would have to be made once more in another way.
pub fn asked_once() -> Failure {
    Failure::fatal(
        code::BG_E_INVALID_SERVER_RESPONSE,
        ErrorContext::RemoteFile,
        "the server's answer cannot be used, and a request with a method of its own is not \
         repeated by itself"
            .to_owned(),
    )
}
