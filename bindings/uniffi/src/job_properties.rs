//! What can be set of a job. Setters answer DO_E_INVALID_STATE once the job is
//! final.

use bgcopy_core::{
    AuthScheme, AuthTarget, ClientCertificate, HResult, JobPriority, JobPropertyId, PropertyValue,
    ProxySettings,
};

use crate::error::Result;
use crate::job::Job;

/// Properties.
#[uniffi::export]
impl Job {
    /// The name shown to people (GetDisplayName).
    pub fn display_name(&self) -> Result<String> {
        Ok(self.core.display_name()?)
    }

    /// Sets the name: at most 256 characters, else BG_E_STRING_TOO_LONG.
    pub fn set_display_name(&self, display_name: String) -> Result<()> {
        Ok(self.core.set_display_name(&display_name)?)
    }

    /// The key that `create_job_with_key` gave it; nothing if it was made without one.
    pub fn key(&self) -> Result<Option<String>> {
        Ok(self.core.key()?)
    }

    /// The description (GetDescription).
    pub fn description(&self) -> Result<String> {
        Ok(self.core.description()?)
    }

    /// Sets the description: at most 1,024 characters, else
    /// BG_E_STRING_TOO_LONG.
    pub fn set_description(&self, description: String) -> Result<()> {
        Ok(self.core.set_description(&description)?)
    }

    /// The priority (GetPriority): NORMAL unless set.
    pub fn priority(&self) -> Result<JobPriority> {
        Ok(self.core.priority()?)
    }

    /// Sets the priority. A job of a higher one takes slots from lower ones.
    pub fn set_priority(&self, priority: JobPriority) -> Result<()> {
        Ok(self.core.set_priority(priority)?)
    }

    /// The BG_NOTIFY bits (GetNotifyFlags): transferred and error unless set.
    pub fn notify_flags(&self) -> Result<u32> {
        Ok(self.core.notify_flags()?)
    }

    /// Sets which events the job raises: E_NOTIMPL for unknown bits.
    pub fn set_notify_flags(&self, flags: u32) -> Result<()> {
        Ok(self.core.set_notify_flags(flags)?)
    }

    /// The shortest wait before a retry, in seconds (GetMinimumRetryDelay).
    pub fn minimum_retry_delay(&self) -> Result<u32> {
        Ok(self.core.minimum_retry_delay()?)
    }

    /// Sets it, in seconds; below 5 counts as 5. Above the no-progress timeout
    /// the job is never retried.
    pub fn set_minimum_retry_delay(&self, seconds: u32) -> Result<()> {
        Ok(self.core.set_minimum_retry_delay(seconds)?)
    }

    /// How long it may be without progress, in seconds (GetNoProgressTimeout).
    pub fn no_progress_timeout(&self) -> Result<u32> {
        Ok(self.core.no_progress_timeout()?)
    }

    /// Sets it, in seconds; 0 makes every error fatal.
    pub fn set_no_progress_timeout(&self, seconds: u32) -> Result<()> {
        Ok(self.core.set_no_progress_timeout(seconds)?)
    }

    /// How long it may connect and transfer since the last Resume, in seconds.
    pub fn maximum_download_time(&self) -> Result<u32> {
        Ok(self.core.maximum_download_time()?)
    }

    /// Sets it, in seconds; beyond it the job goes to ERROR with
    /// BG_E_MAXDOWNLOAD_TIMEOUT.
    pub fn set_maximum_download_time(&self, seconds: u32) -> Result<()> {
        Ok(self.core.set_maximum_download_time(seconds)?)
    }

    /// How the proxy is found (GetProxySettings).
    pub fn proxy_settings(&self) -> Result<ProxySettings> {
        Ok(self.core.proxy_settings()?)
    }

    /// Sets how the proxy is found. E_INVALIDARG if OVERRIDE has no list, if
    /// another usage has one, or if a list holds credentials;
    /// BG_E_PROXY_LIST_TOO_LARGE and BG_E_PROXY_BYPASS_LIST_TOO_LARGE above
    /// 32,000 characters.
    pub fn set_proxy_settings(&self, proxy: ProxySettings) -> Result<()> {
        Ok(self.core.set_proxy_settings(proxy)?)
    }

    /// Sets a name and a password for the server or the proxy
    /// (SetCredentials), one pair for each target and scheme. They are kept in
    /// memory only, by this process and by the one that hosts the queue: once
    /// both have ended the job waits with CREDENTIALS_NEEDED until they are set
    /// again. For an upload to S3 they are the access key and the secret key,
    /// which sign and are never sent.
    ///
    /// With NTLM and NEGOTIATE both must be empty: these are the user's own,
    /// which are stored with the job and used where libcurl can. With BEARER the
    /// name is empty and the password is a token, for a server only.
    /// BG_E_USERNAME_TOO_LARGE above 300 characters, BG_E_PASSWORD_TOO_LARGE
    /// above 65,536; E_INVALIDARG if one has a line end or NUL, or is not as the
    /// scheme wants it; E_NOTIMPL for a scheme that is not used so;
    /// DO_E_INVALID_STATE if the job is final.
    pub fn set_credentials(
        &self,
        target: AuthTarget,
        scheme: AuthScheme,
        user_name: String,
        password: String,
    ) -> Result<()> {
        Ok(self.core.set_credentials(target, scheme, &user_name, &password)?)
    }

    /// Forgets them (RemoveCredentials): S_FALSE if that pair was not set.
    pub fn remove_credentials(&self, target: AuthTarget, scheme: AuthScheme) -> Result<HResult> {
        Ok(self.core.remove_credentials(target, scheme)?)
    }

    /// The client certificate, if one is set.
    pub fn client_certificate(&self) -> Result<Option<ClientCertificate>> {
        Ok(self.core.client_certificate()?)
    }

    /// Sets the client certificate: absolute paths of PEM files; nothing
    /// removes it. E_INVALIDARG for a relative path.
    pub fn set_client_certificate(&self, certificate: Option<ClientCertificate>) -> Result<()> {
        Ok(self.core.set_client_certificate(certificate)?)
    }

    /// The custom headers, each line ended by CR LF (GetCustomHeaders). E_ACCESSDENIED once they
    /// are write-only.
    pub fn custom_headers(&self) -> Result<Option<String>> {
        Ok(self.core.custom_headers()?)
    }

    /// Sets headers that every request carries: `Name: value` lines, each
    /// ended by CR LF; nothing clears them. They are stored as they are, so
    /// secrets belong in `set_credentials`. BG_E_STRING_TOO_LONG above 16,383
    /// characters, E_INVALIDARG for a malformed line.
    pub fn set_custom_headers(&self, headers: Option<String>) -> Result<()> {
        Ok(self.core.set_custom_headers(headers.as_deref())?)
    }

    /// Hides the custom headers, those that are set and those that will be, from every caller
    /// (MakeCustomHeadersWriteOnly): they are sent, and can be set, but no longer read, neither by
    /// `custom_headers` nor in a record. This cannot be undone. They are still stored as they
    /// are, in the folder of the queue, which only its user can read. Section 3.6.
    pub fn make_custom_headers_write_only(&self) -> Result<()> {
        Ok(self.core.make_custom_headers_write_only()?)
    }

    /// The HTTP method of a download (GetHttpMethod): GET unless set. E_NOTIMPL for an upload,
    /// which has the methods of its protocol.
    pub fn http_method(&self) -> Result<String> {
        Ok(self.core.http_method()?)
    }

    /// Sets the HTTP method of a download (SetHttpMethod), before the first Resume; the one that
    /// it has can be set at any time. Its requests have no body. With any other method than GET
    /// each file is requested once, from its first byte: every failure puts the file in ERROR,
    /// and Resume begins it anew; the priority becomes FOREGROUND and stays so. After a 303, and
    /// after a 301 or 302 to a POST, the redirect is followed by GET. A file that is requested when its process
    /// is killed is requested again.
    ///
    /// E_INVALIDARG for what is no method, if the job has DYNAMIC_CONTENT or ON_DEMAND_MODE, or a
    /// file with ranges, which are refused afterwards as well; BG_E_STRING_TOO_LONG above 40
    /// characters; E_NOTIMPL for CONNECT, HEAD and TRACE, whose answer is no file, and for an
    /// upload; BG_E_READ_ONLY_PROPERTY_AFTER_RESUME. Section 3.6.
    pub fn set_http_method(&self, method: String) -> Result<()> {
        Ok(self.core.set_http_method(&method)?)
    }

    /// The BG_SSL and BG_HTTP_REDIRECT_POLICY bits (GetSecurityFlags).
    pub fn security_flags(&self) -> Result<u32> {
        Ok(self.core.security_flags()?)
    }

    /// Sets certificate checks and the redirect policy: E_NOTIMPL for unknown
    /// bits and for checks that the built-in TLS does not have.
    pub fn set_security_flags(&self, flags: u32) -> Result<()> {
        Ok(self.core.set_security_flags(flags)?)
    }

    /// Replaces the beginning of all remote names that have it
    /// (ReplaceRemotePrefix): S_FALSE if none has; E_INVALIDARG if a prefix is
    /// empty or a result is not valid, and then none is changed.
    pub fn replace_remote_prefix(&self, old: String, new: String) -> Result<HResult> {
        Ok(self.core.replace_remote_prefix(&old, &new)?)
    }

    /// A job property (IBackgroundCopyJob5 GetProperty): what was set, or its
    /// default.
    pub fn property(&self, id: JobPropertyId) -> Result<PropertyValue> {
        Ok(self.core.property(id.as_u32())?)
    }

    /// Sets a job property: E_INVALIDARG for a value of another type;
    /// BG_E_READ_ONLY_PROPERTY_AFTER_RESUME; E_NOTIMPL for HIGH_PERFORMANCE;
    /// BG_E_RANDOM_ACCESS_NOT_SUPPORTED for ON_DEMAND_MODE of a job whose files have no ranges
    /// to be requested.
    pub fn set_property(&self, id: JobPropertyId, value: PropertyValue) -> Result<()> {
        Ok(self.core.set_property(id.as_u32(), value)?)
    }
}
