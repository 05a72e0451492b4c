//! Headers and method of a job's requests (IBackgroundCopyJobHttpOptions to 3).

use crate::model::Setting;
use crate::vocab::{Error, Result, code};

use super::job::Job;

/// Setters answer DO_E_INVALID_STATE once the job is final.
impl Job {
    /// The custom headers, each line ended by CR LF (GetCustomHeaders). E_ACCESSDENIED once they
    /// are write-only.
    pub fn custom_headers(&self) -> Result<Option<String>> {
        let record = self.record()?;
        if record.headers_are_write_only {
            let text = "the custom headers of the job were made write-only";
            return Err(Error::new(code::E_ACCESSDENIED, text));
        }
        Ok(record.custom_headers)
    }

    /// Sets headers that every request carries: `Name: value` lines, each
    /// ended by CR LF; `None` clears them. They are stored as they are, so
    /// secrets belong in [`Job::set_credentials`]. BG_E_STRING_TOO_LONG above
    /// 16,383 characters, E_INVALIDARG for a malformed line.
    pub fn set_custom_headers(&self, headers: Option<&str>) -> Result<()> {
        self.set(Setting::CustomHeaders(headers.map(str::to_owned)))
    }

    /// Hides the custom headers, those that are set and those that will be, from every caller
    /// (MakeCustomHeadersWriteOnly): they are sent, and can be set, but no longer read, neither by
    /// [`Job::custom_headers`] nor in a record. This cannot be undone. They are still stored as
    /// they are, in the folder of the queue, which only its user can read. Section 3.6.
    pub fn make_custom_headers_write_only(&self) -> Result<()> {
        self.set(Setting::CustomHeadersWriteOnly)
    }

    /// The HTTP method of a download (GetHttpMethod): GET unless set. E_NOTIMPL for an upload,
    /// which has the methods of its protocol.
    pub fn http_method(&self) -> Result<String> {
        self.record()?.method().map(str::to_owned)
    }

    /// Sets the HTTP method of a download (SetHttpMethod), before the first Resume; the one that
    /// it has can be set at any time. Its requests have no body. With any other method each file is requested once,
    /// from its first byte: every failure puts the file in ERROR, and Resume begins it anew; the
    /// priority becomes FOREGROUND and stays so, where another one is DO_E_READ_ONLY_PROPERTY. After a
    /// 303, and after a 301 or 302 to a POST, the redirect is followed by GET. A file that is
    /// requested when its process is killed is requested again.
    ///
    /// E_INVALIDARG for what is no method, if the job has DYNAMIC_CONTENT or ON_DEMAND_MODE, or a
    /// file with ranges, which are refused afterwards as well; BG_E_STRING_TOO_LONG above 40
    /// characters; E_NOTIMPL for CONNECT, HEAD and TRACE, whose answer is no file, and for an
    /// upload; BG_E_READ_ONLY_PROPERTY_AFTER_RESUME. Methods have capital letters: `post` is
    /// another one than `POST`. Section 3.6.
    pub fn set_http_method(&self, method: &str) -> Result<()> {
        self.set(Setting::HttpMethod(method.to_owned()))
    }
}
